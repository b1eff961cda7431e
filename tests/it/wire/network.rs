//! What networks do: readers that stop reading, peers that are gone without a word, clients that die within a frame,
//! clocks that are set, and many clients behind one proxy.

use super::server::{FakeJudge, RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick, start_text};
use futures_util::SinkExt;
use settings::{Access, Limits};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// A socket that has shaken hands and is now bytes.
async fn bytes_after_handshake(server: &TestServer) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "GET /stream HTTP/1.1\r\nhost: {}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&answer));
    stream
}

/// A WebSocket frame from a client, unmasked in effect: its mask is zero.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    [&[0x80 | opcode, 0xFE, length[0], length[1], 0, 0, 0, 0], payload].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_within_a_frame_frees_its_session() {
    let server = TestServer::start().await;
    let mut stream = bytes_after_handshake(&server).await;
    stream.write_all(&frame(1, start_text("a").as_bytes())).await.unwrap();
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 1).await;
    stream.write_all(&frame(1, br#"{"type":"frame","session_id":"a","frame_number":0,"timestamp":0}"#)).await.unwrap();
    let picture = frame(2, &jpeg(1));
    stream.write_all(&picture[..picture.len() / 2]).await.unwrap();
    // Without a goodbye, as when its cable is pulled and the system resets what is left.
    stream.set_zero_linger().unwrap();
    drop(stream);
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 0).await;
    server.connect().await.start("a").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_open_socket_is_given_up() {
    let limits = Limits { session_timeout: Duration::from_millis(300), ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let mut gone = bytes_after_handshake(&server).await;
    // It takes bytes, as a proxy would for a client that is no longer there, and answers no ping.
    let mut pings = Vec::new();
    let ended = tokio::time::timeout(Duration::from_mins(1), gone.read_to_end(&mut pings)).await;
    assert!(ended.is_ok(), "the server closes it");
    assert!(pings.starts_with(&[0x89]), "after it has asked: {pings:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stops_reading_disturbs_nobody() {
    let server = TestServer::start().await;
    let mut slow = server.connect().await;
    slow.start("slow").await;
    let flood = async {
        // Every ping wants a pong that nobody takes: buffers fill up until the server waits for this client alone.
        while slow.0.send(Message::text(r#"{"type":"ping"}"#)).await.is_ok() {}
    };
    let other = async {
        let mut other = server.connect().await;
        other.start("other").await;
        for number in 0..30 {
            assert_eq!(other.frame(number, jpeg(1)).await["status"], "received");
        }
        let answers = other.conclude(RIGHT_TOUCHES).await;
        assert_eq!(answers.last().unwrap()["result"]["winner"], "right");
    };
    tokio::select! {
        () = flood => panic!("the flood ended by itself"),
        () = other => {}
    }
    drop(slow);
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_while_fencing_does_not_move_the_phrase() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    for number in 0..30 {
        let jump = match number {
            12..20 => 3600.0,
            20.. => -86_400.0,
            _ => 0.0,
        };
        socket.send_frame(number, 1e9 + number as f64 / 30.0 + jump, "jpeg", jpeg(1)).await;
        assert_eq!(socket.json().await["status"], "received");
    }
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    assert_eq!(answers.last().unwrap()["result"]["winner"], "right");
    let seen: Vec<_> = server.judge.seen.lock().unwrap().iter().map(|at| (at * 30.0).round() as i64).collect();
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&29)), "a second is a second: {seen:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_the_limit_is_per_client() {
    let access = Access { trusted_proxies: vec!["127.0.0.1".parse().unwrap()], ..Access::default() };
    let limits = Limits { max_connections_per_address: 1, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, access, ..ServerOptions::default() }).await;
    let open = |client: &str| {
        let mut request = format!("ws://{}/stream", server.address).into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", format!("6.6.6.6, {client}").parse().unwrap());
        Socket::open(request)
    };
    let mut first = open("10.0.0.1").await.unwrap();
    first.start("a").await;
    assert!(open("10.0.0.1").await.is_err(), "one per client, whatever it says about itself");
    open("10.0.0.2").await.unwrap().start("b").await;
    drop(first);
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 0).await;
    open("10.0.0.1").await.unwrap().start("a").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_trusted_proxy_nobody_names_himself() {
    let limits = Limits { max_connections_per_address: 2, ..quick() };
    let server =
        TestServer::start_with(ServerOptions { limits, judge: FakeJudge::default(), ..ServerOptions::default() }).await;
    let open = |client: &'static str| {
        let mut request = format!("ws://{}/stream", server.address).into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", client.parse().unwrap());
        Socket::open(request)
    };
    let _first = open("10.0.0.1").await.unwrap();
    let _second = open("10.0.0.2").await.unwrap();
    assert!(open("10.0.0.3").await.is_err(), "all three come from 127.0.0.1");
}
