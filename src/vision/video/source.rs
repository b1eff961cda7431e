//! The door that every supplier of pictures comes through: clip, camera, network, generator.

use super::Frame;

/// Something that yields frames in order of presentation time.
///
/// Blocking and single-threaded on purpose: whoever needs it in the background owns a named thread around it.
pub trait FrameSource {
    /// What can go wrong while reading.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The next frame, or `None` at the end. After an error the source may be asked again only if the error's type says so.
    fn next_frame(&mut self) -> Result<Option<Frame>, Self::Error>;
}
