//! The result of the engine, the same type for a live phrase, a clip and a stream. Plain data, public fields, no serde.

use crate::tracking::Tracks;
use fencing::actions::Timeline;
use fencing::right_of_way::{RuleId, Verdict};
use fencing::{Call, Confidence, PerSide, Probabilities, SignalLog, Weapon};

/// How much of the phrase was observed. Partial failure is data: it lowers these numbers, it does not stop the phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Completeness {
    /// Frames received.
    pub frames_received: u64,
    /// Frames analysed.
    pub frames_analysed: u64,
    /// Share of the analysed frames up to the touch in which each fencer was detected, 0..1.
    pub seen: PerSide<f32>,
    /// Longest span without a frame up to the touch, in seconds.
    pub longest_gap_secs: f64,
    /// Median distance between analysed frames in seconds; 0 with fewer than two.
    pub frame_interval_secs: f64,
}

/// A warning about a verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Caution {
    /// Message key (`one_fencer`, `no_fencers`, `shot_change`, `frames_dropped`, `clock_mismatch`, ...).
    pub key: &'static str,
    /// Its number, if any, in the unit that the key implies.
    pub value: Option<f64>,
}

/// The judgement of one phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The weapon.
    pub weapon: Weapon,
    /// The call and its reasons.
    pub verdict: Verdict,
    /// What both fencers did.
    pub timeline: Timeline,
    /// Detected fencers, one sample per analysed frame, joints in pixels of the raw frame: for the overlay.
    pub tracks: Tracks,
    /// The same after lens correction: the input of the judge and the content of the workbook.
    pub corrected_tracks: Tracks,
    /// Pixels per metre (a quarter of the start distance of the front feet); `None` when it could not be measured.
    pub pixels_per_metre: Option<f32>,
    /// The signals used.
    pub signals: SignalLog,
    /// How much was observed.
    pub completeness: Completeness,
    /// Warnings.
    pub cautions: Vec<Caution>,
}

impl Judgement {
    /// A call made by another system, without reasons and frames; every outcome is equally probable.
    pub fn of_call(weapon: Weapon, call: Call, confidence: Confidence, signals: SignalLog) -> Self {
        Self {
            weapon,
            verdict: Verdict {
                call,
                rule: RuleId("elsewhere"),
                article: "",
                reason_code: "",
                confidence,
                probabilities: Probabilities::EVEN,
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

    /// A touch for the left fencer without any observed frame, for tests.
    #[doc(hidden)]
    pub fn without_frames() -> Self {
        let call = Call::Touch(fencing::Side::Left);
        let mut judgement = Self::of_call(Weapon::Sabre, call, Confidence(0.9), SignalLog::default());
        judgement.verdict.rule = RuleId("A1");
        judgement.verdict.article = "t.106.1";
        judgement.verdict.reason_code = "single_light";
        judgement.verdict.probabilities = Probabilities { left: 0.8, right: 0.1, none: 0.1 };
        judgement
    }
}
