//! Replaces `plugged` in a build without the feature `camera`: every call returns [`CameraError::NotBuilt`].

use super::device::{CameraListing, Plugged};
use super::{CameraError, CameraFormat, CameraSource};

pub(super) fn list() -> Result<Vec<Plugged>, CameraError> {
    Err(CameraError::NotBuilt)
}

pub(super) fn describe(_: &Plugged) -> Option<CameraListing> {
    None
}

pub(super) fn open(_: &Plugged, _: Option<CameraFormat>) -> Result<Box<dyn CameraSource>, CameraError> {
    Err(CameraError::NotBuilt)
}
