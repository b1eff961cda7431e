//! The manifest of bundled models (`models/manifest.toml`), and verification of the files beside it.

use super::PoseError;
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::{Path, PathBuf};

/// File name of the manifest in the models folder.
const FILE: &str = "manifest.toml";

/// Purpose of a bundled model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelRole {
    /// Detects all people in the whole frame.
    Finder,
    /// Fast pose of one person in a crop.
    Lightning,
    /// Accurate pose of one person in a crop.
    Thunder,
}

impl ModelRole {
    const fn key(self) -> &'static str {
        match self {
            Self::Finder => "finder",
            Self::Lightning => "lightning",
            Self::Thunder => "thunder",
        }
    }
}

/// Result of verifying a model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// The file has the listed hash.
    Intact,
    /// It is missing or unreadable.
    Missing,
    /// It has other contents.
    Changed,
}

impl fmt::Display for ModelState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Intact => "intact",
            Self::Missing => "missing",
            Self::Changed => "changed or damaged (its hash is not the listed one)",
        })
    }
}

/// One bundled model and the state of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelStatus {
    /// Its role in the manifest.
    pub role: String,
    /// The file.
    pub path: PathBuf,
    /// Result of the verification.
    pub state: ModelState,
    /// Its licence according to the manifest.
    pub licence: String,
}

/// The parsed manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    dir: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    role: String,
    file: String,
    sha256: String,
    licence: String,
}

impl Manifest {
    pub(super) fn read(dir: &Path) -> Result<Self, PoseError> {
        let path = dir.join(FILE);
        let refuse = |reason: String| PoseError::Manifest { path: path.clone(), reason };
        let text = std::fs::read_to_string(&path).map_err(|e| refuse(e.to_string()))?;
        let entries = entries(&text).map_err(refuse)?;
        Ok(Self { dir: dir.to_owned(), entries })
    }

    /// The bytes of the model for `role`, if their hash is right.
    pub(super) fn bytes(&self, role: ModelRole) -> Result<(PathBuf, Vec<u8>), PoseError> {
        let entry = self.entries.iter().find(|e| e.role == role.key()).ok_or_else(|| PoseError::Manifest {
            path: self.dir.join(FILE),
            reason: format!("no model with the role `{}`", role.key()),
        })?;
        let path = self.dir.join(&entry.file);
        match read_and_check(&path, &entry.sha256) {
            (ModelState::Intact, bytes) => Ok((path, bytes)),
            (state, _) => Err(PoseError::Damaged { path, state }),
        }
    }

    fn statuses(&self) -> Vec<ModelStatus> {
        let status = |e: &Entry| {
            let path = self.dir.join(&e.file);
            let (state, _) = read_and_check(&path, &e.sha256);
            ModelStatus { role: e.role.clone(), path, state, licence: e.licence.clone() }
        };
        self.entries.iter().map(status).collect()
    }
}

/// The state of every bundled model in `dir`, for `referee doctor`.
pub fn model_statuses(dir: &Path) -> Result<Vec<ModelStatus>, PoseError> {
    Ok(Manifest::read(dir)?.statuses())
}

fn read_and_check(path: &Path, sha256: &str) -> (ModelState, Vec<u8>) {
    let Ok(bytes) = std::fs::read(path) else { return (ModelState::Missing, Vec::new()) };
    let hash: String =
        Sha256::digest(&bytes).iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(hex_digit).collect();
    let state = if hash.eq_ignore_ascii_case(sha256) { ModelState::Intact } else { ModelState::Changed };
    (state, bytes)
}

fn hex_digit(nibble: u8) -> Option<char> {
    char::from_digit(u32::from(nibble), 16)
}

fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.message().to_owned())?;
    let models = table.get("model").and_then(toml::Value::as_array).ok_or("no [[model]] entry")?;
    models.iter().map(entry).collect()
}

fn entry(model: &toml::Value) -> Result<Entry, String> {
    let text = |key: &str| {
        let value = model.get(key).and_then(toml::Value::as_str);
        value.map(ToOwned::to_owned).ok_or_else(|| format!("a model has no `{key}`"))
    };
    let file = text("file")?;
    if Path::new(&file).components().count() != 1 || file.starts_with('.') {
        return Err(format!("`{file}` is not the plain name of a file"));
    }
    Ok(Entry { role: text("role")?, file, sha256: text("sha256")?, licence: text("licence")? })
}

/// The folder of the bundled models: `explicit` if given, otherwise `models` in the first of `resource_dirs` that has it, otherwise
/// that of the source folder that the program was built from.
///
/// # Errors
/// Without such a folder, with the list of folders that were searched.
pub fn models_dir(explicit: Option<&Path>, resource_dirs: &[PathBuf]) -> Result<PathBuf, PoseError> {
    let looked_in: Vec<PathBuf> = if let Some(dir) = explicit {
        vec![dir.to_owned()]
    } else {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        resource_dirs.iter().chain([&source]).map(|dir| dir.join("models")).collect()
    };
    let found = looked_in.iter().find(|dir| dir.join(FILE).is_file()).cloned();
    found.ok_or(PoseError::NoModelsFolder { looked_in })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "[[model]]\nrole = \"finder\"\nfile = \"a.onnx\"\nlicence = \"Apache-2.0\"\n\
        sha256 = \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"\n";

    #[test]
    fn a_model_is_intact_changed_or_missing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), LIST).unwrap();
        let check = |contents: Option<&[u8]>, wanted: ModelState| {
            let file = dir.path().join("a.onnx");
            let _ = std::fs::remove_file(&file);
            if let Some(contents) = contents {
                std::fs::write(&file, contents).unwrap();
            }
            assert_eq!(model_statuses(dir.path()).unwrap()[0].state, wanted);
            let bytes = Manifest::read(dir.path()).unwrap().bytes(ModelRole::Finder);
            assert_eq!(bytes.is_ok(), wanted == ModelState::Intact);
        };
        check(Some(b"abc"), ModelState::Intact);
        check(Some(b"abd"), ModelState::Changed);
        check(None, ModelState::Missing);
    }

    #[test]
    fn a_damaged_list_says_what_is_wrong() {
        let check = |text: &str, wanted: &str| {
            let reason = entries(text).unwrap_err();
            assert!(reason.contains(wanted), "{reason}");
        };
        check("", "no [[model]]");
        check("= 3", "");
        check("[[model]]\nfile = \"a\"", "role");
        check(&LIST.replace("a.onnx", "../a.onnx"), "plain name");
    }

    #[test]
    fn the_folder_is_found_in_the_source_tree_or_refused_with_the_places() {
        assert!(models_dir(None, &[]).unwrap().ends_with("models"));
        let error = models_dir(Some(Path::new("/nowhere/at/all")), &[]).unwrap_err();
        assert!(error.to_string().ends_with("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn every_shipped_model_is_intact() {
        let statuses = model_statuses(&models_dir(None, &[]).unwrap()).unwrap();
        assert_eq!(statuses.len(), 3);
        assert!(statuses.iter().all(|s| s.state == ModelState::Intact), "{statuses:?}");
    }
}
