//! Where the bars of one lane stand: those that happen at the same time share the lane's height, so that none hides another
//! or the name on it. No painting.

use super::axis::Axis;
use egui::{Pos2, Rect, pos2};
use fencing::actions::{Action, ActionKind};

/// Two bars that overlap by less than this follow each other: a frame of 50 per second.
const TOUCHING_SECS: f64 = 0.02;
/// A shorter action still gets this many points.
const LEAST_WIDTH: f32 = 2.0;
/// Space between two bars.
const GAP: f32 = 1.0;

/// One action in its lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) place: Rect,
    pub(super) action: Action,
    /// Whether it has the lane's height for itself, and so room for a name.
    pub(super) alone: bool,
}

/// The bars of those `actions` whose kind belongs to the lane at `row`, in the order of time.
pub(super) fn bars(axis: &Axis, row: Rect, actions: &[Action], kinds: &[ActionKind]) -> Vec<Bar> {
    let mut own: Vec<Action> =
        actions.iter().filter(|action| kinds.contains(&action.kind) && axis.meets(action.span)).copied().collect();
    own.sort_by(|a, b| a.span.start.cmp(&b.span.start).then(b.span.end.cmp(&a.span.end)));
    let meet = |a: &Action, b: &Action| {
        let (start, end) = (a.span.start.max(b.span.start), a.span.end.min(b.span.end));
        end.secs_since(start) > TOUCHING_SECS
    };
    let mut shelves: Vec<usize> = Vec::new();
    for (index, action) in own.iter().enumerate() {
        let taken: Vec<usize> = (0..index).filter(|i| meet(&own[*i], action)).map(|i| shelves[i]).collect();
        shelves.push((0..=index).find(|shelf| !taken.contains(shelf)).unwrap_or_default());
    }
    let bar = |(index, action): (usize, &Action)| {
        let together = (0..own.len()).filter(|i| *i != index && meet(&own[*i], action)).map(|i| shelves[i]);
        let count = together.chain([shelves[index]]).max().unwrap_or_default() + 1;
        Bar { place: place(axis, row, action, (shelves[index], count)), action: *action, alone: count == 1 }
    };
    own.iter().enumerate().map(bar).collect()
}

/// The bars under a place, for the hint beside the mouse.
pub(super) fn under(bars: impl Iterator<Item = Bar>, at: Pos2) -> Vec<Bar> {
    bars.filter(|bar| bar.place.expand(GAP).contains(at)).collect()
}

fn place(axis: &Axis, row: Rect, action: &Action, (shelf, count): (usize, usize)) -> Rect {
    let (from, to) = (axis.x(action.span.start), axis.x(action.span.end));
    let height = (row.height() - GAP * 2.0) / count as f32;
    let top = row.top() + GAP + shelf as f32 * height;
    let right = (to - GAP).max(from + LEAST_WIDTH);
    let between = if count > 1 { GAP } else { 0.0 };
    Rect::from_min_max(pos2(from, top), pos2(right, top + height - between))
}

#[cfg(test)]
mod tests {
    use super::super::axis::Heights;
    use super::*;
    use fencing::time::{Span, Timestamp};

    const KINDS: [ActionKind; 2] = [ActionKind::ArmExtension, ActionKind::PointInLine];

    fn action(kind: ActionKind, from: f64, to: f64) -> Action {
        Action { kind, span: Span::between(Timestamp::from_secs(from), Timestamp::from_secs(to)), confidence: 1.0 }
    }

    fn laid_out(actions: &[Action]) -> Vec<Bar> {
        let heights = Heights::of(720.0, 1.0);
        let room = Rect::from_min_max(Pos2::ZERO, pos2(1100.0, heights.total()));
        let axis = Axis::new(room, 100.0, (Timestamp::ZERO, Timestamp::from_secs(10.0)), heights);
        bars(&axis, axis.row(2), actions, &KINDS)
    }

    #[test]
    fn bars_that_follow_each_other_have_the_lane_for_themselves_and_never_touch() {
        let [arm, line] = KINDS;
        let all = laid_out(&[action(line, 2.0, 3.0), action(arm, 1.0, 2.01), action(ActionKind::Lunge, 1.0, 4.0)]);
        assert_eq!(all.iter().map(|bar| (bar.action.kind, bar.alone)).collect::<Vec<_>>(), [(arm, true), (line, true)]);
        assert!(all[0].place.right() <= all[1].place.left() + 0.5, "{all:?}");
    }

    #[test]
    fn bars_of_the_same_time_share_the_height_and_none_covers_another() {
        let [arm, line] = KINDS;
        let all =
            laid_out(&[action(arm, 1.0, 5.0), action(line, 1.0, 5.0), action(arm, 4.0, 6.0), action(arm, 7.0, 8.0)]);
        assert_eq!(all.iter().map(|bar| bar.alone).collect::<Vec<_>>(), [false, false, false, true]);
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                assert!(!a.place.intersects(b.place), "{a:?} {b:?}");
            }
        }
        let hinted = under(all.iter().copied(), all[1].place.center());
        assert_eq!(hinted.iter().map(|bar| bar.action.kind).collect::<Vec<_>>(), [line]);
    }

    #[test]
    fn the_shortest_action_can_be_seen() {
        assert!(laid_out(&[action(ActionKind::ArmExtension, 3.0, 3.0)])[0].place.width() >= LEAST_WIDTH);
    }
}
