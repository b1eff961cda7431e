//! Phrases whose papers a server did not live to finish: their results must not promise for ever that more follows.

use super::desk::write_json;
use crate::server::courier::{self, Courier};
use crate::server::store::RESULT_FILE;
use serde_json::{Value, json};
use std::path::Path;
use std::time::SystemTime;

/// What such a result says.
const CUT_OFF: &str =
    "the server stopped before all papers were written; judge the video in this folder again for the rest";

/// Marks the results that were written before that moment and still wait for papers, and sends them on their way.
pub(super) fn settle(output: &Path, before: SystemTime, courier: Option<&Courier>) {
    let Ok(entries) = std::fs::read_dir(output) else { return };
    let folders = entries.filter_map(Result::ok).map(|entry| entry.path());
    for folder in folders.filter(|folder| is_cut_off(folder, before)) {
        tracing::warn!(folder = %folder.display(), "the papers of this phrase were cut off by the last stop");
        if let Err(error) = mark(&folder, courier) {
            tracing::warn!(error, "the result cannot be completed");
        }
    }
}

fn is_cut_off(folder: &Path, before: SystemTime) -> bool {
    let path = folder.join(RESULT_FILE);
    let is_old = std::fs::metadata(&path).and_then(|meta| meta.modified()).is_ok_and(|written| written < before);
    is_old && read(&path).is_some_and(|result| result["artifacts_complete"] == false)
}

fn mark(folder: &Path, courier: Option<&Courier>) -> Result<(), String> {
    let path = folder.join(RESULT_FILE);
    let Some(Value::Object(mut result)) = read(&path) else { return Ok(()) };
    result.insert("artifacts_complete".to_owned(), json!(true));
    result.insert("artifacts_errors".to_owned(), json!([CUT_OFF]));
    if courier.is_some() {
        result.insert(courier::KEY.to_owned(), Courier::pending());
    }
    write_json(&path, &Value::Object(result))?;
    if let Some(courier) = courier {
        courier.submit(folder.to_owned());
    }
    Ok(())
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn only_what_an_earlier_run_left_unfinished_is_settled() {
        let output = tempfile::tempdir().unwrap();
        let path = |name: &str| output.path().join(name).join(RESULT_FILE);
        for (name, complete) in [("cut-off", false), ("whole", true)] {
            std::fs::create_dir(output.path().join(name)).unwrap();
            write_json(&path(name), &json!({"winner": "left", "artifacts_complete": complete})).unwrap();
        }
        let now = SystemTime::now();
        settle(output.path(), now - Duration::from_mins(1), None);
        assert_eq!(read(&path("cut-off")).unwrap()["artifacts_complete"], false, "it may be ours");
        settle(output.path(), now + Duration::from_mins(1), None);
        let settled = json!({"winner": "left", "artifacts_complete": true, "artifacts_errors": [CUT_OFF]});
        assert_eq!(read(&path("cut-off")).unwrap(), settled);
        assert!(read(&path("whole")).unwrap().get("artifacts_errors").is_none());
    }
}
