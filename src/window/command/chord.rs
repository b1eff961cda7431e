//! A key with its modifiers, as the user writes it: `Ctrl+Shift+E`. Knows no toolkit; the window translates key names.

use std::fmt;
use std::str::FromStr;

/// One shortcut.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// Control, or Command on a Mac.
    pub ctrl: bool,
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
    /// Name of the key: a letter, a digit, `Space`, `ArrowLeft`, `F11`, `Comma`, ...
    pub key: String,
}

/// Key names that a chord may have besides single letters and digits and F1 to F12.
const NAMED: &[&str] = &[
    "Space",
    "Enter",
    "Escape",
    "Tab",
    "Backspace",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Comma",
    "Period",
    "Semicolon",
    "Slash",
    "Questionmark",
    "Minus",
    "Plus",
    "OpenBracket",
    "CloseBracket",
];

impl FromStr for Chord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut chord = Self { ctrl: false, shift: false, alt: false, key: String::new() };
        for part in text.split('+').map(str::trim) {
            match part.to_lowercase().as_str() {
                "ctrl" | "cmd" | "command" => chord.ctrl = true,
                "shift" => chord.shift = true,
                "alt" | "option" => chord.alt = true,
                _ if chord.key.is_empty() => chord.key = known_key(part).ok_or_else(|| unknown(part, text))?,
                _ => return Err(format!("'{text}' names two keys; a shortcut has one key with Ctrl, Shift or Alt")),
            }
        }
        if chord.key.is_empty() { Err(format!("'{text}' names no key")) } else { Ok(chord) }
    }
}

fn unknown(part: &str, text: &str) -> String {
    format!("'{part}' in '{text}' is no key; use a letter, a digit, F1 to F12 or one of {}", NAMED.join(", "))
}

impl Chord {
    /// Whether the key is one of F1 to F12: these write nothing into a field.
    pub fn is_function_key(&self) -> bool {
        self.key.len() > 1 && self.key.starts_with('F')
    }

    /// As it is shown to a person: arrows as arrows.
    pub fn shown(&self) -> String {
        let arrows = [("ArrowLeft", "←"), ("ArrowRight", "→"), ("ArrowUp", "↑"), ("ArrowDown", "↓")];
        arrows.into_iter().fold(self.to_string(), |text, (name, arrow)| text.replace(name, arrow))
    }
}

/// The canonical spelling of a key's name.
fn known_key(text: &str) -> Option<String> {
    let upper = text.to_uppercase();
    let single = upper.len() == 1 && upper.chars().all(|c| c.is_ascii_alphanumeric());
    let function = upper.strip_prefix('F').and_then(|n| n.parse::<u8>().ok()).is_some_and(|n| (1..=12).contains(&n));
    if single || function {
        return Some(upper);
    }
    NAMED.iter().find(|name| name.eq_ignore_ascii_case(text)).map(|name| (*name).to_owned())
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, name) in [(self.ctrl, "Ctrl+"), (self.shift, "Shift+"), (self.alt, "Alt+")] {
            f.write_str(if on { name } else { "" })?;
        }
        f.write_str(&self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["Space", "Ctrl+Shift+E", "F11", "ArrowLeft", "Alt+5", "Ctrl+P"] {
            assert_eq!(text.parse::<Chord>().unwrap().to_string(), text);
        }
        assert_eq!("shift + ctrl + e".parse::<Chord>().unwrap().to_string(), "Ctrl+Shift+E");
    }

    #[test]
    fn a_letter_is_no_function_key_and_arrows_are_shown_as_such() {
        let chord = |text: &str| text.parse::<Chord>().unwrap();
        assert!(chord("F1").is_function_key() && chord("Ctrl+F12").is_function_key());
        assert!(!chord("F").is_function_key() && !chord("Space").is_function_key());
        assert_eq!(chord("Shift+ArrowLeft").shown(), "Shift+←");
    }

    #[test]
    fn nonsense_is_refused_with_what_would_do() {
        for text in ["", "Ctrl", "Ctrl+A+B", "Hyper", "F13", "É"] {
            assert!(text.parse::<Chord>().is_err(), "{text}");
        }
        assert!("Hyper".parse::<Chord>().unwrap_err().contains("F1 to F12"));
    }
}
