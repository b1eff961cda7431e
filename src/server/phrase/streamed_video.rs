//! The frames of a stream as a video file: JPEG pictures as they came, anything else encoded once.

use super::decode::{Picture, decode, jpeg_size};
use super::frame_store::{FrameStore, StoredFrame};
use crate::geometry::PictureSize;
use crate::protocol::Encoding;
use crate::time::Timestamp;
use crate::video::{Cancel, VideoWriter, WriterOptions};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes the video. Frames that cannot be read are left out; gaps stay gaps.
pub(in crate::server) fn write_streamed_video(
    path: &Path,
    store: &FrameStore,
    times: &[(i64, Timestamp)],
) -> Result<(), String> {
    let times: BTreeMap<i64, Timestamp> = times.iter().copied().collect();
    let timed = || store.frames().filter_map(|(number, frame)| times.get(&number).map(|at| (*at, frame)));
    let all_jpeg = timed().all(|(_, frame)| Encoding::from_wire(&frame.encoding) == Some(Encoding::Jpeg));
    let written = if all_jpeg { copy_jpegs(path, timed()) } else { encode(path, timed()) };
    written.map_err(|error| error.to_string())
}

fn copy_jpegs<'a>(
    path: &Path,
    frames: impl Iterator<Item = (Timestamp, &'a StoredFrame)>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut readable =
        frames.filter_map(|(at, frame)| jpeg_size(&frame.payload).map(|size| (at, size, frame))).peekable();
    let Some((_, size, _)) = readable.peek().copied() else { return Err("no frame could be decoded".into()) };
    let mut video = VideoWriter::create_from_jpegs(path, size, &WriterOptions::default(), &Cancel::new())?;
    for (at, _, frame) in readable.filter(|(_, own, _)| *own == size) {
        video.write_jpeg(at, &frame.payload)?;
    }
    Ok(video.finish()?)
}

fn encode<'a>(
    path: &Path,
    frames: impl Iterator<Item = (Timestamp, &'a StoredFrame)>,
) -> Result<(), Box<dyn std::error::Error>> {
    let largest = PictureSize::new(u32::MAX, u32::MAX);
    let mut pictures =
        frames.filter_map(|(at, frame)| Some((at, decode(&frame.encoding, &frame.payload, largest).ok()?))).peekable();
    let Some(size) = pictures.peek().map(|(_, picture)| picture.size) else {
        return Err("no frame could be decoded".into());
    };
    let mut video = VideoWriter::create(path, size, &WriterOptions::default(), &Cancel::new())?;
    for (at, picture) in pictures {
        video.write_rgb(at, &resized(picture, size))?;
    }
    Ok(video.finish()?)
}

/// The picture's pixels at the size of the video.
fn resized(picture: Picture, size: PictureSize) -> Vec<u8> {
    if picture.size == size {
        return picture.rgb;
    }
    let Some(original) = image::RgbImage::from_raw(picture.size.width, picture.size.height, picture.rgb) else {
        return vec![0; size.width as usize * size.height as usize * 3];
    };
    image::imageops::resize(&original, size.width, size.height, image::imageops::FilterType::Triangle).into_raw()
}
