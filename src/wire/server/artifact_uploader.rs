//! Uploads finished phrases to the artifact store, one after the other, off every path to a verdict.
//!
//! The queue holds folders, not bytes. A phrase whose upload fails is retried for a while, then given up: its result and the log report
//! that, and its files stay on disk, where the next start finds them. The backlog of earlier runs is uploaded in parallel
//! with new phrases, one phrase at a time, with increasing pauses while the store is unavailable. Only a server that is
//! stopping waits for uploads, and not for long.

use super::artifact_store::{ArtifactStore, RESULT_FILE, StoreError};
use super::metrics::Metrics;
use fencing::time::Backoff;
use recording::write_atomically;
use serde_json::{Value, json};
use settings::StoreSettings;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Capacity of the queue: folder names, not data; enough for a whole tournament.
const QUEUE: usize = 1024;
/// Key in the result with the state of the upload.
pub(super) const KEY: &str = "artifacts_store";

/// Upper limit of the pause between upload attempts.
const MAX_WAIT: Duration = Duration::from_mins(10);
/// Consecutive failures after which the backlog is left to the next start: half a day with the default pauses.
const BACKLOG_ATTEMPTS: u32 = 80;

/// Dependencies of an upload.
struct UploadContext {
    store: Arc<ArtifactStore>,
    attempts: u32,
    first_wait: Duration,
    metrics: Arc<Metrics>,
}

/// Handle of the uploader. Clones share it.
#[derive(Clone)]
pub(super) struct ArtifactUploader {
    folders: mpsc::Sender<PathBuf>,
    working: TaskTracker,
    /// Stops the upload of the backlog.
    shutdown: CancellationToken,
}

impl ArtifactUploader {
    /// Starts the uploader on the current runtime.
    ///
    /// Also uploads folders of `output` that an earlier run did not upload.
    pub(super) fn start(
        store: Arc<ArtifactStore>,
        settings: &StoreSettings,
        metrics: Arc<Metrics>,
        output: &Path,
    ) -> Self {
        let (folders, mut inbox) = mpsc::channel::<PathBuf>(QUEUE);
        let (attempts, first_wait) = (settings.attempts.max(1), settings.first_wait);
        let context = Arc::new(UploadContext { store, attempts, first_wait, metrics });
        let (working, shutdown) = (TaskTracker::new(), CancellationToken::new());
        let (backlog_context, output) = (Arc::clone(&context), output.to_owned());
        working.spawn(shutdown.clone().run_until_cancelled_owned(async move {
            backlog_context.upload_backlog(output, SystemTime::now()).await;
        }));
        working.spawn(async move {
            while let Some(folder) = inbox.recv().await {
                context.upload(&folder).await;
            }
        });
        Self { folders, working, shutdown }
    }

    /// State in the result until the upload is done.
    pub(super) fn pending() -> Value {
        json!({"status": "pending"})
    }

    /// Queues a finished folder without waiting. When the queue is full, the result reports that.
    pub(super) fn submit(&self, folder: PathBuf) {
        if let Err(error) = self.folders.try_send(folder) {
            let folder = error.into_inner();
            tracing::warn!(folder = %folder.display(), "the upload queue is full; kept on disk only");
            let status = json!({"status": "failed", "error": "the upload queue is full"});
            if let Err(error) = note(&folder, &status) {
                tracing::warn!(error, "the result cannot be completed");
            }
        }
    }

    /// Waits until everything is uploaded, or for the deadline. Returns whether everything is uploaded. Nothing can be submitted afterwards.
    pub(super) async fn finish(self, deadline: tokio::time::Instant) -> bool {
        let Self { folders, working, shutdown } = self;
        drop(folders);
        shutdown.cancel();
        working.close();
        tokio::time::timeout_at(deadline, working.wait()).await.is_ok()
    }
}

/// The phrase's name in the store: that of its folder.
fn phrase_id(folder: &Path) -> Option<String> {
    Some(folder.file_name()?.to_string_lossy().into_owned())
}

impl UploadContext {
    /// Uploads one phrase with retries.
    async fn upload(&self, folder: &Path) {
        let Some(id) = phrase_id(folder) else { return };
        let mut backoff = Backoff::new(self.first_wait, MAX_WAIT);
        for attempt in 1..=self.attempts {
            match self.upload_once(folder, &id).await {
                Ok(()) => {
                    self.metrics.stored.add(1);
                    return tracing::info!(phrase = id, "copied to the artifact store");
                }
                Err(error) if attempt == self.attempts => return self.give_up(folder, &id, &error).await,
                Err(error) => {
                    tracing::info!(phrase = id, attempt, %error, "upload failed; retrying");
                    tokio::time::sleep(backoff.next_wait()).await;
                }
            }
        }
    }

    /// Uploads the backlog of an earlier run.
    async fn upload_backlog(&self, output: PathBuf, before: SystemTime) {
        let found = tokio::task::spawn_blocking(move || backlog_of(&output, before)).await;
        let Ok(folders) = found else { return };
        if !folders.is_empty() {
            tracing::info!(phrases = folders.len(), "not in the artifact store yet; uploading now");
        }
        let mut backoff = Backoff::new(self.first_wait, MAX_WAIT);
        for folder in folders {
            while !self.upload_from_backlog(&folder).await {
                if backoff.attempt() >= BACKLOG_ATTEMPTS {
                    return tracing::warn!(
                        "the artifact store is still unreachable; the rest stays on disk until the next start"
                    );
                }
                tokio::time::sleep(backoff.next_wait()).await;
            }
            backoff.reset();
        }
    }

    /// Uploads one phrase of the backlog. Returns whether no retry is needed.
    async fn upload_from_backlog(&self, folder: &Path) -> bool {
        let Some(id) = phrase_id(folder) else { return true };
        match self.upload_once(folder, &id).await {
            Ok(()) => {
                self.metrics.stored.add(1);
                tracing::info!(phrase = id, "copied to the artifact store, late");
                true
            }
            Err(StoreError::Disk(error)) => {
                tracing::warn!(phrase = id, %error, "cannot be read any more; left on disk");
                true
            }
            Err(error) => {
                tracing::info!(phrase = id, %error, "upload failed; retrying");
                false
            }
        }
    }

    /// Uploads the result last: a phrase with a result is complete.
    async fn upload_once(&self, folder: &Path, id: &str) -> Result<(), StoreError> {
        let mut names = tokio::fs::read_dir(folder).await?;
        while let Some(entry) = names.next_entry().await? {
            let name = entry.file_name();
            let is_included = name != RESULT_FILE && !name.to_string_lossy().starts_with('.');
            if is_included && entry.file_type().await?.is_file() {
                self.store.put_file(id, &entry.path()).await?;
            }
        }
        let status = json!({"status": "stored", "url": self.store.url(id)});
        let (reading, writing) = (folder.to_owned(), folder.join(RESULT_FILE));
        let result = spawn_blocking_io(move || with_status(&reading, &status)).await?;
        self.store.put(id, RESULT_FILE, result.clone()).await?;
        spawn_blocking_io(move || write_atomically(&writing, &result).map_err(std::io::Error::other)).await?;
        Ok(())
    }

    async fn give_up(&self, folder: &Path, id: &str, error: &StoreError) {
        self.metrics.store_failures.add(1);
        tracing::warn!(phrase = id, %error, "not copied to the artifact store; kept on disk only");
        let (folder, status) = (folder.to_owned(), json!({"status": "failed", "error": error.to_string()}));
        let noted = tokio::task::spawn_blocking(move || note(&folder, &status)).await;
        if let Ok(Err(error)) = noted {
            tracing::warn!(error, "the result cannot be completed");
        }
    }
}

/// Blocking disk access on a thread of the blocking pool.
async fn spawn_blocking_io<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

/// The folders, sorted by name, whose result was written before that time and is not in the store.
fn backlog_of(output: &Path, before: SystemTime) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(output) else { return Vec::new() };
    let folders = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut left: Vec<PathBuf> = folders.filter(|folder| is_left_behind(folder, before)).collect();
    left.sort();
    left
}

fn is_left_behind(folder: &Path, before: SystemTime) -> bool {
    let path = folder.join(RESULT_FILE);
    let is_old = std::fs::metadata(&path).and_then(|meta| meta.modified()).is_ok_and(|written| written < before);
    let result: Option<Value> =
        is_old.then(|| std::fs::read(&path).ok()).flatten().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let is_waiting = |result: &Value| matches!(result[KEY]["status"].as_str(), Some("pending" | "failed"));
    result.is_some_and(|result| is_waiting(&result) && result["artifacts_complete"] == true)
}

/// The result on disk with the state of its upload.
fn with_status(folder: &Path, status: &Value) -> std::io::Result<Vec<u8>> {
    let mut result: Value = serde_json::from_slice(&std::fs::read(folder.join(RESULT_FILE))?)?;
    if let Some(object) = result.as_object_mut() {
        object.insert(KEY.to_owned(), status.clone());
    }
    Ok((serde_json::to_string_pretty(&result)? + "\n").into_bytes())
}

fn note(folder: &Path, status: &Value) -> Result<(), String> {
    let result = with_status(folder, status).map_err(|e| e.to_string())?;
    write_atomically(&folder.join(RESULT_FILE), &result).map_err(|e| e.to_string())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Command;

    /// A result that blocks until it is written, on a runtime with a single thread.
    #[tokio::test]
    async fn a_slow_disk_holds_up_nobody_else() {
        let output = tempfile::tempdir().unwrap();
        let folder = output.path().join("phrase");
        std::fs::create_dir(&folder).unwrap();
        let result = folder.join(RESULT_FILE);
        if !Command::new("mkfifo").arg(&result).status().is_ok_and(|status| status.success()) {
            return println!("skipped: this system has no mkfifo");
        }
        let _chosen_before = rustls::crypto::ring::default_provider().install_default();
        let settings = StoreSettings { endpoint: Some("http://127.0.0.1:9".into()), ..StoreSettings::default() };
        let store = Arc::new(ArtifactStore::new(&settings).unwrap());
        let context = UploadContext { store, attempts: 1, first_wait: Duration::ZERO, metrics: Arc::default() };
        let writer = std::thread::Builder::new().name("slow-disk".into()).spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            std::fs::write(&result, b"no json").unwrap();
        });
        let uploaded = context.upload_once(&folder, "phrase");
        tokio::pin!(uploaded);
        tokio::select! {
            biased;
            uploaded = &mut uploaded => panic!("nobody else had a turn: {uploaded:?}"),
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
        assert!(matches!(uploaded.await, Err(StoreError::Disk(_))));
        writer.unwrap().join().unwrap();
    }
}
