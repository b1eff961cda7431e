//! The door that every kind of camera comes through: one that gives the next picture, and one that can open it again.

use super::{CameraControl, CameraError, CameraFormat, PixelCoding};
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use std::time::Instant;
use vision::video::Cancel;

/// When a picture was taken, as well as its source knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Taken {
    /// On the host clock: what plays a clip knows when each picture is due.
    At(Timestamp),
    /// At that moment by the device's own clock, which runs with this machine's monotonic one.
    Device(Instant),
    /// At so many nanoseconds on the source's own clock, whose zero nobody knows.
    OnSourceClock(i64),
    /// Nobody knows: the moment of arrival has to do.
    Unknown,
}

/// A picture as a source delivers it, not yet looked at.
#[derive(Clone, Debug)]
pub struct RawPicture {
    /// When it was taken.
    pub taken: Taken,
    /// Size that the source promised; a JPEG picture's own header has the last word.
    pub size: PictureSize,
    /// How the bytes are coded.
    pub coding: PixelCoding,
    /// The picture, perhaps followed by rubbish.
    pub bytes: Vec<u8>,
}

/// A camera that is open. Lives on one thread.
pub trait PictureSource {
    /// Its own name, where opening it told more than its opener knew.
    fn name(&self) -> Option<String> {
        None
    }

    /// The format it promised; `None` where there is none to be known before the first picture.
    fn format(&self) -> Option<CameraFormat> {
        None
    }

    /// Waits for the next picture; `None` at the end of something that ends. After an error it must be opened again.
    fn next_picture(&mut self) -> Result<Option<RawPicture>, CameraError>;

    /// How many of the pictures that came were damaged on their way, as far as the source can tell: their coding is whole, what
    /// they show is not.
    fn damaged(&self) -> u64 {
        0
    }

    /// What can be set, with its present values.
    fn controls(&mut self) -> Vec<CameraControl> {
        Vec::new()
    }

    /// Sets one control, named as [`controls`](Self::controls) names it.
    fn set_control(&mut self, control: &str, value: f64) -> Result<(), CameraError> {
        let (name, control) = ("this camera".to_owned(), control.to_owned());
        Err(CameraError::Control { name, control, value, reason: "it has no controls".into() })
    }
}

/// Opens a camera, and opens it again after it was gone.
pub trait SourceOpener: Send + Sync {
    /// Its name for people.
    fn name(&self) -> String;

    /// Opens it on the calling thread, where it stays. A raised `cancel` ends waiting, in the source too, where it can.
    fn open(&self, cancel: &Cancel) -> Result<Box<dyn PictureSource>, CameraError>;
}

/// How fast a source that could be faster delivers its pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As they would be taken.
    #[default]
    RealTime,
    /// At once; times still advance as if they were taken one after the other. For tests and benches.
    AtOnce,
}
