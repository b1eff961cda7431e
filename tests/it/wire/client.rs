//! Our client against our server, and against one that answers like the reference: one frame, one answer.

use super::server::{RIGHT_TOUCHES, ServerOptions, TestServer, jpeg, quick};
use futures_util::{SinkExt, StreamExt};
use settings::{Access, Token};
use std::net::TcpListener;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use wire::client::{ClientError, ClientEvent, PhraseOffer, RemotePhrase, Retries, ServerAddress};
use wire::protocol::{ClientMessage, Encoding, ServerMessage, SessionStarted};

pub(crate) fn offer(id: &str) -> PhraseOffer {
    PhraseOffer {
        session_id: id.into(),
        fps: 30.0,
        width: 64,
        height: 48,
        encoding: Encoding::Jpeg,
        expected_frames: None,
        window: 16,
        retries: Retries { attempts: 8, first_wait: Duration::from_millis(50) },
        ..PhraseOffer::default()
    }
}

fn address(place: impl std::fmt::Display, token: Option<&str>) -> ServerAddress {
    ServerAddress::parse(&format!("http://{place}"), token.map(str::to_owned)).unwrap()
}

/// Sends so many frames and the log, and collects every event.
fn run(server: ServerAddress, offer: PhraseOffer, frames: usize) -> tokio::task::JoinHandle<Vec<ClientEvent>> {
    tokio::task::spawn_blocking(move || {
        let (phrase, events) = RemotePhrase::start(server, offer).unwrap();
        for number in 0..frames {
            phrase.send_frame(number as f64 / 30.0, jpeg(number as u8));
        }
        phrase.conclude("p.txt", RIGHT_TOUCHES.into());
        collect(&events)
    })
}

pub(crate) fn collect(events: &Receiver<ClientEvent>) -> Vec<ClientEvent> {
    let mut all = Vec::new();
    while let Ok(event) = events.recv_timeout(Duration::from_mins(1)) {
        let is_last = matches!(event, ClientEvent::Judged(_) | ClientEvent::Failed(_));
        all.push(event);
        if is_last {
            break;
        }
    }
    all
}

/// Waits until so many frames are acknowledged.
pub(crate) fn until_acknowledged(events: &Receiver<ClientEvent>, frames: u64) {
    while let Ok(event) = events.recv_timeout(Duration::from_mins(1)) {
        match event {
            ClientEvent::Sent { acknowledged, .. } if acknowledged >= frames => return,
            ClientEvent::Failed(error) => panic!("{error}"),
            _ => {}
        }
    }
    panic!("the frames were never acknowledged");
}

pub(crate) fn winner(events: &[ClientEvent]) -> Option<String> {
    match events.last() {
        Some(ClientEvent::Judged(result)) => result["winner"].as_str().map(str::to_owned),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_is_pipelined_to_our_server() {
    let server = TestServer::start().await;
    let events = run(address(server.address, None), offer("a"), 40).await.unwrap();
    assert_eq!(winner(&events).as_deref(), Some("right"), "{events:?}");
    assert_eq!(events[0], ClientEvent::Connected { window: 16, is_resumed: false });
    let stages = events.iter().filter(|e| matches!(e, ClientEvent::Stage { .. })).count();
    assert!(stages >= 5, "{events:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_reported_and_not_retried() {
    let access = Access { token: Some(Token::new("open-sesame").unwrap()), ..Access::default() };
    let server = TestServer::start_with(ServerOptions { access, ..ServerOptions::default() }).await;
    let events = run(address(server.address, Some("wrong-token")), offer("a"), 1).await.unwrap();
    assert_eq!(events, [ClientEvent::Failed(ClientError::Token)]);
    let events = run(address(server.address, Some("open-sesame")), offer("a"), 12).await.unwrap();
    assert_eq!(winner(&events).as_deref(), Some("right"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_reported_after_the_retries() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let retries = Retries { attempts: 1, first_wait: Duration::from_millis(10) };
    let events = run(address(nobody, None), PhraseOffer { retries, ..offer("a") }, 1).await.unwrap();
    assert!(matches!(events.last(), Some(ClientEvent::Failed(ClientError::Unreachable(_)))), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_restarted_mid_phrase_gets_the_phrase_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    let again = listener.try_clone().unwrap();
    let limits = settings::Limits { drain: Duration::from_millis(50), ..quick() };
    let first = TestServer::start_on(listener, ServerOptions { limits, ..ServerOptions::default() }).await;
    let (phrase, events) = RemotePhrase::start(address(place, None), offer("a")).unwrap();
    let phrase = std::sync::Arc::new(phrase);
    let sender = std::sync::Arc::clone(&phrase);
    let events = tokio::task::spawn_blocking(move || {
        for n in 0..10 {
            let _sent = sender.send_frame(f64::from(n) / 30.0, jpeg(1));
        }
        until_acknowledged(&events, 10);
        events
    })
    .await
    .unwrap();
    first.stop().await;
    let second = TestServer::start_on(again, ServerOptions::default()).await;
    let collected = tokio::task::spawn_blocking(move || {
        for n in 10..20 {
            let _sent = phrase.send_frame(f64::from(n) / 30.0, jpeg(1));
        }
        phrase.conclude("p.txt", RIGHT_TOUCHES.into());
        collect(&events)
    });
    let events = collected.await.unwrap();
    assert_eq!(winner(&events).as_deref(), Some("right"), "{events:?}");
    let Some(ClientEvent::Judged(result)) = events.last() else { panic!("judged") };
    assert_eq!(result["streaming_stats"]["frames_received"], 20, "nothing is lost");
    assert!(events.iter().any(|e| matches!(e, ClientEvent::Reconnecting { .. })));
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calling_off_ends_it_at_once() {
    let server = TestServer::start().await;
    let (phrase, events) = RemotePhrase::start(address(server.address, None), offer("a")).unwrap();
    phrase.cancel();
    let events = tokio::task::spawn_blocking(move || collect(&events)).await.unwrap();
    assert_eq!(events.last(), Some(&ClientEvent::Failed(ClientError::Cancelled)));
    server.until("/streaming/stats", |stats| stats["active_sessions"] == 0).await;
    server.stop().await;
}

/// Answers as the reference would: no window, one answer per message, and complains when a frame overtakes an answer.
async fn strict_server(listener: tokio::net::TcpListener) -> usize {
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    let mut frames = 0;
    loop {
        let Message::Text(text) = socket.next().await.unwrap().unwrap() else { panic!("metadata is text") };
        let session_id = "a".to_owned();
        let answers = match ClientMessage::parse(&text).unwrap() {
            ClientMessage::SessionStart(start) => {
                vec![ServerMessage::SessionStarted(SessionStarted {
                    session_id: start.session_id,
                    ..SessionStarted::default()
                })]
            }
            ClientMessage::Frame(frame) => {
                assert!(socket.next().await.unwrap().unwrap().is_binary());
                let early = tokio::time::timeout(Duration::from_millis(20), socket.next()).await;
                assert!(early.is_err(), "nothing overtakes the answer");
                frames += 1;
                let status = wire::protocol::AckStatus::Received;
                vec![ServerMessage::FrameAck { session_id, frame_number: frame.frame_number, status }]
            }
            ClientMessage::SessionEnd { .. } => {
                vec![ServerMessage::SessionEnded { session_id, validation: wire::protocol::Validation::default() }]
            }
            ClientMessage::Signal(_) => {
                assert!(socket.next().await.unwrap().unwrap().is_binary());
                let result = serde_json::json!({"winner": "left"});
                vec![
                    ServerMessage::ProcessStart { session_id: session_id.clone() },
                    ServerMessage::ProcessComplete { session_id, result },
                ]
            }
            other => panic!("unexpected {other:?}"),
        };
        let is_done = answers.iter().any(|a| matches!(a, ServerMessage::ProcessComplete { .. }));
        for answer in answers {
            socket.send(Message::text(answer.to_json())).await.unwrap();
        }
        if is_done {
            return frames;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_server_gets_one_frame_at_a_time() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let server = tokio::spawn(strict_server(listener));
    let events = run(address(place, None), offer("a"), 6).await.unwrap();
    assert_eq!(winner(&events).as_deref(), Some("left"), "{events:?}");
    assert_eq!(events[0], ClientEvent::Connected { window: 1, is_resumed: false });
    assert_eq!(server.await.unwrap(), 6);
}
