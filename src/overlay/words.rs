//! The words that a scene shows. Whoever draws hands them in, in the reader's language.

use crate::actions::ActionKind;
use crate::engine::Judgement;
use crate::fencing::{Call, Side};
use crate::wording::{Language, Words};

/// Every word of a scene, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverlayWords {
    /// The call in one or two words, readable from afar.
    pub call: String,
    /// Why, one sentence with its article.
    pub reason: String,
    /// By how much, where that decided.
    pub detail: String,
    /// How sure.
    pub confidence: String,
    /// The left fencer.
    pub left: String,
    /// The right fencer.
    pub right: String,
    /// On a lamp that shows a valid touch.
    pub touch: String,
    /// On a white lamp for a touch off target.
    pub off_target: String,
    /// On a white lamp for a fault of the equipment.
    pub fault: String,
    /// Name of the apparatus' lane.
    pub apparatus: String,
    /// One short name for each action that a lane shows.
    pub actions: Vec<(ActionKind, String)>,
}

impl OverlayWords {
    /// English words for a judgement.
    pub fn english(judgement: &Judgement) -> Self {
        let (verdict, words) = (&judgement.verdict, Words::new(Language::English));
        Self {
            call: call(verdict.call).to_owned(),
            reason: words.reason(verdict),
            detail: verdict.margin.map_or(String::new(), |margin| words.margin(&margin)),
            confidence: words.confidence(verdict.confidence.word()),
            left: "LEFT".to_owned(),
            right: "RIGHT".to_owned(),
            touch: "TOUCH".to_owned(),
            off_target: "OFF TARGET".to_owned(),
            fault: "FAULT".to_owned(),
            apparatus: "BOX".to_owned(),
            actions: ACTIONS.iter().map(|(kind, name)| (*kind, (*name).to_owned())).collect(),
        }
    }

    /// The word for a fencer.
    pub(super) fn side(&self, side: Side) -> &str {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The word for an action; empty when none was given.
    pub(super) fn action(&self, kind: ActionKind) -> &str {
        self.actions.iter().find(|(named, _)| *named == kind).map_or("", |(_, name)| name)
    }
}

const ACTIONS: &[(ActionKind, &str)] = &[
    (ActionKind::Advance, "advance"),
    (ActionKind::Retreat, "retreat"),
    (ActionKind::Pause, "pause"),
    (ActionKind::Lunge, "lunge"),
    (ActionKind::Fleche, "fleche"),
    (ActionKind::ArmExtension, "arm"),
    (ActionKind::ArmWithdrawal, "arm back"),
    (ActionKind::PointInLine, "in line"),
    (ActionKind::FinalMovement, "final"),
    (ActionKind::Parry, "parry"),
    (ActionKind::Beat, "beat"),
];

const fn call(call: Call) -> &'static str {
    match call {
        Call::Touch(Side::Left) => "LEFT",
        Call::Touch(Side::Right) => "RIGHT",
        Call::Simultaneous => "SIMULTANEOUS",
        Call::Double => "DOUBLE",
        Call::NoTouch => "NO TOUCH",
        Call::TooClose => "TOO CLOSE",
    }
}
