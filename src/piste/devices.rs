//! The devices and workers of a session: opened together, and opened again where settings change.

use super::artifacts::ArtifactWriter;
use super::camera_set::CameraSet;
use super::engine_loading::{EngineCell, RetryPause};
use super::handle::{Channels, EngineSource};
use super::live_analyzer::{LiveAnalyzer, LiveAnalyzerSettings};
use super::recording_control::RecordingControl;
use super::recording_judge::RecordingJudge;
use super::signal_sources::Sources;
use super::state_machine::{MAX_PHRASE_SECS, UNSTARTED_SECS};
use super::{JudgedBy, PisteSettings};
use crossbeam_channel::Sender;
use std::sync::Arc;

/// Longest delay of a box's start signal, in seconds.
const LATE_BOX_SECS: f64 = 2.0;

/// The workers that open no device.
pub(super) struct Workers {
    engine: EngineCell,
    recording_judge: RecordingJudge,
    artifacts: ArtifactWriter,
}

impl Workers {
    /// Starts their threads and the loading of the engine. What goes wrong with artifacts later is sent to `problems`.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub(super) fn start(engine: EngineSource, channels: &Channels, problems: Sender<String>) -> std::io::Result<Self> {
        let wake = Arc::clone(&channels.wake);
        Ok(Self {
            engine: EngineCell::load(engine, move || wake())?,
            artifacts: ArtifactWriter::start(move |text| {
                let _full = problems.try_send(text);
            })?,
            recording_judge: RecordingJudge::start()?,
        })
    }
}

/// Devices and workers of a session.
pub(super) struct Devices {
    pub(super) sources: Sources,
    pub(super) cameras: CameraSet,
    pub(super) recording: RecordingControl,
    pub(super) engine: EngineCell,
    /// Open while the engine is loaded and this machine judges.
    pub(super) analyzer: Option<LiveAnalyzer>,
    /// Pauses between attempts to open the analyzer.
    opening: RetryPause,
    pub(super) recording_judge: RecordingJudge,
    pub(super) artifacts: ArtifactWriter,
}

impl Devices {
    /// Opens the devices that the settings name. Returns what cannot be opened yet as finished sentences; opening it is retried.
    pub(super) fn open(settings: &PisteSettings, channels: &Channels, workers: Workers) -> (Self, Vec<String>) {
        let (sources, trouble) = Sources::open(settings, channels.clock);
        let (camera, second) = (settings.camera.as_ref(), settings.second_camera.as_ref());
        let mut cameras = CameraSet::open(camera, second, channels.clock, Arc::clone(&channels.preview_worker));
        let (recording, recorder_trouble) = RecordingControl::open(settings, &mut cameras, channels.clock);
        let Workers { engine, recording_judge, artifacts } = workers;
        let (analyzer, opening) = (None, RetryPause::default());
        let devices = Self { sources, cameras, recording, engine, analyzer, opening, recording_judge, artifacts };
        (devices, trouble.into_iter().chain(recorder_trouble).collect())
    }

    /// Applies new settings; only what changed is opened again. Returns what went wrong as finished sentences.
    pub(super) fn set(&mut self, before: &PisteSettings, now: &PisteSettings, channels: &Channels) -> Vec<String> {
        let mut troubles = Vec::new();
        troubles.extend(self.sources.set(&now.apparatus));
        let (main_changed, second_changed) = self.cameras.set(now.camera.as_ref(), now.second_camera.as_ref());
        if main_changed {
            channels.preview_worker.clear();
            channels.shared_state.observation.lock().discard();
        }
        if let Some(analyzer) = &self.analyzer {
            analyzer.keep(kept_secs(now));
            if main_changed {
                analyzer.reset();
            }
        }
        if main_changed || second_changed {
            self.recording.detach_missing(now);
            troubles.extend(self.recording.attach(&mut self.cameras));
        }
        troubles.extend(self.recording.set(before, now));
        troubles
    }

    /// Loads another engine; the analyzer is opened again with it.
    pub(super) fn load_engine(&mut self, source: EngineSource, channels: &Channels) -> std::io::Result<()> {
        let wake = Arc::clone(&channels.wake);
        self.engine = EngineCell::load(source, move || wake())?;
        self.analyzer = None;
        Ok(())
    }

    /// Opens this machine's analyzer once the engine is loaded, and closes it when others judge.
    pub(super) fn keep_analyzer_open(&mut self, settings: &PisteSettings, channels: &Channels, phrase_runs: bool) {
        if settings.judged_by != JudgedBy::Here {
            // A phrase that began with the analyzer is judged by it.
            self.analyzer.take_if(|_| !phrase_runs);
            return;
        }
        // An analyzer whose thread has ended is replaced.
        self.analyzer.take_if(|analyzer| analyzer.has_ended());
        let now = channels.clock.now();
        let is_due = self.analyzer.is_none() && self.opening.is_due(now);
        let Some(engine) = self.engine.ready().filter(|_| is_due) else { return };
        let opened = LiveAnalyzer::open(LiveAnalyzerSettings {
            engine,
            clock: channels.clock,
            observation: Arc::clone(&channels.shared_state.observation),
            keep_secs: kept_secs(settings),
        });
        self.analyzer = self.opening.tried(now, opened);
    }
}

/// How far back a phrase may begin, in seconds: one that nobody started, or the pre-roll plus the delay of a box.
fn kept_secs(settings: &PisteSettings) -> f64 {
    settings.pre_roll_secs.clamp(UNSTARTED_SECS, MAX_PHRASE_SECS) + LATE_BOX_SECS
}
