//! Writes the frames of a stream as a video: JPEG frames are copied, others encoded once.
//!
//! A video has one size: that of the median frame when all are sorted by size, nearly always the size that all have; at least half
//! of the frames claim to be as large. Frames that the session must not send and undecodable ones are left out, as they were
//! for the judge. The writing time is limited, so that one phrase cannot delay the artifacts of all others; frames not
//! written in time are left out too. The result reports all of that. Gaps stay gaps.

use super::decode::{DecodedFrame, decode, image_size, jpeg_orientation};
use super::frame_store::{FrameStore, StoredFrame};
use crate::protocol::Encoding;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use vision::video::{Cancel, VideoError, VideoWriter, WriterOptions, encode_jpeg};

/// Longest time for writing one video: twelve times the length of a long phrase. JPEG takes a fraction of that, raw frames about as
/// long as they lasted; only frames that are much more expensive than their size reach it.
const WRITE_TIMEOUT: Duration = Duration::from_mins(2);

type Fault = Box<dyn std::error::Error>;

/// Why there is no video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) struct StreamedVideoError {
    /// Description.
    pub(in crate::server) text: String,
    /// Whether the disk is full, so that a retry may help.
    pub(in crate::server) is_disk_full: bool,
}

impl StreamedVideoError {
    fn because(fault: &Fault) -> Self {
        let is_disk_full = matches!(fault.downcast_ref(), Some(VideoError::DiskFull { .. }));
        Self { text: fault.to_string(), is_disk_full }
    }
}

/// Number of frames missing in the video, by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server) struct MissingFrames {
    unreadable: u64,
    too_late: u64,
}

impl MissingFrames {
    /// Descriptions; empty when none is missing.
    pub(in crate::server) fn descriptions(self) -> impl Iterator<Item = String> {
        let why = [
            (self.unreadable, "unreadable or larger than this session may send"),
            (self.too_late, "left out because writing them took too long"),
        ];
        why.into_iter().filter(|(count, _)| *count > 0).map(|(count, why)| match count {
            1 => format!("1 frame is not in the video: it is {why}"),
            _ => format!("{count} frames are not in the video: they are {why}"),
        })
    }
}

/// A frame with its time and the size in its header.
#[derive(Clone, Copy)]
struct SizedFrame<'a> {
    at: Timestamp,
    size: FrameSize,
    frame: &'a StoredFrame,
}

/// Parameters of a video.
struct Plan<'a> {
    path: &'a Path,
    size: FrameSize,
    announced: FrameSize,
    until: Instant,
}

/// Writes the video. `announced` is the frame size of the session and limits what is decoded.
pub(in crate::server) fn write_streamed_video(
    path: &Path,
    store: &FrameStore,
    times: &[(i64, Timestamp)],
    announced: FrameSize,
) -> Result<MissingFrames, StreamedVideoError> {
    write_until(Instant::now() + WRITE_TIMEOUT, path, store, times, announced)
}

fn write_until(
    until: Instant,
    path: &Path,
    store: &FrameStore,
    times: &[(i64, Timestamp)],
    announced: FrameSize,
) -> Result<MissingFrames, StreamedVideoError> {
    let times: BTreeMap<i64, Timestamp> = times.iter().copied().collect();
    let timed = || store.frames().filter_map(|(number, frame)| Some((time_of(number, &times)?, frame)));
    let sized = timed().filter_map(|(at, frame)| {
        let size = image_size(&frame.encoding, &frame.payload, announced).ok()?;
        Some(SizedFrame { at, size, frame })
    });
    let sized: Vec<SizedFrame<'_>> = sized.collect();
    let Some(size) = median_size(&sized) else {
        return Err(StreamedVideoError { text: "no frame could be decoded".to_owned(), is_disk_full: false });
    };
    let all_jpeg = sized.iter().all(|one| Encoding::from_wire(&one.frame.encoding) == Some(Encoding::Jpeg));
    let plan = Plan { path, size, announced, until };
    let written = if all_jpeg { copy_jpegs(&plan, &sized) } else { encode(&plan, &sized) };
    let mut left_out = written.map_err(|error| StreamedVideoError::because(&error))?;
    left_out.unreadable += (timed().count() - sized.len()) as u64;
    Ok(left_out)
}

/// Capture time of a frame: one that was never analysed lies between its neighbours.
fn time_of(number: i64, times: &BTreeMap<i64, Timestamp>) -> Option<Timestamp> {
    let (after, at_after) = times.range(number..).next()?;
    if *after == number {
        return Some(*at_after);
    }
    let (before, at_before) = times.range(..number).next_back()?;
    let share = number.abs_diff(*before) as f64 / after.abs_diff(*before) as f64;
    Some(Timestamp::from_secs(at_before.secs() + share * at_after.secs_since(*at_before)))
}

/// The median frame size.
fn median_size(pictures: &[SizedFrame<'_>]) -> Option<FrameSize> {
    let mut sizes: Vec<_> = pictures.iter().map(|one| one.size).collect();
    sizes.sort_by_key(|size| (u64::from(size.width) * u64::from(size.height), size.width));
    sizes.get(sizes.len() / 2).copied()
}

/// Copies frames of the video's size byte for byte and scales the others.
fn copy_jpegs(plan: &Plan<'_>, pictures: &[SizedFrame<'_>]) -> Result<MissingFrames, Fault> {
    let mut video = VideoWriter::create_from_jpegs(plan.path, plan.size, &WriterOptions::default(), &Cancel::new())?;
    let left_out = plan.each(pictures, |one| {
        // Players ignore the orientation of a single frame.
        if one.size == plan.size && jpeg_orientation(&one.frame.payload) == 1 {
            video.write_jpeg(one.at, &one.frame.payload)?;
            return Ok(true);
        }
        let Some(rgb) = plan.fitted(one) else { return Ok(false) };
        video.write_jpeg(one.at, &encode_jpeg(&rgb, plan.size)?)?;
        Ok(true)
    })?;
    video.finish()?;
    Ok(left_out)
}

fn encode(plan: &Plan<'_>, pictures: &[SizedFrame<'_>]) -> Result<MissingFrames, Fault> {
    let mut video = VideoWriter::create(plan.path, plan.size, &WriterOptions::default(), &Cancel::new())?;
    let left_out = plan.each(pictures, |one| {
        let Some(rgb) = plan.fitted(one) else { return Ok(false) };
        video.write_rgb(one.at, &rgb)?;
        Ok(true)
    })?;
    if left_out.unreadable == pictures.len() as u64 {
        return Err("no frame could be decoded".into());
    }
    video.finish()?;
    Ok(left_out)
}

impl Plan<'_> {
    /// Writes one frame after the other while there is time; `write` returns whether it could be decoded.
    fn each(
        &self,
        pictures: &[SizedFrame<'_>],
        mut write: impl FnMut(&SizedFrame<'_>) -> Result<bool, Fault>,
    ) -> Result<MissingFrames, Fault> {
        let mut left_out = MissingFrames::default();
        for (done, one) in pictures.iter().enumerate() {
            // The first one is always written: a video needs at least one frame.
            if done > 0 && Instant::now() >= self.until {
                left_out.too_late = (pictures.len() - done) as u64;
                break;
            }
            left_out.unreadable += u64::from(!write(one)?);
        }
        Ok(left_out)
    }

    /// The frame's pixels at the size of the video.
    fn fitted(&self, one: &SizedFrame<'_>) -> Option<Vec<u8>> {
        let picture = decode(&one.frame.encoding, &one.frame.payload, self.announced).ok()?;
        Some(stretched(picture, self.size))
    }
}

/// Scales without keeping the aspect ratio: joints are fractions of a frame's width and height, and have to match here too.
fn stretched(picture: DecodedFrame, size: FrameSize) -> Vec<u8> {
    if picture.size == size {
        return picture.rgb;
    }
    let Some(original) = image::RgbImage::from_raw(picture.size.width, picture.size.height, picture.rgb) else {
        return vec![0; size.width as usize * size.height as usize * 3];
    };
    image::imageops::resize(&original, size.width, size.height, image::imageops::FilterType::Triangle).into_raw()
}

#[cfg(test)]
mod tests {
    use super::super::frame_store::MemoryBudget;
    use super::*;
    use bytes::Bytes;
    use vision::video::{ClipOptions, ClipReader, FrameSource, probe};

    const ANNOUNCED: FrameSize = FrameSize::new(64, 48);

    fn jpeg(width: u32, height: u32) -> StoredFrame {
        let size = FrameSize::new(width, height);
        let bytes = encode_jpeg(&vec![90; width as usize * height as usize * 3], size).unwrap();
        StoredFrame { encoding: "jpeg".into(), stamp: 0.0, payload: bytes.into() }
    }

    fn png(width: u32, height: u32) -> StoredFrame {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        StoredFrame { encoding: "png".into(), stamp: 0.0, payload: bytes.into_inner().into() }
    }

    fn garbage() -> StoredFrame {
        StoredFrame { encoding: "jpeg".into(), stamp: 0.0, payload: Bytes::from_static(b"no picture") }
    }

    /// Size and number of frames of the video, and what was left out.
    fn written(until: Instant, frames: Vec<StoredFrame>) -> (FrameSize, u64, MissingFrames) {
        let mut store = FrameStore::new(&MemoryBudget::new(1 << 30, 10));
        let times: Vec<_> = (0i64..).take(frames.len()).map(|n| (n, Timestamp::from_secs(n as f64 / 25.0))).collect();
        for (number, frame) in (0..).zip(frames) {
            store.insert(number, &frame).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("streamed_video.mp4");
        let left_out = write_until(until, &path, &store, &times, ANNOUNCED).unwrap();
        let mut reader = ClipReader::open(&path, &ClipOptions::default(), &Cancel::new()).unwrap();
        let mut pictures = 0;
        while let Some(_frame) = reader.next_frame().unwrap() {
            pictures += 1;
        }
        (probe(&path).unwrap().size, pictures, left_out)
    }

    fn soon() -> Instant {
        Instant::now() + WRITE_TIMEOUT
    }

    #[test]
    fn one_large_frame_does_not_blow_up_all_that_follow() {
        let mut frames = vec![png(1280, 720)];
        frames.extend((0..5).map(|_| png(64, 48)));
        assert_eq!(written(soon(), frames), (ANNOUNCED, 6, MissingFrames::default()));
    }

    #[test]
    fn what_the_session_may_not_send_is_left_out_and_reported() {
        let mut frames = vec![png(4000, 3000), garbage()];
        frames.extend((0..5).map(|_| png(64, 48)));
        let left_out = MissingFrames { unreadable: 2, too_late: 0 };
        assert_eq!(written(soon(), frames), (ANNOUNCED, 5, left_out));
        let descriptions = "2 frames are not in the video: they are unreadable or larger than this session may send";
        assert_eq!(left_out.descriptions().collect::<Vec<_>>(), [descriptions]);
        assert_eq!(MissingFrames::default().descriptions().count(), 0);
    }

    #[test]
    fn jpegs_of_another_size_are_fitted_into_the_one_that_most_have() {
        let mut frames = vec![jpeg(32, 24)];
        frames.extend((0..5).map(|_| jpeg(64, 48)));
        frames.push(jpeg(128, 96));
        assert_eq!(written(soon(), frames), (ANNOUNCED, 7, MissingFrames::default()));
    }

    #[test]
    fn a_phrase_does_not_delay_the_artifacts_of_others_for_ever() {
        for frame in [jpeg(64, 48), png(64, 48)] {
            let left_out = MissingFrames { unreadable: 0, too_late: 4 };
            assert_eq!(written(Instant::now(), vec![frame; 5]), (ANNOUNCED, 1, left_out));
        }
    }
}
