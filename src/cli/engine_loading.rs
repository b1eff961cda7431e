//! From resolved settings to a loaded engine: the same for every command that judges.

use crate::config::{AnalysisSettings, Environment, Places};
use crate::engine::{BackendChoice, Engine, EngineConfig, LensSettings, LibraryPlaces, PoseConfig, PoseModel};
use crate::pose::models_dir;
use anyhow::Context;

/// Loads the engine for so many phrases at the same time. Takes seconds; say so before.
pub(super) fn load_engine(settings: &AnalysisSettings, phrases: usize) -> anyhow::Result<Engine> {
    let places = Places::of_this_machine(&Environment::of_process());
    let models = models_dir(None, places.executable_dir.as_deref())?;
    let model = settings.model.clone().map_or(PoseModel::default(), PoseModel::Yolo);
    let config = EngineConfig {
        backend: BackendChoice::Automatic(LibraryPlaces {
            explicit: settings.ort_library.clone(),
            executable_dir: places.executable_dir,
            user_data_dir: places.user_data_dir,
            python_packages: places.python_packages,
        }),
        pose: PoseConfig { model, leases: phrases, threads: threads_for(phrases), ..PoseConfig::new(models) },
        lens: lens(settings),
        decision: crate::engine::DecisionSettings::default(),
    };
    Engine::load(&config).context("the engine cannot be loaded")
}

/// Threads of one phrase: two for a single one, one each when many share the cores.
fn threads_for(phrases: usize) -> usize {
    if phrases == 1 { 2 } else { 1 }
}

fn lens(settings: &AnalysisSettings) -> LensSettings {
    match settings.fisheye {
        Some(fisheye) => LensSettings { enabled: true, strength: fisheye.strength, balance: fisheye.balance },
        None => LensSettings { enabled: false, ..LensSettings::default() },
    }
}
