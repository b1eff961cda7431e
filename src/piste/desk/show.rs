//! How everything stands, for whoever looks.

use super::Desk;
use crate::machine::Stage;
use crate::{Phase, Status};

impl Desk {
    /// Puts a fresh snapshot where the window finds it.
    pub(super) fn show(&self) {
        let sight = *self.doors.shown.sight.lock();
        let status = Status {
            phase: self.phase(),
            camera: self.gear.eye.status(),
            apparatus: self.gear.sources.state(),
            recorder: self.gear.book.status(),
            lamps: self.lamps,
            in_picture: self.gear.eyes.as_ref().and_then(|_| sight.in_picture(self.now())),
            looks: sight.looks(),
            engine: self.gear.engine.state(),
            longest_step_secs: self.longest_step_secs,
        };
        *self.doors.shown.status.lock() = status;
    }

    fn phase(&self) -> Phase {
        match (self.machine.stage(), &self.running) {
            (Stage::Recording { since }, _) => Phase::Recording { since },
            (Stage::Ending, _) | (Stage::Ready, Some(_)) => Phase::Ending,
            (Stage::Ready, None) => self.cases.phase(),
        }
    }
}
