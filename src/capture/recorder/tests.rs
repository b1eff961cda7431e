//! Tests of the whole recorder, on a real disk and on one that fails on demand.

use super::disk::SystemDisk;
use super::disk::fake::FailingDisk;
use super::names::phrases_in;
use super::*;
use crate::camera::{CapturedFrame, PixelCoding};
use fencing::geometry::FrameSize;
use fencing::time::FrameIndex;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalSource};
use recording::{HitSides, read_signal_log};
use std::path::Path;
use std::time::{Duration, Instant};
use vision::video::{Cancel, Tools, encode_jpeg, frame_times, probe, scan_recording};

const SIZE: FrameSize = FrameSize::new(64, 48);
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;

fn jpeg(size: FrameSize, level: u8) -> Vec<u8> {
    encode_jpeg(&vec![level; size.width as usize * size.height as usize * 3], size).unwrap()
}

fn frame(at: Timestamp, size: FrameSize) -> CapturedFrame {
    let level = (at.nanos() / 10_000_000 % 200) as u8;
    CapturedFrame { at, index: FrameIndex(0), size, coding: PixelCoding::Jpeg, bytes: jpeg(size, level).into() }
}

/// A recorder in a folder with an awkward name, and a camera whose frame times the test chooses.
struct Fixture {
    _dir: tempfile::TempDir,
    recordings: std::path::PathBuf,
    recorder: Recorder,
    events: Receiver<RecorderEvent>,
    camera: Sender<CapturedFrame>,
    clock: HostClock,
}

impl Fixture {
    /// On a clock that begins now: the tests' frames lie ahead, so no phrase is ended for lack of them.
    fn new() -> Self {
        Self::on(Box::new(SystemDisk), HostClock::start())
    }

    fn on(disk: Box<dyn Disk>, clock: HostClock) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let recordings = dir.path().join("Übung 🤺 two words");
        let settings = RecorderSettings::for_folder(recordings.clone());
        let (recorder, events) = Recorder::start_on(disk, settings, clock).unwrap();
        let (camera, frames) = bounded(16);
        recorder.attach(CameraRole::Main, frames).unwrap();
        Self { _dir: dir, recordings, recorder, events, camera, clock }
    }

    /// Sends frames at 50 per second over a span of the host clock.
    fn film(&self, from: f64, to: f64) {
        film(&self.camera, from, to, SIZE);
    }

    fn next(&self) -> RecorderEvent {
        self.events.recv_timeout(Duration::from_secs(30)).expect("an event comes")
    }

    fn saved(&self) -> Arc<SavedPhrase> {
        loop {
            match self.next() {
                RecorderEvent::Saved(saved) => return saved,
                RecorderEvent::Began { .. } | RecorderEvent::Trouble(_) => {}
                other => panic!("{other:?} instead of a phrase"),
            }
        }
    }
}

fn film(camera: &Sender<CapturedFrame>, from: f64, to: f64, size: FrameSize) {
    let count = ((to - from) * 50.0).round() as u32;
    (0..count).for_each(|i| camera.send(frame(at(from + f64::from(i) / 50.0), size)).unwrap());
}

fn at(secs: f64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn frames_in(clip: &Path) -> Vec<Timestamp> {
    let found = scan_recording(&mut std::fs::File::open(clip).unwrap()).unwrap().unwrap();
    assert!(found.finished, "{} is not whole", clip.display());
    found.frames
}

fn lines_in(sidecar: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(sidecar).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn a_phrase_begins_before_anybody_said_so_and_keeps_its_times() {
    let stage = Fixture::new();
    stage.film(10.0, 14.0);
    stage.recorder.begin(at(12.0));
    let touch = SignalEvent {
        at: at(15.0),
        uncertainty_secs: 0.01,
        source: SignalSource::Apparatus,
        kind: SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid },
    };
    let mut signals = SignalLog::default();
    signals.push(touch);
    signals.set_final_lamps(PerSide::new(Lamp::Valid, Lamp::Off));
    stage.recorder.set_signals(signals);
    stage.recorder.end(at(15.5));
    stage.film(14.0, 16.0);
    let saved = stage.saved();
    assert_eq!((saved.frames, saved.lost, saved.zero), (176, 0, at(12.0)));
    assert_eq!(saved.reel.times().last(), Some(&at(3.5)));
    assert_eq!(stage.recorder.reel(CameraRole::Main, Span::between(at(12.0), at(12.1))).frames().len(), 6);
    let times = frames_in(&saved.clip);
    assert_eq!((times[0], times[1], times[175]), (at(0.0), at(0.02), at(3.5)));
    let lines = lines_in(&saved.folder.join("frames.jsonl"));
    assert_eq!((lines.len(), &lines[1]["frame"], &lines[1]["mono_ns"]), (176, &1.into(), &12_020_000_000_i64.into()));
    let log = read_signal_log(&saved.log, HitSides::Auto).unwrap();
    assert_eq!(log.signals.first_touch().unwrap().at, at(3.0));
    assert_eq!(log.signals, saved.signals);
    assert!(!saved.folder.join(".open").exists());
}

#[test]
fn players_see_the_true_times_and_the_length() {
    let stage = Fixture::new();
    // Irregular intervals, as real cameras have.
    let times: Vec<f64> = (0..60).map(|i| 5.0 + f64::from(i) * 0.033_7 + f64::from(i % 3) * 0.004).collect();
    stage.recorder.begin(at(5.0));
    stage.recorder.end(at(6.8));
    for secs in &times {
        stage.camera.send(frame(at(*secs), SIZE)).unwrap();
    }
    let saved = stage.saved();
    let info = probe(&saved.clip).unwrap();
    assert_eq!((info.codec.as_str(), info.size), ("mjpeg", SIZE));
    assert!((info.duration_secs.unwrap() - 1.8).abs() < 0.1);
    let seen = frame_times(&info, &Tools::default(), &Cancel::new()).unwrap();
    assert_eq!(seen.len(), times.iter().filter(|t| **t <= 6.8).count());
    assert!(seen.iter().zip(&times).all(|(seen, true_time)| (seen.secs() + 5.0 - true_time).abs() < 2e-6));
}

#[test]
fn two_cameras_and_the_microphone_are_recorded_together() {
    let stage = Fixture::new();
    let (second, frames) = bounded(16);
    stage.recorder.attach(CameraRole::Second, frames).unwrap();
    let (microphone, sound) = bounded(16);
    stage.recorder.record_sound(sound).unwrap();
    let format = vision::video::SoundFormat { rate: 8_000, channels: 1 };
    for i in 0..100 {
        let secs = 20.0 + f64::from(i) * 0.02;
        let samples = vec![100; 160].into();
        microphone.send(SoundChunk { at: at(secs), format, samples }).unwrap();
    }
    film(&second, 20.507, 22.0, FrameSize::new(32, 32));
    stage.recorder.begin(at(20.5));
    stage.recorder.end(at(21.5));
    stage.film(20.0, 22.0);
    let saved = stage.saved();
    assert_eq!(frames_in(&saved.clip).len(), 51);
    let info = probe(&saved.clip).unwrap();
    assert_eq!(info.audio_codec.as_deref(), Some("pcm_s16le"));
    let second = saved.second_clip.as_ref().unwrap();
    assert_eq!(frames_in(second)[0], at(0.007), "both on one clock");
    assert_eq!(lines_in(&saved.folder.join("frames_camera2.jsonl")).len(), frames_in(second).len());
}

#[test]
fn a_camera_that_changes_its_format_stays_in_one_clip() {
    let stage = Fixture::new();
    stage.recorder.begin(at(1.0));
    stage.recorder.end(at(3.1));
    stage.film(1.0, 2.0);
    film(&stage.camera, 2.0, 3.0, FrameSize::new(128, 64));
    stage.camera.send(CapturedFrame { bytes: vec![1, 2, 3].into(), ..frame(at(3.0), SIZE) }).unwrap();
    let rgb = vec![90; 64 * 48 * 3].into();
    stage.camera.send(CapturedFrame { bytes: rgb, coding: PixelCoding::Rgb, ..frame(at(3.1), SIZE) }).unwrap();
    let saved = stage.saved();
    assert_eq!(frames_in(&saved.clip).len(), 101);
    let info = probe(&saved.clip).unwrap();
    assert_eq!(info.size, SIZE);
    let mut reader =
        vision::video::ClipReader::open(&saved.clip, &vision::video::ClipOptions::default(), &Cancel::new()).unwrap();
    let mut frames = 0;
    while vision::video::FrameSource::next_frame(&mut reader).unwrap().is_some() {
        frames += 1;
    }
    assert_eq!(frames, 101);
}

/// A disk that refuses during a phrase, and works again before the memory overflows.
fn check_refusal(raw_error: i32, message: &str) {
    let disk = FailingDisk::default();
    let stage = Fixture::on(Box::new(disk.clone()), HostClock::start());
    stage.recorder.begin(at(1.0));
    stage.film(1.0, 3.0);
    wait_until(|| stage.recorder.status().written_bytes > 50_000);
    disk.fail_with(raw_error);
    stage.film(3.0, 4.0);
    let text = loop {
        if let RecorderEvent::Trouble(text) = stage.next() {
            break text;
        }
    };
    assert!(text.contains(message) && text.contains("kept in memory"), "{text}");
    wait_until(|| stage.recorder.status().trouble.is_some());
    disk.fail_with(0);
    stage.film(4.0, 5.0);
    stage.recorder.end(at(4.98));
    let saved = stage.saved();
    assert_eq!((saved.frames, saved.lost), (200, 0));
    assert_eq!(frames_in(&saved.clip).len(), 200);
    wait_until(|| stage.recorder.status().trouble.is_none());
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_phrase_that_a_full_disk_cut_off_is_not_told_as_whole() {
    let disk = FailingDisk::default();
    // It ended long ago, so a disk that refuses is given up at once.
    let origin = Instant::now().checked_sub(Duration::from_secs(100)).unwrap();
    let stage = Fixture::on(Box::new(disk.clone()), HostClock::with_origin(origin));
    stage.recorder.begin(at(1.0));
    stage.film(1.0, 3.0);
    wait_until(|| stage.recorder.status().written_bytes > 50_000);
    disk.fail_with(ENOSPC);
    stage.film(3.0, 4.0);
    wait_until(|| stage.recorder.status().trouble.is_some() && stage.recorder.status().memory_secs > 2.9);
    stage.recorder.end(at(3.5));
    let saved = stage.saved();
    let text = saved.cut_off.as_deref().expect("it is not whole");
    assert!(text.contains("could not be written") && text.contains("the disk is full"), "{text}");
    assert!(saved.frames > 0 && saved.lost > 0, "{saved:?}");
    assert_eq!(saved.frames + saved.lost, 126, "each frame is written or lost");
    assert_eq!(recover(&stage.recordings).phrases.len(), 1, "the next start makes it whole");
}

#[test]
fn a_full_disk_costs_nothing_when_space_is_made() {
    check_refusal(ENOSPC, "the disk is full");
}

#[test]
fn a_disk_that_turns_read_only_costs_nothing_when_it_is_writable_again() {
    check_refusal(EROFS, "not permitted");
}

#[test]
fn a_phrase_on_a_dead_disk_is_still_had_from_memory() {
    let dir = tempfile::tempdir().unwrap();
    let recordings = dir.path().join("file in the way");
    std::fs::write(&recordings, b"x").unwrap();
    let (recorder, events) = Recorder::start(RecorderSettings::for_folder(recordings), HostClock::start()).unwrap();
    let (camera, frames) = bounded(16);
    recorder.attach(CameraRole::Main, frames).unwrap();
    film(&camera, -2.0, 0.0, SIZE);
    recorder.begin(at(-1.0));
    assert!(matches!(events.recv_timeout(Duration::from_secs(10)), Ok(RecorderEvent::Trouble(_))));
    let span = Span::between(at(-1.0), at(0.0));
    while recorder.reel(CameraRole::Main, span).frames().len() < 50 {
        std::thread::sleep(Duration::from_millis(5));
    }
    recorder.close();
    let received: Vec<_> = events.try_iter().collect();
    let Some(RecorderEvent::NotSaved { text, reel }) = received.last() else { panic!("{received:?}") };
    assert!(text.contains("in the way") && reel.frames().len() == 50, "{text}");
}

#[test]
fn a_phrase_called_off_leaves_nothing() {
    let stage = Fixture::new();
    stage.recorder.begin(at(1.0));
    stage.film(1.0, 2.0);
    assert!(matches!(stage.next(), RecorderEvent::Began { .. }));
    stage.recorder.cancel();
    assert!(matches!(stage.next(), RecorderEvent::Cancelled));
    assert_eq!(std::fs::read_dir(&stage.recordings).unwrap().count(), 0);
    stage.recorder.begin(at(2.0));
    stage.recorder.end(at(2.5));
    stage.film(2.0, 3.0);
    assert_eq!(stage.saved().frames, 26);
}

#[test]
fn without_a_camera_there_is_no_phrase_and_no_harm() {
    let stage = Fixture::new();
    let now = stage.clock.now();
    stage.recorder.begin(now);
    stage.recorder.end(now);
    assert!(matches!(stage.next(), RecorderEvent::NotSaved { text, .. } if text.contains("check the camera")));
    stage.recorder.close();
}

#[test]
fn closing_makes_a_running_phrase_whole() {
    let origin = Instant::now().checked_sub(Duration::from_secs(100)).unwrap();
    let stage = Fixture::on(Box::new(SystemDisk), HostClock::with_origin(origin));
    stage.recorder.begin(at(1.0));
    stage.film(1.0, 2.0);
    wait_until(|| stage.recorder.status().memory_secs > 0.95);
    stage.recorder.close();
    let phrase = phrases_in(&stage.recordings).remove(0);
    let files = phrase.own_files().unwrap();
    assert_eq!(files.len(), 3, "{files:?}");
    assert_eq!(frames_in(&phrase.folder.join(format!("{}.mkv", phrase.name))).len(), 50);
}

/// A phrase as a crash leaves it: a truncated clip, half a sidecar, the lock file without its lock.
#[test]
fn a_phrase_that_was_cut_off_is_made_whole() {
    for share in [0.3, 0.77, 1.0] {
        let stage = Fixture::new();
        stage.recorder.begin(at(1.0));
        stage.recorder.end(at(2.9));
        stage.film(1.0, 3.0);
        let saved = stage.saved();
        let bytes = std::fs::read(&saved.clip).unwrap();
        let cut = &bytes[..(bytes.len() as f64 * share) as usize];
        std::fs::write(&saved.clip, cut).unwrap();
        let sidecar = saved.folder.join("frames.jsonl");
        std::fs::write(&sidecar, b"{\"frame\":0,").unwrap();
        std::fs::write(saved.folder.join(".open"), br#"{"zero_mono_ns":1000000000,"began_unix_ns":5}"#).unwrap();
        let stranger = stage.recordings.join("20260101_000000_phrase01_mine");
        std::fs::create_dir(&stranger).unwrap();
        let found = recover(&stage.recordings);
        let phrase = &found.phrases[0];
        assert!(phrase.frames as f64 >= 96.0 * share - 5.0, "{phrase:?}");
        assert_eq!(frames_in(&saved.clip).len() as u64, phrase.frames);
        assert_eq!(lines_in(&sidecar).len() as u64, phrase.frames);
        assert_eq!(lines_in(&sidecar)[1]["mono_ns"], 1_020_000_000);
        assert!(stranger.exists() && recover(&stage.recordings) == Recovery::default());
    }
}

#[test]
fn a_mark_with_impossible_times_makes_no_impossible_lines() {
    let stage = Fixture::new();
    stage.recorder.begin(at(1.0));
    stage.recorder.end(at(1.1));
    stage.film(1.0, 1.2);
    let saved = stage.saved();
    let mark = format!(r#"{{"zero_mono_ns":{},"began_unix_ns":{}}}"#, i64::MAX, i64::MAX);
    std::fs::write(saved.folder.join(".open"), mark).unwrap();
    assert_eq!(recover(&stage.recordings).phrases.len(), 1);
    let lines = lines_in(&saved.folder.join("frames.jsonl"));
    assert!(lines.iter().all(|line| line["mono_ns"] == i64::MAX), "{lines:?}");
}

/// A camera whose frames are delivered, but slow to take.
struct Slow(parking_lot::Mutex<std::collections::VecDeque<CapturedFrame>>);

impl FrameFeed for Slow {
    fn next_within(&self, _: Duration) -> Result<Option<CapturedFrame>, FeedClosed> {
        // Long enough for several steps of the recorder thread.
        std::thread::sleep(Duration::from_millis(100));
        self.0.lock().pop_front().map(Some).ok_or(FeedClosed)
    }

    fn waiting(&self) -> usize {
        self.0.lock().len()
    }
}

#[test]
fn late_frames_are_waited_for() {
    // So late that a camera with no frames queued would be given up at the first step.
    let origin = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
    let stage = Fixture::on(Box::new(SystemDisk), HostClock::with_origin(origin));
    let frames = [0.2, 0.6, 1.0].map(|secs| frame(at(secs), SIZE));
    stage.recorder.attach(CameraRole::Main, Slow(parking_lot::Mutex::new(frames.into()))).unwrap();
    wait_until(|| stage.recorder.oldest(CameraRole::Main).is_some());
    stage.recorder.begin(at(0.0));
    stage.recorder.end(at(1.0));
    assert_eq!(stage.saved().frames, 3);
}
