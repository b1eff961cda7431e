//! Properties of clips that can change a verdict: where their clock begins, which stream is the film, fields, damage, repeated
//! frames, slow motion, pictures that lie on their side. Each is read rightly, with the right value.

use crate::clips::{Folder, times};
use assert_cmd::Command;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use vision::video::{
    Cancel, ClipEnding, ClipOptions, ClipReader, ClipView, Frame, FrameSource, JpegStream, Tools, encode_jpeg,
    frame_times, probe, still_at,
};

/// Three seconds of pictures that all differ.
const MOVING: &str = "-f lavfi -i testsrc2=size=320x240:rate=30:duration=3";

/// The reader at its end, and all its frames.
fn read(path: &Path, options: &ClipOptions) -> (ClipReader, Vec<Frame>) {
    let mut reader = ClipReader::open(path, options, &Cancel::new()).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        frames.push(frame);
    }
    (reader, frames)
}

fn part(from_secs: f64, to_secs: f64) -> ClipOptions {
    ClipOptions { from_secs, to_secs: Some(to_secs), ..ClipOptions::default() }
}

/// The reader from the start, a part, stills and the list of times date each frame alike.
fn one_zero(clip: &Path) -> Vec<Frame> {
    let (reader, whole) = read(clip, &ClipOptions::default());
    assert_eq!(reader.ending(), &ClipEnding::Complete, "{}", clip.display());
    assert!(reader.damaged_frames().is_empty(), "{:?}", reader.damaged_frames());
    assert_eq!(whole[0].at, Timestamp::ZERO);
    let listed = frame_times(reader.info(), &Tools::default(), &Cancel::new()).unwrap();
    assert_eq!(listed.len(), whole.len(), "{}", clip.display());
    let (_, stretch) = read(clip, &part(1.0, 1.5));
    let same: Vec<&Frame> = whole.iter().filter(|frame| (0.999..1.499).contains(&frame.at.secs())).collect();
    assert_eq!(stretch.len(), same.len(), "{:?}", times(&stretch));
    for (a, b) in stretch.iter().zip(&same) {
        assert!((a.at.secs() - b.at.secs()).abs() < 1e-6 && a.rgb == b.rgb, "{} {}", a.at.secs(), b.at.secs());
    }
    let wanted = &whole[whole.len() / 2];
    let still = still_at(reader.info(), wanted.at, 960, &Tools::default(), &Cancel::new()).unwrap();
    assert_eq!(still.rgb, wanted.rgb, "{}", clip.display());
    whole
}

#[test]
fn a_recording_that_begins_within_a_group_of_pictures_has_one_zero_for_everybody() {
    let folder = Folder::new();
    let whole = folder.make(&format!("{MOVING} -c:v libx264 -g 30 -bf 2 -sc_threshold 0 -f mpegts"), "whole.ts");
    let bytes = std::fs::read(&whole).unwrap();
    let cut = folder.path("cut.ts");
    std::fs::write(&cut, &bytes[bytes.len() / 188 / 10 * 188..]).unwrap();
    assert!(
        probe(&cut).unwrap().zero_secs > probe(&cut).unwrap().stream_start_secs + 0.1,
        "frames before it are hidden"
    );
    let frames = one_zero(&cut);
    assert!((50..=75).contains(&frames.len()), "{} frames from the first key frame on", frames.len());
}

#[test]
fn clocks_that_wrap_or_begin_below_zero_are_counted_from_the_first_frame() {
    let folder = Folder::new();
    // The clock of a transport stream has 33 bits of 1/90000 s: it wraps 1.3 s after the first frame.
    let wraps = folder.make(&format!("{MOVING} -c:v libx264 -g 15 -output_ts_offset 95441 -f mpegts"), "wraps.ts");
    let below = "-c:v mjpeg -output_ts_offset -0.7 -avoid_negative_ts disabled";
    let negative = folder.make(&format!("{MOVING} {below}"), "negative.mkv");
    let late = folder.make(&format!("{MOVING} -c:v libx264 -g 15 -output_ts_offset 3600 -f mpegts"), "late.ts");
    // ffmpeg writes the first frame of the second clip at -0.693 s, the others where they belong: -0.660 to 2.267 s.
    for (clip, last_secs) in [(wraps, 89.0 / 30.0), (negative, 2.267 + 0.693), (late, 89.0 / 30.0)] {
        let frames = one_zero(&clip);
        assert_eq!(frames.len(), 90, "{}", clip.display());
        assert!((frames[89].at.secs() - last_secs).abs() < 2e-3, "{}: {}", clip.display(), frames[89].at.secs());
    }
}

#[test]
fn the_film_is_read_and_not_the_preview_before_it() {
    let folder = Folder::new();
    let preview = "-f lavfi -i testsrc2=size=80x60:rate=1:duration=5";
    let make = format!("{preview} {MOVING} -map 0 -map 1 -c:v:0 mjpeg -c:v:1 libx264 -pix_fmt yuvj420p");
    let clip = folder.make(&make, "preview first.mp4");
    let (reader, frames) = read(&clip, &ClipOptions::default());
    assert_eq!((frames.len(), frames[0].size), (90, FrameSize::new(320, 240)));
    assert_eq!((reader.info().stream, reader.info().other_streams), (1, 1));
}

/// How much each row differs from its neighbours as against rows two apart: fields that were taken at different moments look
/// like a comb.
fn combing(frame: &Frame) -> f64 {
    let row = |y: usize| &frame.rgb[y * 320 * 3..][..320 * 3];
    let differ = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>();
    let pairs = || 0..frame.size.height as usize - 2;
    let next: f64 = pairs().map(|y| differ(row(y), row(y + 1))).sum();
    let second: f64 = pairs().map(|y| differ(row(y), row(y + 2))).sum();
    next / second.max(1.0)
}

#[test]
fn fields_are_made_into_frames() {
    let folder = Folder::new();
    let film = "-f lavfi -i testsrc2=size=320x240:rate=60:duration=1 -vf tinterlace=interleave_top,setfield=tff -r 30";
    let coded = "-c:v libx264 -crf 10 -flags +ilme+ildct -x264opts tff=1 -f mpegts";
    let clip = folder.make(&format!("{film} {coded}"), "fields.mts");
    let (reader, frames) = read(&clip, &ClipOptions::default());
    assert!(reader.info().interlaced);
    assert!((29..=30).contains(&frames.len()), "{}", frames.len());
    let woven = folder.make(&format!("-i {} -c:v ffv1 -field_order progressive", clip.display()), "woven.mkv");
    let (reader, as_stored) = read(&woven, &ClipOptions::default());
    assert!(!reader.info().interlaced);
    let (clean, comb) = (combing(&frames[12]), combing(&as_stored[12]));
    assert!(clean < 0.9 * comb, "{clean} is no less than {comb}");
}

#[test]
fn damaged_frames_are_counted_and_dated() {
    let folder = Folder::new();
    let clip = folder.make(&format!("{MOVING} -c:v mjpeg -q:v 3"), "damaged.avi");
    let mut bytes = std::fs::read(&clip).unwrap();
    let index = bytes.windows(4).rposition(|four| four == b"idx1").unwrap();
    let begin = bytes.windows(4).position(|four| four == b"movi").unwrap();
    let frames: Vec<usize> = (begin..index).filter(|at| &bytes[*at..at + 4] == b"00dc").collect();
    assert_eq!(frames.len(), 90);
    for frame in [10, 40, 41] {
        let length = u32::from_le_bytes(bytes[frames[frame] + 4..][..4].try_into().unwrap()) as usize;
        let middle = frames[frame] + 8 + length / 3;
        // 0xFF begins a marker: no code of a picture's data is 0xFFC1.
        bytes[middle..middle + 200].chunks_exact_mut(2).for_each(|pair| pair.copy_from_slice(&[0xff, 0xc1]));
    }
    std::fs::write(&clip, &bytes).unwrap();
    let (reader, whole) = read(&clip, &ClipOptions::default());
    // Nothing of these three can be decoded.
    assert_eq!((whole.len(), reader.ending()), (87, &ClipEnding::Complete));
    let dated: Vec<i64> = reader.damaged_frames().iter().map(|at| (at.secs() * 30.0).round() as i64).collect();
    assert_eq!(dated, [10, 40, 41]);
    let (reader, _) = read(&clip, &part(1.0, 2.0));
    assert_eq!(reader.damaged_frames().len(), 2, "of the part that was read");
}

#[test]
fn a_film_of_thirty_frames_stored_as_sixty_is_known() {
    let folder = Folder::new();
    let plain = folder.make(&format!("{MOVING} -c:v libx264"), "plain.mp4");
    let doubled = folder.make(&format!("{MOVING} -vf fps=60 -c:v libx264"), "doubled.mp4");
    let interval =
        |clip: &Path| read(clip, &ClipOptions::default()).0.repeats().interval_secs(Timestamp::from_secs(2.5));
    assert_eq!(interval(&plain), None);
    let found = interval(&doubled).unwrap();
    assert!((found - 1.0 / 30.0).abs() < 1e-3, "{found}");
}

#[test]
fn slow_motion_is_read_on_the_clock_of_the_scene() {
    let folder = Folder::new();
    let clip = folder.make(&format!("{MOVING} -c:v libx264"), "slow.mp4");
    let view = ClipView { speed: 0.25, ..ClipView::default() };
    let (_, whole) = read(&clip, &ClipOptions { view, ..ClipOptions::default() });
    assert_eq!(whole.len(), 90);
    assert!((whole[89].at.secs() - 89.0 / 120.0).abs() < 1e-6, "{}", whole[89].at.secs());
    let (reader, stretch) = read(&clip, &ClipOptions { view, ..part(0.25, 0.5) });
    assert_eq!((stretch.len(), reader.ending()), (30, &ClipEnding::Complete));
    assert_eq!(stretch[0].rgb, whole[30].rgb);
    let still = still_at(reader.info(), whole[50].at, 960, &Tools::default(), &Cancel::new()).unwrap();
    assert_eq!(still.rgb, whole[50].rgb);
    let phone = folder.make(
        &format!("-i {} -c copy -movflags use_metadata_tags -metadata com.android.capture.fps=120", clip.display()),
        "phone.mp4",
    );
    assert_eq!(probe(&phone).unwrap().speed_by_metadata(), Some(0.25));
    assert_eq!(probe(&clip).unwrap().speed_by_metadata(), None);
}

#[test]
fn a_clip_is_turned_as_somebody_says() {
    let folder = Folder::new();
    let clip = folder.make(&format!("{MOVING} -c:v ffv1"), "upright.mkv");
    let (_, upright) = read(&clip, &ClipOptions::default());
    let turned = |quarter_turns| {
        let view = ClipView { quarter_turns, ..ClipView::default() };
        read(&clip, &ClipOptions { view, ..ClipOptions::default() }).1.swap_remove(5)
    };
    let pixel = |frame: &Frame, x: usize, y: usize| {
        let at = (y * frame.size.width as usize + x) * 3;
        frame.rgb[at..at + 3].to_vec()
    };
    let (clockwise, half, counter) = (turned(1), turned(2), turned(3));
    assert_eq!((clockwise.size, half.size), (FrameSize::new(240, 320), FrameSize::new(320, 240)));
    assert_eq!(clockwise.source_size, clockwise.size);
    let near = |a: &[u8], b: &[u8]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) < 40);
    for (x, y) in [(20, 30), (300, 200), (100, 60)] {
        let stored = pixel(&upright[5], x, y);
        assert!(near(&pixel(&clockwise, 239 - y, x), &stored), "a quarter turn at {x}, {y}");
        assert!(near(&pixel(&half, 319 - x, 239 - y), &stored), "half a turn at {x}, {y}");
        assert!(near(&pixel(&counter, y, 319 - x), &stored), "three quarter turns at {x}, {y}");
    }
}

#[test]
fn times_are_understood_as_people_type_them_or_refused_with_an_example() {
    for typed in ["soon", "1:2:3:4"] {
        let run = Command::new(env!("CARGO_BIN_EXE_referee"))
            .args(["analyze", "x.mp4", "--lights", "left", "--touch-at", typed])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2));
        assert!(told.contains("3.533") && told.contains("0:03.5"), "{told}");
    }
    for typed in ["3,533", "0:03.5"] {
        let run = Command::new(env!("CARGO_BIN_EXE_referee"))
            .args(["analyze", "there is none.mp4", "--lights", "left", "--touch-at", typed])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(told.contains("there is none.mp4"), "the time is understood: {told}");
    }
}

#[test]
fn a_network_stream_says_how_many_frames_came_damaged() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/video", listener.local_addr().unwrap());
    let serve = move || {
        let (mut connection, _) = listener.accept().unwrap();
        let _request = connection.read(&mut [0; 2048]).unwrap();
        let head = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n";
        connection.write_all(head.as_bytes()).unwrap();
        for n in 0..30 {
            let rgb: Vec<u8> = (0..320 * 240 * 3).map(|at| ((at * (n + 3)) % 251) as u8).collect();
            let mut jpeg = encode_jpeg(&rgb, FrameSize::new(320, 240)).unwrap();
            if [8, 16, 24].contains(&n) {
                let middle = jpeg.len() / 2;
                jpeg[middle..middle + 200].chunks_exact_mut(2).for_each(|pair| pair.copy_from_slice(&[0xff, 0xc1]));
            }
            let part = format!("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len());
            connection.write_all(&[part.as_bytes(), &jpeg, b"\r\n"].concat()).unwrap();
            std::thread::sleep(Duration::from_millis(40));
        }
    };
    let server = std::thread::Builder::new().name("jpeg-server".into()).spawn(serve).unwrap();
    let mut stream = JpegStream::open_address(&address, &Tools::default(), &Cancel::new()).unwrap();
    let mut frames = 0;
    while stream.next_jpeg().unwrap().is_some() {
        frames += 1;
    }
    assert!(frames >= 26, "{frames}");
    // A complaint can arrive while the frame before or after is handed on, and the end of the connection is one.
    assert!((3..=7).contains(&stream.damaged()), "{}", stream.damaged());
    server.join().unwrap();
}
