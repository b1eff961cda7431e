//! Videos that are written: true times, the clip's sound, whole or not there at all; and the corrected video.

use crate::clips::{Folder, read_all};
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use vision::lens::{Correction, LensSettings, write_corrected_video};
use vision::video::{
    AudioTrack, Cancel, ClipEnding, ClipOptions, Frame, FrameCoding, MatroskaWriter, VideoError, VideoWriter,
    WriterOptions, encode_jpeg, probe, save_clip,
};

fn grey(at: f64, index: u64, size: FrameSize) -> Frame {
    let rgb = vec![(index * 10) as u8; (size.width * size.height * 3) as usize];
    Frame::from_rgb(Timestamp::from_secs(at), FrameIndex(index), size, size, rgb).unwrap()
}

/// Uneven, as a phone under load records.
const TIMES: [f64; 8] = [2.0, 2.04, 2.05, 2.2, 2.25, 2.5, 2.501, 3.0];

#[test]
fn uneven_times_survive_encoding() {
    let folder = Folder::new();
    for (width, height) in [(64, 48), (63, 47)] {
        let size = FrameSize::new(width, height);
        let output = folder.path("out \u{1f93a}.mp4");
        let mut writer = VideoWriter::create(&output, size, &WriterOptions::default(), &Cancel::new()).unwrap();
        for (i, at) in TIMES.iter().enumerate() {
            writer.write(&grey(*at, i as u64, size)).unwrap();
        }
        assert!(!output.exists() || width == 63, "nothing appears before it is whole");
        writer.finish().unwrap();
        let (frames, ending) = read_all(&output, &ClipOptions::default()).unwrap();
        assert_eq!((frames.len(), ending), (TIMES.len(), ClipEnding::Complete));
        for (frame, at) in frames.iter().zip(TIMES) {
            assert!((frame.at.secs() - (at - TIMES[0])).abs() < 1e-4, "{} {at}", frame.at.secs());
            assert!((i32::from(frame.rgb[0]) - frame.index.0 as i32 * 10).abs() < 6);
        }
        assert_eq!(probe(&output).unwrap().codec, "h264");
    }
}

#[test]
fn the_sound_of_the_clip_goes_along() {
    let folder = Folder::new();
    let inputs = "-f lavfi -i testsrc2=size=64x48:rate=20:duration=3 -f lavfi -i sine=duration=3";
    let clip = folder.make(&format!("{inputs} -c:v libx264 -c:a aac"), "clip.mp4");
    let info = probe(&clip).unwrap();
    let part = ClipOptions { from_secs: 1.0, to_secs: Some(2.0), ..ClipOptions::default() };
    for (part, length) in [(ClipOptions::default(), 3.0), (part, 1.0)] {
        let options = WriterOptions { audio: AudioTrack::of(&info, &part), ..WriterOptions::default() };
        let output = folder.path("out.mp4");
        let mut writer = VideoWriter::create(&output, info.size, &options, &Cancel::new()).unwrap();
        for frame in read_all(&clip, &part).unwrap().0 {
            writer.write(&frame).unwrap();
        }
        writer.finish().unwrap();
        let written = probe(&output).unwrap();
        assert_eq!(written.audio_codec.as_deref(), Some("aac"));
        assert!((written.duration_secs.unwrap() - length).abs() < 0.1, "{written:?}");
    }
}

#[test]
fn a_video_that_cannot_be_written_says_so_and_leaves_nothing() {
    let folder = Folder::new();
    let size = FrameSize::new(64, 48);
    let nowhere = folder.path("absent/out.mp4");
    let refused = VideoWriter::create(&nowhere, size, &WriterOptions::default(), &Cancel::new()).err().unwrap();
    assert!(refused.to_string().contains("could not be written"), "{refused}");

    let cancel = Cancel::new();
    let mut writer = VideoWriter::create(&folder.path("out.mp4"), size, &WriterOptions::default(), &cancel).unwrap();
    writer.write(&grey(0.0, 0, size)).unwrap();
    assert!(writer.write(&grey(0.1, 1, FrameSize::new(10, 10))).is_err());
    cancel.cancel();
    assert!(matches!(writer.write(&grey(0.1, 1, size)), Err(VideoError::Cancelled)));
    drop(writer);
    let writer = VideoWriter::create(&folder.path("out.mp4"), size, &WriterOptions::default(), &Cancel::new());
    drop(writer);
    let left: Vec<_> = std::fs::read_dir(folder.path("")).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// JPEG frames at [`TIMES`].
fn jpegs(size: FrameSize) -> impl Iterator<Item = (Timestamp, Vec<u8>)> {
    TIMES.iter().enumerate().map(move |(i, at)| {
        let grey = grey(*at, i as u64, size);
        (grey.at, encode_jpeg(&grey.rgb, size).unwrap())
    })
}

/// A recording without lengths of its pictures, as one that was cut off.
fn recording(size: FrameSize) -> Vec<u8> {
    let mut writer = MatroskaWriter::new(Vec::new(), size, FrameCoding::Jpeg).unwrap();
    jpegs(size).for_each(|(at, jpeg)| writer.write(at, &jpeg).unwrap());
    writer.finish().unwrap()
}

#[test]
fn the_last_copied_frame_is_shown_as_long_as_the_one_before() {
    let (folder, size, cancel) = (Folder::new(), FrameSize::new(64, 48), Cancel::new());
    let streamed = folder.path("streamed.mp4");
    let mut writer = VideoWriter::create_from_jpegs(&streamed, size, &WriterOptions::default(), &cancel).unwrap();
    jpegs(size).for_each(|(at, jpeg)| writer.write_jpeg(at, &jpeg).unwrap());
    writer.finish().unwrap();
    let clip = folder.path("recording.mkv");
    std::fs::write(&clip, recording(size)).unwrap();
    let cut = |name: &str, part: &ClipOptions| {
        let output = folder.path(name);
        save_clip(&probe(&clip).unwrap(), part, &output, &cancel, &mut |_| ()).unwrap();
        output
    };
    let whole = cut("whole.mp4", &ClipOptions::default());
    let part = cut("part.mp4", &ClipOptions { from_secs: 0.05, to_secs: Some(0.4), ..ClipOptions::default() });
    for (video, shown) in [(streamed, &TIMES[..]), (whole, &TIMES[..]), (part, &TIMES[2..5])] {
        let (frames, _) = read_all(&video, &ClipOptions::default()).unwrap();
        assert_eq!(frames.len(), shown.len(), "{}", video.display());
        let [.., before, last] = shown else { panic!("several") };
        let length = probe(&video).unwrap().duration_secs.unwrap();
        assert!((length - (2.0 * last - before - shown[0])).abs() < 1e-3, "{}: {length} s", video.display());
    }
}

#[test]
fn jpeg_frames_become_a_film_as_they_are() {
    let folder = Folder::new();
    let bytes = recording(FrameSize::new(64, 48));
    for (name, length) in [("whole.mkv", bytes.len()), ("cut.mkv", bytes.len() - 100)] {
        std::fs::write(folder.path(name), &bytes[..length]).unwrap();
        let (frames, _) = read_all(&folder.path(name), &ClipOptions::default()).unwrap();
        let expected = if length == bytes.len() { TIMES.len() } else { TIMES.len() - 1 };
        assert!(frames.len() >= expected, "{name}: {} frames", frames.len());
        for (frame, at) in frames.iter().zip(TIMES) {
            assert!((frame.at.secs() - (at - TIMES[0])).abs() < 1e-5, "{name}: {}", frame.at.secs());
        }
    }
}

#[test]
fn the_corrected_video_keeps_size_times_and_sound() {
    let folder = Folder::new();
    let inputs = "-f lavfi -i testsrc2=size=128x96:rate=20:duration=1 -f lavfi -i sine=duration=1";
    let clip = folder.make(&format!("{inputs} -c:v libx264 -c:a aac"), "clip.mp4");
    let output = folder.path("clip_corrected.mp4");
    let part = ClipOptions::default();
    let correction = Correction { lens: LensSettings::default(), keeps_sound: true };
    write_corrected_video(&clip, &output, correction, &part, &Cancel::new()).unwrap();
    let (raw, corrected) = (read_all(&clip, &part).unwrap().0, read_all(&output, &part).unwrap().0);
    let info = probe(&output).unwrap();
    assert!(info.has_audio() && info.size == FrameSize::new(128, 96));
    assert_eq!(raw.iter().map(|f| f.at).collect::<Vec<_>>(), corrected.iter().map(|f| f.at).collect::<Vec<_>>());
    assert_ne!(raw[5].rgb, corrected[5].rgb);
    let silent = Correction { keeps_sound: false, ..correction };
    write_corrected_video(&clip, &output, silent, &part, &Cancel::new()).unwrap();
    assert!(!probe(&output).unwrap().has_audio(), "unless nobody wants it");
}
