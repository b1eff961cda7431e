//! One picture as the camera gave it.

use crate::geometry::PictureSize;
use crate::time::{FrameIndex, Timestamp};
use std::sync::Arc;

/// How the bytes of a [`Captured`] are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelCoding {
    /// A JPEG file.
    Jpeg,
    /// Rows of RGB triples without padding.
    Rgb,
    /// 4:2:2, packed as Y0 U Y1 V.
    Yuyv,
    /// 4:2:0, a plane of Y, then one of interleaved U and V.
    Nv12,
}

/// A picture in the camera's own coding. Cheap to clone: the bytes are shared.
#[derive(Clone, Debug)]
pub struct Captured {
    /// When it was taken, on the host clock.
    pub at: Timestamp,
    /// Its number since the camera was opened; a gap is a lost picture.
    pub index: FrameIndex,
    /// Size in pixels.
    pub size: PictureSize,
    /// How to read `bytes`.
    pub coding: PixelCoding,
    /// The picture.
    pub bytes: Arc<[u8]>,
}
