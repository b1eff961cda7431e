//! A clip played as if it were filmed now: for demonstrations, and for trying everything without a camera.

use super::pacing::Pacing;
use super::source::{Pace, PictureSource, RawPicture, SourceOpener, Taken};
use super::{CameraError, PixelCoding};
use fencing::time::HostClock;
use std::path::PathBuf;
use vision::video::{Cancel, ClipInfo, JpegStream, Tools, probe_with};

/// Interval after the last picture of a clip that is repeated, when the clip does not tell its rate: 30 per second.
const USUAL_INTERVAL_SECS: f64 = 1.0 / 30.0;

/// Opens a clip as a camera.
#[derive(Clone, Debug)]
pub struct ClipCamera {
    path: PathBuf,
    repeats: bool,
    pace: Pace,
    clock: HostClock,
}

impl ClipCamera {
    /// A clip played once or again and again; times are put on `clock`.
    pub fn new(path: PathBuf, repeats: bool, pace: Pace, clock: HostClock) -> Self {
        Self { path, repeats, pace, clock }
    }
}

impl SourceOpener for ClipCamera {
    fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    fn open(&self, cancel: &Cancel) -> Result<Box<dyn PictureSource>, CameraError> {
        let tools = Tools::default();
        let info = probe_with(&self.path, &tools, cancel)?;
        let stream = JpegStream::open_clip(&info, &tools, cancel)?;
        let (pacing, cancel) = (Pacing::new(self.pace, self.clock), cancel.clone());
        let played = Played { begun_secs: 0.0, zero_nanos: None, last_secs: 0.0 };
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
    played: Played,
}

/// Where playing is, in seconds since it was begun.
struct Played {
    /// When this round began.
    begun_secs: f64,
    /// Container time of the clip's first picture.
    zero_nanos: Option<i64>,
    /// When the last picture was due.
    last_secs: f64,
}

impl Played {
    fn due_secs(&mut self, nanos: i64) -> f64 {
        let zero = *self.zero_nanos.get_or_insert(nanos);
        self.last_secs = self.begun_secs + nanos.saturating_sub(zero) as f64 * 1e-9;
        self.last_secs
    }
}

impl PictureSource for ClipSource {
    fn next_picture(&mut self) -> Result<Option<RawPicture>, CameraError> {
        let next = match self.stream.next_jpeg()? {
            None if self.repeats => {
                let interval =
                    self.info.frames_per_sec.filter(|fps| *fps > 0.0).map_or(USUAL_INTERVAL_SECS, f64::recip);
                self.played.begun_secs = self.played.last_secs + interval;
                self.stream = JpegStream::open_clip(&self.info, &self.tools, &self.cancel)?;
                self.stream.next_jpeg()?
            }
            next => next,
        };
        Ok(next.map(|(nanos, bytes)| {
            let due = self.played.due_secs(nanos);
            let taken = Taken::At(self.pacing.wait_for(due, &self.cancel));
            RawPicture { taken, size: self.info.size, coding: PixelCoding::Jpeg, bytes }
        }))
    }
}
