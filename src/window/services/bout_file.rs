//! The bout on disk, beside the settings: written whole after every change, read at the next start. A broken file is an
//! empty sheet, never a reason not to start.

use super::Outlet;
use super::newest_file::NewestFile;
use crate::model::{CardTally, Sheet};
use fencing::{PerSide, Side};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// One fencer as the file spells him.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Fencer {
    name: String,
    score: u16,
    yellow: u8,
    red: u8,
    black: u8,
    passivity: u8,
}

/// The sheet as the file spells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
struct File {
    title: String,
    period: u8,
    clock_secs: f64,
    quiet_secs: f64,
    phrases: u32,
    /// `left`, `right` or nothing.
    priority: String,
    left: Fencer,
    right: Fencer,
}

impl Default for File {
    fn default() -> Self {
        Self::of(&Sheet::default())
    }
}

impl File {
    fn of(sheet: &Sheet) -> Self {
        let fencer = |side: Side| {
            let cards = sheet.cards[side];
            Fencer {
                name: sheet.names[side].clone(),
                score: sheet.score[side],
                yellow: cards.yellow,
                red: cards.red,
                black: cards.black,
                passivity: cards.passivity,
            }
        };
        Self {
            title: sheet.title.clone(),
            period: sheet.period,
            clock_secs: sheet.clock_secs,
            quiet_secs: sheet.quiet_secs,
            phrases: sheet.phrases,
            priority: sheet.priority.map_or_else(String::new, |side| side.as_str().to_owned()),
            left: fencer(Side::Left),
            right: fencer(Side::Right),
        }
    }

    fn sheet(self) -> Sheet {
        let fencers = PerSide::new(self.left, self.right);
        let cards =
            |f: &Fencer| CardTally { yellow: f.yellow, red: f.red, black: f.black, passivity: f.passivity.min(5) };
        let clock_secs = if self.clock_secs.is_finite() { self.clock_secs.clamp(0.0, 3600.0) } else { 0.0 };
        Sheet {
            title: self.title,
            score: fencers.as_ref().map(|f| f.score),
            cards: fencers.as_ref().map(cards),
            names: fencers.map(|f| f.name),
            priority: Side::BOTH.into_iter().find(|side| side.as_str() == self.priority),
            period: self.period.clamp(1, 9),
            clock_secs,
            quiet_secs: if self.quiet_secs.is_finite() { self.quiet_secs.max(0.0) } else { 0.0 },
            phrases: self.phrases,
        }
    }
}

/// Where the bout lies; without a path it lives in memory alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct BoutFile {
    path: Option<PathBuf>,
    newest: NewestFile<Sheet>,
}

impl BoutFile {
    /// Beside the settings file.
    pub(crate) fn beside(settings: Option<&Path>) -> Self {
        Self { path: settings.map(|file| file.with_file_name("bout.toml")), newest: NewestFile::default() }
    }

    /// The bout of the last run.
    pub(crate) fn load(&self) -> Sheet {
        let text = self.path.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        toml::from_str::<File>(&text).unwrap_or_default().sheet()
    }

    /// Writes the sheet in the background, the newest last.
    pub(crate) fn save(&self, sheet: Sheet, outlet: &Outlet) {
        let Some(path) = self.path.clone() else { return };
        self.newest.save("bout-writer", sheet, outlet, move |sheet| write(&path, sheet));
    }

    /// Waits until it is written, or until `deadline`; whether it is.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        self.newest.finish(deadline)
    }
}

fn write(path: &Path, sheet: &Sheet) -> Result<(), String> {
    let said = |e: &dyn std::fmt::Display| {
        format!("The bout could not be kept ({e}); it counts until the window closes. {}", path.display())
    };
    let text = toml::to_string_pretty(&File::of(sheet)).map_err(|e| said(&e))?;
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| said(&e))?;
    recording::write_atomically(path, text.as_bytes()).map_err(|e| said(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bout_comes_back_and_a_broken_file_is_an_empty_sheet() {
        let dir = tempfile::tempdir().unwrap();
        let file = BoutFile::beside(Some(&dir.path().join("window.toml")));
        assert_eq!(file.load(), Sheet::default());
        let mut sheet = Sheet { priority: Some(Side::Right), clock_secs: 12.5, ..Sheet::default() };
        sheet.names.left = "Rossi".into();
        sheet.score.right = 4;
        sheet.cards.left.red = 1;
        write(file.path.as_ref().unwrap(), &sheet).unwrap();
        assert_eq!(file.load(), sheet);
        std::fs::write(file.path.as_ref().unwrap(), "score = [[[").unwrap();
        assert_eq!(file.load(), Sheet::default());
    }
}
