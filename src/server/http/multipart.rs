//! An upload to disk: each file streamed into a temporary folder, its size counted while it comes.

use crate::recording::sanitise;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

/// Longest form field that is kept, in bytes.
const MAX_FIELD_BYTES: usize = 4096;
/// Most parts of one upload: a few files and a few switches.
const MAX_PARTS: usize = 16;

/// Why an upload was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum UploadError {
    /// More than is allowed.
    #[error("The upload is larger than {0} MB")]
    TooLarge(u64),
    /// Not a multipart form, or it broke off.
    #[error("The form cannot be read: {0}")]
    Form(String),
    /// The disk did not take it.
    #[error("The upload cannot be stored: {0}")]
    Disk(#[from] std::io::Error),
}

impl From<MultipartError> for UploadError {
    fn from(error: MultipartError) -> Self {
        Self::Form(error.body_text())
    }
}

/// One file of an upload.
#[derive(Debug)]
pub(super) struct UploadedFile {
    /// Where it lies for now.
    pub(super) path: PathBuf,
    /// The client's name for it, made safe: stem and ending.
    pub(super) stem: String,
    /// The ending without its dot; may be empty.
    pub(super) ending: String,
    /// Whether the client named it at all.
    pub(super) is_named: bool,
}

/// Everything of one upload. Dropping it deletes what was not moved away.
#[derive(Debug)]
pub(super) struct Upload {
    /// Files by field.
    pub(super) files: BTreeMap<String, UploadedFile>,
    /// Other fields.
    pub(super) fields: BTreeMap<String, String>,
    folder: TempDir,
}

impl Upload {
    /// Receives a whole form into a temporary folder under `root`.
    pub(super) async fn receive(mut form: Multipart, root: &Path, max_bytes: u64) -> Result<Self, UploadError> {
        tokio::fs::create_dir_all(root).await?;
        let folder = tempfile::Builder::new().prefix(".upload-").tempdir_in(root)?;
        let mut upload = Self { files: BTreeMap::new(), fields: BTreeMap::new(), folder };
        let mut left = max_bytes;
        for part in 0.. {
            let Some(field) = form.next_field().await? else { break };
            if part >= MAX_PARTS {
                return Err(UploadError::Form(format!("more than {MAX_PARTS} parts")));
            }
            upload.take(field, part, &mut left, max_bytes).await?;
        }
        Ok(upload)
    }

    async fn take(&mut self, field: Field<'_>, part: usize, left: &mut u64, max: u64) -> Result<(), UploadError> {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name().map(str::to_owned) {
            let path = self.folder.path().join(format!("part{part}"));
            store(field, &path, left, max).await?;
            self.files.insert(name, UploadedFile::named(&file_name, path));
        } else {
            let text = read_field(field, left, max).await?;
            self.fields.insert(name, text);
        }
        Ok(())
    }

    /// A switch of the form, as the reference's framework reads one.
    pub(super) fn switch(&self, name: &str, default: bool) -> bool {
        match self.fields.get(name).map(|text| text.trim().to_lowercase()) {
            Some(text) => matches!(text.as_str(), "1" | "true" | "yes" | "on" | "t" | "y"),
            None => default,
        }
    }
}

impl UploadedFile {
    fn named(file_name: &str, path: PathBuf) -> Self {
        let (stem, ending) = safe_name(file_name);
        Self { path, stem, ending, is_named: !base_of(file_name).is_empty() }
    }
}

/// What follows the last slash of either kind.
fn base_of(file_name: &str) -> &str {
    file_name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// A client's name for a file, made safe: stem and ending.
pub(in crate::server) fn safe_name(file_name: &str) -> (String, String) {
    let base = base_of(file_name);
    let (stem, ending) = base.rsplit_once('.').unwrap_or((base, ""));
    (sanitise(stem), ending.chars().filter(char::is_ascii_alphanumeric).take(8).collect())
}

async fn store(mut field: Field<'_>, path: &Path, left: &mut u64, max: u64) -> Result<(), UploadError> {
    let mut file = tokio::fs::File::create_new(path).await?;
    while let Some(chunk) = field.chunk().await? {
        spend(left, chunk.len(), max)?;
        file.write_all(&chunk).await?;
    }
    Ok(file.flush().await?)
}

async fn read_field(mut field: Field<'_>, left: &mut u64, max: u64) -> Result<String, UploadError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        spend(left, chunk.len(), max)?;
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_FIELD_BYTES {
            return Err(UploadError::Form(format!("a field is longer than {MAX_FIELD_BYTES} bytes")));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn spend(left: &mut u64, bytes: usize, max: u64) -> Result<(), UploadError> {
    *left = left.checked_sub(bytes as u64).ok_or(UploadError::TooLarge(max / (1024 * 1024)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
