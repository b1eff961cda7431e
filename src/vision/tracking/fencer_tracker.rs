//! The fencer tracker: one frame in, both fencers' poses out.

use super::appearance::Appearance;
use super::camera_motion::{CameraMotion, Movement};
use super::diagnostics::{FrameObservation, ObservationLog};
use super::fencer_track::{FencerTrack, is_same_person};
use super::pair::{Candidate, best_pair, pair_score};
use super::{TrackDiagnostics, TrackSample};
use crate::pose::{Pose, PoseError, PoseSource, Square};
use crate::video::Frame;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::Timestamp;
use fencing::{PerSide, Side};

/// Seconds between two searches of the whole frame while both fencers are tracked well.
const SEARCH_SECS: f64 = 1.0;

/// Seconds between two searches while a fencer is missing, or shortly after the pair was chosen.
const URGENT_SEARCH_SECS: f64 = 0.2;

/// Time after a choice during which it is checked often.
const NEW_PAIR_SECS: f64 = 1.0;

/// A fencer not detected for so long, in seconds, is dropped: the next detection need not be near.
const DROP_SECS: f64 = 1.5;

/// Another pair must score higher by this much, twice in a row, before it replaces the chosen one.
const BETTER_PAIR: f32 = 0.45;

/// Overlap of the two bodies from which identities are uncertain.
const OVERLAP_IOU: f32 = 0.2;

/// Margin by which the exchanged clothes must match better after an overlap.
const EXCHANGE_MARGIN: f32 = 0.12;

/// Tracks the two fencers of one phrase.
#[derive(Debug, Default)]
pub struct FencerTracker {
    tracks: PerSide<Option<FencerTrack>>,
    camera: CameraMotion,
    shift: ImagePoint,
    next_search: Timestamp,
    chosen_at: Timestamp,
    better_pair_count: u32,
    overlapping: bool,
    /// Observations in the current frame.
    observation: FrameObservation,
    log: ObservationLog,
}

impl FencerTracker {
    /// A tracker before its first frame.
    pub fn new() -> Self {
        Self { next_search: Timestamp::from_nanos(i64::MIN), ..Self::default() }
    }

    /// Tracks both fencers in the next frame. Poses are in pixels of the raw frame, without lens correction.
    pub fn observe(&mut self, frame: &Frame, source: &mut dyn PoseSource) -> Result<TrackSample, PoseError> {
        self.observation = FrameObservation { at: frame.at, ..FrameObservation::default() };
        self.follow_camera(frame);
        let mut poses = self.estimate_crops(frame, source)?;
        if frame.at >= self.next_search || self.is_just_lost(&poses, frame.at) {
            self.search(frame, source, &mut poses)?;
        }
        self.resolve_identities(frame, &mut poses);
        self.drop_lost(frame.at);
        self.log.push(FrameObservation { seen: poses.map(|pose| pose.is_some()), ..self.observation });
        Ok(TrackSample { at: frame.at, frame: frame.index, poses, camera_shift: self.shift })
    }

    /// Statistics over the kept frames.
    pub fn diagnostics(&self) -> TrackDiagnostics {
        self.diagnostics_from(Timestamp::ZERO)
    }

    /// The same, with times on a clock whose zero is `zero`.
    pub fn diagnostics_from(&self, zero: Timestamp) -> TrackDiagnostics {
        self.log.counted_from(zero)
    }

    /// Drops the statistics of frames before `at`. Tracks go on.
    pub fn forget_before(&mut self, at: Timestamp) {
        self.log.forget_before(at);
    }

    fn follow_camera(&mut self, frame: &Frame) {
        let boxes: Vec<ImageRect> = [&self.tracks.left, &self.tracks.right]
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
                self.tracks = PerSide::default();
                self.next_search = frame.at;
                self.observation.is_cut = true;
            }
            Movement::Shifted(shift) => {
                let by = ImagePoint::new(shift.x - self.shift.x, shift.y - self.shift.y);
                for side in Side::BOTH {
                    if let Some(tracks) = &mut self.tracks[side] {
                        tracks.pan(by);
                    }
                }
                self.shift = shift;
            }
        }
    }

    /// Estimates both crops and keeps the poses that are plausible for the fencers.
    fn estimate_crops(
        &mut self,
        frame: &Frame,
        source: &mut dyn PoseSource,
    ) -> Result<PerSide<Option<Pose>>, PoseError> {
        let followed: Vec<(Side, Square)> = Side::BOTH
            .into_iter()
            .filter_map(|side| Some((side, self.tracks[side].as_ref()?.square(frame.at))))
            .collect();
        let squares: Vec<Square> = followed.iter().map(|(_, square)| *square).collect();
        let mut read: PerSide<Option<(Pose, ImageRect)>> = PerSide::default();
        for ((side, _), pose) in followed.iter().zip(source.poses_in(frame, &squares)?) {
            let tracks = self.tracks[*side].as_ref();
            read[*side] = tracks.and_then(|f| Some((pose, f.plausible(&pose, frame.at)?)));
        }
        self.drop_duplicate(&mut read, frame.at);
        for side in Side::BOTH {
            if let (Some(tracks), Some((pose, body))) = (&mut self.tracks[side], read[side]) {
                tracks.advance(pose, body, frame.at);
            }
        }
        Ok(read.map(|r| r.map(|(pose, _)| pose)))
    }

    /// When both crops show the same person, the side with the larger deviation has lost its fencer.
    fn drop_duplicate(&self, read: &mut PerSide<Option<(Pose, ImageRect)>>, at: Timestamp) {
        let (Some((left, left_body)), Some((right, right_body))) = (read.left, read.right) else { return };
        let height = left_body.height().max(right_body.height());
        if !is_same_person(&left, &right, height) {
            return;
        }
        let deviation = |side: Side, body| self.tracks[side].as_ref().map_or(f32::MAX, |f| f.deviation(body, at));
        let loser = if deviation(Side::Left, left_body) <= deviation(Side::Right, right_body) {
            Side::Right
        } else {
            Side::Left
        };
        read[loser] = None;
    }

    fn is_just_lost(&self, poses: &PerSide<Option<Pose>>, at: Timestamp) -> bool {
        let lost = |side: Side| poses[side].is_none() && self.tracks[side].is_some();
        let since_look = at.secs_since(self.next_search);
        Side::BOTH.into_iter().any(lost) && since_look >= URGENT_SEARCH_SECS - SEARCH_SECS
    }

    /// Searches the whole frame: chooses the pair, finds a lost fencer again, or checks the choice.
    fn search(
        &mut self,
        frame: &Frame,
        source: &mut dyn PoseSource,
        poses: &mut PerSide<Option<Pose>>,
    ) -> Result<(), PoseError> {
        let people = source.find_people(frame)?;
        let people: Vec<Candidate> = people.into_iter().filter_map(|p| Candidate::of(frame, p)).collect();
        self.observation.people = Some(people.len() as u32);
        if self.tracks.left.is_none() && self.tracks.right.is_none() {
            self.choose_pair(&people, frame);
        } else {
            for side in Side::BOTH.into_iter().filter(|side| poses[*side].is_none()) {
                self.find_again(side, &people, frame);
            }
            self.reconsider_pair(&people, poses, frame);
        }
        for side in Side::BOTH {
            if poses[side].is_none() {
                poses[side] = self.estimate_new(side, frame, source)?;
            }
        }
        let calm = Side::BOTH.into_iter().all(|side| poses[side].is_some())
            && frame.at.secs_since(self.chosen_at) > NEW_PAIR_SECS;
        self.next_search = frame.at.plus_secs(if calm { SEARCH_SECS } else { URGENT_SEARCH_SECS });
        Ok(())
    }

    fn choose_pair(&mut self, people: &[Candidate], frame: &Frame) {
        let Some((left, right, _)) = best_pair(people, frame.source_size) else { return };
        let start = |c: &Candidate| FencerTrack::start(c.person.pose, c.body, c.appearance.clone(), frame.at);
        self.tracks = PerSide::new(Some(start(&people[left])), Some(start(&people[right])));
        self.chosen_at = frame.at;
        (self.better_pair_count, self.overlapping) = (0, false);
    }

    /// The most plausible person who is not the other fencer.
    fn find_again(&mut self, side: Side, people: &[Candidate], frame: &Frame) {
        let other = self.tracks[side.opponent()].as_ref();
        let free = people.iter().filter(|c| {
            other.is_none_or(|o| !is_same_person(&o.pose, &c.person.pose, c.body.height()) && c.body.iou(o.body) < 0.5)
        });
        let fit = |c: &Candidate| {
            if let Some(lost) = &self.tracks[side] {
                lost.plausible(&c.person.pose, frame.at)?;
                let clothes = lost.appearance.as_ref().zip(c.appearance.as_ref()).map_or(0.5, |(a, b)| a.similarity(b));
                return Some(clothes - 0.5 * lost.deviation(c.body, frame.at));
            }
            let partner = other.and_then(|o| people.iter().find(|p| p.body.iou(o.body) > 0.5))?;
            let (left, right) = if side == Side::Left { (c, partner) } else { (partner, c) };
            let tallest = people.iter().map(|p| p.body.height()).fold(1.0, f32::max);
            let score = pair_score(left, right, tallest, frame.source_size);
            (left.body.centre().x < right.body.centre().x && score > 1.5).then_some(score)
        };
        let best = free.filter_map(|c| Some((fit(c)?, c))).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, found)) = best {
            let before = self.tracks[side].as_ref().and_then(|f| f.appearance.clone());
            let appearance = before.or_else(|| found.appearance.clone());
            self.tracks[side] = Some(FencerTrack::start(found.person.pose, found.body, appearance, frame.at));
        }
    }

    /// Replaces the pair by one that scores clearly higher in two searches in a row.
    fn reconsider_pair(&mut self, people: &[Candidate], poses: &mut PerSide<Option<Pose>>, frame: &Frame) {
        let Some((left, right, best)) = best_pair(people, frame.source_size) else { return };
        let followed = |side: Side| {
            let body = self.tracks[side].as_ref()?.body;
            people
                .iter()
                .max_by(|a, b| a.body.iou(body).total_cmp(&b.body.iou(body)))
                .filter(|c| c.body.iou(body) > 0.3)
        };
        let (Some(a), Some(b)) = (followed(Side::Left), followed(Side::Right)) else { return };
        let tallest = people.iter().map(|p| p.body.height()).fold(1.0, f32::max);
        let (first, second) = if a.body.centre().x <= b.body.centre().x { (a, b) } else { (b, a) };
        let mine = pair_score(first, second, tallest, frame.source_size);
        self.better_pair_count = if best > mine + BETTER_PAIR { self.better_pair_count + 1 } else { 0 };
        if self.better_pair_count >= 2 {
            let start = |c: &Candidate| Some(FencerTrack::start(c.person.pose, c.body, c.appearance.clone(), frame.at));
            self.tracks = PerSide::new(start(&people[left]), start(&people[right]));
            *poses = PerSide::default();
            (self.better_pair_count, self.overlapping, self.chosen_at) = (0, false, frame.at);
            self.observation.is_pair_change = true;
        }
    }

    /// The detector's joints are approximate: a fencer who was just found is estimated in a crop before anything is reported.
    fn estimate_new(
        &mut self,
        side: Side,
        frame: &Frame,
        source: &mut dyn PoseSource,
    ) -> Result<Option<Pose>, PoseError> {
        let Some(tracks) = self.tracks[side].as_mut().filter(|f| f.last_seen == frame.at) else {
            return Ok(None);
        };
        let Some(pose) = source.poses_in(frame, &[tracks.square(frame.at)])?.pop() else { return Ok(None) };
        let Some(body) = tracks.plausible(&pose, frame.at) else { return Ok(None) };
        tracks.advance(pose, body, frame.at);
        Ok(Some(pose))
    }

    /// Learns clothes while the fencers are apart; after an overlap compares them and exchanges the two if they match crosswise.
    fn resolve_identities(&mut self, frame: &Frame, poses: &mut PerSide<Option<Pose>>) {
        let (Some(left), Some(right)) = (self.tracks.left.as_mut(), self.tracks.right.as_mut()) else { return };
        let (Some(left_pose), Some(right_pose)) = (poses.left, poses.right) else { return };
        if left.body.iou(right.body) > OVERLAP_IOU {
            self.overlapping = true;
            return;
        }
        let seen = (Appearance::of(frame, &left_pose), Appearance::of(frame, &right_pose));
        let (Some(mine_left), Some(mine_right)) = (&mut left.appearance, &mut right.appearance) else {
            (left.appearance, right.appearance) = seen;
            return;
        };
        let (Some(seen_left), Some(seen_right)) = seen else { return };
        if std::mem::take(&mut self.overlapping) {
            let straight = mine_left.similarity(&seen_left) + mine_right.similarity(&seen_right);
            let crossed = mine_left.similarity(&seen_right) + mine_right.similarity(&seen_left);
            if crossed > straight + EXCHANGE_MARGIN {
                std::mem::swap(mine_left, mine_right);
                self.tracks = std::mem::take(&mut self.tracks).swapped();
                *poses = poses.swapped();
            }
            return;
        }
        mine_left.learn(&seen_left);
        mine_right.learn(&seen_right);
    }

    fn drop_lost(&mut self, at: Timestamp) {
        for side in Side::BOTH {
            if self.tracks[side].as_ref().is_some_and(|f| at.secs_since(f.last_seen) > DROP_SECS) {
                self.tracks[side] = None;
            }
        }
    }
}
