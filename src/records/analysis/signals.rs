//! Where a clip's signals come from, and how their clock meets the picture's.
//!
//! A log's zero is the box's start command; a clip's zero is its first frame. They lie tens of milliseconds apart in the
//! recordings that are known, more when a clip was cut. A lamp that is seen lighting up in the picture tells the true
//! offset; without one the two zeros count as one, with the uncertainty that the logs carry.

use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource};
use recording::signal_log_txt::{BreakReason, TimeBase, aligned_to_clip_end};
use recording::{HitSides, HumanAnswer, ParsedSignalLog, read_signal_log};
use std::path::{Path, PathBuf};

/// Lamps and moment of the touch as a person names them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TouchByHand {
    /// Whose lamps are lit; both dark when there was no touch.
    pub lit: PerSide<bool>,
    /// When the first lamp lit up, on the clip's clock.
    pub at: Timestamp,
}

/// Where the signals of a clip come from.
#[derive(Clone, Debug, PartialEq)]
pub enum ClipSignals {
    /// A log of the scoring box.
    Log {
        /// The file.
        path: PathBuf,
        /// How it names sides.
        hit_sides: HitSides,
    },
    /// A person.
    ByHand(TouchByHand),
    /// Lamps seen in the picture.
    Picture,
    /// Heard while the phrase was filmed, on the clip's clock.
    Live(LiveSignals),
}

/// The signals of a phrase that was filmed and heard at the same time, both stamped with the host clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveSignals {
    /// What was signalled, on the clip's clock, each with its own uncertainty.
    pub signals: SignalLog,
    /// How much later than it was taken a picture may have been stamped, in seconds: added to every uncertainty unless a lamp
    /// in the picture shows the true offset.
    pub camera_delay_secs: f64,
}

/// A person points at a frame: half a frame of 25 per second, and a lamp is seen a little late.
const BY_HAND_SECS: f64 = 0.04;

/// Furthest that a lamp in the picture and the same lamp in the log may lie apart to be taken for one another, in
/// seconds: recorders that start before the box differ by tenths of a second, another touch by more.
const SAME_TOUCH_SECS: f64 = 1.0;

/// Signals of one clip before its frames are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreparedSignals {
    /// What is known; empty when the picture has to tell.
    pub(super) signals: SignalLog,
    /// Whether the zero of the log cannot be trusted.
    pub(super) broken_time_base: Option<BreakReason>,
    /// Whether they come from an apparatus, whose clock may differ from the clip's.
    pub(super) by_apparatus: bool,
    /// What the offset of both clocks adds to every uncertainty when no lamp shows it, in seconds.
    pub(super) clocks_apart_secs: f64,
}

impl ClipSignals {
    /// The first that is given: a person's word, a log, the picture.
    pub fn of(by_hand: Option<TouchByHand>, log: Option<&Path>, hit_sides: HitSides) -> Self {
        match (by_hand, log) {
            (Some(touch), _) => Self::ByHand(touch),
            (None, Some(path)) => Self::Log { path: path.to_owned(), hit_sides },
            (None, None) => Self::Picture,
        }
    }

    /// As [`ClipSignals::of`] with the log that lies beside the clip under its name, as recordings lie.
    pub fn beside(clip: &Path, by_hand: Option<TouchByHand>, hit_sides: HitSides) -> Self {
        let log = clip.with_extension("txt");
        Self::of(by_hand, log.is_file().then_some(log.as_path()), hit_sides)
    }

    /// What a person wrote into the log: for the papers, read beside the judge, who never sees it.
    pub fn human_answer(&self) -> Option<HumanAnswer> {
        let Self::Log { path, hit_sides } = self else { return None };
        read_signal_log(path, *hit_sides).ok()?.answers.human
    }

    /// Reads what can be known without the frames.
    pub(super) fn prepare(&self) -> Result<PreparedSignals, recording::SignalLogError> {
        match self {
            Self::Picture => Ok(PreparedSignals::default()),
            Self::ByHand(touch) => Ok(PreparedSignals { signals: touch.signals(), ..PreparedSignals::default() }),
            Self::Log { path, hit_sides } => read_signal_log(path, *hit_sides).map(PreparedSignals::of_log),
            Self::Live(live) => Ok(PreparedSignals::of_live(live)),
        }
    }
}

impl PreparedSignals {
    /// The signals of a log that has been read; what people answered in it stays behind.
    pub fn of_log(parsed: ParsedSignalLog) -> Self {
        let broken_time_base = match parsed.facts.time_base {
            TimeBase::PhraseStart => None,
            TimeBase::Broken(reason) => Some(reason),
        };
        Self { signals: parsed.signals, broken_time_base, by_apparatus: true, clocks_apart_secs: 0.0 }
    }

    fn of_live(live: &LiveSignals) -> Self {
        let clocks_apart_secs = live.camera_delay_secs;
        Self { signals: live.signals.clone(), broken_time_base: None, by_apparatus: true, clocks_apart_secs }
    }

    /// The signals on the clip's clock: moved to the lamp that was seen, or to the clip's end when the log's zero is broken.
    pub fn on_clip_clock(self, seen: &SignalLog, clip_end: Timestamp) -> SignalLog {
        if !self.by_apparatus {
            return self.signals;
        }
        let by_end = self.broken_time_base.and_then(|_| aligned_to_clip_end(&self.signals, clip_end));
        let signals = by_end.unwrap_or(self.signals);
        match lamp_offset(&signals, seen) {
            Some((offset_secs, seen_secs)) => moved(&signals, offset_secs, |own_secs| own_secs.max(seen_secs)),
            None => moved(&signals, 0.0, |own_secs| own_secs + self.clocks_apart_secs),
        }
    }
}

/// Picture time minus log time of the first lamp, with the picture's uncertainty, when both show the same touch.
fn lamp_offset(logged: &SignalLog, seen: &SignalLog) -> Option<(f64, f64)> {
    let (logged, seen) = (logged.first_touch()?, seen.first_touch()?);
    let offset = seen.at.secs_since(logged.at);
    (offset.abs() <= SAME_TOUCH_SECS).then_some((offset, seen.uncertainty_secs))
}

/// The signals `offset_secs` later, their uncertainties as `uncertain` makes them.
fn moved(signals: &SignalLog, offset_secs: f64, uncertain: impl Fn(f64) -> f64) -> SignalLog {
    let mut moved = SignalLog::default();
    for event in signals.events() {
        let uncertainty_secs = uncertain(event.uncertainty_secs);
        moved.push(SignalEvent { at: event.at.plus_secs(offset_secs), uncertainty_secs, ..*event });
    }
    if let Some(lamps) = signals.final_lamps() {
        moved.set_final_lamps(lamps);
    }
    moved
}

impl TouchByHand {
    /// The same as the box would have said it.
    pub fn signals(self) -> SignalLog {
        let mut log = SignalLog::default();
        for side in Side::BOTH.into_iter().filter(|side| self.lit[*side]) {
            log.push(SignalEvent {
                at: self.at,
                uncertainty_secs: BY_HAND_SECS,
                source: SignalSource::Manual,
                kind: SignalKind::Lamp { side, lamp: Lamp::Valid },
            });
        }
        log.set_final_lamps(self.lit.map(|lit| if lit { Lamp::Valid } else { Lamp::Off }));
        log
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lamp(secs: f64, source: SignalSource) -> SignalLog {
        let mut log = SignalLog::default();
        let kind = SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid };
        log.push(SignalEvent { at: Timestamp::from_secs(secs), uncertainty_secs: 0.03, source, kind });
        log
    }

    fn from_log(signals: SignalLog) -> PreparedSignals {
        PreparedSignals { signals, by_apparatus: true, ..PreparedSignals::default() }
    }

    #[test]
    fn a_lamp_in_the_picture_corrects_the_logs_clock() {
        let moved = from_log(lamp(2.0, SignalSource::Log))
            .on_clip_clock(&lamp(2.3, SignalSource::Picture), Timestamp::from_secs(5.0));
        assert_eq!(moved.first_touch().unwrap().at, Timestamp::from_secs(2.3));
    }

    #[test]
    fn the_lamp_of_another_touch_corrects_nothing() {
        let kept = from_log(lamp(2.0, SignalSource::Log))
            .on_clip_clock(&lamp(9.0, SignalSource::Picture), Timestamp::from_secs(10.0));
        assert_eq!(kept.first_touch().unwrap().at, Timestamp::from_secs(2.0));
    }

    #[test]
    fn live_signals_are_as_uncertain_as_the_camera_is_late_until_a_lamp_is_seen() {
        let live = |seen: &SignalLog| {
            let signals = lamp(2.0, SignalSource::Apparatus);
            let live = ClipSignals::Live(LiveSignals { signals, camera_delay_secs: 0.05 });
            let placed = live.prepare().unwrap().on_clip_clock(seen, Timestamp::from_secs(5.0));
            let touch = placed.first_touch().unwrap();
            (touch.at.secs(), touch.uncertainty_secs)
        };
        assert_eq!(live(&SignalLog::default()), (2.0, 0.08));
        assert_eq!(live(&lamp(2.04, SignalSource::Picture)), (2.04, 0.03));
    }

    #[test]
    fn what_a_person_wrote_into_the_log_is_for_the_papers_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.txt");
        let log = " 0.000s | Phrase recording started\n 1.221s | HIT: Left scores on Right!\nWinner: Left\n";
        std::fs::write(&path, log).unwrap();
        let logged = ClipSignals::Log { path, hit_sides: HitSides::Auto };
        assert_eq!(logged.human_answer(), Some(HumanAnswer::Winner(Side::Left)));
        let unanswered = log.replace("Winner: Left\n", "");
        let parsed = recording::parse_signal_log(unanswered.as_bytes(), HitSides::Auto).unwrap();
        assert_eq!(logged.prepare().unwrap(), PreparedSignals::of_log(parsed), "the judge sees no answer");
        assert_eq!(ClipSignals::Picture.human_answer(), None);
    }

    #[test]
    fn no_lamp_by_hand_means_that_there_was_no_touch() {
        let by_hand = TouchByHand { lit: PerSide::new(false, false), at: Timestamp::ZERO };
        let signals = ClipSignals::ByHand(by_hand).prepare().unwrap().signals;
        assert!(!signals.is_empty() && signals.lamps() == PerSide::new(Lamp::Off, Lamp::Off));
    }
}
