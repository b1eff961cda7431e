//! Search paths of ONNX Runtime's shared library. Reads no environment.

use std::path::{Path, PathBuf};

/// Paths to search, filled in by the crate `settings`, which knows the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimePaths {
    /// A path set by the user: an argument, or `ORT_DYLIB_PATH`.
    pub explicit: Option<PathBuf>,
    /// Folder of the running executable.
    pub executable_dir: Option<PathBuf>,
    /// The user's data folder of this program (`.../fencing-referee`).
    pub user_data_dir: Option<PathBuf>,
    /// Python package folders (`.../site-packages`, `.../dist-packages`).
    pub python_packages: Vec<PathBuf>,
}

impl RuntimePaths {
    /// Every existing library file in search order. Includes the explicit one even when it is missing, so that the failure can be
    /// reported.
    pub fn candidates(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = self.explicit.iter().cloned().collect();
        // Beside the executable (a zip), in a Unix prefix (`bin/` and `lib/`), in a macOS bundle.
        let above = self.executable_dir.as_deref().and_then(Path::parent);
        let installed = above.iter().flat_map(|dir| ["lib/fencing-referee", "Frameworks"].map(|way| dir.join(way)));
        let beside = self.executable_dir.iter().flat_map(|dir| [dir.clone(), dir.join("lib")]);
        for dir in beside.chain(installed) {
            found.extend(libraries_in(&dir));
        }
        for dir in self.user_data_dir.iter().flat_map(|dir| [dir.clone(), dir.join("lib")]) {
            found.extend(libraries_in(&dir));
        }
        for dir in &self.python_packages {
            found.extend(libraries_in(&dir.join("onnxruntime").join("capi")));
        }
        found
    }
}

/// Libraries in one folder: the plain name first, then by version, newest first.
fn libraries_in(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut files: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| Some((version_in_name(entry.file_name().to_str()?)?, entry.path())))
        .filter(|(_, path)| path.is_file())
        .collect();
    files.sort_by(|a, b| a.0.is_empty().cmp(&b.0.is_empty()).reverse().then(b.0.cmp(&a.0)).then(a.1.cmp(&b.1)));
    files.into_iter().map(|(_, path)| path).collect()
}

/// The version in a library's file name (empty for a plain name), or `None` for another file.
pub(super) fn version_in_name(name: &str) -> Option<Vec<u32>> {
    let rest = match name {
        "onnxruntime.dll" => "",
        _ => name.strip_prefix("libonnxruntime.").and_then(|rest| {
            rest.strip_prefix("so").or_else(|| rest.strip_suffix("dylib").map(|v| v.trim_end_matches('.')))
        })?,
    };
    rest.split('.').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn library_names_are_distinguished_from_other_files() {
        let check = |name: &str, wanted: Option<Vec<u32>>| assert_eq!(version_in_name(name), wanted, "{name}");
        check("libonnxruntime.so", Some(vec![]));
        check("libonnxruntime.so.1.24.4", Some(vec![1, 24, 4]));
        check("libonnxruntime.1.32.0.dylib", Some(vec![1, 32, 0]));
        check("libonnxruntime.dylib", Some(vec![]));
        check("onnxruntime.dll", Some(vec![]));
        check("libonnxruntime_providers_shared.so", None);
        check("libonnxruntime.so.txt", None);
        check("onnxruntime_pybind11_state.so", None);
    }

    #[test]
    fn the_order_is_explicit_executable_data_python() {
        let root = tempfile::tempdir().unwrap();
        let file = |relative: &str| {
            let path = root.path().join(relative);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, b"").unwrap();
            path
        };
        let python = file("py/onnxruntime/capi/libonnxruntime.so.1.24.4");
        let newer = file("py/onnxruntime/capi/libonnxruntime.so.1.30.0");
        let data = file("data/libonnxruntime.so");
        let beside = file("bin/libonnxruntime.so.1.25.0");
        let installed = file("lib/fencing-referee/libonnxruntime.so.1.24.4");
        let places = RuntimePaths {
            explicit: Some(root.path().join("named.so")),
            executable_dir: Some(root.path().join("bin")),
            user_data_dir: Some(root.path().join("data")),
            python_packages: vec![root.path().join("nowhere"), root.path().join("py")],
        };
        let found: Vec<_> = places.candidates().iter().skip(1).map(|path| path.canonicalize().unwrap()).collect();
        let wanted = [beside, installed, data, newer, python].map(|path| path.canonicalize().unwrap());
        assert_eq!((places.candidates().first(), found), (Some(&root.path().join("named.so")), wanted.to_vec()));
        assert!(RuntimePaths::default().candidates().is_empty());
    }
}
