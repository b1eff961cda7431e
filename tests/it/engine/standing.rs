//! Eyes that are always open: what they saw before a phrase began is the phrase's, without another look; what is forgotten is
//! gone, and a failed inference costs the phrase, not the analyzer.

use super::fakes::{Cast, TrueEyes, engine_with, small_ending, small_frames, watched_by};
use fencing::Weapon;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use vision::engine::{
    Activity, AnalyzerThread, ContinuousAnalyzer, Judgement, PhraseEnding, PhraseSetup, PhraseZero, PoseError,
};
use vision::inference::InferenceError;
use vision::pose::{Person, Pose, PoseSource, Square};
use vision::video::Frame;

const SETUP: PhraseSetup = PhraseSetup { weapon: Weapon::Sabre };
/// When the phrase began, on the analyzer's clock.
const ZERO_SECS: f64 = 1000.0;
/// Number of its first picture since the analyzer was opened.
const FIRST: u64 = 5_000;

/// Eyes that know the truth, on a clock on which the phrase began long after zero, and count their looks.
#[derive(Clone)]
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

pub(super) fn opened() -> (ContinuousAnalyzer, Arc<AtomicUsize>) {
    let looks = Arc::new(AtomicUsize::new(0));
    let eyes = Late { eyes: TrueEyes::new(Cast::Both), looks: Arc::clone(&looks) };
    (engine_with(eyes).continuous_analyzer(), looks)
}

/// A frame of the phrase as the analyzer gets it.
fn live(frame: &Frame) -> Frame {
    Frame { at: frame.at.plus_secs(ZERO_SECS), index: FrameIndex(FIRST + frame.index.0), ..frame.clone() }
}

/// The fencers on guard before the phrase, `secs` before it began.
fn before(first: &Frame, secs: f64) -> Frame {
    let back = (secs * 30.0).round() as u64;
    Frame { at: first.at.plus_secs(ZERO_SECS - secs), index: FrameIndex(FIRST - back), ..first.clone() }
}

/// Passes frames of the phrase to the analyzer.
pub(super) fn show(watch: &mut ContinuousAnalyzer, frames: &[Frame]) {
    for frame in frames {
        watch.push_frame(&live(frame)).unwrap();
    }
}

pub(super) fn zero() -> PhraseZero {
    PhraseZero { at: Timestamp::from_secs(ZERO_SECS), frame: FrameIndex(FIRST) }
}

pub(super) fn judged(watch: &ContinuousAnalyzer, until_secs: f64, ending: PhraseEnding) -> Judgement {
    let phrase = watch.phrase_until(Timestamp::from_secs(ZERO_SECS + until_secs), SETUP).expect("it has begun");
    phrase.judge(ending).unwrap()
}

/// The same phrase by an analyzer that was opened for it.
fn judged_anew(frames: &[Frame], ending: PhraseEnding) -> Judgement {
    let mut analyzer = watched_by(TrueEyes::new(Cast::Both));
    for frame in frames {
        analyzer.push_frame(frame).unwrap();
    }
    analyzer.finish().unwrap().judge(ending).unwrap()
}

#[test]
fn a_phrase_that_began_in_the_past_is_judged_without_another_analysis_and_as_by_an_analyzer_of_its_own() {
    let frames = small_frames();
    let ending = small_ending(&frames);
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

    let judgement = judged(&watch, 60.0, ending.clone());
    assert_eq!(looks.load(Ordering::SeqCst), looked, "judging looks at nothing");
    let anew = judged_anew(&frames, ending.clone());
    assert_eq!(judgement.tracks.samples, anew.tracks.samples);
    assert_eq!((judgement.completeness, &judgement.cautions), (anew.completeness, &anew.cautions));
    assert_eq!(judgement.verdict, anew.verdict);

    // A verdict in between is of what was seen until then, and a second one is the same.
    let half = judged(&watch, 2.0, ending.clone());
    assert_eq!(half.tracks.samples.last().map(|s| s.at), Some(Timestamp::from_secs(2.0)));
    assert_eq!(format!("{:?}", judged(&watch, 60.0, ending)), format!("{judgement:?}"));
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
    let phrase = watch.phrase_until(Timestamp::from_secs(60.0), SETUP).unwrap();
    let seen = phrase.judge(PhraseEnding::default()).unwrap().completeness;
    assert_eq!((seen.frames_analysed, seen.frames_received), (30, 60), "what was skipped earlier is not this phrase's");
    watch.reset();
    assert!(watch.remembered() == 0 && watch.phrase_until(Timestamp::from_secs(60.0), SETUP).is_none());
}

#[test]
fn who_stands_is_distinguished_from_who_moves_and_from_nobody() {
    let frames = small_frames();
    let (mut watch, _) = opened();
    assert_eq!(watch.activity(), Activity::Nobody);
    for i in (1..30).rev() {
        watch.push_frame(&before(&frames[0], f64::from(i) / 30.0)).unwrap();
    }
    assert_eq!(watch.activity(), Activity::Still);
    let seen: Vec<Activity> = frames
        .iter()
        .map(|frame| {
            watch.push_frame(&live(frame)).unwrap();
            watch.activity()
        })
        .collect();
    let moving = seen.iter().filter(|now| **now == Activity::Moving).count();
    assert!(2 * moving > seen.len(), "the demo phrase is mostly steps: {moving} of {}", seen.len());
}

/// How the pose source fails.
#[derive(Clone, Copy)]
enum Failure {
    Panics,
    Refuses,
}

/// Eyes that fail at one frame.
#[derive(Clone)]
struct Failing {
    eyes: TrueEyes,
    at: Timestamp,
    how: Failure,
}

impl Failing {
    fn check(&self, frame: &Frame) -> Result<(), PoseError> {
        match self.how {
            _ if frame.at != self.at => Ok(()),
            Failure::Panics => panic!("a defect, on purpose"),
            Failure::Refuses => Err(refusal()),
        }
    }
}

fn refusal() -> PoseError {
    InferenceError::Failed { model: "a fake".into(), reason: "on purpose".into() }.into()
}

impl PoseSource for Failing {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        self.check(frame)?;
        self.eyes.find_people(frame)
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        self.check(frame)?;
        self.eyes.poses_in(frame, squares)
    }
}

#[test]
fn an_inference_that_panics_costs_the_phrase_and_not_the_analyzer() {
    let frames = small_frames();
    let at = frames[10].at;
    let failing = engine_with(Failing { eyes: TrueEyes::new(Cast::Both), at, how: Failure::Panics });
    let open = move || failing.continuous_analyzer();
    let seen = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&seen);
    let observed = move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let worker = AnalyzerThread::spawn(open, 1 << 20, |_| true, observed).unwrap();
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

#[test]
fn a_frame_that_the_models_refuse_costs_only_itself_whether_live_or_of_a_clip() {
    let frames = small_frames();
    let failing =
        |frame: usize| Failing { eyes: TrueEyes::new(Cast::Both), at: frames[frame].at, how: Failure::Refuses };
    let mut watch = engine_with(failing(10)).continuous_analyzer();
    let mut analyzer = watched_by(failing(10));
    for (number, frame) in frames.iter().enumerate() {
        assert_eq!(watch.push_frame(frame).is_none(), number == 10);
        assert_eq!(analyzer.push_frame(frame).is_none(), number == 10);
    }
    watch.begin_phrase(PhraseZero::default());
    let live = watch.phrase_until(Timestamp::from_secs(60.0), SETUP).unwrap().judge(small_ending(&frames)).unwrap();
    let clip = analyzer.finish().unwrap().judge(small_ending(&frames)).unwrap();
    assert_eq!(format!("{live:?}"), format!("{clip:?}"));
    let (received, analysed) = (live.completeness.frames_received, live.completeness.frames_analysed);
    assert_eq!((received, received - analysed), (frames.len() as u64, 1));
    assert_eq!(live.cautions.iter().map(|c| (c.key, c.value)).collect::<Vec<_>>(), [("frames_dropped", Some(1.0))]);

    let mut blind = watched_by(failing(0));
    blind.push_frame(&frames[0]);
    assert_eq!(
        blind.finish().err().map(|error| error.to_string()),
        Some(refusal().to_string()),
        "not one was accepted"
    );
}

#[test]
fn a_frame_that_is_not_admitted_is_counted_as_skipped() {
    let frames = small_frames();
    let (refused_at, analysing) = (frames[10].at, engine_with(TrueEyes::new(Cast::Both)));
    let open = move || analysing.continuous_analyzer();
    let worker = AnalyzerThread::spawn(open, 1 << 20, move |at| at != refused_at, |_, _| ()).unwrap();
    worker.then(|watch| watch.begin_phrase(PhraseZero::default()));
    frames.iter().for_each(|frame| assert!(worker.push_frame(frame.clone())));
    let (tell, told) = crossbeam_channel::bounded(1);
    let ending = small_ending(&frames);
    worker.then(move |watch| {
        let phrase = watch.phrase_until(Timestamp::from_secs(60.0), SETUP).unwrap();
        let _ = tell.send(phrase.judge(ending).unwrap().completeness);
    });
    let seen = told.recv().unwrap();
    assert_eq!((seen.frames_received, seen.frames_received - seen.frames_analysed), (frames.len() as u64, 1));
}
