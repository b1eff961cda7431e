//! Notes on a phrase, stored beside it as `phrase.json`: names, score, calls of the referee and of this program.
//!
//! Everything is optional and unknown fields of a newer version are ignored, so notes never prevent a phrase from being opened. Calls
//! are spelt as everywhere on disk: `left`, `right`, `simultaneous`, `double`, `no_touch`, `too_close`.

use super::{FolderError, write_atomically};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the file in a phrase's folder.
pub const NOTES_FILE: &str = "phrase.json";

/// Notes on a phrase.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhraseNotes {
    /// `foil`, `epee` or `sabre`.
    pub weapon: Option<String>,
    /// The bout's name; phrases of one bout share it.
    pub bout: Option<String>,
    /// Number of the phrase in its bout, from 1.
    pub number: Option<u32>,
    /// Name of the fencer on the left.
    pub left: Option<String>,
    /// Name of the fencer on the right.
    pub right: Option<String>,
    /// Score before the phrase, left and right.
    pub score: Option<(u16, u16)>,
    /// Period, from 1.
    pub period: Option<u8>,
    /// The bout's clock at the phrase's end, in seconds left.
    pub clock_secs: Option<f64>,
    /// The referee's own call.
    pub own_call: Option<String>,
    /// Whether the referee called before seeing this program's call.
    pub own_call_first: bool,
    /// This program's call.
    pub machine_call: Option<String>,
    /// Its confidence, 0..1.
    pub machine_confidence: Option<f64>,
    /// The deciding rule, as in the result.
    pub rule: Option<String>,
    /// Number of video reviews of it (t.60).
    pub looks: Option<u8>,
    /// Free text.
    pub remark: Option<String>,
}

impl PhraseNotes {
    /// Reads the notes in a phrase's folder; empty where there are none or they cannot be read.
    pub fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join(NOTES_FILE)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Writes them to a phrase's folder.
    pub fn write(&self, folder: &Path) -> Result<(), FolderError> {
        let path = folder.join(NOTES_FILE);
        let text = serde_json::to_vec_pretty(self)
            .map_err(|e| FolderError::Io { path: path.clone(), source: std::io::Error::other(e) })?;
        write_atomically(&path, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_back_and_strangers_are_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(PhraseNotes::read(dir.path()), PhraseNotes::default());
        let notes = PhraseNotes { left: Some("Rossi".into()), score: Some((4, 3)), ..PhraseNotes::default() };
        notes.write(dir.path()).unwrap();
        assert_eq!(PhraseNotes::read(dir.path()), notes);
        std::fs::write(dir.path().join(NOTES_FILE), r#"{"left":"Kim","hologram":[1]}"#).unwrap();
        assert_eq!(PhraseNotes::read(dir.path()).left.as_deref(), Some("Kim"));
        std::fs::write(dir.path().join(NOTES_FILE), b"{half").unwrap();
        assert_eq!(PhraseNotes::read(dir.path()), PhraseNotes::default());
    }
}
