//! The published descriptions of the wire, checked against the code: every path is served, every example is understood.

use super::server::{RIGHT_TOUCHES, TestServer, jpeg};
use crate::support::in_project;
use serde_json::Value;
use wire::protocol::{ClientMessage, STREAM_PATHS, ServerMessage};

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
        for (method, operation) in methods.as_object().unwrap() {
            let method: reqwest::Method = method.to_uppercase().parse().unwrap();
            let status = client.request(method.clone(), &url).send().await.unwrap().status();
            let is_there = status != 405 && (status != 404 || path.starts_with("/phrases/"));
            assert!(is_there, "{method} {path}: {status}");
            assert!(
                operation["responses"].get(status.as_str()).is_some(),
                "{method} {path}: {status} is not described"
            );
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

/// Whether a value is of the kind that a schema names; kinds that no schema here uses count as right.
fn fits(schema: &Value, value: &Value) -> bool {
    match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("object") => value.is_object(),
        Some("array") => value.as_array().is_some_and(|all| all.iter().all(|one| fits(&schema["items"], one))),
        _ => schema["enum"].as_array().is_none_or(|all| all.contains(value)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_and_its_phrase_are_as_described() {
    let server = TestServer::start().await;
    let mut socket = server.connect().await;
    socket.start("a").await;
    for number in 0..12 {
        socket.frame(number, jpeg(1)).await;
    }
    let answers = socket.conclude(RIGHT_TOUCHES).await;
    let sent = answers.last().unwrap()["result"].clone();
    let phrase = server.until("/phrases/a", |phrase| phrase["artifacts_complete"] == true).await;
    let schemas = description("openapi.json")["components"]["schemas"].clone();
    for (name, value) in [("Result", &sent), ("Result", &phrase["result"]), ("Phrase", &phrase)] {
        for required in schemas[name]["required"].as_array().unwrap() {
            assert!(value.get(required.as_str().unwrap()).is_some(), "{name}: {required} is missing");
        }
        for (key, schema) in schemas[name]["properties"].as_object().unwrap() {
            let is_right = value.get(key).is_none_or(|value| fits(schema, value));
            assert!(is_right, "{name}: {key} is {}", value[key]);
        }
    }
    server.stop().await;
}

fn names(operation: &Value) -> Vec<String> {
    let references = operation["messages"].as_array().unwrap().iter().filter_map(|m| m["$ref"].as_str());
    references.map(|r| r.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}
