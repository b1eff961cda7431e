//! Every way through ffmpeg, with the one on the search path (Debian 12: 5.1) and with the newest that can be had.
//!
//! The newest is named by the environment (`TEST_FFMPEG_DIR`, see `tests/README.md`); without it these tests say so.

use crate::clips::{Folder, times};
use crate::support::judgement::judgement;
use crate::support::skip::{Lack, skip};
use assert_cmd::Command;
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use fencing::wording::{Language, Words};
use records::overlay::{OverlayVideo, OverlayWords, Part, write_overlay_video};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use vision::lens::{Correction, LensSettings, write_corrected_video};
use vision::video::{
    Cancel, ClipEnding, ClipOptions, ClipReader, Frame, FrameSource, JpegStream, Tools, VideoWriter, WriterOptions,
    decode_jpeg, encode_jpeg, frame_times, probe_with, save_clip, still_at,
};

/// A second of pictures whose times are no multiple of anything, turned by a quarter, with sound.
const UNEVEN: &str = "-f lavfi -i testsrc2=size=320x240:rate=30000/1001:duration=1 -f lavfi -i sine=duration=1 \
     -vf select='not(eq(n,3)+eq(n,4)+eq(n,9))' -fps_mode passthrough -c:v libx264 -g 8 -bf 2 -c:a aac -shortest";

/// The installed programs, and those of the folder that the environment names. A folder without ffprobe borrows the
/// installed one, as a build that comes with Python's `imageio-ffmpeg` has none.
fn every_ffmpeg() -> Vec<Tools> {
    let mut all = vec![Tools::default()];
    match newest_folder() {
        Some(folder) => {
            let there = |name: &str| {
                let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
                if path.exists() { path } else { name.into() }
            };
            all.push(Tools { ffmpeg: there("ffmpeg"), ffprobe: there("ffprobe") });
        }
        None => skip(Lack::Optional, "the newest ffmpeg: TEST_FFMPEG_DIR names no folder (tests/README.md)"),
    }
    for tools in &all {
        println!("with {}", tools.ffmpeg_version(&Cancel::new()).expect("ffmpeg says its version").line);
    }
    all
}

#[allow(clippy::disallowed_methods, reason = "a test's own variable, not a setting of the program")]
fn newest_folder() -> Option<PathBuf> {
    std::env::var("TEST_FFMPEG_DIR").ok().filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn options(tools: &Tools) -> ClipOptions {
    ClipOptions { tools: tools.clone(), ..ClipOptions::default() }
}

fn read(path: &Path, options: &ClipOptions) -> (Vec<Frame>, ClipEnding) {
    let mut reader = ClipReader::open(path, options, &Cancel::new()).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        frames.push(frame);
    }
    (frames, reader.ending().clone())
}

fn secs(times: &[Timestamp]) -> Vec<f64> {
    times.iter().map(|at| at.secs()).collect()
}

/// Microseconds apart: containers count in 1/90000 s, Matroska in milliseconds.
fn same_times(a: &[f64], b: &[f64], slack: f64) {
    assert_eq!(a.len(), b.len(), "{a:?} {b:?}");
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < slack), "{a:?} {b:?}");
}

#[test]
fn clips_parts_and_stills_are_read_at_their_own_times() {
    let folder = Folder::new();
    for name in ["clip.mp4", "clip.mkv", "clip.ts"] {
        let clip = folder.make(UNEVEN, name);
        let mut decoded: Vec<Vec<f64>> = Vec::new();
        for tools in every_ffmpeg() {
            let info = probe_with(&clip, &tools, &Cancel::new()).unwrap();
            let listed = secs(&frame_times(&info, &tools, &Cancel::new()).unwrap());
            let (frames, ending) = read(&clip, &options(&tools));
            assert_eq!((frames.len(), ending), (27, ClipEnding::Complete), "{name}");
            same_times(&times(&frames), &listed, 1e-6);
            let part = ClipOptions { from_secs: listed[9] - 0.001, to_secs: Some(listed[20]), ..options(&tools) };
            let (stretch, _) = read(&clip, &part);
            same_times(&times(&stretch), &listed[9..20], 1e-5);
            assert_eq!(stretch[0].rgb, frames[9].rgb, "{name}: the same frame");
            let still = still_at(&info, frames[13].at, 960, &tools, &Cancel::new()).unwrap();
            assert_eq!(still.rgb, frames[13].rgb, "{name}: the same still");
            decoded.push(times(&frames));
        }
        decoded.iter().for_each(|times| same_times(times, &decoded[0], 1e-9));
    }
}

#[test]
fn a_turned_clip_arrives_upright() {
    let folder = Folder::new();
    let straight = folder.make("-f lavfi -i testsrc2=size=320x240:rate=30:duration=0.2 -c:v libx264", "straight.mp4");
    let turning = format!("-display_rotation 90 -i {} -c copy", straight.display());
    // Before ffmpeg 6.0 a copy is turned by its metadata.
    let told = format!("-i {} -c copy -metadata:s:v:0 rotate=90", straight.display());
    let version = Tools::default().ffmpeg_version(&Cancel::new()).unwrap().release.unwrap();
    let turned = folder.make(if version.major >= 6 { &turning } else { &told }, "turned.mp4");
    for tools in every_ffmpeg() {
        let (frames, _) = read(&turned, &options(&tools));
        assert_eq!((frames.len(), frames[0].size), (6, FrameSize::new(240, 320)));
    }
}

#[test]
fn videos_are_written_cut_drawn_over_and_straightened_with_times_and_sound() {
    let folder = Folder::new();
    let clip = folder.make(UNEVEN, "clip.mp4");
    for tools in every_ffmpeg() {
        let (options, cancel) = (options(&tools), Cancel::new());
        let info = probe_with(&clip, &tools, &cancel).unwrap();
        let listed = secs(&frame_times(&info, &tools, &cancel).unwrap());
        let check = |video: &Path, expected: &[f64], slack: f64| {
            let (frames, ending) = read(video, &options);
            assert_eq!(ending, ClipEnding::Complete, "{}", video.display());
            same_times(&times(&frames), expected, slack);
            assert!(probe_with(video, &tools, &cancel).unwrap().has_audio(), "{}", video.display());
        };
        let (whole, cut) = (folder.path("whole.mp4"), folder.path("cut.mp4"));
        save_clip(&info, &options, &whole, &cancel, &mut |_| ()).unwrap();
        check(&whole, &listed, 1e-4);
        let part = ClipOptions { from_secs: listed[9] - 0.001, to_secs: Some(listed[20]), ..options.clone() };
        save_clip(&info, &part, &cut, &cancel, &mut |_| ()).unwrap();
        check(&cut, &listed[9..20].iter().map(|at| at - listed[9]).collect::<Vec<_>>(), 1e-3);

        let (judgement, overlaid) = (judgement(), folder.path("overlay.mp4"));
        let words = OverlayWords::new(&judgement, &Words::new(Language::English));
        let overlay =
            OverlayVideo { clip: &clip, judgement: &judgement, words: &words, parts: &Part::ALL, options: &options };
        write_overlay_video(&overlay, &overlaid, &cancel, &mut |frame| frame, &mut |_| ()).unwrap();
        check(&overlaid, &listed, 1e-3);

        let straightened = folder.path("straight.mp4");
        let correction = Correction { lens: LensSettings::default(), keeps_sound: true };
        write_corrected_video(&clip, &straightened, correction, &options, &cancel).unwrap();
        check(&straightened, &listed, 1e-3);
    }
}

#[test]
fn recordings_of_jpeg_frames_become_videos_and_live_streams() {
    let (folder, size) = (Folder::new(), FrameSize::new(64, 48));
    let at = [0.0, 0.031, 0.07, 0.1, 0.2];
    let jpeg = |n: usize| encode_jpeg(&vec![(n * 40) as u8; 64 * 48 * 3], size).unwrap();
    for tools in every_ffmpeg() {
        let writing = WriterOptions { tools: tools.clone(), ..WriterOptions::default() };
        let video = folder.path("recorded.mp4");
        let mut writer = VideoWriter::create_from_jpegs(&video, size, &writing, &Cancel::new()).unwrap();
        for (n, secs) in at.iter().enumerate() {
            writer.write_jpeg(Timestamp::from_secs(*secs), &jpeg(n)).unwrap();
        }
        writer.finish().unwrap();
        same_times(&times(&read(&video, &options(&tools)).0), &at, 1e-4);
        let drawn = folder.path("drawn.mp4");
        let mut writer = VideoWriter::create(&drawn, size, &writing, &Cancel::new()).unwrap();
        for (n, secs) in at.iter().enumerate() {
            let rgb = vec![(n * 40) as u8; 64 * 48 * 3];
            let frame = Frame::from_rgb(Timestamp::from_secs(*secs), FrameIndex(n as u64), size, size, rgb).unwrap();
            writer.write(&frame).unwrap();
        }
        writer.finish().unwrap();
        same_times(&times(&read(&drawn, &options(&tools)).0), &at, 1e-4);
        // Pictures that are JPEG come as they are; those of H.264 are compressed on the way.
        for clip in [video, drawn] {
            let info = probe_with(&clip, &tools, &Cancel::new()).unwrap();
            let streamed = streamed(JpegStream::open_clip(&info, &tools, &Cancel::new()).unwrap());
            same_times(&streamed, &at, 1e-3);
        }
    }
}

/// Times of all pictures of a stream from its first on, each of which can be decoded.
fn streamed(mut stream: JpegStream) -> Vec<f64> {
    let mut nanos = Vec::new();
    while let Some((at, jpeg)) = stream.next_jpeg().unwrap() {
        assert!(decode_jpeg(&jpeg).is_ok_and(|(size, _)| size == FrameSize::new(64, 48)));
        nanos.push(at);
    }
    nanos.iter().map(|at| (at - nanos[0]) as f64 * 1e-9).collect()
}

#[test]
fn a_network_camera_is_read_as_its_frames_arrive() {
    for tools in every_ffmpeg() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/video", listener.local_addr().unwrap());
        let serve = move || {
            let (mut connection, _) = listener.accept().unwrap();
            let _request = connection.read(&mut [0; 2048]).unwrap();
            let head = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n";
            connection.write_all(head.as_bytes()).unwrap();
            for n in 0..20 {
                let jpeg = encode_jpeg(&vec![n * 9; 64 * 48 * 3], FrameSize::new(64, 48)).unwrap();
                let part = format!("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len());
                connection.write_all(&[part.as_bytes(), &jpeg, b"\r\n"].concat()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(30));
            }
        };
        let server = std::thread::Builder::new().name("jpeg-server".into()).spawn(serve).unwrap();
        let arrived = streamed(JpegStream::open_address(&address, &tools, &Cancel::new()).unwrap());
        assert!(arrived.len() >= 19 && arrived.is_sorted(), "{arrived:?}");
        assert!(arrived.last().is_some_and(|last| (0.3..5.0).contains(last)), "by arrival: {arrived:?}");
        server.join().unwrap();
    }
}

#[test]
fn the_commands_use_the_ffmpeg_of_the_search_path() {
    let Some(newest) = newest_folder() else {
        skip(Lack::Optional, "the newest ffmpeg: TEST_FFMPEG_DIR names no folder (tests/README.md)");
        return;
    };
    let folder = Folder::new();
    let clip = folder.make(UNEVEN, "clip.mp4");
    let mut path = vec![newest];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(path).unwrap();
    let referee = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
        command.env("PATH", &path).env("XDG_DATA_HOME", folder.path("home"));
        command
    };
    let output = referee().args(["doctor", "--json"]).output().unwrap();
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let ffmpeg = findings.as_array().unwrap().iter().find(|finding| finding["part"] == "ffmpeg").unwrap();
    assert_eq!(ffmpeg["state"], "good", "{ffmpeg}");
    let live = format!("clip:{}", clip.display());
    let run = referee().args(["cameras", "--json", "--duration", "0.5", "--try", &live]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(report["pictures"].as_u64().unwrap() > 0 && report["damaged"] == 0, "{report}");
}
