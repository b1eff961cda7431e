//! Frames of a clip through the engine, one at a time; then the verdict. Memory does not grow with the clip.

use super::signals::PreparedSignals;
use super::{AnalysisError, ClipRequest, ClipSignals, LiveSignals, cautions};
use fencing::time::Timestamp;
use std::time::{Duration, Instant};
use vision::engine::{Engine, Judgement, PhraseAnalyzer, PhraseSetup, SeenPhrase};
use vision::video::{Cancel, ClipEnding, ClipInfo, ClipReader, FrameSource};

/// A part of the work, as a progress bar names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The file is being looked at.
    Opening,
    /// Frames are being watched: poses, tracks, lamps.
    Watching,
    /// Right of way is being decided.
    Deciding,
}

impl Stage {
    /// Message key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Opening => "stage-opening",
            Self::Watching => "stage-watching",
            Self::Deciding => "stage-deciding",
        }
    }

    /// Its name in plain English, for a terminal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening the clip",
            Self::Watching => "watching the fencers",
            Self::Deciding => "deciding",
        }
    }
}

/// How far the work has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Share of the whole, 0..1.
    pub share: f32,
}

/// A clip with its verdict.
#[derive(Clone, Debug)]
pub struct JudgedClip {
    /// What the clip is.
    pub info: ClipInfo,
    /// The verdict and everything it rests on.
    pub judgement: Judgement,
    /// Time of the last frame.
    pub end: Timestamp,
    /// How long watching and deciding took together.
    pub processing: Duration,
    /// How long deciding alone took.
    pub deciding: Duration,
}

/// Judges one clip. `progress` is called often; returns early with [`AnalysisError::Cancelled`] once `cancel` is raised.
pub fn judge_clip(
    engine: &Engine,
    request: &ClipRequest,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<JudgedClip, AnalysisError> {
    let started = Instant::now();
    progress(Progress { stage: Stage::Opening, share: 0.0 });
    let prepared = request.signals.prepare()?;
    let mut reader = ClipReader::open(&request.clip, &request.options, cancel)?;
    let mut analyzer = engine.begin_phrase(PhraseSetup { weapon: request.weapon });
    let end = watch(&mut reader, &mut analyzer, cancel, progress)?;
    progress(Progress { stage: Stage::Deciding, share: 1.0 });
    let mut phrase = analyzer.finish();
    hand_in_signals(prepared, &mut phrase, end)?;
    if let Some(caution) = cautions::of_clip(reader.ending()) {
        phrase.add_caution(caution);
    }
    let watched = Instant::now();
    let judgement = phrase.conclude();
    let (processing, deciding) = (started.elapsed(), watched.elapsed());
    Ok(JudgedClip { info: reader.info().clone(), judgement, end, processing, deciding })
}

/// Pushes every frame; returns the time of the last one.
fn watch(
    reader: &mut ClipReader,
    analyzer: &mut PhraseAnalyzer,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Timestamp, AnalysisError> {
    let expected = reader.expected_frames().unwrap_or(0).max(1) as f32;
    let mut end = Timestamp::ZERO;
    let mut done = 0.0;
    while let Some(frame) = reader.next_frame()? {
        if cancel.is_cancelled() {
            return Err(AnalysisError::Cancelled);
        }
        analyzer.push_frame(&frame)?;
        end = frame.at;
        done += 1.0;
        progress(Progress { stage: Stage::Watching, share: (done / expected).min(0.99) });
    }
    if cancel.is_cancelled() { Err(AnalysisError::Cancelled) } else { Ok(end) }
}

/// Gives a phrase that was watched live its signals as a clip gets them: moved to the lamps that its pictures showed.
/// `end` is the time of the last picture.
pub fn hand_in_live(signals: LiveSignals, phrase: &mut SeenPhrase, end: Timestamp) {
    let handed_in = ClipSignals::Live(signals).prepare().map_err(AnalysisError::from);
    if let Err(error) = handed_in.and_then(|prepared| hand_in_signals(prepared, phrase, end)) {
        tracing::warn!(%error, "live signals were refused");
    }
}

fn hand_in_signals(prepared: PreparedSignals, phrase: &mut SeenPhrase, end: Timestamp) -> Result<(), AnalysisError> {
    if let Some(caution) = cautions::of_signals(&prepared) {
        phrase.add_caution(caution);
    }
    let by_hand = !prepared.by_apparatus;
    let signals = prepared.on_clip_clock(phrase.lamps_seen(), end);
    let Some(touch) = signals.first_touch() else {
        if !signals.is_empty() {
            phrase.set_signals(signals);
        }
        return Ok(());
    };
    let outside = touch.at > end.plus_secs(touch.uncertainty_secs) || touch.at < Timestamp::ZERO;
    if outside && by_hand {
        return Err(AnalysisError::TouchOutside { touch_secs: touch.at.secs(), end_secs: end.secs() });
    }
    if outside {
        phrase.add_caution(cautions::other_phrase(touch.at.secs_since(end)));
    }
    phrase.set_signals(signals);
    Ok(())
}

/// The clip's ending as data for whoever asks.
pub(super) fn missing_secs(ending: &ClipEnding) -> Option<f64> {
    match ending {
        ClipEnding::Early { missing_secs, .. } => Some(*missing_secs),
        _ => None,
    }
}
