//! Cameras on a cable.

use super::CameraError;
use super::source::{PictureSource, SourceOpener};
use crate::video::Cancel;

/// Opens a camera on a cable by its number or part of its name.
#[derive(Debug)]
pub struct DeviceCamera {
    wanted: String,
    format: Option<String>,
}

impl DeviceCamera {
    /// `wanted` and `format` as in [`CameraChoice::Device`](super::CameraChoice::Device).
    pub fn new(wanted: String, format: Option<String>) -> Self {
        Self { wanted, format }
    }
}

impl SourceOpener for DeviceCamera {
    fn name(&self) -> String {
        format!("camera {}", self.wanted)
    }

    fn open(&self, _: &Cancel) -> Result<Box<dyn PictureSource>, CameraError> {
        if let Some(text) = &self.format {
            text.parse::<super::CameraFormat>()?;
        }
        Err(CameraError::NotBuilt)
    }
}
