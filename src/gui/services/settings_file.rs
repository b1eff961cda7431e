//! The settings on disk: written whole and atomically, read with patience. A broken file is set aside, never fatal.

use super::{Outlet, spawn};
use crate::gui::event::Event;
use crate::gui::model::Settings;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the settings lie; `None` keeps them in memory alone (tests, or no home folder).
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsFile {
    /// The file.
    pub path: Option<PathBuf>,
    /// What waits to be written, and whether somebody is writing: the last change always wins, however fast they come.
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    settings: Option<Settings>,
    writing: bool,
}

impl SettingsFile {
    /// The settings at `path`.
    pub(crate) fn at(path: Option<PathBuf>) -> Self {
        Self { path, waiting: Arc::default() }
    }

    /// Writes the settings in the background.
    pub(crate) fn save(&self, settings: &Settings, outlet: &Outlet) {
        let Some(path) = self.path.clone() else { return };
        let mut waiting = self.waiting.lock();
        waiting.settings = Some(settings.clone());
        if std::mem::replace(&mut waiting.writing, true) {
            return;
        }
        let (queue, teller) = (Arc::clone(&self.waiting), outlet.clone());
        drop(waiting);
        spawn("settings-writer", outlet, move || {
            while let Some(settings) = next(&queue) {
                if let Err(text) = write(&path, &settings) {
                    teller.send(Event::Trouble(text));
                }
            }
        });
    }
}

/// What is to be written now; the writer ends when there is nothing.
fn next(queue: &Mutex<Waiting>) -> Option<Settings> {
    let mut waiting = queue.lock();
    let settings = waiting.settings.take();
    waiting.writing = settings.is_some();
    settings
}

fn write(path: &Path, settings: &Settings) -> Result<(), String> {
    let said = |e: &dyn std::fmt::Display| {
        format!("The settings could not be kept ({e}); they count until the window closes. {}", path.display())
    };
    let text = toml::to_string_pretty(settings).map_err(|e| said(&e))?;
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| said(&e))?;
    crate::recording::write_atomically(path, text.as_bytes()).map_err(|e| said(&e))
}

/// The settings of the file; a message for the user when it was broken and has been set aside.
pub(crate) fn load_settings(file: &SettingsFile) -> (Settings, Option<String>) {
    let Some(path) = &file.path else { return (Settings::default(), None) };
    let Ok(text) = std::fs::read_to_string(path) else { return (Settings::default(), None) };
    match toml::from_str(&text) {
        Ok(settings) => (settings, None),
        Err(error) => (Settings::default(), Some(set_aside(path, &error))),
    }
}

fn set_aside(path: &Path, error: &toml::de::Error) -> String {
    let aside = path.with_extension("broken.toml");
    let kept = std::fs::rename(path, &aside).is_ok();
    let place = if kept { aside.display().to_string() } else { path.display().to_string() };
    format!(
        "The settings file could not be read and was set aside; everything has its first value again ({}). {place}",
        error.message()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_set_aside_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, "theme = [[[").unwrap();
        let (settings, message) = load_settings(&SettingsFile::at(Some(path.clone())));
        assert_eq!(settings, Settings::default());
        assert!(message.unwrap().contains("broken.toml") && !path.exists());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/settings.toml");
        let settings = Settings { min_confidence: 0.8, ..Settings::default() };
        write(&path, &settings).unwrap();
        assert_eq!(load_settings(&SettingsFile::at(Some(path))), (settings, None));
    }
}
