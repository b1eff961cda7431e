//! A client of another language and library, written from the protocol's description, against our server.

use super::server::{RIGHT_TOUCHES, TestServer, jpeg};
use crate::support::in_project;
use fencing_referee::protocol::pack_raw;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python that has `websockets`, or `None` after one clear line why the test is skipped.
fn python() -> Option<&'static str> {
    let has_it = |python: &&str| {
        Command::new(python).args(["-c", "import websockets"]).output().is_ok_and(|o| o.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has_it);
    if found.is_none() {
        println!("skipped: python3 with the package websockets is not here (Debian: python3-websockets)");
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
