//! Clips of every make, sound and broken, made with ffmpeg in a temporary folder: frames come once, with their true times.

use crate::support::shared;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use vision::video::{
    Cancel, ClipEnding, ClipOptions, ClipReader, Frame, FrameSource, Tools, VideoError, frame_times, probe, still_at,
};

/// A folder for one test's clips.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs ffmpeg with `args` (split at spaces) and an output called `name`.
    pub(crate) fn make(&self, args: &str, name: &str) -> PathBuf {
        let path = self.path(name);
        let mut url = std::ffi::OsString::from("file:");
        url.push(&path);
        let run = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y"])
            .args(args.split(' ').filter(|a| !a.is_empty()))
            .arg(url)
            .output()
            .expect("ffmpeg runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        path
    }
}

/// One second of moving test pattern, 30 frames.
const PATTERN: &str = "-f lavfi -i testsrc2=size=320x240:rate=30:duration=1";
const TONE: &str = "-f lavfi -i sine=frequency=440:duration=1";

pub(crate) fn read_all(path: &Path, options: &ClipOptions) -> Result<(Vec<Frame>, ClipEnding), VideoError> {
    let mut reader = ClipReader::open(path, options, &Cancel::new())?;
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        frames.push(frame);
    }
    Ok((frames, reader.ending().clone()))
}

pub(crate) fn times(frames: &[Frame]) -> Vec<f64> {
    frames.iter().map(|f| f.at.secs()).collect()
}

#[test]
fn every_codec_gives_each_frame_once_at_its_own_time() {
    let folder = Folder::new();
    for (name, codec) in [
        ("h264.mp4", "-c:v libx264 -bf 3 -pix_fmt yuv420p"),
        ("hevc.mp4", "-c:v libx265 -x265-params log-level=none -tag:v hvc1"),
        ("part2.mp4", "-c:v mpeg4 -bf 2"),
        ("part2.avi", "-c:v mpeg4 -vtag XVID"),
        ("mjpeg.avi", "-c:v mjpeg -q:v 3"),
        ("h264.mkv", "-c:v libx264 -bf 3"),
        ("h264.ts", "-c:v libx264 -bf 3"),
        ("mpeg2.mpg", "-c:v mpeg2video -bf 2"),
    ] {
        let clip = folder.make(&format!("{PATTERN} {codec}"), name);
        let (frames, ending) = read_all(&clip, &ClipOptions::default()).unwrap();
        assert_eq!(frames.len(), 30, "{name}");
        assert_eq!(ending, ClipEnding::Complete, "{name}");
        for (i, frame) in frames.iter().enumerate() {
            let off = (frame.at.secs() - i as f64 / 30.0).abs();
            assert!(off < 0.0011, "{name}: frame {i} at {}", frame.at.secs());
            assert_eq!((frame.size, frame.index.0), (FrameSize::new(320, 240), i as u64), "{name}");
        }
    }
}

#[test]
fn a_variable_rate_keeps_its_uneven_times() {
    let folder = Folder::new();
    let select = "-vf select='not(eq(mod(n,3),1))' -fps_mode vfr -c:v libx264";
    for name in ["vfr.mp4", "vfr.mov", "vfr.mkv"] {
        let clip = folder.make(&format!("{PATTERN} {select}"), name);
        let (frames, _) = read_all(&clip, &ClipOptions::default()).unwrap();
        let kept: Vec<f64> = (0..30).filter(|n| n % 3 != 1).map(|n| f64::from(n) / 30.0).collect();
        assert_eq!(frames.len(), kept.len(), "{name}");
        for (at, expected) in times(&frames).iter().zip(&kept) {
            assert!((at - expected).abs() < 0.0011, "{name}: {at} instead of {expected}");
        }
        let listed = frame_times(&probe(&clip).unwrap(), &Tools::default(), &Cancel::new()).unwrap();
        let apart = listed.iter().zip(&frames).map(|(t, f)| t.secs_since(f.at).abs()).fold(0.0, f64::max);
        assert!(listed.len() == frames.len() && apart < 1e-3, "{name}: {apart}");
    }
}

#[test]
fn the_clock_starts_with_the_first_frame() {
    let folder = Folder::new();
    let clip = folder
        .make(&format!("{TONE} -itsoffset 0.4 {PATTERN} -fps_mode passthrough -c:v libx264 -c:a aac"), "late.mp4");
    let info = probe(&clip).unwrap();
    assert!((info.zero_secs - info.container_start_secs - 0.4).abs() < 0.03, "{info:?}");
    let (frames, _) = read_all(&clip, &ClipOptions::default()).unwrap();
    assert_eq!((frames.len(), frames[0].at), (30, Timestamp::ZERO));
    let half = ClipOptions { from_secs: 0.5, to_secs: Some(0.8), ..ClipOptions::default() };
    let (part, ending) = read_all(&clip, &half).unwrap();
    assert_eq!(ending, ClipEnding::Complete);
    for frame in &part {
        let twin = frames.iter().min_by_key(|f| f.at.nanos().abs_diff(frame.at.nanos())).unwrap();
        assert!(twin.at.secs_since(frame.at).abs() < 1e-3, "{} {}", twin.at.secs(), frame.at.secs());
        assert_eq!(twin.rgb, frame.rgb, "the picture at {}", frame.at.secs());
    }
    assert!((8..=10).contains(&part.len()), "{:?}", times(&part));
}

#[test]
fn a_turned_clip_arrives_upright_and_scaled() {
    let folder = Folder::new();
    let flat = folder.make(
        "-f lavfi -i color=red:size=640x360:rate=10:duration=0.5 -vf drawbox=0:0:320:360:blue:fill -c:v libx264",
        "flat.mp4",
    );
    let turned = folder.make(&format!("-i {} -c copy -metadata:s:v:0 rotate=90", flat.display()), "turned.mp4");
    let info = probe(&turned).unwrap();
    assert_eq!(info.size, FrameSize::new(360, 640));
    assert_eq!(info.rotation_degrees % 180, 90);
    let small = ClipOptions { max_width: 180, ..ClipOptions::default() };
    let (frames, _) = read_all(&turned, &small).unwrap();
    assert_eq!((frames[0].size, frames[0].source_size), (FrameSize::new(180, 320), info.size));
    let pixel = |x: usize, y: usize| &frames[0].rgb[(y * 180 + x) * 3..][..3];
    let is_red = |p: &[u8]| p[0] > 150 && p[2] < 90;
    assert_ne!(is_red(pixel(90, 10)), is_red(pixel(90, 310)), "halves lie above each other after turning");
    assert_eq!(is_red(pixel(10, 10)), is_red(pixel(170, 10)));
}

#[test]
fn odd_names_are_only_names() {
    let folder = Folder::new();
    let original = folder.make(&format!("{PATTERN} -frames:v 5 -c:v libx264"), "plain.mp4");
    for name in
        ["-i.mp4", "two words \u{1f93a} ä.mp4", "http:example.mp4", "%03d.mp4", "a'b\"c;$(x)|.mp4", "line\nbreak.mp4"]
    {
        let odd = folder.path(name);
        std::fs::copy(&original, &odd).unwrap();
        let (frames, _) = read_all(&odd, &ClipOptions::default()).unwrap();
        assert_eq!(frames.len(), 5, "{name:?}");
    }
    let frames = read_all(&original, &ClipOptions::default()).unwrap().0;
    let seconds =
        still_at(&probe(&original).unwrap(), frames[3].at, u32::MAX, &Tools::default(), &Cancel::new()).unwrap();
    assert_eq!(seconds.rgb, frames[3].rgb);
}

#[test]
fn what_is_no_clip_is_refused_for_the_right_reason() {
    let folder = Folder::new();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path(name), bytes).unwrap();
        folder.path(name)
    };
    let whole = std::fs::read(folder.make(&format!("{PATTERN} -c:v libx264"), "whole.mp4")).unwrap();
    let song = folder.make(&format!("{TONE} -c:a aac"), "song.m4a");
    let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nwhole.mp4\n#EXT-X-ENDLIST\n";
    let refused = |path: &Path, options: &ClipOptions| read_all(path, options).expect_err(&path.display().to_string());
    let default = ClipOptions::default();
    for (path, word) in [
        (file("empty.mp4", b""), "empty"),
        (file("text.mp4", b"Dear diary, today I fenced."), "not a video"),
        (file("noise.mp4", &[0xa7; 5000]), "not a video"),
        (file("list.mp4", playlist.as_bytes()), "not a video"),
        (file("cut.mp4", &whole[..whole.len() / 2]), "cut off"),
        (song, "sound but no video"),
        (folder.path("absent.mp4"), "cannot be read"),
        (folder.path(""), "not a file"),
    ] {
        let said = refused(&path, &default).to_string();
        assert!(said.contains(word), "{}: {said}", path.display());
    }
    let whole = folder.path("whole.mp4");
    let long = refused(&whole, &ClipOptions { max_secs: 0.5, ..default.clone() }).to_string();
    assert!(long.contains("--from"), "{long}");
    let late = refused(&whole, &ClipOptions { from_secs: 5.0, ..default.clone() });
    assert!(matches!(late, VideoError::EmptyPart { .. }), "{late}");
    let tools = Tools { ffmpeg: "no-such-ffmpeg".into(), ffprobe: "no-such-ffprobe".into() };
    let absent = refused(&whole, &ClipOptions { tools, ..default }).to_string();
    assert!(absent.contains("apt install ffmpeg"), "{absent}");
}

#[test]
fn a_frame_that_is_too_large_is_refused_before_decoding() {
    let folder = Folder::new();
    let eight_k = folder.make("-f lavfi -i color=size=7680x4320:rate=1:duration=1 -c:v mjpeg", "8k.avi");
    let (frames, _) = read_all(&eight_k, &ClipOptions { max_width: 640, ..ClipOptions::default() }).unwrap();
    assert_eq!(frames[0].size, FrameSize::new(640, 360));
    let larger = folder.make("-f lavfi -i color=size=9000x5000:rate=1:duration=1 -c:v mjpeg", "45mp.avi");
    assert!(matches!(probe(&larger), Err(VideoError::TooLarge { .. })));
}

#[test]
fn a_clip_that_breaks_off_yields_what_is_there_and_says_so() {
    let folder = Folder::new();
    let args = "-f lavfi -i testsrc2=size=320x240:rate=30:duration=4 -c:v libx264 -g 15 -movflags +faststart";
    let whole = std::fs::read(folder.make(args, "whole.mp4")).unwrap();
    let cut = folder.path("cut.mp4");
    std::fs::write(&cut, &whole[..whole.len() * 6 / 10]).unwrap();
    let (frames, ending) = read_all(&cut, &ClipOptions::default()).unwrap();
    assert!((20..110).contains(&frames.len()), "{} frames", frames.len());
    let ClipEnding::Early { missing_secs, .. } = ending else { panic!("{ending:?}") };
    assert!((missing_secs - (4.0 - frames.len() as f64 / 30.0)).abs() < 0.3, "{missing_secs}");
}

#[test]
fn one_frame_is_a_clip() {
    let folder = Folder::new();
    let clip = folder.make(&format!("{PATTERN} -frames:v 1 -c:v libx264"), "one.mp4");
    let (frames, ending) = read_all(&clip, &ClipOptions::default()).unwrap();
    assert_eq!((frames.len(), ending), (1, ClipEnding::Complete));
}

/// Children of this process that are alive, from /proc.
#[cfg(target_os = "linux")]
pub(crate) fn ffmpeg_children_of(clip: &Path) -> usize {
    let needle = clip.file_name().unwrap().to_str().unwrap().to_owned();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let commands = processes.filter_map(|p| std::fs::read_to_string(p.path().join("cmdline")).ok());
    commands.filter(|c| c.starts_with("ffmpeg") && c.contains(&needle)).count()
}

#[test]
#[cfg(target_os = "linux")]
fn no_child_outlives_its_reader() {
    let folder = Folder::new();
    let clip = folder.make("-f lavfi -i testsrc2=size=320x240:rate=30:duration=30 -c:v mpeg4", "orphan-check.mp4");
    let mut reader = ClipReader::open(&clip, &ClipOptions::default(), &Cancel::new()).unwrap();
    reader.next_frame().unwrap().unwrap();
    assert_eq!(ffmpeg_children_of(&clip), 1);
    drop(reader);
    assert_eq!(ffmpeg_children_of(&clip), 0);

    let cancel = Cancel::new();
    let mut reader = ClipReader::open(&clip, &ClipOptions::default(), &cancel).unwrap();
    reader.next_frame().unwrap().unwrap();
    cancel.cancel();
    assert!(matches!(reader.next_frame(), Err(VideoError::Cancelled)));
    drop(reader);
    assert_eq!(ffmpeg_children_of(&clip), 0);
}

#[test]
fn a_screen_recording_of_variable_rate_is_read_once_frame_by_frame() {
    let Some(clip) = shared("clips/footwork-vfr.mov") else { return };
    let (frames, ending) = read_all(&clip, &ClipOptions::default()).unwrap();
    let listed = frame_times(&probe(&clip).unwrap(), &Tools::default(), &Cancel::new()).unwrap();
    assert_eq!((frames.len(), listed.len(), ending), (153, 153, ClipEnding::Complete));
    for (frame, at) in frames.iter().zip(&listed) {
        assert!(frame.at.secs_since(*at).abs() < 1e-3, "{} {}", frame.at.secs(), at.secs());
    }
    assert!(frames.windows(2).all(|w| w[0].at < w[1].at));
}
