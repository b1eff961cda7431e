//! Frames of a clip through the engine, one at a time; then the verdict. Memory does not grow with the clip.

use super::{AnalysisError, ClipRequest};
use fencing::time::Timestamp;
use std::time::{Duration, Instant};
use vision::engine::{Caution, Engine, Judgement, PhraseEnding, PhraseJudge, PhraseSetup};
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
    let phrase = engine.begin_phrase(PhraseSetup { weapon: request.weapon });
    judge_clip_with(Box::new(phrase), request, cancel, progress)
}

/// The same with a phrase that has been begun, which every frame of the clip is handed to.
pub fn judge_clip_with(
    mut phrase: Box<dyn PhraseJudge + '_>,
    request: &ClipRequest,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<JudgedClip, AnalysisError> {
    let started = Instant::now();
    progress(Progress { stage: Stage::Opening, share: 0.0 });
    let signals = request.signals.prepare()?;
    let mut reader = ClipReader::open(&request.clip, &request.options, cancel)?;
    let end = watch(&mut reader, phrase.as_mut(), cancel, progress)?;
    progress(Progress { stage: Stage::Deciding, share: 1.0 });
    let cautions = clip_broken(reader.ending()).into_iter().collect();
    let watched = Instant::now();
    let judgement = phrase.conclude(PhraseEnding { cautions, ..PhraseEnding::new(signals, end) })?;
    let (processing, deciding) = (started.elapsed(), watched.elapsed());
    Ok(JudgedClip { info: reader.info().clone(), judgement, end, processing, deciding })
}

/// Pushes every frame; returns the time of the last one.
fn watch(
    reader: &mut ClipReader,
    phrase: &mut dyn PhraseJudge,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Timestamp, AnalysisError> {
    let expected = reader.expected_frames().unwrap_or(0).max(1) as f32;
    let mut end = None;
    let mut done = 0.0;
    while let Some(frame) = reader.next_frame()? {
        if cancel.is_cancelled() {
            return Err(AnalysisError::Cancelled);
        }
        phrase.push_frame(&frame);
        end = Some(frame.at);
        done += 1.0;
        progress(Progress { stage: Stage::Watching, share: (done / expected).min(0.99) });
    }
    if cancel.is_cancelled() { Err(AnalysisError::Cancelled) } else { end.ok_or(AnalysisError::NoFrames) }
}

/// What to say of a clip that breaks off: the seconds that are missing at its end.
fn clip_broken(ending: &ClipEnding) -> Option<Caution> {
    match ending {
        ClipEnding::Early { missing_secs, .. } => Some(Caution { key: "clip_broken", value: Some(*missing_secs) }),
        ClipEnding::Running | ClipEnding::Complete => None,
    }
}
