//! The settings on disk: written whole and atomically, read with patience. A broken file is set aside, never fatal.
//!
//! The server's token lies beside them in a file that its owner alone may read, so that settings can be shown and shared.

use super::Outlet;
use super::newest_file::NewestFile;
use crate::model::Settings;
use recording::{FolderError, write_atomically, write_privately};
use settings::Secret;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where the settings lie; `None` keeps them in memory alone (tests, or no home folder).
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsFile {
    /// The file.
    pub path: Option<PathBuf>,
    newest: NewestFile<Settings>,
}

impl SettingsFile {
    /// The settings at `path`.
    pub(crate) fn at(path: Option<PathBuf>) -> Self {
        Self { path, newest: NewestFile::default() }
    }

    /// Writes the settings in the background.
    pub(crate) fn save(&self, settings: &Settings, outlet: &Outlet) {
        let Some(path) = self.path.clone() else { return };
        self.newest.save("settings-writer", settings.clone(), outlet, move |settings| write(&path, settings));
    }

    /// Waits until they are written, or until `deadline`; whether they are.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        self.newest.finish(deadline)
    }
}

fn write(path: &Path, settings: &Settings) -> Result<(), String> {
    let said = |e: &dyn std::fmt::Display| {
        format!("The settings could not be kept ({e}); they count until the window closes. {}", path.display())
    };
    let text = toml::to_string_pretty(settings).map_err(|e| said(&e))?;
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| said(&e))?;
    write_token(&token_file(path), &settings.live.server_token).map_err(|e| said(&e))?;
    write_atomically(path, text.as_bytes()).map_err(|e| said(&e))
}

fn token_file(settings: &Path) -> PathBuf {
    settings.with_file_name("server-token")
}

/// Writes the token where it changed; without one there is no file.
fn write_token(path: &Path, token: &Secret) -> Result<(), FolderError> {
    if token == &read_token(path) {
        return Ok(());
    }
    if token.reveal().is_empty() {
        return std::fs::remove_file(path).map_err(|source| FolderError::Io { path: path.to_owned(), source });
    }
    write_privately(path, token.reveal().as_bytes())
}

/// The token of the file; an empty one where there is none.
fn read_token(path: &Path) -> Secret {
    Secret::new(std::fs::read_to_string(path).unwrap_or_default().trim())
}

/// The settings of the file; a message for the user when it was broken and has been set aside.
pub(crate) fn load_settings(file: &SettingsFile) -> (Settings, Option<String>) {
    let Some(path) = &file.path else { return (Settings::default(), None) };
    let Ok(text) = std::fs::read_to_string(path) else { return (Settings::default(), None) };
    match toml::from_str(&text) {
        Ok(settings) => with_token(path, settings),
        Err(error) => (Settings::default(), Some(set_aside(path, &error))),
    }
}

/// The settings with the token of its own file. One that an earlier version left among the settings moves there at once.
fn with_token(path: &Path, mut settings: Settings) -> (Settings, Option<String>) {
    if settings.live.server_token.reveal().is_empty() {
        settings.live.server_token = read_token(&token_file(path));
        return (settings, None);
    }
    let trouble = write(path, &settings).err();
    (settings, trouble)
}

fn set_aside(path: &Path, error: &toml::de::Error) -> String {
    let aside = path.with_extension("broken.toml");
    let kept = recording::rename(path, &aside).is_ok();
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

    fn with_token_of(token: &str) -> Settings {
        let mut settings = Settings::default();
        settings.live.server_token = Secret::new(token);
        settings
    }

    /// Whether anybody but the owner may read the file.
    #[cfg(unix)]
    fn is_private(path: &Path) -> bool {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
    }

    #[cfg(not(unix))]
    fn is_private(path: &Path) -> bool {
        path.exists()
    }

    #[test]
    fn the_token_lies_in_a_file_of_its_owner_and_goes_when_it_is_emptied() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("window.toml");
        let file = SettingsFile::at(Some(path.clone()));
        for token in ["open-sesame", "another-one"] {
            let settings = with_token_of(token);
            write(&path, &settings).unwrap();
            assert!(!std::fs::read_to_string(&path).unwrap().contains(token));
            assert!(is_private(&dir.path().join("server-token")));
            assert_eq!(load_settings(&file), (settings.clone(), None));
            assert!(!format!("{settings:?} {:?}", settings.live.server()).contains(token), "a log would show it");
        }
        write(&path, &Settings::default()).unwrap();
        assert_eq!(load_settings(&file), (Settings::default(), None));
        assert!(!dir.path().join("server-token").exists());
    }

    #[test]
    fn a_token_among_the_settings_of_an_earlier_version_moves_at_the_first_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("window.toml");
        std::fs::write(&path, "theme = 'light'\n[live]\nserver_token = 'open-sesame'\n").unwrap();
        let (settings, trouble) = load_settings(&SettingsFile::at(Some(path.clone())));
        assert_eq!((settings.live.server_token.reveal(), trouble), ("open-sesame", None));
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept.contains("light") && !kept.contains("sesame"), "{kept}");
        assert!(is_private(&dir.path().join("server-token")));
    }
}
