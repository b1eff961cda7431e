//! What the engine is loaded with, and what one phrase adds.

use crate::inference::BackendChoice;
use crate::lens::LensSettings;
use crate::pose::PoseConfig;
use fencing::Weapon;
use fencing::right_of_way::DecisionSettings;
use std::path::PathBuf;

/// Everything that is loaded once per process.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Which inference library, and where to look for it.
    pub backend: BackendChoice,
    /// Pose models, and for how many phrases at a time.
    pub pose: PoseConfig,
    /// Folder of call models as `referee train` leaves them; `None` means those that are compiled in.
    pub call_models: Option<PathBuf>,
    /// The camera's lens.
    pub lens: LensSettings,
    /// When a call is made and when it is too close.
    pub decision: DecisionSettings,
}

/// What one phrase is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhraseSetup {
    /// The weapon.
    pub weapon: Weapon,
}
