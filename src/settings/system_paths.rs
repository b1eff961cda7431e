//! Paths of this machine that the program searches: its own folder, the user's folders, Python's package folders.

use super::Environment;
use std::path::{Path, PathBuf};
use vision::inference::RuntimePaths;

/// Name of this program's folder among the user's data and settings, and under `share` and `lib` of an installation.
pub(super) const PROGRAM: &str = "fencing-referee";

/// Folders that may or may not exist; nothing is created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemPaths {
    /// Folder of the running executable.
    pub executable_dir: Option<PathBuf>,
    /// Folders that may contain the bundled `models/` and `assets/`, in search order.
    pub resource_dirs: Vec<PathBuf>,
    /// The user's data folder of this program.
    pub user_data_dir: Option<PathBuf>,
    /// The user's cache folder of this program: everything in it can be regenerated.
    pub user_cache_dir: Option<PathBuf>,
    /// Default folder of recordings; never one that an uninstaller removes.
    pub recordings_dir: Option<PathBuf>,
    /// Python package folders, those of the active environment first.
    pub python_packages: Vec<PathBuf>,
}

impl SystemPaths {
    /// Collects the paths; `environment` tells whether a Python environment is active.
    pub fn of_this_machine(environment: &Environment) -> Self {
        // Follow a link to the program (as Homebrew makes one): the bundled files are beside its target.
        let executable = std::env::current_exe().ok().map(|exe| dunce::canonicalize(&exe).unwrap_or(exe));
        let executable_dir = executable.and_then(|exe| exe.parent().map(Path::to_owned));
        let user = directories::ProjectDirs::from("", "", PROGRAM);
        // On Windows the other data folder roams: it is copied over the network at every logon. Elsewhere they are the same.
        let user_data_dir = user.as_ref().map(|dirs| dirs.data_local_dir().to_owned());
        Self {
            resource_dirs: resource_dirs(executable_dir.as_deref()),
            user_cache_dir: user.map(|dirs| dirs.cache_dir().to_owned()),
            recordings_dir: recordings_dir(user_data_dir.as_deref()),
            python_packages: python_packages(environment),
            executable_dir,
            user_data_dir,
        }
    }

    /// The bundled demo phrase.
    pub fn demo_clip(&self) -> Option<PathBuf> {
        self.resource_dirs.iter().map(|home| home.join("assets/demo/demo-phrase.mp4")).find(|clip| clip.is_file())
    }

    /// Where to search for ONNX Runtime's shared library; `explicit` is a file given by the user.
    pub fn runtime_paths(&self, explicit: Option<PathBuf>) -> RuntimePaths {
        RuntimePaths {
            explicit,
            executable_dir: self.executable_dir.clone(),
            user_data_dir: self.user_data_dir.clone(),
            python_packages: self.python_packages.clone(),
        }
    }
}

/// The program is installed in one of four ways: files beside the executable (a zip, the Windows installer), a Unix prefix
/// (`bin/` and `share/`), a macOS bundle, or a build tree (`target/release`).
fn resource_dirs(executable_dir: Option<&Path>) -> Vec<PathBuf> {
    let above = executable_dir.and_then(Path::parent);
    let beside = executable_dir.map(Path::to_owned);
    let (share, resources) = (above.map(|dir| dir.join("share").join(PROGRAM)), above.map(|dir| dir.join("Resources")));
    let build_tree = [above, above.and_then(Path::parent)].into_iter().flatten().map(Path::to_owned);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    beside.into_iter().chain(share).chain(resources).chain(build_tree).chain([source]).collect()
}

/// Recordings take gigabytes. Windows users look for them among their videos; elsewhere they lie in the program's data folder.
fn recordings_dir(user_data_dir: Option<&Path>) -> Option<PathBuf> {
    let videos = directories::UserDirs::new().and_then(|dirs| dirs.video_dir().map(|dir| dir.join("Fencing Referee")));
    videos.filter(|_| cfg!(windows)).or_else(|| user_data_dir.map(|dir| dir.join("recordings")))
}

fn python_packages(environment: &Environment) -> Vec<PathBuf> {
    let active = environment.path("VIRTUAL_ENV");
    // Windows keeps them without a folder for the version.
    let on_windows = active.iter().map(|dir| dir.join("Lib/site-packages")).filter(|dir| cfg!(windows) && dir.is_dir());
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().join(".local/lib"));
    let system = ["/usr/local/lib", "/usr/lib", "/opt/homebrew/lib"].map(PathBuf::from);
    let libs = active.iter().map(|dir| dir.join("lib")).chain(home).chain(system);
    on_windows.chain(libs.flat_map(|lib| package_folders(&lib))).collect()
}

/// `python3*/site-packages` and `python3*/dist-packages` in a `lib` folder, newest version first.
fn package_folders(lib: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(lib) else { return Vec::new() };
    let mut pythons: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| Some((minor_version(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    pythons.sort_by(|a, b| b.cmp(a));
    let folders = pythons.iter().flat_map(|(_, dir)| ["site-packages", "dist-packages"].map(|name| dir.join(name)));
    folders.filter(|dir| dir.is_dir()).collect()
}

/// 11 for `python3.11`, 0 for `python3`.
fn minor_version(name: &str) -> Option<u32> {
    let rest = name.strip_prefix("python3")?;
    if rest.is_empty() { Some(0) } else { rest.strip_prefix('.')?.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_folders_are_listed_newest_first() {
        let lib = tempfile::tempdir().unwrap();
        for dir in ["python3.9/site-packages", "python3.11/site-packages", "python3/dist-packages", "perl5/x"] {
            std::fs::create_dir_all(lib.path().join(dir)).unwrap();
        }
        let wanted = ["python3.11/site-packages", "python3.9/site-packages", "python3/dist-packages"];
        assert_eq!(package_folders(lib.path()), wanted.map(|dir| lib.path().join(dir)));
        assert!(package_folders(Path::new("/nowhere/at/all")).is_empty());
    }

    #[test]
    fn this_machine_has_an_executable_folder() {
        assert!(SystemPaths::of_this_machine(&Environment::default()).executable_dir.is_some());
    }

    #[test]
    fn shipped_files_are_found_in_each_way_of_installing() {
        for (executable_dir, home) in [
            ("zip", "zip"),
            ("usr/bin", "usr/share/fencing-referee"),
            ("Referee.app/Contents/MacOS", "Referee.app/Contents/Resources"),
            ("tree/target/release", "tree"),
        ] {
            let root = tempfile::tempdir().unwrap();
            let clip = root.path().join(home).join("assets/demo/demo-phrase.mp4");
            std::fs::create_dir_all(clip.parent().unwrap()).unwrap();
            std::fs::create_dir_all(root.path().join(executable_dir)).unwrap();
            std::fs::write(&clip, "").unwrap();
            let dirs = resource_dirs(Some(&root.path().join(executable_dir)));
            let found = SystemPaths { resource_dirs: dirs, ..SystemPaths::default() }.demo_clip().unwrap();
            assert_eq!(found.canonicalize().unwrap(), clip.canonicalize().unwrap(), "{executable_dir}");
        }
    }
}
