//! Which chord does what: the shipped table with the user's changes laid over it, checked for clashes.

use super::{Chord, Command, Listed, Scope, listed};
use std::collections::BTreeMap;

/// Two commands that one chord would mean at the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// The chord.
    pub chord: Chord,
    /// Keys of the two commands.
    pub commands: (&'static str, &'static str),
}

/// The shortcuts in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    rows: Vec<(Listed, Option<Chord>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::with_changes(&BTreeMap::new())
    }
}

impl Keymap {
    /// The shipped shortcuts with `changes` (command key to chord text; an empty text takes the shortcut away).
    /// Changes that do not parse or name no command are left out.
    pub fn with_changes(changes: &BTreeMap<String, String>) -> Self {
        let chord_of = |l: &Listed| match changes.get(l.key).map(String::as_str) {
            Some("") => None,
            Some(text) => text.parse().ok().or_else(|| l.default_chord.clone()),
            None => l.default_chord.clone(),
        };
        Self {
            rows: listed()
                .into_iter()
                .map(|l| {
                    let chord = chord_of(&l);
                    (l, chord)
                })
                .collect(),
        }
    }

    /// The command that `chord` means in `scope`.
    pub fn command_for(&self, chord: &Chord, scope: Scope) -> Option<&Command> {
        let counts = |l: &Listed| l.scope == scope || l.scope == Scope::Everywhere;
        self.rows.iter().find(|(l, c)| c.as_ref() == Some(chord) && counts(l)).map(|(l, _)| &l.command)
    }

    /// The chord of a command, for tooltips.
    pub fn chord_of(&self, command: &Command) -> Option<&Chord> {
        self.rows.iter().find(|(l, _)| l.command == *command).and_then(|(_, c)| c.as_ref())
    }

    /// Every listed command with its chord.
    pub fn rows(&self) -> &[(Listed, Option<Chord>)] {
        &self.rows
    }

    /// All pairs of commands that share a chord where both count.
    pub fn clashes(&self) -> Vec<Clash> {
        let mut found = Vec::new();
        for (i, (a, chord)) in self.rows.iter().enumerate() {
            let Some(chord) = chord else { continue };
            for (b, other) in &self.rows[i + 1..] {
                let together = a.scope == b.scope || a.scope == Scope::Everywhere || b.scope == Scope::Everywhere;
                if together && other.as_ref() == Some(chord) {
                    found.push(Clash { chord: chord.clone(), commands: (a.key, b.key) });
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(pairs: &[(&str, &str)]) -> Keymap {
        Keymap::with_changes(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn the_shipped_shortcuts_do_not_clash() {
        assert_eq!(Keymap::default().clashes(), []);
    }

    #[test]
    fn a_change_rebinds_and_a_clash_is_named() {
        let map = changed(&[("cmd-play", "P"), ("cmd-loop", "P")]);
        let clashes = map.clashes();
        assert_eq!(clashes.len(), 1);
        assert_eq!(clashes[0].commands, ("cmd-play", "cmd-loop"));
    }

    #[test]
    fn an_empty_change_takes_the_shortcut_away_and_nonsense_changes_nothing() {
        let play = Command::Review(super::super::ReviewCommand::TogglePlay);
        assert_eq!(changed(&[("cmd-play", "")]).chord_of(&play), None);
        assert_eq!(changed(&[("cmd-play", "Hyper")]).chord_of(&play).unwrap().to_string(), "Space");
    }

    #[test]
    fn a_review_key_means_nothing_in_the_settings() {
        let map = Keymap::default();
        let chord = "J".parse().unwrap();
        assert!(map.command_for(&chord, Scope::Review).is_some() && map.command_for(&chord, Scope::Settings).is_none());
    }
}
