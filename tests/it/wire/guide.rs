//! The two clients that the protocol's guide prints, as they stand there, against a running server.

use super::foreign::python;
use super::server::{RIGHT_TOUCHES, TestServer, jpeg};
use crate::support::in_project;
use crate::support::skip::{Lack, skip};
use serde_json::Value;
use std::process::Command;

/// The one block of code in a language.
fn block(language: &str) -> String {
    let guide = std::fs::read_to_string(in_project("assets/guide/protocol.md")).unwrap();
    let (_, rest) = guide.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

/// A Node that has `WebSocket`, with the flag that it needs for it; `None` after one line why the test is skipped.
fn node() -> Option<Vec<&'static str>> {
    let ways = [vec!["node"], vec!["node", "--experimental-websocket"]];
    let has_it = |way: &Vec<&str>| {
        let asked = Command::new(way[0]).args(&way[1..]).args(["-e", "new WebSocket"]).output();
        // Without an address the constructor complains of that, not of its own absence.
        asked.is_ok_and(|output| {
            !String::from_utf8_lossy(&output.stderr).contains("WebSocket is not defined")
                && !output.stderr.starts_with(b"node: bad option")
        })
    };
    let found = ways.into_iter().find(has_it);
    if found.is_none() {
        skip(Lack::Optional, "a Node with WebSocket is not installed (22 or newer)");
    }
    found
}

/// Runs a client of the guide on twelve frames and a log in which the right fencer touches; who it says has won.
async fn winner(way: &[&'static str], file: &str, source: String) -> Value {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (client, log) = (folder.path().join(file), folder.path().join("phrase.txt"));
    std::fs::write(&client, source).unwrap();
    std::fs::write(&log, RIGHT_TOUCHES).unwrap();
    let mut command = Command::new(way[0]);
    command.args(&way[1..]).arg(client).arg(format!("ws://{}/stream", server.address)).arg(log);
    for number in 0..12 {
        let frame = folder.path().join(format!("frame{number}.jpg"));
        std::fs::write(&frame, jpeg(number)).unwrap();
        command.arg(frame);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    server.stop().await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    result["winner"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_python_client_gets_its_verdict() {
    let Some(python) = python() else { return };
    assert_eq!(winner(&[python], "client.py", block("python")).await, "right");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_javascript_client_gets_its_verdict() {
    let Some(node) = node() else { return };
    assert_eq!(winner(&node, "client.mjs", block("javascript")).await, "right");
}
