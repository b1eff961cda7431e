//! Phrases that the lamps decide are answered at once, whatever the frames take, and only where no frame can change the call.

use super::server::{FakeJudge, RIGHT_TOUCHES, ServerOptions, TestServer, jpeg, start_text};
use super::uploads::{clip, form};
use fencing::Weapon;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A log in which both touch.
const BOTH_TOUCH: &str = "Phrase 5 initialized at 2026-01-27 21:09:34\n 0.000s | Phrase recording started\n \
0.300s | HIT: Left scores on Right!\n 0.310s | HIT: Right scores on Left!\n 0.350s | Lockout period started (0.200s window)\n \
0.500s | Phrase recording ended\nScores -> Fencer 1: HIT, Fencer 2: HIT\nPhrase ended\n";

/// A server of that weapon whose judge takes so long for a frame.
async fn start(weapon: Weapon, per_frame: Duration) -> TestServer {
    let judge = FakeJudge { per_frame, ..FakeJudge::default() };
    TestServer::start_with(ServerOptions { weapon, judge, ..ServerOptions::default() }).await
}

/// Streams a recording of 40 frames at once; the answers to its log, and after how long the last one came.
async fn streamed(server: &TestServer, log: &str) -> (Vec<Value>, Duration) {
    let mut socket = server.connect().await;
    let mut start: Value = serde_json::from_str(&start_text("a")).unwrap();
    start["expected_frames"] = 40.into();
    socket.exchange(&start.to_string(), r#"{"type":"session_started","session_id":"a"}"#).await;
    for number in 0..40 {
        assert_eq!(socket.frame(number, jpeg(1)).await["status"], "received");
    }
    let asked = Instant::now();
    let answers = socket.conclude(log).await;
    (answers, asked.elapsed())
}

fn seen(server: &TestServer) -> usize {
    server.judge.seen.lock().unwrap().len()
}

fn keys(result: &Value) -> BTreeSet<&String> {
    result.as_object().unwrap().keys().collect()
}

fn is_complete(phrase: &Value) -> bool {
    phrase["artifacts_complete"] == true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_light_on_a_stream_waits_for_no_frame_where_none_can_change_it() {
    for weapon in [Weapon::Foil, Weapon::Epee] {
        let server = start(weapon, Duration::from_millis(120)).await;
        let (answers, _) = streamed(&server, RIGHT_TOUCHES).await;
        let seen_by_then = seen(&server);
        assert!(seen_by_then < 35, "{weapon:?}: {seen_by_then} frames were analysed before the answer");
        let sent = &answers.last().unwrap()["result"];
        assert_eq!((sent["winner"].as_str(), sent["status"].as_str()), (Some("right"), Some("success")), "{sent}");
        let phrase = server.until("/phrases/a", is_complete).await;
        let last = &phrase["result"];
        assert_eq!((&last["winner"], &last["artifacts_errors"]), (&sent["winner"], &Value::Null), "{last}");
        assert_eq!(last["streaming_stats"]["frames_analysed"], 40, "every frame is analysed afterwards: {last}");
        assert!(server.output().join("a/streamed_video.mp4").is_file());
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_light_in_sabre_waits_until_the_feet_are_seen() {
    let server = start(Weapon::Sabre, Duration::from_millis(60)).await;
    let (answers, _) = streamed(&server, RIGHT_TOUCHES).await;
    let result = &answers.last().unwrap()["result"];
    assert_eq!(result["streaming_stats"]["frames_analysed"], 40, "{result}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lights_wait_for_their_frames() {
    let server = start(Weapon::Foil, Duration::from_millis(60)).await;
    let (answers, _) = streamed(&server, BOTH_TOUCH).await;
    assert_eq!(answers.last().unwrap()["result"]["streaming_stats"]["frames_analysed"], 40);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_keeps_up_answers_a_single_light_with_the_facts_of_the_frames() {
    let server = start(Weapon::Foil, Duration::ZERO).await;
    let (answers, _) = streamed(&server, RIGHT_TOUCHES).await;
    let result = &answers.last().unwrap()["result"];
    assert_eq!(result["streaming_stats"]["frames_analysed"], 40, "{result}");
    server.stop().await;
}

async fn upload(server: &TestServer, form: Form) -> (u16, Value) {
    let answer = reqwest::Client::new().post(server.url("/analyze")).multipart(form).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

fn form_of(video: Vec<u8>, log: &str) -> Form {
    let file = |name: &str, bytes: Vec<u8>| Part::bytes(bytes).file_name(name.to_owned());
    Form::new().part("video", file("c.mp4", video)).part("signal", file("p.txt", log.into()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_the_lamps_decide_is_answered_before_its_frames_are_analysed() {
    let server = start(Weapon::Foil, Duration::from_millis(150)).await;
    let (status, sent) = upload(&server, form("c.mp4", "p.txt")).await;
    assert!(seen(&server) < 20, "{} frames were analysed before the answer", seen(&server));
    assert_eq!((status, sent["winner"].as_str()), (200, Some("right")), "{sent}");
    let phrase = server.until(sent["phrase_url"].as_str().unwrap(), is_complete).await;
    assert_eq!(seen(&server), 20);
    let last = &phrase["result"];
    assert_eq!((&last["winner"], &last["artifacts_errors"]), (&sent["winner"], &Value::Null), "{last}");
    // Nothing is missing in the early answer that a client reads.
    let (sent, last) = (keys(&sent), keys(last));
    assert!(last.is_subset(&sent), "{:?}", last.difference(&sent));
    let folder = server.output().join(phrase["result"]["phrase_id"].as_str().unwrap());
    for name in ["report.html", "c_keypoints.xlsx", "c_overlay.mp4"] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_waits_for_its_frames_where_they_count() {
    // Crossed feet, right of way, joints that were asked for.
    let cases = [
        (Weapon::Sabre, form_of(clip(), RIGHT_TOUCHES)),
        (Weapon::Foil, form_of(clip(), BOTH_TOUCH)),
        (Weapon::Foil, form_of(clip(), RIGHT_TOUCHES).text("include_keypoints", "true")),
    ];
    for (weapon, form) in cases {
        let server = start(weapon, Duration::from_millis(20)).await;
        let (status, _) = upload(&server, form).await;
        assert_eq!((status, seen(&server)), (200, 20), "{weapon:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_clip_is_refused_though_the_lamps_decide() {
    let server = start(Weapon::Epee, Duration::ZERO).await;
    let (status, refused) = upload(&server, form_of(b"no clip".to_vec(), BOTH_TOUCH)).await;
    assert_eq!(status, 400, "{refused}");
    assert!(std::fs::read_dir(server.output()).unwrap().count() == 0, "nothing is left of it");
    server.stop().await;
}
