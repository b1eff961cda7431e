//! The next seconds of a camera as decoded frames.

use super::{CameraError, FrameReceiver, LiveCamera, RECORDER_QUEUE_BYTES, Received};
use fencing::time::Timestamp;
use std::time::Duration;
use vision::video::{Cancel, Frame, FrameSource};

/// Longest wait for a silent camera, in seconds; it is reopened meanwhile.
const TIMEOUT_SECS: f64 = 20.0;
/// Polling interval of the cancel token.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A camera's frames from its first one on; timestamps count from that one. Decodes on the caller's thread.
pub struct CameraFrames {
    camera: LiveCamera,
    frames: FrameReceiver,
    max_width: u32,
    secs: f64,
    min_step_secs: f64,
    cancel: Cancel,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    buffered: Option<Frame>,
}

impl CameraFrames {
    /// The next `secs` seconds, at most `max_width` pixels across; blocks until the first frame.
    pub fn begin(camera: LiveCamera, secs: f64, max_width: u32, cancel: &Cancel) -> Result<Self, CameraError> {
        Self::subscribed_now(camera, secs, max_width, cancel).with_first()
    }

    /// Subscribes from now on without waiting.
    fn subscribed_now(camera: LiveCamera, secs: f64, max_width: u32, cancel: &Cancel) -> Self {
        let frames = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
        let cancel = cancel.clone();
        let (first, last, buffered) = (None, None, None);
        Self { camera, frames, max_width, secs, min_step_secs: 0.0, cancel, first, last, buffered }
    }

    /// Blocks until the first frame.
    fn with_first(mut self) -> Result<Self, CameraError> {
        self.buffered = self.next_frame()?;
        Ok(self)
    }

    /// Skips frames so that at most `fps` per second are returned.
    #[must_use]
    pub fn at_most(self, fps: f64) -> Self {
        // Half a millisecond of tolerance, so that jitter does not halve a camera at exactly that rate.
        Self { min_step_secs: (fps.recip() - 5e-4).max(0.0), ..self }
    }

    /// The first frame; `None` when cancelled before it arrived.
    pub fn first(&self) -> Option<&Frame> {
        self.buffered.as_ref()
    }

    /// The camera.
    pub fn camera(&self) -> &LiveCamera {
        &self.camera
    }

    /// Seconds since the first frame; makes this the first one when there was none.
    fn since_first(&mut self, at: Timestamp) -> f64 {
        at.secs_since(*self.first.get_or_insert(at))
    }

    fn trouble(&self) -> CameraError {
        let state = self.camera.state();
        let text = state.trouble.unwrap_or_else(|| format!("no frames from {}; check its cable", state.name));
        CameraError::Trouble(text)
    }
}

impl FrameSource for CameraFrames {
    type Error = CameraError;

    fn next_frame(&mut self) -> Result<Option<Frame>, CameraError> {
        if let Some(frame) = self.buffered.take() {
            return Ok(Some(frame));
        }
        let mut silent_secs = 0.0;
        while !self.cancel.is_cancelled() {
            match self.frames.next_within(POLL_INTERVAL) {
                Received::Frame(frame) => {
                    let secs = self.since_first(frame.at);
                    if secs > self.secs {
                        return Ok(None);
                    }
                    let at = Timestamp::from_secs(secs);
                    let is_early = self.last.is_some_and(|last| at.secs_since(last) < self.min_step_secs);
                    // A frame that cannot be decoded is skipped.
                    if let (false, Ok(frame)) = (is_early, frame.decode(self.max_width)) {
                        self.last = Some(at);
                        return Ok(Some(Frame { at, ..frame }));
                    }
                }
                Received::Nothing if silent_secs > TIMEOUT_SECS => return Err(self.trouble()),
                Received::Nothing => silent_secs += POLL_INTERVAL.as_secs_f64(),
                Received::Closed if self.first.is_none() => return Err(self.trouble()),
                Received::Closed => return Ok(None),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::{CameraChoice, CameraOpener, CameraSource, CameraTimeouts, Pace, SyntheticCamera};
    use crossbeam_channel::{Receiver, bounded};
    use fencing::geometry::FrameSize;
    use fencing::time::HostClock;
    use std::sync::Arc;

    /// A camera that opens once it has a subscriber, so that its first frame is received.
    struct OpensWhenSubscribed {
        camera: SyntheticCamera,
        subscribed: Receiver<()>,
    }

    impl CameraOpener for OpensWhenSubscribed {
        fn name(&self) -> String {
            self.camera.name()
        }

        fn open(&self, cancel: &Cancel) -> Result<Box<dyn CameraSource>, CameraError> {
            let _subscribed = self.subscribed.recv();
            self.camera.open(cancel)
        }
    }

    #[test]
    fn a_stretch_has_its_length_and_its_rate() {
        let clock = HostClock::start();
        let start = || {
            let camera = SyntheticCamera::new(FrameSize::new(64, 48), 60, Pace::AtOnce, clock).ending_after(400);
            let (listen, subscribed) = bounded(1);
            let opener = Arc::new(OpensWhenSubscribed { camera, subscribed });
            let camera = LiveCamera::start_with(opener, clock, CameraTimeouts::default());
            let frames = CameraFrames::subscribed_now(camera, 1.0, 32, &Cancel::new());
            listen.send(()).unwrap();
            frames.with_first().unwrap()
        };
        for (fps, expected) in [(1000.0, 61), (60.0, 61), (30.0, 31), (25.0, 21)] {
            let mut frames = start().at_most(fps);
            assert_eq!(frames.first().unwrap().size, FrameSize::new(32, 24));
            let mut times = Vec::new();
            while let Some(frame) = frames.next_frame().unwrap() {
                times.push(frame.at.secs());
            }
            assert_eq!((times.len(), times[0]), (expected, 0.0), "{fps}: {times:?}");
        }
    }

    #[test]
    fn a_camera_that_is_not_there_is_an_error_with_its_reason() {
        let choice = CameraChoice::Clip { path: "no such clip.mp4".into(), repeats: false };
        let camera = LiveCamera::start(&choice, HostClock::start());
        let Err(error) = CameraFrames::begin(camera, 1.0, 960, &Cancel::new()) else { panic!("it is there") };
        assert!(error.to_string().contains("no such clip.mp4"), "{error}");
    }
}
