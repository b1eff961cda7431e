//! Source of a clip's signals: a log, a person, the video, or the recording itself.

use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource};
use recording::signal_log_txt::TimeBase;
use recording::{HitSides, HumanAnswer, ParsedSignalLog, SignalLogError, parse_signal_log, read_signal_log};
use std::path::{Path, PathBuf};
use vision::engine::{PhraseSignals, SignalClock};

/// Lamps and time of a touch given by a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TouchByHand {
    /// Lit lamps; both dark when there was no touch.
    pub lit: PerSide<bool>,
    /// Time of the first lamp on the clip's clock.
    pub at: Timestamp,
}

/// Uncertainty of a touch given by a person, in seconds: half a frame at 25 fps plus the delay until a lamp is visible.
const BY_HAND_SECS: f64 = 0.04;

/// Source of a clip's signals.
#[derive(Clone, Debug, PartialEq)]
pub enum ClipSignals {
    /// A log of the scoring box.
    Log {
        /// The file.
        path: PathBuf,
        /// How the log names sides.
        hit_sides: HitSides,
    },
    /// A person.
    ByHand(TouchByHand),
    /// Lamps in the video.
    Picture,
    /// Given directly: received during recording, or read from a log that came with the clip.
    Given(PhraseSignals),
}

/// Contents of a signal log: what the judge may use, separate from a person's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoggedSignals {
    /// Input of the judge.
    pub signals: PhraseSignals,
    /// The answer confirmed by a person; only for artifacts, never for the judge.
    pub human_answer: Option<HumanAnswer>,
}

impl LoggedSignals {
    /// Parses a log received over the network. An empty one is no error: the lamps may be in the video, or there was no touch.
    pub fn parse(bytes: &[u8], hit_sides: HitSides) -> Result<Self, SignalLogError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        Ok(parse_signal_log(bytes, hit_sides)?.into())
    }

    /// Reads a log file.
    pub fn read(path: &Path, hit_sides: HitSides) -> Result<Self, SignalLogError> {
        Ok(read_signal_log(path, hit_sides)?.into())
    }
}

impl From<ParsedSignalLog> for LoggedSignals {
    fn from(parsed: ParsedSignalLog) -> Self {
        let clock = match parsed.facts.time_base {
            TimeBase::PhraseStart => SignalClock::Apparatus { offset_uncertainty_secs: 0.0 },
            TimeBase::Broken(_) => SignalClock::UnknownZero,
        };
        Self { signals: PhraseSignals::new(parsed.signals, clock), human_answer: parsed.answers.human }
    }
}

impl ClipSignals {
    /// The first that is given: a touch by hand, a log, the video.
    pub fn of(by_hand: Option<TouchByHand>, log: Option<&Path>, hit_sides: HitSides) -> Self {
        match (by_hand, log) {
            (Some(touch), _) => Self::ByHand(touch),
            (None, Some(path)) => Self::Log { path: path.to_owned(), hit_sides },
            (None, None) => Self::Picture,
        }
    }

    /// As [`ClipSignals::of`], with the log beside the clip that has its name, as in recordings.
    pub fn beside(clip: &Path, by_hand: Option<TouchByHand>, hit_sides: HitSides) -> Self {
        let log = clip.with_extension("txt");
        Self::of(by_hand, log.is_file().then_some(log.as_path()), hit_sides)
    }

    /// The answer that a person confirmed in the log; only for artifacts.
    pub fn human_answer(&self) -> Option<HumanAnswer> {
        let Self::Log { path, hit_sides } = self else { return None };
        LoggedSignals::read(path, *hit_sides).ok()?.human_answer
    }

    /// Reads the signals that do not depend on the frames.
    pub(super) fn prepare(&self) -> Result<PhraseSignals, SignalLogError> {
        match self {
            Self::Picture => Ok(PhraseSignals::default()),
            Self::ByHand(touch) => Ok(PhraseSignals::on_frame_clock(touch.signals())),
            Self::Log { path, hit_sides } => LoggedSignals::read(path, *hit_sides).map(|logged| logged.signals),
            Self::Given(signals) => Ok(signals.clone()),
        }
    }
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

    #[test]
    fn what_a_person_wrote_into_the_log_is_for_the_artifacts_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.txt");
        let log = " 0.000s | Phrase recording started\n 1.221s | HIT: Left scores on Right!\nWinner: Left\n";
        std::fs::write(&path, log).unwrap();
        let logged = ClipSignals::Log { path, hit_sides: HitSides::Auto };
        assert_eq!(logged.human_answer(), Some(HumanAnswer::Winner(Side::Left)));
        let unanswered = LoggedSignals::parse(log.replace("Winner: Left\n", "").as_bytes(), HitSides::Auto).unwrap();
        assert_eq!(unanswered.human_answer, None);
        assert!(unanswered.signals.log().first_touch().is_some());
        assert_eq!(logged.prepare().unwrap(), unanswered.signals, "the judge sees no answer");
        assert_eq!(ClipSignals::Picture.human_answer(), None);
    }

    #[test]
    fn an_empty_log_from_the_network_is_no_error_and_garbage_is() {
        assert_eq!(LoggedSignals::parse(b" \r\n", HitSides::Auto).unwrap(), LoggedSignals::default());
        assert!(LoggedSignals::parse(b"hello", HitSides::Auto).is_err());
        assert!(LoggedSignals::parse(&[0, 1, 2], HitSides::Auto).is_err());
    }

    #[test]
    fn a_log_whose_zero_is_not_the_phrases_says_so() {
        let log = b" 1.221s | HIT: Left scores on Right!\n 1.300s | Phrase recording ended\n";
        let logged = LoggedSignals::parse(log, HitSides::Auto).unwrap();
        assert_eq!(logged.signals.clock(), SignalClock::UnknownZero);
    }

    #[test]
    fn no_lamp_by_hand_means_that_there_was_no_touch() {
        let by_hand = TouchByHand { lit: PerSide::new(false, false), at: Timestamp::ZERO };
        let signals = ClipSignals::ByHand(by_hand).prepare().unwrap();
        assert!(!signals.log().is_empty() && signals.log().lamps() == PerSide::new(Lamp::Off, Lamp::Off));
    }
}
