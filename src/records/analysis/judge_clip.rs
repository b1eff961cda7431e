//! Frames of a clip through the engine, one at a time; then the verdict. Memory does not grow with the clip.

use super::signals::PreparedSignals;
use super::{AnalysisError, ClipRequest, ClipSignals, LiveSignals, cautions, source};
use fencing::time::Timestamp;
use std::time::{Duration, Instant};
use vision::engine::{Engine, Judgement, PhraseSetup, SeenPhrase};
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
    let setup = PhraseSetup { weapon: request.weapon };
    let mut options = request.options.clone();
    let info = probe_with(&request.clip, &options.tools, cancel)?;
    let (mut reader, mut phrase, mut end) = watch(engine, setup, &info, &options, cancel, progress)?;
    if source::may_lie_on_its_side(&phrase)
        && let Some(turns) = source::turns_to_upright(engine, setup, &info, &options, cancel)?
    {
        if options.turns_by_itself {
            options.view.quarter_turns = turns;
            (reader, phrase, end) = watch(engine, setup, &info, &options, cancel, progress)?;
            phrase.add_caution(cautions::turned(turns));
        } else {
            phrase.add_caution(cautions::sideways(turns));
        }
    }
    progress(Progress { stage: Stage::Deciding, share: 1.0 });
    hand_in_signals(prepared, &mut phrase, end)?;
    let touch = phrase.touch();
    source::hand_in(&reader, &options, &mut phrase, touch);
    let watched = Instant::now();
    let judgement = phrase.conclude();
    let (processing, deciding) = (started.elapsed(), watched.elapsed());
    Ok(JudgedClip { info: reader.info().clone(), judgement, end, processing, deciding })
}

/// Looks at every frame of a clip; returns its reader at the end, what was seen and the time of the last frame.
fn watch(
    engine: &Engine,
    setup: PhraseSetup,
    info: &ClipInfo,
    options: &ClipOptions,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<(ClipReader, SeenPhrase, Timestamp), AnalysisError> {
    let mut reader = ClipReader::open_probed(info.clone(), options, cancel)?;
    let mut analyzer = engine.begin_phrase(setup);
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
    if cancel.is_cancelled() { Err(AnalysisError::Cancelled) } else { Ok((reader, analyzer.finish(), end)) }
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
