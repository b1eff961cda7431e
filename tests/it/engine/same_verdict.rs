//! With the shipped models: a clip judged in one go, frame by frame, and live in the background comes out the same to the
//! last digit, twice, and whatever answer somebody wrote into the log.

use super::fakes::engine;
use crate::support::in_project;
use fencing::{SignalLog, Weapon};
use recording::HitSides;
use records::analysis::{ClipRequest, ClipSignals, judge_clip};
use std::path::{Path, PathBuf};
use vision::engine::{DEFAULT_QUEUE_BYTES, Judgement, Offered, PhraseSetup, PhraseWorker, WorkerEvent};
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};

const SETUP: PhraseSetup = PhraseSetup { weapon: Weapon::Sabre };

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

fn judged_offline(frames: &[Frame], signals: &SignalLog) -> Judgement {
    let mut analyzer = engine().begin_phrase(SETUP);
    for frame in frames {
        analyzer.push_frame(frame).expect("the models run");
    }
    analyzer.set_signals(signals.clone());
    analyzer.conclude()
}

/// Frames offered as a camera does, signals in between as a box does, its last word at the end.
fn judged_live(frames: &[Frame], signals: &SignalLog) -> Judgement {
    let analyzer = engine().begin_phrase(SETUP);
    let (worker, events) = PhraseWorker::spawn(analyzer, DEFAULT_QUEUE_BYTES, || ()).expect("a thread starts");
    let mut waiting = signals.events().iter().peekable();
    for frame in frames {
        while let Some(signal) = waiting.next_if(|signal| signal.at <= frame.at) {
            worker.push_signal(*signal);
        }
        assert_eq!(worker.offer_frame(frame.clone()), Offered::Taken);
    }
    worker.set_signals(signals.clone());
    worker.conclude();
    match events.iter().last() {
        Some(WorkerEvent::Judged(judgement)) => *judgement,
        other => panic!("no verdict but {other:?}"),
    }
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

    let (frames, signals) = (frames(), in_one_go.signals.clone());
    assert_eq!(in_one_go.completeness.frames_analysed, frames.len() as u64);
    assert!(in_one_go.completeness.seen.iter().all(|(_, share)| *share > 0.9), "{:?}", in_one_go.completeness);
    assert_eq!(digits(&judged_offline(&frames, &signals)), digits(&in_one_go), "frame by frame");
    assert_eq!(digits(&judged_live(&frames, &signals)), digits(&in_one_go), "live");
}
