//! The verdict: a compact block in the edge band of the picture that covers no fencer, and a strip under the picture with the
//! reason and the facts. One widget for the live piste and for the review.

use crate::command::Command;
use crate::theme::{Size, Tokens};
use crate::view::View;
use egui::{
    Align2, Color32, Galley, Layout, Rect, Role, Sense, Shape, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use fencing::time::Timestamp;
use fencing::{Call, Confidence, ConfidenceWord, Side};
use piste::JudgeEvent;
use std::sync::Arc;
use vision::engine::Judgement;

/// Most of the picture's height that the block takes.
const BLOCK_SHARE: f32 = 0.1;
/// A block is no lower than this, in points: below it nothing can be read.
const LEAST_BLOCK: f32 = 12.0;
/// Height of the call's letters as a share of the block's.
const CALL_SHARE: f32 = 0.56;
/// Joints below this score say nothing about where a fencer is.
const MIN_SCORE: f32 = 0.3;
/// How long before the touch fencers must stay clear of the block, in seconds: what the referee looks at again.
const BEFORE_TOUCH_SECS: f64 = 3.0;
/// How far an arm with its blade reaches beyond the joints, as a share of the fencer's height.
const BLADE_REACH: f32 = 0.45;
/// Height of the strip at normal text size.
const STRIP: f32 = 40.0;

/// A verdict for display, of any judge.
pub(crate) struct VerdictView {
    /// The call; `None` where no light was reported or found, so that nothing is called.
    call: Option<Call>,
    /// The call in words.
    text: String,
    /// How sure; `None` when a server did not say, and for a call that is too close, which says so itself.
    confidence: Option<Confidence>,
    /// The reason in the window's language. In épée, where the lights decide, their times and what lies between them.
    reason: String,
    /// The reason with its article, for a hint.
    whole_reason: String,
    /// What the call rests on, for the facts and for the block's place.
    judgement: Option<Arc<Judgement>>,
}

impl VerdictView {
    /// A judgement of this machine.
    pub(crate) fn of_judgement(judgement: &Arc<Judgement>, view: &View<'_>) -> Self {
        let open = judgement.signals.is_empty();
        let verdict = &judgement.verdict;
        let whole_reason = if open { view.text("reason_open") } else { view.words.reason(verdict) };
        let apart = view.words.lights_apart(&judgement.signals, judgement.weapon);
        Self {
            call: (!open).then_some(verdict.call),
            text: if open { view.text("call_open") } else { view.words.call_of(verdict) },
            confidence: (!open && verdict.call != Call::TooClose).then_some(verdict.confidence),
            reason: apart.unwrap_or_else(|| whole_reason.clone()),
            whole_reason,
            judgement: Some(Arc::clone(judgement)),
        }
    }

    /// A verdict of the live piste: this machine's judgement, or what a server said.
    pub(crate) fn of_ruling(ruling: &JudgeEvent, view: &View<'_>) -> Self {
        if let Some(judgement) = ruling.own_judgement() {
            return Self::of_judgement(judgement, view);
        }
        let call = ruling.call();
        let sure = ruling.confidence().filter(|_| call != Some(Call::TooClose)).map(Confidence);
        let reason = ruling.server.as_ref().map(|server| server.reason.clone()).unwrap_or_default();
        let text = call.map_or_else(|| view.text("call_open"), |call| view.words.call(call));
        Self { call, text, confidence: sure, whole_reason: reason.clone(), reason, judgement: None }
    }
}

/// The colour of the side that scores; the text colour when neither or both do.
fn side_colour(call: Option<Call>, tokens: &Tokens) -> Color32 {
    match call.and_then(Call::winner) {
        Some(Side::Left) => tokens.left,
        Some(Side::Right) => tokens.right,
        None => tokens.muted,
    }
}

/// Paints the block over `picture`, which lies in `room`: above the picture where the room leaves a band, otherwise along
/// the edge where the fencers are not, on the winner's side.
pub(crate) fn show_block(ui: &Ui, (picture, room): (Rect, Rect), shown: &VerdictView, view: &View<'_>) {
    let block = Block::of(ui, picture, shown, view);
    let size = vec2(block.width(), block.height);
    let letterbox = picture.top() - room.top();
    let place = if letterbox >= block.height {
        Rect::from_min_size(pos2(across(picture, size.x, shown.call), picture.top() - block.height), size)
    } else {
        clear_place(picture, size, shown.call, &fencers(picture, shown.judgement.as_deref()))
    };
    block.paint(ui, place, shown, view);
}

/// The left edge of a block on the winner's side, centred without a single winner.
fn across(picture: Rect, width: f32, call: Option<Call>) -> f32 {
    match call {
        Some(Call::Touch(Side::Left)) => picture.left(),
        Some(Call::Touch(Side::Right)) => picture.right() - width,
        _ => picture.center().x - width / 2.0,
    }
}

/// Where the fencers are on the screen in the seconds before the touch and after it, blades' reach included.
fn fencers(picture: Rect, judgement: Option<&Judgement>) -> Vec<Rect> {
    let Some(judgement) = judgement else { return Vec::new() };
    let size = judgement.tracks.frame_size;
    let scale = vec2(picture.width() / size.width.max(1) as f32, picture.height() / size.height.max(1) as f32);
    let touch = judgement.signals.first_touch().map(|event| event.at);
    let counts = |at: Timestamp| touch.is_none_or(|touch| at.secs_since(touch) >= -BEFORE_TOUCH_SECS);
    let seen = judgement.tracks.samples.iter().filter(|sample| counts(sample.at));
    let boxes = seen.flat_map(|sample| sample.poses.iter().filter_map(|(_, pose)| pose.as_ref()?.bounds(MIN_SCORE)));
    let on_screen = |rect: fencing::geometry::ImageRect| {
        let reach = (rect.bottom - rect.top) * BLADE_REACH;
        let corner = |x: f32, y: f32| picture.min + vec2(x, y) * scale;
        Rect::from_min_max(corner(rect.left - reach, rect.top), corner(rect.right + reach, rect.bottom))
    };
    boxes.map(on_screen).collect()
}

/// The place along the upper or the lower edge that covers the fencers least: above before below, the winner's side before
/// the others. A broadcast's score bar mostly lies along the lower edge.
fn clear_place(picture: Rect, size: Vec2, call: Option<Call>, fencers: &[Rect]) -> Rect {
    let wanted = across(picture, size.x, call);
    let others = [picture.left(), picture.center().x - size.x / 2.0, picture.right() - size.x];
    let edges = [picture.top(), picture.bottom() - size.y];
    let tried = [wanted].into_iter().chain(others);
    let places = tried.flat_map(|x| edges.map(|y| Rect::from_min_size(pos2(x, y), size)));
    let covered = |place: &Rect| fencers.iter().filter(|fencer| fencer.intersects(*place)).count();
    // The first of those that cover equally little.
    places.min_by_key(covered).unwrap_or_else(|| Rect::from_min_size(picture.min, size))
}

/// The block's parts, laid out so that they fit the picture.
struct Block {
    height: f32,
    call: Arc<Galley>,
    sure: Arc<Galley>,
}

impl Block {
    fn of(ui: &Ui, picture: Rect, shown: &VerdictView, view: &View<'_>) -> Self {
        let highest = (picture.height() * BLOCK_SHARE).max(LEAST_BLOCK);
        let block = Self::at(ui, highest, shown, view);
        // Long calls in small pictures become smaller as a whole: nothing is cut.
        let fit = (picture.width() / block.width().max(1.0)).min(1.0);
        if fit < 1.0 { Self::at(ui, (highest * fit).max(LEAST_BLOCK), shown, view) } else { block }
    }

    fn at(ui: &Ui, height: f32, shown: &VerdictView, view: &View<'_>) -> Self {
        let written = |text: String, share: f32| {
            let font = egui::FontId { size: height * share, ..view.tokens.font(Size::Body) };
            ui.painter().layout_no_wrap(text, font, view.tokens.text)
        };
        let call = shown.text.clone();
        let sure = shown.confidence.map(|sure| view.words.confidence(sure.word())).unwrap_or_default();
        Self { height, call: written(call, CALL_SHARE), sure: written(sure, CALL_SHARE * 0.6) }
    }

    fn gap(&self) -> f32 {
        self.height * 0.3
    }

    fn steps_width(&self) -> f32 {
        if self.sure.text().is_empty() { 0.0 } else { self.height * 1.1 + self.gap() }
    }

    fn width(&self) -> f32 {
        let sure = if self.sure.text().is_empty() { 0.0 } else { self.sure.size().x + self.gap() };
        // The winner's arrow, the call, the word, the steps, and a gap around each.
        self.height + self.gap() + self.call.size().x + self.gap() + sure + self.steps_width()
    }

    fn paint(self, ui: &Ui, place: Rect, shown: &VerdictView, view: &View<'_>) {
        let painter = ui.painter_at(place);
        let colour = side_colour(shown.call, view.tokens);
        painter.rect_filled(place, 0.0, view.tokens.veil);
        paint_edge(&painter, place, shown.call, colour, view.tokens);
        let (gap, middle) = (self.gap(), place.center().y);
        let right = matches!(shown.call, Some(Call::Touch(Side::Right)));
        let mut x = if right { place.left() + gap } else { place.left() + self.height + gap };
        let mut put = |galley: &Arc<Galley>| {
            painter.galley(pos2(x, middle - galley.size().y / 2.0), Arc::clone(galley), view.tokens.text);
            x += galley.size().x + gap;
        };
        put(&self.call);
        if let Some(sure) = shown.confidence {
            put(&self.sure);
            paint_steps(&painter, pos2(x, middle), self.height, sure.word(), view.tokens);
        }
        let response = ui.interact(place, ui.scope_id().with("verdict-block"), Sense::hover());
        let spoken = self.call.text().to_owned();
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
        if let Some(sure) = shown.confidence {
            response.on_hover_text(format!("{} ({:.0} %)", self.sure.text(), sure.0 * 100.0));
        }
    }
}

/// The winner's colour and an arrow at the winner's own end: shape and place say the side, not colour alone.
fn paint_edge(painter: &egui::Painter, place: Rect, call: Option<Call>, colour: Color32, tokens: &Tokens) {
    let square = |side: Side| {
        let x = if side == Side::Left { place.left() } else { place.right() - place.height() };
        Rect::from_min_size(pos2(x, place.top()), Vec2::splat(place.height()))
    };
    match call {
        Some(Call::Touch(side)) => {
            let ground = square(side);
            painter.rect_filled(ground, 0.0, colour);
            let reach = ground.width() * 0.26 * -side.forward_sign();
            let (middle, half) = (ground.center(), ground.height() * 0.3);
            let points = vec![middle + vec2(reach, 0.0), middle + vec2(-reach, -half), middle + vec2(-reach, half)];
            painter.add(Shape::convex_polygon(points, tokens.on_lamp, Stroke::NONE));
        }
        Some(Call::Double) => {
            for (side, colour) in [(Side::Left, tokens.left), (Side::Right, tokens.right)] {
                let half = square(Side::Left);
                let x = if side == Side::Left { half.left() } else { half.center().x };
                let size = vec2(half.width() / 2.0, half.height());
                painter.rect_filled(Rect::from_min_size(pos2(x, half.top()), size), 0.0, colour);
            }
        }
        _ => {
            painter.circle_stroke(square(Side::Left).center(), place.height() * 0.22, Stroke::new(3.0, tokens.muted));
        }
    }
}

/// Certainty in four steps: as many are filled as the word is sure.
fn paint_steps(painter: &egui::Painter, from: egui::Pos2, height: f32, word: ConfidenceWord, tokens: &Tokens) {
    let filled = match word {
        ConfidenceWord::Sure => 4,
        ConfidenceWord::Likely => 3,
        ConfidenceWord::Leaning => 2,
        ConfidenceWord::TooClose => 1,
    };
    let (width, step) = (height * 0.2, height * 0.28);
    for i in 0..4 {
        let size = vec2(width, height * 0.36);
        let place = Rect::from_min_size(pos2(from.x + step * i as f32, from.y - size.y / 2.0), size);
        if i < filled {
            painter.rect_filled(place, 1.0, tokens.text);
        } else {
            painter.rect_stroke(place, 1.0, Stroke::new(1.5, tokens.muted), egui::StrokeKind::Inside);
        }
    }
}

/// Height of the strip under the picture.
pub(crate) fn strip_height(tokens: &Tokens) -> f32 {
    (STRIP * tokens.scale().max(1.0)).round()
}

/// The reason, then as many facts as fit; a fact sends what `command` makes of its moment.
pub(crate) fn show_strip(
    ui: &mut Ui,
    shown: &VerdictView,
    command: impl Fn(Timestamp) -> Command,
    view: &mut View<'_>,
) {
    row(ui, |ui| {
        let most = ui.available_width() * 0.62;
        let size = fitting_size(ui, &shown.reason, most, view);
        let galley = ui.painter().layout_no_wrap(shown.reason.clone(), view.tokens.font(size), view.tokens.text);
        let width = galley.size().x.min(most);
        let label = egui::Label::new(view.rich(&shown.reason, size, view.tokens.text)).truncate();
        ui.add_sized([width, ui.available_height()], label).on_hover_text(&shown.whole_reason);
        if let Some(judgement) = &shown.judgement {
            facts(ui, judgement, command, view);
        }
    });
}

/// One line of the strip while there is no verdict.
pub(crate) fn show_strip_text(ui: &mut Ui, text: &str, ink: Color32, view: &View<'_>) {
    row(ui, |ui| {
        let size = fitting_size(ui, text, ui.available_width(), view);
        ui.add(egui::Label::new(view.rich(text, size, ink)).truncate()).on_hover_text(text);
    });
}

/// The strip while a phrase is judged: the stage, a bar, and the way out.
pub(crate) fn show_strip_progress(ui: &mut Ui, stage: &str, share: f32, cancel: (&str, Command), view: &mut View<'_>) {
    let room = ui.max_rect();
    let bar = Rect::from_min_size(room.min, vec2(room.width() * share.clamp(0.0, 1.0), 4.0));
    ui.painter().rect_filled(bar, 0.0, view.tokens.accent);
    row(ui, |ui| {
        let text = format!("{}  {:.0} %", view.text(stage), share * 100.0);
        ui.label(view.rich(text, Size::Large, view.tokens.text));
        ui.add_space(12.0);
        view.button(ui, cancel.0, cancel.1);
    });
}

fn row(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let room = ui.max_rect();
    let layout = Layout::left_to_right(egui::Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(room.shrink2(vec2(12.0, 0.0))).layout(layout), content);
}

/// The largest size in which a line fits; the smallest where none does.
fn fitting_size(ui: &Ui, text: &str, room: f32, view: &View<'_>) -> Size {
    let wide =
        |size: &Size| ui.painter().layout_no_wrap(text.to_owned(), view.tokens.font(*size), view.tokens.text).size().x;
    let sizes = [Size::Title, Size::Large, Size::Body];
    sizes.into_iter().find(|size| wide(size) <= room).unwrap_or(Size::Small)
}

fn facts(ui: &mut Ui, judgement: &Judgement, command: impl Fn(Timestamp) -> Command, view: &mut View<'_>) {
    ui.add_space(12.0);
    let worded = |fact| view.words.fact(fact).map(|text| (text, fact.span));
    let mut all: Vec<_> = judgement.verdict.facts.iter().filter_map(worded).collect();
    // Those that can be looked at come first, where there is room for few.
    all.sort_by_key(|(_, span)| span.is_none());
    for (shown, (text, span)) in all.iter().enumerate() {
        let font = view.tokens.font(Size::Body);
        let width = ui.painter().layout_no_wrap(text.clone(), font, view.tokens.text).size().x + 26.0;
        if width > ui.available_width() {
            let rest = &all[shown..];
            let hidden = rest.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n");
            ui.label(view.rich(format!("+{}", rest.len()), Size::Body, view.tokens.muted)).on_hover_text(hidden);
            break;
        }
        let button = egui::Button::new(text).min_size(vec2(0.0, 28.0));
        let clicked = ui.add(button).on_hover_text(view.text("piste-chip-hint")).clicked();
        if let (true, Some(span)) = (clicked, span) {
            view.send(command(span.start));
        }
    }
}

/// Text centred in a line at the foot of the picture: what keeps it from showing anything.
pub(crate) fn show_line(ui: &Ui, picture: Rect, text: String, view: &View<'_>) {
    let height = 40.0 * view.tokens.scale();
    let bar = Rect::from_min_max(pos2(picture.left(), picture.bottom() - height), picture.max);
    ui.painter().rect_filled(bar, 0.0, view.tokens.veil);
    let font = view.tokens.font(Size::Body);
    ui.painter().text(bar.center(), Align2::CENTER_CENTER, text, font, view.tokens.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Option<Call> = Some(Call::Touch(Side::Left));

    fn picture() -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(800.0, 450.0))
    }

    #[test]
    fn the_block_takes_the_winners_upper_corner_while_it_is_free() {
        let fencer = Rect::from_min_max(pos2(200.0, 150.0), pos2(400.0, 440.0));
        let place = clear_place(picture(), vec2(300.0, 45.0), LEFT, &[fencer]);
        assert_eq!(place.min, picture().min);
        let right = clear_place(picture(), vec2(300.0, 45.0), Some(Call::Touch(Side::Right)), &[fencer]);
        assert_eq!(right.right_top(), picture().right_top());
    }

    #[test]
    fn the_block_leaves_the_edge_where_a_head_is() {
        let head_at_the_top = Rect::from_min_max(pos2(20.0, 20.0), pos2(200.0, 400.0));
        let place = clear_place(picture(), vec2(300.0, 45.0), LEFT, &[head_at_the_top]);
        assert!(!place.intersects(head_at_the_top) && picture().contains_rect(place), "{place:?}");
    }

    #[test]
    fn where_everything_is_covered_it_takes_the_place_that_covers_least() {
        let all = Rect::EVERYTHING;
        let upper = Rect::from_min_max(picture().min, pos2(810.0, 200.0));
        let place = clear_place(picture(), vec2(300.0, 45.0), LEFT, &[all, upper]);
        assert_eq!(place.bottom(), picture().bottom());
    }
}
