//! Environment variables as a map: read once from the process, or made by a test.

use super::ConfigError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Values that turn a switch off; anything else turns it on, as in the reference.
const FALSE_WORDS: [&str; 4] = ["0", "false", "no", "off"];

/// Environment variables. Values that are not Unicode are left out.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let unicode = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        Self { variables: unicode.map(|(name, value)| (normalized_name(name, cfg!(windows)), value)).collect() }
    }

    /// An environment made of pairs, for tests.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { variables: pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect() }
    }

    /// Names of all variables, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// A text; empty counts as unset.
    pub fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|v| v.trim()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// A path; empty counts as unset.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    /// Searches `PATH` for a program; the first executable one.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let folders = self.text("PATH")?;
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&folders).map(|folder| folder.join(&file)).find(|path| is_executable(path))
    }

    /// A switch: off for `0`, `false`, `no`, `off` in any case, otherwise on.
    pub fn switch(&self, name: &str) -> Option<bool> {
        self.text(name).map(|value| !FALSE_WORDS.contains(&value.to_lowercase().as_str()))
    }

    /// Parses a value; `wanted` describes what it should be, for the error.
    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        wanted: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.text(name) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| ConfigError::Variable { name, value, wanted })
    }
}

/// Windows compares names without case and calls the search path `Path`; this code asks for `PATH`.
fn normalized_name(name: String, without_case: bool) -> String {
    if without_case { name.to_uppercase() } else { name }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_program_is_the_first_of_the_search_path_that_may_be_run() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        for (folder, mode) in [("a", 0o644), ("b", 0o755), ("c", 0o755)] {
            let file = dir.path().join(folder).join("speak");
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let path = std::env::join_paths(["a", "b", "c"].map(|folder| dir.path().join(folder))).unwrap();
        let environment = Environment::from_pairs([("PATH", path.to_str().unwrap())]);
        assert_eq!(environment.program("speak"), Some(dir.path().join("b/speak")));
        assert_eq!((environment.program("sing"), Environment::default().program("speak")), (None, None));
    }

    #[test]
    fn names_lose_their_case_only_where_the_system_has_none() {
        assert_eq!(normalized_name("Path".into(), true), "PATH");
        assert_eq!(normalized_name("http_proxy".into(), false), "http_proxy");
    }

    #[test]
    fn only_false_words_turn_a_switch_off() {
        let check =
            |value, expected| assert_eq!(Environment::from_pairs([("X", value)]).switch("X"), expected, "{value}");
        for word in ["0", "false", "No", "OFF", " off "] {
            check(word, Some(false));
        }
        for word in ["1", "true", "yes", "on", "anything"] {
            check(word, Some(true));
        }
        check("", None);
        assert_eq!(Environment::default().switch("X"), None);
    }
}
