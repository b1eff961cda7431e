//! Uploads a whole clip with its signal log: `POST /analyze`, or `POST /judge` for an address with that path; and queries a server's
//! health.

use super::address::ServerAddress;
use super::authority::install_crypto_provider;
use super::health_check::check_health;
use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, Response};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Time-out of asking a server why it broke off an upload.
const DETAIL_TIMEOUT: Duration = Duration::from_secs(5);

/// An upload.
#[derive(Clone, Debug)]
pub struct SubmitRequest {
    /// The clip.
    pub video: PathBuf,
    /// The signal log.
    pub signal: PathBuf,
    /// Whether the result contains every joint.
    pub include_keypoints: bool,
    /// Whether the server makes an overlay video.
    pub save_overlay: bool,
    /// The caller's name for the upload, returned with the result.
    pub request_id: Option<String>,
    /// Time-out of the answer.
    pub timeout: Duration,
}

/// Why an upload has no result.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// A file cannot be read.
    #[error("the file cannot be read ({source}); check the name and the permissions: {path}")]
    File {
        /// The cause.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// No connection, or it broke.
    #[error("the server cannot be reached ({0}); check its address and that it runs")]
    Network(String),
    /// The server answered with an error.
    #[error("the server refuses the upload (HTTP {status}): {detail}")]
    Status {
        /// HTTP status.
        status: u16,
        /// The error detail.
        detail: String,
    },
}

impl From<reqwest::Error> for SubmitError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_body() {
            // The thread that uploads only sees a closed connection.
            return Self::Network("the upload was refused or broken off".to_owned());
        }
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        Self::Network(text)
    }
}

/// Uploads and waits for the result.
pub fn submit(server: &ServerAddress, request: &SubmitRequest) -> Result<Value, SubmitError> {
    let (path, kind, log) =
        if server.is_judge() { ("", "application/octet-stream", "txt") } else { ("/analyze", "video/mp4", "signal") };
    let mut form = Form::new()
        .part("video", part(&request.video, kind)?)
        .part(log, part(&request.signal, "text/plain")?)
        .text("include_keypoints", request.include_keypoints.to_string())
        .text("save_overlay", request.save_overlay.to_string());
    if let Some(id) = &request.request_id {
        form = form.text("request_id", id.clone());
    }
    let mut post = client(server, request.timeout)?.post(server.http(path)).multipart(form);
    if let Some(token) = server.token() {
        post = post.bearer_auth(token);
    }
    let answer = match post.send() {
        Ok(answer) => answer,
        // A server that refuses does so before it has read the upload; its answer is lost with the connection.
        Err(error) if error.is_body() => return Err(reason_of_broken_upload(server, error.into())),
        Err(error) => return Err(error.into()),
    };
    read(answer)
}

/// The server's health: `GET /health`.
pub fn health(server: &ServerAddress, timeout: Duration) -> Result<Value, SubmitError> {
    read(client(server, timeout)?.get(server.clone().whole().http("/health")).send()?)
}

fn read(answer: Response) -> Result<Value, SubmitError> {
    let status = answer.status();
    let body = answer.text()?;
    if !status.is_success() {
        return Err(SubmitError::Status { status: status.as_u16(), detail: detail_of(&body) });
    }
    serde_json::from_str(&body).map_err(|e| SubmitError::Network(format!("the answer is no result: {e}")))
}

/// Why a server broke off an upload: asks again without a body.
fn reason_of_broken_upload(server: &ServerAddress, broken: SubmitError) -> SubmitError {
    match check_health(&server.clone().whole(), DETAIL_TIMEOUT) {
        Err(SubmitError::Status { status: 404, .. }) | Ok(_) => broken,
        Err(reason) => reason,
    }
}

pub(super) fn client(server: &ServerAddress, timeout: Duration) -> reqwest::Result<Client> {
    install_crypto_provider();
    let builder = Client::builder().timeout(timeout);
    match server.authority() {
        Some(authority) => builder.tls_certs_only(authority.reqwest_certificates()?).build(),
        None => builder.build(),
    }
}

fn part(path: &Path, kind: &str) -> Result<Part, SubmitError> {
    let unreadable = |source| SubmitError::File { source, path: path.to_owned() };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Part::reader_with_length(file, length).file_name(name).mime_str(kind)?)
}

/// The `detail` of an error answer, or the start of the body; nothing of an HTML page.
fn detail_of(body: &str) -> String {
    let parsed: Option<Value> = serde_json::from_str(body).ok();
    match parsed.as_ref().and_then(|value| value.get("detail")) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None if body.trim_start().starts_with('<') => "it is no judging server; check the address".to_owned(),
        None => body.chars().take(300).collect(),
    }
}
