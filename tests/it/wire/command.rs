//! `referee stream` and `referee submit` as a person types them: exit codes, flags for lamps, and the copy of a phrase
//! that outlives both server and client.

use super::server::{FakeJudge, RIGHT_TOUCHES, ServerOptions, TestServer};
use super::uploads::{clip, clip_of};
use crate::support::in_project;
use serde_json::Value;
use settings::{Access, Token};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// The program with a data folder of its own.
fn referee(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    command.env("XDG_DATA_HOME", home).env_remove("REFEREE_TOKEN").stdin(Stdio::null());
    command
}

async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The folder in which copies lie, and what lies there.
fn unsent(home: &Path) -> Vec<PathBuf> {
    let folder = home.join("fencing-referee/unsent");
    std::fs::read_dir(folder).map_or_else(|_| Vec::new(), |all| all.map(|entry| entry.unwrap().path()).collect())
}

fn write_clip(folder: &Path, frames: u32) -> PathBuf {
    let path = folder.join("clip.mp4");
    std::fs::write(&path, clip_of(frames)).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn lamps_by_log_by_flag_or_not_at_all() {
    let server = TestServer::start().await;
    let home = tempfile::tempdir().unwrap();
    let video = write_clip(home.path(), 10);
    let log = home.path().join("p.txt");
    std::fs::write(&log, RIGHT_TOUCHES).unwrap();
    let log = log.to_str().unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["--signal", log], "right"),
        (&["--lights", "left", "--touch-at", "0.3"], "left"),
        (&["--lights", "none"], "none"),
        (&[], "none"),
    ];
    for (lamps, winner) in cases {
        for encoding in ["jpeg", "png", "raw"] {
            let mut command = referee(home.path());
            command.args(["stream", &server.url(""), "--video"]).arg(&video).args(lamps).args(["--encoding", encoding]);
            let result = json(&output(command).await);
            assert_eq!(result["winner"], winner, "{lamps:?} {encoding}");
            assert_eq!(result["streaming_stats"]["frames_received"], 10);
        }
    }
    assert!(unsent(home.path()).is_empty(), "what is judged is not kept");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_rate_leaves_frames_out_and_no_time_changes() {
    let server = TestServer::start().await;
    let home = tempfile::tempdir().unwrap();
    let video = write_clip(home.path(), 60);
    // The clip has 20 frames per second: at most 10 are every second one, at most 15 three of four, at most 60 all.
    for (limit, sent_of_four) in [("10", &[0, 2][..]), ("15", &[0, 2, 3]), ("60", &[0, 1, 2, 3])] {
        server.judge.seen.lock().unwrap().clear();
        let mut command = referee(home.path());
        command.args(["stream", &server.url(""), "--lights", "right", "--touch-at", "1.5", "--fps", limit, "--video"]);
        command.arg(&video);
        let result = json(&output(command).await);
        let expected: Vec<f64> = (0..60)
            .filter(|number| sent_of_four.contains(&(number % 4)))
            .map(|number| f64::from(number) / 20.0)
            .collect();
        let seen = server.judge.seen.lock().unwrap().clone();
        assert_eq!(seen.len(), expected.len(), "--fps {limit}: {seen:?}");
        for (seen, expected) in seen.iter().zip(&expected) {
            assert!((seen - expected).abs() < 0.002, "--fps {limit}: {seen} instead of {expected}");
        }
        assert_eq!(result["winner"], "right");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_is_analysed_whole_though_the_server_is_slow() {
    let judge = FakeJudge { per_frame: Duration::from_millis(120), ..FakeJudge::default() };
    let server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let home = tempfile::tempdir().unwrap();
    let video = write_clip(home.path(), 45);
    let mut command = referee(home.path());
    command.args(["stream", &server.url(""), "--lights", "right", "--touch-at", "1", "--video"]).arg(&video);
    let result = json(&output(command).await);
    let stats = &result["streaming_stats"];
    assert_eq!((&stats["frames_analysed"], &stats["frames_skipped"]), (&45.into(), &0.into()), "{stats}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_are_code_2_and_no_verdict_is_code_1() {
    let home = tempfile::tempdir().unwrap();
    let video = write_clip(home.path(), 3);
    let video = video.to_str().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = format!("http://{nobody}");
    let garbage = home.path().join("garbage.txt");
    std::fs::write(&garbage, "nothing of a box").unwrap();
    let garbage = garbage.to_str().unwrap();
    let cases: [(&[&str], i32, &str); 13] = [
        (&["stream", "ftp://x", "--video", video], 2, "is no server address"),
        (&["stream", &server], 2, "--video"),
        (&["stream", &server, "--video", "/nowhere.mp4"], 2, "there is no such file"),
        (&["stream", &server, "--video", video, "--lights", "left"], 2, "--touch-at"),
        (&["stream", &server, "--video", video, "--fps", "-1"], 2, "--fps"),
        (&["stream", &server, "--video", video, "--ca", "/nowhere.pem"], 2, "certificate authority"),
        (&["stream", &server, "--video", video], 1, "the server cannot be reached"),
        (&["stream", &server, "--video", video, "--signal", garbage], 2, "correct --signal"),
        (&["submit", &server, video, "/nowhere.txt"], 2, "/nowhere.txt"),
        (&["submit", &server, video, garbage, "--timeout", "0"], 2, "--timeout"),
        (&["submit", &server, "--signal", garbage], 2, "a clip and its signal log are needed"),
        (&["submit", &server, "--signal", garbage, "--camera", "0"], 2, "referee stream SERVER --camera 0"),
        (&["submit", &server, video, garbage, "--transcode-video"], 2, "leave --transcode-video out"),
    ];
    for (arguments, code, text) in cases {
        let mut command = referee(home.path());
        command.args(arguments);
        let output = output(command).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(text), "{arguments:?}: {said}");
    }
    let kept = unsent(home.path());
    assert_eq!(kept.len(), 1, "the one phrase that no server took: {kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_by_command() {
    let server = TestServer::start().await;
    let home = tempfile::tempdir().unwrap();
    let (video, log) = (home.path().join("c.mp4"), home.path().join("p.txt"));
    std::fs::write(&video, clip()).unwrap();
    std::fs::write(&log, RIGHT_TOUCHES).unwrap();
    let mut command = referee(home.path());
    command.args(["submit", &server.url("")]).arg(&video).arg(&log);
    assert_eq!(json(&output(command).await)["winner"], "right");
    let mut command = referee(home.path());
    command.args(["submit", "--server", &server.url("/judge"), "--request-id", "r-9", "--fps", "15", "--video"]);
    command.arg(&video).arg("--txt").arg(&log);
    let judged = json(&output(command).await);
    assert_eq!((judged["winner"].as_str(), judged["request_id"].as_str()), (Some("right"), Some("r-9")));
    for address in ["", "/judge"] {
        let mut command = referee(home.path());
        command.args(["submit", &server.url(address), "--health"]);
        assert_eq!(json(&output(command).await)["status"], "ok");
    }
    let mut command = referee(home.path());
    command.args(["submit", &server.url("")]).arg(&log).arg(&log);
    assert_eq!(output(command).await.status.code(), Some(400 % 256), "the status, as the reference's client does");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_refused_says_so() {
    let access = Access { token: Some(Token::new("open-sesame").unwrap()), ..Access::default() };
    let server = TestServer::start_with(ServerOptions { access, ..ServerOptions::default() }).await;
    let home = tempfile::tempdir().unwrap();
    let (video, log) = (home.path().join("c.mp4"), home.path().join("p.txt"));
    // Longer than what a connection takes unread: the server answers and closes while it is still being sent.
    std::fs::write(&video, [clip(), vec![0; 20_000_000]].concat()).unwrap();
    std::fs::write(&log, RIGHT_TOUCHES).unwrap();
    for token in [&[][..], &["--token", "wrong-token"]] {
        let mut command = referee(home.path());
        command.args(["submit", &server.url("")]).arg(&video).arg(&log).args(token);
        let refused = output(command).await;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(401 % 256), "{said}");
        assert!(said.contains("token"), "{said}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_killed_leaves_a_phrase_that_can_be_sent() {
    let server = TestServer::start().await;
    let home = tempfile::tempdir().unwrap();
    let video = write_clip(home.path(), 200);
    let mut command = referee(home.path());
    command.args(["stream", &server.url(""), "--session-id", "piste-7", "--video"]).arg(&video);
    let mut client = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let stats = server.until("/streaming/stats", |stats| stats["total_frames"].as_u64() >= Some(10)).await;
    client.kill().unwrap();
    client.wait().unwrap();
    let acknowledged = stats["total_frames"].as_u64().unwrap();
    let left = unsent(home.path());
    assert_eq!(left.len(), 1, "{left:?}");
    let mut command = referee(home.path());
    command.args(["stream", &server.url(""), "--lights", "right", "--touch-at", "0.2", "--resume"]).arg(&left[0]);
    let result = json(&output(command).await);
    assert_eq!(result["winner"], "right");
    let received = result["streaming_stats"]["frames_received"].as_u64().unwrap();
    assert!(received >= acknowledged, "{received} of {acknowledged} that were acknowledged");
    assert!(unsent(home.path()).is_empty(), "what is judged is not kept");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_that_no_server_took_is_sent_later_or_judged_here() {
    let home = tempfile::tempdir().unwrap();
    let video = write_clip(home.path(), 10);
    let log = home.path().join("p.txt");
    std::fs::write(&log, RIGHT_TOUCHES).unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = referee(home.path());
    command.args(["stream", &format!("http://{nobody}"), "--video"]).arg(&video).arg("--signal").arg(&log);
    let failed = output(command).await;
    let left = unsent(home.path());
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(said.contains(&format!("--resume {}", left[0].display())), "{said}");
    let server = TestServer::start().await;
    let mut command = referee(home.path());
    command.args(["stream", &server.url(""), "--resume"]).arg(&left[0]);
    let result = json(&output(command).await);
    assert_eq!(
        (result["winner"].as_str(), result["streaming_stats"]["frames_received"].as_u64()),
        (Some("right"), Some(10))
    );
    server.stop().await;

    let mut command = referee(home.path());
    let demo = in_project("assets/demo/demo-phrase.mp4");
    command.args(["stream", &format!("http://{nobody}"), "--fallback", "local", "--video"]).arg(demo);
    command.arg("--signal").arg(in_project("assets/demo/demo-phrase.txt"));
    let result = json(&output(command).await);
    assert_eq!(
        (result["status"].as_str(), result["processing_mode"].as_str()),
        (Some("success"), Some("offline_fallback"))
    );
    assert!(unsent(home.path()).is_empty(), "judged here, nothing is owed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_call_kept_can_be_judged_here_too() {
    let home = tempfile::tempdir().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = format!("http://{nobody}");
    let mut command = referee(home.path());
    command.args(["stream", &server, "--video"]).arg(in_project("assets/demo/demo-phrase.mp4"));
    command.arg("--signal").arg(in_project("assets/demo/demo-phrase.txt"));
    assert_eq!(output(command).await.status.code(), Some(1));
    let left = unsent(home.path());
    let mut command = referee(home.path());
    command.args(["stream", &server, "--fallback", "local", "--resume"]).arg(&left[0]);
    let result = json(&output(command).await);
    assert_eq!(
        (result["status"].as_str(), result["processing_mode"].as_str()),
        (Some("success"), Some("offline_fallback"))
    );
    assert!(result["frames_analyzed"].as_u64() > Some(60), "all that was kept: {result}");
    assert!(unsent(home.path()).is_empty(), "judged here, nothing is owed");
}
