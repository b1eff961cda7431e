//! Phrases that an earlier run of the server answered but did not finish: their videos are written, their artifacts made, and their
//! results updated.

use super::steps::{make_artifacts, write_json};
use super::{IdleGate, JudgeAgain, JudgedPhrase};
use crate::server::artifact_store::RESULT_FILE;
use crate::server::artifact_uploader::{self, ArtifactUploader};
use crate::server::phrase::{FrameStore, MemoryBudget, SpooledPhrase, write_streamed_video};
use crate::server::result_object::{self, Completion, PhraseFacts};
use fencing::geometry::FrameSize;
use fencing::wording::Words;
use recording::write_atomically;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use vision::lens::Correction;

/// Error in a result whose artifacts cannot be made any more.
const CUT_OFF: &str =
    "the server stopped before all artifacts were written; judge the video in this folder again for the rest";

/// Dependencies for making artifacts.
pub(super) struct ArtifactRecovery {
    pub(super) judge_again: JudgeAgain,
    pub(super) words: Arc<Words>,
    pub(super) corrected: Option<Correction>,
    pub(super) idle_gate: IdleGate,
}

/// Writes the video of a phrase whose result is in its folder already, from the frames in its spool file.
pub(super) fn write_video(output: &Path, phrase: &SpooledPhrase) {
    let Some(name) = phrase.verdict.as_deref().filter(|name| !name.is_empty() && !name.contains(['/', '\\', '\0']))
    else {
        return phrase.spool.remove();
    };
    let folder = output.join(name);
    let mut store = FrameStore::new(&MemoryBudget::new(u64::MAX, 1));
    for (number, frame) in &phrase.frames {
        let _never_out_of_memory = store.insert(*number, frame);
    }
    let times = phrase.times();
    let announced = FrameSize::new(phrase.head.width, phrase.head.height);
    let signal = phrase.signal.clone().unwrap_or_default();
    let written = write_atomically(&folder.join("signal.txt"), &signal).map_err(|error| error.to_string());
    let video = folder.join("streamed_video.mp4");
    let written =
        written.and_then(|()| write_streamed_video(&video, &store, &times, announced).map_err(|error| error.text));
    match written {
        Ok(_) => {
            tracing::info!(phrase = name, "the video of a phrase that was cut off is written");
            phrase.spool.remove();
        }
        // The spool file stays for the next start: the disk may be full.
        Err(error) => tracing::warn!(error, phrase = name, "the video of a phrase that was cut off cannot be written"),
    }
}

/// Finishes the phrases whose results were written before that time and still lack artifacts, and passes them on to the uploader.
pub(super) fn finish_interrupted(
    output: &Path,
    before: SystemTime,
    uploader: Option<&ArtifactUploader>,
    recovery: &ArtifactRecovery,
) {
    let Ok(entries) = std::fs::read_dir(output) else { return };
    let mut folders: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    folders.sort();
    for folder in folders.into_iter().filter(|folder| is_cut_off(folder, before)) {
        if recovery.idle_gate.is_stopping() {
            return;
        }
        recovery.idle_gate.wait(Instant::now());
        tracing::info!(folder = %folder.display(), "the artifacts of this phrase were cut off by the last stop; made now");
        if let Err(error) = finish(&folder, uploader, recovery) {
            tracing::warn!(error, "the result cannot be completed");
        }
    }
}

fn is_cut_off(folder: &Path, before: SystemTime) -> bool {
    let path = folder.join(RESULT_FILE);
    let is_old = std::fs::metadata(&path).and_then(|meta| meta.modified()).is_ok_and(|written| written < before);
    is_old && read(&path).is_some_and(|result| result["artifacts_complete"] == false)
}

fn finish(folder: &Path, uploader: Option<&ArtifactUploader>, recovery: &ArtifactRecovery) -> Result<(), String> {
    let path = folder.join(RESULT_FILE);
    let Some(Value::Object(mut result)) = read(&path) else { return Ok(()) };
    let mut errors = Vec::new();
    match judge_and_make_artifacts(folder, &result, recovery, &mut errors) {
        Ok(Some(artifacts)) => drop(result.insert("artifacts".to_owned(), artifacts)),
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(error, folder = %folder.display(), "artifacts cannot be made again");
            errors.push(CUT_OFF.to_owned());
        }
    }
    result.insert("artifacts_complete".to_owned(), json!(true));
    if !errors.is_empty() {
        result.insert("artifacts_errors".to_owned(), json!(errors));
    }
    if uploader.is_some() {
        result.insert(artifact_uploader::KEY.to_owned(), ArtifactUploader::pending());
    }
    write_json(&path, &Value::Object(result))?;
    if let Some(uploader) = uploader {
        uploader.submit(folder.to_owned());
    }
    Ok(())
}

/// Judges the clip in the folder again and makes its artifacts; returns the errors for the result. The verdict that was sent is kept:
/// no artifacts are made from a different one.
fn judge_and_make_artifacts(
    folder: &Path,
    result: &Map<String, Value>,
    recovery: &ArtifactRecovery,
    errors: &mut Vec<String>,
) -> Result<Option<Value>, String> {
    let name = |key: &str| {
        let path = result.get(key).and_then(Value::as_str).map(Path::new);
        path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned())
    };
    let (Some(video_name), Some(signal_name)) = (name("input_video"), name("input_signal")) else {
        return Err("the result names no video".to_owned());
    };
    let signal = std::fs::read(folder.join(&signal_name)).map_err(|error| error.to_string())?;
    let (judgement, declared) = (recovery.judge_again)(&folder.join(&video_name), &signal)?;
    let seconds = |key: &str| result.get(key).and_then(Value::as_f64).unwrap_or_default();
    let facts = PhraseFacts {
        folder: Ok(folder.to_owned()),
        video_name,
        signal_name,
        processing_secs: seconds("processing_time_seconds"),
        wall_secs: seconds("wall_time_seconds"),
        wants_overlay: true,
        wants_keypoints: false,
        declared,
        streaming_stats: result.get("streaming_stats").cloned(),
    };
    let again = result_object::result(&judgement, &facts, Completion::Pending, &[]);
    if again.get("winner") != result.get("winner") {
        return Err("judged again, the video gives another verdict than the one that was sent".to_owned());
    }
    let phrase = JudgedPhrase::uploaded(judgement, facts, Value::Object(result.clone()));
    make_artifacts(&phrase, errors, &recovery.words, recovery.corrected);
    Ok(result_object::result(&phrase.judgement, &phrase.facts, Completion::Complete, &[]).get("artifacts").cloned())
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::sessions::Sessions;
    use settings::Limits;
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;

    #[test]
    fn only_what_an_earlier_run_left_unfinished_is_settled() {
        let output = tempfile::tempdir().unwrap();
        let path = |name: &str| output.path().join(name).join(RESULT_FILE);
        for (name, complete) in [("cut-off", false), ("whole", true)] {
            std::fs::create_dir(output.path().join(name)).unwrap();
            write_json(&path(name), &json!({"winner": "left", "artifacts_complete": complete})).unwrap();
        }
        let recovery = ArtifactRecovery {
            judge_again: Box::new(|_, _| Err("there is no video".into())),
            words: Arc::new(Words::new(fencing::wording::Language::English)),
            corrected: None,
            idle_gate: IdleGate::new(Sessions::new(&Limits::default()), CancellationToken::new()),
        };
        let now = SystemTime::now();
        finish_interrupted(output.path(), now - Duration::from_mins(1), None, &recovery);
        assert_eq!(read(&path("cut-off")).unwrap()["artifacts_complete"], false, "it may be ours");
        finish_interrupted(output.path(), now + Duration::from_mins(1), None, &recovery);
        let settled = json!({"winner": "left", "artifacts_complete": true, "artifacts_errors": [CUT_OFF]});
        assert_eq!(read(&path("cut-off")).unwrap(), settled);
        assert!(read(&path("whole")).unwrap().get("artifacts_errors").is_none());
    }
}
