//! Clients that hold on to what others need: idle and slow connections, slow uploads, huge texts, another protocol, other
//! names; and errors that reach a client that is still sending.

use super::server::{RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick, start_text};
use super::uploads::form;
use futures_util::SinkExt;
use serde_json::Value;
use settings::Limits;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that has sent this.
async fn sent(server: &TestServer, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Everything that comes until the end of the connection; nothing is left out by a reset.
async fn to_the_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    read.expect("the server closes it").expect("and does not reset it");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The answer to one request on a connection that stays open.
async fn answer_to(stream: &mut TcpStream, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        answer.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(answer).unwrap()
}

async fn status(server: &TestServer, path: &str) -> u16 {
    reqwest::get(server.url(path)).await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed_after_each_request_and_so_is_a_header_that_does_not_end() {
    let server = TestServer::start().await;
    let began = Instant::now();
    let mut idle = sent(&server, b"").await;
    answer_to(&mut idle, "/health").await;
    let mut loris = sent(&server, b"").await;
    answer_to(&mut loris, "/health").await;
    let trickle = async {
        loop {
            if loris.write_all(b"x").await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let ended = async { tokio::join!(to_the_end(&mut idle), trickle) };
    tokio::time::timeout(Duration::from_secs(40), ended).await.expect("both end");
    assert!(began.elapsed() > Duration::from_secs(5), "not before a client had time for its next request");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_lock_nobody_out() {
    let limits = Limits { max_connections_per_address: 4, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = sent(&server, b"").await;
        let answer = answer_to(&mut stream, "/health").await;
        assert_eq!(answer.contains("connection: close"), held.len() >= 2, "over half full: {answer}");
        held.push(stream);
    }
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(sent(&server, b"").await);
    }
    tokio::time::sleep(Duration::from_millis(1200)).await;
    for _ in 0..3 {
        assert_eq!(status(&server, "/health").await, 200);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_not_spoken() {
    let server = TestServer::start().await;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let mut stream = sent(&server, &[&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings].concat()).await;
    let answer = to_the_end(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 5"), "{answer:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_uploads_hold_nobody_up() {
    let server = TestServer::start().await;
    let head = "POST /analyze HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=x\r\n\
                content-length: 400000000\r\n\r\n--x\r\ncontent-disposition: form-data; name=\"video\"; \
                filename=\"c.mp4\"\r\n\r\n";
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = sent(&server, head.as_bytes()).await;
        slow.push(tokio::spawn(async move {
            while stream.write_all(&[0; 300]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }));
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let began = Instant::now();
    let answer = reqwest::Client::new().post(server.url("/analyze")).multipart(form("clip.mp4", "p.txt")).send().await;
    assert_eq!(answer.unwrap().status(), 200);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    slow.iter().for_each(tokio::task::JoinHandle::abort);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_too_large_is_refused_before_it_comes() {
    let limits = Limits { max_upload_bytes: 1 << 20, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let head = "POST /analyze HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=x\r\n\
                content-length: 600000000\r\n\r\n";
    let mut stream = sent(&server, head.as_bytes()).await;
    // It is still sending when the answer comes, and reads it all the same.
    stream.write_all(&vec![0; 1 << 20]).await.unwrap();
    assert!(to_the_end(&mut stream).await.starts_with("HTTP/1.1 413 "));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_is_neither_on_nor_off_is_an_error_of_its_form() {
    let server = TestServer::start().await;
    let form = form("clip.mp4", "p.txt").text("include_keypoints", "maybe");
    let answer = reqwest::Client::new().post(server.url("/analyze")).multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(body["detail"][0]["loc"], serde_json::json!(["body", "include_keypoints"]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_is_refused_before_it_is_parsed_and_a_large_frame_is_not() {
    let server = TestServer::start().await;
    for length in [70_000, 31 << 20] {
        let mut socket = server.connect().await;
        let mut text = String::from("[");
        text.push_str(&"1,".repeat(length / 2));
        let _broken_off = socket.0.send(tokio_tungstenite::tungstenite::Message::text(text + "1]")).await;
        assert_eq!(socket.next().await, Err(Some(1009)), "{length}");
    }
    let mut socket = server.connect().await;
    socket.start("a").await;
    let answer = socket.frame(0, vec![0; 20 << 20]).await;
    assert_eq!(answer["status"], "received");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_break_the_protocol_get_the_close_code_that_says_so() {
    let server = TestServer::start().await;
    let masked = |first: u8, payload: &[u8]| [&[first, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat();
    for (bytes, code) in [
        (masked(0x81, &[0xFF, 0xFE]), 1007),
        (masked(0x83, b"x"), 1002),
        (masked(0xC1, b"x"), 1002),
        (vec![0x81, 1, b'x'], 1002),
    ] {
        let mut socket = server.connect().await;
        let tokio_tungstenite::MaybeTlsStream::Plain(stream) = socket.0.get_mut() else { panic!("there is no TLS") };
        stream.write_all(&bytes).await.unwrap();
        assert_eq!(socket.next().await, Err(Some(code)), "{bytes:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_reaches_a_client_that_is_still_sending() {
    let server = TestServer::start().await;
    for attempt in 0..5 {
        let mut socket = server.connect().await;
        let mut start: Value = serde_json::from_str(&start_text("a")).unwrap();
        start["fps"] = 0.into();
        socket.text(&start.to_string()).await;
        for number in 0..200 {
            let header = format!(r#"{{"type":"frame","session_id":"a","frame_number":{number},"timestamp":0}}"#);
            let message = tokio_tungstenite::tungstenite::Message::text(header);
            let _closed = socket.0.feed(message).await;
            let _closed = socket.0.feed(tokio_tungstenite::tungstenite::Message::binary(jpeg(1))).await;
        }
        let _closed = socket.0.flush().await;
        let error = socket.next().await;
        assert!(error.as_ref().is_ok_and(|text| text.contains("SESSION_START_FAILED")), "{attempt}: {error:?}");
        assert_eq!(socket.next().await, Err(Some(1000)));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_whose_bytes_do_not_come_is_an_error_of_that_frame() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    socket.text(r#"{"type":"frame","session_id":"a","frame_number":0,"timestamp":0}"#).await;
    let error = socket.json().await;
    let told = (error["error_code"].as_str(), error["recoverable"].as_bool());
    assert_eq!(told, (Some("FRAME_PROCESSING_FAILED"), Some(true)), "{error}");
    // Late, it is ignored; the phrase goes on.
    socket.binary(jpeg(1)).await;
    assert_eq!(socket.frame(1, jpeg(1)).await["status"], "received");
    assert_eq!(socket.conclude(RIGHT_TOUCHES).await.last().unwrap()["result"]["winner"], "right");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_a_name_that_points_here_reads_nothing() {
    let server = TestServer::start().await;
    for (host, expected) in [("evil.example", "403"), ("localhost", "200"), ("127.0.0.1:80", "200"), ("piste-3", "200")]
    {
        let request = format!("GET /streaming/stats HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let mut stream = sent(&server, request.as_bytes()).await;
        let answer = to_the_end(&mut stream).await;
        assert_eq!(answer.get(9..12), Some(expected), "{host}: {answer}");
    }
    let mut rebound = format!("ws://{}/stream", server.address);
    rebound.push_str("?x=1");
    let mut request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(rebound).unwrap();
    request.headers_mut().insert("host", "evil.example".parse().unwrap());
    assert!(Socket::open(request).await.is_err());
    server.stop().await;
}
