//! Notes on a phrase, stored beside it as `phrase.json`: names, score, calls of the referee and of this program.
//!
//! Everything is optional and unknown fields of a newer version are ignored, so notes never prevent a phrase from being opened. Calls
//! are spelt as everywhere on disk: `left`, `right`, `simultaneous`, `double`, `no_touch`, `too_close`.

use super::{FolderError, write_atomically};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Name of the file in a phrase's folder.
pub const NOTES_FILE: &str = "phrase.json";

/// Ending of the notes file of a clip that lies among others, in place of the clip's own.
pub const SIDECAR_ENDING: &str = "phrase.json";

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

    /// The notes of a clip: those of its phrase's folder, else those in the file beside the clip that is called `<clip>.phrase.json`.
    pub fn read_of(clip: &Path) -> Self {
        let text = std::fs::read_to_string(place_of(clip)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Changes the notes of a clip; everything that the change leaves alone stays.
    ///
    /// # Errors
    /// The file cannot be written, for instance on a read-only medium.
    pub fn change_of(clip: &Path, change: impl FnOnce(&mut Self)) -> Result<(), FolderError> {
        let mut notes = Self::read_of(clip);
        change(&mut notes);
        notes.write_to(&place_of(clip))
    }

    /// Writes them to a phrase's folder.
    pub fn write(&self, folder: &Path) -> Result<(), FolderError> {
        self.write_to(&folder.join(NOTES_FILE))
    }

    fn write_to(&self, path: &Path) -> Result<(), FolderError> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|e| FolderError::Io { path: path.to_owned(), source: std::io::Error::other(e) })?;
        write_atomically(path, &text)
    }
}

/// Where the notes of a clip lie. A folder with notes holds one recorded phrase; in any other, clips of many phrases may lie together.
fn place_of(clip: &Path) -> PathBuf {
    let shared = clip.with_file_name(NOTES_FILE);
    if shared.is_file() { shared } else { clip.with_extension(SIDECAR_ENDING) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_among_others_keeps_its_notes_beside_itself_and_a_recorded_phrase_in_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = (dir.path().join("bout.1.mp4"), dir.path().join("bout.2.mp4"));
        PhraseNotes::change_of(&first, |notes| notes.own_call = Some("left".into())).unwrap();
        PhraseNotes::change_of(&first, |notes| notes.own_call_first = true).unwrap();
        let read = PhraseNotes::read_of(&first);
        assert_eq!((read.own_call.as_deref(), read.own_call_first), (Some("left"), true));
        assert_eq!(PhraseNotes::read_of(&second), PhraseNotes::default());
        assert!(dir.path().join("bout.1.phrase.json").is_file());
        PhraseNotes::default().write(dir.path()).unwrap();
        PhraseNotes::change_of(&second, |notes| notes.own_call = Some("right".into())).unwrap();
        assert_eq!(PhraseNotes::read(dir.path()).own_call.as_deref(), Some("right"));
    }

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
