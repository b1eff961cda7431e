//! A camera that stays: whatever happens to it, its owner has one handle, and pictures come again when they can.

use super::line::Line;
use super::queue::{PictureReceiver, Preview, Room};
use super::supervisor::{Patience, supervise};
use super::{CameraChoice, CameraControl, CameraError, CameraState, SourceOpener};
use fencing::time::HostClock;
use std::sync::Arc;
use vision::video::spawn_worker;

/// Bytes that a recorder's queue should hold: two seconds of the heaviest stream (1080p60 MJPEG at 500 kB) fit eight times.
pub const RECORDER_ROOM_BYTES: usize = 512 * 1024 * 1024;

/// A camera in use. Dropping it closes the camera and ends all subscriptions.
///
/// Nothing here waits for the camera: opening, watching and opening again happen on threads of its own, and whatever is
/// wrong is told by [`state`](Self::state).
pub struct LiveCamera {
    line: Arc<Line>,
}

impl LiveCamera {
    /// Starts the chosen camera. Pictures are stamped on `clock`.
    pub fn start(choice: &CameraChoice, clock: HostClock) -> Self {
        Self::start_with(choice.opener(clock), clock, Patience::default())
    }

    /// Starts any source.
    pub fn start_with(opener: Arc<dyn SourceOpener>, clock: HostClock, patience: Patience) -> Self {
        let line = Arc::new(Line::new(opener.name(), clock, patience));
        let watched = Arc::clone(&line);
        let body = move || supervise(&watched, &opener, patience);
        let defect = Arc::clone(&line);
        let on_panic = move || {
            let text = format!("{} stopped because of a defect in the program; choose it again", defect.name());
            defect.end(Some(text));
        };
        if let Err(error) = spawn_worker("camera", on_panic, body) {
            line.end(Some(CameraError::Thread(error).to_string()));
        }
        Self { line }
    }

    /// For who must lose nothing: a queue of at most `max_bytes`, usually [`RECORDER_ROOM_BYTES`]. Only when that is full a
    /// picture is lost and counted. Begins with the next picture.
    pub fn subscribe_recorder(&self, max_bytes: usize) -> PictureReceiver {
        self.subscribe(Room::Bytes(max_bytes))
    }

    /// For who may skip: a queue of at most `max_pictures`; when it is full the oldest makes room.
    pub fn subscribe_analyser(&self, max_pictures: usize) -> PictureReceiver {
        self.subscribe(Room::Pictures(max_pictures))
    }

    fn subscribe(&self, room: Room) -> PictureReceiver {
        PictureReceiver::new(self.line.subscribe(room), Arc::downgrade(&self.line))
    }

    /// For who paints: only the latest picture.
    pub fn preview(&self) -> Preview {
        Preview::new(self.line.slot())
    }

    /// How it stands.
    pub fn state(&self) -> CameraState {
        self.line.state()
    }

    /// What can be set, with the values of when it was opened or last set. Empty before that.
    pub fn controls(&self) -> Vec<CameraControl> {
        self.line.controls()
    }

    /// Sets a control with the next picture, and again whenever the camera comes back. A refusal is told by the state.
    pub fn set_control(&self, control: &str, value: f64) {
        self.line.wish(control, value);
    }

    /// Closes the camera; subscriptions end after what still waits in them.
    pub fn stop(&self) {
        self.line.stop();
    }
}

impl Drop for LiveCamera {
    fn drop(&mut self) {
        self.stop();
    }
}
