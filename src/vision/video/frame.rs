//! One picture with its true time. The only pixels that travel between rooms.

use fencing::geometry::PictureSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;

/// A picture as the engine sees it: 8-bit RGB, row by row, possibly scaled down from the source.
///
/// Cheap to clone: the pixels are shared. Coordinates that leave the perception rooms are pixels of `source_size`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Presentation time from the container or the capture clock; never index / fps.
    pub at: Timestamp,
    /// Position in its source.
    pub index: FrameIndex,
    /// Size of the pixels carried here.
    pub size: PictureSize,
    /// Size of the picture before scaling; keypoints are reported in it.
    pub source_size: PictureSize,
    /// `size.height` rows of `size.width` RGB triples, no padding.
    pub rgb: Arc<[u8]>,
}

impl Frame {
    /// A frame from packed RGB; `None` when the number of bytes does not fit the size.
    pub fn from_rgb(
        at: Timestamp,
        index: FrameIndex,
        size: PictureSize,
        source_size: PictureSize,
        rgb: impl Into<Arc<[u8]>>,
    ) -> Option<Self> {
        let rgb = rgb.into();
        let expected = size.width as usize * size.height as usize * 3;
        (rgb.len() == expected && expected > 0).then_some(Self { at, index, size, source_size, rgb })
    }

    /// Factor from carried pixels to source pixels, along x and y.
    pub fn source_from_carried(&self) -> (f32, f32) {
        (
            self.source_size.width as f32 / self.size.width as f32,
            self.source_size.height as f32 / self.size.height as f32,
        )
    }
}
