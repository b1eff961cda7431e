//! Stands in for `plugged` in a build without the feature `camera`: there are no cameras on a cable, and it says why.

use super::device::{CameraListing, Plugged};
use super::{CameraError, CameraFormat, PictureSource};

pub(super) fn list() -> Result<Vec<Plugged>, CameraError> {
    Err(CameraError::NotBuilt)
}

pub(super) fn describe(_: &Plugged) -> Option<CameraListing> {
    None
}

pub(super) fn open(_: &Plugged, _: Option<CameraFormat>) -> Result<Box<dyn PictureSource>, CameraError> {
    Err(CameraError::NotBuilt)
}
