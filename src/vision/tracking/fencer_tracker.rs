//! The tracker itself: one frame in, both fencers' poses out.

use super::appearance::Appearance;
use super::camera_motion::{CameraMotion, Movement};
use super::diagnostics::{Notice, Notices};
use super::following::{Following, same_person};
use super::pair::{Candidate, best_pair, pair_score};
use super::{TrackDiagnostics, TrackSample};
use crate::pose::{Pose, PoseError, PoseSource, Square};
use crate::video::Frame;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::Timestamp;
use fencing::{PerSide, Side};

/// Seconds between two searches of the whole frame while both fencers are tracked well.
const LOOK_SECS: f64 = 1.0;

/// Seconds between two searches while a fencer is missing, or while the first choice is recent.
const ANXIOUS_LOOK_SECS: f64 = 0.2;

/// How long a choice of two people counts as young.
const YOUNG_SECS: f64 = 1.0;

/// A fencer who was not seen for so long, in seconds, is given up: the next detection need not be near.
const GIVE_UP_SECS: f64 = 1.5;

/// Another pair must be better by this much, twice in a row, before the tracker thinks better of its choice.
const BETTER_PAIR: f32 = 0.45;

/// Overlap of the two bodies from which identities are in doubt.
const TANGLED_IOU: f32 = 0.2;

/// By how much the exchanged clothes must fit better after a tangle.
const EXCHANGED_MARGIN: f32 = 0.12;

/// Follows the two fencers of one phrase.
#[derive(Debug, Default)]
pub struct FencerTracker {
    following: PerSide<Option<Following>>,
    camera: CameraMotion,
    shift: ImagePoint,
    next_look: Timestamp,
    chosen_at: Timestamp,
    doubts: u32,
    tangled: bool,
    /// What is noticed in the frame that is being looked at.
    notice: Notice,
    notices: Notices,
}

impl FencerTracker {
    /// A tracker that has seen nothing yet.
    pub fn new() -> Self {
        Self { next_look: Timestamp::from_nanos(i64::MIN), ..Self::default() }
    }

    /// Tracks both fencers in the next frame. Poses are in pixels of the frame as it is, without lens correction.
    pub fn observe(&mut self, frame: &Frame, source: &mut dyn PoseSource) -> Result<TrackSample, PoseError> {
        self.notice = Notice { at: frame.at, ..Notice::default() };
        self.follow_camera(frame);
        let mut poses = self.read_crops(frame, source)?;
        if frame.at >= self.next_look || self.somebody_just_lost(&poses, frame.at) {
            self.look_around(frame, source, &mut poses)?;
        }
        self.settle_identities(frame, &mut poses);
        self.give_up_the_long_lost(frame.at);
        self.notices.push(Notice { seen: poses.map(|pose| pose.is_some()), ..self.notice });
        Ok(TrackSample { at: frame.at, frame: frame.index, poses, camera_shift: self.shift })
    }

    /// What was noticed so far, as far as it was not forgotten.
    pub fn diagnostics(&self) -> TrackDiagnostics {
        self.diagnostics_from(Timestamp::ZERO)
    }

    /// The same, its moments on a clock whose zero is `zero`.
    pub fn diagnostics_from(&self, zero: Timestamp) -> TrackDiagnostics {
        self.notices.counted_from(zero)
    }

    /// What was noticed in frames before `at` counts no more. Whom it follows it goes on following.
    pub fn forget_before(&mut self, at: Timestamp) {
        self.notices.forget_before(at);
    }

    fn follow_camera(&mut self, frame: &Frame) {
        let boxes: Vec<ImageRect> = [&self.following.left, &self.following.right]
            .into_iter()
            .flatten()
            .map(|f| {
                let square = f.square(frame.at);
                let (left, top) = (square.left, square.top);
                ImageRect { left, top, right: left + square.side, bottom: top + square.side }
            })
            .collect();
        match self.camera.observe(frame, &boxes) {
            Movement::Cut => {
                self.following = PerSide::default();
                self.next_look = frame.at;
                self.notice.is_cut = true;
            }
            Movement::Shifted(shift) => {
                let by = ImagePoint::new(shift.x - self.shift.x, shift.y - self.shift.y);
                for side in Side::BOTH {
                    if let Some(following) = &mut self.following[side] {
                        following.pan(by);
                    }
                }
                self.shift = shift;
            }
        }
    }

    /// Reads both crops and keeps the poses that can be the fencers'.
    fn read_crops(&mut self, frame: &Frame, source: &mut dyn PoseSource) -> Result<PerSide<Option<Pose>>, PoseError> {
        let followed: Vec<(Side, Square)> = Side::BOTH
            .into_iter()
            .filter_map(|side| Some((side, self.following[side].as_ref()?.square(frame.at))))
            .collect();
        let squares: Vec<Square> = followed.iter().map(|(_, square)| *square).collect();
        let mut read: PerSide<Option<(Pose, ImageRect)>> = PerSide::default();
        for ((side, _), pose) in followed.iter().zip(source.poses_in(frame, &squares)?) {
            let following = self.following[*side].as_ref();
            read[*side] = following.and_then(|f| Some((pose, f.plausible(&pose, frame.at)?)));
        }
        self.drop_the_double(&mut read, frame.at);
        for side in Side::BOTH {
            if let (Some(following), Some((pose, body))) = (&mut self.following[side], read[side]) {
                following.advance(pose, body, frame.at);
            }
        }
        Ok(read.map(|r| r.map(|(pose, _)| pose)))
    }

    /// Both crops showing the same person: the side that it surprises more has lost its fencer.
    fn drop_the_double(&self, read: &mut PerSide<Option<(Pose, ImageRect)>>, at: Timestamp) {
        let (Some((left, left_body)), Some((right, right_body))) = (read.left, read.right) else { return };
        let height = left_body.height().max(right_body.height());
        if !same_person(&left, &right, height) {
            return;
        }
        let surprise = |side: Side, body| self.following[side].as_ref().map_or(f32::MAX, |f| f.surprise(body, at));
        let loser =
            if surprise(Side::Left, left_body) <= surprise(Side::Right, right_body) { Side::Right } else { Side::Left };
        read[loser] = None;
    }

    fn somebody_just_lost(&self, poses: &PerSide<Option<Pose>>, at: Timestamp) -> bool {
        let lost = |side: Side| poses[side].is_none() && self.following[side].is_some();
        let since_look = at.secs_since(self.next_look);
        Side::BOTH.into_iter().any(lost) && since_look >= ANXIOUS_LOOK_SECS - LOOK_SECS
    }

    /// Searches the whole frame: finds the pair, finds a lost fencer again, or checks the choice.
    fn look_around(
        &mut self,
        frame: &Frame,
        source: &mut dyn PoseSource,
        poses: &mut PerSide<Option<Pose>>,
    ) -> Result<(), PoseError> {
        let people = source.find_people(frame)?;
        let people: Vec<Candidate> = people.into_iter().filter_map(|p| Candidate::of(frame, p)).collect();
        self.notice.people = Some(people.len() as u32);
        if self.following.left.is_none() && self.following.right.is_none() {
            self.choose_pair(&people, frame);
        } else {
            for side in Side::BOTH.into_iter().filter(|side| poses[*side].is_none()) {
                self.find_again(side, &people, frame);
            }
            self.think_better(&people, poses, frame);
        }
        for side in Side::BOTH {
            if poses[side].is_none() {
                poses[side] = self.read_newly_found(side, frame, source)?;
            }
        }
        let calm = Side::BOTH.into_iter().all(|side| poses[side].is_some())
            && frame.at.secs_since(self.chosen_at) > YOUNG_SECS;
        self.next_look = frame.at.plus_secs(if calm { LOOK_SECS } else { ANXIOUS_LOOK_SECS });
        Ok(())
    }

    fn choose_pair(&mut self, people: &[Candidate], frame: &Frame) {
        let Some((left, right, _)) = best_pair(people, frame.source_size) else { return };
        let start = |c: &Candidate| Following::start(c.person.pose, c.body, c.appearance.clone(), frame.at);
        self.following = PerSide::new(Some(start(&people[left])), Some(start(&people[right])));
        self.chosen_at = frame.at;
        (self.doubts, self.tangled) = (0, false);
    }

    /// The likeliest of the people who are not the other fencer.
    fn find_again(&mut self, side: Side, people: &[Candidate], frame: &Frame) {
        let other = self.following[side.opponent()].as_ref();
        let free = people.iter().filter(|c| {
            other.is_none_or(|o| !same_person(&o.pose, &c.person.pose, c.body.height()) && c.body.iou(o.body) < 0.5)
        });
        let fit = |c: &Candidate| {
            if let Some(lost) = &self.following[side] {
                lost.plausible(&c.person.pose, frame.at)?;
                let clothes = lost.appearance.as_ref().zip(c.appearance.as_ref()).map_or(0.5, |(a, b)| a.likeness(b));
                return Some(clothes - 0.5 * lost.surprise(c.body, frame.at));
            }
            let partner = other.and_then(|o| people.iter().find(|p| p.body.iou(o.body) > 0.5))?;
            let (left, right) = if side == Side::Left { (c, partner) } else { (partner, c) };
            let tallest = people.iter().map(|p| p.body.height()).fold(1.0, f32::max);
            let score = pair_score(left, right, tallest, frame.source_size);
            (left.body.centre().x < right.body.centre().x && score > 1.5).then_some(score)
        };
        let best = free.filter_map(|c| Some((fit(c)?, c))).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, found)) = best {
            let before = self.following[side].as_ref().and_then(|f| f.appearance.clone());
            let appearance = before.or_else(|| found.appearance.clone());
            self.following[side] = Some(Following::start(found.person.pose, found.body, appearance, frame.at));
        }
    }

    /// Exchanges the choice for a pair that is clearly better in two searches in a row.
    fn think_better(&mut self, people: &[Candidate], poses: &mut PerSide<Option<Pose>>, frame: &Frame) {
        let Some((left, right, best)) = best_pair(people, frame.source_size) else { return };
        let followed = |side: Side| {
            let body = self.following[side].as_ref()?.body;
            people
                .iter()
                .max_by(|a, b| a.body.iou(body).total_cmp(&b.body.iou(body)))
                .filter(|c| c.body.iou(body) > 0.3)
        };
        let (Some(a), Some(b)) = (followed(Side::Left), followed(Side::Right)) else { return };
        let tallest = people.iter().map(|p| p.body.height()).fold(1.0, f32::max);
        let (first, second) = if a.body.centre().x <= b.body.centre().x { (a, b) } else { (b, a) };
        let mine = pair_score(first, second, tallest, frame.source_size);
        self.doubts = if best > mine + BETTER_PAIR { self.doubts + 1 } else { 0 };
        if self.doubts >= 2 {
            let start = |c: &Candidate| Some(Following::start(c.person.pose, c.body, c.appearance.clone(), frame.at));
            self.following = PerSide::new(start(&people[left]), start(&people[right]));
            *poses = PerSide::default();
            (self.doubts, self.tangled, self.chosen_at) = (0, false, frame.at);
            self.notice.is_change_of_mind = true;
        }
    }

    /// The finder's joints are rough: a fencer who was just found is estimated in a crop before anything is reported.
    fn read_newly_found(
        &mut self,
        side: Side,
        frame: &Frame,
        source: &mut dyn PoseSource,
    ) -> Result<Option<Pose>, PoseError> {
        let Some(following) = self.following[side].as_mut().filter(|f| f.last_seen == frame.at) else {
            return Ok(None);
        };
        let Some(pose) = source.poses_in(frame, &[following.square(frame.at)])?.pop() else { return Ok(None) };
        let Some(body) = following.plausible(&pose, frame.at) else { return Ok(None) };
        following.advance(pose, body, frame.at);
        Ok(Some(pose))
    }

    /// Learns clothes while the fencers are apart; after a tangle compares them and exchanges the two if they fit crosswise.
    fn settle_identities(&mut self, frame: &Frame, poses: &mut PerSide<Option<Pose>>) {
        let (Some(left), Some(right)) = (self.following.left.as_mut(), self.following.right.as_mut()) else { return };
        let (Some(left_pose), Some(right_pose)) = (poses.left, poses.right) else { return };
        if left.body.iou(right.body) > TANGLED_IOU {
            self.tangled = true;
            return;
        }
        let seen = (Appearance::of(frame, &left_pose), Appearance::of(frame, &right_pose));
        let (Some(mine_left), Some(mine_right)) = (&mut left.appearance, &mut right.appearance) else {
            (left.appearance, right.appearance) = seen;
            return;
        };
        let (Some(seen_left), Some(seen_right)) = seen else { return };
        if std::mem::take(&mut self.tangled) {
            let straight = mine_left.likeness(&seen_left) + mine_right.likeness(&seen_right);
            let crossed = mine_left.likeness(&seen_right) + mine_right.likeness(&seen_left);
            if crossed > straight + EXCHANGED_MARGIN {
                std::mem::swap(mine_left, mine_right);
                self.following = std::mem::take(&mut self.following).swapped();
                *poses = poses.swapped();
            }
            return;
        }
        mine_left.learn(&seen_left);
        mine_right.learn(&seen_right);
    }

    fn give_up_the_long_lost(&mut self, at: Timestamp) {
        for side in Side::BOTH {
            if self.following[side].as_ref().is_some_and(|f| at.secs_since(f.last_seen) > GIVE_UP_SECS) {
                self.following[side] = None;
            }
        }
    }
}
