//! What each fencer did and when: the lanes of the timeline, in the referee's words.

use crate::time::{Span, Timestamp};
use crate::{PerSide, Side};

/// One kind of thing a fencer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionKind {
    /// Footwork towards the opponent.
    Advance,
    /// Footwork away from the opponent.
    Retreat,
    /// Neither foot gains ground.
    Pause,
    /// The front foot leaps, the rear foot stays: the stance opens wide.
    Lunge,
    /// The rear foot passes the front foot at speed.
    Fleche,
    /// The weapon arm goes out.
    ArmExtension,
    /// The weapon arm comes back.
    ArmWithdrawal,
    /// Arm straight and still, threatening, before the opponent's attack.
    PointInLine,
    /// The last forward movement, the one that brings the touch.
    FinalMovement,
    /// The blade is moved to close the line against the opponent's attack.
    Parry,
    /// The opponent's blade is struck.
    Beat,
}

impl ActionKind {
    /// All kinds, footwork first.
    pub const ALL: [Self; 11] = [
        Self::Advance,
        Self::Retreat,
        Self::Pause,
        Self::Lunge,
        Self::Fleche,
        Self::ArmExtension,
        Self::ArmWithdrawal,
        Self::PointInLine,
        Self::FinalMovement,
        Self::Parry,
        Self::Beat,
    ];

    /// How much it says where several stand over one another: a lunge more than the last movement that it is part of, that
    /// more than footwork.
    pub const fn prominence(self) -> u8 {
        match self {
            Self::Lunge | Self::Fleche | Self::Parry | Self::Beat => 2,
            Self::FinalMovement | Self::PointInLine => 1,
            Self::Advance | Self::Retreat | Self::Pause | Self::ArmExtension | Self::ArmWithdrawal => 0,
        }
    }
}

/// One action of one fencer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Action {
    /// What.
    pub kind: ActionKind,
    /// From when to when.
    pub span: Span,
    /// How sure the detector is, 0..1.
    pub confidence: f32,
}

/// The blades met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BladeContact {
    /// When the apparatus felt it.
    pub at: Timestamp,
    /// Whose blade moved into the other, where the hands tell.
    pub by: Option<Side>,
    /// Who moved on at once afterwards, where the hands tell.
    pub answered_by: Option<Side>,
    /// How sure, 0..1.
    pub confidence: f32,
    /// Metres that each hand travelled forward into the contact; `None` where no hand was seen.
    pub drive_into: PerSide<Option<f32>>,
    /// The same after the contact.
    pub drive_after: PerSide<Option<f32>>,
    /// The reference's score of each hand's lead over its body around the contact, in metres (reference 3.9).
    pub lead_score: PerSide<Option<f32>>,
}

/// Distance between the two front feet at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistanceSample {
    /// When.
    pub at: Timestamp,
    /// Metres between the front feet; negative once they have passed each other.
    pub metres: f32,
    /// Metres per second at which the distance shrinks.
    pub closing_speed: f32,
}

/// Numbers of a fencer's last forward movement before the touch; `None` where there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// When the front foot set off.
    pub foot_onset: Option<Timestamp>,
    /// The front foot's highest speed, metres per second.
    pub foot_speed: Option<f32>,
    /// How far the front foot went until the touch, metres.
    pub foot_travel: Option<f32>,
    /// When the hand set off against the body.
    pub hand_onset: Option<Timestamp>,
    /// The hand's highest speed against the body, metres per second.
    pub hand_speed: Option<f32>,
    /// When the hips set off.
    pub hips_onset: Option<Timestamp>,
}

/// Everything both fencers did in one phrase, each lane in order of start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// Actions of each fencer.
    pub actions: PerSide<Vec<Action>>,
    /// Every time the blades met.
    pub blade_contacts: Vec<BladeContact>,
    /// Distance over time.
    pub distance: Vec<DistanceSample>,
    /// Numbers of each fencer's last forward movement.
    pub measures: PerSide<Measures>,
    /// From the first to the last frame that was looked at; `None` when there was none.
    pub observed: Option<Span>,
}
