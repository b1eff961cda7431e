//! The HTTP side: uploads, health, numbers, the lock on the door.

use super::server::{RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick};
use super::uploads::clip;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use settings::{Access, Limits, Token};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

async fn post(url: &str, form: Form) -> (u16, Value) {
    let response = reqwest::Client::new().post(url).multipart(form).send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

fn file(name: &str, bytes: Vec<u8>) -> Part {
    Part::bytes(bytes).file_name(name.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_judged_and_filed() {
    let server = TestServer::start().await;
    let form =
        Form::new().part("video", file("clip.mp4", clip())).part("signal", file("../p 1.txt", RIGHT_TOUCHES.into()));
    let (status, result) = post(&server.url("/analyze"), form).await;
    assert_eq!((status, result["winner"].as_str()), (200, Some("right")), "{result}");
    let id = result["phrase_id"].as_str().unwrap();
    assert!(id.starts_with("p_1_2"), "{id}");
    let phrase = server.until(&format!("/phrases/{id}"), |phrase| phrase["artifacts_complete"] == true).await;
    assert!(phrase["files"].as_array().unwrap().iter().any(|f| f["name"] == "clip.mp4"));
    let form = Form::new()
        .part("video", file("clip.mp4", clip()))
        .part("txt", file("p.txt", RIGHT_TOUCHES.into()))
        .text("request_id", "r-7");
    let (status, result) = post(&server.url("/judge"), form).await;
    assert_eq!((status, result["request_id"].as_str()), (200, Some("r-7")));
    assert_eq!(server.judge.seen.lock().unwrap().len(), 40);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_are_no_good_say_why() {
    let limits = Limits { max_upload_bytes: 100_000, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let url = server.url("/analyze");
    let (status, body) = post(&url, Form::new().part("video", file("c.mp4", vec![1]))).await;
    let missing =
        json!({"detail": [{"type": "missing", "loc": ["body", "signal"], "msg": "Field required", "input": null}]});
    assert_eq!((status, body), (422, missing));
    let both = |video: Vec<u8>, name: &str, log: &str| {
        Form::new().part("video", file(name, video)).part("signal", file("p.txt", log.into()))
    };
    let (status, body) = post(&url, both(vec![1; 2000], "c.mp4", RIGHT_TOUCHES)).await;
    assert_eq!(status, 400, "{body}");
    let said = body["detail"].as_str().unwrap();
    assert!(said.ends_with(": c.mp4"), "as its sender names it, without a folder of this machine: {said}");
    let (status, body) = post(&url, both(clip(), "c.mp4", "nothing of a box")).await;
    assert_eq!(status, 400, "{body}");
    let (status, body) = post(&url, both(vec![1; 200_000], "c.mp4", RIGHT_TOUCHES)).await;
    assert_eq!((status, body), (413, json!({"detail": "The upload is larger than 0 MB"})));
    let left: Vec<_> = std::fs::read_dir(server.output()).unwrap().collect();
    assert!(left.is_empty(), "nothing stays behind: {left:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_come_at_once_wait_for_each_other_though_nobody_may_stream() {
    let limits = Limits { max_sessions: 0, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let (video, url) = (clip(), server.url("/analyze"));
    let upload = || {
        let form = Form::new().part("video", file("clip.mp4", video.clone()));
        post(&url, form.part("signal", file("p.txt", RIGHT_TOUCHES.into())))
    };
    let answers = futures_util::future::join_all((0..6).map(|_| upload())).await;
    let refused: Vec<_> = answers.iter().filter(|(status, _)| *status != 200).collect();
    assert!(refused.is_empty(), "{refused:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slashes_too_many_lead_to_the_same_place() {
    let server = TestServer::start().await;
    for path in ["/analyze/", "//analyze", "/judge/"] {
        let (status, body) = post(&server.url(path), Form::new().part("video", file("c.mp4", vec![1]))).await;
        assert_eq!(status, 422, "{path}: {body}");
    }
    assert_eq!(server.get("//health/?full=1").await["status"], "ok");
    for path in ["/stream/", "//stream", "/judge//stream/"] {
        let mut socket = Socket::open(&format!("ws://{}{path}", server.address)).await.unwrap();
        socket.start(&format!("s{}", path.len())).await;
    }
    assert_eq!(reqwest::get(server.url("/nowhere/")).await.unwrap().status(), 404);
    assert_eq!(reqwest::get(server.url("/")).await.unwrap().status(), 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_has_the_same_shape() {
    let server = TestServer::start().await;
    let client = reqwest::Client::new();
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/nothing/here", 404),
        ("POST", "/health", 405),
        ("GET", "/analyze", 405),
        ("POST", "/analyze", 422),
        ("POST", "/judge", 422),
        ("GET", "/stream", 400),
        ("GET", "/phrases/none", 404),
        ("GET", "/phrases/none/files/x", 404),
    ] {
        let answer = client.request(method.parse().unwrap(), server.url(path)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert!(body["detail"].is_string() || body["detail"].is_array(), "{method} {path}: {body}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_numbers() {
    let server = TestServer::start().await;
    let health = json!({"status": "ok", "model_path": "fake.onnx", "model_loaded": true});
    assert_eq!(server.get("/health").await, health);
    let mut socket = server.connect().await;
    socket.start("a").await;
    socket.frame(0, jpeg(1)).await;
    let stats = server.get("/streaming/stats").await;
    assert_eq!((stats["streaming_enabled"].as_bool(), stats["total_frames"].as_u64()), (Some(true), Some(1)));
    for key in [
        "session_id",
        "fps",
        "width",
        "height",
        "expected_frames",
        "frames_received",
        "total_frames_received",
        "duplicate_frames",
        "out_of_order_frames",
        "missing_frames",
        "has_signal",
        "duration_seconds",
        "idle_seconds",
        "lag_seconds",
        "memory_mb",
        "completed",
        "aborted",
    ] {
        assert!(stats["sessions"]["a"].get(key).is_some(), "{key} is missing");
    }
    let metrics = reqwest::get(server.url("/metrics")).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\nreferee_frames_received_total 1\n"), "{metrics}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_every_door_and_nothing_else_does() {
    let access = Access { token: Some(Token::new("open-sesame").unwrap()), ..Access::default() };
    let server = TestServer::start_with(ServerOptions { access, ..ServerOptions::default() }).await;
    let status = |path: &str| {
        let url = server.url(path);
        async move { reqwest::get(url).await.unwrap().status().as_u16() }
    };
    assert_eq!(status("/health").await, 200);
    assert_eq!(status("/streaming/stats").await, 401);
    assert_eq!(status("/streaming/stats?token=wrong-one").await, 401);
    assert_eq!(status("/streaming/stats?token=open-sesame").await, 200);
    let address = server.address;
    assert!(Socket::open(&format!("ws://{address}/stream")).await.is_err());
    Socket::open(&format!("ws://{address}/stream?token=open-sesame")).await.unwrap().start("a").await;
    let mut request = format!("ws://{address}/stream").into_client_request().unwrap();
    request.headers_mut().insert("authorization", "Bearer open-sesame".parse().unwrap());
    Socket::open(request).await.unwrap().start("b").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_from_elsewhere_cannot_connect() {
    let server = TestServer::start().await;
    let mut request = format!("ws://{}/stream", server.address).into_client_request().unwrap();
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert!(Socket::open(request).await.is_err());
    server.stop().await;
}
