//! The live piste on behalf of the window: opened when there is a camera or a box, told what to do, looked at each frame.

use super::Outlet;
use crate::engine::FrameObservation;
use crate::gui::pictures::Picture;
use crate::piste::{Command, Status};
use crate::time::Timestamp;

/// The window's hold on the piste.
#[derive(Default)]
pub(crate) struct PisteDesk {}

impl PisteDesk {
    /// Hands a command to the piste.
    pub(super) fn run(&mut self, _command: Command, _outlet: &Outlet) {}

    /// How the piste stands, and what time it is on the host clock; `None` while there is no piste.
    pub(crate) fn status(&self) -> Option<(Status, Timestamp)> {
        None
    }

    /// The newest picture since the last call.
    pub(crate) fn take_picture(&mut self) -> Option<Picture> {
        None
    }

    /// What the engine saw since the last call.
    pub(crate) fn take_observation(&mut self) -> Option<FrameObservation> {
        None
    }
}
