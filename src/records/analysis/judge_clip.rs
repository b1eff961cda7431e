//! Judges a clip: passes its frames to the engine, one at a time. Memory does not grow with the clip.

use super::{AnalysisError, ClipRequest, ClipSignals, source};
use fencing::Weapon;
use fencing::time::Timestamp;
use std::time::{Duration, Instant};
use vision::engine::{
    Caution, Engine, Judgement, ObservedPhrase, PhraseEnding, PhraseJudge, PhraseSetup, SourceQuality,
};
use vision::video::{Cancel, ClipInfo, ClipOptions, ClipReader, FrameSource, probe_with};

/// A stage of the analysis, for a progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The file is being opened.
    Opening,
    /// Frames are being analysed: poses, tracks, lamps.
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

    /// Its name in English, for a terminal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening the clip",
            Self::Watching => "watching the fencers",
            Self::Deciding => "deciding",
        }
    }
}

/// Progress of an analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Current stage.
    pub stage: Stage,
    /// Progress over all stages, 0..1.
    pub share: f32,
}

/// A judged clip.
#[derive(Clone, Debug)]
pub struct JudgedClip {
    /// Properties of the clip.
    pub info: ClipInfo,
    /// The verdict and everything it is based on.
    pub judgement: Judgement,
    /// Time of the last frame.
    pub end: Timestamp,
    /// Time for analysis and decision.
    pub processing: Duration,
    /// Time for the decision alone.
    pub deciding: Duration,
}

/// A clip whose frames were all analysed, kept: it is judged again with another weapon, other signals or other fencers in milliseconds.
#[derive(Clone)]
pub struct ObservedClip {
    /// Properties of the clip.
    pub info: ClipInfo,
    /// Its phrase.
    pub phrase: ObservedPhrase,
    /// Time of the last frame.
    pub end: Timestamp,
    /// Time for the analysis.
    pub analysing: Duration,
    cautions: Vec<Caution>,
    source: SourceQuality,
}

impl ObservedClip {
    /// Judges the phrase: no inference on frames; reads the signal log if there is one.
    ///
    /// # Errors
    /// When the signal log cannot be read, or a touch named by a person is outside the clip.
    pub fn judge(&self, weapon: Weapon, signals: &ClipSignals) -> Result<JudgedClip, AnalysisError> {
        let started = Instant::now();
        let signals = signals.prepare()?;
        let (cautions, source) = (self.cautions.clone(), self.source.clone());
        let ending = PhraseEnding { cautions, source, ..PhraseEnding::new(signals, self.end) };
        let judgement = self.phrase.clone().at_weapon(weapon).judge(ending)?;
        let deciding = started.elapsed();
        let processing = self.analysing + deciding;
        Ok(JudgedClip { info: self.info.clone(), judgement, end: self.end, processing, deciding })
    }
}

/// Begins a phrase; called again if the clip is analysed a second time, rotated.
pub type BeginPhrase<'a, 'p> = &'a dyn Fn() -> Box<dyn PhraseJudge + 'p>;

/// A clip whose frames were all passed to a phrase.
struct AnalysedClip<J: ?Sized> {
    /// The reader, at the end of the clip.
    reader: ClipReader,
    phrase: Box<J>,
    /// Time of the last frame.
    end: Timestamp,
    /// Cautions about the clip.
    cautions: Vec<Caution>,
}

/// Judges a clip. `progress` is called often; returns [`AnalysisError::Cancelled`] once `cancel` is set.
///
/// # Errors
/// When the clip or its signal log cannot be read, no frame could be analysed, or a touch named by a person is outside the clip.
pub fn judge_clip(
    engine: &Engine,
    request: &ClipRequest,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<JudgedClip, AnalysisError> {
    // A signal log that cannot be read is reported before the clip is analysed.
    request.signals.prepare()?;
    observe_clip(engine, request, cancel, progress)?.judge(request.weapon, &request.signals)
}

/// Analyses the frames of a clip and keeps the observations. The signals of `request` are not read.
///
/// # Errors
/// When the clip cannot be read or no frame could be analysed.
pub fn observe_clip(
    engine: &Engine,
    request: &ClipRequest,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<ObservedClip, AnalysisError> {
    let started = Instant::now();
    let setup = PhraseSetup { weapon: request.weapon };
    let clip = analysed(&|| Box::new(engine.begin_phrase(setup)), request, cancel, progress)?;
    let AnalysedClip { reader, phrase, end, cautions } = clip;
    Ok(ObservedClip {
        info: reader.info().clone(),
        phrase: phrase.finish()?,
        end,
        analysing: started.elapsed(),
        cautions,
        source: source::quality(&reader, &request.options),
    })
}

/// The same with another judge, as the server needs it.
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
    let signals = request.signals.prepare()?;
    let AnalysedClip { reader, phrase, end, cautions } = analysed(begin, request, cancel, progress)?;
    let source = source::quality(&reader, &request.options);
    let deciding = Instant::now();
    let judgement = phrase.conclude(PhraseEnding { cautions, source, ..PhraseEnding::new(signals, end) })?;
    let (processing, deciding) = (started.elapsed(), deciding.elapsed());
    Ok(JudgedClip { info: reader.info().clone(), judgement, end, processing, deciding })
}

/// Analyses all frames; those of a clip that lies on its side a second time, rotated.
fn analysed<J: PhraseJudge + ?Sized>(
    begin: &dyn Fn() -> Box<J>,
    request: &ClipRequest,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<AnalysedClip<J>, AnalysisError> {
    progress(Progress { stage: Stage::Opening, share: 0.0 });
    let mut options = request.options.clone();
    let info = probe_with(&request.clip, &options.tools, cancel)?;
    let mut watched = watch(begin, &info, &options, cancel, progress)?;
    if source::may_lie_on_its_side(watched.phrase.both_seen_share())
        && let Some(turns) = source::turns_to_upright(begin, &info, &options, cancel)?
    {
        if options.auto_rotate {
            options.view.quarter_turns = turns;
            watched = watch(begin, &info, &options, cancel, progress)?;
            watched.cautions.push(source::turned(turns));
        } else {
            watched.cautions.push(source::sideways(turns));
        }
    }
    progress(Progress { stage: Stage::Deciding, share: 1.0 });
    watched.cautions.extend(source::cautions(&watched.reader));
    Ok(watched)
}

/// Passes every frame of a clip to a phrase.
fn watch<J: PhraseJudge + ?Sized>(
    begin: &dyn Fn() -> Box<J>,
    info: &ClipInfo,
    options: &ClipOptions,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<AnalysedClip<J>, AnalysisError> {
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
    Ok(AnalysedClip { reader, phrase, end: end.ok_or(AnalysisError::NoFrames)?, cautions: Vec::new() })
}
