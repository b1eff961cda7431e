//! Results and artifacts of phrases: from the disk of this server, or from the artifact store, where another server may have put
//! them.

use super::super::access::refusal;
use super::super::artifact_store::{ArtifactStore, RESULT_FILE, StoreError};
use super::super::service::Service;
use super::byte_range;
use axum::body::Body;
use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use object_store::GetResult;
use recording::sanitise;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// The HTML page among the artifacts.
const REPORT_FILE: &str = "report.html";

/// `GET /phrases/{id}`.
pub(super) async fn phrase(State(service): State<Arc<Service>>, UrlPath(id): UrlPath<String>) -> Response {
    let Some(folder) = folder_of(&service, &id) else { return unknown() };
    let listed = tokio::task::spawn_blocking(move || on_disk(&folder)).await;
    if let Ok(Some((files, result))) = listed {
        return Json(description(&id, &files, &result)).into_response();
    }
    match &service.store {
        Some(store) => in_store(store, &id).await.unwrap_or_else(|error| store_refusal(&error)),
        None => unknown(),
    }
}

/// `GET /phrases/{id}/files/{name}`, with ranges, so that a player can seek.
pub(super) async fn file(
    State(service): State<Arc<Service>>,
    UrlPath((id, name)): UrlPath<(String, String)>,
    request: Request,
) -> Response {
    with_safe_headers(&name, found(&service, &id, &name, request).await)
}

async fn found(service: &Service, id: &str, name: &str, request: Request) -> Response {
    let Some(folder) = folder_of(service, id) else { return unknown() };
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
        return unknown();
    }
    let path = folder.join(name);
    if tokio::fs::symlink_metadata(&path).await.is_ok_and(|meta| meta.is_file()) {
        return match ServeFile::new(path).oneshot(request).await {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        };
    }
    let Some(store) = &service.store else { return unknown() };
    let wanted = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    match store.get(id, name, wanted.and_then(byte_range::parse)).await {
        Ok(found) => stored_file(name, found),
        Err(error) => store_refusal(&error),
    }
}

/// The folder of a phrase; `None` unless the id is a name that this server could have given.
fn folder_of(service: &Service, id: &str) -> Option<PathBuf> {
    (sanitise(id) == id).then(|| service.output.join(id))
}

fn unknown() -> Response {
    refusal(StatusCode::NOT_FOUND, "There is no such phrase or file")
}

fn store_refusal(error: &StoreError) -> Response {
    if matches!(error, StoreError::Absent) {
        return unknown();
    }
    tracing::warn!(%error, "the artifact store cannot be read");
    refusal(StatusCode::BAD_GATEWAY, "The artifact store cannot be read; try again shortly")
}

/// Names and sizes of a phrase's files, and its result.
fn on_disk(folder: &Path) -> Option<(Vec<(String, u64)>, Value)> {
    let mut files: Vec<(String, u64)> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.metadata().ok()?.len())))
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    files.sort();
    let result = std::fs::read(folder.join(RESULT_FILE)).ok();
    Some((files, result.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null)))
}

async fn in_store(store: &ArtifactStore, id: &str) -> Result<Response, StoreError> {
    // The result is uploaded last, so a phrase without one is incomplete.
    let result = store.result(id).await?;
    let files = store.list(id).await?;
    Ok(Json(description(id, &files, &result)).into_response())
}

fn description(id: &str, files: &[(String, u64)], result: &Value) -> Value {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, size)| json!({"name": name, "size": size, "url": format!("/phrases/{id}/files/{name}")}))
        .collect();
    let complete = result["artifacts_complete"].as_bool().unwrap_or(false);
    json!({"phrase_id": id, "artifacts_complete": complete, "files": files, "result": result})
}

fn stored_file(name: &str, found: GetResult) -> Response {
    let (range, size) = (found.range.clone(), found.meta.size);
    let is_part = range.end - range.start < size;
    let mut response = Response::builder()
        .status(if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK })
        .header(header::CONTENT_TYPE, kind_of(name))
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CONTENT_LENGTH, range.end - range.start);
    if is_part {
        let last = range.end.saturating_sub(1);
        response = response.header(header::CONTENT_RANGE, format!("bytes {}-{last}/{size}", range.start));
    }
    let made = response.body(Body::from_stream(found.into_stream()));
    made.unwrap_or_else(|_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "The file cannot be sent"))
}

/// Content security policy of an HTML page: it may display itself, but runs and loads nothing and has no origin, since everyone who may
/// see phrases trusts this server's.
const PAGE_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// Sets headers so that a browser displays data as data, sandboxes the report, and saves files with a client's own name instead of
/// displaying them.
fn with_safe_headers(name: &str, mut response: Response) -> Response {
    let kind = kind_of(name);
    if kind.starts_with("video/") || matches!(kind, "application/json" | "text/plain") {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    if name != REPORT_FILE {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    response
}

/// Media type of a phrase's file; `application/octet-stream` for anything else.
fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "json" => "application/json",
        "mp4" => "video/mp4",
        "txt" => "text/plain",
        "html" => "text/html",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_data_and_our_own_page_are_shown_by_a_browser() {
        let check = |name: &str, policy: bool, saved: bool| {
            let headers = with_safe_headers(name, Response::default()).headers().clone();
            let has = |name| headers.contains_key(name);
            let got = (has(header::CONTENT_SECURITY_POLICY), has(header::CONTENT_DISPOSITION));
            assert_eq!(got, (policy, saved), "{name}");
        };
        for name in ["analysis_result.json", "signal.txt", "clip.mp4"] {
            check(name, false, false);
        }
        check("report.html", true, false);
        for name in ["page.html", "picture.svg", "page.xhtml", "clip.mkv", "nothing", "clip_keypoints.xlsx"] {
            check(name, true, true);
        }
    }
}
