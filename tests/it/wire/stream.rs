//! `/stream` as foreign clients know it: order, tolerances, errors, and what happens to the connection afterwards.

use super::server::{RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick, start_text};
use serde_json::json;
use settings::Limits;
use std::path::Path;
use vision::lens::{Correction, LensSettings};
use wire::protocol::{STAGES, pack_raw};

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_in_the_references_order() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.exchange(r#"{"type":"ping"}"#, r#"{"type":"pong"}"#).await;
    socket.start("piste-1").await;
    for number in 0..12 {
        let ack = socket.frame(number, jpeg(number as u8)).await;
        let expected =
            json!({"type": "frame_ack", "session_id": "piste-1", "frame_number": number, "status": "received"});
        assert_eq!(ack, expected);
    }
    socket
        .exchange(
            r#"{"type":"session_end","session_id":"piste-1","total_frames":12}"#,
            r#"{"type":"session_ended","session_id":"piste-1","validation":{"valid":false,"issues":["No signal data received"],"frame_count":12,"missing_frames":0,"duplicate_frames":0,"out_of_order_frames":0,"has_signal":false}}"#,
        )
        .await;
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    assert_eq!(answers[0], json!({"type": "signal_ack", "session_id": "piste-1", "status": "received"}));
    assert_eq!(answers[1], json!({"type": "process_start", "session_id": "piste-1"}));
    let mut stages: Vec<_> = answers.iter().filter_map(|a| a["stage"].as_str()).collect();
    stages.dedup();
    assert_eq!(stages, STAGES);
    let result = &answers.last().unwrap()["result"];
    assert_eq!((result["winner"].as_str(), result["status"].as_str()), (Some("right"), Some("success")));
    for key in ["reason", "natural_language_reason", "decision", "artifacts", "metadata", "streaming_stats"] {
        assert!(!result[key].is_null(), "{key} is missing");
    }
    assert_eq!(result["streaming_stats"]["frames_received"], 12);
    assert_eq!(result["artifacts_complete"], false);
    // The connection stays open and takes the next phrase.
    socket.start("piste-1").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_follow_the_verdict_and_are_served() {
    let corrected = Some(Correction { lens: LensSettings::default(), keeps_sound: true });
    let server = TestServer::start_with(ServerOptions { corrected, ..ServerOptions::default() }).await;
    let mut socket = server.connect().await;
    socket.start("../a b").await;
    for number in 0..12 {
        socket.frame(number, jpeg(90)).await;
    }
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let result = &answers.last().unwrap()["result"];
    let url = result["phrase_url"].as_str().unwrap();
    assert_eq!(url, "/phrases/___a_b");
    let phrase = server.until(url, |phrase| phrase["artifacts_complete"] == true).await;
    let names: Vec<_> = phrase["files"].as_array().unwrap().iter().filter_map(|f| f["name"].as_str()).collect();
    for name in ["analysis_result.json", "signal.txt", "streamed_video.mp4", "streamed_video_keypoints.xlsx"] {
        assert!(names.contains(&name), "{name} is missing in {names:?}: {}", phrase["result"]["artifacts_errors"]);
    }
    let corrected = phrase["result"]["artifacts"]["corrected_video"].as_str().unwrap();
    assert!(corrected.ends_with("streamed_video_corrected.mp4") && Path::new(corrected).is_file(), "{corrected}");
    let log = reqwest::get(server.url(&format!("{url}/files/signal.txt"))).await.unwrap().text().await.unwrap();
    assert_eq!(log, RIGHT_TOUCHES);
    let video = server.output().join("___a_b/streamed_video.mp4");
    let info = vision::video::probe(&video).unwrap();
    assert_eq!((info.size.width, info.size.height), (64, 48));
    for path in ["/phrases/..%2f", "/phrases/nothing", &format!("{url}/files/..%2fx"), &format!("{url}/files/.x")] {
        assert_eq!(reqwest::get(server.url(path)).await.unwrap().status(), 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_byte_for_byte_and_close_where_they_should() {
    let server = TestServer::start().await;
    let error = |id: &str, code: &str, text: &str, recoverable: bool| {
        let id = if id.is_empty() { "null".to_owned() } else { format!("\"{id}\"") };
        format!(
            r#"{{"type":"error","session_id":{id},"error_code":"{code}","error_message":"{text}","recoverable":{recoverable}}}"#
        )
    };
    let closing = [
        ("nonsense", error("", "INVALID_MESSAGE", "Invalid message format: expected ident at line 1 column 2", false)),
        (
            r#"{"type":"dance"}"#,
            error("", "INVALID_MESSAGE", r#"Invalid message format: \"dance\" is not a valid MessageType"#, false),
        ),
        ("[]", error("", "INTERNAL_ERROR", "a message is a JSON object", false)),
        (r#"{"type":"session_start","session_id":"a"}"#, error("", "SESSION_START_FAILED", "'fps'", false)),
        (
            r#"{"type":"session_start","session_id":"a","fps":0,"width":1,"height":1}"#,
            error("a", "SESSION_START_FAILED", "'fps' must be above 0 and at most 1000", false),
        ),
        (
            r#"{"type":"frame","session_id":"a","frame_number":1,"timestamp":0}"#,
            error("", "NO_ACTIVE_SESSION", "No active session, send SESSION_START first", false),
        ),
        (
            r#"{"type":"session_end","session_id":"a","total_frames":1}"#,
            error("", "NO_ACTIVE_SESSION", "No active session", false),
        ),
        (
            r#"{"type":"signal","session_id":"a","filename":"f","size":1}"#,
            error("", "NO_ACTIVE_SESSION", "No active session", false),
        ),
    ];
    for (sent, expected) in closing {
        let mut socket = server.connect().await;
        socket.exchange(sent, &expected).await;
        assert_eq!(socket.next().await, Err(Some(1000)), "after {sent}");
    }
    let mut socket = server.connect().await;
    socket.binary(vec![1]).await;
    socket.expect(&error("", "PROTOCOL_ERROR", "Expected text message with metadata", false)).await;
    assert_eq!(socket.next().await, Err(Some(1000)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recoverable_errors_keep_the_phrase_and_swallow_the_pending_frame() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    let failed = |text: &str| {
        format!(
            r#"{{"type":"error","session_id":"a","error_code":"FRAME_PROCESSING_FAILED","error_message":"{text}","recoverable":true}}"#
        )
    };
    socket.exchange(r#"{"type":"frame","session_id":"a","timestamp":0}"#, &failed("'frame_number'")).await;
    socket.binary(jpeg(1)).await;
    let unknown = r#"{"type":"error","session_id":"a","error_code":"UNKNOWN_MESSAGE_TYPE","error_message":"Unknown message type: pong","recoverable":true}"#;
    socket.exchange(r#"{"type":"pong"}"#, unknown).await;
    socket.text(r#"{"type":"frame","session_id":"a","frame_number":0,"timestamp":0}"#).await;
    socket.exchange(r#"{"type":"ping"}"#, &failed("'bytes'")).await;
    assert_eq!(socket.frame(0, jpeg(1)).await["status"], "received");
    assert_eq!(socket.frame(0, jpeg(1)).await["status"], "duplicate");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_encodings_are_seen_and_numbers_give_the_time_when_stamps_lie() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    let raw = pack_raw(64, 48, &vec![7; 64 * 48 * 3]);
    let mut png = Vec::new();
    let picture = image::RgbImage::new(64, 48);
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    // Numbers 4 and 5 never come: their time stays.
    for (number, encoding, payload) in
        [(0, "jpeg", jpeg(1)), (1, "jpg", jpeg(1)), (2, "png", png), (3, "raw", raw), (6, "jpeg", jpeg(1))]
    {
        socket.send_frame(number, 0.0, encoding, payload).await;
        assert_eq!(socket.json().await["status"], "received");
    }
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let stats = &answers.last().unwrap()["result"]["streaming_stats"];
    assert_eq!(stats["missing_frames"], 2);
    let seen: Vec<_> = server.judge.seen.lock().unwrap().iter().map(|at| (at * 30.0).round() as i64).collect();
    assert_eq!(seen, [0, 1, 2, 3, 6]);
    server.stop().await;
}

/// A log, a frame with its encoding, and a part of the answer.
type Case = (&'static str, Option<(&'static str, Vec<u8>)>, &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_that_cannot_be_judged_says_why_and_closes() {
    let server = TestServer::start().await;
    let cases: [Case; 4] = [
        (RIGHT_TOUCHES, None, "No frames to write"),
        (RIGHT_TOUCHES, Some(("jpeg", vec![1, 2, 3])), "none of the frames could be decoded"),
        (RIGHT_TOUCHES, Some(("webp", vec![1])), "unknown encoding 'webp'"),
        ("no log at all", Some(("jpeg", jpeg(1))), "is an event of a scoring box"),
    ];
    for (log, frame, text) in cases {
        let mut socket = server.connect().await;
        socket.start("a").await;
        if let Some((encoding, payload)) = frame {
            socket.send_frame(0, 0.0, encoding, payload).await;
            assert_eq!(socket.json().await["status"], "received");
        }
        let answers = socket.conclude(log).await;
        let error = answers.last().unwrap();
        assert_eq!(error["error_code"], "PROCESSING_FAILED");
        assert!(error["error_message"].as_str().unwrap().contains(text), "{error}");
        assert_eq!(socket.next().await, Err(Some(1000)));
    }
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_log_is_judged_as_no_touch() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    socket.frame(0, jpeg(1)).await;
    let answers = socket.conclude("").await;
    assert_eq!(answers.last().unwrap()["result"]["winner"], "none");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streaming_that_is_off_says_so() {
    let limits = Limits { max_sessions: 0, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    for path in ["stream", "judge/stream"] {
        let mut socket = Socket::open(&format!("ws://{}/{path}", server.address)).await.unwrap();
        socket.expect(r#"{"type":"error","session_id":null,"error_code":"STREAMING_DISABLED","error_message":"Real-time streaming is disabled. Please upload a complete video via /analyze.","recoverable":false}"#).await;
        assert_eq!(socket.next().await, Err(Some(1000)));
    }
    let stats = server.get("/streaming/stats").await;
    assert_eq!(stats, json!({"streaming_enabled": false, "message": "Streaming disabled. Use POST /analyze uploads."}));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_duplicate_ids_are_refused_early() {
    let limits = Limits { max_sessions: 1, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let mut first = server.connect().await;
    first.start("a").await;
    for (id, text) in
        [("a", "Maximum concurrent sessions reached (1)"), ("b", "Maximum concurrent sessions reached (1)")]
    {
        let mut socket = server.connect().await;
        socket.text(&start_text(id)).await;
        let error = socket.json().await;
        assert!(
            error["error_message"].as_str().unwrap() == text || error["error_message"] == "Session a already exists"
        );
        assert_eq!(error["error_code"], "SESSION_START_FAILED");
        assert_eq!(socket.next().await, Err(Some(1000)));
    }
    // A new id on the same connection replaces its own phrase, even at the limit.
    first.start("c").await;
    let stats = server.get("/streaming/stats").await;
    assert_eq!((stats["active_sessions"].as_u64(), stats["sessions"]["c"]["fps"].as_f64()), (Some(1), Some(30.0)));
    // An abort frees the place and keeps the connection.
    first.text(r#"{"type":"session_abort","session_id":"c"}"#).await;
    first.exchange(r#"{"type":"ping"}"#, r#"{"type":"pong"}"#).await;
    assert_eq!(server.get("/streaming/stats").await["active_sessions"], 0);
    server.stop().await;
}
