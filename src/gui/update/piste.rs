//! Commands and events of the live screen.

use crate::gui::command::PisteCommand;
use crate::gui::effect::Effect;
use crate::gui::model::Model;

/// Carries out a command of the live screen.
pub(super) fn update(_model: &mut Model, command: PisteCommand) -> Vec<Effect> {
    match command {
        PisteCommand::Do(command) => vec![Effect::Piste(command)],
    }
}

/// Applies what the piste told.
pub(super) fn apply(_model: &mut Model, _event: crate::piste::Event) -> Vec<Effect> {
    Vec::new()
}
