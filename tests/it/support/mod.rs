//! What several test modules share: where the measurement data lies, and how a test skips when it does not.
#![allow(dead_code, reason = "not every test module uses every helper")]

pub(crate) mod judgement;
pub(crate) mod phrases;
pub(crate) mod skip;
#[cfg(feature = "gui")]
pub(crate) mod window;

use std::path::PathBuf;

/// A file or folder of the labelled data beside the project, or `None` after one clear line why the test is skipped.
pub(crate) fn shared(relative: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(relative);
    if path.exists() {
        return Some(path);
    }
    skip::skip(skip::Lack::Optional, &format!("../shared/{relative} is not here"));
    None
}

/// A file of the project itself.
pub(crate) fn in_project(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(relative)
}
