//! What a frame costs before pose estimation: decoding, watching for lamps, and the lens per point.
//!
//! `cargo bench --bench clips`. The clip is made with ffmpeg first: 720p, 30 frames per second, H.264 with B-frames.

#![allow(clippy::expect_used, reason = "a bench that cannot make its clip must stop")]

use divan::Bencher;
use divan::counter::ItemsCount;
use fencing::geometry::{FrameSize, ImagePoint};
use std::path::Path;
use std::process::Command;
use vision::lamps::LampDetector;
use vision::lens::{Lens, LensSettings};
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};

const FRAMES: usize = 150;

fn main() {
    divan::main();
}

fn make_clip(folder: &Path) -> std::path::PathBuf {
    let clip = folder.join("720p.mp4");
    let pattern = "testsrc2=size=1280x720:rate=30:duration=5,noise=alls=12:allf=t";
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-bf", "3"])
        .args(["-pix_fmt", "yuv420p"])
        .arg(&clip)
        .status();
    assert!(made.is_ok_and(|s| s.success()), "ffmpeg makes the clip");
    clip
}

fn read(clip: &Path, max_width: u32) -> Vec<Frame> {
    let options = ClipOptions { max_width, ..ClipOptions::default() };
    let mut reader = ClipReader::open(clip, &options, &Cancel::new()).expect("the clip opens");
    std::iter::from_fn(|| reader.next_frame().expect("the clip can be read")).collect()
}

/// Wall time of a whole clip of 150 frames, probing and starting the decoder included.
#[divan::bench(args = [640, 960, 1280], sample_count = 5)]
fn decode_150_frames_of_720p(bencher: Bencher, max_width: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clip = make_clip(folder.path());
    bencher.counter(ItemsCount::new(FRAMES)).bench_local(|| read(&clip, max_width).len());
}

#[divan::bench(args = [640, 960], sample_count = 5)]
fn watch_150_frames_for_lamps(bencher: Bencher, max_width: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let frames = read(&make_clip(folder.path()), max_width);
    bencher.counter(ItemsCount::new(frames.len())).bench_local(|| {
        let mut watcher = LampDetector::new();
        for frame in &frames {
            watcher.observe(frame);
        }
        watcher.conclude()
    });
}

#[divan::bench]
fn correct_34_points(bencher: Bencher) {
    let lens = Lens::new(LensSettings::default(), FrameSize::new(1280, 720)).expect("the default lens");
    let points: Vec<_> = (0..34).map(|i| ImagePoint::new(i as f32 * 37.0, i as f32 * 21.0)).collect();
    bencher.counter(ItemsCount::new(34usize)).bench_local(|| {
        let corrected = points.iter().map(|p| lens.correct(divan::black_box(*p)));
        corrected.map(|p| p.x + p.y).sum::<f32>()
    });
}
