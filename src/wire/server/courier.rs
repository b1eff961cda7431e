//! Carries finished phrases to the artifact store: one after the other, off every path that a verdict takes.
//!
//! The queue holds folders, not bytes. A phrase that cannot be carried is tried again for a while, then given up: its
//! result on disk and the log say so, and everything is still on disk, where the next start finds it: what an earlier run
//! left behind is carried beside what comes, one phrase at a time, with longer and longer waits while the store is away.
//! Nobody ever waits for a courier but a server that is stopping, and that one not for long.

use super::metrics::Metrics;
use super::store::{ArtifactStore, RESULT_FILE, StoreError};
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

/// Phrases that may wait. A tournament's worth; a name each.
const QUEUE: usize = 1024;
/// Key of the result that says what became of the copy.
pub(super) const KEY: &str = "artifacts_store";

/// Longest wait before something that was left behind is tried again.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// How often in a row that is tried before the rest is left to the next start: for half a day with the usual first wait.
const TRIES_FOR_LEFT_BEHIND: u32 = 80;

/// What every carrying needs.
struct Round {
    store: Arc<ArtifactStore>,
    attempts: u32,
    first_wait: Duration,
    metrics: Arc<Metrics>,
}

/// Handle of the courier. Clones share it.
#[derive(Clone)]
pub(super) struct Courier {
    folders: mpsc::Sender<PathBuf>,
    working: TaskTracker,
    /// What was left behind stays where it is from here on.
    going_home: CancellationToken,
}

impl Courier {
    /// Starts the courier on the current runtime.
    ///
    /// Folders of `output` that an earlier run did not get into the store are carried, too.
    pub(super) fn start(
        store: Arc<ArtifactStore>,
        settings: &StoreSettings,
        metrics: Arc<Metrics>,
        output: &Path,
    ) -> Self {
        let (folders, mut inbox) = mpsc::channel::<PathBuf>(QUEUE);
        let (attempts, first_wait) = (settings.attempts.max(1), settings.first_wait);
        let round = Arc::new(Round { store, attempts, first_wait, metrics });
        let (working, going_home) = (TaskTracker::new(), CancellationToken::new());
        let (second_round, output) = (Arc::clone(&round), output.to_owned());
        working.spawn(going_home.clone().run_until_cancelled_owned(async move {
            second_round.carry_left_behind(output, SystemTime::now()).await;
        }));
        working.spawn(async move {
            while let Some(folder) = inbox.recv().await {
                round.carry(&folder).await;
            }
        });
        Self { folders, working, going_home }
    }

    /// What the result says until the courier has been.
    pub(super) fn pending() -> Value {
        json!({"status": "pending"})
    }

    /// Hands a finished folder over; never waits. With more waiting than the queue holds, that is said in its result.
    pub(super) fn submit(&self, folder: PathBuf) {
        if let Err(error) = self.folders.try_send(folder) {
            let folder = error.into_inner();
            tracing::warn!(folder = %folder.display(), "too much waits for the artifact store; kept on disk only");
            let status = json!({"status": "failed", "error": "too much waits for the artifact store"});
            if let Err(error) = note(&folder, &status) {
                tracing::warn!(error, "the result cannot be completed");
            }
        }
    }

    /// Waits until everything is carried, or until then. Returns whether it is. Nothing can be submitted afterwards.
    pub(super) async fn finish(self, deadline: tokio::time::Instant) -> bool {
        let Self { folders, working, going_home } = self;
        drop(folders);
        going_home.cancel();
        working.close();
        tokio::time::timeout_at(deadline, working.wait()).await.is_ok()
    }
}

impl Round {
    /// Carries one phrase, trying as often as is worth it.
    async fn carry(&self, folder: &Path) {
        let Some(id) = folder.file_name().map(|name| name.to_string_lossy().into_owned()) else { return };
        let mut backoff = Backoff::new(self.first_wait, LONGEST_WAIT);
        for attempt in 1..=self.attempts {
            match self.carry_once(folder, &id).await {
                Ok(()) => {
                    self.metrics.stored.add(1);
                    return tracing::info!(phrase = id, "copied to the artifact store");
                }
                Err(error) if attempt == self.attempts => return self.give_up(folder, &id, &error).await,
                Err(error) => {
                    tracing::info!(phrase = id, attempt, %error, "the artifact store did not take it; trying again");
                    tokio::time::sleep(backoff.next_wait()).await;
                }
            }
        }
    }

    /// Carries what an earlier run has left on disk.
    async fn carry_left_behind(&self, output: PathBuf, before: SystemTime) {
        let found = tokio::task::spawn_blocking(move || left_behind(&output, before)).await;
        let Ok(folders) = found else { return };
        if !folders.is_empty() {
            tracing::info!(phrases = folders.len(), "not in the artifact store yet; carried now");
        }
        let mut backoff = Backoff::new(self.first_wait, LONGEST_WAIT);
        for folder in folders {
            while !self.carry_late(&folder).await {
                if backoff.attempt() >= TRIES_FOR_LEFT_BEHIND {
                    return tracing::warn!(
                        "the artifact store stays away; the rest is left on disk until the next start"
                    );
                }
                tokio::time::sleep(backoff.next_wait()).await;
            }
            backoff.reset();
        }
    }

    /// Carries one phrase that was left behind. Returns whether nothing is to be tried again.
    async fn carry_late(&self, folder: &Path) -> bool {
        let Some(id) = folder.file_name().map(|name| name.to_string_lossy().into_owned()) else { return true };
        match self.carry_once(folder, &id).await {
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
                tracing::info!(phrase = id, %error, "the artifact store did not take it; trying again");
                false
            }
        }
    }

    /// The result goes last: where it is, everything is.
    async fn carry_once(&self, folder: &Path, id: &str) -> Result<(), StoreError> {
        let mut names = tokio::fs::read_dir(folder).await?;
        while let Some(entry) = names.next_entry().await? {
            let name = entry.file_name();
            let is_wanted = name != RESULT_FILE && !name.to_string_lossy().starts_with('.');
            if is_wanted && entry.file_type().await?.is_file() {
                self.store.put_file(id, &entry.path()).await?;
            }
        }
        let status = json!({"status": "stored", "url": self.store.url(id)});
        let (reading, writing) = (folder.to_owned(), folder.join(RESULT_FILE));
        let result = off_the_runtime(move || with_status(&reading, &status)).await?;
        self.store.put(id, RESULT_FILE, result.clone()).await?;
        off_the_runtime(move || write_atomically(&writing, &result).map_err(std::io::Error::other)).await?;
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

/// Work with the disk, which may take its time, on a thread that nobody else waits for.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

/// The folders, by name, whose result was written before that moment and is not in the store, whatever the reason.
fn left_behind(output: &Path, before: SystemTime) -> Vec<PathBuf> {
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

/// The result on disk with a word about its copy.
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

    /// A result that cannot be read before somebody writes it, on a runtime with a single thread.
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
        let round = Round { store, attempts: 1, first_wait: Duration::ZERO, metrics: Arc::default() };
        let writer = std::thread::Builder::new().name("slow-disk".into()).spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            std::fs::write(&result, b"no json").unwrap();
        });
        let carried = round.carry_once(&folder, "phrase");
        tokio::pin!(carried);
        tokio::select! {
            biased;
            carried = &mut carried => panic!("nobody else had a turn: {carried:?}"),
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
        assert!(matches!(carried.await, Err(StoreError::Disk(_))));
        writer.unwrap().join().unwrap();
    }
}
