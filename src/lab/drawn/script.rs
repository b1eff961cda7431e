//! What happens in a phrase: each fencer's moves one after the other, and what the apparatus reports.

use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource};

/// What a fencer does during one [`Move`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Stands on guard; the arm stays as it is.
    OnGuard,
    /// Stands still in the middle of the phrase. Looks like [`Action::OnGuard`]; the name is for the reader of a script.
    Pause,
    /// One step forward: front foot, then rear foot.
    Advance,
    /// One step back: rear foot, then front foot.
    Retreat,
    /// Stretches the arm, then the front foot shoots forward and the body sinks.
    Lunge,
    /// Back to guard from a lunge: the front foot returns.
    Recover,
    /// Stretches the arm, tips forward and passes the rear foot in front.
    Fleche,
    /// Stretches the arm on the spot.
    Extend,
    /// Takes arm and blade back to guard.
    Withdraw,
    /// Raises hand and blade to meet the other blade.
    Parry,
    /// A short cut or thrust with the arm.
    Hit,
}

/// One move: an action, how long it takes, how far it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// What is done.
    pub action: Action,
    /// How long it takes, in seconds; more than 0.
    pub secs: f64,
    /// Metres that the feet travel; 0 for moves on the spot.
    pub metres: f32,
    /// How far the arm is stretched at the end of a step, 0 (bent) to 1; `None` leaves it.
    pub arm: Option<f32>,
}

impl Move {
    const fn new(action: Action, secs: f64, metres: f32) -> Self {
        Self { action, secs, metres, arm: None }
    }

    /// On guard for `secs`.
    pub const fn on_guard(secs: f64) -> Self {
        Self::new(Action::OnGuard, secs, 0.0)
    }

    /// Still for `secs`.
    pub const fn pause(secs: f64) -> Self {
        Self::new(Action::Pause, secs, 0.0)
    }

    /// A step forward.
    pub const fn advance(secs: f64, metres: f32) -> Self {
        Self::new(Action::Advance, secs, metres)
    }

    /// A step back.
    pub const fn retreat(secs: f64, metres: f32) -> Self {
        Self::new(Action::Retreat, secs, metres)
    }

    /// A lunge; 0.6 to 1.0 m is usual.
    pub const fn lunge(secs: f64, metres: f32) -> Self {
        Self::new(Action::Lunge, secs, metres)
    }

    /// Recovery from a lunge.
    pub const fn recover(secs: f64) -> Self {
        Self::new(Action::Recover, secs, 0.0)
    }

    /// A flèche; `metres` is how far the rear foot lands in front of the front foot.
    pub const fn fleche(secs: f64, metres: f32) -> Self {
        Self::new(Action::Fleche, secs, metres)
    }

    /// The arm stretches.
    pub const fn extend(secs: f64) -> Self {
        Self::new(Action::Extend, secs, 0.0)
    }

    /// The arm comes back.
    pub const fn withdraw(secs: f64) -> Self {
        Self::new(Action::Withdraw, secs, 0.0)
    }

    /// The blade goes up to parry.
    pub const fn parry(secs: f64) -> Self {
        Self::new(Action::Parry, secs, 0.0)
    }

    /// The arm hits.
    pub const fn hit(secs: f64) -> Self {
        Self::new(Action::Hit, secs, 0.0)
    }

    /// The same move with the arm stretched to `arm` (0..1) at its end.
    #[must_use]
    pub const fn with_arm(mut self, arm: f32) -> Self {
        self.arm = Some(arm);
        self
    }
}

/// The hand a fencer fences with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hand {
    /// Right-handed: seen from behind on the left of the picture, from the front on the right.
    #[default]
    Right,
    /// Left-handed.
    Left,
}

/// A whole phrase: both fencers' moves, and the apparatus. Times are seconds on the phrase's clock, 0 at the first frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// Each fencer's moves; after the last one he stands.
    pub moves: PerSide<Vec<Move>>,
    /// Each fencer's weapon hand.
    pub hands: PerSide<Hand>,
    /// Metres between the front feet at the start; 4 on the guard lines.
    pub gap_metres: f32,
    /// Metres by which the middle of both lies right of the piste's centre line at the start.
    pub centre_metres: f32,
    /// Seconds between the lighting of a lamp in the image and the time that the log gives for it (positive: the log is late).
    pub log_delay_secs: f64,
    events: Vec<(f64, SignalKind)>,
    secs: Option<f64>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            moves: PerSide::default(),
            hands: PerSide::default(),
            gap_metres: 4.0,
            centre_metres: 0.0,
            log_delay_secs: 0.0,
            events: Vec::new(),
            secs: None,
        }
    }
}

impl Script {
    /// Two lists of moves from the guard lines, and no word from the apparatus yet.
    pub fn new(left: impl Into<Vec<Move>>, right: impl Into<Vec<Move>>) -> Self {
        Self { moves: PerSide::new(left.into(), right.into()), ..Self::default() }
    }

    /// The apparatus reports the start of the phrase.
    #[must_use]
    pub fn start(self, secs: f64) -> Self {
        self.event(secs, SignalKind::PhraseStart)
    }

    /// The blades meet.
    #[must_use]
    pub fn contact(self, secs: f64) -> Self {
        self.event(secs, SignalKind::BladeContact)
    }

    /// A lamp of the apparatus changes, in the log and in the image. Dark it with [`Lamp::Off`].
    #[must_use]
    pub fn lamp(self, secs: f64, side: Side, lamp: Lamp) -> Self {
        self.event(secs, SignalKind::Lamp { side, lamp })
    }

    /// Anything else that an apparatus can report.
    #[must_use]
    pub fn event(mut self, secs: f64, kind: SignalKind) -> Self {
        self.events.push((secs, kind));
        self
    }

    /// Films until `secs`, however long the moves take.
    #[must_use]
    pub fn lasting(mut self, secs: f64) -> Self {
        self.secs = Some(secs);
        self
    }

    /// Length of the phrase in seconds: as set, otherwise until the longer list of moves ends.
    pub fn secs(&self) -> f64 {
        let total = |moves: &Vec<Move>| moves.iter().map(|m| m.secs.max(0.0)).sum::<f64>();
        self.secs.unwrap_or_else(|| total(&self.moves.left).max(total(&self.moves.right)))
    }

    /// What the apparatus reported, as a log of its own would say it. The lamps at the end are its last word.
    pub fn signal_log(&self) -> SignalLog {
        let mut log = SignalLog::default();
        for &(secs, kind) in &self.events {
            let at = Timestamp::from_secs(secs + self.log_delay_secs);
            log.push(SignalEvent { at, uncertainty_secs: 0.0, source: SignalSource::Apparatus, kind });
        }
        if self.events.iter().any(|(_, kind)| matches!(kind, SignalKind::Lamp { .. })) {
            log.set_final_lamps(self.lamps_at(Timestamp::from_secs(f64::MAX)));
        }
        log
    }

    /// State of the lamps in the video at a moment: the last change not later than it.
    pub fn lamps_at(&self, at: Timestamp) -> PerSide<Lamp> {
        PerSide::from_fn(|wanted| {
            let changes = self.events.iter().filter_map(|&(secs, kind)| match kind {
                SignalKind::Lamp { side, lamp } if side == wanted => Some((Timestamp::from_secs(secs), lamp)),
                _ => None,
            });
            changes.filter(|(lit, _)| *lit <= at).max_by_key(|(lit, _)| *lit).map_or(Lamp::Off, |(_, lamp)| lamp)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lamp_burns_from_its_time_and_not_before() {
        let script = Script::default().lamp(1.0, Side::Left, Lamp::Valid).lamp(2.0, Side::Left, Lamp::Off);
        let left = |s| script.lamps_at(Timestamp::from_secs(s)).left;
        assert_eq!([left(0.99), left(1.0), left(1.99), left(2.0)], [Lamp::Off, Lamp::Valid, Lamp::Valid, Lamp::Off]);
    }

    #[test]
    fn the_log_has_what_was_scripted_in_order() {
        let script = Script::default().lamp(2.1, Side::Right, Lamp::Valid).contact(1.5).start(0.0);
        let log = script.signal_log();
        assert_eq!(log.events().len(), 3);
        assert_eq!(log.events()[0].kind, SignalKind::PhraseStart);
        assert_eq!(log.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
        assert!(Script::default().signal_log().is_empty());
    }

    #[test]
    fn a_phrase_lasts_as_long_as_its_longer_side() {
        let script = Script::new([Move::pause(1.0), Move::advance(0.5, 0.4)], [Move::pause(0.7)]);
        assert!((script.secs() - 1.5).abs() < 1e-9);
        assert!((script.lasting(4.0).secs() - 4.0).abs() < 1e-9);
    }
}
