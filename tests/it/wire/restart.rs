//! A server that is killed without a word and started again, and the client that was in the middle of a phrase: both as
//! programs of their own, with the shipped judge.

use super::serving::Serving;
use crate::support::in_project;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// `referee serve` on that port, 0 for any.
fn start(port: &str, output: &Path) -> Serving {
    Serving::start(Command::new(env!("CARGO_BIN_EXE_referee")).args(["serve", "--port", port, "--output"]).arg(output))
}

/// Frames that the server has acknowledged.
async fn acknowledged(place: &str) -> u64 {
    let answer = reqwest::get(format!("http://{place}/streaming/stats")).await.unwrap().text().await.unwrap();
    serde_json::from_str::<Value>(&answer).unwrap()["total_frames"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_and_started_again_mid_phrase_costs_no_frame_that_it_had_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = start("0", folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    command.env("XDG_DATA_HOME", folder.path()).env_remove("REFEREE_TOKEN").stdin(Stdio::null());
    command.args(["stream", &format!("http://{}", server.place), "--session-id", "piste-7", "--video"]);
    command.arg(in_project("assets/demo/demo-phrase.mp4")).arg("--signal");
    command.arg(in_project("assets/demo/demo-phrase.txt")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let client = command.spawn().unwrap();
    let began = Instant::now();
    while acknowledged(&server.place).await < 40 {
        assert!(began.elapsed() < Duration::from_mins(1), "the client never sends");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = acknowledged(&server.place).await;
    server.program.kill();
    let port = server.place.rsplit(':').next().unwrap().to_owned();
    let _again = start(&port, folder.path());
    let ended = tokio::task::spawn_blocking(move || client.wait_with_output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    let result: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let received = result["streaming_stats"]["frames_received"].as_u64().unwrap();
    assert!(received > before, "{received} of {before} that were acknowledged before: {said}");
    assert_eq!(result["streaming_stats"]["missing_frames"], 0, "{result}");
    assert_eq!(result["phrase_id"], "piste-7", "the same phrase goes on: its frames were on the server's disk");
}
