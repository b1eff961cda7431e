//! The environment as a map: read once from the process, or written by a test.

use super::ConfigError;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

/// Words that turn a switch off; anything else turns it on, as in the reference.
const FALSE_WORDS: [&str; 4] = ["0", "false", "no", "off"];

/// Variables of the environment. Values that are not Unicode are left out.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// That of this process.
    pub fn of_process() -> Self {
        let unicode = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        Self { variables: unicode.collect() }
    }

    /// One made of pairs.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { variables: pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect() }
    }

    /// A text; an empty one counts as unset.
    pub fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|v| v.trim()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// A path; an empty one counts as unset.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    /// A switch: off for `0`, `false`, `no`, `off` in any case, otherwise on.
    pub fn switch(&self, name: &str) -> Option<bool> {
        self.text(name).map(|value| !FALSE_WORDS.contains(&value.to_lowercase().as_str()))
    }

    /// Anything that can be parsed; `wanted` says what that is, for the error.
    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        wanted: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.text(name) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| ConfigError::Variable { name, value, wanted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
