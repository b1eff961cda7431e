//! Commands of the bout.

use crate::command::BoutCommand;
use crate::effect::{Effect, LiveEffect};
use crate::model::Model;

/// Carries out a command of the bout; what changed is written down at once.
pub(super) fn update(model: &mut Model, command: BoutCommand) -> Vec<Effect> {
    use BoutCommand as B;
    let bout = &mut model.bout;
    match command {
        B::DrawPriority => return vec![Effect::Live(LiveEffect::DrawPriority)],
        B::Score(side, touches) => bout.score(side, touches),
        B::Card(side, card) => bout.card(side, card),
        B::ClearPriority => bout.priority(None),
        B::ToggleClock => bout.toggle_clock(),
        B::SetClock(secs) => bout.set_clock(secs),
        B::Period(by) => bout.period(by),
        B::Name(side, name) => bout.name(side, name),
        B::Title(title) => bout.title(title),
        B::Undo => bout.undo(),
        B::New => bout.start_anew(),
    }
    vec![saved(model)]
}

/// The sheet as it stands now, to be kept.
pub(super) fn saved(model: &Model) -> Effect {
    Effect::SaveBout(Box::new(model.bout.sheet.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::Side;

    #[test]
    fn a_touch_is_written_down_and_taken_back() {
        let mut model = Model::default();
        let effects = update(&mut model, BoutCommand::Score(Side::Left, 1));
        assert!(matches!(&effects[..], [Effect::SaveBout(sheet)] if sheet.score.left == 1));
        let effects = update(&mut model, BoutCommand::Undo);
        assert!(matches!(&effects[..], [Effect::SaveBout(sheet)] if sheet.score.left == 0));
    }

    #[test]
    fn priority_is_drawn_outside_the_model() {
        let effects = update(&mut Model::default(), BoutCommand::DrawPriority);
        assert_eq!(effects, [Effect::Live(LiveEffect::DrawPriority)]);
    }
}
