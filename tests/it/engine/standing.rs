//! Eyes that are always open: what they saw before a phrase began is the phrase's, without another look; what is forgotten is
//! gone, and a look that fails costs the phrase and not the eyes.

use super::fakes::{Cast, TrueEyes, engine, small_frames, small_phrase, watched_by};
use fencing::time::{FrameIndex, Timestamp};
use fencing::{SignalLog, Weapon};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use vision::engine::{Bustle, Judgement, PhraseSetup, PhraseZero, PoseError, StandingWatch, StandingWorker};
use vision::pose::{Person, Pose, PoseSource, Square};
use vision::video::Frame;

const SETUP: PhraseSetup = PhraseSetup { weapon: Weapon::Sabre };
/// When the phrase began, on the eyes' clock.
const ZERO_SECS: f64 = 1000.0;
/// Number of its first picture since the eyes were opened.
const FIRST: u64 = 5_000;

/// Eyes that know the truth, on a clock on which the phrase began long after zero, and count their looks.
struct Late {
    eyes: TrueEyes,
    looks: Arc<AtomicUsize>,
}

impl Late {
    fn on_phrase_clock(frame: &Frame) -> Frame {
        Frame { at: frame.at.plus_secs(-ZERO_SECS), ..frame.clone() }
    }
}

impl PoseSource for Late {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.eyes.find_people(&Self::on_phrase_clock(frame))
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.eyes.poses_in(&Self::on_phrase_clock(frame), squares)
    }
}

fn opened() -> (StandingWatch, Arc<AtomicUsize>) {
    let looks = Arc::new(AtomicUsize::new(0));
    let eyes = Late { eyes: TrueEyes::new(Cast::Both), looks: Arc::clone(&looks) };
    (engine().open_eyes_with(Box::new(eyes)), looks)
}

/// A frame of the phrase as the eyes get it.
fn live(frame: &Frame) -> Frame {
    Frame { at: frame.at.plus_secs(ZERO_SECS), index: FrameIndex(FIRST + frame.index.0), ..frame.clone() }
}

/// The fencers on guard before the phrase, `secs` before it began.
fn before(first: &Frame, secs: f64) -> Frame {
    let back = (secs * 30.0).round() as u64;
    Frame { at: first.at.plus_secs(ZERO_SECS - secs), index: FrameIndex(FIRST - back), ..first.clone() }
}

/// Shows the eyes frames of the phrase.
fn show(watch: &mut StandingWatch, frames: &[Frame]) {
    for frame in frames {
        watch.push_frame(&live(frame)).unwrap();
    }
}

fn zero() -> PhraseZero {
    PhraseZero { at: Timestamp::from_secs(ZERO_SECS), frame: FrameIndex(FIRST) }
}

fn judged(watch: &StandingWatch, until_secs: f64, signals: SignalLog) -> Judgement {
    let mut phrase = watch.phrase_until(Timestamp::from_secs(ZERO_SECS + until_secs), SETUP).expect("it has begun");
    phrase.set_signals(signals);
    phrase.conclude()
}

/// The same phrase by eyes that were opened for it.
fn judged_anew(frames: &[Frame], signals: SignalLog) -> Judgement {
    let mut analyzer = watched_by(TrueEyes::new(Cast::Both));
    for frame in frames {
        analyzer.push_frame(frame).unwrap();
    }
    analyzer.set_signals(signals);
    analyzer.conclude()
}

#[test]
fn a_phrase_that_began_in_the_past_is_judged_without_another_look_and_as_by_eyes_of_its_own() {
    let (frames, signals) = (small_frames(), small_phrase().signal_log());
    let (mut watch, looks) = opened();
    for i in (1..150).rev() {
        watch.push_frame(&before(&frames[0], f64::from(i) / 30.0)).unwrap();
    }
    // Two seconds of the phrase are over when somebody says that it has begun.
    let (past, rest) = frames.split_at(60);
    show(&mut watch, past);
    let until_then = looks.load(Ordering::SeqCst);
    watch.begin_phrase(zero());
    assert_eq!((watch.remembered(), looks.load(Ordering::SeqCst)), (past.len(), until_then));
    show(&mut watch, rest);
    let looked = looks.load(Ordering::SeqCst);

    let judgement = judged(&watch, 60.0, signals.clone());
    assert_eq!(looks.load(Ordering::SeqCst), looked, "judging looks at nothing");
    let anew = judged_anew(&frames, signals.clone());
    assert_eq!(judgement.tracks.samples, anew.tracks.samples);
    assert_eq!((judgement.completeness, &judgement.cautions), (anew.completeness, &anew.cautions));
    assert_eq!(judgement.verdict, anew.verdict);

    // A verdict in between is of what was seen until then, and a second one is the same.
    let half = judged(&watch, 2.0, signals.clone());
    assert_eq!(half.tracks.samples.last().map(|s| s.at), Some(Timestamp::from_secs(2.0)));
    assert_eq!(format!("{:?}", judged(&watch, 60.0, signals)), format!("{judgement:?}"));
}

#[test]
fn memory_is_bounded_by_what_is_forgotten_and_another_camera_leaves_nothing() {
    let frames = small_frames();
    let (mut watch, _) = opened();
    let mut most = 0;
    for i in 0..900_u32 {
        let at = Timestamp::from_secs(f64::from(i) / 30.0);
        watch.push_frame(&Frame { at, ..frames[0].clone() }).unwrap();
        watch.note_skipped(at);
        if i % 30 == 0 {
            watch.forget_before(at.plus_secs(-2.0));
        }
        most = most.max(watch.remembered());
    }
    assert!((60..=92).contains(&most), "two seconds and what comes until it is forgotten: {most}");
    watch.begin_phrase(PhraseZero { at: Timestamp::from_secs(29.0), frame: FrameIndex(0) });
    let seen = watch.phrase_until(Timestamp::from_secs(60.0), SETUP).unwrap().conclude().completeness;
    assert_eq!((seen.frames_analysed, seen.frames_received), (30, 60), "what was skipped earlier is not this phrase's");
    watch.start_afresh();
    assert!(watch.remembered() == 0 && watch.phrase_until(Timestamp::from_secs(60.0), SETUP).is_none());
}

#[test]
fn who_stands_is_told_from_who_moves_and_from_nobody() {
    let frames = small_frames();
    let (mut watch, _) = opened();
    assert_eq!(watch.bustle(), Bustle::Nobody);
    for i in (1..30).rev() {
        watch.push_frame(&before(&frames[0], f64::from(i) / 30.0)).unwrap();
    }
    assert_eq!(watch.bustle(), Bustle::Still);
    let seen: Vec<Bustle> = frames
        .iter()
        .map(|frame| {
            watch.push_frame(&live(frame)).unwrap();
            watch.bustle()
        })
        .collect();
    let moving = seen.iter().filter(|now| **now == Bustle::Moving).count();
    assert!(2 * moving > seen.len(), "the demo phrase is mostly steps: {moving} of {}", seen.len());
}

/// Eyes that fail at one frame.
struct Failing {
    eyes: TrueEyes,
    at: Timestamp,
}

impl PoseSource for Failing {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        assert!(frame.at != self.at, "a defect, on purpose");
        self.eyes.find_people(frame)
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        assert!(frame.at != self.at, "a defect, on purpose");
        self.eyes.poses_in(frame, squares)
    }
}

#[test]
fn a_look_that_fails_costs_the_phrase_and_not_the_eyes() {
    let frames = small_frames();
    let at = frames[10].at;
    let open = move || engine().open_eyes_with(Box::new(Failing { eyes: TrueEyes::new(Cast::Both), at }));
    let seen = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&seen);
    let observed = move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let worker = StandingWorker::spawn(open, 1 << 20, |_| true, observed).unwrap();
    let failures = worker.failures();
    worker.then(|watch| watch.begin_phrase(PhraseZero::default()));
    frames[..20].iter().for_each(|frame| assert!(worker.push_frame(frame.clone())));
    let (tell, told) = crossbeam_channel::bounded(1);
    worker.then(move |watch| {
        let _ = tell.send((watch.phrase_until(Timestamp::from_secs(60.0), SETUP).is_some(), watch.remembered()));
    });
    assert_eq!(told.recv().unwrap(), (false, 9));
    assert_eq!((failures.load(Ordering::SeqCst), seen.load(Ordering::SeqCst)), (1, 19));
}
