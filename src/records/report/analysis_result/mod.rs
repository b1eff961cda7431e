//! `analysis_result.json`: a judgement in the keys of every generation of the reference, and our own part.

mod intervals;
mod measures;
mod own_part;
mod shape;

pub use shape::AnalysisResult;

use super::joints::joints_of;
use super::{ReportContext, words};
use fencing::time::{Timestamp, nearest_index};
use fencing::{Call, Lamp, PerSide, Side, SignalKind, SignalLog};
use intervals::{arm_extensions, lunges, pauses};
use recording::HumanAnswer;
use shape::{Artifacts, BladeDetails, Decision, Inputs, Keypoints, Metadata, Moment, Phrase};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vision::engine::Judgement;

/// Maximum number of intervals of one kind, and of blade contacts, in a result: the last ones before the end of the phrase. Keeps the
/// result of a clip of hours below 1 MiB, the limit of the reference's clients for one message.
const MAX_LISTED: usize = 300;

/// Whether the result contains the joints of every frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeypointDetail {
    /// No: the result stays below 1 MiB.
    #[default]
    Omitted,
    /// Yes, whatever the size.
    Included,
}

/// Paths of the files that exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultPaths {
    /// The input clip.
    pub input_video: Option<PathBuf>,
    /// The input signal log.
    pub input_signal: Option<PathBuf>,
    /// Folder of the artifacts.
    pub folder: Option<PathBuf>,
    /// The clip after lens correction.
    pub corrected_video: Option<PathBuf>,
    /// The workbook.
    pub workbook: Option<PathBuf>,
    /// The overlay video.
    pub overlay_video: Option<PathBuf>,
    /// The result file.
    pub result_json: Option<PathBuf>,
    /// The summary.
    pub summary: Option<PathBuf>,
    /// The page.
    pub page: Option<PathBuf>,
}

/// Contents of a result besides the judgement.
#[derive(Clone, Debug, Default)]
pub struct ResultContext {
    /// Paths of the files.
    pub paths: ResultPaths,
    /// The answer confirmed by a person in the log: copied, never used for judging.
    pub human_answer: Option<HumanAnswer>,
    /// Seconds from the first frame to the verdict.
    pub processing_secs: f64,
    /// Seconds of the whole request.
    pub wall_secs: f64,
    /// Statistics of a stream's session.
    pub streaming_stats: Option<serde_json::Value>,
    /// Whether joints are included.
    pub keypoints: KeypointDetail,
    /// For summary and page; not in the result file.
    pub report: ReportContext,
}

impl AnalysisResult {
    /// Indented JSON with a final newline. NaN and infinity become `null`.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// Finds frame numbers by time.
struct Frames<'a> {
    judgement: &'a Judgement,
    times: Vec<Timestamp>,
}

impl<'a> Frames<'a> {
    fn of(judgement: &'a Judgement) -> Self {
        Self { judgement, times: judgement.corrected_tracks.samples.iter().map(|s| s.at).collect() }
    }

    /// Source number of the analysed frame nearest to `at`.
    fn number(&self, at: Timestamp) -> Option<u64> {
        nearest_index(&self.times, at).and_then(|i| self.judgement.corrected_tracks.samples.get(i)).map(|s| s.frame.0)
    }
}

/// The result of a phrase.
pub fn analysis_result(judgement: &Judgement, context: &ResultContext) -> AnalysisResult {
    let frames = Frames::of(judgement);
    let english = words::english();
    let video_angle = measures::video_angle(&judgement.corrected_tracks);
    let scale = measures::scale(judgement);
    let winner = judgement.verdict.call.winner().map_or("none", Side::as_str);
    let paths = &context.paths;
    AnalysisResult {
        status: "success",
        winner,
        declared_winner: single_light_winner(judgement),
        reason: words::reason(&english, judgement),
        natural_language_reason: words::explanation(&english, judgement),
        processing_time_seconds: rounded(context.processing_secs),
        wall_time_seconds: rounded(context.wall_secs),
        phrase: phrase(&frames, context.human_answer),
        video_angle,
        frames_analyzed: judgement.completeness.frames_analysed,
        normalisation_constant: scale,
        left_pauses: pauses(&frames, Side::Left),
        right_pauses: pauses(&frames, Side::Right),
        left_arm_extensions: arm_extensions(&frames, Side::Left),
        right_arm_extensions: arm_extensions(&frames, Side::Right),
        lunge_detected: lunges(&frames),
        blade_analysis: blade_winner(judgement),
        blade_details: blade_details(&frames),
        speed_comparison: measures::speed_comparison(judgement),
        verdict: own_part::verdict_part(judgement),
        decision: decision(&frames, winner, words::reason(&english, judgement)),
        metadata: metadata(judgement, video_angle, scale),
        inputs: Inputs { video: text(paths.input_video.as_deref()), signal: text(paths.input_signal.as_deref()) },
        input_video: text(paths.input_video.as_deref()),
        input_signal: text(paths.input_signal.as_deref()),
        artifacts: artifacts(paths),
        artifact_dir: text(paths.folder.as_deref()),
        streaming_stats: context.streaming_stats.clone(),
        keypoints: (context.keypoints == KeypointDetail::Included).then(|| keypoints(judgement, scale)),
    }
}

/// Rounds seconds and metres to six digits, so that equal inputs give equal files on every machine; keeps NaN.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// Seconds to six digits. Times within 2 µs of zero, as aligning a log to the end of its clip leaves them, become zero.
fn secs(at: Timestamp) -> f64 {
    let secs = rounded(at.secs());
    if secs.abs() < 2e-6 { 0.0 } else { secs }
}

fn text(path: Option<&Path>) -> Option<String> {
    path.map(|p| p.to_string_lossy().into_owned())
}

/// The last `MAX_LISTED` items of a list in order of time.
fn last_listed<T>(mut all: Vec<T>) -> Vec<T> {
    let surplus = all.len().saturating_sub(MAX_LISTED);
    all.drain(..surplus);
    all
}

fn single_light_winner(judgement: &Judgement) -> Option<&'static str> {
    let lit = judgement.signals.lamps().map(|lamp| lamp == Lamp::Valid);
    (lit.left != lit.right).then(|| judgement.verdict.call.winner().map(Side::as_str))?
}

/// Time of the second light of a double; with one light the first touch, as in the reference.
fn simultaneous_hit(signals: &SignalLog) -> Option<Timestamp> {
    let valid = |side| signals.first_lit(side).filter(|(_, lamp)| *lamp == Lamp::Valid).map(|(at, _)| at);
    match (valid(Side::Left), valid(Side::Right)) {
        (Some(left), Some(right)) => Some(left.max(right)),
        _ => signals.first_touch().map(|e| e.at),
    }
}

fn phrase(frames: &Frames<'_>, human: Option<HumanAnswer>) -> Phrase {
    let signals = &frames.judgement.signals;
    let start = signals.first_time_of(SignalKind::PhraseStart).unwrap_or(Timestamp::ZERO);
    let hit = simultaneous_hit(signals);
    let contacts = signals.blade_contacts().map(|at| Moment { time: secs(at), frame: frames.number(at) });
    Phrase {
        start_time: secs(start),
        start_frame: frames.number(start),
        simultaneous_hit_time: hit.map(secs),
        simultaneous_hit_frame: hit.and_then(|at| frames.number(at)),
        blade_contacts: last_listed(contacts.collect()),
        lockout_start: signals.first_time_of(SignalKind::LockoutStart).map(secs),
        declared_winner: human.and_then(|answer| match answer {
            HumanAnswer::Winner(side) => Some(side.as_str()),
            // The reference has two winners; an abstention is no winner.
            HumanAnswer::Abstain => None,
        }),
        fps: measures::source_fps(frames.judgement),
    }
}

fn metadata(judgement: &Judgement, video_angle: Option<&'static str>, scale: Option<f64>) -> Metadata {
    Metadata {
        video_angle,
        normalisation_constant: scale,
        frames_processed: judgement.completeness.frames_analysed,
        fps: measures::source_fps(judgement),
        weapon: judgement.weapon.as_str(),
        program: "fencing-referee",
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn decision(frames: &Frames<'_>, winner: &'static str, reason: String) -> Decision {
    let judgement = frames.judgement;
    let lunged = lunges(frames);
    Decision {
        winner,
        reason,
        left_pauses: pauses(frames, Side::Left),
        right_pauses: pauses(frames, Side::Right),
        blade_analysis: blade_winner(judgement).unwrap_or("none"),
        blade_details: blade_details(frames),
        speed_comparison: measures::speed_comparison(judgement),
        lunge_detected: BTreeMap::from([("left", !lunged.left.is_empty()), ("right", !lunged.right.is_empty())]),
    }
}

/// The side that a blade contact decided for.
fn blade_winner(judgement: &Judgement) -> Option<&'static str> {
    let by_blade = judgement.verdict.reason_code.starts_with("blade_");
    judgement.verdict.call.winner().filter(|_| by_blade).map(Side::as_str)
}

/// The last blade contact up to the touch.
fn blade_details(frames: &Frames<'_>) -> Option<BladeDetails> {
    let touch = frames.judgement.signals.first_touch().map(|e| e.at);
    let before = |at: Timestamp| touch.is_none_or(|touch| at <= touch);
    let contact = frames.judgement.timeline.blade_contacts.iter().rfind(|c| before(c.at))?;
    let features = |side| {
        BTreeMap::from([("initiated", contact.by == Some(side)), ("answered", contact.answered_by == Some(side))])
    };
    Some(BladeDetails {
        contact_frame: frames.number(contact.at),
        left_features: features(Side::Left),
        right_features: features(Side::Right),
        logistic_available: false,
        rationale: if matches!(frames.judgement.verdict.call, Call::Touch(_))
            && blade_winner(frames.judgement).is_some()
        {
            "the last blade contact before the touch decided"
        } else {
            "the last blade contact before the touch did not decide"
        },
    })
}

fn artifacts(paths: &ResultPaths) -> Artifacts {
    let analysis_video = paths.corrected_video.as_ref().or(paths.input_video.as_ref());
    Artifacts {
        original_video: text(paths.input_video.as_deref()),
        corrected_video: text(paths.corrected_video.as_deref()),
        analysis_video: text(analysis_video.map(PathBuf::as_path)),
        excel: text(paths.workbook.as_deref()),
        overlay_video: text(paths.overlay_video.as_deref()),
        video: text(paths.input_video.as_deref()),
        signal: text(paths.input_signal.as_deref()),
        result_json: text(paths.result_json.as_deref()),
        summary: text(paths.summary.as_deref()),
        report: text(paths.page.as_deref()),
    }
}

fn keypoints(judgement: &Judgement, scale: Option<f64>) -> Keypoints {
    let samples = &judgement.corrected_tracks.samples;
    let unit = scale.unwrap_or(1.0);
    let digits = |v: f32| ((f64::from(v) / unit * 1e4).round() / 1e4) as f32;
    let by_side = |side| -> (Vec<_>, Vec<_>) {
        let rows = samples.iter().map(|sample| joints_of(sample, side));
        rows.map(|r| (r.map(|p| p.map(|p| digits(p.x))).to_vec(), r.map(|p| p.map(|p| digits(p.y))).to_vec())).unzip()
    };
    let sides = PerSide::from_fn(by_side);
    Keypoints {
        unit: if scale.is_some() { "metres" } else { "pixels" },
        times: samples.iter().map(|s| secs(s.at)).collect(),
        left_x: sides.left.0,
        left_y: sides.left.1,
        right_x: sides.right.0,
        right_y: sides.right.1,
    }
}
