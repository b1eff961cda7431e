//! The published descriptions of the wire, checked against the code: every path is served, every example is understood.

use super::server::TestServer;
use crate::support::in_project;
use fencing_referee::protocol::{ClientMessage, STREAM_PATHS, ServerMessage};
use serde_json::Value;

fn description(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(in_project(&format!("assets/api/{name}"))).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_described_path_is_served() {
    let server = TestServer::start().await;
    let described = description("openapi.json");
    assert_eq!(server.get("/openapi.json").await, described);
    let client = reqwest::Client::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        let url = server.url(&path.replace("{id}", "x").replace("{name}", "y"));
        for method in methods.as_object().unwrap().keys() {
            let method: reqwest::Method = method.to_uppercase().parse().unwrap();
            let status = client.request(method.clone(), &url).send().await.unwrap().status();
            let is_there = status != 405 && (status != 404 || path.starts_with("/phrases/"));
            assert!(is_there, "{method} {path}: {status}");
        }
    }
    server.stop().await;
}

#[test]
fn every_described_message_is_one_of_the_protocol() {
    let described = description("asyncapi.json");
    let channels: Vec<_> = described["channels"].as_object().unwrap().values().map(|c| c["address"].clone()).collect();
    assert!(STREAM_PATHS.iter().all(|path| channels.iter().any(|c| c == path)));
    let to_server: Vec<_> = names(&described["operations"]["toServer"]);
    for (name, message) in described["components"]["messages"].as_object().unwrap() {
        let example = &message["examples"][0]["payload"];
        assert_eq!(example["type"], name.as_str());
        let text = example.to_string();
        if to_server.contains(name) {
            assert!(ClientMessage::parse(&text).is_ok(), "{name}");
        } else {
            let written: Value = serde_json::from_str(&ServerMessage::parse(&text).unwrap().to_json()).unwrap();
            assert_eq!(&written, example, "{name}");
        }
    }
}

fn names(operation: &Value) -> Vec<String> {
    let references = operation["messages"].as_array().unwrap().iter().filter_map(|m| m["$ref"].as_str());
    references.map(|r| r.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}
