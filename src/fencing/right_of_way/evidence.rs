//! The facts of a phrase that the rules of right of way need, each yes, no, or unknown.
//!
//! Facts are filled in by [`Evidence::gather`](super::Evidence::gather) from a timeline, a test or an
//! annotation by hand. Rules read nothing else. A fact that was not filled in is unknown, and no rule guesses it.

use super::verdict::{Fact, Truth};
use crate::time::{Span, Timestamp};
use crate::{Lamp, PerSide, Side, Weapon};

/// When something was observed, and how surely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighting {
    /// From when to when.
    pub span: Span,
    /// How sure, 0..1.
    pub confidence: f32,
}

impl Sighting {
    /// Something that surely happened at one moment.
    pub fn at(moment: Timestamp) -> Self {
        Self::over(Span { start: moment, end: moment })
    }

    /// Something that surely lasted over a span.
    pub fn over(span: Span) -> Self {
        Self { span, confidence: 1.0 }
    }

    /// When it began.
    pub fn start(self) -> Timestamp {
        self.span.start
    }

    /// When it ended.
    pub fn end(self) -> Timestamp {
        self.span.end
    }
}

/// A three-valued fact with its sighting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Observed {
    /// It could not be observed.
    #[default]
    Unknown,
    /// It did not happen.
    No,
    /// It happened, then.
    Yes(Sighting),
}

impl Observed {
    /// Its sighting, when it happened.
    pub const fn yes(self) -> Option<Sighting> {
        match self {
            Self::Yes(sighting) => Some(sighting),
            _ => None,
        }
    }

    /// Whether it surely did not happen.
    pub const fn is_no(self) -> bool {
        matches!(self, Self::No)
    }

    /// `Yes` for something found where one could look, `No` for nothing found there.
    pub fn looked_for(found: Option<Sighting>) -> Self {
        found.map_or(Self::No, Self::Yes)
    }

    /// The observation as a fact of a verdict.
    pub fn fact(self, key: &'static str, side: Side) -> Fact {
        let (truth, sighting) = match self {
            Self::Unknown => (Truth::Unknown, None),
            Self::No => (Truth::No, None),
            Self::Yes(sighting) => (Truth::Yes, Some(sighting)),
        };
        Fact {
            key,
            side: Some(side),
            truth,
            span: sighting.map(|s| s.span),
            confidence: sighting.map_or(0.0, |s| s.confidence),
        }
    }
}

/// What one fencer did, as the decision tables name it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FencerFacts {
    /// His last offensive action before the touch, from its onset on.
    pub attack: Observed,
    /// The extension of the arm that belongs to it.
    pub extension: Observed,
    /// The lunge that brought the touch.
    pub lunge: Observed,
    /// His last pause.
    pub pause: Observed,
    /// His last retreat.
    pub retreat: Observed,
    /// A lunge that ended before the touch: an attack that fell short.
    pub short: Observed,
    /// An extension that was held too long or taken back before the touch.
    pub arm_reset: Observed,
    /// He left the line late after the command.
    pub slow_start: Observed,
    /// He advanced before that last pause or retreat.
    pub advance: Observed,
    /// His point was in line.
    pub in_line: Observed,
    /// His parry.
    pub parry: Observed,
    /// His riposte.
    pub riposte: Observed,
    /// His beat or taking of the blade.
    pub beat: Observed,
    /// His beat met the opponent's forte.
    pub beat_on_forte: Observed,
    /// He searched the opponent's blade and missed it.
    pub search_missed: Observed,
    /// His attack was compound: it had a feint.
    pub compound: Observed,
    /// His blade was found on a feint.
    pub feint_found: Observed,
    /// The last movement of a compound attack.
    pub final_movement: Observed,
    /// He counter-attacked.
    pub counter_attack: Observed,
    /// His rear foot passed the front one.
    pub crossed: Observed,
    /// Highest speed of the front foot in the last forward movement, metres per second.
    pub foot_speed: Option<f64>,
}

/// The last meeting of the blades before the touch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContactFacts {
    /// When.
    pub at: Timestamp,
    /// Whose hand drove into it.
    pub by: Option<Side>,
    /// Whose hand went on afterwards.
    pub answered_by: Option<Side>,
    /// Whom the reference's score of the hands' lead favours (reference 3.9).
    pub reference_favours: Option<Side>,
    /// How sure, 0..1.
    pub confidence: f32,
}

/// All facts of one phrase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The weapon.
    pub weapon: Weapon,
    /// The lamps that count.
    pub lamps: PerSide<Lamp>,
    /// When each lamp lit, as the signals say: never moved to where the touch is estimated.
    pub lit_at: PerSide<Option<Timestamp>>,
    /// When the first lamp lit.
    pub touch_at: Option<Timestamp>,
    /// How far off that moment may be, in seconds.
    pub touch_uncertainty_secs: f64,
    /// Whether the touch fell before "Allez!" or after "Halt!".
    pub outside_phrase: Truth,
    /// Whether the phrase was called off.
    pub cancelled: Truth,
    /// What each fencer did.
    pub fencers: PerSide<FencerFacts>,
    /// The last blade contact within the window before the touch; `None` when there was none.
    pub contact: Option<ContactFacts>,
    /// How far a difference of two times may be off, in seconds.
    pub timing_uncertainty_secs: f64,
    /// Share of the last seconds in which one of the fencers was not seen at all, 0..1.
    pub unseen: f32,
    /// How little of what was seen may count because of its source (damaged frames, unconfirmed slow motion), 0 to 1.
    pub source_doubt: f64,
    /// Whether both fencers were seen and neither moved enough for any action: there is nothing to judge.
    pub no_action: bool,
    /// What was not seen, as message keys.
    pub missing: Vec<&'static str>,
}

impl Evidence {
    /// The one side for which `holds` is true; `None` for neither or both, so that no rule ever prefers a side.
    pub(super) fn only_side(holds: impl Fn(Side) -> bool) -> Option<Side> {
        match (holds(Side::Left), holds(Side::Right)) {
            (true, false) => Some(Side::Left),
            (false, true) => Some(Side::Right),
            _ => None,
        }
    }
}
