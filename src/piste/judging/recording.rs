//! This machine, from the recording: for phrases that nobody watched, that were watched too coarsely, whose server failed
//! or whose lamps were set right by hand. The same analyser as live.

use super::{Mouth, Opinion, Said, Thoroughness};
use crate::RulingOrigin;
use crate::engine_cell::EngineCell;
use records::analysis::{AnalysisError, ClipRequest, judge_clip};
use vision::video::Cancel;

/// A phrase on disk to be judged.
pub(crate) struct FromRecording {
    pub(crate) engine: EngineCell,
    pub(crate) request: ClipRequest,
}

/// Starts judging on a thread of its own; raising the returned flag calls it off.
pub(crate) fn judge_recording(phrase: FromRecording, mouth: Mouth) -> std::io::Result<Cancel> {
    let cancel = Cancel::new();
    let flag = cancel.clone();
    std::thread::Builder::new().name("piste-rejudge".into()).spawn(move || {
        if let Some(said) = judge(&phrase, &mouth, &flag) {
            mouth.say(said);
        }
    })?;
    Ok(cancel)
}

fn judge(phrase: &FromRecording, mouth: &Mouth, cancel: &Cancel) -> Option<Said> {
    mouth.stage("stage-models", 0.0);
    let engine = match phrase.engine.wait(cancel)? {
        Ok(engine) => engine,
        Err(text) => return Some(Said::Failed(text)),
    };
    let mut told = -1.0_f32;
    let mut progress = |p: records::analysis::Progress| {
        if (p.share - told).abs() >= 0.01 {
            told = p.share;
            mouth.stage(p.stage.key(), p.share);
        }
    };
    match judge_clip(&engine, &phrase.request, cancel, &mut progress) {
        Ok(judged) => {
            let opinion = Opinion::ours(judged.judgement, RulingOrigin::Recording, judged.end, judged.processing);
            // Nothing more thorough is left to do.
            Some(Said::Judged(Box::new(Opinion { thoroughness: Thoroughness::Full, ..opinion })))
        }
        Err(AnalysisError::Cancelled) => None,
        Err(_) if cancel.is_cancelled() => None,
        Err(error) => Some(Said::Failed(error.to_string())),
    }
}
