//! The engine as the server's judge.

use super::judge::{Judge, JudgeError, PhraseJudge, Readiness};
use fencing::{SignalLog, Weapon};
use vision::engine::{Engine, Judgement, PhraseAnalyzer, PhraseSetup};
use vision::video::Frame;

/// Judges with a loaded engine: any number of phrases, which share its models.
pub struct EngineJudge {
    engine: Engine,
    model_path: String,
}

impl EngineJudge {
    /// A judge with that engine; `model_path` is shown by `/health`.
    pub fn new(engine: Engine, model_path: String) -> Self {
        Self { engine, model_path }
    }
}

impl Judge for EngineJudge {
    fn begin(&self, weapon: Weapon) -> Result<Box<dyn PhraseJudge + '_>, JudgeError> {
        Ok(Box::new(self.engine.begin_phrase(PhraseSetup { weapon })))
    }

    fn readiness(&self) -> Readiness {
        Readiness { is_ready: true, model_path: self.model_path.clone() }
    }
}

impl PhraseJudge for PhraseAnalyzer {
    fn push_frame(&mut self, frame: &Frame) -> Result<(), JudgeError> {
        PhraseAnalyzer::push_frame(self, frame).map(drop).map_err(|e| JudgeError(e.to_string()))
    }

    fn conclude(mut self: Box<Self>, signals: SignalLog) -> Judgement {
        // Without a word from the box the analyzer's own eyes on the lamps stand.
        if !signals.is_empty() {
            self.set_signals(signals);
        }
        PhraseAnalyzer::conclude(*self)
    }
}
