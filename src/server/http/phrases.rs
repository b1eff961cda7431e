//! What became of a phrase: its result, whether its papers are complete, and the papers themselves.

use super::super::access::refusal;
use super::super::service::Service;
use crate::recording::sanitise;
use axum::extract::{Path as UrlPath, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// `GET /phrases/{id}`.
pub(super) async fn phrase(State(service): State<Arc<Service>>, UrlPath(id): UrlPath<String>) -> Response {
    let Some(folder) = folder_of(&service, &id) else { return unknown() };
    let listed = tokio::task::spawn_blocking(move || describe(&id, &folder)).await;
    match listed {
        Ok(Some(description)) => Json(description).into_response(),
        _ => unknown(),
    }
}

/// `GET /phrases/{id}/files/{name}`, with ranges, so that a player can seek.
pub(super) async fn file(
    State(service): State<Arc<Service>>,
    UrlPath((id, name)): UrlPath<(String, String)>,
    request: Request,
) -> Response {
    let Some(folder) = folder_of(&service, &id) else { return unknown() };
    let is_plain = !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    let path = folder.join(&name);
    let is_file = is_plain && tokio::fs::symlink_metadata(&path).await.is_ok_and(|meta| meta.is_file());
    if !is_file {
        return unknown();
    }
    match ServeFile::new(path).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// The folder of a phrase; `None` unless the id is a name that this server could have given.
fn folder_of(service: &Service, id: &str) -> Option<PathBuf> {
    (sanitise(id) == id).then(|| service.output.join(id))
}

fn unknown() -> Response {
    refusal(StatusCode::NOT_FOUND, "There is no such phrase or file")
}

fn describe(id: &str, folder: &Path) -> Option<Value> {
    let mut files: Vec<(String, u64)> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.metadata().ok()?.len())))
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    files.sort();
    let result = std::fs::read(folder.join("analysis_result.json")).ok();
    let result: Value = result.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null);
    let files: Vec<Value> = files
        .iter()
        .map(|(name, size)| json!({"name": name, "size": size, "url": format!("/phrases/{id}/files/{name}")}))
        .collect();
    let complete = result["artifacts_complete"].as_bool().unwrap_or(false);
    Some(json!({"phrase_id": id, "artifacts_complete": complete, "files": files, "result": result}))
}
