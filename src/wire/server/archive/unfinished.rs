//! Phrases that an earlier run of the server answered and did not live to finish: their videos are written, their artifacts
//! made, and their results say so.

use super::desk::{make_papers, write_json};
use super::{Filed, JudgeAgain, Quiet};
use crate::server::courier::{self, Courier};
use crate::server::papers::{self, Completion, PhraseFacts};
use crate::server::phrase::{FrameStore, Memory, SpooledPhrase, write_streamed_video};
use crate::server::store::RESULT_FILE;
use fencing::geometry::PictureSize;
use fencing::wording::Words;
use recording::write_atomically;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use vision::lens::Correction;

/// What a result says whose artifacts cannot be made any more.
const CUT_OFF: &str =
    "the server stopped before all papers were written; judge the video in this folder again for the rest";

/// What artifacts are made with.
pub(super) struct Remake {
    pub(super) judge_again: JudgeAgain,
    pub(super) words: Arc<Words>,
    pub(super) corrected: Option<Correction>,
    pub(super) quiet: Quiet,
}

/// Writes the video of a phrase whose verdict lies in its folder already, from the frames in its spool file.
pub(super) fn write_video(output: &Path, phrase: &SpooledPhrase) {
    let Some(name) = phrase.verdict.as_deref().filter(|name| !name.is_empty() && !name.contains(['/', '\\', '\0']))
    else {
        return phrase.spool.remove();
    };
    let folder = output.join(name);
    let mut store = FrameStore::new(&Memory::new(u64::MAX, 1));
    for (number, frame) in &phrase.frames {
        let _never_out_of_memory = store.insert(*number, frame);
    }
    let times = phrase.times();
    let announced = PictureSize::new(phrase.head.width, phrase.head.height);
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
        // Its file stays for the next start: the disk may be full.
        Err(error) => tracing::warn!(error, phrase = name, "the video of a phrase that was cut off cannot be written"),
    }
}

/// Finishes the phrases whose results were written before that moment and still wait for artifacts, and sends them on to the
/// store.
pub(super) fn settle(output: &Path, before: SystemTime, courier: Option<&Courier>, remake: &Remake) {
    let Ok(entries) = std::fs::read_dir(output) else { return };
    let mut folders: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    folders.sort();
    for folder in folders.into_iter().filter(|folder| is_cut_off(folder, before)) {
        if remake.quiet.is_stopping() {
            return;
        }
        remake.quiet.wait(Instant::now());
        tracing::info!(folder = %folder.display(), "the artifacts of this phrase were cut off by the last stop; made now");
        if let Err(error) = finish(&folder, courier, remake) {
            tracing::warn!(error, "the result cannot be completed");
        }
    }
}

fn is_cut_off(folder: &Path, before: SystemTime) -> bool {
    let path = folder.join(RESULT_FILE);
    let is_old = std::fs::metadata(&path).and_then(|meta| meta.modified()).is_ok_and(|written| written < before);
    is_old && read(&path).is_some_and(|result| result["artifacts_complete"] == false)
}

fn finish(folder: &Path, courier: Option<&Courier>, remake: &Remake) -> Result<(), String> {
    let path = folder.join(RESULT_FILE);
    let Some(Value::Object(mut result)) = read(&path) else { return Ok(()) };
    let mut errors = Vec::new();
    match make_artifacts(folder, &result, remake, &mut errors) {
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
    if courier.is_some() {
        result.insert(courier::KEY.to_owned(), Courier::pending());
    }
    write_json(&path, &Value::Object(result))?;
    if let Some(courier) = courier {
        courier.submit(folder.to_owned());
    }
    Ok(())
}

/// Judges the clip in the folder again and makes its artifacts; what the result says of them. The verdict that was sent
/// stands: artifacts that would say another are not made.
fn make_artifacts(
    folder: &Path,
    result: &Map<String, Value>,
    remake: &Remake,
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
    let (judgement, declared) = (remake.judge_again)(&folder.join(&video_name), &signal)?;
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
    let again = papers::result(&judgement, &facts, Completion::Pending, &[]);
    if again.get("winner") != result.get("winner") {
        return Err("judged again, the video gives another verdict than the one that was sent".to_owned());
    }
    let filed = Filed::uploaded(judgement, facts, Value::Object(result.clone()));
    make_papers(&filed, errors, &remake.words, remake.corrected);
    Ok(papers::result(&filed.judgement, &filed.facts, Completion::Complete, &[]).get("artifacts").cloned())
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
        let remake = Remake {
            judge_again: Box::new(|_, _| Err("there is no video".into())),
            words: Arc::new(Words::new(fencing::wording::Language::English)),
            corrected: None,
            quiet: Quiet::new(Sessions::new(&Limits::default()), CancellationToken::new()),
        };
        let now = SystemTime::now();
        settle(output.path(), now - Duration::from_mins(1), None, &remake);
        assert_eq!(read(&path("cut-off")).unwrap()["artifacts_complete"], false, "it may be ours");
        settle(output.path(), now + Duration::from_mins(1), None, &remake);
        let settled = json!({"winner": "left", "artifacts_complete": true, "artifacts_errors": [CUT_OFF]});
        assert_eq!(read(&path("cut-off")).unwrap(), settled);
        assert!(read(&path("whole")).unwrap().get("artifacts_errors").is_none());
    }
}
