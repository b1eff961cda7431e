//! A clip played back in real time as a camera: for demonstrations, and for trying everything without a camera.

use super::pacing::Pacing;
use super::source::{CameraOpener, CameraSource, Pace, RawFrame, Taken};
use super::{CameraError, PixelCoding};
use fencing::time::HostClock;
use std::path::PathBuf;
use vision::video::{Cancel, ClipInfo, JpegStream, Tools, probe_with};

/// Gap between the last frame and the first one of the next round when the clip does not state its rate: 30 per second.
const DEFAULT_INTERVAL_SECS: f64 = 1.0 / 30.0;

/// Opens a clip as a camera.
#[derive(Clone, Debug)]
pub struct ClipCamera {
    path: PathBuf,
    repeats: bool,
    pace: Pace,
    clock: HostClock,
}

impl ClipCamera {
    /// Plays the clip once or repeatedly; timestamps are on `clock`.
    pub fn new(path: PathBuf, repeats: bool, pace: Pace, clock: HostClock) -> Self {
        Self { path, repeats, pace, clock }
    }
}

impl CameraOpener for ClipCamera {
    fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    fn open(&self, cancel: &Cancel) -> Result<Box<dyn CameraSource>, CameraError> {
        let tools = Tools::default();
        let info = probe_with(&self.path, &tools, cancel)?;
        let stream = JpegStream::open_clip(&info, &tools, cancel)?;
        let (pacing, cancel) = (Pacing::new(self.pace, self.clock), cancel.clone());
        let played = PlaybackPosition { begun_secs: 0.0, zero_nanos: None, last_secs: 0.0 };
        Ok(Box::new(ClipSource { info, tools, stream, repeats: self.repeats, pacing, cancel, played }))
    }
}

struct ClipSource {
    info: ClipInfo,
    tools: Tools,
    stream: JpegStream,
    repeats: bool,
    pacing: Pacing,
    cancel: Cancel,
    played: PlaybackPosition,
}

/// Playback position, in seconds since playback started.
struct PlaybackPosition {
    /// Start of this round.
    begun_secs: f64,
    /// Container time of the clip's first frame, in nanoseconds.
    zero_nanos: Option<i64>,
    /// Due time of the last frame.
    last_secs: f64,
}

impl PlaybackPosition {
    fn due_secs(&mut self, nanos: i64) -> f64 {
        let zero = *self.zero_nanos.get_or_insert(nanos);
        self.last_secs = self.begun_secs + nanos.saturating_sub(zero) as f64 * 1e-9;
        self.last_secs
    }
}

impl CameraSource for ClipSource {
    fn next_frame(&mut self) -> Result<Option<RawFrame>, CameraError> {
        let next = match self.stream.next_jpeg()? {
            None if self.repeats => {
                let interval =
                    self.info.frames_per_sec.filter(|fps| *fps > 0.0).map_or(DEFAULT_INTERVAL_SECS, f64::recip);
                self.played.begun_secs = self.played.last_secs + interval;
                self.stream = JpegStream::open_clip(&self.info, &self.tools, &self.cancel)?;
                self.stream.next_jpeg()?
            }
            next => next,
        };
        Ok(next.map(|(nanos, bytes)| {
            let due = self.played.due_secs(nanos);
            let taken = Taken::At(self.pacing.wait_for(due, &self.cancel));
            RawFrame { taken, size: self.info.size, coding: PixelCoding::Jpeg, bytes }
        }))
    }
}
