//! `POST /analyze` and `POST /judge`: a whole clip with its signal log in, the result object out.

use super::super::access::refusal;
use super::super::artifacts::{JudgedPhrase, lower_priority};
use super::super::result_object::{self, PhraseFacts};
use super::super::service::Service;
use super::super::uploads::{Admitted, UploadRefused};
use super::multipart::{InvalidSwitch, Upload, UploadError, UploadedFile};
use super::timeouts::Timeouts;
use super::upload_folder::PhraseFolder;
use super::upload_names::{signal_name, video_name};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{ConnectInfo, Multipart, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use recording::{HumanAnswer, analysis_folder};
use records::analysis::{AnalysisError, ClipRequest, ClipSignals, JudgedClip, LoggedSignals, judge_clip_with};
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use vision::engine::{Judgement, PhraseSignals, judge_by_lamps, may_be_annulled};
use vision::video::{Cancel, ClipOptions, VideoError, probe, spawn_worker};

/// Largest accepted signal log; the parser's own limit.
const MAX_SIGNAL_BYTES: u64 = 1 << 20;

/// Why a clip has no verdict.
#[derive(Debug, thiserror::Error)]
enum ClipError {
    /// The client sent an invalid clip or log.
    #[error("{0}")]
    Input(String),
    /// The judge failed.
    #[error("{0}")]
    Judge(String),
    /// The disk failed.
    #[error("{0}")]
    Disk(String),
    /// There is no place at the judge.
    #[error(transparent)]
    Busy(#[from] UploadRefused),
}

impl ClipError {
    /// HTTP status of the error.
    fn status(&self) -> StatusCode {
        match self {
            Self::Input(_) => StatusCode::BAD_REQUEST,
            Self::Judge(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Disk(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The error with the client's name of the file instead of the server's path.
    fn naming(self, path: &Path, name: &str) -> Self {
        let named = |text: String| text.replace(&path.display().to_string(), name);
        match self {
            Self::Input(text) => Self::Input(named(text)),
            Self::Judge(text) => Self::Judge(named(text)),
            Self::Disk(text) => Self::Disk(named(text)),
            Self::Busy(none) => Self::Busy(none),
        }
    }
}

impl From<AnalysisError> for ClipError {
    fn from(error: AnalysisError) -> Self {
        match error {
            AnalysisError::Video(VideoError::DiskFull { .. }) => Self::Disk(error.to_string()),
            AnalysisError::Video(_) | AnalysisError::Signals(_) | AnalysisError::NoFrames => {
                Self::Input(error.to_string())
            }
            AnalysisError::Engine(_) | AnalysisError::Cancelled => Self::Judge(error.to_string()),
        }
    }
}

/// Cancels judging when the client disconnects and this is dropped.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A form, or the error of another body.
type Form = Result<Multipart, MultipartRejection>;

/// Field names of the two files.
#[derive(Clone, Copy)]
struct FormFields {
    video: &'static str,
    signal: &'static str,
}

/// Bytes of a form besides its files: part headers and switches.
const MAX_ENVELOPE_BYTES: u64 = 1024 * 1024;

/// Sender of an upload, and its announced size.
struct Sender {
    address: IpAddr,
    announced_bytes: Option<u64>,
}

impl Sender {
    fn of(service: &Service, peer: SocketAddr, headers: &HeaderMap) -> Self {
        let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let address = service.connection_limits.client_of(peer.ip().to_canonical(), &forwarded.collect::<Vec<_>>());
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        Self { address, announced_bytes: length.and_then(|text| text.parse().ok()) }
    }
}

/// `POST /analyze`: files `video` and `signal`, switches `include_keypoints` and `save_overlay`.
pub(super) async fn analyze(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let sender = Sender::of(&service, peer, &headers);
    answer(&service, form, sender, FormFields { video: "video", signal: "signal" }).await
}

/// `POST /judge`: files `video` and `txt`, field `request_id`, as one of the reference's hosts sends them.
pub(super) async fn judge(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let sender = Sender::of(&service, peer, &headers);
    answer(&service, form, sender, FormFields { video: "video", signal: "txt" }).await
}

/// Answers within the shutdown time of a stopping server: it waits for uploads as for phrases, and no longer.
async fn answer(service: &Arc<Service>, form: Form, sender: Sender, wanted: FormFields) -> Response {
    let _waited_for = service.connections.token();
    let answered = service.killed.run_until_cancelled(take(service, form, sender, wanted)).await;
    answered.unwrap_or_else(|| busy("The server has stopped before the upload was judged; send it again"))
}

/// Receives an upload into a temporary folder. It occupies no judge meanwhile.
async fn receive(service: &Service, form: Multipart, sender: &Sender) -> Result<Upload, Response> {
    let max_bytes = service.limits.max_upload_bytes;
    if sender.announced_bytes.is_some_and(|bytes| bytes > max_bytes.saturating_add(MAX_ENVELOPE_BYTES)) {
        return Err(upload_refused(&UploadError::too_large(max_bytes)));
    }
    let permit = service.uploads.receive(sender.address).map_err(|none| busy(&none.to_string()))?;
    let receiving = Upload::receive(form, &service.output, max_bytes, (&permit, Timeouts::default()));
    tokio::select! {
        biased;
        () = service.stopping.cancelled() => Err(busy(&UploadRefused::Stopping.to_string())),
        received = receiving => received.map_err(|error| upload_refused(&error)),
    }
}

async fn take(service: &Arc<Service>, form: Form, sender: Sender, wanted: FormFields) -> Response {
    let started = Instant::now();
    // A body that is not a form has none of the fields.
    let Ok(form) = form else { return missing_fields([wanted.video, wanted.signal].into_iter()) };
    let upload = match receive(service, form, &sender).await {
        Ok(upload) => upload,
        Err(refused) => return refused,
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
    let switches = match Switches::of(&upload) {
        Ok(switches) => switches,
        Err(wrong) => return invalid_switch(&wrong),
    };
    // Takes a place at the judge only when the upload is complete.
    let admitted = match service.uploads.admit() {
        Ok(admitted) => admitted,
        Err(none) => return busy(&none.to_string()),
    };
    let judged = judge_upload(service, &upload, (Pair { video, signal }, switches), started, admitted).await;
    match judged {
        Ok(result) => Json(result).into_response(),
        Err(ClipError::Busy(none)) => busy(&none.to_string()),
        Err(error) => {
            service.metrics.failed.add(1);
            tracing::info!(%error, "an upload could not be judged");
            refusal(error.status(), &error.to_string())
        }
    }
}

/// Options of an upload.
#[derive(Clone, Copy)]
struct Switches {
    wants_overlay: bool,
    wants_keypoints: bool,
}

impl Switches {
    fn of(upload: &Upload) -> Result<Self, InvalidSwitch> {
        let wants_overlay = upload.switch("save_overlay", true)?;
        Ok(Self { wants_overlay, wants_keypoints: upload.switch("include_keypoints", false)? })
    }
}

/// The two files of an upload.
#[derive(Clone, Copy)]
struct Pair<'a> {
    video: &'a UploadedFile,
    signal: &'a UploadedFile,
}

/// Judges the clip in the temporary folder. Only a judged upload gets a folder of its own.
async fn judge_upload(
    service: &Arc<Service>,
    upload: &Upload,
    (files, switches): (Pair<'_>, Switches),
    started: Instant,
    admitted: Admitted,
) -> Result<Value, ClipError> {
    let begun = OffsetDateTime::now_utc();
    let LoggedSignals { signals, human_answer: declared } = read_signals(service, &files.signal.path).await?;
    let judging = JudgedUpload { service, upload, files, switches, started, begun, declared };
    let by_lamps = judge_by_lamps(service.weapon, signals.log()).filter(|judgement| !may_be_annulled(judgement));
    // The joints in an answer come from the frames.
    if let Some(judgement) = by_lamps.filter(|_| !switches.wants_keypoints) {
        return judging.answer_by_lamps(judgement, signals, admitted).await;
    }
    let judge_permit = service.uploads.judge_permit(admitted, &service.stopping).await?;
    let request = clip_request(service, files.video.path.clone(), signals);
    let judged = judge_off_the_runtime(service, request, Arc::clone(&upload.folder)).await;
    let judged = judged.map_err(|error| error.naming(&files.video.path, &video_name(files.video)))?;
    let (facts, result) = judging.answer(&judged.judgement, judged.processing).await?;
    // The judge is released when the judgement has its place in the artifact queue.
    service.artifacts.submit(JudgedPhrase::uploaded(judged.judgement, facts, result.clone()), judge_permit);
    Ok(result)
}

fn clip_request(service: &Service, clip: PathBuf, signals: PhraseSignals) -> ClipRequest {
    ClipRequest { clip, signals: ClipSignals::Given(signals), weapon: service.weapon, options: ClipOptions::default() }
}

/// An upload with its judgement.
struct JudgedUpload<'a> {
    service: &'a Arc<Service>,
    upload: &'a Upload,
    files: Pair<'a>,
    switches: Switches,
    started: Instant,
    begun: OffsetDateTime,
    declared: Option<HumanAnswer>,
}

impl JudgedUpload<'_> {
    /// Moves the files to a folder of their own and writes the result, before it is sent: every answered upload has one whatever happens
    /// next, and artifacts that are missing then are made by the next start.
    async fn answer(&self, judgement: &Judgement, processing: Duration) -> Result<(PhraseFacts, Value), ClipError> {
        let Self { service, upload, files, switches, .. } = self;
        let (video_name, signal_name) = (video_name(files.video), signal_name(files.signal));
        let wanted = analysis_folder(&service.output, &files.signal.stem, self.begun);
        let moves = [(files.video.path.clone(), video_name.clone()), (files.signal.path.clone(), signal_name.clone())];
        let folder = move_to(wanted, moves).await?;
        let facts = PhraseFacts {
            folder: Ok(folder.keep()),
            video_name,
            signal_name,
            processing_secs: processing.as_secs_f64(),
            wall_secs: self.started.elapsed().as_secs_f64(),
            wants_overlay: switches.wants_overlay,
            wants_keypoints: switches.wants_keypoints,
            declared: self.declared,
            streaming_stats: None,
        };
        service.metrics.uploads.add(1);
        let mut result = result_object::result(judgement, &facts, result_object::Completion::Pending, &[]);
        if let (Some(object), Some(id)) = (result.as_object_mut(), upload.fields.get("request_id")) {
            object.insert("request_id".to_owned(), json!(id));
        }
        Ok(service.write_result(facts, result, None).await)
    }

    /// Answers what the lamps decide, once the clip is known to be one; its frames are analysed afterwards, for the artifacts.
    async fn answer_by_lamps(
        &self,
        judgement: Judgement,
        signals: PhraseSignals,
        admitted: Admitted,
    ) -> Result<Value, ClipError> {
        let clip = self.files.video.path.clone();
        let probing = tokio::task::spawn_blocking(move || probe(&clip)).await;
        let probed = probing.map_err(|error| ClipError::Judge(error.to_string()))?.map_err(AnalysisError::from);
        probed.map_err(|error| ClipError::from(error).naming(&self.files.video.path, &video_name(self.files.video)))?;
        let (facts, result) = self.answer(&judgement, self.started.elapsed()).await?;
        let phrase = JudgedPhrase::uploaded(judgement, facts.clone(), result.clone());
        tokio::spawn(analyse_afterwards(Arc::clone(self.service), (phrase, facts), signals, admitted));
        Ok(result)
    }
}

/// Analyses the frames of an answered upload. A server that stops meanwhile leaves this to its next start.
async fn analyse_afterwards(
    service: Arc<Service>,
    (answered, facts): (JudgedPhrase, PhraseFacts),
    signals: PhraseSignals,
    admitted: Admitted,
) {
    let _waited_for = service.connections.token();
    let Ok(judge_permit) = admitted.judge_permit(&service.stopping).await else { return };
    let Ok(folder) = &facts.folder else { return };
    let request = clip_request(&service, folder.join(&facts.video_name), signals);
    let judging = judge_off_the_runtime(&service, request, ());
    let phrase = match service.killed.run_until_cancelled(judging).await {
        Some(Ok(judged)) => JudgedPhrase::uploaded(judged.judgement, facts, answered.result),
        Some(Err(error)) => answered.with_error(error.to_string()),
        None => return,
    };
    service.artifacts.submit(phrase, judge_permit);
}

/// Judges on a thread of its own. `held` lives as long as the clip is read.
async fn judge_off_the_runtime(
    service: &Arc<Service>,
    request: ClipRequest,
    held: impl Send + 'static,
) -> Result<JudgedClip, ClipError> {
    let cancel = CancelOnDrop(Cancel::new());
    let (done, judged) = tokio::sync::oneshot::channel();
    let (judge, flag) = (Arc::clone(&service.judge), cancel.0.clone());
    let work = move || {
        // Low priority: live phrases must not wait for files.
        lower_priority();
        let judged = judge_clip_with(&|| judge.begin(request.weapon), &request, &flag, &mut |_| ());
        // Before the answer: if the client has disconnected, this thread owns the folder; otherwise the answer does.
        drop(held);
        drop(done.send(judged.map_err(ClipError::from)));
    };
    let spawned = spawn_worker("upload", || (), work);
    spawned.map_err(|e| ClipError::Judge(e.to_string()))?;
    judged.await.unwrap_or_else(|_| Err(ClipError::Judge("the judge has stopped".to_owned())))
}

/// Moves a judged upload to a folder of its own, off the runtime. Removed again if it is interrupted.
async fn move_to(wanted: PathBuf, files: [(PathBuf, String); 2]) -> Result<PhraseFolder, ClipError> {
    let made = tokio::task::spawn_blocking(move || PhraseFolder::of(&wanted, &files)).await;
    made.unwrap_or_else(|error| Err(error.to_string())).map_err(ClipError::Disk)
}

async fn read_signals(service: &Service, path: &Path) -> Result<LoggedSignals, ClipError> {
    let size = tokio::fs::metadata(path).await.map_err(|e| ClipError::Disk(e.to_string()))?.len();
    if size > MAX_SIGNAL_BYTES {
        return Err(ClipError::Input("the signal log is larger than 1 MiB, which no phrase needs".to_owned()));
    }
    let bytes = tokio::fs::read(path).await.map_err(|e| ClipError::Disk(e.to_string()))?;
    service.read_signals(&bytes).map_err(|e| ClipError::Input(e.to_string()))
}

fn upload_refused(error: &UploadError) -> Response {
    let status = match error {
        UploadError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        UploadError::TooSlow => StatusCode::REQUEST_TIMEOUT,
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

/// Answers a missing field as the reference's framework does, with 422 and this shape.
fn missing_fields(names: impl Iterator<Item = &'static str>) -> Response {
    let detail: Vec<Value> = names
        .map(|name| json!({"type": "missing", "loc": ["body", name], "msg": "Field required", "input": null}))
        .collect();
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"detail": detail}))).into_response()
}

/// Answers an invalid switch as the reference's framework does, with 422 and this shape.
fn invalid_switch(wrong: &InvalidSwitch) -> Response {
    let detail = json!([{
        "type": "bool_parsing", "loc": ["body", wrong.name],
        "msg": "Input should be a valid boolean, unable to interpret input", "input": wrong.text,
    }]);
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"detail": detail}))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refused_upload_says_whose_fault_it_is() {
        let status = |error: UploadError| upload_refused(&error).status().as_u16();
        assert_eq!(status(UploadError::TooLarge(1)), 413);
        assert_eq!(status(UploadError::TooSlow), 408);
        assert_eq!(status(UploadError::Form(String::new())), 400);
        assert_eq!(status(UploadError::Disk(std::io::ErrorKind::StorageFull.into())), 507);
    }
}
