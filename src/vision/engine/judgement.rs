//! The one result of the engine, identical for a live phrase, a clip and a socket. Plain data, public fields, no serde.

use crate::tracking::Tracks;
use fencing::actions::Timeline;
use fencing::right_of_way::{RuleId, Verdict};
use fencing::{Call, Confidence, PerSide, Probabilities, SignalLog, Weapon};

/// How much of the phrase the judge really saw. Partial failure is data: it lowers these numbers, it does not stop the phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Completeness {
    /// Frames that were handed in.
    pub frames_received: u64,
    /// Frames that were analysed.
    pub frames_analysed: u64,
    /// Share of the analysed frames up to the touch in which each fencer was seen, 0..1.
    pub seen: PerSide<f32>,
    /// Longest stretch without a frame up to the touch, in seconds.
    pub longest_gap_secs: f64,
    /// Median distance between analysed frames in seconds; 0 with fewer than two.
    pub frame_interval_secs: f64,
}

/// Something the user should know about a verdict, though the phrase was judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Caution {
    /// What, as a message key (`one_fencer`, `no_fencers`, `shot_change`, `frames_dropped`, `clock_mismatch`, ...).
    pub key: &'static str,
    /// Its number where it has one, in the unit that the key implies.
    pub value: Option<f64>,
}

/// What came out of one phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The weapon that was judged.
    pub weapon: Weapon,
    /// The call and its reasons.
    pub verdict: Verdict,
    /// What both fencers did.
    pub timeline: Timeline,
    /// Where they were seen, one sample per analysed frame, joints in pixels of the picture as it was taken: for the overlay.
    pub tracks: Tracks,
    /// The same after lens correction: what was judged, and what the workbook holds.
    pub corrected_tracks: Tracks,
    /// Pixels per metre (a quarter of the start distance of the front feet); `None` when it could not be measured.
    pub pixels_per_metre: Option<f32>,
    /// The signals that were used.
    pub signals: SignalLog,
    /// How much was seen.
    pub completeness: Completeness,
    /// What to take with care.
    pub cautions: Vec<Caution>,
}

impl Judgement {
    /// A call that was made elsewhere, of which no reasons and no frames are known; every outcome is as likely as the other.
    pub fn of_call(weapon: Weapon, call: Call, confidence: Confidence, signals: SignalLog) -> Self {
        let third = 1.0 / 3.0;
        Self {
            weapon,
            verdict: Verdict {
                call,
                rule: RuleId("elsewhere"),
                article: "",
                reason_code: "",
                confidence,
                probabilities: Probabilities { left: third, right: third, none: third },
                margin: None,
                facts: Vec::new(),
                missing: Vec::new(),
            },
            timeline: Timeline::default(),
            tracks: Tracks::default(),
            corrected_tracks: Tracks::default(),
            pixels_per_metre: None,
            signals,
            completeness: Completeness::default(),
            cautions: Vec::new(),
        }
    }

    /// A touch for the left fencer without a single observed frame: a value for the tests of whatever passes judgements on.
    #[doc(hidden)]
    pub fn of_nothing_seen() -> Self {
        let call = Call::Touch(fencing::Side::Left);
        let mut judgement = Self::of_call(Weapon::Sabre, call, Confidence(0.9), SignalLog::default());
        judgement.verdict.rule = RuleId("A1");
        judgement.verdict.article = "t.106.1";
        judgement.verdict.reason_code = "single_light";
        judgement.verdict.probabilities = Probabilities { left: 0.8, right: 0.1, none: 0.1 };
        judgement
    }
}
