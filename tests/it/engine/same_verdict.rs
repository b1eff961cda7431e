//! With the shipped models: a clip judged in one go, frame by frame, and by the live analyzer of a piste that ran before the phrase
//! began comes out the same to the last digit, twice, and whatever answer somebody wrote into the log.

use super::fakes::engine;
use crate::support::in_project;
use fencing::Weapon;
use fencing::time::{FrameIndex, Timestamp};
use recording::HitSides;
use records::analysis::{ClipRequest, ClipSignals, LoggedSignals, judge_clip};
use std::path::{Path, PathBuf};
use vision::engine::{AnalyzerThread, Judgement, PhraseEnding, PhraseSetup, PhraseZero};
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};

const SETUP: PhraseSetup = PhraseSetup { weapon: Weapon::Sabre };
/// When the phrase began on the clock of a piste, in seconds.
const ZERO_SECS: f64 = 4000.0;

/// The last steps, the lunge and both lamps of the demo phrase.
fn part() -> ClipOptions {
    ClipOptions { from_secs: 2.6, to_secs: Some(3.75), ..ClipOptions::default() }
}

fn demo_clip() -> PathBuf {
    in_project("assets/demo/demo-phrase.mp4")
}

fn judged_in_one_go(log: &Path) -> Judgement {
    let signals = ClipSignals::Log { path: log.to_owned(), hit_sides: HitSides::default() };
    let request = ClipRequest { clip: demo_clip(), signals, weapon: Weapon::Sabre, options: part() };
    judge_clip(engine(), &request, &Cancel::new(), &mut |_| ()).expect("the demo is judged").judgement
}

fn frames() -> Vec<Frame> {
    let mut reader = ClipReader::open(&demo_clip(), &part(), &Cancel::new()).expect("the demo opens");
    std::iter::from_fn(|| reader.next_frame().expect("the demo can be read")).collect()
}

/// Frame by frame, as they come over a socket.
fn judged_by_frames(frames: &[Frame], ending: PhraseEnding) -> Judgement {
    let mut analyzer = engine().begin_phrase(SETUP);
    for frame in frames {
        analyzer.push_frame(frame).expect("the models run");
    }
    analyzer.finish().unwrap().judge(ending).unwrap()
}

/// On the thread and clock of a piste's analyzer, which learns only at the end that a phrase had begun.
fn judged_live(frames: &[Frame], ending: PhraseEnding) -> Judgement {
    let worker = AnalyzerThread::spawn(|| engine().continuous_analyzer(), 8 << 20, |_| true, |_, _| ())
        .expect("a thread starts");
    let first = FrameIndex(70);
    for frame in frames {
        let index = FrameIndex(frame.index.0 - frames[0].index.0 + first.0);
        assert!(worker.push_frame(Frame { at: frame.at.plus_secs(ZERO_SECS), index, ..frame.clone() }));
    }
    let (judged, judgement) = crossbeam_channel::bounded(1);
    let frame = FrameIndex(first.0 - frames[0].index.0);
    worker.then(move |watch| {
        watch.begin_phrase(PhraseZero { at: Timestamp::from_secs(ZERO_SECS), frame });
        let phrase = watch.phrase_until(Timestamp::from_secs(ZERO_SECS + 60.0), SETUP);
        let _ = judged.send(phrase.unwrap().judge(ending).unwrap());
    });
    judgement.recv().unwrap()
}

/// Every number as text: equal text is equal bits.
fn digits(judgement: &Judgement) -> String {
    format!("{judgement:#?}")
}

#[test]
fn one_phrase_has_one_verdict_however_it_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("demo-phrase.txt");
    let text = std::fs::read_to_string(in_project("assets/demo/demo-phrase.txt")).unwrap();
    std::fs::write(&log, &text).unwrap();
    let in_one_go = judged_in_one_go(&log);

    // What referees add after the phrase: the winner. The call is left; the answer says right.
    let answer =
        "Confirmed result winner: Right\nManual selection winner: Right\nWinner: Right\nRemote referee winner: right\n";
    std::fs::write(&log, format!("{text}{answer}")).unwrap();
    assert_eq!(digits(&judged_in_one_go(&log)), digits(&in_one_go), "the answer in the log was heard");

    let frames = frames();
    let logged = LoggedSignals::read(&log, HitSides::default()).unwrap();
    let ending = PhraseEnding::new(logged.signals, frames.last().unwrap().at);
    assert_eq!(in_one_go.completeness.frames_analysed, frames.len() as u64);
    assert!(in_one_go.completeness.seen.iter().all(|(_, share)| *share > 0.9), "{:?}", in_one_go.completeness);
    assert_eq!(digits(&judged_by_frames(&frames, ending.clone())), digits(&in_one_go), "frame by frame");
    assert_eq!(digits(&judged_live(&frames, ending)), digits(&in_one_go), "live");
}
