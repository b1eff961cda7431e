//! The live screen: how the piste stands and what the referee called.

use crate::piste::Status;

/// Everything that the live screen shows.
#[derive(Clone, Debug, Default)]
pub struct PisteModel {
    /// How camera, apparatus, recorder and judge stand.
    pub status: Status,
}
