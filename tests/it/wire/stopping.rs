//! A server that is asked to stop: what it still finishes, and that the shutdown keeps its time limit.

use super::server::{RIGHT_TOUCHES, ServerOptions, TestServer, jpeg, quick};
use super::uploads::{form, slow_judge, until_judging};
use settings::{Limits, Secret, StoreSettings};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A store that takes connections and never answers; it ends with the listener.
fn silent_store() -> (TcpListener, StoreSettings) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = StoreSettings {
        bucket: "phrases".into(),
        endpoint: Some(format!("http://{}", listener.local_addr().unwrap())),
        access_key_id: "referee".into(),
        secret_access_key: Secret::new("very-secret"),
        ..StoreSettings::default()
    };
    (listener, settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn phrase_artifacts_and_store_share_one_drain_time() {
    let (_listener, store) = silent_store();
    let drain = Duration::from_secs(3);
    let limits = Limits { drain, ..quick() };
    let server = TestServer::start_with(ServerOptions { limits, store: Some(store), ..ServerOptions::default() }).await;
    let mut judged = server.connect().await;
    judged.start("judged").await;
    for number in 0..12 {
        judged.frame(number, jpeg(1)).await;
    }
    judged.conclude(RIGHT_TOUCHES).await;
    server.until("/phrases/judged", |phrase| phrase["artifacts_complete"] == true).await;
    let mut open = server.connect().await;
    open.start("open").await;
    let began = Instant::now();
    server.stop().await;
    let took = began.elapsed();
    assert!(took < drain + Duration::from_secs(1), "the phrase that stays open, and then the store: {took:?}");
}

/// A server that is asked to stop while it judges an upload, looking at each frame for `look`; what the upload is answered.
async fn stopped_while_judging(look: Duration, drain: Duration) -> (TestServer, reqwest::Response) {
    let judge = slow_judge(look);
    let limits = Limits { drain, ..quick() };
    let mut server =
        TestServer::start_with(ServerOptions { judge: judge.clone(), limits, ..ServerOptions::default() }).await;
    let asking = reqwest::Client::new().post(server.url("/analyze")).multipart(form("clip.mp4", "p.txt")).send();
    let asking = tokio::spawn(asking);
    until_judging(&judge).await;
    server.begin_stop();
    let answer = asking.await.unwrap().expect("an answer, not a broken connection");
    (server, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_being_judged_is_finished() {
    let (server, answer) = stopped_while_judging(Duration::from_millis(50), Duration::from_mins(1)).await;
    assert_eq!(answer.status(), 200);
    let result: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let output = Arc::clone(&server.output);
    let folder = output.path().join(result["phrase_id"].as_str().unwrap());
    server.stop().await;
    let written = std::fs::read(folder.join("analysis_result.json")).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(written["artifacts_complete"], true, "its papers are written, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_takes_too_long_is_reported() {
    let (server, answer) = stopped_while_judging(Duration::from_secs(1), Duration::from_secs(2)).await;
    assert_eq!(answer.status(), 503);
    server.stop().await;
}
