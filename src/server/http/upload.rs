//! `POST /analyze` and `POST /judge`: a whole clip with its signal log in, the result object out.

use super::super::access::refusal;
use super::super::archive::{Filed, step_back};
use super::super::clip_judge::{ClipError, JudgedClip, judge_clip};
use super::super::papers::{self, PhraseFacts};
use super::super::service::{Service, make_folder};
use super::super::signals::Signals;
use super::multipart::{Upload, UploadError, UploadedFile};
use crate::recording::analysis_folder;
use crate::video::Cancel;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use time::OffsetDateTime;

/// Largest signal log that is read; the parser's own limit.
const MAX_SIGNAL_BYTES: u64 = 1 << 20;

/// Stops the judging when the client has gone and this is dropped.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A form, or something else that was sent.
type Form = Result<Multipart, MultipartRejection>;

/// Files of the form by their field's name.
struct Wanted {
    video: &'static str,
    signal: &'static str,
}

/// `POST /analyze`: files `video` and `signal`, switches `include_keypoints` and `save_overlay`.
pub(super) async fn analyze(service: State<Arc<Service>>, form: Form) -> Response {
    answer(service, form, Wanted { video: "video", signal: "signal" }).await
}

/// `POST /judge`: files `video` and `txt`, field `request_id`, as one of the reference's hosts sends them.
pub(super) async fn judge(service: State<Arc<Service>>, form: Form) -> Response {
    answer(service, form, Wanted { video: "video", signal: "txt" }).await
}

async fn answer(State(service): State<Arc<Service>>, form: Form, wanted: Wanted) -> Response {
    let started = Instant::now();
    // What is no form has none of the files.
    let Ok(form) = form else { return missing_fields([wanted.video, wanted.signal].into_iter()) };
    if service.stopping.is_cancelled() {
        return busy("The server is stopping; try again shortly");
    }
    // Busy is said before the upload, not after it.
    let Ok(_permit) = Arc::clone(&service.uploads).try_acquire_owned() else {
        return busy("As many uploads as the server takes are being judged; try again shortly");
    };
    let upload = match Upload::receive(form, &service.output, service.limits.max_upload_bytes).await {
        Ok(upload) => upload,
        Err(error) => return upload_refused(&error),
    };
    let (video, signal) = match (upload.files.get(wanted.video), upload.files.get(wanted.signal)) {
        (Some(video), Some(signal)) => (video, signal),
        (video, signal) => {
            let missing = [(video.is_none(), wanted.video), (signal.is_none(), wanted.signal)];
            return missing_fields(missing.into_iter().filter(|(is, _)| *is).map(|(_, name)| name));
        }
    };
    if !video.is_named || !signal.is_named {
        let which = if video.is_named { "Signal" } else { "Video" };
        return refusal(StatusCode::BAD_REQUEST, &format!("{which} file must have a filename"));
    }
    let judged = judge_upload(&service, &upload, video, signal, started).await;
    match judged {
        Ok(result) => Json(result).into_response(),
        Err(error) => {
            service.metrics.failed.add(1);
            tracing::info!(%error, "an upload could not be judged");
            refusal(error.status(), &error.to_string())
        }
    }
}

async fn judge_upload(
    service: &Arc<Service>,
    upload: &Upload,
    video: &UploadedFile,
    signal: &UploadedFile,
    started: Instant,
) -> Result<Value, ClipError> {
    let signals = read_signals(service, &signal.path).await?;
    let declared = signals.declared;
    let wanted = analysis_folder(&service.output, &signal.stem, OffsetDateTime::now_utc());
    let folder = make_folder(wanted).await.map_err(ClipError::Disk)?;
    let video_name = format!("{}.{}", video.stem, if video.ending.is_empty() { "mp4" } else { &video.ending });
    let signal_name = format!("{}.txt", signal.stem);
    let clip = folder.join(&video_name);
    let moved = move_both(&video.path, &clip, &signal.path, &folder.join(&signal_name)).await;
    moved.map_err(|e| ClipError::Disk(e.to_string()))?;
    let judged = match judge_off_the_runtime(service, clip, signals).await {
        Ok(judged) => judged,
        Err(error) => {
            let _ = tokio::fs::remove_dir_all(&folder).await;
            return Err(error.without_folder(&folder));
        }
    };
    let facts = PhraseFacts {
        folder: Ok(folder),
        video_name,
        signal_name,
        processing_secs: judged.processing_secs,
        wall_secs: started.elapsed().as_secs_f64(),
        wants_overlay: upload.switch("save_overlay", true),
        wants_keypoints: upload.switch("include_keypoints", false),
        declared,
        streaming_stats: None,
    };
    service.metrics.uploads.add(1);
    let mut result = papers::result(&judged.judgement, &facts, papers::Completion::Pending, &[]);
    if let (Some(object), Some(id)) = (result.as_object_mut(), upload.fields.get("request_id")) {
        object.insert("request_id".to_owned(), json!(id));
    }
    service.archive.submit(Filed::uploaded(judged.judgement, facts, result.clone()));
    Ok(result)
}

async fn judge_off_the_runtime(
    service: &Arc<Service>,
    clip: PathBuf,
    signals: Signals,
) -> Result<JudgedClip, ClipError> {
    let cancel = CancelOnDrop(Cancel::new());
    let (done, judged) = tokio::sync::oneshot::channel();
    let (judge, weapon, flag) = (Arc::clone(&service.judge), service.weapon, cancel.0.clone());
    let work = move || {
        // Whoever sends a file waits for it anyway; who is fencing must not.
        step_back();
        drop(done.send(judge_clip(&*judge, weapon, &clip, signals, &flag)));
    };
    let spawned = std::thread::Builder::new().name("upload".to_owned()).spawn(work);
    spawned.map_err(|e| ClipError::Judge(e.to_string()))?;
    judged.await.unwrap_or_else(|_| Err(ClipError::Judge("the judge has stopped".to_owned())))
}

async fn read_signals(service: &Service, path: &Path) -> Result<Signals, ClipError> {
    let size = tokio::fs::metadata(path).await.map_err(|e| ClipError::Disk(e.to_string()))?.len();
    if size > MAX_SIGNAL_BYTES {
        return Err(ClipError::Input("the signal log is larger than 1 MiB, which no phrase needs".to_owned()));
    }
    let bytes = tokio::fs::read(path).await.map_err(|e| ClipError::Disk(e.to_string()))?;
    service.read_signals(&bytes).map_err(|e| ClipError::Input(e.to_string()))
}

async fn move_both(video: &Path, clip: &Path, signal: &Path, log: &Path) -> std::io::Result<()> {
    tokio::fs::rename(video, clip).await?;
    tokio::fs::rename(signal, log).await
}

fn upload_refused(error: &UploadError) -> Response {
    let status = match error {
        UploadError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        UploadError::Form(_) => StatusCode::BAD_REQUEST,
        UploadError::Disk(_) => StatusCode::INSUFFICIENT_STORAGE,
    };
    refusal(status, &error.to_string())
}

fn busy(detail: &str) -> Response {
    let mut response = refusal(StatusCode::SERVICE_UNAVAILABLE, detail);
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    response
}

/// The reference's framework answers a missing field with 422 and this shape.
fn missing_fields(names: impl Iterator<Item = &'static str>) -> Response {
    let detail: Vec<Value> = names
        .map(|name| json!({"type": "missing", "loc": ["body", name], "msg": "Field required", "input": null}))
        .collect();
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"detail": detail}))).into_response()
}
