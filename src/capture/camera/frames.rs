//! The next seconds of a camera as frames, for those who want a stretch of pictures and nothing else.

use super::{CameraError, LiveCamera, PictureReceiver, RECORDER_ROOM_BYTES, Received};
use fencing::time::Timestamp;
use std::time::Duration;
use vision::video::{Cancel, Frame, FrameSource};

/// How long a silent camera is waited for, in seconds; it is opened again meanwhile.
const PATIENCE_SECS: f64 = 20.0;
/// How often a wish to stop is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Frames of a camera from its first picture on; times count from that one. Decodes on the caller's thread.
pub struct CameraFrames {
    camera: LiveCamera,
    pictures: PictureReceiver,
    max_width: u32,
    secs: f64,
    least_step_secs: f64,
    cancel: Cancel,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    ahead: Option<Frame>,
}

impl CameraFrames {
    /// The next `secs` seconds, at most `max_width` pixels across; waits for the first picture.
    pub fn begin(camera: LiveCamera, secs: f64, max_width: u32, cancel: &Cancel) -> Result<Self, CameraError> {
        Self::listening(camera, secs, max_width, cancel).with_first()
    }

    /// Takes pictures from now on; waits for none.
    fn listening(camera: LiveCamera, secs: f64, max_width: u32, cancel: &Cancel) -> Self {
        let pictures = camera.subscribe_recorder(RECORDER_ROOM_BYTES);
        let cancel = cancel.clone();
        let (first, last, ahead) = (None, None, None);
        Self { camera, pictures, max_width, secs, least_step_secs: 0.0, cancel, first, last, ahead }
    }

    /// Waits for the first picture.
    fn with_first(mut self) -> Result<Self, CameraError> {
        self.ahead = self.next_frame()?;
        Ok(self)
    }

    /// Leaves pictures out so that at most `fps` per second come.
    #[must_use]
    pub fn at_most(self, fps: f64) -> Self {
        // Half a millisecond of grace, so that a camera at exactly that rate is not halved by jitter.
        Self { least_step_secs: (fps.recip() - 5e-4).max(0.0), ..self }
    }

    /// The first frame, which has been waited for; `None` when it was called off before.
    pub fn first(&self) -> Option<&Frame> {
        self.ahead.as_ref()
    }

    /// The camera.
    pub fn camera(&self) -> &LiveCamera {
        &self.camera
    }

    /// Seconds since the first picture; it is the first itself when there was none.
    fn since_first(&mut self, at: Timestamp) -> f64 {
        at.secs_since(*self.first.get_or_insert(at))
    }

    fn trouble(&self) -> CameraError {
        let state = self.camera.state();
        let text = state.trouble.unwrap_or_else(|| format!("no picture from {}; check its cable", state.name));
        CameraError::Trouble(text)
    }
}

impl FrameSource for CameraFrames {
    type Error = CameraError;

    fn next_frame(&mut self) -> Result<Option<Frame>, CameraError> {
        if let Some(frame) = self.ahead.take() {
            return Ok(Some(frame));
        }
        let mut silent_secs = 0.0;
        while !self.cancel.is_cancelled() {
            match self.pictures.next_within(LOOK_EVERY) {
                Received::Picture(picture) => {
                    let secs = self.since_first(picture.at);
                    if secs > self.secs {
                        return Ok(None);
                    }
                    let at = Timestamp::from_secs(secs);
                    let is_early = self.last.is_some_and(|last| at.secs_since(last) < self.least_step_secs);
                    // A picture that cannot be decoded is one picture less.
                    if let (false, Ok(frame)) = (is_early, picture.frame(self.max_width)) {
                        self.last = Some(at);
                        return Ok(Some(Frame { at, ..frame }));
                    }
                }
                Received::Nothing if silent_secs > PATIENCE_SECS => return Err(self.trouble()),
                Received::Nothing => silent_secs += LOOK_EVERY.as_secs_f64(),
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
    use crate::camera::{CameraChoice, Pace, Patience, PictureSource, SourceOpener, SyntheticCamera};
    use crossbeam_channel::{Receiver, bounded};
    use fencing::geometry::PictureSize;
    use fencing::time::HostClock;
    use std::sync::Arc;

    /// A camera that opens when it is listened to, so that its first picture is heard of.
    struct Obliging {
        camera: SyntheticCamera,
        listened_to: Receiver<()>,
    }

    impl SourceOpener for Obliging {
        fn name(&self) -> String {
            self.camera.name()
        }

        fn open(&self, cancel: &Cancel) -> Result<Box<dyn PictureSource>, CameraError> {
            let _listened_to = self.listened_to.recv();
            self.camera.open(cancel)
        }
    }

    #[test]
    fn a_stretch_has_its_length_and_its_rate() {
        let clock = HostClock::start();
        let start = || {
            let camera = SyntheticCamera::new(PictureSize::new(64, 48), 60, Pace::AtOnce, clock).ending_after(400);
            let (listen, listened_to) = bounded(1);
            let opener = Arc::new(Obliging { camera, listened_to });
            let camera = LiveCamera::start_with(opener, clock, Patience::default());
            let frames = CameraFrames::listening(camera, 1.0, 32, &Cancel::new());
            listen.send(()).unwrap();
            frames.with_first().unwrap()
        };
        for (fps, expected) in [(1000.0, 61), (60.0, 61), (30.0, 31), (25.0, 21)] {
            let mut frames = start().at_most(fps);
            assert_eq!(frames.first().unwrap().size, PictureSize::new(32, 24));
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
