//! The traits behind every kind of camera: one returns the next frame, the other opens the camera, also repeatedly.

use super::{CameraError, CameraFormat, PixelCoding};
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use std::time::Instant;
use vision::video::Cancel;

/// When a frame was taken, as precisely as its source knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Taken {
    /// On the host clock: a played-back clip knows when each frame is due.
    At(Timestamp),
    /// On the device's clock, converted to this machine's monotonic clock.
    Device(Instant),
    /// In nanoseconds on the source's own clock, whose zero is unknown.
    OnSourceClock(i64),
    /// Unknown: the time of arrival is used.
    Unknown,
}

/// A frame as a source delivers it, before validation.
#[derive(Clone, Debug)]
pub struct RawFrame {
    /// When it was taken.
    pub taken: Taken,
    /// Size that the source promised; the header of a JPEG image overrides it.
    pub size: FrameSize,
    /// How the bytes are coded.
    pub coding: PixelCoding,
    /// The coded frame, possibly followed by padding.
    pub bytes: Vec<u8>,
}

/// An open camera. Stays on one thread.
pub trait CameraSource {
    /// Its own name, where opening it revealed one.
    fn name(&self) -> Option<String> {
        None
    }

    /// The promised format; `None` where it is unknown before the first frame.
    fn format(&self) -> Option<CameraFormat> {
        None
    }

    /// Waits for the next frame; `None` at the end of a clip. After an error the camera must be opened again.
    fn next_frame(&mut self) -> Result<Option<RawFrame>, CameraError>;

    /// How many frames arrived damaged, as far as the source can tell: they decode, but show corrupted content.
    fn damaged(&self) -> u64 {
        0
    }

    /// Its controls with their current values.
    fn controls(&mut self) -> Vec<CameraControl> {
        Vec::new()
    }

    /// Sets one control by its name in [`controls`](Self::controls).
    fn set_control(&mut self, control: &str, value: f64) -> Result<(), CameraError> {
        let (name, control) = ("this camera".to_owned(), control.to_owned());
        Err(CameraError::Control { name, control, value, reason: "it has no controls".into() })
    }
}

/// Opens a camera, and opens it again after a failure.
pub trait CameraOpener: Send + Sync {
    /// Display name.
    fn name(&self) -> String;

    /// Opens it on the calling thread, where it stays. A raised `cancel` ends waiting, in the source too where possible.
    fn open(&self, cancel: &Cancel) -> Result<Box<dyn CameraSource>, CameraError>;
}

/// Speed of a source that could deliver faster than real time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// In real time.
    #[default]
    RealTime,
    /// Without waiting; timestamps still advance at the frame rate. For tests and benches.
    AtOnce,
}

/// One control of a camera.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraControl {
    /// Name, as [`set_control`](super::LiveCamera::set_control) takes it.
    pub name: String,
    /// What it affects.
    pub role: ControlRole,
    /// Current value; switches are 0 or 1.
    pub value: f64,
    /// Minimum, maximum and step; `None` for switches.
    pub range: Option<(f64, f64, f64)>,
    /// Factory default.
    pub default: f64,
    /// Whether it can be set now; an automatic mode disables some controls.
    pub is_settable: bool,
}

/// What a control affects at the piste.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlRole {
    /// Exposure: short exposures keep blades sharp.
    Exposure,
    /// Focus: autofocus hunts while people move.
    Focus,
    /// Gain: brightness without a longer exposure.
    Gain,
    /// Anything else.
    Other,
}

impl ControlRole {
    /// Label in lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exposure => "exposure",
            Self::Focus => "focus",
            Self::Gain => "gain",
            Self::Other => "other",
        }
    }

    /// Guesses the role from the control's name; every driver names its controls differently.
    pub fn of_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match () {
            () if name.contains("exposure") => Self::Exposure,
            () if name.contains("focus") => Self::Focus,
            () if name.contains("gain") => Self::Gain,
            () => Self::Other,
        }
    }
}
