//! A decoded frame with its exact time, the only type in which pixels travel between modules; and the trait of its sources.

use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;

/// A frame as the engine analyses it: 8-bit RGB, row by row, possibly scaled down from the source.
///
/// Cheap to clone: the pixels are shared. Coordinates in results are pixels of `source_size`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Presentation time from the container or the capture clock; never index / fps.
    pub at: Timestamp,
    /// Index in its source.
    pub index: FrameIndex,
    /// Size of the pixels in `rgb`.
    pub size: FrameSize,
    /// Size of the frame before scaling; keypoints are reported in it.
    pub source_size: FrameSize,
    /// `size.height` rows of `size.width` RGB triples, no padding.
    pub rgb: Arc<[u8]>,
}

impl Frame {
    /// A frame from packed RGB; `None` when the number of bytes does not fit the size.
    pub fn from_rgb(
        at: Timestamp,
        index: FrameIndex,
        size: FrameSize,
        source_size: FrameSize,
        rgb: impl Into<Arc<[u8]>>,
    ) -> Option<Self> {
        let rgb = rgb.into();
        let expected = size.width as usize * size.height as usize * 3;
        (rgb.len() == expected && expected > 0).then_some(Self { at, index, size, source_size, rgb })
    }

    /// Scale from the pixels in `rgb` to source pixels, along x and y.
    pub fn source_from_carried(&self) -> (f32, f32) {
        (
            self.source_size.width as f32 / self.size.width as f32,
            self.source_size.height as f32 / self.size.height as f32,
        )
    }
}

/// A source of frames in presentation order.
///
/// Blocking and single-threaded on purpose: a caller that needs it in the background runs it on a named thread.
pub trait FrameSource {
    /// Read error.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The next frame, or `None` at the end. After an error call it again only if the error type allows that.
    fn next_frame(&mut self) -> Result<Option<Frame>, Self::Error>;
}
