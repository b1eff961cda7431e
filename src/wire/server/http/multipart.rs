//! Receives a multipart upload: each file is streamed to a temporary folder, with limits on size and progress.

use super::timeouts::{Timeouts, TooSlow};
use super::upload_folder::UploadFolder;
use crate::server::uploads::ReceivePermit;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use bytes::Bytes;
use recording::sanitise;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// Longest accepted form field, in bytes.
const MAX_FIELD_BYTES: usize = 4096;
/// Most parts of one upload: a few files and a few switches.
const MAX_PARTS: usize = 16;

/// Why an upload was rejected.
#[derive(Debug, thiserror::Error)]
pub(super) enum UploadError {
    /// Larger than allowed.
    #[error("The upload is larger than {0} MB")]
    TooLarge(u64),
    /// Too slow.
    #[error("The upload has stalled or comes too slowly; send it again")]
    TooSlow,
    /// Not a multipart form, or interrupted.
    #[error("The form cannot be read: {0}")]
    Form(String),
    /// The disk failed.
    #[error("The upload cannot be stored: {0}")]
    Disk(#[from] std::io::Error),
}

impl UploadError {
    /// More than so many bytes.
    pub(super) fn too_large(max_bytes: u64) -> Self {
        Self::TooLarge(max_bytes / (1024 * 1024))
    }
}

impl From<MultipartError> for UploadError {
    fn from(error: MultipartError) -> Self {
        Self::Form(error.body_text())
    }
}

impl From<TooSlow> for UploadError {
    fn from(_: TooSlow) -> Self {
        Self::TooSlow
    }
}

/// A switch that is neither on nor off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InvalidSwitch {
    /// Field name.
    pub(super) name: &'static str,
    /// Its value.
    pub(super) text: String,
}

/// One file of an upload.
#[derive(Debug)]
pub(super) struct UploadedFile {
    /// Current path.
    pub(super) path: PathBuf,
    /// Stem of the client's file name, sanitised.
    pub(super) stem: String,
    /// Extension without the dot; may be empty.
    pub(super) ending: String,
    /// Whether the client sent a file name.
    pub(super) is_named: bool,
}

/// An upload. Dropping it deletes what was not moved away, unless another owner still holds the folder.
#[derive(Debug)]
pub(super) struct Upload {
    /// Files by field.
    pub(super) files: BTreeMap<String, UploadedFile>,
    /// Other fields.
    pub(super) fields: BTreeMap<String, String>,
    /// The temporary folder.
    pub(super) folder: Arc<UploadFolder>,
}

/// Remaining limits of an upload.
struct UploadBudget<'a> {
    permit: &'a ReceivePermit,
    timeouts: Timeouts,
    left: u64,
    max_bytes: u64,
}

impl Upload {
    /// Receives a whole form into a temporary folder under `root`.
    pub(super) async fn receive(
        mut form: Multipart,
        root: &Path,
        max_bytes: u64,
        (permit, timeouts): (&ReceivePermit, Timeouts),
    ) -> Result<Self, UploadError> {
        let root = root.to_owned();
        let made = tokio::task::spawn_blocking(move || UploadFolder::make(&root)).await;
        let folder = Arc::new(made.map_err(std::io::Error::other)??);
        let mut upload = Self { files: BTreeMap::new(), fields: BTreeMap::new(), folder };
        let mut budget = UploadBudget { permit, timeouts, left: max_bytes, max_bytes };
        for part in 0.. {
            let Some(field) = budget.wait(form.next_field()).await?? else { break };
            if part >= MAX_PARTS {
                return Err(UploadError::Form(format!("more than {MAX_PARTS} parts")));
            }
            upload.take(field, part, &mut budget).await?;
        }
        Ok(upload)
    }

    async fn take(&mut self, field: Field<'_>, part: usize, budget: &mut UploadBudget<'_>) -> Result<(), UploadError> {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name().map(str::to_owned) {
            let mut file = UploadedFile::named(&file_name, self.folder.path().join(format!("part{part}")));
            // Keeps the extension, which video readers may use.
            file.path.set_extension(&file.ending);
            store(field, &file.path, budget).await?;
            self.files.insert(name, file);
        } else {
            let text = read_field(field, budget).await?;
            self.fields.insert(name, text);
        }
        Ok(())
    }

    /// A switch of the form, parsed as by the reference's framework.
    pub(super) fn switch(&self, name: &'static str, default: bool) -> Result<bool, InvalidSwitch> {
        let Some(text) = self.fields.get(name) else { return Ok(default) };
        match text.trim().to_lowercase().as_str() {
            "1" | "true" | "yes" | "on" | "t" | "y" => Ok(true),
            "0" | "false" | "no" | "off" | "f" | "n" => Ok(false),
            _ => Err(InvalidSwitch { name, text: text.clone() }),
        }
    }
}

impl UploadBudget<'_> {
    /// Waits for the client's next data, unless another upload takes the permit.
    async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, TooSlow> {
        tokio::select! {
            biased;
            () = self.permit.evicted() => Err(TooSlow),
            came = self.timeouts.wait(next) => came,
        }
    }

    /// The next chunk of a field, counted.
    async fn next_of(&mut self, field: &mut Field<'_>) -> Result<Option<Bytes>, UploadError> {
        let Some(chunk) = self.wait(field.chunk()).await?? else { return Ok(None) };
        self.timeouts.received(chunk.len());
        self.permit.received(chunk.len());
        let left = self.left.checked_sub(chunk.len() as u64);
        self.left = left.ok_or_else(|| UploadError::too_large(self.max_bytes))?;
        Ok(Some(chunk))
    }
}

impl UploadedFile {
    /// A file with the client's name.
    pub(super) fn named(file_name: &str, path: PathBuf) -> Self {
        let (stem, ending) = safe_name(file_name);
        Self { path, stem, ending, is_named: !base_of(file_name).is_empty() }
    }
}

/// The text after the last slash of either kind.
fn base_of(file_name: &str) -> &str {
    file_name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Sanitises a client's file name: stem and extension.
pub(in crate::server) fn safe_name(file_name: &str) -> (String, String) {
    let base = base_of(file_name);
    let (stem, ending) = base.rsplit_once('.').unwrap_or((base, ""));
    (sanitise(stem), ending.chars().filter(char::is_ascii_alphanumeric).take(8).collect())
}

async fn store(mut field: Field<'_>, path: &Path, budget: &mut UploadBudget<'_>) -> Result<(), UploadError> {
    let mut file = tokio::fs::File::create_new(path).await?;
    while let Some(chunk) = budget.next_of(&mut field).await? {
        file.write_all(&chunk).await?;
    }
    Ok(file.flush().await?)
}

async fn read_field(mut field: Field<'_>, budget: &mut UploadBudget<'_>) -> Result<String, UploadError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = budget.next_of(&mut field).await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_FIELD_BYTES {
            return Err(UploadError::Form(format!("a field is longer than {MAX_FIELD_BYTES} bytes")));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::uploads::Uploads;
    use axum::body::Body;
    use axum::extract::{FromRequest, Request};
    use futures_util::StreamExt;
    use std::time::Duration;

    #[test]
    fn names_cannot_leave_their_folder() {
        let check = |name: &str, stem: &str, ending: &str| {
            let file = UploadedFile::named(name, PathBuf::new());
            assert_eq!((file.stem.as_str(), file.ending.as_str()), (stem, ending), "{name}");
        };
        check("phrase 1.mp4", "phrase_1", "mp4");
        check("../../etc/passwd", "passwd", "");
        check("C:\\x\\clip.M/../P4", "P4", "");
        check("a.b.tar.gz", "a_b_tar", "gz");
        check(".hidden", "_", "hidden");
        assert!(!UploadedFile::named("", PathBuf::new()).is_named);
    }
    /// A form whose body stops within a file without ending.
    async fn stalled_form() -> Multipart {
        let body = "--x\r\nContent-Disposition: form-data; name=\"video\"; filename=\"c.mp4\"\r\n\r\nabc";
        let came = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(body)));
        let body = Body::from_stream(came.chain(futures_util::stream::pending()));
        let request = Request::post("/analyze").header("content-type", "multipart/form-data; boundary=x");
        Multipart::from_request(request.body(body).unwrap(), &()).await.unwrap()
    }

    #[tokio::test]
    async fn an_upload_that_stalls_is_given_up_and_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let timeouts = Timeouts::new(Duration::from_millis(50), Duration::from_mins(1));
        let permit = Uploads::for_this_machine().receive([127, 0, 0, 1].into()).unwrap();
        let received = Upload::receive(stalled_form().await, root.path(), 1000, (&permit, timeouts));
        let received =
            tokio::time::timeout(Duration::from_secs(20), received).await.expect("it does not wait for ever");
        assert!(matches!(received, Err(UploadError::TooSlow)), "{received:?}");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
