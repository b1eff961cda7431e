//! Carries finished phrases to the artifact store: one after the other, off every path that a verdict takes.
//!
//! The queue holds folders, not bytes. A phrase that cannot be carried is tried again for a while, then given up: its
//! result on disk and the log say so, and everything is still on disk. Nobody ever waits for a courier but a server that
//! is stopping, and that one not for long.

use super::metrics::Metrics;
use super::store::{ArtifactStore, RESULT_FILE, StoreError};
use crate::config::StoreSettings;
use crate::recording::write_atomically;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

/// Phrases that may wait. A tournament's worth; a name each.
const QUEUE: usize = 1024;
/// Key of the result that says what became of the copy.
pub(super) const KEY: &str = "artifacts_store";

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
}

impl Courier {
    /// Starts the courier on the current runtime.
    pub(super) fn start(store: Arc<ArtifactStore>, settings: &StoreSettings, metrics: Arc<Metrics>) -> Self {
        let (folders, mut inbox) = mpsc::channel::<PathBuf>(QUEUE);
        let round = Round { store, attempts: settings.attempts.max(1), first_wait: settings.first_wait, metrics };
        let working = TaskTracker::new();
        working.spawn(async move {
            while let Some(folder) = inbox.recv().await {
                round.carry(&folder).await;
            }
        });
        Self { folders, working }
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

    /// Waits until everything is carried, or the time is up. Returns whether it is. Nothing can be submitted afterwards.
    pub(super) async fn finish(self, within: Duration) -> bool {
        let Self { folders, working } = self;
        drop(folders);
        working.close();
        tokio::time::timeout(within, working.wait()).await.is_ok()
    }
}

impl Round {
    /// Carries one phrase, trying as often as is worth it.
    async fn carry(&self, folder: &Path) {
        let Some(id) = folder.file_name().map(|name| name.to_string_lossy().into_owned()) else { return };
        let mut wait = self.first_wait;
        for attempt in 1..=self.attempts {
            match self.carry_once(folder, &id).await {
                Ok(()) => {
                    self.metrics.stored.add(1);
                    return tracing::info!(phrase = id, "copied to the artifact store");
                }
                Err(error) if attempt == self.attempts => return self.give_up(folder, &id, &error).await,
                Err(error) => {
                    tracing::info!(phrase = id, attempt, %error, "the artifact store did not take it; trying again");
                    tokio::time::sleep(wait).await;
                    wait = wait.saturating_mul(2);
                }
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
        let result = with_status(folder, &status)?;
        self.store.put(id, RESULT_FILE, result.clone()).await?;
        write_atomically(&folder.join(RESULT_FILE), &result).map_err(std::io::Error::other)?;
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
