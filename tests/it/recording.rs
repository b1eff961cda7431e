//! What the recorder promises, with the real program, real processes and real disks: a phrase outlives `kill -9`, Ctrl-C
//! ends it cleanly, a small disk that fills costs nothing but the rest.

use crate::support::skip::{Lack, skip};
use capture::camera::{CapturedFrame, PixelCoding};
use capture::recorder::{CameraRole, Recorder, RecorderEvent, RecorderSettings, recover};
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, HostClock, Timestamp};
use rand::{Rng, SeedableRng};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use vision::video::{Cancel, Frame, Tools, VideoWriter, WriterOptions, encode_jpeg, frame_times, probe};

const SIZE: FrameSize = FrameSize::new(320, 240);
/// How often the program is killed.
const KILLS: usize = 10;
/// A picture that was taken this long before the end may be lost: a second, and what a busy machine needs to be scheduled.
const MOST_LOST_SECS: f64 = 1.5;

/// A clip of so many seconds at 30 frames per second.
fn clip(folder: &Path, secs: u32) -> PathBuf {
    let path = folder.join("a camera.mp4");
    let mut writer =
        VideoWriter::create(&path, SIZE, &WriterOptions::default(), &Cancel::new()).expect("ffmpeg starts");
    for i in 0..secs * 30 {
        let rgb = vec![(i % 200) as u8; SIZE.width as usize * SIZE.height as usize * 3];
        let at = Timestamp::from_secs(f64::from(i) / 30.0);
        let frame = Frame::from_rgb(at, FrameIndex(i.into()), SIZE, SIZE, rgb).expect("a frame");
        writer.write(&frame).expect("it is written");
    }
    writer.finish().expect("it is whole");
    path
}

fn referee(args: &[&str], clip: &Path, output: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    command.arg("record").arg("--clip").arg(clip).arg("--output").arg(output).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The only phrase that is being recorded in a folder, once its clip has pictures.
fn wait_for_phrase(output: &Path, child: &mut Child) -> PathBuf {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let entries = std::fs::read_dir(output).into_iter().flatten().filter_map(Result::ok);
        let open = entries.map(|e| e.path()).find(|folder| folder.join(".open").exists() && clip_bytes(folder) > 5_000);
        if let Some(folder) = open {
            return folder;
        }
        assert!(child.try_wait().expect("its state").is_none(), "the program ended by itself");
        assert!(Instant::now() < deadline, "no phrase begins");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn clip_of(folder: &Path) -> PathBuf {
    folder.join(format!("{}.mkv", folder.file_name().expect("a name").to_string_lossy()))
}

fn clip_bytes(folder: &Path) -> u64 {
    std::fs::metadata(clip_of(folder)).map_or(0, |about| about.len())
}

fn unix_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

/// Wall-clock times of a phrase's pictures by its sidecar.
fn sidecar_secs(folder: &Path) -> Vec<f64> {
    let text = std::fs::read_to_string(folder.join("frames.jsonl")).expect("the sidecar");
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"));
    lines.map(|line| line["ts"].as_f64().expect("a time") / 1e3).collect()
}

#[test]
fn a_phrase_survives_kill_9_at_any_moment() {
    let dir = tempfile::tempdir().expect("a folder");
    let clip = clip(dir.path(), 12);
    let output = dir.path().join("Aufnahmen 🤺");
    let mut dice = rand_chacha::ChaCha8Rng::seed_from_u64(6);
    let mut worst = 0.0_f64;
    for kill in 0..KILLS {
        let mut child = referee(&[], &clip, &output).spawn().expect("it starts");
        let folder = wait_for_phrase(&output, &mut child);
        std::thread::sleep(Duration::from_secs_f64(dice.random_range(0.0..2.5)));
        let killed_at = unix_secs();
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        let found = recover(&output);
        assert_eq!((found.phrases.len(), found.troubles.len()), (1, 0), "kill {kill}: {found:?}");
        let phrase = &found.phrases[0];
        assert_eq!(phrase.folder, folder);
        let info = probe(&phrase.clip).expect("a player opens it");
        let times = frame_times(&info, &Tools::default(), &Cancel::new()).expect("its times");
        let seconds = sidecar_secs(&folder);
        assert_eq!((times.len() as u64, seconds.len() as u64), (phrase.frames, phrase.frames));
        let lost = killed_at - seconds.last().expect("a picture");
        assert!(lost < MOST_LOST_SECS, "kill {kill}: {lost:.2} s lost of {:.2} s", phrase.secs);
        worst = worst.max(lost);
        assert!(info.duration_secs.is_some() && !folder.join(".open").exists());
    }
    println!("killed {KILLS} times; at most {worst:.2} s were lost");
}

fn finished(command: &mut Command) -> (Output, String) {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

#[test]
fn a_clip_is_recorded_as_from_a_camera_and_its_folder_is_printed() {
    let dir = tempfile::tempdir().expect("a folder");
    let clip = clip(dir.path(), 4);
    let output = dir.path().join("out");
    let (done, said) = finished(&mut referee(&["--duration", "1.5", "--pre-roll", "0.5"], &clip, &output));
    assert!(done.status.success(), "{said}");
    let folder = PathBuf::from(String::from_utf8_lossy(&done.stdout).trim());
    let recorded = probe(&clip_of(&folder)).expect("a clip");
    assert!((recorded.duration_secs.expect("a length") - 2.0).abs() < 0.3, "{recorded:?}");
    assert!(folder.with_extension("").starts_with(&output) && said.contains(" 0 lost"));
    let (done, said) = finished(&mut referee(&["--max-phrases", "1"], &clip, &output));
    assert!(done.status.success() && said.contains("removed: "), "{said}");
    assert_eq!(std::fs::read_dir(&output).expect("the folder").count(), 1, "the older phrase went");
}

#[cfg(unix)]
#[test]
fn ctrl_c_makes_the_phrase_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let (clip, output) = (clip(dir.path(), 30), dir.path().join("out"));
    let mut child = referee(&["--duration", "3000"], &clip, &output).spawn().expect("it starts");
    let folder = wait_for_phrase(&output, &mut child);
    let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(asked.success());
    let ended = child.wait_with_output().expect("it ends");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(!folder.join(".open").exists() && probe(&clip_of(&folder)).is_ok());
    assert!(recover(&output).phrases.is_empty());
}

#[test]
fn what_makes_no_sense_is_refused_with_its_remedy() {
    let dir = tempfile::tempdir().expect("a folder");
    let missing = dir.path().join("missing.mp4");
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
        finished(command.current_dir(dir.path()).arg("record").args(args))
    };
    for (args, code, said) in [
        (&["--clip", missing.to_str().expect("a path")][..], 2, "no such clip"),
        (&["--duration=-1"], 2, "between 0 and"),
        (&["--duration", "soon"], 2, "number of seconds"),
        (&["--pre-roll", "600"], 2, "held in memory"),
        (&["--camera", "1", "--clip", "x"], 2, "cannot be used with"),
        (&["--network", "rtsp://127.0.0.1:1/", "--format", "1280x720@60 MJPEG"], 2, "its own"),
        (&["--camera", "no such camera"], 1, "camera"),
    ] {
        let (output, stderr) = run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
        assert!(stderr.contains(said), "{args:?}: {stderr}");
        assert!(output.stdout.is_empty());
    }
    assert!(!dir.path().join("recordings").exists(), "nothing is left behind");
}

/// A tiny disk in memory; `None` where that is not allowed.
struct TinyDisk(tempfile::TempDir);

impl TinyDisk {
    fn mount(bytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().ok()?;
        let size = format!("size={bytes}");
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).output().ok()?;
        mounted.status.success().then_some(Self(dir))
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_small_disk_that_fills_keeps_the_phrase_so_far_and_takes_the_rest_when_it_can() {
    let Some(disk) = TinyDisk::mount(12_000_000) else {
        skip(Lack::Optional, "a disk in memory may not be mounted here");
        return;
    };
    let ballast = disk.0.path().join("ballast");
    std::fs::write(&ballast, vec![0; 11_000_000]).expect("it fits");
    let settings = RecorderSettings { warn_free_bytes: 0, ..RecorderSettings::for_folder(disk.0.path().join("rec")) };
    let (recorder, events) = Recorder::start(settings, HostClock::start()).expect("it starts");
    let (camera, pictures) = crossbeam_channel::bounded(8);
    recorder.attach(CameraRole::Main, pictures).expect("it listens");
    recorder.begin(Timestamp::from_secs(50.0));
    recorder.end(Timestamp::from_secs(51.98));
    let grain = |i: u32| (0..SIZE.width * SIZE.height * 3).map(|k| (k.wrapping_mul(k + i) >> 7) as u8).collect();
    let film = |from: u32, to: u32| {
        for i in from..to {
            let rgb: Vec<u8> = grain(i);
            let bytes = encode_jpeg(&rgb, SIZE).expect("a picture").into();
            let at = Timestamp::from_secs(50.0 + f64::from(i) / 50.0);
            let index = FrameIndex(i.into());
            camera.send(CapturedFrame { at, index, size: SIZE, coding: PixelCoding::Jpeg, bytes }).expect("taken");
        }
    };
    film(0, 10);
    let next = || events.recv_timeout(Duration::from_mins(1)).expect("an event");
    let folder = loop {
        match next() {
            RecorderEvent::Began { folder, .. } => break folder,
            other => drop(other),
        }
    };
    film(10, 60);
    let RecorderEvent::Trouble(text) = next() else { panic!("a full disk is told of") };
    assert!(text.contains("the disk is full"), "{text}");
    assert!(clip_bytes(&folder) > 0, "the phrase so far is on disk");
    std::fs::remove_file(&ballast).expect("space is made");
    film(60, 100);
    let saved = loop {
        match next() {
            RecorderEvent::Saved(saved) => break saved,
            RecorderEvent::Trouble(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((saved.frames, saved.lost), (100, 0), "the rest was taken from memory");
    let info = probe(&saved.clip).expect("a player opens it");
    assert_eq!(frame_times(&info, &Tools::default(), &Cancel::new()).expect("its times").len(), 100);
    recorder.close();
}
