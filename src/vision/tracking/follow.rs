//! Manual correction of a track: the user points at a person in one frame, and that person becomes the left or the right fencer.
//!
//! The track is followed from that frame to later and to earlier ones, up to a shot change. Poses that were estimated already are used
//! again: pointing at the opponent exchanges the two sides without any inference, and where the person was tracked correctly before,
//! the kept poses are taken over. Only the remaining frames are read and estimated anew, one crop each. A frame in which the person is
//! not found has no pose: never the pose of somebody else.

use super::fencer_track::{FencerTrack, MIN_SCORE, is_same_person};
use super::pair::SEEN_JOINT;
use super::{TrackSample, Tracks};
use crate::pose::{Person, Pose, PoseError, PoseSource, Square};
use crate::video::Frame;
use fencing::Side;
use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use fencing::time::{Timestamp, nearest_index};
use std::ops::Range;

/// After so many frames in a row in which the kept track shows the person who is followed, its poses are taken over.
const JOINED_FRAMES: u32 = 3;

/// A kept pose further than this from the prediction, in body heights, is checked by an inference of its own.
const JOINED_DEVIATION: f32 = 0.5;

/// Overlap of the two bodies at which the tracker may have exchanged them: an exchange by hand reaches up to there.
const OVERLAP_IOU: f32 = 0.2;

/// A person who is not detected for so long, in seconds, is lost, as in the tracker.
const LOST_SECS: f64 = 1.5;

/// Seconds between two searches of the whole frame for a lost person.
const SEARCH_SECS: f64 = 0.2;

/// How far outside a body a click still counts, in body heights: joints end before the skin.
const CLICK_MARGIN: f32 = 0.12;

/// Height of a person whom no detector found and nothing is known about, in frame heights: a fencer in a usual view of a piste.
const UNKNOWN_HEIGHT: f32 = 0.4;

/// Frames of an analysed phrase, in any order.
pub trait FrameStore {
    /// The frame displayed at `at`; `None` when there is none or it cannot be decoded.
    fn frame_at(&mut self, at: Timestamp) -> Option<Frame>;
}

/// The person at a point of one frame is this fencer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FencerAt {
    /// Which fencer.
    pub side: Side,
    /// Time of the frame.
    pub at: Timestamp,
    /// A point on the person, in pixels of the full-size frame.
    pub point: ImagePoint,
}

/// What following needs besides the tracks.
pub struct FollowTools<'a> {
    /// Estimates poses.
    pub poses: &'a mut dyn PoseSource,
    /// The frames of the phrase.
    pub frames: &'a mut dyn FrameStore,
    /// Receives the progress, 0..1.
    pub progress: &'a mut dyn FnMut(f32),
    /// Whether the user gave up.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// What a correction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackCorrection {
    /// Samples that changed or were checked.
    pub samples: Range<usize>,
    /// Frames that needed an inference; 0 when all poses were kept ones.
    pub inferred: usize,
}

/// Why a track could not be corrected; the tracks are then as before.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// Nobody is there.
    #[error(
        "nobody was found at this place of the picture; click the middle of the fencer's body, or go to another frame"
    )]
    NobodyThere,
    /// The person is that fencer already.
    #[error("this person is followed as that fencer already")]
    AlreadyFollowed,
    /// The frame cannot be read.
    #[error("this frame of the clip cannot be read; go to another frame")]
    NoFrame,
    /// The user gave up.
    #[error("cancelled")]
    Cancelled,
    /// The model failed.
    #[error(transparent)]
    Pose(#[from] PoseError),
}

/// Makes the person at a point the fencer of a side, from the frame of the click to the shot changes (`cuts`) before and after it.
///
/// # Errors
/// [`FollowError`]; the tracks are then unchanged.
pub fn follow_from(
    tracks: &mut Tracks,
    cuts: &[Timestamp],
    fencer: FencerAt,
    tools: &mut FollowTools<'_>,
) -> Result<TrackCorrection, FollowError> {
    let times: Vec<_> = tracks.samples.iter().map(|sample| sample.at).collect();
    let index = nearest_index(&times, fencer.at).ok_or(FollowError::NoFrame)?;
    match person_at(&tracks.samples[index], tracks.frame_size, fencer, tools)? {
        None => Ok(exchange_around(tracks, cuts, index)),
        Some((pose, body)) => {
            let mut follower = Follower::new(&tracks.samples, cuts, fencer.side, tools);
            follower.start(index, pose);
            follower.follow(index, (pose, body), Direction::Later)?;
            follower.follow(index, (pose, body), Direction::Earlier)?;
            let Follower { found, rival_gone, samples, inferred, .. } = follower;
            for i in samples.clone() {
                let poses = &mut tracks.samples[i].poses;
                poses[fencer.side] = found[i];
                if rival_gone[i] {
                    poses[fencer.side.opponent()] = None;
                }
            }
            Ok(TrackCorrection { samples, inferred })
        }
    }
}

/// The pose of the person who was pointed at and the box of the body; `None` for the person who is followed as the other fencer.
fn person_at(
    sample: &TrackSample,
    size: FrameSize,
    fencer: FencerAt,
    tools: &mut FollowTools<'_>,
) -> Result<Option<(Pose, ImageRect)>, FollowError> {
    let kept = sample.poses.map(|pose| pose.and_then(|pose| Some((pose, pose.bounds(SEEN_JOINT)?))));
    let (own, opponent) = (kept[fencer.side], kept[fencer.side.opponent()]);
    let is_on = |body: ImageRect| is_near(body, fencer.point);
    if opponent.is_some_and(|(_, body)| is_on(body)) && !own.is_some_and(|(_, body)| is_on(body)) {
        return Ok(None);
    }
    let frame = tools.frames.frame_at(sample.at).ok_or(FollowError::NoFrame)?;
    let people = tools.poses.find_people(&frame)?;
    let distance =
        |person: &Person| body_of(person).centre().distance(fencer.point) / body_of(person).height().max(1.0);
    let nearest = people.iter().filter(|person| is_on(body_of(person)));
    let nearest = nearest.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    // A person whom the detector misses is tried in a crop as large as the fencers who are known.
    let height = opponent.or(own).map_or(UNKNOWN_HEIGHT * size.height as f32, |(_, body)| body.height());
    let square = nearest.map_or_else(|| Square::for_person(box_around(fencer.point, height)), Person::square);
    let estimated = tools.poses.poses_in(&frame, &[square])?.pop();
    let estimated = estimated.filter(|pose| pose.score >= MIN_SCORE).and_then(|pose| {
        let body = pose.bounds(SEEN_JOINT)?;
        is_on(body).then_some((pose, body))
    });
    // The detector's joints are approximate, but better than none where the crop shows somebody else.
    let found = estimated.or_else(|| nearest.and_then(|person| Some((person.pose, person.pose.bounds(SEEN_JOINT)?))));
    let (pose, body) = found.ok_or(FollowError::NobodyThere)?;
    let is_of =
        |kept: Option<(Pose, ImageRect)>| kept.is_some_and(|(other, _)| is_same_person(&other, &pose, body.height()));
    match (is_of(own), is_of(opponent)) {
        (true, _) => Err(FollowError::AlreadyFollowed),
        (false, true) => Ok(None),
        (false, false) => Ok(Some((pose, body))),
    }
}

fn body_of(person: &Person) -> ImageRect {
    person.pose.bounds(SEEN_JOINT).unwrap_or(person.bounds)
}

fn is_near(body: ImageRect, point: ImagePoint) -> bool {
    let margin = CLICK_MARGIN * body.height();
    (body.left - margin..=body.right + margin).contains(&point.x)
        && (body.top - margin..=body.bottom + margin).contains(&point.y)
}

fn box_around(centre: ImagePoint, height: f32) -> ImageRect {
    let (half_width, half_height) = (height / 4.0, height / 2.0);
    ImageRect {
        left: centre.x - half_width,
        right: centre.x + half_width,
        top: centre.y - half_height,
        bottom: centre.y + half_height,
    }
}

/// Exchanges the two sides around a frame, up to a shot change or to frames where the bodies overlap: there the tracker may have mixed
/// them up.
fn exchange_around(tracks: &mut Tracks, cuts: &[Timestamp], index: usize) -> TrackCorrection {
    let samples = &tracks.samples;
    let overlap = |sample: &TrackSample| {
        let body = |side: Side| sample.poses[side].and_then(|pose| pose.bounds(SEEN_JOINT));
        body(Side::Left).zip(body(Side::Right)).is_some_and(|(left, right)| left.iou(right) > OVERLAP_IOU)
    };
    let joins = |i: usize| {
        !is_cut(cuts, samples[i].at, samples[i + 1].at) && !overlap(&samples[i]) && !overlap(&samples[i + 1])
    };
    let first = (0..index).rev().find(|i| !joins(*i)).map_or(0, |i| i + 1);
    let last = (index..samples.len().saturating_sub(1)).find(|i| !joins(*i)).unwrap_or(samples.len() - 1);
    for sample in &mut tracks.samples[first..=last] {
        sample.poses = sample.poses.swapped();
    }
    TrackCorrection { samples: first..last + 1, inferred: 0 }
}

/// Whether the shot changes after `a` and not later than `b`.
fn is_cut(cuts: &[Timestamp], a: Timestamp, b: Timestamp) -> bool {
    cuts.iter().any(|cut| a < *cut && *cut <= b)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Direction {
    Later,
    Earlier,
}

/// The tracks of the person who is followed and of the other fencer, in one direction.
struct Pursuit {
    track: FencerTrack,
    /// The other fencer, from the kept poses.
    rival: Option<FencerTrack>,
    /// The person whom the kept track shows instead, while it shows somebody else.
    mistaken: Option<FencerTrack>,
    /// Frames in a row in which the kept track shows the same person.
    joined: u32,
    next_search: Timestamp,
    is_lost: bool,
}

/// Follows one person through the samples.
struct Follower<'t, 'w, 'a> {
    kept: &'t [TrackSample],
    cuts: &'t [Timestamp],
    side: Side,
    tools: &'w mut FollowTools<'a>,
    found: Vec<Option<Pose>>,
    /// Frames in which the other fencer's kept pose was of the person who is followed.
    rival_gone: Vec<bool>,
    samples: Range<usize>,
    inferred: usize,
    visited: usize,
}

impl<'t, 'w, 'a> Follower<'t, 'w, 'a> {
    fn new(kept: &'t [TrackSample], cuts: &'t [Timestamp], side: Side, tools: &'w mut FollowTools<'a>) -> Self {
        let (found, rival_gone) = (vec![None; kept.len()], vec![false; kept.len()]);
        Self { kept, cuts, side, tools, found, rival_gone, samples: 0..0, inferred: 1, visited: 1 }
    }

    fn start(&mut self, index: usize, pose: Pose) {
        self.found[index] = Some(pose);
        self.samples = index..index + 1;
    }

    fn follow(&mut self, from: usize, (pose, body): (Pose, ImageRect), way: Direction) -> Result<(), FollowError> {
        let start = self.kept[from].at;
        // Backwards the clock runs backwards too, so that every step of a track lies later than the one before.
        let clock = |at: Timestamp| match way {
            Direction::Later => at,
            Direction::Earlier => Timestamp::from_nanos(start.nanos().saturating_mul(2).saturating_sub(at.nanos())),
        };
        let known = |side: Side| self.track_of(from, side, start);
        let mut pursuit = Pursuit {
            track: FencerTrack::start(pose, body, None, start),
            rival: known(self.side.opponent()),
            mistaken: known(self.side),
            joined: 0,
            next_search: start,
            is_lost: false,
        };
        let order: Vec<usize> = match way {
            Direction::Later => (from + 1..self.kept.len()).collect(),
            Direction::Earlier => (0..from).rev().collect(),
        };
        let mut previous = from;
        for index in order {
            if (self.tools.cancelled)() {
                return Err(FollowError::Cancelled);
            }
            let (earlier, later) = (previous.min(index), previous.max(index));
            if is_cut(self.cuts, self.kept[earlier].at, self.kept[later].at) {
                break;
            }
            pursuit.pan(&self.kept[previous], &self.kept[index]);
            if !self.step(&mut pursuit, index, clock(self.kept[index].at))? {
                break;
            }
            self.samples = self.samples.start.min(index)..self.samples.end.max(index + 1);
            self.visited += 1;
            (self.tools.progress)(self.visited as f32 / self.kept.len() as f32);
            previous = index;
        }
        Ok(())
    }

    fn track_of(&self, index: usize, side: Side, at: Timestamp) -> Option<FencerTrack> {
        let pose = self.kept[index].poses[side]?;
        Some(FencerTrack::start(pose, pose.bounds(SEEN_JOINT)?, None, at))
    }

    /// One frame; false when the person is lost and the kept track is no longer the one that was wrong.
    fn step(&mut self, pursuit: &mut Pursuit, index: usize, at: Timestamp) -> Result<bool, FollowError> {
        let kept = self.kept[index].poses[self.side];
        if pursuit.is_lost {
            return Ok(pursuit.rides_mistake(kept, at));
        }
        let read = match pursuit.joined_pose(kept, at) {
            Some(read) => Some(read),
            None => self.estimate(pursuit, index, at)?,
        };
        let rival_pose = self.kept[index].poses[self.side.opponent()];
        let read = read.filter(|read| match pursuit.rival_claims(read, rival_pose, at) {
            Claim::Rival => false,
            Claim::Own => {
                self.rival_gone[index] = true;
                true
            }
            Claim::Nobody => true,
        });
        if !self.rival_gone[index] {
            pursuit.advance_rival(rival_pose, at);
        }
        self.found[index] = read.map(|(pose, _)| pose);
        pursuit.compare(kept, read, at);
        if let Some((pose, body)) = read {
            pursuit.track.advance(pose, body, at);
        }
        pursuit.is_lost = at.secs_since(pursuit.track.last_seen) > LOST_SECS;
        Ok(true)
    }

    /// The person in this frame by an inference of its own: in the crop where they are expected, or anywhere after a loss.
    fn estimate(
        &mut self,
        pursuit: &mut Pursuit,
        index: usize,
        at: Timestamp,
    ) -> Result<Option<(Pose, ImageRect)>, FollowError> {
        let Some(frame) = self.tools.frames.frame_at(self.kept[index].at) else { return Ok(None) };
        self.inferred += 1;
        let crop = self.tools.poses.poses_in(&frame, &[pursuit.track.square(at)])?.pop();
        let kept = self.kept[index].poses[self.side];
        if let Some(read) = crop.and_then(|pose| pursuit.admitted(pose, kept, at)) {
            return Ok(Some(read));
        }
        if at < pursuit.next_search {
            return Ok(None);
        }
        pursuit.next_search = at.plus_secs(SEARCH_SECS);
        let people = self.tools.poses.find_people(&frame)?;
        let near = people.iter().filter_map(|person| Some((person, pursuit.admitted(person.pose, kept, at)?.1)));
        let deviation = |body: ImageRect| pursuit.track.deviation(body, at);
        let Some((person, _)) = near.min_by(|a, b| deviation(a.1).total_cmp(&deviation(b.1))) else { return Ok(None) };
        let refined = self.tools.poses.poses_in(&frame, &[person.square()])?.pop();
        Ok(refined.and_then(|pose| pursuit.admitted(pose, kept, at)))
    }
}

/// To whom a pose belongs that lies on both.
enum Claim {
    Rival,
    Own,
    Nobody,
}

impl Pursuit {
    /// Moves all tracks along with the camera.
    fn pan(&mut self, from: &TrackSample, to: &TrackSample) {
        let (from, to) = (from.camera_shift, to.camera_shift);
        let by = ImagePoint::new(to.x - from.x, to.y - from.y);
        self.track.pan(by);
        for other in [&mut self.rival, &mut self.mistaken].into_iter().flatten() {
            other.pan(by);
        }
    }

    /// The kept pose, once the kept track has been found to show the same person and goes on where that person is expected.
    fn joined_pose(&self, kept: Option<Pose>, at: Timestamp) -> Option<(Pose, ImageRect)> {
        let pose = kept.filter(|_| self.joined >= JOINED_FRAMES)?;
        let body = self.track.plausible(&pose, at)?;
        (self.track.deviation(body, at) < JOINED_DEVIATION).then_some((pose, body))
    }

    /// A pose with the box of its body, if it is plausible for the person who is followed and not of the one who was mistaken for them.
    fn admitted(&self, pose: Pose, kept: Option<Pose>, at: Timestamp) -> Option<(Pose, ImageRect)> {
        let body = self.track.plausible(&pose, at)?;
        let same = kept.filter(|kept| is_same_person(&pose, kept, body.height()));
        let mistaken = self.mistaken.as_ref().zip(same.and_then(|kept| kept.bounds(SEEN_JOINT)));
        let is_mistaken = mistaken
            .is_some_and(|(mistaken, kept_body)| mistaken.deviation(kept_body, at) < self.track.deviation(body, at));
        (!is_mistaken).then_some((pose, body))
    }

    /// When the other fencer's kept pose is of the same person, the track that predicted it better keeps it.
    fn rival_claims(&self, (pose, body): &(Pose, ImageRect), rival_pose: Option<Pose>, at: Timestamp) -> Claim {
        let Some(other) = rival_pose.filter(|other| is_same_person(pose, other, body.height())) else {
            return Claim::Nobody;
        };
        let rival = self.rival.as_ref().zip(other.bounds(SEEN_JOINT));
        let of_rival = rival.map_or(f32::MAX, |(rival, body)| rival.deviation(body, at));
        if self.track.deviation(*body, at) <= of_rival { Claim::Own } else { Claim::Rival }
    }

    fn advance_rival(&mut self, pose: Option<Pose>, at: Timestamp) {
        let Some((pose, body)) = pose.and_then(|pose| Some((pose, pose.bounds(SEEN_JOINT)?))) else { return };
        match &mut self.rival {
            Some(rival) if rival.plausible(&pose, at).is_some() => rival.advance(pose, body, at),
            _ => self.rival = Some(FencerTrack::start(pose, body, None, at)),
        }
    }

    /// Compares the kept pose of the side with the one that was found.
    fn compare(&mut self, kept: Option<Pose>, found: Option<(Pose, ImageRect)>, at: Timestamp) {
        let Some((pose, kept_body)) = kept.and_then(|pose| Some((pose, pose.bounds(SEEN_JOINT)?))) else {
            self.joined = 0;
            return;
        };
        if found.is_some_and(|(found, body)| is_same_person(&found, &pose, body.height())) {
            (self.joined, self.mistaken) = (self.joined + 1, None);
        } else {
            self.joined = 0;
            match &mut self.mistaken {
                Some(mistaken) if mistaken.plausible(&pose, at).is_some() => mistaken.advance(pose, kept_body, at),
                _ => self.mistaken = Some(FencerTrack::start(pose, kept_body, None, at)),
            }
        }
    }

    /// After the person was lost: whether the kept track still shows the person who was mistaken for them. Those poses go, too.
    fn rides_mistake(&mut self, kept: Option<Pose>, at: Timestamp) -> bool {
        let Some(mistaken) = &mut self.mistaken else { return false };
        match kept.map(|pose| (pose, mistaken.plausible(&pose, at))) {
            Some((pose, Some(body))) => {
                mistaken.advance(pose, body, at);
                true
            }
            Some((_, None)) => false,
            None => at.secs_since(mistaken.last_seen) <= LOST_SECS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenes::{BLACK, BLUE, Fake, Figure, RED, SIZE, fencer, frame, play};
    use super::*;
    use fencing::PerSide;
    use fencing::time::FrameIndex;

    const FRAMES: usize = 60;

    /// The figures of every frame; the pose source and the store below look into it.
    type Scene = dyn Fn(u64) -> Vec<Figure>;

    fn bystander(x: f32) -> Figure {
        Figure { x, floor: 250.0, height: 150.0, stance: 0.1, colour: BLACK }
    }

    /// A pose source over a scene that counts its inferences; which frame it is can be read from the frame's index.
    struct Counted<'s> {
        scene: &'s Scene,
        crops: usize,
    }

    impl Counted<'_> {
        fn people(&self, frame: &Frame) -> Fake {
            Fake { people: (self.scene)(frame.index.0).iter().map(|figure| figure.person()).collect() }
        }
    }

    impl PoseSource for Counted<'_> {
        fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
            self.people(frame).find_people(frame)
        }

        fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
            self.crops += squares.len();
            self.people(frame).poses_in(frame, squares)
        }
    }

    struct Store<'s> {
        scene: &'s Scene,
        read: usize,
    }

    impl FrameStore for Store<'_> {
        fn frame_at(&mut self, at: Timestamp) -> Option<Frame> {
            self.read += 1;
            let index = (at.secs() * 30.0).round() as u64;
            Some(Frame { at, index: FrameIndex(index), ..frame(index, &(self.scene)(index), 0) })
        }
    }

    /// Tracks that follow these two figures, whoever they are.
    fn tracks_of(followed: impl Fn(u64) -> PerSide<Option<Figure>>) -> Tracks {
        let sample = |i: u64| TrackSample {
            at: Timestamp::from_secs(i as f64 / 30.0),
            frame: FrameIndex(i),
            poses: followed(i).map(|figure| figure.map(|figure| figure.person().pose)),
            camera_shift: ImagePoint::default(),
        };
        Tracks { frame_size: SIZE, samples: (0..FRAMES as u64).map(sample).collect() }
    }

    struct Outcome {
        result: Result<TrackCorrection, FollowError>,
        crops: usize,
        read: usize,
    }

    fn point_at(tracks: &mut Tracks, scene: &Scene, cuts: &[f64], side: Side, at: (u64, f32, f32)) -> Outcome {
        let cuts: Vec<_> = cuts.iter().map(|secs| Timestamp::from_secs(*secs)).collect();
        let (mut poses, mut frames) = (Counted { scene, crops: 0 }, Store { scene, read: 0 });
        let mut tools = FollowTools {
            poses: &mut poses,
            frames: &mut frames,
            progress: &mut |share| assert!((0.0..=1.0).contains(&share), "{share}"),
            cancelled: &|| false,
        };
        let fencer =
            FencerAt { side, at: Timestamp::from_secs(at.0 as f64 / 30.0), point: ImagePoint::new(at.1, at.2) };
        let result = follow_from(tracks, &cuts, fencer, &mut tools);
        Outcome { result, crops: poses.crops, read: frames.read }
    }

    #[track_caller]
    fn assert_follows(tracks: &Tracks, side: Side, expected: impl Fn(usize) -> Option<f32>) {
        for (i, sample) in tracks.samples.iter().enumerate() {
            let x = sample.poses[side].and_then(|pose| Some(pose.bounds(SEEN_JOINT)?.centre().x));
            let fits = match (x, expected(i)) {
                (Some(x), Some(expected)) => (x - expected).abs() < 3.0,
                (None, None) => true,
                _ => false,
            };
            assert!(fits, "frame {i}, {side:?}: {x:?}, expected {:?}", expected(i));
        }
    }

    #[test]
    fn a_click_moves_a_side_from_a_bystander_to_the_fencer_in_all_frames_both_ways() {
        let right = |i: u64| 420.0 + 2.0 * i as f32;
        let scene = move |i: u64| vec![fencer(180.0, RED), fencer(right(i), BLUE), bystander(320.0)];
        let mut tracks = tracks_of(|_| PerSide::new(Some(fencer(180.0, RED)), Some(bystander(320.0))));
        let left_before: Vec<_> = tracks.samples.iter().map(|sample| sample.poses.left).collect();
        let outcome = point_at(&mut tracks, &scene, &[], Side::Right, (30, right(30), 230.0));
        assert_eq!(outcome.result.unwrap().samples, 0..FRAMES);
        assert_follows(&tracks, Side::Right, |i| Some(right(i as u64)));
        assert_eq!(tracks.samples.iter().map(|sample| sample.poses.left).collect::<Vec<_>>(), left_before);
    }

    #[test]
    fn poses_that_are_kept_cost_no_inference() {
        let right = |i: u64| 420.0 + i as f32;
        let scene = move |i: u64| vec![fencer(180.0, RED), fencer(right(i), BLUE), bystander(320.0)];
        // The tracker was right for two thirds of the phrase and then went to a bystander.
        let mut tracks = tracks_of(|i| {
            PerSide::new(Some(fencer(180.0, RED)), Some(if i < 40 { fencer(right(i), BLUE) } else { bystander(320.0) }))
        });
        let outcome = point_at(&mut tracks, &scene, &[], Side::Right, (50, right(50), 230.0));
        assert_follows(&tracks, Side::Right, |i| Some(right(i as u64)));
        let needed = FRAMES - 40 + JOINED_FRAMES as usize;
        assert_eq!((outcome.crops, outcome.read), (needed, needed), "the first 37 frames are taken over");
    }

    #[test]
    fn pointing_at_the_opponent_exchanges_the_sides_without_any_inference() {
        let mut tracks = tracks_of(|_| PerSide::new(Some(fencer(470.0, BLUE)), Some(fencer(180.0, RED))));
        let scene = |_: u64| Vec::new();
        let outcome = point_at(&mut tracks, &scene, &[1.0], Side::Left, (40, 180.0, 230.0));
        assert_eq!((outcome.crops, outcome.read), (0, 0));
        assert_eq!(outcome.result.unwrap(), TrackCorrection { samples: 30..FRAMES, inferred: 0 });
        assert_follows(&tracks, Side::Left, |i| Some(if i < 30 { 470.0 } else { 180.0 }));
        assert_follows(&tracks, Side::Right, |i| Some(if i < 30 { 180.0 } else { 470.0 }));
    }

    #[test]
    fn an_exchange_ends_where_the_two_bodies_overlap() {
        let place = |i: u64| (160.0 + 5.0 * i as f32, 480.0 - 5.0 * i as f32);
        // They cross at frame 32, and the tracker keeps the left of the picture left.
        let mut tracks = tracks_of(|i| {
            let (a, b) = place(i);
            PerSide::new(Some(fencer(a.min(b), RED)), Some(fencer(a.max(b), BLUE)))
        });
        let outcome = point_at(&mut tracks, &|_| Vec::new(), &[], Side::Left, (55, place(55).0, 230.0));
        let samples = outcome.result.unwrap().samples;
        assert!((33..45).contains(&samples.start) && samples.end == FRAMES, "{samples:?}");
        assert_follows(&tracks, Side::Left, |i| {
            let (a, b) = place(i as u64);
            Some(if i < samples.start { a.min(b) } else { a })
        });
    }

    #[test]
    fn a_fencer_who_leaves_is_lost_and_not_the_bystander_again() {
        let scene = |i: u64| {
            let right = (i < 5).then(|| fencer(470.0, BLUE));
            [Some(fencer(180.0, RED)), Some(bystander(320.0)), right].into_iter().flatten().collect()
        };
        let mut tracks = tracks_of(|_| PerSide::new(Some(fencer(180.0, RED)), Some(bystander(320.0))));
        point_at(&mut tracks, &scene, &[], Side::Right, (2, 470.0, 230.0)).result.unwrap();
        assert_follows(&tracks, Side::Right, |i| (i < 5).then_some(470.0));
    }

    #[test]
    fn the_opponents_track_is_no_second_pose_of_the_same_person() {
        // The left track jumped onto the right fencer after frame 20, where the right track went to a bystander.
        let scene = |_: u64| vec![fencer(180.0, RED), fencer(470.0, BLUE), bystander(320.0)];
        let mut tracks = tracks_of(|i| {
            let left = if i < 20 { fencer(180.0, RED) } else { fencer(470.0, BLUE) };
            PerSide::new(Some(left), Some(if i < 20 { fencer(470.0, BLUE) } else { bystander(320.0) }))
        });
        point_at(&mut tracks, &scene, &[], Side::Right, (10, 320.0, 175.0)).result.unwrap();
        assert_follows(&tracks, Side::Right, |_| Some(320.0));
        point_at(&mut tracks, &scene, &[], Side::Left, (30, 180.0, 230.0)).result.unwrap();
        assert_follows(&tracks, Side::Left, |_| Some(180.0));
    }

    #[test]
    fn what_cannot_be_followed_leaves_the_tracks_as_they_were() {
        let (before, _) = play(FRAMES as u64, |_| (vec![fencer(180.0, RED), fencer(470.0, BLUE)], 0));
        let mut tracks = Tracks { frame_size: SIZE, samples: before.clone() };
        let scene = |_: u64| vec![fencer(180.0, RED), fencer(470.0, BLUE)];
        let nobody = point_at(&mut tracks, &scene, &[], Side::Left, (30, 320.0, 40.0)).result;
        assert!(matches!(nobody, Err(FollowError::NobodyThere)), "{nobody:?}");
        let already = point_at(&mut tracks, &scene, &[], Side::Left, (30, 180.0, 230.0)).result;
        assert!(matches!(already, Err(FollowError::AlreadyFollowed)), "{already:?}");
        let empty = point_at(&mut Tracks::default(), &scene, &[], Side::Left, (0, 180.0, 230.0)).result;
        assert!(matches!(empty, Err(FollowError::NoFrame)), "{empty:?}");
        assert_eq!(tracks.samples, before);
    }
}
