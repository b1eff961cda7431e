//! The server's judge as a trait: the engine in production, a fake in tests.

use fencing::Weapon;
use vision::engine::{Engine, PhraseJudge, PhraseSetup};

/// State of the judge, for `/health`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Whether phrases can be judged.
    pub is_ready: bool,
    /// The pose model.
    pub model_path: String,
}

/// Judges phrases, many at the same time.
pub trait Judge: Send + Sync + 'static {
    /// Begins a phrase, which stays on the calling thread.
    fn begin(&self, weapon: Weapon) -> Box<dyn PhraseJudge + '_>;

    /// Its state.
    fn readiness(&self) -> Readiness;
}

/// Judges with a loaded engine: any number of phrases share its models.
pub struct EngineJudge {
    engine: Engine,
    model_path: String,
}

impl EngineJudge {
    /// A judge with that engine; `/health` shows `model_path`.
    pub fn new(engine: Engine, model_path: String) -> Self {
        Self { engine, model_path }
    }
}

impl Judge for EngineJudge {
    fn begin(&self, weapon: Weapon) -> Box<dyn PhraseJudge + '_> {
        Box::new(self.engine.begin_phrase(PhraseSetup { weapon }))
    }

    fn readiness(&self) -> Readiness {
        Readiness { is_ready: true, model_path: self.model_path.clone() }
    }
}
