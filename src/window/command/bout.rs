//! What can be done with the bout.

use super::listed::row;
use super::{Command, Listed, Scope};
use crate::model::{Card, MINUTE_SECS, PERIOD_SECS};
use fencing::Side;

/// One thing to do with the bout.
#[derive(Clone, Debug, PartialEq)]
pub enum BoutCommand {
    /// Gives or takes touches.
    Score(Side, i16),
    /// Shows a card.
    Card(Side, Card),
    /// Draws priority by lot.
    DrawPriority,
    /// Nobody has priority.
    ClearPriority,
    /// Runs or stops the clock.
    ToggleClock,
    /// Sets the clock to so many seconds and stops it.
    SetClock(f64),
    /// Moves on or back by periods.
    Period(i8),
    /// Names a fencer.
    Name(Side, String),
    /// Names the bout.
    Title(String),
    /// Takes the last change back.
    Undo,
    /// A new bout on an empty sheet.
    New,
}

/// The rows with a name and a shortcut.
pub(super) fn rows() -> Vec<Listed> {
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
