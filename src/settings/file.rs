//! The configuration file: TOML with a `[server]` and an `[analysis]` table whose keys are the flags' names.

use super::{ConfigError, Environment, TypedAnalysis, TypedServer};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What a file says. Unknown keys are errors, so that a typing mistake cannot silently open a door.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileSettings {
    /// Keys of `referee serve`.
    pub server: TypedServer,
    /// Keys of everything that judges.
    pub analysis: TypedAnalysis,
}

/// Where the file lies when nobody says otherwise (`~/.config/fencing-referee/referee.toml` on Linux).
pub fn default_file() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", super::places::PROGRAM).map(|dirs| dirs.config_dir().join("referee.toml"))
}

impl FileSettings {
    /// Reads the file that was named by flag or `REFEREE_CONFIG`; otherwise the default one, which may be absent.
    pub fn find(typed: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        if let Some(path) = typed.map(Path::to_owned).or_else(|| environment.path("REFEREE_CONFIG")) {
            return Self::read(&path);
        }
        match default_file().filter(|path| path.exists()) {
            Some(path) => Self::read(&path),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { source, path: path.to_owned() })?;
        Self::parse(&text).map_err(|reason| ConfigError::NotUnderstood { reason, path: path.to_owned() })
    }

    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_names_of_the_flags() {
        let read = FileSettings::parse("[server]\nmax-sessions = 4\n[analysis]\nfisheye-strength = -0.2\n").unwrap();
        assert_eq!((read.server.max_sessions, read.analysis.fisheye_strength), (Some(4), Some(-0.2)));
    }

    #[test]
    fn a_typing_mistake_is_an_error_that_names_it() {
        let error = FileSettings::parse("[server]\nalow-anonymous = true\n").unwrap_err();
        assert!(error.contains("alow-anonymous"), "{error}");
    }

    #[test]
    fn a_named_file_must_be_there() {
        let error = FileSettings::find(Some(Path::new("/nowhere/referee.toml")), &Environment::default()).unwrap_err();
        assert!(error.to_string().ends_with("/nowhere/referee.toml"), "{error}");
    }

    #[test]
    fn the_example_in_assets_is_valid() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/deploy/referee.toml");
        assert!(FileSettings::read(&path).is_ok());
    }
}
