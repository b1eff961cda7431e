//! What one frame of a protocol said, before anything is compared with what was known.
//!
//! Decoders produce [`Reading`]s and stay small: most protocols repeat their whole state, so they say the state and
//! `changes` works out what changed. Sides here are already the protocol's default mapping to the picture.

use super::event::{BoutClock, Cards, FencerName};
use fencing::time::Timestamp;
use fencing::{PerSide, Side, SignalKind, Weapon};

/// One thing said, and when it became true.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Best estimate on the host clock.
    pub at: Timestamp,
    /// Half-width of the uncertainty, in seconds.
    pub uncertainty_secs: f64,
    /// Whether it only tells how things stood when the link was made (a retained message): no event, whatever it says.
    pub standing: bool,
    /// What was said.
    pub word: Word,
}

/// The vocabulary that all protocols are translated into.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// The state of all lamps.
    Lamps(PerSide<LampBits>),
    /// Something that happened, said once.
    Signal(SignalKind),
    /// A better time for something already said.
    Corrected(SignalKind),
    /// The lamps that counted at the end of the phrase.
    FinalLamps(PerSide<LampBits>),
    /// The bout's clock.
    Clock(BoutClock),
    /// The score.
    Score(PerSide<u16>),
    /// The score as the competition's software set it, not the apparatus.
    ScoreCorrected(PerSide<u16>),
    /// The cards.
    Cards(PerSide<Cards>),
    /// Priority.
    Priority(Option<Side>),
    /// A fencer's name.
    Fencer(Side, FencerName),
    /// The weapon set on the apparatus.
    Weapon(Weapon),
    /// The box tests its lamps and digits: nothing that it shows counts.
    SelfTest,
    /// Whether the box is connected to its broker (its last will says that it is not).
    Online(bool),
    /// The remote's replay button.
    ReplayWanted,
    /// A frame of another piste, which was not listened to.
    OtherPiste(String),
    /// The piste that is listened to.
    Piste(String),
}

/// One fencer's lamps as wired. What white means depends on the weapon and is decided later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LampBits {
    /// Red (left) or green (right).
    pub coloured: bool,
    /// White.
    pub white: bool,
    /// Yellow: own weapon on own conductive clothing.
    pub yellow: bool,
}

/// Whether all coloured and all white lamps are lit at once. No phrase can do that (who was signalled off target cannot
/// be signalled on target before the lamps are dark again; Material Rules, Annex B): the box tests its lamps.
pub(crate) fn is_lamp_test(lamps: PerSide<LampBits>) -> bool {
    lamps.left.coloured && lamps.left.white && lamps.right.coloured && lamps.right.white
}

/// A score that only a test of all segments shows: no bout has 88 touches on either side.
pub(crate) fn is_segment_test(score: PerSide<u16>) -> bool {
    score.left == 88 && score.right == 88
}

impl LampBits {
    /// Only the coloured lamp.
    pub(crate) const COLOURED: Self = Self { coloured: true, white: false, yellow: false };
    /// Only the white lamp.
    pub(crate) const WHITE: Self = Self { coloured: false, white: true, yellow: false };
}
