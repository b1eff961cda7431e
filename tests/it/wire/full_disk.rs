//! A disk without a free byte: verdicts go out all the same, artifacts and uploads say what is wrong.
//!
//! The disk is a tiny file system in memory that only the started server sees; nothing is left of it when that ends.

#![cfg(target_os = "linux")]

use super::server::{RIGHT_TOUCHES, Socket, jpeg};
use super::serving::Serving;
use super::uploads::clip;
use crate::support::skip::{Lack, skip};
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Mounts four pages of memory over a folder, then becomes the program.
const ON_A_TINY_DISK: &str = r#"mount -t tmpfs -o size=16k tmpfs "$0" && exec "$@""#;

/// `referee serve` whose output folder is the tiny disk; `None` after one line why the test is skipped.
fn start(folder: &Path) -> Option<Serving> {
    let sandbox = |program: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", ON_A_TINY_DISK]).arg(folder).args(program);
        command.stderr(Stdio::null());
        command
    };
    if !sandbox(&["true"]).status().is_ok_and(|status| status.success()) {
        skip(Lack::Optional, "this system does not let a program mount a file system of its own");
        return None;
    }
    let folder = folder.to_str().unwrap();
    let serve = [env!("CARGO_BIN_EXE_referee"), "serve", "--port", "0", "--output", folder];
    Some(Serving::start(&mut sandbox(&serve)))
}

async fn json(url: &str) -> Value {
    serde_json::from_str(&reqwest::get(url).await.unwrap().text().await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_artifacts_and_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = start(folder.path()) else { return };
    for id in ["first", "second"] {
        let mut socket = Socket::open(&format!("ws://{}/stream", server.place)).await.unwrap();
        socket.start(id).await;
        for number in 0..12 {
            assert_eq!(socket.frame(number, jpeg(1)).await["status"], "received");
        }
        let answers = socket.conclude(RIGHT_TOUCHES).await;
        let result = &answers.last().unwrap()["result"];
        assert_eq!(
            (&result["winner"], &result["disk_full"]),
            (&Value::from("right"), &Value::from(true)),
            "{answers:?}"
        );
    }
    let form = Form::new()
        .part("video", Part::bytes([clip(), vec![0; 50_000]].concat()).file_name("c.mp4"))
        .part("signal", Part::bytes(RIGHT_TOUCHES.as_bytes()).file_name("p.txt"));
    let url = format!("http://{}/analyze", server.place);
    let refused = reqwest::Client::new().post(url).multipart(form).send().await.unwrap();
    assert_eq!(refused.status(), 507);
    // What could not be written stays in memory, and the health check reports it.
    let stats = format!("http://{}/streaming/stats", server.place);
    for _ in 0..1500 {
        if json(&format!("http://{}/health", server.place)).await["status"] == "disk_full" {
            let stats = json(&stats).await;
            assert!(stats["total_memory_mb"].as_f64() > Some(0.0) && stats["active_sessions"] == 0, "{stats}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody is told that the disk is full: {}", json(&stats).await);
}
