//! A client and a server of another language and library, written from the protocol's description, against ours.

use super::client::{collect, offer, winner};
use super::server::{RIGHT_TOUCHES, TestServer, jpeg};
use super::serving::Started;
use crate::support::in_project;
use crate::support::skip::{Lack, skip};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wire::client::{ClientEvent, Encoding, PhraseOffer, RemotePhrase, ServerAddress};
use wire::protocol::pack_raw;

/// A Python that has `websockets`, or `None` after one clear line why the test is skipped.
pub(super) fn python() -> Option<&'static str> {
    let has_it = |python: &&str| {
        Command::new(python).args(["-c", "import websockets"]).output().is_ok_and(|o| o.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has_it);
    if found.is_none() {
        skip(Lack::Package, "python3 with the package websockets is not installed (Debian: python3-websockets)");
    }
    found
}

fn frame(encoding: &str, number: u8) -> Vec<u8> {
    match encoding {
        "raw" => pack_raw(64, 48, &vec![number; 64 * 48 * 3]),
        "png" => {
            let mut bytes = std::io::Cursor::new(Vec::new());
            image::RgbImage::new(64, 48).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
            bytes.into_inner()
        }
        _ => jpeg(number),
    }
}

fn write_frames(folder: &Path, encoding: &str) -> Vec<PathBuf> {
    let paths: Vec<_> = (0..12).map(|n| folder.join(format!("{encoding}{n}"))).collect();
    for (number, path) in paths.iter().enumerate() {
        std::fs::write(path, frame(encoding, number as u8)).unwrap();
    }
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_client_gets_its_verdict_in_every_encoding() {
    let Some(python) = python() else { return };
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let signal = folder.path().join("phrase.txt");
    std::fs::write(&signal, RIGHT_TOUCHES).unwrap();
    for encoding in ["jpeg", "png", "raw"] {
        let mut command = Command::new(python);
        command.arg(in_project("tests/it/wire/foreign_client.py"));
        command.arg(format!("ws://{}/stream", server.address)).arg(encoding).arg(&signal);
        command.args(write_frames(folder.path(), encoding));
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{encoding}: {}", String::from_utf8_lossy(&output.stderr));
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (result["winner"].as_str(), result["streaming_stats"]["frames_received"].as_u64()),
            (Some("right"), Some(12))
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_connects_late_and_declares_another_rate_keeps_its_clock() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let signal = folder.path().join("phrase.txt");
    std::fs::write(&signal, RIGHT_TOUCHES).unwrap();
    let picture = folder.path().join("picture");
    std::fs::write(&picture, jpeg(7)).unwrap();
    for (declared, late) in [("30", "1.0"), ("15", "1.0"), ("30", "2.5")] {
        let server = TestServer::start().await;
        let mut command = Command::new(python);
        command.arg(in_project("tests/it/wire/foreign_client.py"));
        command.arg(format!("ws://{}/stream", server.address)).arg("jpeg").arg(&signal).args(vec![&picture; 80]);
        command.args(["--camera", "20", "--declared", declared, "--late", late]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let seen = server.judge.seen.lock().unwrap().clone();
        let (last, secs) = (seen.last().copied().unwrap_or_default(), 79.0 / 20.0);
        assert!((last - secs).abs() < 0.25, "{declared} declared, {late} s late: the last of {secs} s at {last}");
        server.stop().await;
    }
}

/// Starts the Python server; its port.
fn foreign_server(python: &str, encoding: Encoding) -> (Started, u16) {
    let mut command = Command::new(python);
    command.arg(in_project("tests/it/wire/foreign_server.py")).args([encoding.as_str(), "64", "48"]);
    let mut server = Started(command.stdout(Stdio::piped()).spawn().unwrap());
    let port = server.first_line().trim().parse().expect("the server prints its port");
    (server, port)
}

#[test]
fn our_client_gets_its_verdict_from_a_python_server_in_every_encoding() {
    let Some(python) = python() else { return };
    for encoding in [Encoding::Jpeg, Encoding::Png, Encoding::Raw] {
        let (_server, port) = foreign_server(python, encoding);
        let address = ServerAddress::parse(&format!("127.0.0.1:{port}"), None).unwrap();
        let (phrase, events) = RemotePhrase::start(address, PhraseOffer { encoding, ..offer("foreign") }).unwrap();
        for number in 0..12 {
            assert!(phrase.send_frame(f64::from(number) / 30.0, frame(encoding.as_str(), number)));
        }
        phrase.conclude("phrase.txt", RIGHT_TOUCHES.into());
        let events = collect(&events);
        assert_eq!(winner(&events).as_deref(), Some("left"), "{encoding:?}: {events:?}");
        let Some(ClientEvent::Judged(result)) = events.last() else { panic!("judged") };
        assert_eq!(result["frames"], serde_json::json!((0..12).collect::<Vec<_>>()), "one number per frame, from 0");
        assert_eq!((result["log"].as_str(), result["filename"].as_str()), (Some(RIGHT_TOUCHES), Some("phrase.txt")));
        assert_eq!(events[0], ClientEvent::Connected { window: 1, is_resumed: false });
    }
}
