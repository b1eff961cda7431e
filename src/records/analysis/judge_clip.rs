//! Frames of a clip through the engine, one at a time; then the verdict. Memory does not grow with the clip.

use super::{AnalysisError, ClipRequest, source};
use fencing::time::Timestamp;
use std::time::{Duration, Instant};
use vision::engine::{Engine, Judgement, PhraseEnding, PhraseJudge, PhraseSetup};
use vision::video::{Cancel, ClipInfo, ClipOptions, ClipReader, FrameSource, probe_with};

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

/// Begins a phrase that the frames of a clip are handed to; called again when the clip is looked at once more, turned.
pub type BeginPhrase<'a, 'p> = &'a dyn Fn() -> Box<dyn PhraseJudge + 'p>;

/// A clip that was looked at from its first frame to its last.
struct Watched<'p> {
    /// At its end.
    reader: ClipReader,
    phrase: Box<dyn PhraseJudge + 'p>,
    /// Time of the last frame.
    end: Timestamp,
}

/// Judges one clip. `progress` is called often; returns early with [`AnalysisError::Cancelled`] once `cancel` is raised.
///
/// # Errors
/// When the clip or its signal log cannot be read, not one frame could be analysed, or a person named a touch outside the clip.
pub fn judge_clip(
    engine: &Engine,
    request: &ClipRequest,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<JudgedClip, AnalysisError> {
    let setup = PhraseSetup { weapon: request.weapon };
    judge_clip_with(&|| Box::new(engine.begin_phrase(setup)), request, cancel, progress)
}

/// The same with a phrase of whoever judges, as the server does.
///
/// # Errors
/// As [`judge_clip`].
pub fn judge_clip_with(
    begin: BeginPhrase<'_, '_>,
    request: &ClipRequest,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<JudgedClip, AnalysisError> {
    let started = Instant::now();
    progress(Progress { stage: Stage::Opening, share: 0.0 });
    let signals = request.signals.prepare()?;
    let mut options = request.options.clone();
    let info = probe_with(&request.clip, &options.tools, cancel)?;
    let mut watched = watch(begin, &info, &options, cancel, progress)?;
    let mut cautions = Vec::new();
    if source::may_lie_on_its_side(watched.phrase.both_seen_share())
        && let Some(turns) = source::turns_to_upright(begin, &info, &options, cancel)?
    {
        if options.auto_rotate {
            options.view.quarter_turns = turns;
            watched = watch(begin, &info, &options, cancel, progress)?;
            cautions.push(source::turned(turns));
        } else {
            cautions.push(source::sideways(turns));
        }
    }
    progress(Progress { stage: Stage::Deciding, share: 1.0 });
    let Watched { reader, phrase, end } = watched;
    cautions.extend(source::cautions(&reader));
    let source = source::quality(&reader, &options);
    let deciding = Instant::now();
    let judgement = phrase.conclude(PhraseEnding { cautions, source, ..PhraseEnding::new(signals, end) })?;
    let (processing, deciding) = (started.elapsed(), deciding.elapsed());
    Ok(JudgedClip { info: reader.info().clone(), judgement, end, processing, deciding })
}

/// Hands every frame of a clip to a phrase.
fn watch<'p>(
    begin: BeginPhrase<'_, 'p>,
    info: &ClipInfo,
    options: &ClipOptions,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Watched<'p>, AnalysisError> {
    let mut reader = ClipReader::open_probed(info.clone(), options, cancel)?;
    let mut phrase = begin();
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
    if cancel.is_cancelled() {
        return Err(AnalysisError::Cancelled);
    }
    Ok(Watched { reader, phrase, end: end.ok_or(AnalysisError::NoFrames)? })
}
