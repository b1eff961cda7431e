//! The commands with a name and a shortcut: one row each. Palette, help, menus, tooltips and settings are made from it.

use super::{Chord, Command, Direction, Export, ReviewCommand as R, TouchByHand, Zoom};
use crate::model::{DrawCommand, Screen, Tool};
use fencing::{Call, Side};

/// Where a shortcut counts. Two commands may share a chord only when they can never be meant at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// On every screen.
    Everywhere,
    /// In the settings.
    Settings,
    /// While a clip is reviewed.
    Review,
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
    let review = [transport(), looking(), referee(), exports()].into_iter().flatten();
    let screens = [super::piste::rows(), super::library::rows(), super::bout::rows()].into_iter().flatten();
    everywhere().into_iter().chain(review).chain(screens).collect()
}

pub(super) fn row(key: &'static str, scope: Scope, chord: &str, command: Command) -> Listed {
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
        row("cmd-open", E, "O", Command::AskForClip),
        row("cmd-open-path", E, "Ctrl+O", Command::TogglePathPrompt),
        row("cmd-full-screen", E, "F11", Command::ToggleFullScreen),
        row("cmd-privacy", E, "Escape", Command::TogglePrivacy),
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
        review("cmd-loop-end", "U", R::LoopEnd),
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
        review("cmd-draw-undo", "Ctrl+Z", R::Draw(DrawCommand::Undo)),
        review("cmd-draw-delete", "Delete", R::Draw(DrawCommand::Delete)),
        review("cmd-draw-clear", "Shift+Delete", R::Draw(DrawCommand::Clear)),
    ]
}

fn referee() -> Vec<Listed> {
    vec![
        review("cmd-call-left", "Ctrl+1", R::OwnCall(Call::Touch(Side::Left))),
        review("cmd-call-right", "Ctrl+2", R::OwnCall(Call::Touch(Side::Right))),
        review("cmd-call-none", "Ctrl+3", R::OwnCall(Call::Simultaneous)),
        review("cmd-repetition", "Shift+Space", R::Repetition),
        review("cmd-judge-again", "Ctrl+J", R::JudgeAgain),
        review("cmd-judge-cancel", "Ctrl+K", R::CancelJudging),
        review("cmd-touch-left", "Ctrl+Shift+1", R::TouchHere(TouchByHand::One(Side::Left))),
        review("cmd-touch-right", "Ctrl+Shift+2", R::TouchHere(TouchByHand::One(Side::Right))),
        review("cmd-touch-both", "Ctrl+Shift+3", R::TouchHere(TouchByHand::Both)),
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
