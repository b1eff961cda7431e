//! The keys of `analysis_result.json` in the order in which they are written; nothing is computed here.
//!
//! Contains three generations of the reference's keys: the first two at the top level, the third nested under `decision`, `artifacts`
//! and `metadata`. Our own part is `verdict`.

use serde::Serialize;
use std::collections::BTreeMap;

/// The result of one phrase.
#[derive(Clone, Debug, Serialize)]
pub struct AnalysisResult {
    pub(super) status: &'static str,
    /// `left`, `right` or `none`.
    pub winner: &'static str,
    pub(super) declared_winner: Option<&'static str>,
    pub(super) reason: String,
    pub(super) natural_language_reason: String,
    pub(super) processing_time_seconds: f64,
    /// Time of the whole request so far; a server may update it when it answers.
    pub wall_time_seconds: f64,
    pub(super) phrase: Phrase,
    pub(super) video_angle: Option<&'static str>,
    pub(super) frames_analyzed: u64,
    pub(super) normalisation_constant: Option<f64>,
    pub(super) left_pauses: Vec<Pause>,
    pub(super) right_pauses: Vec<Pause>,
    pub(super) left_arm_extensions: Vec<ArmExtension>,
    pub(super) right_arm_extensions: Vec<ArmExtension>,
    pub(super) lunge_detected: Lunges,
    pub(super) blade_analysis: Option<&'static str>,
    pub(super) blade_details: Option<BladeDetails>,
    pub(super) speed_comparison: Option<SpeedComparison>,
    pub(super) verdict: VerdictPart,
    pub(super) decision: Decision,
    pub(super) metadata: Metadata,
    pub(super) inputs: Inputs,
    pub(super) input_video: Option<String>,
    pub(super) input_signal: Option<String>,
    pub(super) artifacts: Artifacts,
    pub(super) artifact_dir: Option<String>,
    /// Statistics of a stream's session; absent for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub streaming_stats: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) keypoints: Option<Keypoints>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Phrase {
    pub(super) start_time: f64,
    pub(super) start_frame: Option<u64>,
    pub(super) simultaneous_hit_time: Option<f64>,
    pub(super) simultaneous_hit_frame: Option<u64>,
    pub(super) blade_contacts: Vec<Moment>,
    pub(super) lockout_start: Option<f64>,
    pub(super) declared_winner: Option<&'static str>,
    /// Of the source; the number of analysed frames is under `verdict.completeness`.
    pub(super) fps: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Moment {
    pub(super) time: f64,
    pub(super) frame: Option<u64>,
}

/// A time span in frames and seconds.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Stretch {
    pub(super) start_frame: Option<u64>,
    pub(super) end_frame: Option<u64>,
    pub(super) start_time: f64,
    pub(super) end_time: f64,
    pub(super) duration: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Pause {
    #[serde(flatten)]
    pub(super) stretch: Stretch,
    pub(super) is_retreat: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ArmExtension {
    #[serde(flatten)]
    pub(super) stretch: Stretch,
    pub(super) avg_distance: Option<f64>,
    pub(super) avg_angle: Option<f64>,
    pub(super) effective_start_frame: Option<u64>,
    pub(super) effective_start_time: f64,
    pub(super) near_hit: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Lunges {
    pub(super) left: Vec<Stretch>,
    pub(super) right: Vec<Stretch>,
    pub(super) latest: Option<SidedStretch>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct SidedStretch {
    pub(super) side: &'static str,
    #[serde(flatten)]
    pub(super) stretch: Stretch,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct BladeDetails {
    pub(super) contact_frame: Option<u64>,
    pub(super) left_features: BTreeMap<&'static str, bool>,
    pub(super) right_features: BTreeMap<&'static str, bool>,
    pub(super) logistic_available: bool,
    pub(super) rationale: &'static str,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct SpeedComparison {
    pub(super) left_speed: f64,
    pub(super) left_accel: f64,
    pub(super) right_speed: f64,
    pub(super) right_accel: f64,
}

/// The third generation's nested decision.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Decision {
    pub(super) winner: &'static str,
    pub(super) reason: String,
    pub(super) left_pauses: Vec<Pause>,
    pub(super) right_pauses: Vec<Pause>,
    pub(super) blade_analysis: &'static str,
    pub(super) blade_details: Option<BladeDetails>,
    pub(super) speed_comparison: Option<SpeedComparison>,
    pub(super) lunge_detected: BTreeMap<&'static str, bool>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Metadata {
    pub(super) video_angle: Option<&'static str>,
    pub(super) normalisation_constant: Option<f64>,
    pub(super) frames_processed: u64,
    pub(super) fps: Option<f64>,
    pub(super) weapon: &'static str,
    pub(super) program: &'static str,
    pub(super) version: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Inputs {
    pub(super) video: Option<String>,
    pub(super) signal: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Artifacts {
    pub(super) original_video: Option<String>,
    pub(super) corrected_video: Option<String>,
    pub(super) analysis_video: Option<String>,
    pub(super) excel: Option<String>,
    pub(super) overlay_video: Option<String>,
    pub(super) video: Option<String>,
    pub(super) signal: Option<String>,
    pub(super) result_json: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) report: Option<String>,
}

/// Our own part: the call and its basis.
#[derive(Clone, Debug, Serialize)]
pub(super) struct VerdictPart {
    pub(super) call: &'static str,
    pub(super) side: Option<&'static str>,
    pub(super) rule: &'static str,
    pub(super) article: &'static str,
    pub(super) reason_code: &'static str,
    pub(super) confidence: f64,
    pub(super) confidence_word: &'static str,
    pub(super) p_left: f64,
    pub(super) p_right: f64,
    pub(super) p_none: f64,
    pub(super) margin_side: Option<&'static str>,
    pub(super) margin_ms: Option<f64>,
    pub(super) margin_uncertainty_ms: Option<f64>,
    pub(super) lamps: Lamps,
    pub(super) facts: Vec<FactPart>,
    pub(super) missing: Vec<&'static str>,
    pub(super) cautions: Vec<CautionPart>,
    pub(super) completeness: CompletenessPart,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Lamps {
    pub(super) left: &'static str,
    pub(super) right: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct FactPart {
    pub(super) key: &'static str,
    pub(super) side: Option<&'static str>,
    pub(super) truth: &'static str,
    pub(super) start_time: Option<f64>,
    pub(super) end_time: Option<f64>,
    pub(super) confidence: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct CautionPart {
    pub(super) key: &'static str,
    pub(super) value: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct CompletenessPart {
    pub(super) frames_received: u64,
    pub(super) frames_analysed: u64,
    pub(super) seen_left: f64,
    pub(super) seen_right: f64,
    pub(super) longest_gap_seconds: f64,
    pub(super) frame_interval_seconds: f64,
}

/// Rows by frame, columns by joint; order and unit as in the workbook.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Keypoints {
    pub(super) unit: &'static str,
    pub(super) times: Vec<f64>,
    pub(super) left_x: Vec<Vec<Option<f32>>>,
    pub(super) left_y: Vec<Vec<Option<f32>>>,
    pub(super) right_x: Vec<Vec<Option<f32>>>,
    pub(super) right_y: Vec<Vec<Option<f32>>>,
}
