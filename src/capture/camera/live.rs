//! A camera with a handle that outlives failures: whatever happens to the device, frames resume as soon as they can.

use super::fanout::FrameFanout;
use super::queue::{Capacity, FrameReceiver, Preview};
use super::supervisor::{CameraTimeouts, supervise};
use super::{CameraChoice, CameraControl, CameraError, CameraOpener, CameraState};
use fencing::time::HostClock;
use std::sync::Arc;
use vision::video::spawn_worker;

/// Capacity of a recorder's queue in bytes: eight times two seconds of the heaviest stream (1080p60 MJPEG at 500 kB a frame).
pub const RECORDER_QUEUE_BYTES: usize = 512 * 1024 * 1024;

/// A camera in use. Dropping it closes the camera and ends all subscriptions.
///
/// No method waits for the camera: opening, supervising and reopening run on its own threads, and
/// [`state`](Self::state) reports problems.
pub struct LiveCamera {
    fanout: Arc<FrameFanout>,
}

impl LiveCamera {
    /// Starts the chosen camera. Frames are timestamped on `clock`.
    pub fn start(choice: &CameraChoice, clock: HostClock) -> Self {
        Self::start_with(choice.opener(clock), clock, CameraTimeouts::default())
    }

    /// Starts any source.
    pub fn start_with(opener: Arc<dyn CameraOpener>, clock: HostClock, timeouts: CameraTimeouts) -> Self {
        let fanout = Arc::new(FrameFanout::new(opener.name(), clock, timeouts));
        let watched = Arc::clone(&fanout);
        let body = move || supervise(&watched, &opener, timeouts);
        let defect = Arc::clone(&fanout);
        let on_panic = move || {
            let text = format!("{} stopped because of a defect in the program; choose it again", defect.name());
            defect.end(Some(text));
        };
        if let Err(error) = spawn_worker("camera", on_panic, body) {
            fanout.end(Some(CameraError::Thread(error).to_string()));
        }
        Self { fanout }
    }

    /// For a consumer that must not lose frames: a queue of at most `max_bytes`, usually [`RECORDER_QUEUE_BYTES`]. Frames are dropped
    /// and counted only when it is full. Starts with the next frame.
    pub fn subscribe_recorder(&self, max_bytes: usize) -> FrameReceiver {
        self.subscribe(Capacity::Bytes(max_bytes))
    }

    /// For a consumer that may skip frames: a queue of at most `max_frames`; when full, the oldest frame is dropped.
    pub fn subscribe_analyser(&self, max_frames: usize) -> FrameReceiver {
        self.subscribe(Capacity::Frames(max_frames))
    }

    fn subscribe(&self, capacity: Capacity) -> FrameReceiver {
        FrameReceiver::new(self.fanout.subscribe(capacity), Arc::downgrade(&self.fanout))
    }

    /// For painting: only the latest frame.
    pub fn preview(&self) -> Preview {
        Preview::new(self.fanout.slot())
    }

    /// Snapshot of its state.
    pub fn state(&self) -> CameraState {
        self.fanout.state()
    }

    /// Its controls, with their values of when it was opened or last set. Empty before it is open.
    pub fn controls(&self) -> Vec<CameraControl> {
        self.fanout.controls()
    }

    /// Sets a control with the next frame, and again whenever the camera is reopened. The state reports a refusal.
    pub fn set_control(&self, control: &str, value: f64) {
        self.fanout.request(control, value);
    }

    /// Closes the camera; subscriptions end once their queued frames are taken.
    pub fn stop(&self) {
        self.fanout.stop();
    }
}

impl Drop for LiveCamera {
    fn drop(&mut self) {
        self.stop();
    }
}
