//! The artifact store: a bucket of an S3-compatible service, shared by several servers.
//!
//! Handles names and bytes without knowing their meaning. Calls may be slow or fail; no path to a verdict makes them.

use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::buffered::BufWriter;
use object_store::path::Path as Key;
use object_store::{
    BackoffConfig, ClientOptions, GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt, RetryConfig,
};
pub(super) use recording::RESULT_FILE;
use serde_json::Value;
use settings::StoreSettings;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// Time-out of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time-out of one request: a part of a video over a slow line.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// Bytes per request; larger files are uploaded in parts of this size.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts uploaded in parallel.
const PARTS: usize = 2;
/// Most files listed per phrase.
const MAX_FILES: usize = 1000;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The settings cannot be used.
    #[error("the artifact store cannot be set up ({0}); correct the --store settings")]
    Settings(String),
    /// The file does not exist.
    #[error("the artifact store has no such file")]
    Absent,
    /// The store cannot be reached or refused the request.
    #[error("the artifact store failed: {0}")]
    Store(String),
    /// A local file cannot be read.
    #[error("a file cannot be copied to the artifact store: {0}")]
    Disk(#[from] std::io::Error),
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Absent,
            error => Self::Store(error.to_string()),
        }
    }
}

/// A bucket.
#[derive(Debug)]
pub(super) struct ArtifactStore {
    bucket: Arc<AmazonS3>,
    name: String,
    prefix: String,
}

impl ArtifactStore {
    /// A store with these settings. Does not connect yet.
    pub(super) fn new(settings: &StoreSettings) -> Result<Self, StoreError> {
        let endpoint = settings.endpoint.as_deref();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.reveal())
            .with_client_options(
                ClientOptions::new()
                    .with_allow_http(endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")))
                    .with_connect_timeout(CONNECT_TIMEOUT)
                    .with_timeout(REQUEST_TIMEOUT),
            )
            .with_retry(quick_retries());
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(token) = &settings.session_token {
            builder = builder.with_token(token.reveal());
        }
        let bucket = builder.build().map_err(|e| StoreError::Settings(e.to_string()))?;
        Ok(Self { bucket: Arc::new(bucket), name: settings.bucket.clone(), prefix: settings.prefix.clone() })
    }

    /// URL of a phrase's artifacts.
    pub(super) fn url(&self, phrase_id: &str) -> String {
        format!("s3://{}/{}", self.name, self.key(phrase_id))
    }

    /// Uploads one file.
    pub(super) async fn put_file(&self, phrase_id: &str, path: &Path) -> Result<(), StoreError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut file = tokio::fs::File::open(path).await?;
        let bucket: Arc<dyn ObjectStore> = Arc::<AmazonS3>::clone(&self.bucket);
        let mut writer =
            BufWriter::with_capacity(bucket, self.key(phrase_id).join(&*name), PART_BYTES).with_max_concurrency(PARTS);
        if let Err(error) = tokio::io::copy(&mut file, &mut writer).await {
            // Removes the parts uploaded so far.
            let _ = writer.abort().await;
            return Err(of_copying(error));
        }
        writer.shutdown().await.map_err(of_copying)
    }

    /// Stores bytes under a name.
    pub(super) async fn put(&self, phrase_id: &str, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.bucket.put(&self.key(phrase_id).join(name), bytes.into()).await?;
        Ok(())
    }

    /// A file, or a range of it.
    pub(super) async fn get(
        &self,
        phrase_id: &str,
        name: &str,
        range: Option<GetRange>,
    ) -> Result<GetResult, StoreError> {
        let options = GetOptions { range, ..GetOptions::default() };
        Ok(self.bucket.get_opts(&self.key(phrase_id).join(name), options).await?)
    }

    /// The result of a phrase.
    pub(super) async fn result(&self, phrase_id: &str) -> Result<Value, StoreError> {
        let bytes = self.get(phrase_id, RESULT_FILE, None).await?.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|e| StoreError::Store(e.to_string()))
    }

    /// Names and sizes of a phrase's files, sorted by name.
    pub(super) async fn list(&self, phrase_id: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let folder = self.key(phrase_id);
        let listed = self.bucket.list(Some(&folder)).try_filter_map(|meta| {
            let name = meta.location.filename().map(|name| (name.to_owned(), meta.size));
            std::future::ready(Ok(name))
        });
        let mut files: Vec<_> = futures_util::StreamExt::take(listed, MAX_FILES).try_collect().await?;
        files.sort();
        Ok(files)
    }

    fn key(&self, phrase_id: &str) -> Key {
        self.prefix.split('/').filter(|part| !part.is_empty()).chain([phrase_id]).collect()
    }
}

/// Distinguishes local read errors from errors of the store.
fn of_copying(error: std::io::Error) -> StoreError {
    match error.downcast::<object_store::Error>() {
        Ok(error) => error.into(),
        Err(error) => StoreError::Disk(error),
    }
}

/// Retries for transient errors; the uploader retries longer outages.
fn quick_retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            base: 2.0,
        },
        max_retries: 2,
        retry_timeout: Duration::from_secs(10),
    }
}
