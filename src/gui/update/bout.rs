//! Commands of the bout.

use crate::gui::command::BoutCommand;
use crate::gui::effect::Effect;
use crate::gui::model::Model;

/// Carries out a command of the bout.
pub(super) fn update(model: &mut Model, command: BoutCommand) -> Vec<Effect> {
    match command {
        BoutCommand::Score(side, touches) => {
            model.bout.score[side] = model.bout.score[side].saturating_add_signed(touches);
        }
    }
    Vec::new()
}
