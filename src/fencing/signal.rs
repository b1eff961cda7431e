//! Signals of a phrase: lamps, blade contacts, start and end, each with its time, uncertainty and source.
//!
//! A live box, an archived text log, a lamp seen in the picture and a referee's key all end up as the same
//! [`SignalEvent`]s, each with its source and how far its time may be off. A [`SignalLog`] keeps them in order of time;
//! the lamps at the end of the phrase are the apparatus' last word and win over single events.

use super::{PerSide, Side};
use crate::time::Timestamp;

/// State of one fencer's lamp: what *his own* weapon did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lamp {
    /// Dark.
    #[default]
    Off,
    /// Red (left) or green (right): a touch on valid target.
    Valid,
    /// White in foil: a touch off target.
    OffTarget,
    /// White in sabre, yellow elsewhere: a fault of the equipment, no touch.
    Fault,
}

impl Lamp {
    /// Whether it reports a touch, on target or off it.
    pub const fn is_touch(self) -> bool {
        matches!(self, Self::Valid | Self::OffTarget)
    }
}

/// Who reported an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignalSource {
    /// A scoring apparatus on a cable or the network.
    Apparatus,
    /// A text log written when the phrase was fenced.
    Log,
    /// A lamp seen in the picture.
    Picture,
    /// A person: key, flag or button.
    Manual,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignalKind {
    /// The phrase began ("Allez!", or the box's start command).
    PhraseStart,
    /// A lamp changed. `side` is the fencer who touched, not the one who was hit.
    Lamp {
        /// Whose touch.
        side: Side,
        /// Its new state.
        lamp: Lamp,
    },
    /// The blades met (electrical contact).
    BladeContact,
    /// A fencer touched himself with his own blade (sabre's yellow lamp).
    SelfContact {
        /// Whose blade.
        side: Side,
    },
    /// The window for a second light opened.
    LockoutStart,
    /// The apparatus closed the phrase.
    PhraseEnd,
    /// The referee said "Halt!".
    Halt,
    /// The phrase was called off: nothing in it counts.
    Cancelled,
}

/// One report: what, when, by whom, and how far off the time may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignalEvent {
    /// When, on the phrase's clock.
    pub at: Timestamp,
    /// Half-width of the time's uncertainty, in seconds.
    pub uncertainty_secs: f64,
    /// Who reported it.
    pub source: SignalSource,
    /// What happened.
    pub kind: SignalKind,
}

/// All signals of one phrase in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignalLog {
    events: Vec<SignalEvent>,
    final_lamps: Option<PerSide<Lamp>>,
}

impl SignalLog {
    /// Adds an event at its place in time; events of the same moment keep the order they came in.
    pub fn push(&mut self, event: SignalEvent) {
        let place = self.events.partition_point(|e| e.at <= event.at);
        self.events.insert(place, event);
    }

    /// The lamps as the apparatus showed them at the end of the phrase, where it said so.
    pub fn set_final_lamps(&mut self, lamps: PerSide<Lamp>) {
        self.final_lamps = Some(lamps);
    }

    /// The lamps as the apparatus showed them at the end, `None` where it did not say.
    pub fn final_lamps(&self) -> Option<PerSide<Lamp>> {
        self.final_lamps
    }

    /// The same signals on a clock whose zero lies `zero` after this one's.
    #[must_use]
    pub fn on_clock_from(&self, zero: Timestamp) -> Self {
        let earlier = |at: Timestamp| Timestamp::from_nanos(at.nanos().saturating_sub(zero.nanos()));
        let events = self.events.iter().map(|event| SignalEvent { at: earlier(event.at), ..*event }).collect();
        Self { events, final_lamps: self.final_lamps }
    }

    /// The same signals with every lamp at another time, which is known to within `uncertainty_secs`.
    #[must_use]
    pub fn with_lamps_at(&self, at: Timestamp, uncertainty_secs: f64) -> Self {
        let mut log = Self { events: Vec::new(), final_lamps: self.final_lamps };
        for event in &self.events {
            let is_lamp = matches!(event.kind, SignalKind::Lamp { .. });
            log.push(if is_lamp { SignalEvent { at, uncertainty_secs, ..*event } } else { *event });
        }
        log
    }

    /// What the apparatus would have reported of the same phrase seen from the other side of the piste.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let turned = |event: &SignalEvent| {
            let kind = match event.kind {
                SignalKind::Lamp { side, lamp } => SignalKind::Lamp { side: side.opponent(), lamp },
                SignalKind::SelfContact { side } => SignalKind::SelfContact { side: side.opponent() },
                other => other,
            };
            SignalEvent { kind, ..*event }
        };
        Self { events: self.events.iter().map(turned).collect(), final_lamps: self.final_lamps.map(PerSide::swapped) }
    }

    /// Every event, earliest first.
    pub fn events(&self) -> &[SignalEvent] {
        &self.events
    }

    /// Whether nothing was reported at all.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.final_lamps.is_none()
    }

    /// The lamps that count: the apparatus' last word, otherwise the strongest state each lamp reached.
    pub fn lamps(&self) -> PerSide<Lamp> {
        self.final_lamps
            .unwrap_or_else(|| PerSide::from_fn(|side| self.first_lit(side).map_or(Lamp::Off, |(_, lamp)| lamp)))
    }

    /// First lighting of a lamp (valid before off-target before fault) and when.
    pub fn first_lit(&self, side: Side) -> Option<(Timestamp, Lamp)> {
        [Lamp::Valid, Lamp::OffTarget, Lamp::Fault].into_iter().find_map(|wanted| {
            let hit = |e: &&SignalEvent| e.kind == SignalKind::Lamp { side, lamp: wanted };
            self.events.iter().find(hit).map(|e| (e.at, wanted))
        })
    }

    /// When each lamp was first lit; `None` where no event says so.
    pub fn lit_at(&self) -> PerSide<Option<Timestamp>> {
        PerSide::from_fn(|side| self.first_lit(side).map(|(at, _)| at))
    }

    /// The events that first lit the two lamps, when both were lit: the earlier one first.
    pub fn both_lit(&self) -> Option<[SignalEvent; 2]> {
        let lit = |side: Side| {
            let (at, lamp) = self.first_lit(side)?;
            self.events.iter().find(|e| e.at == at && e.kind == SignalKind::Lamp { side, lamp }).copied()
        };
        let (left, right) = (lit(Side::Left)?, lit(Side::Right)?);
        Some(if left.at <= right.at { [left, right] } else { [right, left] })
    }

    /// When the first touch of either side was signalled: the end of the phrase as the judge sees it.
    pub fn first_touch(&self) -> Option<SignalEvent> {
        let is_touch = |e: &&SignalEvent| matches!(e.kind, SignalKind::Lamp { lamp, .. } if lamp.is_touch());
        self.events.iter().find(is_touch).copied()
    }

    /// Times at which the blades met, earliest first.
    pub fn blade_contacts(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.events.iter().filter(|e| e.kind == SignalKind::BladeContact).map(|e| e.at)
    }

    /// When the first event of a kind happened.
    pub fn first_time_of(&self, kind: SignalKind) -> Option<Timestamp> {
        self.first_of(kind).map(|e| e.at)
    }

    /// The first event of a kind.
    pub fn first_of(&self, kind: SignalKind) -> Option<SignalEvent> {
        self.events.iter().find(|e| e.kind == kind).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lamp(secs: f64, side: Side, lamp: Lamp) -> SignalEvent {
        let at = Timestamp::from_secs(secs);
        SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Log, kind: SignalKind::Lamp { side, lamp } }
    }

    #[test]
    fn events_are_kept_in_time_whatever_order_they_come_in() {
        let mut log = SignalLog::default();
        log.push(lamp(2.0, Side::Left, Lamp::Valid));
        log.push(lamp(1.0, Side::Right, Lamp::Valid));
        assert_eq!(log.first_touch().unwrap().at, Timestamp::from_secs(1.0));
        assert_eq!(log.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
    }

    #[test]
    fn the_final_lamps_win_over_single_events() {
        let mut log = SignalLog::default();
        log.push(lamp(1.0, Side::Left, Lamp::Valid));
        log.set_final_lamps(PerSide::new(Lamp::Off, Lamp::Valid));
        assert_eq!(log.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
    }
}
