//! Artifacts in an S3-compatible store: one server judges, another without that disk serves the artifacts; a store that is
//! gone costs no verdict.

use super::server::{RIGHT_TOUCHES, ServerOptions, TestServer, jpeg};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use serde_json::Value;
use settings::{Secret, StoreSettings};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const BUCKET: &str = "phrases";

/// A store on loopback with one empty bucket; ends with the runtime of the test.
async fn start_store(folder: &std::path::Path) -> SocketAddr {
    start_store_on("127.0.0.1:0".parse().unwrap(), folder).await
}

/// The same at an address that is known before.
async fn start_store_on(address: SocketAddr, folder: &std::path::Path) -> SocketAddr {
    std::fs::create_dir(folder.join(BUCKET)).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single("referee", "very-secret"));
    let service = service.build();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    address
}

/// A folder of an earlier run: a judged phrase whose copy is not in the store.
fn leave_behind(output: &std::path::Path, id: &str, status: &str) {
    let folder = output.join(id);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("signal.txt"), RIGHT_TOUCHES).unwrap();
    let result = serde_json::json!({"winner": "right", "phrase_id": id, "artifacts_complete": true,
        "artifacts_store": {"status": status}});
    std::fs::write(folder.join("analysis_result.json"), result.to_string()).unwrap();
}

fn settings(store: SocketAddr) -> StoreSettings {
    StoreSettings {
        bucket: BUCKET.into(),
        endpoint: Some(format!("http://{store}")),
        prefix: "club/2026".into(),
        access_key_id: "referee".into(),
        secret_access_key: Secret::new("very-secret"),
        attempts: 2,
        first_wait: Duration::from_millis(10),
        ..StoreSettings::default()
    }
}

async fn server(store: SocketAddr) -> TestServer {
    TestServer::start_with(ServerOptions { store: Some(settings(store)), ..ServerOptions::default() }).await
}

/// Streams a phrase and gives its verdict and the address of its artifacts.
async fn judged(server: &TestServer) -> (Value, String) {
    let mut socket = server.connect().await;
    socket.start("a").await;
    for number in 0..12 {
        socket.frame(number, jpeg(1)).await;
    }
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let result = answers.last().unwrap()["result"].clone();
    let url = result["phrase_url"].as_str().unwrap().to_owned();
    (result, url)
}

fn status(phrase: &Value) -> &str {
    phrase["result"]["artifacts_store"]["status"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_of_one_server_are_served_by_another_through_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = start_store(folder.path()).await;
    let (first, second) = (server(store).await, server(store).await);
    let (verdict, url) = judged(&first).await;
    assert_eq!(verdict["winner"], "right");
    let here = first.until(&url, |phrase| status(phrase) == "stored").await;
    assert_eq!(here["result"]["artifacts_store"]["url"], "s3://phrases/club/2026/a");
    let there = second.get(&url).await;
    assert_eq!(there["files"], here["files"], "the same names and sizes");
    assert_eq!(there["result"], here["result"]);
    for file in here["files"].as_array().unwrap() {
        let path = file["url"].as_str().unwrap();
        let bytes = |server: &TestServer| reqwest::get(server.url(path));
        let (own, copy) = (bytes(&first).await.unwrap(), bytes(&second).await.unwrap());
        assert_eq!(copy.headers()["content-length"], own.headers()["content-length"], "{path}");
        assert_eq!(own.bytes().await.unwrap(), copy.bytes().await.unwrap(), "{path}");
    }
    a_player_can_seek(&second, &format!("{url}/files/signal.txt")).await;
    for path in ["/phrases/nothing", "/phrases/nothing/files/x", &format!("{url}/files/none")] {
        assert_eq!(reqwest::get(second.url(path)).await.unwrap().status(), 404, "{path}");
    }
    first.stop().await;
    second.stop().await;
}

async fn a_player_can_seek(server: &TestServer, path: &str) {
    let part = reqwest::Client::new().get(server.url(path)).header("range", "bytes=7-11").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], format!("bytes 7-11/{}", RIGHT_TOUCHES.len()));
    assert_eq!(part.text().await.unwrap(), RIGHT_TOUCHES[7..=11]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_gone_costs_no_verdict_and_is_reported() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = server(nobody).await;
    let (verdict, url) = judged(&server).await;
    assert_eq!(verdict["winner"], "right");
    let phrase = server.until(&url, |phrase| status(phrase) == "failed").await;
    assert_eq!(phrase["artifacts_complete"], true, "the papers are on disk");
    let error = phrase["result"]["artifacts_store"]["error"].as_str().unwrap();
    assert!(error.starts_with("the artifact store failed: "), "{error}");
    assert!(!error.contains("very-secret"), "{error}");
    let metrics = reqwest::get(server.url("/metrics")).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\nreferee_store_failures_total 1\n"), "{metrics}");
    let elsewhere = reqwest::get(server.url("/phrases/not-here")).await.unwrap();
    assert_eq!(elsewhere.status(), 502, "whether there is such a phrase only the store knows");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_run_left_behind_is_carried_though_the_store_comes_late() {
    let folder = tempfile::tempdir().unwrap();
    let output = tempfile::tempdir().unwrap();
    for (id, status) in [("cut-off", "pending"), ("given-up", "failed"), ("there", "stored")] {
        leave_behind(output.path(), id, status);
    }
    // Results count as an earlier run's by their time, which some file systems keep to the tick of a clock only.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options =
        ServerOptions { store: Some(settings(free)), output: Some(Arc::new(output)), ..ServerOptions::default() };
    let server = TestServer::start_with(options).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let waiting = server.get("/phrases/cut-off").await;
    assert_eq!((status(&waiting), &waiting["result"]["winner"]), ("pending", &"right".into()));
    start_store_on(free, folder.path()).await;
    for id in ["cut-off", "given-up"] {
        let phrase = server.until(&format!("/phrases/{id}"), |phrase| status(phrase) == "stored").await;
        assert_eq!(phrase["result"]["artifacts_store"]["url"], format!("s3://phrases/club/2026/{id}"));
        assert!(folder.path().join(BUCKET).join("club/2026").join(id).join("signal.txt").is_file());
    }
    assert!(!folder.path().join(BUCKET).join("club/2026/there").exists(), "what is there is not carried again");
    server.stop().await;
}
