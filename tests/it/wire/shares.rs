//! What one client may take of the places, the memory and the processor, and that nobody loses by another's refused request.

use super::server::{FakeJudge, RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick, start_text};
use serde_json::{Value, json};
use settings::Limits;
use std::time::{Duration, Instant};

async fn asks(server: &TestServer, start: Value) -> (Socket, Value) {
    let mut socket = server.connect().await;
    socket.text(&start.to_string()).await;
    let answer = socket.json().await;
    (socket, answer)
}

fn resumable(id: &str, token: Option<&str>) -> Value {
    let mut start: Value = serde_json::from_str(&start_text(id)).unwrap();
    start["resumable"] = json!(true);
    start["window"] = json!(8);
    if let Some(token) = token {
        start["resume_token"] = json!(token);
    }
    start
}

fn plain(id: &str) -> Value {
    serde_json::from_str(&start_text(id)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_refused_costs_nobody_a_session() {
    let limits = Limits { max_sessions: 2, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let (mut detached, started) = asks(&server, resumable("A", None)).await;
    let token = started["resume_token"].as_str().unwrap().to_owned();
    detached.frame(0, jpeg(1)).await;
    drop(detached);
    let (_live, _) = asks(&server, plain("B")).await;
    // The name of a phrase that runs, and that of the one that may come back: both belong to others.
    for id in ["B", "A"] {
        let (_, refused) = asks(&server, plain(id)).await;
        assert_eq!(refused["error_message"], format!("Session {id} already exists"));
    }
    let (_, refused) = asks(&server, resumable("B", None)).await;
    assert_eq!((refused["reason"].as_str(), refused.get("retry_after_seconds")), (Some("exists"), None));
    let (mut back, resumed) = asks(&server, resumable("A", Some(&token))).await;
    assert_eq!(resumed["next_frame"], 1, "{resumed}");
    assert_eq!(back.frame(1, jpeg(1)).await["status"], "received");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_knows_the_extensions_gets_the_reason_and_when_to_ask_again() {
    let limits = Limits { max_sessions: 1, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let (_held, _) = asks(&server, plain("A")).await;
    let (_, refused) = asks(&server, resumable("B", None)).await;
    assert_eq!((&refused["reason"], &refused["retry_after_seconds"]), (&json!("full"), &json!(2)), "{refused}");
    let (_, foreign) = asks(&server, plain("B")).await;
    assert_eq!(foreign.as_object().unwrap().len(), 5, "a foreign client reads what it knows: {foreign}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hoarder_takes_no_memory_from_those_who_fence() {
    let limits = Limits { max_memory_bytes: 4_000_000, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let (mut honest, _) = asks(&server, plain("honest")).await;
    honest.frame(0, jpeg(1)).await;
    let (mut hoarder, started) = asks(&server, resumable("hoarder", None)).await;
    assert_eq!(started["type"], "session_started");
    let mut taken = 0;
    while taken < 100 && hoarder.frame(taken, vec![0; 100_000]).await["type"] == "frame_ack" {
        taken += 1;
    }
    assert!((20..30).contains(&taken), "all but the third of the one who fences: {taken}");
    for number in 1..10 {
        assert_eq!(honest.frame(number, vec![0; 100_000]).await["type"], "frame_ack", "{number}");
    }
    // Gone, the hoarder makes room: for a phrase that runs and for one that begins.
    drop(hoarder);
    for number in 10..25 {
        assert_eq!(honest.frame(number, vec![0; 100_000]).await["type"], "frame_ack", "{number}");
    }
    let (mut next, started) = asks(&server, plain("next")).await;
    assert_eq!(started["type"], "session_started", "{started}");
    assert_eq!(next.frame(0, jpeg(1)).await["status"], "received");
    server.stop().await;
}

/// Sends frames at the pace of a camera, one answer for each; the longest wait for one.
async fn film(socket: &mut Socket, frames: i64) -> Duration {
    let (began, mut longest) = (tokio::time::Instant::now(), Duration::ZERO);
    for number in 0..frames {
        tokio::time::sleep_until(began + Duration::from_millis(33) * u32::try_from(number).unwrap()).await;
        let asked = Instant::now();
        socket.send_frame(number, 1e9 + number as f64 * 0.033, "jpeg", jpeg(9)).await;
        assert_eq!(socket.json().await["status"], "received");
        longest = longest.max(asked.elapsed());
    }
    longest
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_start_together_are_admitted_as_far_as_they_can_be_analysed() {
    let judge = FakeJudge { per_frame: Duration::from_millis(5), ..FakeJudge::default() };
    let cores = std::thread::available_parallelism().unwrap().get() as f64;
    // A machine of two cores, whatever this one has.
    let limits = Limits { max_load: 0.9 * 2.0 / cores, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, judge, ..ServerOptions::default() }).await;
    let clients = (0..10).map(|number| {
        let server = &server;
        async move {
            let mut socket = server.connect().await;
            let asked = Instant::now();
            socket.text(&resumable(&format!("c{number}"), None).to_string()).await;
            let answer = socket.json().await;
            if answer["type"] == "error" {
                assert_eq!((&answer["reason"], &answer["retry_after_seconds"]), (&json!("busy"), &json!(2)));
                return Err(asked.elapsed());
            }
            film(&mut socket, 60).await;
            let stats = socket.conclude(RIGHT_TOUCHES).await.last().unwrap()["result"]["streaming_stats"].clone();
            Ok(stats["frames_analysed"].as_u64().unwrap())
        }
    });
    let (admitted, refused): (Vec<_>, Vec<_>) =
        futures_util::future::join_all(clients).await.into_iter().partition(Result::is_ok);
    let analysed: Vec<u64> = admitted.into_iter().flatten().collect();
    let mut waits: Vec<Duration> = refused.into_iter().filter_map(Result::err).collect();
    waits.sort();
    // The median: one answer may have met a pause of the machine that runs these tests.
    assert!(waits[waits.len() / 2] < Duration::from_millis(100), "those who are refused know at once: {waits:?}");
    assert_eq!(analysed.len(), 2, "no frame was analysed yet, so each is planned with three quarters of a core");
    assert!(analysed.iter().all(|frames| *frames >= 54), "nine tenths and more: {analysed:?}");
    // Now it is known what a frame costs: more fit.
    let (_third, answer) = asks(&server, plain("next")).await;
    assert_eq!(answer["type"], "session_started", "{answer}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_client_is_acknowledged_at_once_however_slow_the_judge_is() {
    let judge = FakeJudge { per_frame: Duration::from_secs(20), ..FakeJudge::default() };
    let server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let (mut socket, _) = asks(&server, plain("a")).await;
    // More than the queue before the judge holds.
    let longest = film(&mut socket, 90).await;
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    drop(socket);
    server.stop().await;
}
