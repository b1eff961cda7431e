//! A clip for tests that upload one.

use super::server::jpeg;
use fencing_referee::geometry::PictureSize;
use fencing_referee::time::Timestamp;
use fencing_referee::video::{Cancel, VideoWriter, WriterOptions};

/// A clip of 20 frames.
pub(crate) fn clip() -> Vec<u8> {
    clip_of(20)
}

/// A clip of so many frames, 20 per second.
pub(crate) fn clip_of(frames: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let size = PictureSize::new(64, 48);
    let mut video = VideoWriter::create_from_jpegs(&path, size, &WriterOptions::default(), &Cancel::new()).unwrap();
    for number in 0..frames {
        video.write_jpeg(Timestamp::from_secs(f64::from(number) / 20.0), &jpeg(number as u8)).unwrap();
    }
    video.finish().unwrap();
    std::fs::read(&path).unwrap()
}
