//! HTTP routes. Every error answer has the reference's shape, `{"detail": ..}`.

pub(super) mod byte_range;
pub(super) mod multipart;
mod phrases;
mod timeouts;
mod upload;
mod upload_folder;
mod upload_names;

pub(super) use upload_folder::sweep;

use super::access::{guard, refusal};
use super::connections::ConnectionPermit;
use super::metrics::Moment;
use super::service::Service;
use super::stream::{self, Upgrade};
use crate::protocol::STREAM_PATHS;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Extension, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

/// The API descriptions, served by the server and tested against it.
pub(super) const OPENAPI: &str = include_str!("../../../../assets/api/openapi.json");
pub(super) const ASYNCAPI: &str = include_str!("../../../../assets/api/asyncapi.json");

/// The router: [`paths`] behind normalisation of slashes.
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new().fallback_service(paths(service)).layer(middleware::map_request(normalize_path))
}

/// Normalises slashes: clients concatenate a base URL and a path, so `/analyze/`, `//stream` and `/analyze` must work.
async fn normalize_path(mut request: Request) -> Request {
    let path = request.uri().path();
    if !path.contains("//") && (path.len() < 2 || !path.ends_with('/')) {
        return request;
    }
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = format!("/{}{query}", names.join("/")).parse().ok();
    if let Ok(tidied) = Uri::from_parts(parts) {
        *request.uri_mut() = tidied;
    }
    request
}

/// Every path of the server, for the router and for the test of its description.
fn paths(service: Arc<Service>) -> Router {
    let streams = STREAM_PATHS.into_iter().fold(Router::new(), |router, path| router.route(path, any(open_stream)));
    streams
        .route("/analyze", post(upload::analyze))
        .route("/judge", post(upload::judge))
        // Uploads are limited while they are written to disk; no other route has a body.
        .layer(DefaultBodyLimit::disable())
        .route("/health", get(health))
        .route("/streaming/stats", get(streaming_stats))
        .route("/metrics", get(metrics))
        .route("/phrases/{id}", get(phrases::phrase))
        .route("/phrases/{id}/files/{name}", get(phrases::file))
        .route("/openapi.json", get(|| description(OPENAPI)))
        .route("/asyncapi.json", get(|| description(ASYNCAPI)))
        .fallback(async || refusal(StatusCode::NOT_FOUND, "Not Found"))
        .method_not_allowed_fallback(async || refusal(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"))
        .layer(middleware::map_response(security_headers))
        .layer(from_fn_with_state(Arc::clone(&service), guard))
        .layer(from_fn_with_state(Arc::clone(&service), count_behind_proxies))
        .with_state(service)
}

/// Connections are counted when accepted; clients behind a trusted proxy are counted here, by the address in its header.
async fn count_behind_proxies(State(service): State<Arc<Service>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let headers = request.headers().get_all("x-forwarded-for");
    let named: Vec<&str> = headers.iter().filter_map(|value| value.to_str().ok()).collect();
    match peer.map_or(Ok(None), |peer| service.connection_limits.admit_proxied(peer, &named)) {
        Ok(place) => {
            // A WebSocket keeps its permit after this answer.
            request.extensions_mut().insert(place.clone());
            next.run(request).await
        }
        Err(_crowded) => {
            let mut busy = refusal(StatusCode::SERVICE_UNAVAILABLE, "The server is busy; try again soon");
            busy.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
            busy
        }
    }
}

/// Security headers: browsers must not guess the type of results.
async fn security_headers(mut response: Response) -> Response {
    let nosniff = header::HeaderValue::from_static("nosniff");
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

async fn open_stream(
    State(service): State<Arc<Service>>,
    Extension(place): Extension<Option<Arc<ConnectionPermit>>>,
    mut request: Request,
) -> Response {
    let upgrade = match Upgrade::of(&mut request, service.limits.max_message_bytes) {
        Ok(upgrade) => upgrade,
        Err(status) => return refusal(status, "This is a WebSocket: connect with ws:// or wss://"),
    };
    let answer = upgrade.response();
    let connections = service.connections.clone();
    connections.spawn(async move {
        if let Some(opened) = upgrade.open().await {
            stream::serve(opened, service).await;
        }
        drop(place);
    });
    answer
}

async fn health(State(service): State<Arc<Service>>) -> Json<Value> {
    let readiness = service.judge.readiness();
    let status = match (service.stopping.is_cancelled(), readiness.is_ready) {
        (true, _) => "stopping",
        (false, false) => "model_not_loaded",
        (false, true) if service.artifacts.is_disk_full() => "disk_full",
        (false, true) => "ok",
    };
    Json(json!({"status": status, "model_path": readiness.model_path, "model_loaded": readiness.is_ready}))
}

async fn streaming_stats(State(service): State<Arc<Service>>) -> Json<Value> {
    Json(service.sessions.stats())
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let page = service.metrics.page(Moment {
        active_sessions: service.sessions.active(),
        memory_bytes: service.sessions.memory.used(),
        lag_secs: service.sessions.lag().as_secs_f64(),
    });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page).into_response()
}

fn description(text: &'static str) -> std::future::Ready<Response> {
    std::future::ready(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
