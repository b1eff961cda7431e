//! Paths of ffmpeg and ffprobe, the encoders they have, and how to install them on this system.
//!
//! A window started from a menu has a short search path (macOS) or the one from before ffmpeg was installed (Windows), so the
//! folders of the package managers are searched too, after the search path.

use super::child::collect;
use super::ffmpeg_version::{FfmpegVersion, version_of};
use super::{Cancel, VideoError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Required encoders: for overlay videos, their sound, and frames of network cameras.
const ENCODERS: [&str; 3] = ["libx264", "aac", "mjpeg"];

/// How to install ffmpeg on this system; completes a sentence.
pub const FFMPEG_ADVICE: &str = if cfg!(windows) {
    "in a terminal: winget install Gyan.FFmpeg (or put ffmpeg.exe and ffprobe.exe beside referee.exe)"
} else if cfg!(target_os = "macos") {
    "in a terminal: brew install ffmpeg (Homebrew: https://brew.sh)"
} else {
    "Debian, Ubuntu: apt install ffmpeg; others: https://ffmpeg.org"
};

/// Paths of the two programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// Decoder and encoder.
    pub ffmpeg: PathBuf,
    /// Prober.
    pub ffprobe: PathBuf,
}

impl Default for Tools {
    /// Both by name: from the search path, otherwise as found by [`elsewhere`].
    fn default() -> Self {
        Self { ffmpeg: "ffmpeg".into(), ffprobe: "ffprobe".into() }
    }
}

impl Tools {
    /// Version of ffmpeg; queried once per process.
    pub fn ffmpeg_version(&self, cancel: &Cancel) -> Result<Arc<FfmpegVersion>, VideoError> {
        version_of(&self.ffmpeg, cancel)
    }

    /// Version of ffprobe; queried once per process.
    pub fn ffprobe_version(&self, cancel: &Cancel) -> Result<Arc<FfmpegVersion>, VideoError> {
        version_of(&self.ffprobe, cancel)
    }

    /// Required encoders that this ffmpeg lacks.
    ///
    /// # Errors
    /// When ffmpeg cannot be run.
    pub fn missing_encoders(&self, cancel: &Cancel) -> Result<Vec<&'static str>, VideoError> {
        let args = ["-hide_banner", "-encoders"].map(Into::into);
        let listed = collect(&self.ffmpeg, &args, Path::new("-"), cancel)?.stdout;
        Ok(ENCODERS.into_iter().filter(|name| !lists_encoder(&listed, name)).collect())
    }
}

/// Whether ffmpeg's list has an encoder. Its rows are ` V....D libx264   libx264 H.264 / AVC ...`.
fn lists_encoder(listed: &str, name: &str) -> bool {
    listed.lines().any(|line| line.split_whitespace().nth(1) == Some(name))
}

/// Finds a program outside the search path: beside this executable or in the folders of package managers. A tool given with a
/// folder is not searched for.
pub fn elsewhere(tool: &Path) -> Option<PathBuf> {
    (tool.components().count() == 1).then(|| found_in(&folders(), tool)).flatten()
}

fn found_in(folders: &[PathBuf], tool: &Path) -> Option<PathBuf> {
    let file = format!("{}{}", tool.display(), std::env::consts::EXE_SUFFIX);
    folders.iter().map(|folder| folder.join(&file)).find(|program| program.is_file())
}

fn folders() -> Vec<PathBuf> {
    let executable = std::env::current_exe().ok();
    let beside = executable.and_then(|exe| exe.parent().map(Path::to_owned));
    let managers = directories::BaseDirs::new().map(|user| {
        let (home, local) = (user.home_dir(), user.data_local_dir());
        if cfg!(windows) {
            // winget, Scoop, Chocolatey, MSYS2 in their usual places.
            let links = [local.join("Microsoft/WinGet/Links"), home.join("scoop/shims")];
            let system = ["C:/ProgramData/chocolatey/bin", "C:/ffmpeg/bin", "C:/msys64/ucrt64/bin"].map(PathBuf::from);
            links.into_iter().chain(system).collect()
        } else {
            // Homebrew (Apple's and Intel's processors), MacPorts, Nix, snaps.
            let system = ["/opt/homebrew/bin", "/usr/local/bin", "/opt/local/bin", "/snap/bin"].map(PathBuf::from);
            system.into_iter().chain([home.join(".nix-profile/bin")]).collect::<Vec<_>>()
        }
    });
    beside.into_iter().chain(managers.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_found_beside_the_program_and_a_path_is_not_searched() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(format!("ffmpeg{}", std::env::consts::EXE_SUFFIX));
        std::fs::write(&program, "").unwrap();
        let folders = [PathBuf::from("/nowhere/at/all"), folder.path().to_owned()];
        assert_eq!(found_in(&folders, Path::new("ffmpeg")), Some(program));
        assert_eq!(found_in(&folders, Path::new("ffprobe")), None);
        assert_eq!(elsewhere(Path::new("/nowhere/at/all/ffmpeg")), None);
    }

    #[test]
    fn an_encoder_is_distinguished_from_its_description() {
        let listed = " V....D libx264rgb           libx264 H.264 / AVC\n A....D aac                  AAC\n";
        assert!(lists_encoder(listed, "aac") && !lists_encoder(listed, "libx264"));
    }
}
