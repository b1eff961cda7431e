//! The configuration file: TOML with a `[server]` and an `[analysis]` table whose keys are the names of the flags.

use super::{AnalysisArgs, ConfigError, Environment, ServerArgs};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Content of the file. Unknown keys are errors, so that a typing mistake cannot silently leave the server open.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileSettings {
    /// The `[server]` table.
    pub server: ServerArgs,
    /// The `[analysis]` table.
    pub analysis: AnalysisArgs,
}

/// Default path (`~/.config/fencing-referee/referee.toml` on Linux).
pub fn default_file() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", super::system_paths::PROGRAM)
        .map(|dirs| dirs.config_dir().join("referee.toml"))
}

impl FileSettings {
    /// Reads the file named by the flag or `REFEREE_CONFIG`; otherwise the default one, which may be missing.
    pub fn find(args: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        if let Some(path) = args.map(Path::to_owned).or_else(|| environment.path("REFEREE_CONFIG")) {
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
        Self::parse(&text).map_err(|reason| ConfigError::Invalid { reason, path: path.to_owned() })
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
