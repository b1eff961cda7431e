//! More load than the judge can handle: frames wait, phrases are analysed more coarsely beyond that and report it, and artifacts wait
//! for live phrases.

use super::server::{FakeJudge, RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick, start_text};
use serde_json::Value;
use settings::Limits;
use std::time::Duration;

/// Sends frames at the pace of a camera.
async fn film(socket: &mut Socket, frames: i64, step: Duration) {
    let began = tokio::time::Instant::now();
    for number in 0..frames {
        tokio::time::sleep_until(began + step * u32::try_from(number).unwrap()).await;
        socket.send_frame(number, 1e9 + number as f64 * step.as_secs_f64(), "jpeg", jpeg(9)).await;
        assert_eq!(socket.json().await["status"], "received");
    }
}

fn count(stats: &Value, key: &str) -> u64 {
    stats[key].as_u64().unwrap_or_else(|| panic!("{key} is no count in {stats}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_that_falls_behind_is_seen_more_coarsely_and_says_so() {
    let judge = FakeJudge { per_frame: Duration::from_millis(150), ..FakeJudge::default() };
    let server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    film(&mut socket, 75, Duration::from_millis(33)).await;
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let result = &answers.last().unwrap()["result"];
    let stats = &result["streaming_stats"];
    let (analysed, skipped) = (count(stats, "frames_analysed"), count(stats, "frames_skipped"));
    assert_eq!(analysed + skipped, 75, "{stats}");
    // Two and a half seconds and the two that the verdict may take hold 30 such looks; a slow machine takes longer to send and sees more.
    assert!((20..70).contains(&analysed), "{stats}");
    assert!(result["processing_time_seconds"].as_f64() < Some(4.0), "the verdict waits for two seconds: {result}");
    assert!(result.to_string().contains("frames_dropped"), "{result}");
    let times = server.judge.seen.lock().unwrap().clone();
    assert!(times.last().is_some_and(|last| *last > 1.5), "to the end and not only the beginning: {times:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_phrase_that_falls_behind_waits_for_its_last_frames() {
    let judge = FakeJudge { per_frame: Duration::from_millis(60), ..FakeJudge::default() };
    let server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    film(&mut socket, 45, Duration::from_millis(33)).await;
    // Half of the frames are analysed when the signal comes, the rest within the two seconds after it.
    let result = socket.conclude(RIGHT_TOUCHES).await.pop().unwrap()["result"].clone();
    let stats = &result["streaming_stats"];
    assert_eq!((count(stats, "frames_analysed"), count(stats, "frames_skipped")), (45, 0), "{stats}");
    assert!(!result.to_string().contains("frames_dropped"), "{result}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_at_its_own_pace_is_analysed_whole_however_late() {
    let judge = FakeJudge { per_frame: Duration::from_millis(120), ..FakeJudge::default() };
    let server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let mut socket = server.connect().await;
    let mut start: Value = serde_json::from_str(&start_text("a")).unwrap();
    start["expected_frames"] = 50.into();
    socket.exchange(&start.to_string(), r#"{"type":"session_started","session_id":"a"}"#).await;
    film(&mut socket, 50, Duration::from_millis(33)).await;
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let shares: Vec<f64> = answers
        .iter()
        .filter(|answer| answer["stage"] == "yolo")
        .filter_map(|answer| answer["progress"].as_f64())
        .collect();
    assert!(shares.len() > 10 && shares.is_sorted(), "its client hears how far it is: {shares:?}");
    let result = &answers.last().unwrap()["result"];
    let stats = &result["streaming_stats"];
    assert_eq!((count(stats, "frames_analysed"), count(stats, "frames_skipped")), (50, 0), "{stats}");
    assert!(!result.to_string().contains("frames_dropped"), "{result}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_comes_while_running_phrases_lag_is_refused_and_can_come_again() {
    let judge = FakeJudge { per_frame: Duration::from_millis(150), ..FakeJudge::default() };
    let limits = Limits { max_lag: Duration::from_millis(100), ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, judge, ..ServerOptions::default() }).await;
    let mut running = server.connect().await;
    running.start("running").await;
    film(&mut running, 75, Duration::from_millis(33)).await;
    let stats = server.get("/streaming/stats").await;
    assert!(stats["lag_seconds"].as_f64() > Some(0.1), "{stats}");
    let mut late = server.connect().await;
    late.text(&start_text("late")).await;
    let refusal = late.json().await;
    assert_eq!(
        (refusal["error_code"].as_str(), refusal["recoverable"].as_bool()),
        (Some("SESSION_START_FAILED"), Some(false))
    );
    let said = refusal["error_message"].as_str().unwrap();
    assert!(said.starts_with("Maximum processor load reached (running phrases are "), "{said}");
    assert!(said.contains(" s behind)"), "{said}");
    assert_eq!(late.next().await, Err(Some(1000)));
    // Whoever runs is not disturbed, and who tries again afterwards is welcome.
    assert_eq!(running.conclude(RIGHT_TOUCHES).await.last().unwrap()["result"]["winner"], "right");
    server.connect().await.start("late").await;
    let metrics = reqwest::get(server.url("/metrics")).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\nreferee_sessions_refused_total 1\n"), "{metrics}");
    assert!(metrics.contains("\nreferee_lag_seconds 0\n"), "{metrics}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_are_complete_in_the_end_though_another_piste_fences_on() {
    let server = TestServer::start().await;
    let (mut one, mut other) = (server.connect().await, server.connect().await);
    one.start("one").await;
    other.start("other").await;
    film(&mut one, 12, Duration::from_millis(5)).await;
    let answers = one.conclude(RIGHT_TOUCHES).await;
    assert_eq!(answers.last().unwrap()["result"]["artifacts_complete"], false);
    let fencing = tokio::spawn(async move {
        film(&mut other, 60, Duration::from_millis(33)).await;
        other.conclude(RIGHT_TOUCHES).await
    });
    let whole = |phrase: &Value| phrase["artifacts_complete"] == true;
    let phrase = server.until("/phrases/one", whole).await;
    assert!(phrase["result"].get("artifacts_errors").is_none(), "{phrase}");
    assert_eq!(fencing.await.unwrap().last().unwrap()["type"], "process_complete");
    server.until("/phrases/other", whole).await;
    server.stop().await;
}
