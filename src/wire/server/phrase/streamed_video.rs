//! The frames of a stream as a video file: JPEG pictures as they came, anything else encoded once.
//!
//! A video has one size. It is that of the picture in the middle when all are ordered by size: nearly always the one that all
//! have, and whatever a client sends, at least half of its pictures claim to be as large. What a session may not send is left
//! out here as it was for the judge, and so is what cannot be read. One phrase may not hold up the papers of all others
//! either: what is not written in time is left out, too. All of that is told. Gaps stay gaps.

use super::decode::{Picture, decode, jpeg_orientation, picture_size};
use super::frame_store::{FrameStore, StoredFrame};
use crate::protocol::Encoding;
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use vision::video::{Cancel, VideoWriter, WriterOptions, encode_jpeg};

/// How long the writing of one video may take: twelve times as long as a long phrase lasts. JPEG takes a fraction of that
/// time, raw pictures about as long as they lasted; only who sends pictures that cost far more than they look gets there.
const WRITE_WITHIN: Duration = Duration::from_mins(2);

type Fault = Box<dyn std::error::Error>;

/// How many pictures the video lacks, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server) struct LeftOut {
    unreadable: u64,
    too_late: u64,
}

impl LeftOut {
    /// The same in words; nothing when it lacks none.
    pub(in crate::server) fn told(self) -> impl Iterator<Item = String> {
        let why = [
            (self.unreadable, "unreadable or larger than this session may send"),
            (self.too_late, "left out because writing them took too long"),
        ];
        why.into_iter().filter(|(count, _)| *count > 0).map(|(count, why)| match count {
            1 => format!("1 picture is not in the video: it is {why}"),
            _ => format!("{count} pictures are not in the video: they are {why}"),
        })
    }
}

/// A picture with its time and the size that its header names.
#[derive(Clone, Copy)]
struct Sized<'a> {
    at: Timestamp,
    size: PictureSize,
    frame: &'a StoredFrame,
}

/// How a video is made.
struct Plan<'a> {
    path: &'a Path,
    size: PictureSize,
    announced: PictureSize,
    until: Instant,
}

/// Writes the video. `announced` is the size that the session declared and bounds what is read.
pub(in crate::server) fn write_streamed_video(
    path: &Path,
    store: &FrameStore,
    times: &[(i64, Timestamp)],
    announced: PictureSize,
) -> Result<LeftOut, String> {
    write_until(Instant::now() + WRITE_WITHIN, path, store, times, announced)
}

fn write_until(
    until: Instant,
    path: &Path,
    store: &FrameStore,
    times: &[(i64, Timestamp)],
    announced: PictureSize,
) -> Result<LeftOut, String> {
    let times: BTreeMap<i64, Timestamp> = times.iter().copied().collect();
    let timed = || store.frames().filter_map(|(number, frame)| times.get(&number).map(|at| (*at, frame)));
    let sized = timed().filter_map(|(at, frame)| {
        let size = picture_size(&frame.encoding, &frame.payload, announced).ok()?;
        Some(Sized { at, size, frame })
    });
    let sized: Vec<Sized<'_>> = sized.collect();
    let Some(size) = middle_size(&sized) else { return Err("no frame could be decoded".to_owned()) };
    let all_jpeg = sized.iter().all(|one| Encoding::from_wire(&one.frame.encoding) == Some(Encoding::Jpeg));
    let plan = Plan { path, size, announced, until };
    let written = if all_jpeg { copy_jpegs(&plan, &sized) } else { encode(&plan, &sized) };
    let mut left_out = written.map_err(|error| error.to_string())?;
    left_out.unreadable += (timed().count() - sized.len()) as u64;
    Ok(left_out)
}

/// The size of the picture in the middle when all are ordered by their pixels.
fn middle_size(pictures: &[Sized<'_>]) -> Option<PictureSize> {
    let mut sizes: Vec<_> = pictures.iter().map(|one| one.size).collect();
    sizes.sort_by_key(|size| (u64::from(size.width) * u64::from(size.height), size.width));
    sizes.get(sizes.len() / 2).copied()
}

/// What is as large as the video goes into it byte for byte; anything else is fitted.
fn copy_jpegs(plan: &Plan<'_>, pictures: &[Sized<'_>]) -> Result<LeftOut, Fault> {
    let mut video = VideoWriter::create_from_jpegs(plan.path, plan.size, &WriterOptions::default(), &Cancel::new())?;
    let left_out = plan.each(pictures, |one| {
        // Players of the video would not heed the orientation of a single picture.
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

fn encode(plan: &Plan<'_>, pictures: &[Sized<'_>]) -> Result<LeftOut, Fault> {
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
    /// Writes one picture after the other while there is time; `write` tells whether it could be read.
    fn each(
        &self,
        pictures: &[Sized<'_>],
        mut write: impl FnMut(&Sized<'_>) -> Result<bool, Fault>,
    ) -> Result<LeftOut, Fault> {
        let mut left_out = LeftOut::default();
        for (done, one) in pictures.iter().enumerate() {
            // The first one is always written: a video without a picture is none.
            if done > 0 && Instant::now() >= self.until {
                left_out.too_late = (pictures.len() - done) as u64;
                break;
            }
            left_out.unreadable += u64::from(!write(one)?);
        }
        Ok(left_out)
    }

    /// The picture's pixels at the size of the video.
    fn fitted(&self, one: &Sized<'_>) -> Option<Vec<u8>> {
        let picture = decode(&one.frame.encoding, &one.frame.payload, self.announced).ok()?;
        Some(stretched(picture, self.size))
    }
}

/// Stretched and not framed: joints are told in parts of a picture's width and height, and have to lie on the fencers here, too.
fn stretched(picture: Picture, size: PictureSize) -> Vec<u8> {
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
    use super::super::memory::Memory;
    use super::*;
    use bytes::Bytes;
    use vision::video::{ClipOptions, ClipReader, FrameSource, probe};

    const ANNOUNCED: PictureSize = PictureSize::new(64, 48);

    fn jpeg(width: u32, height: u32) -> StoredFrame {
        let size = PictureSize::new(width, height);
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

    /// Size and number of pictures of the video, and what was left out.
    fn written(until: Instant, frames: Vec<StoredFrame>) -> (PictureSize, u64, LeftOut) {
        let mut store = FrameStore::new(&Memory::new(1 << 30));
        let times: Vec<_> = (0i64..).take(frames.len()).map(|n| (n, Timestamp::from_secs(n as f64 / 25.0))).collect();
        for (number, frame) in (0..).zip(frames) {
            store.insert(number, frame).unwrap();
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
        Instant::now() + WRITE_WITHIN
    }

    #[test]
    fn one_large_picture_does_not_blow_up_all_that_follow() {
        let mut frames = vec![png(1280, 720)];
        frames.extend((0..5).map(|_| png(64, 48)));
        assert_eq!(written(soon(), frames), (ANNOUNCED, 6, LeftOut::default()));
    }

    #[test]
    fn what_the_session_may_not_send_is_left_out_and_told() {
        let mut frames = vec![png(4000, 3000), garbage()];
        frames.extend((0..5).map(|_| png(64, 48)));
        let left_out = LeftOut { unreadable: 2, too_late: 0 };
        assert_eq!(written(soon(), frames), (ANNOUNCED, 5, left_out));
        let told = "2 pictures are not in the video: they are unreadable or larger than this session may send";
        assert_eq!(left_out.told().collect::<Vec<_>>(), [told]);
        assert_eq!(LeftOut::default().told().count(), 0);
    }

    #[test]
    fn jpegs_of_another_size_are_fitted_into_the_one_that_most_have() {
        let mut frames = vec![jpeg(32, 24)];
        frames.extend((0..5).map(|_| jpeg(64, 48)));
        frames.push(jpeg(128, 96));
        assert_eq!(written(soon(), frames), (ANNOUNCED, 7, LeftOut::default()));
    }

    #[test]
    fn a_phrase_does_not_hold_up_the_papers_of_others_for_ever() {
        for frame in [jpeg(64, 48), png(64, 48)] {
            let left_out = LeftOut { unreadable: 0, too_late: 4 };
            assert_eq!(written(Instant::now(), vec![frame; 5]), (ANNOUNCED, 1, left_out));
        }
    }
}
