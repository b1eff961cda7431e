//! State of the live screen: the piste, the current or last phrase, and the referee's call.

use super::{ApparatusKind, Sheet};
use crate::command::{LivePart, OwnCall};
use fencing::time::Timestamp;
use fencing::{Call, Lamp, PerSide, Side, Weapon};
use piste::{JudgeEvent, Phase, RecordedPhrase, Status};
use recording::PhraseNotes;
use std::cmp::Ordering;
use std::sync::Arc;
use vision::engine::FrameObservation;
use vision::tracking::Tracks;

/// Length of the fencers' trail and of the running timeline, in seconds.
pub const TRAIL_SECS: f64 = 20.0;

/// Parts of the live overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own on the screen, none a hidden state")]
pub struct LiveShown {
    /// Skeletons and tags.
    pub skeletons: bool,
    /// The paths of both fencers.
    pub tracks: bool,
    /// The line of the piste.
    pub piste_line: bool,
    /// The lamps.
    pub lamps: bool,
    /// Verdict banner.
    pub verdict: bool,
}

impl Default for LiveShown {
    fn default() -> Self {
        Self { skeletons: true, tracks: false, piste_line: true, lamps: false, verdict: true }
    }
}

impl LiveShown {
    /// Toggles a part.
    pub fn toggle(&mut self, part: LivePart) {
        let place = match part {
            LivePart::Skeletons => &mut self.skeletons,
            LivePart::Tracks => &mut self.tracks,
            LivePart::PisteLine => &mut self.piste_line,
            LivePart::Lamps => &mut self.lamps,
        };
        *place = !*place;
    }
}

/// The current or last phrase.
#[derive(Clone, Debug, Default)]
pub struct LivePhrase {
    /// Start on the host clock.
    pub began: Timestamp,
    /// Times of the lamps on the host clock.
    pub lit: PerSide<Option<(Timestamp, Lamp)>>,
    /// The recording.
    pub recorded: Option<Arc<RecordedPhrase>>,
    /// The verdict.
    pub ruling: Option<Arc<JudgeEvent>>,
    /// The referee's call.
    pub own_call: Option<Call>,
    /// Whether it was made before the machine's call was displayed.
    pub own_call_first: bool,
    /// Whether the machine's call was displayed.
    pub seen: bool,
    /// The call that was spoken, or that is not to be spoken any more.
    pub spoken: Option<Call>,
    /// The bout at the start of the phrase.
    pub sheet: Sheet,
    /// Number of the phrase in its bout; `None` before it is recorded.
    pub number: Option<u32>,
}

impl LivePhrase {
    /// The notes of the phrase; `clock_secs` is the bout's clock at its end.
    pub fn notes(&self, weapon: Weapon) -> PhraseNotes {
        let named = |text: &String| (!text.is_empty()).then(|| text.clone());
        let verdict = self.ruling.as_deref();
        PhraseNotes {
            weapon: Some(weapon.as_str().to_owned()),
            bout: named(&self.sheet.title),
            number: self.number,
            left: named(&self.sheet.names.left),
            right: named(&self.sheet.names.right),
            score: Some((self.sheet.score.left, self.sheet.score.right)),
            period: Some(self.sheet.period),
            clock_secs: Some(self.sheet.clock_secs),
            own_call: self.own_call.map(|call| call.as_str().to_owned()),
            own_call_first: self.own_call_first,
            machine_call: verdict.and_then(JudgeEvent::call).map(|call| call.as_str().to_owned()),
            machine_confidence: verdict.and_then(JudgeEvent::confidence),
            rule: verdict.and_then(|v| v.own_judgement()).map(|j| j.verdict.rule.0.to_owned()),
            ..PhraseNotes::default()
        }
    }
}

/// Age of the latest observation above which the analysis counts as lagging, in seconds: ten times the frame distance while nobody moves.
const BEHIND_SECS: f64 = 1.0;

/// Available devices, as far as they were listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// Cameras: name and formats.
    pub cameras: Vec<CameraOffer>,
    /// Serial ports: path and description.
    pub ports: Vec<(String, String)>,
    /// Microphones.
    pub microphones: Vec<String>,
    /// Loudspeakers.
    pub loudspeakers: Vec<String>,
    /// Whether the devices are being listed.
    pub searching: bool,
    /// Whether they were listed before.
    pub searched: bool,
    /// Result of the search for a box.
    pub box_found: Trial,
    /// Result of the server test.
    pub server_tried: Trial,
    /// Result of the voice test.
    pub voice_tried: Trial,
}

/// An available camera.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameraOffer {
    /// Name for choosing it.
    pub name: String,
    /// Formats, spelled as in the settings, best first.
    pub formats: Vec<String>,
}

/// State of a test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trial {
    /// Not started.
    #[default]
    Untried,
    /// Running.
    Running,
    /// Successful; a description.
    Works(String),
    /// Failed; a finished sentence with the remedy.
    Fails(String),
}

/// Whether the window may close.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    /// Closing was not requested.
    #[default]
    Open,
    /// Requested while a phrase is being recorded: the referee decides.
    Asking,
    /// The phrase is being saved; then the window closes.
    Saving,
    /// Saving failed: the referee decides again.
    NotSaved,
    /// The window closes.
    Leaving,
}

/// Meaning of the big button.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Offer {
    /// No camera is chosen.
    ChooseCamera,
    /// Start a phrase.
    Start,
    /// A phrase is running, since this many seconds.
    Recording(f64),
    /// The last frames are being recorded.
    Ending,
    /// Stage and progress of the judging.
    Judging(&'static str, f32),
    /// Start the next phrase.
    Next,
}

/// State of the piste in one sentence; the most serious first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// Neither camera nor box is chosen.
    Unused,
    /// The camera sends nothing, since this many seconds if known: the next touch would be lost.
    CameraLost(Option<f64>),
    /// Recordings cannot be written: the next touch would be lost once the memory is full.
    NotOnDisk,
    /// Nothing understandable comes from the scoring box: its lights would be lost.
    BoxSilent,
    /// The phrase could not be judged; it is on disk.
    NotJudged,
    /// A phrase is being recorded, since this many seconds.
    Recording(f64),
    /// The last phrase is being judged.
    Judging,
    /// Everything is fine.
    Ready,
}

impl Condition {
    /// Whether the next touch would be lost.
    pub const fn loses_touches(self) -> bool {
        matches!(self, Self::CameraLost(_) | Self::NotOnDisk | Self::BoxSilent)
    }
}

/// Age above which a frame does not count as live, in seconds.
const STALE_SECS: f64 = 1.0;
/// Silence after which a box may be unplugged, in seconds; all boxes repeat their state faster.
pub const BOX_SILENT_SECS: f64 = 3.0;

/// State of the live screen.
#[derive(Clone, Debug, Default)]
pub struct PisteModel {
    /// State of camera, apparatus, recorder and judge.
    pub status: Status,
    /// Current time on the host clock.
    pub now: Timestamp,
    /// Visible parts of the overlay.
    pub shown: LiveShown,
    /// Positions of both fencers in the last seconds, on the host clock.
    pub trail: Tracks,
    /// The phrase.
    pub phrase: Option<LivePhrase>,
    /// Available devices.
    pub devices: Devices,
    /// Whether the window may close.
    pub closing: Closing,
    /// End of the buzzer on the window's clock; `None` while it is silent.
    pub hush_at_secs: Option<f64>,
}

impl PisteModel {
    /// Current meaning of the big button.
    pub fn offer(&self, camera_chosen: bool) -> Offer {
        match &self.status.phase {
            Phase::Recording { since } => Offer::Recording(self.now.secs_since(*since).max(0.0)),
            Phase::Ending => Offer::Ending,
            Phase::Judging { stage, share } => Offer::Judging(stage, *share),
            _ if !camera_chosen => Offer::ChooseCamera,
            Phase::Ready => Offer::Start,
            Phase::Judged(_) | Phase::Failed { .. } => Offer::Next,
        }
    }

    /// Whether a phrase is being recorded, including its last frames.
    pub fn recording(&self) -> bool {
        matches!(self.status.phase, Phase::Recording { .. } | Phase::Ending)
    }

    /// State of the piste.
    pub fn condition(&self, camera_chosen: bool, apparatus: ApparatusKind) -> Condition {
        let uses_box = apparatus == ApparatusKind::Box;
        let camera = &self.status.camera;
        let stale = camera.age_secs.filter(|age| *age > STALE_SECS);
        if camera_chosen && (camera.trouble.is_some() || stale.is_some()) {
            return Condition::CameraLost(stale);
        }
        if (camera_chosen || self.recording()) && self.status.recorder.trouble.is_some() {
            return Condition::NotOnDisk;
        }
        if uses_box && !self.box_is_heard() {
            return Condition::BoxSilent;
        }
        match &self.status.phase {
            Phase::Failed { .. } => Condition::NotJudged,
            Phase::Recording { since } => Condition::Recording(self.now.secs_since(*since).max(0.0)),
            Phase::Ending => Condition::Recording(0.0),
            Phase::Judging { .. } => Condition::Judging,
            _ if camera_chosen || uses_box => Condition::Ready,
            _ => Condition::Unused,
        }
    }

    /// Whether a box has sent messages in a known, not guessed, protocol within the last seconds.
    pub fn box_is_heard(&self) -> bool {
        let state = &self.status.apparatus;
        let fresh = state.age_secs(self.now).is_some_and(|age| age < BOX_SILENT_SECS);
        fresh && state.is_understood()
    }

    /// The verdict if it may be displayed: it exists, is not hidden, and in blind mode the referee has called.
    pub fn visible_ruling(&self, blind_mode: bool) -> Option<&Arc<JudgeEvent>> {
        self.allowed_ruling(blind_mode).filter(|_| self.shown.verdict)
    }

    /// The verdict if it may be known: in blind mode the referee has called.
    pub fn allowed_ruling(&self, blind_mode: bool) -> Option<&Arc<JudgeEvent>> {
        let phrase = self.phrase.as_ref().filter(|phrase| !blind_mode || phrase.own_call.is_some())?;
        phrase.ruling.as_ref()
    }

    /// Whether the machine's call is hidden until the referee's.
    pub fn waits_for_own_call(&self, blind_mode: bool) -> bool {
        blind_mode && self.phrase.as_ref().is_some_and(|p| p.ruling.is_some() && p.own_call.is_none())
    }

    /// Stores the referee's call; false when there is no phrase for it.
    pub fn call(&mut self, call: OwnCall, weapon: Weapon) -> bool {
        let Some(phrase) = &mut self.phrase else { return false };
        phrase.own_call = Some(call.call(weapon));
        phrase.own_call_first = !phrase.seen;
        true
    }

    /// Stores the state of the piste, and notes when lamps are lit.
    pub fn stand(&mut self, status: Status, now: Timestamp) {
        if let Some(phrase) = &mut self.phrase {
            for side in Side::BOTH {
                let lamp = status.lamps[side];
                if lamp == Lamp::Off {
                    phrase.lit[side] = None;
                } else if phrase.lit[side].is_none_or(|(_, before)| before != lamp) {
                    phrase.lit[side] = Some((now, lamp));
                }
            }
        }
        (self.status, self.now) = (status, now);
    }

    /// Adds an observation and removes old ones.
    pub fn see(&mut self, observation: FrameObservation) {
        let samples = &mut self.trail.samples;
        match samples.last().map(|last| last.at.cmp(&observation.sample.at)) {
            Some(Ordering::Equal) => return,
            Some(Ordering::Greater) => samples.clear(),
            Some(Ordering::Less) | None => {}
        }
        self.trail.frame_size = observation.frame_size;
        let samples = &mut self.trail.samples;
        samples.push(observation.sample);
        let oldest = observation.sample.at.plus_secs(-TRAIL_SECS);
        // Removed in large steps, so that most frames move nothing.
        if samples.first().is_some_and(|s| s.at < oldest.plus_secs(-TRAIL_SECS)) {
            samples.retain(|s| s.at >= oldest);
        }
    }

    /// End of the trail: now while the analyzer runs, otherwise the last observation.
    pub fn trail_end(&self) -> Timestamp {
        let last = self.trail.samples.last().map_or(self.now, |sample| sample.at);
        if self.recording() || self.sees(1.0) { self.now } else { last }
    }

    /// Whether the latest observation is at most `secs` old: false when the analyzer is closed or lags.
    pub fn sees(&self, secs: f64) -> bool {
        self.trail.samples.last().is_some_and(|last| self.now.secs_since(last.at) <= secs)
    }

    /// Whether the analysis lags behind the live picture: then no skeletons are drawn, and the referee should know why.
    pub fn looks_behind(&self) -> bool {
        let camera = &self.status.camera;
        let runs = camera.measured_fps > 0.0 && camera.trouble.is_none();
        runs && !self.trail.samples.is_empty() && !self.sees(BEHIND_SECS)
    }

    /// Notes that the verdict was displayed.
    pub fn mark_seen(&mut self, blind_mode: bool) {
        let visible = self.visible_ruling(blind_mode).is_some();
        if let Some(phrase) = &mut self.phrase {
            phrase.seen |= visible;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::geometry::ImagePoint;
    use fencing::time::FrameIndex;
    use vision::tracking::TrackSample;

    #[test]
    fn the_analysis_lags_only_while_frames_arrive_and_it_has_run() {
        let mut piste = PisteModel { now: Timestamp::from_secs(10.0), ..PisteModel::default() };
        assert!(!piste.looks_behind(), "no camera");
        piste.status.camera.measured_fps = 60.0;
        assert!(!piste.looks_behind(), "the engine is being loaded");
        let seen = |secs| TrackSample {
            at: Timestamp::from_secs(secs),
            frame: FrameIndex(0),
            poses: PerSide::default(),
            camera_shift: ImagePoint::new(0.0, 0.0),
        };
        piste.trail.samples = vec![seen(8.5)];
        assert!(piste.looks_behind());
        piste.status.camera.trouble = Some("unplugged".into());
        assert!(!piste.looks_behind(), "the camera's trouble is told instead");
        piste.status.camera.trouble = None;
        piste.trail.samples = vec![seen(9.9)];
        assert!(!piste.looks_behind());
    }
}
