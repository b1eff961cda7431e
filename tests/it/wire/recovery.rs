//! What a server that stopped or was killed in the middle of something leaves to its next start.

use super::server::{RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick, start_text};
use super::uploads::clip;
use serde_json::{Value, json};
use settings::Limits;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A server that leaves what it cannot finish in a moment, as one that is killed does.
async fn start(output: &Arc<tempfile::TempDir>) -> TestServer {
    let limits = Limits { drain: Duration::from_millis(300), ..quick() };
    TestServer::start_with(ServerOptions { limits, output: Some(Arc::clone(output)), ..ServerOptions::default() }).await
}

async fn open(server: &TestServer, is_resumable: bool, token: Option<&str>) -> (Socket, Value) {
    let mut start: Value = serde_json::from_str(&start_text("piste 7")).unwrap();
    start["resumable"] = json!(is_resumable);
    if let Some(token) = token {
        start["resume_token"] = json!(token);
    }
    let mut socket = server.connect().await;
    socket.text(&start.to_string()).await;
    let started = socket.json().await;
    (socket, started)
}

fn spooled(output: &Path) -> usize {
    std::fs::read_dir(output.join(".spool")).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_resumes_finds_what_was_acknowledged_before_the_server_died() {
    let output = Arc::new(tempfile::tempdir().unwrap());
    let server = start(&output).await;
    let (mut socket, started) = open(&server, true, None).await;
    let token = started["resume_token"].as_str().unwrap().to_owned();
    for number in 0..12 {
        assert_eq!(socket.frame(number, jpeg(1)).await["status"], "received");
    }
    server.stop().await;
    assert_eq!(spooled(output.path()), 1);
    let server = start(&output).await;
    let (mut back, resumed) = open(&server, true, Some(&token)).await;
    assert_eq!(resumed["next_frame"], 12, "{resumed}");
    for number in 12..20 {
        assert_eq!(back.frame(number, jpeg(1)).await["status"], "received");
    }
    let answers = back.conclude(RIGHT_TOUCHES).await;
    let result = &answers.last().unwrap()["result"];
    assert_eq!((&result["winner"], &result["phrase_id"]), (&json!("right"), &json!("piste_7")), "{result}");
    assert_eq!(result["streaming_stats"]["frames_received"], 20);
    server.until("/phrases/piste_7", |phrase| phrase["artifacts_complete"] == true).await;
    assert_eq!(spooled(output.path()), 0, "a phrase that is whole on disk leaves no spool");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_whose_client_cannot_resume_is_judged_by_what_had_come() {
    let output = Arc::new(tempfile::tempdir().unwrap());
    let server = start(&output).await;
    let (mut socket, _) = open(&server, false, None).await;
    for number in 0..12 {
        socket.frame(number, jpeg(1)).await;
    }
    server.stop().await;
    let server = start(&output).await;
    let phrase = server.until("/phrases/piste_7", |phrase| phrase["artifacts_complete"] == true).await;
    assert_eq!(phrase["result"]["streaming_stats"]["frames_received"], 12, "{phrase}");
    assert!(output.path().join("piste_7/streamed_video.mp4").is_file());
    assert_eq!(spooled(output.path()), 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_has_its_result_and_signal_log_at_that_moment() {
    let output = Arc::new(tempfile::tempdir().unwrap());
    let server = start(&output).await;
    let (mut socket, _) = open(&server, false, None).await;
    for number in 0..12 {
        socket.frame(number, jpeg(1)).await;
    }
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let read = |name: &str| std::fs::read_to_string(output.path().join("piste_7").join(name)).unwrap();
    let written: Value = serde_json::from_str(&read("analysis_result.json")).unwrap();
    assert_eq!(written["winner"], answers.last().unwrap()["result"]["winner"]);
    assert_eq!(read("signal.txt"), RIGHT_TOUCHES);
    let phrase = server.get(answers.last().unwrap()["result"]["phrase_url"].as_str().unwrap()).await;
    assert_eq!(phrase["result"]["winner"], "right", "{phrase}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_that_a_stop_left_undone_are_made_at_the_next_start() {
    let output = Arc::new(tempfile::tempdir().unwrap());
    let leave = |name: &str, winner: &str| {
        let folder = output.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("clip.mp4"), clip()).unwrap();
        std::fs::write(folder.join("p.txt"), RIGHT_TOUCHES).unwrap();
        let result = json!({
            "status": "success", "winner": winner, "reason": "as it was sent", "artifacts_complete": false,
            "input_video": "/elsewhere/clip.mp4", "input_signal": "/elsewhere/p.txt",
        });
        let path = folder.join("analysis_result.json");
        std::fs::write(&path, result.to_string()).unwrap();
        let before = SystemTime::now() - Duration::from_secs(60);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    };
    leave("cut_off", "right");
    leave("doubtful", "left");
    let server = start(&output).await;
    let whole = |phrase: &Value| phrase["artifacts_complete"] == true;
    let phrase = server.until("/phrases/cut_off", whole).await;
    assert_eq!(phrase["result"]["artifacts_errors"], Value::Null, "{phrase}");
    assert_eq!(phrase["result"]["reason"], "as it was sent", "the verdict that was sent stands");
    for name in ["report.html", "clip_keypoints.xlsx", "clip_overlay.mp4"] {
        assert!(output.path().join("cut_off").join(name).is_file(), "{name}: {phrase}");
    }
    let phrase = server.until("/phrases/doubtful", whole).await;
    assert_eq!(phrase["result"]["winner"], "left");
    assert!(
        phrase["result"]["artifacts_errors"].is_array(),
        "another verdict is not written beside the one that was sent"
    );
    server.stop().await;
}
