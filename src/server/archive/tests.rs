//! The threads with work of the test's own: a phrase that panics, a desk that is full.

use super::caught::FAULT;
use super::*;
use crate::actions::Timeline;
use crate::config::Limits;
use crate::engine::Completeness;
use crate::fencing::{Call, Confidence, Probabilities, Side, SignalLog, Weapon};
use crate::right_of_way::{RuleId, Verdict};
use crate::server::sessions::Sessions;
use crate::server::store::RESULT_FILE;
use crate::tracking::Tracks;
use serde_json::json;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;
use tokio::time::Instant as Moment;
use tokio_util::sync::CancellationToken;

fn judgement() -> Judgement {
    Judgement {
        weapon: Weapon::Sabre,
        verdict: Verdict {
            call: Call::Touch(Side::Left),
            rule: RuleId("A1"),
            article: "t.106.1",
            reason_code: "single_light",
            confidence: Confidence(0.9),
            probabilities: Probabilities { left: 0.8, right: 0.1, none: 0.1 },
            margin: None,
            facts: Vec::new(),
            missing: Vec::new(),
        },
        timeline: Timeline::default(),
        tracks: Tracks::default(),
        corrected_tracks: Tracks::default(),
        pixels_per_metre: None,
        signals: SignalLog::default(),
        completeness: Completeness::default(),
        cautions: Vec::new(),
    }
}

fn filed(folder: &Path) -> Filed {
    std::fs::create_dir(folder).unwrap();
    let facts = PhraseFacts {
        folder: Ok(folder.to_owned()),
        video_name: "clip.mp4".to_owned(),
        signal_name: "clip.txt".to_owned(),
        processing_secs: 0.0,
        wall_secs: 0.0,
        wants_overlay: false,
        wants_keypoints: false,
        declared: None,
        streaming_stats: None,
    };
    Filed::uploaded(judgement(), facts, json!({"winner": "left", "artifacts_complete": false}))
}

fn archive(output: &Path, work: Work) -> Archive {
    let quiet = Quiet::new(Sessions::new(&Limits::default()), CancellationToken::new());
    let setup = ArchiveSetup { quiet, courier: None, output: output.to_owned(), language: Language::English };
    Archive::start_with(setup, work).unwrap()
}

fn result(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(RESULT_FILE)).unwrap()).unwrap()
}

fn soon() -> Moment {
    Moment::now() + Duration::from_mins(1)
}

#[tokio::test]
async fn a_phrase_that_panics_says_so_and_the_next_ones_are_written() {
    let output = tempfile::tempdir().unwrap();
    let folders = ["first", "second", "third"].map(|name| output.path().join(name));
    let (puts, makes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let archive = archive(
        output.path(),
        Work {
            put_on_disk: Box::new(move |_| assert_ne!(puts.fetch_add(1, Ordering::Relaxed), 0, "the first one")),
            make_papers: Box::new(move |_, _| assert_ne!(makes.fetch_add(1, Ordering::Relaxed), 1, "the second one")),
        },
    );
    for folder in &folders {
        archive.submit(filed(folder), ());
    }
    assert!(archive.finish(soon()).await);
    for (folder, errors) in folders.iter().zip([json!([FAULT]), json!([FAULT]), Value::Null]) {
        let result = result(folder);
        assert_eq!((&result["artifacts_complete"], &result["artifacts_errors"]), (&json!(true), &errors));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_desk_holds_on_to_its_place() {
    let output = tempfile::tempdir().unwrap();
    let (open, gate) = sync_channel::<()>(0);
    let work =
        Work { put_on_disk: Box::new(move |_| gate.recv().unwrap_or_default()), make_papers: Box::new(|_, _| {}) };
    let archive = archive(output.path(), work);
    let places = Arc::new(tokio::sync::Semaphore::new(QUEUE + 3));
    for number in 0..QUEUE + 3 {
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        archive.submit(filed(&output.path().join(number.to_string())), place);
    }
    // One is at the desk, four are queued; the others hold their places, so nobody else can bring more.
    for _ in 0..500 {
        if places.available_permits() == QUEUE + 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(places.available_permits(), QUEUE + 1);
    drop(open);
    assert!(archive.finish(soon()).await);
    assert_eq!(places.available_permits(), QUEUE + 3);
}
