//! The result object for clients: small enough for strict clients, with the server's own keys.

use crate::protocol::MAX_RESULT_BYTES;
use recording::HumanAnswer;
use records::report::{KeypointDetail, ReportContext, ResultContext, ResultPaths, analysis_result};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use vision::engine::Judgement;

/// Reserved below the limit for the envelope of `process_complete` and for keys that are added later.
const ENVELOPE_BYTES: usize = 16 * 1024;
/// Keys that are never omitted from a result that is too large.
const ESSENTIAL: [&str; 14] = [
    "status",
    "winner",
    "declared_winner",
    "reason",
    "natural_language_reason",
    "processing_time_seconds",
    "wall_time_seconds",
    "artifacts",
    "artifact_dir",
    "metadata",
    "streaming_stats",
    "phrase_id",
    "phrase_url",
    "artifacts_complete",
];

/// Facts about a phrase besides its judgement.
#[derive(Clone, Debug)]
pub(super) struct PhraseFacts {
    /// Its own folder, or why there is none.
    pub(super) folder: Result<PathBuf, String>,
    /// Name of the video in it.
    pub(super) video_name: String,
    /// Name of the signal log in it.
    pub(super) signal_name: String,
    /// Seconds that judging took.
    pub(super) processing_secs: f64,
    /// Seconds since the phrase was opened or uploaded.
    pub(super) wall_secs: f64,
    /// Whether an overlay video is to be made.
    pub(super) wants_overlay: bool,
    /// Whether the result lists the joints.
    pub(super) wants_keypoints: bool,
    /// The person's answer in the log.
    pub(super) declared: Option<HumanAnswer>,
    /// Statistics of the session.
    pub(super) streaming_stats: Option<Value>,
}

impl PhraseFacts {
    /// The phrase's id: the name of its folder.
    pub(super) fn phrase_id(&self) -> Option<String> {
        let folder = self.folder.as_ref().ok()?;
        folder.file_name().map(|name| name.to_string_lossy().into_owned())
    }

    /// Context of the result. Lists only artifacts that exist.
    pub(super) fn context(&self) -> ResultContext {
        let folder = self.folder.as_ref().ok();
        let stem = Path::new(&self.video_name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let there = |name: String| folder.map(|folder| folder.join(name)).filter(|path| path.is_file());
        ResultContext {
            paths: ResultPaths {
                input_video: folder.map(|folder| folder.join(&self.video_name)),
                input_signal: folder.map(|folder| folder.join(&self.signal_name)),
                folder: folder.cloned(),
                workbook: there(format!("{stem}_keypoints.xlsx")),
                overlay_video: there(format!("{stem}_overlay.mp4")),
                corrected_video: there(format!("{stem}_corrected.mp4")),
                result_json: folder.map(|folder| folder.join(recording::RESULT_FILE)),
                summary: there("summary.txt".to_owned()),
                page: there("report.html".to_owned()),
            },
            human_answer: self.declared,
            processing_secs: self.processing_secs,
            wall_secs: self.wall_secs,
            streaming_stats: self.streaming_stats.clone(),
            report: ReportContext::default(),
            keypoints: if self.wants_keypoints { KeypointDetail::Included } else { KeypointDetail::Omitted },
        }
    }
}

/// Whether artifacts are still being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Completion {
    /// Artifacts are still being written.
    Pending,
    /// Nothing more follows.
    Complete,
}

/// The result object with the server's own keys: `phrase_id`, `phrase_url`, `artifacts_complete`, `artifacts_errors`.
pub(super) fn result(judgement: &Judgement, facts: &PhraseFacts, completion: Completion, errors: &[String]) -> Value {
    let made = serde_json::to_value(analysis_result(judgement, &facts.context()));
    let mut object = match made {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    };
    let mut errors = errors.to_vec();
    errors.extend(facts.folder.as_ref().err().cloned());
    object.insert("artifacts_complete".to_owned(), json!(completion == Completion::Complete));
    if let Some(id) = facts.phrase_id() {
        object.insert("phrase_url".to_owned(), json!(format!("/phrases/{id}")));
        object.insert("phrase_id".to_owned(), json!(id));
    }
    if !errors.is_empty() {
        object.insert("artifacts_errors".to_owned(), json!(errors));
    }
    Value::Object(object)
}

/// The result as sent with the verdict: artifacts pending, below the size that strict clients accept.
pub(super) fn result_for_the_wire(judgement: &Judgement, facts: &PhraseFacts) -> Value {
    shortened(result(judgement, facts, Completion::Pending, &[]), MAX_RESULT_BYTES - ENVELOPE_BYTES)
}

/// Omits the largest inessential parts until the rest fits, and lists them under `omitted`.
fn shortened(result: Value, max_bytes: usize) -> Value {
    let Value::Object(mut object) = result else { return result };
    let mut sizes: Vec<(String, usize)> =
        object.iter().map(|(key, value)| (key.clone(), value.to_string().len() + key.len() + 4)).collect();
    let mut total: usize = sizes.iter().map(|(_, size)| size).sum();
    sizes.retain(|(key, _)| !ESSENTIAL.contains(&key.as_str()));
    sizes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut omitted = Vec::new();
    for (key, size) in sizes {
        if total <= max_bytes {
            break;
        }
        object.remove(&key);
        total -= size;
        omitted.push(key);
    }
    if !omitted.is_empty() {
        object.insert("omitted".to_owned(), json!(omitted));
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_that_is_too_large_loses_its_largest_parts_only() {
        let result = json!({"winner": "left", "keypoints": vec![1; 1000], "left_pauses": vec![1; 100], "decision": {}});
        let short = shortened(result.clone(), 500);
        assert_eq!(short["omitted"], json!(["keypoints"]));
        assert_eq!(short["winner"], "left");
        assert!(short["left_pauses"].is_array());
        assert_eq!(shortened(result.clone(), 10_000), result);
        assert_eq!(shortened(result, 10)["winner"], "left");
    }
}
