//! The commands with a name and a shortcut: one row each. Palette, help, menus, tooltips and settings are made from it.

use crate::command::{
    BoutCommand, Command, Direction, Export, Judged, LampsByHand, LibraryCommand, LivePart, OwnCall, PisteCommand,
    ReviewCommand as R, TouchByHand, Zoom,
};
use crate::model::{Card, Choice, DrawCommand, LibrarySide, MINUTE_SECS, PERIOD_SECS, Screen, Tool};
use fencing::Side;
use records::library::ExportFormat;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Where a shortcut counts. Two commands may share a chord only when they can never be meant at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// On every screen.
    Everywhere,
    /// In the settings.
    Settings,
    /// While a clip is reviewed.
    Review,
    /// While phrases are called one after the other; the keys of the review count too.
    Calling,
    /// On the live screen.
    Piste,
    /// In the library.
    Library,
    /// On the bout's screen.
    Bout,
}

/// A command as menus show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Message key of its name, and its name in the settings file.
    pub key: &'static str,
    /// Where its shortcut counts.
    pub scope: Scope,
    /// The shortcut it is shipped with.
    pub default_chord: Option<Chord>,
    /// What it does.
    pub command: Command,
}

/// All listed commands, in the order of the help page.
pub fn listed() -> Vec<Listed> {
    let review = [transport(), looking(), referee(), exports(), calling()].into_iter().flatten();
    let screens = [piste_rows(), library_rows(), bout_rows(), settings_rows()].into_iter().flatten();
    everywhere().into_iter().chain(review).chain(screens).collect()
}

fn row(key: &'static str, scope: Scope, chord: &str, command: Command) -> Listed {
    Listed { key, scope, default_chord: chord.parse().ok(), command }
}

fn everywhere() -> Vec<Listed> {
    use Scope::Everywhere as E;
    vec![
        row("cmd-show-piste", E, "F2", Command::Show(Screen::Piste)),
        row("cmd-show-review", E, "F3", Command::Show(Screen::Review)),
        row("cmd-show-library", E, "F4", Command::Show(Screen::Library)),
        row("cmd-show-bout", E, "F5", Command::Show(Screen::Bout)),
        row("cmd-show-settings", E, "F6", Command::Show(Screen::Settings)),
        row("cmd-palette", E, "Ctrl+P", Command::TogglePalette),
        row("cmd-help", E, "F1", Command::ToggleHelp),
        row("cmd-replay-last", E, "B", Command::ReplayLast),
        row("cmd-open", E, "Ctrl+O", Command::AskForClip),
        row("cmd-open-path", E, "Ctrl+Shift+O", Command::TogglePathPrompt),
        row("cmd-full-screen", E, "F11", Command::ToggleFullScreen),
        row("cmd-setup", E, "F7", Command::ToggleSetup),
        row("cmd-public-screen", E, "F8", Command::TogglePublicScreen),
        row("cmd-close-top", E, "Escape", Command::CloseTop),
        row("cmd-privacy", E, "F9", Command::TogglePrivacy),
        row("cmd-dismiss", E, "Backspace", Command::DismissNotices),
        row("cmd-notices", E, "Ctrl+N", Command::ToggleNoticeHistory),
    ]
}

fn review(key: &'static str, chord: &str, command: R) -> Listed {
    row(key, Scope::Review, chord, Command::Review(command))
}

fn transport() -> Vec<Listed> {
    vec![
        review("cmd-play", "Space", R::TogglePlay),
        review("cmd-frame-back", "ArrowLeft", R::Step(-1)),
        review("cmd-frame-forward", "ArrowRight", R::Step(1)),
        review("cmd-half-second-back", "Shift+ArrowLeft", R::SkipMillis(-500)),
        review("cmd-half-second-forward", "Shift+ArrowRight", R::SkipMillis(500)),
        review("cmd-shuttle-back", "J", R::Shuttle(-1)),
        review("cmd-shuttle-stop", "K", R::Stop),
        review("cmd-shuttle-forward", "L", R::Shuttle(1)),
        review("cmd-speed-100", "1", R::SpeedPercent(100)),
        review("cmd-speed-50", "2", R::SpeedPercent(50)),
        review("cmd-speed-25", "3", R::SpeedPercent(25)),
        review("cmd-speed-10", "4", R::SpeedPercent(10)),
        review("cmd-speed-5", "5", R::SpeedPercent(5)),
        review("cmd-to-start", "Home", R::ToStart),
        review("cmd-to-end", "End", R::ToEnd),
        review("cmd-to-touch", "H", R::ToTouch),
        review("cmd-replay-touch", "W", R::ReplayTouch),
        review("cmd-previous-event", "F", R::ToEvent(Direction::Previous)),
        review("cmd-next-event", "G", R::ToEvent(Direction::Next)),
        review("cmd-loop-start", "I", R::LoopStart),
        review("cmd-loop-end", "O", R::LoopEnd),
        review("cmd-loop", "R", R::ToggleLoop),
        review("cmd-loop-clear", "Shift+R", R::ClearLoop),
    ]
}

fn looking() -> Vec<Listed> {
    let magnify = |factor| R::Zoom(Zoom::By { factor, x: 0.5, y: 0.5 });
    vec![
        review("cmd-zoom-in", "Plus", magnify(1.25)),
        review("cmd-zoom-out", "Minus", magnify(0.8)),
        review("cmd-zoom-reset", "0", R::Zoom(Zoom::Reset)),
        review("cmd-skeletons", "S", R::ToggleSkeletons),
        review("cmd-timeline", "T", R::ToggleTimeline),
        review("cmd-verdict", "V", R::ToggleVerdict),
        review("cmd-compare", "C", R::AskForBeside),
        review("cmd-compare-close", "Shift+C", R::CloseBeside),
        review("cmd-nudge-back", "Alt+ArrowLeft", R::NudgeBeside(-1)),
        review("cmd-nudge-forward", "Alt+ArrowRight", R::NudgeBeside(1)),
        review("cmd-draw-line", "D", R::Draw(DrawCommand::Take(Tool::Line))),
        review("cmd-draw-angle", "A", R::Draw(DrawCommand::Take(Tool::Angle))),
        review("cmd-draw-arrow", "Shift+D", R::Draw(DrawCommand::Take(Tool::Arrow))),
        review("cmd-draw-circle", "Shift+A", R::Draw(DrawCommand::Take(Tool::Circle))),
        review("cmd-draw-text", "X", R::Draw(DrawCommand::Take(Tool::Text))),
        review("cmd-draw-stopwatch", "Q", R::Draw(DrawCommand::Take(Tool::Stopwatch))),
        review("cmd-draw-magnifier", "M", R::Draw(DrawCommand::Take(Tool::Magnifier))),
        review("cmd-draw-undo", "Ctrl+Z", R::Undo),
        review("cmd-draw-delete", "Delete", R::Draw(DrawCommand::Delete)),
        review("cmd-draw-clear", "Shift+Delete", R::Draw(DrawCommand::Clear)),
    ]
}

fn referee() -> Vec<Listed> {
    vec![
        // 1 is left, 2 is both or neither, 3 is right: on every screen, for calls and for lights.
        review("cmd-call-left", "Ctrl+1", R::OwnCall(OwnCall::For(Side::Left))),
        review("cmd-call-none", "Ctrl+2", R::OwnCall(OwnCall::None)),
        review("cmd-call-right", "Ctrl+3", R::OwnCall(OwnCall::For(Side::Right))),
        review("cmd-fencer-left", "Alt+1", R::PickFencer(Side::Left)),
        review("cmd-fencer-right", "Alt+3", R::PickFencer(Side::Right)),
        review("cmd-repetition", "Shift+Space", R::Repetition),
        review("cmd-judge-again", "Ctrl+J", R::JudgeAgain),
        review("cmd-judge-cancel", "Ctrl+K", R::CancelJudging),
        review("cmd-touch-left", "Ctrl+Shift+1", R::TouchHere(TouchByHand::One(Side::Left))),
        review("cmd-touch-both", "Ctrl+Shift+2", R::TouchHere(TouchByHand::Both)),
        review("cmd-touch-right", "Ctrl+Shift+3", R::TouchHere(TouchByHand::One(Side::Right))),
    ]
}

/// One key a call: nothing else is to be decided in such a pass.
fn calling() -> Vec<Listed> {
    let calling = |key, chord, command| row(key, Scope::Calling, chord, Command::Review(command));
    vec![
        calling("cmd-calling-left", "1", R::OwnCall(OwnCall::For(Side::Left))),
        calling("cmd-calling-none", "2", R::OwnCall(OwnCall::None)),
        calling("cmd-calling-right", "3", R::OwnCall(OwnCall::For(Side::Right))),
        calling("cmd-calling-skip", "N", R::SkipCall),
    ]
}

fn exports() -> Vec<Listed> {
    vec![
        review("cmd-export-clip", "Shift+E", R::Export(Export::Clip)),
        review("cmd-export-overlay", "E", R::Export(Export::ClipWithOverlay)),
        review("cmd-export-still", "Ctrl+S", R::Export(Export::Still)),
        review("cmd-export-json", "Ctrl+Shift+S", R::Export(Export::Json)),
        review("cmd-export-report", "Ctrl+R", R::Export(Export::Report)),
        review("cmd-export-cancel", "Ctrl+Shift+K", R::CancelExport),
    ]
}

/// The rows with a name and a shortcut.
fn piste_rows() -> Vec<Listed> {
    use PisteCommand as P;
    let piste = |key, chord, command| row(key, Scope::Piste, chord, Command::Piste(command));
    vec![
        piste("cmd-go", "Space", P::Go),
        piste("cmd-halt", "Enter", P::Halt),
        piste("cmd-piste-cancel", "Delete", P::Cancel),
        piste("cmd-own-left", "ArrowLeft", P::OwnCall(OwnCall::For(Side::Left))),
        piste("cmd-own-none", "ArrowDown", P::OwnCall(OwnCall::None)),
        piste("cmd-own-right", "ArrowRight", P::OwnCall(OwnCall::For(Side::Right))),
        piste("cmd-lamp-left", "1", P::Lamps(LampsByHand::One(Side::Left))),
        piste("cmd-lamp-both", "2", P::Lamps(LampsByHand::Both)),
        piste("cmd-lamp-right", "3", P::Lamps(LampsByHand::One(Side::Right))),
        piste("cmd-white-left", "Shift+1", P::Lamps(LampsByHand::White(Side::Left))),
        piste("cmd-white-right", "Shift+3", P::Lamps(LampsByHand::White(Side::Right))),
        piste("cmd-replay", "R", P::Replay(None)),
        piste("cmd-judge-here", "Ctrl+J", P::JudgeHere),
        piste("cmd-live-verdict", "V", P::ToggleVerdict),
        piste("cmd-live-skeletons", "S", P::Toggle(LivePart::Skeletons)),
        piste("cmd-live-tracks", "T", P::Toggle(LivePart::Tracks)),
        piste("cmd-live-line", "L", P::Toggle(LivePart::PisteLine)),
        piste("cmd-live-lamps", "K", P::Toggle(LivePart::Lamps)),
    ]
}

/// The rows with a name and a shortcut.
fn library_rows() -> Vec<Listed> {
    use LibraryCommand as L;
    let step = |rows, choice| L::Step { rows, choice };
    [
        ("cmd-library-down", "ArrowDown", step(1, Choice::Only)),
        ("cmd-library-up", "ArrowUp", step(-1, Choice::Only)),
        ("cmd-library-extend-down", "Shift+ArrowDown", step(1, Choice::UpTo)),
        ("cmd-library-extend-up", "Shift+ArrowUp", step(-1, Choice::UpTo)),
        ("cmd-library-page-down", "PageDown", step(10, Choice::Only)),
        ("cmd-library-page-up", "PageUp", step(-10, Choice::Only)),
        ("cmd-library-first", "Home", step(isize::MIN / 2, Choice::Only)),
        ("cmd-library-last", "End", step(isize::MAX / 2, Choice::Only)),
        ("cmd-library-open", "Enter", L::OpenCurrent),
        ("cmd-library-choose", "Space", L::ToggleCurrent),
        ("cmd-library-choose-all", "A", L::ChooseAll),
        ("cmd-library-choose-none", "N", L::ChooseNone),
        ("cmd-library-search", "Ctrl+F", L::FocusSearch),
        ("cmd-library-refresh", "Ctrl+R", L::Refresh),
        ("cmd-library-add", "Shift+O", L::AskForFolder),
        ("cmd-library-judge-chosen", "Ctrl+J", L::Judge(Judged::Chosen)),
        ("cmd-library-judge-unjudged", "Ctrl+Shift+J", L::Judge(Judged::Unjudged)),
        ("cmd-library-call-uncalled", "C", L::CallUncalled),
        ("cmd-library-pause", "Ctrl+U", L::TogglePause),
        ("cmd-library-stop", "Ctrl+K", L::StopJudging),
        ("cmd-library-export-csv", "Ctrl+E", L::Export(ExportFormat::Csv)),
        ("cmd-library-export-json", "Ctrl+Shift+E", L::Export(ExportFormat::JsonLines)),
        ("cmd-library-save-records", "Ctrl+Shift+L", L::SaveRecords),
        ("cmd-library-teach", "Ctrl+L", L::Teach),
        ("cmd-library-figures", "Ctrl+G", L::ShowSide(LibrarySide::Figures)),
        ("cmd-library-batch", "Ctrl+B", L::ShowSide(LibrarySide::Batch)),
    ]
    .into_iter()
    .map(|(key, chord, command)| Listed {
        key,
        scope: Scope::Library,
        default_chord: chord.parse().ok(),
        command: Command::Library(command),
    })
    .collect()
}

/// The rows with a name and a shortcut.
fn bout_rows() -> Vec<Listed> {
    use BoutCommand as B;
    let bout = |key, chord, command| row(key, Scope::Bout, chord, Command::Bout(command));
    let piste = |key, chord, command| row(key, Scope::Piste, chord, Command::Bout(command));
    vec![
        bout("cmd-clock", "Space", B::ToggleClock),
        bout("cmd-undo", "Ctrl+Z", B::Undo),
        bout("cmd-score-left", "ArrowLeft", B::Score(Side::Left, 1)),
        bout("cmd-score-right", "ArrowRight", B::Score(Side::Right, 1)),
        bout("cmd-unscore-left", "Shift+ArrowLeft", B::Score(Side::Left, -1)),
        bout("cmd-unscore-right", "Shift+ArrowRight", B::Score(Side::Right, -1)),
        bout("cmd-clock-period", "3", B::SetClock(PERIOD_SECS)),
        bout("cmd-clock-minute", "1", B::SetClock(MINUTE_SECS)),
        bout("cmd-period-next", "N", B::Period(1)),
        bout("cmd-period-back", "Shift+N", B::Period(-1)),
        bout("cmd-priority", "D", B::DrawPriority),
        bout("cmd-priority-clear", "Shift+D", B::ClearPriority),
        bout("cmd-yellow-left", "Y", B::Card(Side::Left, Card::Yellow)),
        bout("cmd-yellow-right", "Shift+Y", B::Card(Side::Right, Card::Yellow)),
        bout("cmd-red-left", "R", B::Card(Side::Left, Card::Red)),
        bout("cmd-red-right", "Shift+R", B::Card(Side::Right, Card::Red)),
        bout("cmd-black-left", "K", B::Card(Side::Left, Card::Black)),
        bout("cmd-black-right", "Shift+K", B::Card(Side::Right, Card::Black)),
        bout("cmd-passive-left", "U", B::Card(Side::Left, Card::Passivity)),
        bout("cmd-passive-right", "Shift+U", B::Card(Side::Right, Card::Passivity)),
        bout("cmd-bout-new", "Ctrl+Shift+N", B::New),
        piste("cmd-piste-clock", "C", B::ToggleClock),
        piste("cmd-piste-undo", "Ctrl+Z", B::Undo),
        piste("cmd-piste-score-left", "Ctrl+ArrowLeft", B::Score(Side::Left, 1)),
        piste("cmd-piste-score-right", "Ctrl+ArrowRight", B::Score(Side::Right, 1)),
    ]
}

/// The rows with a name and a shortcut.
fn settings_rows() -> Vec<Listed> {
    vec![
        row("cmd-settings-next", Scope::Settings, "PageDown", Command::TurnSettings(1)),
        row("cmd-settings-back", Scope::Settings, "PageUp", Command::TurnSettings(-1)),
    ]
}

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

/// Two commands that one chord would mean at the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// The chord.
    pub chord: Chord,
    /// Keys of the two commands.
    pub commands: (&'static str, &'static str),
}

/// What became of a chord that was pressed for a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Rebound {
    /// The command has it; no other command did.
    Free,
    /// The command has it, and the command with the key `other` got the chord `old` in exchange.
    Swapped {
        /// Key of the command that the chord was pressed for.
        key: &'static str,
        /// Its new chord.
        chord: Chord,
        /// Key of the command that had the chord.
        other: &'static str,
        /// What that has now.
        old: Chord,
    },
    /// Nothing changed: the chord belongs to the command with the key `other`, which cannot have the old one.
    Taken {
        /// Key of the command that the chord was pressed for.
        key: &'static str,
        /// The chord.
        chord: Chord,
        /// Key of the command that keeps it.
        other: &'static str,
    },
    /// Nothing changed: the settings file cannot hold this key.
    Unknown {
        /// Key of the command that the chord was pressed for.
        key: &'static str,
        /// The chord.
        chord: Chord,
    },
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
        let of = |scope| self.rows.iter().find(|(l, c)| c.as_ref() == Some(chord) && l.scope == scope);
        // A calling pass takes a few keys of the review; the others keep their meaning.
        let below = if scope == Scope::Calling { of(Scope::Review) } else { None };
        of(scope).or(below).or_else(|| of(Scope::Everywhere)).map(|(l, _)| &l.command)
    }

    /// The chord of a command, for tooltips.
    pub fn chord_of(&self, command: &Command) -> Option<&Chord> {
        self.rows.iter().find(|(l, _)| l.command == *command).and_then(|(_, c)| c.as_ref())
    }

    /// Every listed command with its chord.
    pub fn rows(&self) -> &[(Listed, Option<Chord>)] {
        &self.rows
    }

    /// What giving `chord` to the command with the key `key` leads to.
    pub fn rebind(&self, key: &'static str, chord: Chord) -> Rebound {
        if chord.to_string().parse::<Chord>().is_err() {
            return Rebound::Unknown { key, chord };
        }
        let Some((this, old)) = self.rows.iter().find(|(l, _)| l.key == key) else { return Rebound::Free };
        let others = self.having(&chord, this.scope, &[key]);
        let [other] = others[..] else {
            return others.first().map_or(Rebound::Free, |other| Rebound::Taken { key, chord, other: other.key });
        };
        match old {
            Some(old) if self.having(old, other.scope, &[key, other.key]).is_empty() => {
                Rebound::Swapped { key, chord, other: other.key, old: old.clone() }
            }
            _ => Rebound::Taken { key, chord, other: other.key },
        }
    }

    /// The commands, but those with the keys `except`, that `chord` means where a shortcut of `scope` counts.
    fn having(&self, chord: &Chord, scope: Scope, except: &[&str]) -> Vec<&Listed> {
        let has = |(l, c): &&(Listed, Option<Chord>)| {
            c.as_ref() == Some(chord) && count_together(l.scope, scope) && !except.contains(&l.key)
        };
        self.rows.iter().filter(has).map(|(l, _)| l).collect()
    }

    /// All pairs of commands that share a chord where both count.
    pub fn clashes(&self) -> Vec<Clash> {
        let mut found = Vec::new();
        for (i, (a, chord)) in self.rows.iter().enumerate() {
            let Some(chord) = chord else { continue };
            for (b, other) in &self.rows[i + 1..] {
                if count_together(a.scope, b.scope) && other.as_ref() == Some(chord) {
                    found.push(Clash { chord: chord.clone(), commands: (a.key, b.key) });
                }
            }
        }
        found
    }
}

/// Whether shortcuts of both scopes count at the same time.
fn count_together(a: Scope, b: Scope) -> bool {
    a == b || a == Scope::Everywhere || b == Scope::Everywhere
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_has_its_own_key_and_every_shipped_chord_parses() {
        let all = listed();
        let keys: BTreeSet<_> = all.iter().map(|l| l.key).collect();
        assert_eq!(keys.len(), all.len());
        for l in &all {
            assert!(l.default_chord.is_some(), "{} has no shortcut", l.key);
        }
    }
}

#[cfg(test)]
mod chord_tests {
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

#[cfg(test)]
mod keymap_tests {
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

    fn chord(text: &str) -> Chord {
        text.parse().unwrap()
    }

    #[test]
    fn a_chord_of_one_other_command_is_exchanged_for_the_old_one() {
        let map = Keymap::default();
        let swapped = map.rebind("cmd-play", chord("K"));
        let (other, old) = ("cmd-shuttle-stop", chord("Space"));
        assert_eq!(swapped, Rebound::Swapped { key: "cmd-play", chord: chord("K"), other, old });
        assert_eq!(changed(&[("cmd-play", "K"), ("cmd-shuttle-stop", "Space")]).clashes(), []);
    }

    #[test]
    fn a_chord_that_cannot_be_exchanged_is_refused() {
        let map = Keymap::default();
        // Space starts something on nearly every screen: no command for all of them may have it.
        assert!(matches!(map.rebind("cmd-replay-last", chord("Space")), Rebound::Taken { other: "cmd-play", .. }));
        // The help would get an arrow that means something on other screens.
        assert!(matches!(map.rebind("cmd-frame-back", chord("F1")), Rebound::Taken { other: "cmd-help", .. }));
        let without = changed(&[("cmd-play", "")]);
        assert!(matches!(without.rebind("cmd-play", chord("K")), Rebound::Taken { other: "cmd-shuttle-stop", .. }));
    }

    #[test]
    fn a_free_chord_is_taken_and_an_unknown_key_is_named() {
        let map = Keymap::default();
        assert_eq!(map.rebind("cmd-play", chord("Ctrl+Alt+5")), Rebound::Free);
        assert_eq!(map.rebind("cmd-play", chord("Space")), Rebound::Free, "its own");
        let backtick = Chord { key: "Backtick".into(), ..chord("A") };
        assert!(matches!(map.rebind("cmd-play", backtick), Rebound::Unknown { .. }));
    }

    #[test]
    fn an_empty_change_takes_the_shortcut_away_and_nonsense_changes_nothing() {
        let play = Command::Review(crate::command::ReviewCommand::TogglePlay);
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
