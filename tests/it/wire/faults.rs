//! What goes wrong on a network: clients that vanish, stall, flood or lie, and a server that is told to stop.

use super::server::{FakeJudge, RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick, start_text};
use futures_util::SinkExt;
use serde_json::{Value, json};
use settings::Limits;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;

fn resumable_start(id: &str, token: Option<&str>) -> String {
    let mut start: Value = serde_json::from_str(&start_text(id)).unwrap();
    start["resumable"] = json!(true);
    start["window"] = json!(8);
    if let Some(token) = token {
        start["resume_token"] = json!(token);
    }
    start.to_string()
}

async fn open_resumable(server: &TestServer, id: &str) -> (Socket, String) {
    let mut socket = server.connect().await;
    socket.text(&resumable_start(id, None)).await;
    let started = socket.json().await;
    assert_eq!(started["window"], 8);
    let token = started["resume_token"].as_str().unwrap().to_owned();
    (socket, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_vanishes_mid_frame_frees_its_session() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    socket.text(r#"{"type":"frame","session_id":"a","frame_number":0,"timestamp":0}"#).await;
    drop(socket);
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 0).await;
    server.connect().await.start("a").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asked_for_it_finds_its_session_again() {
    let server = TestServer::start().await;
    let (mut socket, token) = open_resumable(&server, "a").await;
    for number in 0..4 {
        socket.frame(number, jpeg(1)).await;
    }
    drop(socket);
    let mut back = server.connect().await;
    back.text(&resumable_start("a", Some(&token))).await;
    let resumed = back.json().await;
    assert_eq!((resumed["type"].as_str(), resumed["next_frame"].as_i64()), (Some("session_started"), Some(4)));
    for number in 4..12 {
        assert_eq!(back.frame(number, jpeg(1)).await["status"], "received");
    }
    let answers = back.conclude(RIGHT_TOUCHES).await;
    assert_eq!(answers.last().unwrap()["result"]["streaming_stats"]["frames_received"], 12);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_with_one_id_the_owner_takes_over_a_stranger_does_not() {
    let server = TestServer::start().await;
    let (mut held, token) = open_resumable(&server, "a").await;
    held.frame(0, jpeg(1)).await;
    let mut stranger = server.connect().await;
    stranger.text(&start_text("a")).await;
    assert_eq!(stranger.json().await["error_message"], "Session a already exists");
    let mut guesser = server.connect().await;
    guesser.text(&resumable_start("a", Some("guess"))).await;
    assert_eq!(guesser.json().await["error_message"], "Session a cannot be resumed; start it again");
    // The old connection is half open: it never said goodbye, and still the owner gets the session.
    let mut owner = server.connect().await;
    owner.text(&resumable_start("a", Some(&token))).await;
    assert_eq!(owner.json().await["next_frame"], 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_back_does_not_wait_for_the_place_of_its_last_frame() {
    // The judge is at its first frame for so long that its queue stays full.
    let judge = FakeJudge { per_frame: Duration::from_mins(1), ..FakeJudge::default() };
    let server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let (mut held, token) = open_resumable(&server, "a").await;
    for number in 0..80 {
        held.send_frame(number, number as f64 / 30.0, "jpeg", jpeg(1)).await;
    }
    // Frames are counted once they have their place; from the moment that no more are, the next one waits.
    let mut before = Value::Null;
    server
        .until("/streaming/stats", |stats| {
            std::thread::sleep(Duration::from_millis(200));
            let waits = stats["total_frames"] == before && stats["total_frames"].as_u64() >= Some(60);
            before = stats["total_frames"].clone();
            waits
        })
        .await;
    let began = Instant::now();
    let mut owner = server.connect().await;
    owner.text(&resumable_start("a", Some(&token))).await;
    assert_eq!(owner.json().await["type"], "session_started");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    drop(owner);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_ends_a_session_and_says_so() {
    let limits = Limits { session_timeout: Duration::from_millis(300), ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let (socket, token) = open_resumable(&server, "gone").await;
    drop(socket);
    let mut silent = server.connect().await;
    silent.start("silent").await;
    let error = silent.json().await;
    assert_eq!(error["error_code"], "NO_ACTIVE_SESSION");
    assert!(error["error_message"].as_str().unwrap().starts_with("Session timeout: no activity for"));
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 0).await;
    let mut late = server.connect().await;
    late.text(&resumable_start("gone", Some(&token))).await;
    assert_eq!(late.json().await["error_message"], "Session gone cannot be resumed; start it again");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_bounded_while_receiving_and_given_back() {
    let limits = Limits { max_memory_bytes: 20_000, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    let mut refused = None;
    for number in 0..100 {
        let answer = socket.frame(number, jpeg(1)).await;
        if answer["type"] == "error" {
            refused = Some((number, answer));
            break;
        }
    }
    let (number, error) = refused.expect("memory runs out");
    assert!(number > 2);
    assert_eq!(
        (error["error_code"].as_str(), error["recoverable"].as_bool()),
        (Some("FRAME_PROCESSING_FAILED"), Some(true))
    );
    assert_eq!(error["error_message"], "Maximum memory limit reached (0.0 MB)");
    drop(socket);
    server.until("/streaming/stats", |stats| stats["total_memory_mb"] == 0.0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_closes_with_1009_and_disturbs_nobody() {
    let limits = Limits { max_message_bytes: 100_000, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let mut other = server.connect().await;
    other.start("other").await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    socket.text(r#"{"type":"frame","session_id":"a","frame_number":0,"timestamp":0}"#).await;
    let _ = socket.0.send(Message::binary(vec![0; 200_000])).await;
    assert!(matches!(socket.next().await, Err(Some(1009) | None)));
    assert_eq!(other.frame(0, jpeg(1)).await["status"], "received");
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 1).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_is_refused_by_its_head() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    let MaybeTlsStream::Plain(stream) = socket.0.get_mut() else { panic!("there is no TLS here") };
    // A binary message of a gigabyte, masked; not a byte of it follows, so nothing can drown the answer.
    let head = [&[0x82, 0xFF][..], &(1u64 << 30).to_be_bytes(), &[0; 4]].concat();
    stream.write_all(&head).await.unwrap();
    assert_eq!(socket.next().await, Err(Some(1009)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_bomb_is_one_bad_frame() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    socket.send_frame(0, 0.0, "png", png_bomb()).await;
    assert_eq!(socket.json().await["status"], "received");
    for number in 1..10 {
        socket.frame(number, jpeg(1)).await;
    }
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let result = &answers.last().unwrap()["result"];
    let stats = &result["streaming_stats"];
    let seen = stats["frames_analysed"].as_u64().unwrap() + stats["frames_skipped"].as_u64().unwrap();
    assert_eq!((result["winner"].as_str(), seen), (Some("right"), 9));
    server.stop().await;
}

/// A PNG of a hundred bytes that claims 30,000 x 30,000 pixels, with correct checksums.
fn png_bomb() -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbImage::new(1, 1).write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes[16..24].copy_from_slice(&[30_000u32.to_be_bytes(), 30_000u32.to_be_bytes()].concat());
    let mut checksum = flate2::Crc::new();
    checksum.update(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.sum().to_be_bytes());
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connects_in_a_burst_leave_the_running_phrase_alone() {
    let server = TestServer::start().await;
    let mut running = server.connect().await;
    running.start("running").await;
    let address = server.address;
    let burst: Vec<_> = (0..1000)
        .map(|_| tokio::spawn(async move { Socket::open(&format!("ws://{address}/stream")).await.is_ok() }))
        .collect();
    for number in 0..20 {
        assert_eq!(running.frame(number, jpeg(1)).await["status"], "received");
    }
    let mut admitted = 0;
    for attempt in burst {
        admitted += usize::from(attempt.await.unwrap());
    }
    assert!(admitted > 0, "some get in");
    let answers = running.conclude(RIGHT_TOUCHES).await;
    assert_eq!(answers.last().unwrap()["type"], "process_complete");
    // All of them are gone again: the door lets others in.
    let mut next = server.connect().await;
    next.start("next").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_the_running_phrase_finish_and_takes_no_new_one() {
    let judge = FakeJudge { per_frame: Duration::from_millis(5), ..FakeJudge::default() };
    let mut server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let mut idle = server.connect().await;
    let mut running = server.connect().await;
    running.start("a").await;
    running.frame(0, jpeg(1)).await;
    server.begin_stop();
    assert_eq!(idle.next().await, Err(Some(1001)), "idle connections are sent away");
    for number in 1..12 {
        running.frame(number, jpeg(1)).await;
    }
    let answers = running.conclude(RIGHT_TOUCHES).await;
    assert_eq!(answers.last().unwrap()["type"], "process_complete");
    assert_eq!(running.next().await, Err(Some(1001)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abort_while_judging_works_at_once() {
    let judge = FakeJudge { per_frame: Duration::from_millis(50), ..FakeJudge::default() };
    let server = TestServer::start_with(ServerOptions { judge, ..ServerOptions::default() }).await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    for number in 0..30 {
        socket.frame(number, jpeg(1)).await;
    }
    socket.text(r#"{"type":"signal","session_id":"a","filename":"p.txt","size":1}"#).await;
    socket.binary(RIGHT_TOUCHES.into()).await;
    socket.text(r#"{"type":"session_abort"}"#).await;
    socket.text(r#"{"type":"ping"}"#).await;
    loop {
        let message = socket.json().await;
        assert_ne!(message["type"], "process_complete");
        if message["type"] == "pong" {
            break;
        }
    }
    socket.start("a").await;
    server.stop().await;
}
