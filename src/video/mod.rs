//! Pictures with their true times, and where they come from.
//!
//! Hides containers, codecs, colour formats and child processes. Must never know what is *in* a picture.

mod frame;
mod source;

pub use frame::Frame;
pub use source::FrameSource;
