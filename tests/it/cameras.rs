//! Cameras without a camera: clips and network streams played to the program, and a real video device in a small Linux.

use crate::clips::{Folder, read_all};
use crate::support::in_project;
use assert_cmd::Command;
use capture::camera::{
    CameraChoice, CameraPhase, CameraTimeouts, CapturedFrame, ClipCamera, FrameReceiver, LiveCamera, Pace,
    RECORDER_QUEUE_BYTES, Received,
};
use fencing::geometry::FrameSize;
use fencing::time::HostClock;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use vision::video::{ClipOptions, encode_jpeg};

const LONG: Duration = Duration::from_mins(2);

fn referee() -> Command {
    Command::new(env!("CARGO_BIN_EXE_referee"))
}

/// Pictures until the camera is closed, or so many.
fn pictures(recorder: &FrameReceiver, most: usize) -> Vec<CapturedFrame> {
    let mut came = Vec::new();
    while came.len() < most {
        match recorder.next_within(LONG) {
            Received::Frame(picture) => came.push(picture),
            Received::Closed => break,
            Received::Nothing => panic!("no picture in two minutes; {} before", came.len()),
        }
    }
    came
}

fn play(path: PathBuf, repeats: bool) -> (LiveCamera, FrameReceiver) {
    let clock = HostClock::start();
    let clip = ClipCamera::new(path, repeats, Pace::AtOnce, clock);
    let camera = LiveCamera::start_with(Arc::new(clip), clock, CameraTimeouts::default());
    let recorder = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
    (camera, recorder)
}

/// Steps between neighbouring times in milliseconds.
fn steps(times: &[f64]) -> Vec<i64> {
    times.windows(2).map(|pair| ((pair[1] - pair[0]) * 1e3).round() as i64).collect()
}

#[test]
fn a_clip_is_a_camera_with_its_own_times() {
    let demo = in_project("assets/demo/demo-phrase.mp4");
    let (frames, _) = read_all(&demo, &ClipOptions { max_width: 320, ..ClipOptions::default() }).unwrap();
    let (camera, recorder) = play(demo, false);
    let came = pictures(&recorder, usize::MAX);
    // The subscription begins with the next picture, which need not be the first.
    let missed = frames.len() - came.len();
    assert!(missed < 3, "{missed} of {} pictures missed", frames.len());
    let clip: Vec<f64> = frames[missed..].iter().map(|frame| frame.at.secs()).collect();
    let live: Vec<f64> = came.iter().map(|picture| picture.at.secs()).collect();
    assert_eq!(steps(&live), steps(&clip));
    let (live, offline) = (came[9].decode(320).unwrap(), &frames[missed + 9]);
    assert_eq!((live.size, live.source_size), (offline.size, offline.source_size));
    let differs: u64 = live.rgb.iter().zip(offline.rgb.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = differs as f64 / live.rgb.len() as f64;
    assert!(mean < 6.0, "pixels differ by {mean} on average");
    let state = camera.state();
    assert_eq!((state.phase, state.damaged, state.lost, state.trouble), (CameraPhase::Ended, 0, 0, None));
}

#[test]
fn a_clip_of_changing_rate_keeps_it_and_begins_again() {
    let folder = Folder::new();
    let make = "-f lavfi -i testsrc2=size=160x120:rate=30:duration=1 -vf select='not(eq(n,3)+eq(n,4)+eq(n,9))' \
                -fps_mode passthrough -c:v mjpeg";
    let clip = folder.make(make, "wechselnd und mit Lücke.mkv");
    let (_camera, recorder) = play(clip, true);
    let came = pictures(&recorder, 60);
    let times: Vec<f64> = came.iter().map(|picture| picture.at.secs()).collect();
    let found = steps(&times);
    assert!(found.iter().filter(|step| **step == 100).count() >= 2, "{found:?}");
    assert!(found.iter().all(|step| (30..=101).contains(step)), "{found:?}");
}

/// A camera on the network: sends `each` JPEG frames to whoever connects, then hangs up; gives up after `connections`.
fn jpeg_server(connections: usize, each: usize) -> (String, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://user:secret@{}/video", listener.local_addr().unwrap());
    let serve = move || {
        for _ in 0..connections {
            let Ok((connection, _)) = listener.accept() else { return };
            // A client that hangs up first is fine.
            let _ = send_pictures(connection, each);
        }
    };
    (address, std::thread::Builder::new().name("jpeg-server".into()).spawn(serve).unwrap())
}

fn send_pictures(mut connection: TcpStream, count: usize) -> std::io::Result<()> {
    let _request = connection.read(&mut [0; 2048])?;
    let head = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n";
    connection.write_all(head.as_bytes())?;
    for n in 0..count {
        let jpeg = encode_jpeg(&vec![(n * 9) as u8; 160 * 120 * 3], FrameSize::new(160, 120)).unwrap();
        let part = format!("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len());
        connection.write_all(part.as_bytes())?;
        connection.write_all(&jpeg)?;
        connection.write_all(b"\r\n")?;
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// What is seen of running programs of a name; nothing where the system does not show it.
fn command_lines_of(program: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).into_owned()).filter(|line| line.starts_with(program)).collect()
}

#[test]
fn a_network_camera_that_hangs_up_is_called_again() {
    let (address, server) = jpeg_server(2, 40);
    let camera = LiveCamera::start(&CameraChoice::Network(address), HostClock::start());
    let recorder = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
    let mut came = pictures(&recorder, 5);
    let shown = command_lines_of("ffmpeg");
    assert!(shown.iter().all(|line| !line.contains("secret")), "everybody on this machine can read it: {shown:?}");
    came.extend(pictures(&recorder, 55));
    assert!(came.windows(2).all(|pair| pair[0].at < pair[1].at));
    assert_eq!(came[0].decode(960).unwrap().size, FrameSize::new(160, 120));
    let state = camera.state();
    assert!(state.openings >= 2 && !state.name.contains("secret"), "{state:?}");
    drop(camera);
    server.join().unwrap();
}

#[test]
fn a_network_camera_that_is_not_there_is_reported_without_its_password() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let tried = format!("http://user:secret@{nobody}/video");
    let run = referee().args(["cameras", "--try", &tried, "--duration", "1"]).output().unwrap();
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(!run.status.success() && told.contains("check its cable"), "{told}");
    assert!(!told.contains("secret"), "{told}");
}

#[test]
fn the_command_tries_a_clip_and_writes_a_frame() {
    let folder = Folder::new();
    let picture = folder.path("Bild 😀.jpg");
    let clip = format!("clip:{}", in_project("assets/demo/demo-phrase.mp4").display());
    let run = referee()
        .args(["cameras", "--json", "--duration", "0.5", "--try", &clip, "--picture"])
        .arg(&picture)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(report["pictures"].as_u64().unwrap() > 0 && report["damaged"] == 0, "{report}");
    assert!(std::fs::read(picture).unwrap().starts_with(&[0xFF, 0xD8]));
}

#[test]
fn wrong_words_are_refused_with_the_right_ones() {
    for (args, told) in [
        (&["--try", "0", "--format", "720p"][..], "1280x720@60 MJPEG"),
        (&["--try", "file:///etc/passwd"], "rtsp://"),
        (&["--try", "clip:there is none.mp4"], "there is none.mp4"),
        (&["--try", "0", "--set", "Gain"], "CONTROL=VALUE"),
    ] {
        let run = referee().arg("cameras").args(args).output().unwrap();
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(!run.status.success() && text.contains(told), "{args:?}: {text}");
    }
}
