//! Folders of this machine that a start looks into: the program's own, the user's, Python's packages.

use super::Environment;
use std::path::{Path, PathBuf};

/// Folder name of this program among the user's data and settings.
pub(super) const PROGRAM: &str = "fencing-referee";

/// Folders that exist on this machine or could; nothing is created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Folder of the running executable.
    pub executable_dir: Option<PathBuf>,
    /// The user's data folder of this program.
    pub user_data_dir: Option<PathBuf>,
    /// The user's cache folder of this program: everything in it can be made again.
    pub user_cache_dir: Option<PathBuf>,
    /// Python package folders, the active environment's first.
    pub python_packages: Vec<PathBuf>,
}

impl Places {
    /// Looks around; `environment` tells whether a Python environment is active.
    pub fn of_this_machine(environment: &Environment) -> Self {
        let executable = std::env::current_exe().ok();
        let user = directories::ProjectDirs::from("", "", PROGRAM);
        Self {
            executable_dir: executable.and_then(|exe| exe.parent().map(Path::to_owned)),
            user_cache_dir: user.as_ref().map(|dirs| dirs.cache_dir().to_owned()),
            user_data_dir: user.map(|dirs| dirs.data_dir().to_owned()),
            python_packages: python_packages(environment),
        }
    }

    /// The shipped demo phrase: beside the executable (or up to two folders above, as in a build tree), else in the source
    /// folder that the program was built from.
    pub fn demo_clip(&self) -> Option<PathBuf> {
        let beside = self.executable_dir.iter().flat_map(|dir| ["", "..", "../.."].map(|up| dir.join(up)));
        let homes = beside.chain([Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")]);
        homes.map(|home| home.join("assets/demo/demo-phrase.mp4")).find(|clip| clip.is_file())
    }
}

fn python_packages(environment: &Environment) -> Vec<PathBuf> {
    let environment = environment.path("VIRTUAL_ENV").map(|dir| dir.join("lib"));
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().join(".local/lib"));
    let system = ["/usr/local/lib", "/usr/lib"].map(PathBuf::from);
    environment.into_iter().chain(home).chain(system).flat_map(|lib| package_folders(&lib)).collect()
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
        assert!(Places::of_this_machine(&Environment::default()).executable_dir.is_some());
    }
}
