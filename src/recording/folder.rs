//! Folders and files of a phrase: safe names, fresh folders, and files that are either complete or absent.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// Longest name that [`sanitise`] returns, in bytes: leaves room for dates and extensions within 255.
const MAX_NAME: usize = 120;

/// Most folders of the same name and second.
const MAX_DUPLICATES: u32 = 99;

/// Prefix of an incomplete file.
pub(super) const PART: &str = ".part-";

/// Names that Windows reserves for devices, with or without an extension.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul"];

/// Why a file or folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The disk or the quota is full.
    #[error("the disk is full; free some space or choose another output folder: {}", .0.display())]
    DiskFull(PathBuf),
    /// Permission denied.
    #[error("writing there is not permitted; choose another output folder or change its permissions: {}", .0.display())]
    NotPermitted(PathBuf),
    /// A file exists where a folder should be, or the other way round.
    #[error("something else of that name is in the way; move it or choose another output folder: {}", .0.display())]
    InTheWay(PathBuf),
    /// Any other system error.
    #[error("cannot write ({source}); check the disk and the output folder: {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl FolderError {
    /// The error for `path` from the system's error.
    pub fn at(path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as Kind;
        let path = path.to_owned();
        match source.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Self::DiskFull(path),
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Self::NotPermitted(path),
            Kind::NotADirectory | Kind::IsADirectory | Kind::AlreadyExists => Self::InTheWay(path),
            _ => Self::Io { path, source },
        }
    }
}

/// A name that is safe as one path component on every system: characters outside `A-Za-z0-9_-` become `_`, Windows device names get
/// a leading `_`, at most 120 bytes. Never empty, never leaves its folder.
pub fn sanitise(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let mut clean: String = name.chars().take(MAX_NAME - 1).map(safe).collect();
    if clean.is_empty() || is_device(&clean) {
        clean.insert(0, '_');
    }
    clean
}

fn is_device(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let numbered =
        |stem: &str| lower.strip_prefix(stem).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    RESERVED.contains(&lower.as_str()) || numbered("com") || numbered("lpt")
}

/// `<YYYYMMDD_HHMMSS>_phraseNN`, the folder (and file stem) of a recorded phrase.
pub fn phrase_folder_name(started_at: PrimitiveDateTime, number: u32) -> String {
    let format = format_description!("[year repr:last_two][month][day]_[hour][minute][second]");
    let stamp = started_at.format(format).unwrap_or_default();
    format!("{:02}{stamp}_phrase{number:02}", started_at.year().clamp(0, 9999) / 100)
}

/// `<root>/<stem sanitised>_<UTC YYYYMMDDTHHMMSSZ>`, the folder for the results of one analysis. Does not create it.
pub fn analysis_folder(root: &Path, stem: &str, at: OffsetDateTime) -> PathBuf {
    let utc = at.to_offset(UtcOffset::UTC);
    let format = format_description!("[year repr:last_two][month][day]T[hour][minute][second]Z");
    let stamp = utc.format(format).unwrap_or_default();
    root.join(format!("{}_{:02}{stamp}", sanitise(stem), utc.year().clamp(0, 9999) / 100))
}

/// Creates the folder of a streamed phrase: named by its session, with the time appended when that name exists, as for an upload. So a
/// client that gives every phrase the same name, or one with unusable characters, loses none.
pub fn create_for_session(root: &Path, id: &str, at: OffsetDateTime) -> Result<PathBuf, FolderError> {
    let plain = root.join(sanitise(id));
    std::fs::create_dir_all(root).map_err(|e| FolderError::at(root, e))?;
    match std::fs::create_dir(&plain) {
        Ok(()) => Ok(plain),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => create_fresh(&analysis_folder(root, id, at)),
        Err(e) => Err(FolderError::at(&plain, e)),
    }
}

/// Creates a new folder: `wanted`, or `wanted_2`, `wanted_3`, ... where it exists. Creates parents too.
pub fn create_fresh(wanted: &Path) -> Result<PathBuf, FolderError> {
    if let Some(parent) = wanted.parent() {
        std::fs::create_dir_all(parent).map_err(|e| FolderError::at(parent, e))?;
    }
    let name = wanted.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for suffix in 1..=MAX_DUPLICATES {
        let path = if suffix == 1 { wanted.to_owned() } else { wanted.with_file_name(format!("{name}_{suffix}")) };
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(FolderError::at(&path, e)),
        }
    }
    Err(FolderError::InTheWay(wanted.to_owned()))
}

/// A file that appears under its name only when it is complete.
///
/// It is written beside its final path under a temporary name with the same extension; dropped without [`AtomicFile::commit`] it
/// is removed.
#[derive(Debug)]
pub struct AtomicFile {
    place: PathBuf,
    temporary: tempfile::NamedTempFile,
}

impl AtomicFile {
    /// Opens a temporary file beside `place`, readable by all users.
    pub fn create(place: &Path) -> Result<Self, FolderError> {
        Self::create_for(place, Readers::All)
    }

    fn create_for(place: &Path, readers: Readers) -> Result<Self, FolderError> {
        let folder = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let ending = place.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
        let mut builder = tempfile::Builder::new();
        builder.prefix(PART).suffix(&ending);
        if readers == Readers::All {
            make_readable_by_all(&mut builder);
        }
        let temporary = builder.tempfile_in(folder).map_err(|e| FolderError::at(place, without_temp_path(&e)))?;
        Ok(Self { place: place.to_owned(), temporary })
    }

    /// Path of the temporary file, for a writer that needs a path.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// The open temporary file, for a writer that needs a stream.
    pub fn file(&mut self) -> &mut std::fs::File {
        self.temporary.as_file_mut()
    }

    /// Syncs the file to the disk and renames it, replacing an existing file.
    pub fn commit(self) -> Result<(), FolderError> {
        let Self { place, temporary } = self;
        let failed = |e| FolderError::at(&place, e);
        if place.is_dir() {
            return Err(FolderError::InTheWay(place));
        }
        // Reopened by name: an external writer may have replaced the file that was opened first. For writing, because
        // FlushFileBuffers, which `sync_all` is on Windows, refuses a handle without write access (error 5). A test on
        // Linux cannot show that: fsync takes any handle there.
        let to_sync = std::fs::OpenOptions::new().write(true).open(temporary.path());
        to_sync.and_then(|file| file.sync_all()).map_err(failed)?;
        super::persist(temporary.into_temp_path(), &place).map_err(failed)
    }
}

#[cfg(unix)]
fn make_readable_by_all(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn make_readable_by_all(_: &mut tempfile::Builder<'_, '_>) {}

/// The system's error without the temporary path that was added to it.
fn without_temp_path(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error)
}

/// Read permission of a written file. The default is its owner only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    All,
    Owner,
}

/// Writes `bytes` to `path` atomically, readable by its owner only at any time (mode 0600; elsewhere as the folder allows).
pub fn write_privately(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let mut file = AtomicFile::create_for(path, Readers::Owner)?;
    file.file().write_all(bytes).map_err(|e| FolderError::at(path, e))?;
    file.commit()
}

/// Writes `bytes` to `path` atomically.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let mut file = AtomicFile::create(path)?;
    file.file().write_all(bytes).map_err(|e| FolderError::at(path, e))?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    #[test]
    fn names_follow_the_archive() {
        assert_eq!(phrase_folder_name(datetime!(2026-01-27 21:09:34), 5), "20260127_210934_phrase05");
        let folder = analysis_folder(Path::new("out"), "20251020_x.y/..", datetime!(2025-10-21 02:05:39 UTC));
        assert_eq!(folder, Path::new("out/20251020_x_y____20251021T020539Z"));
        for (name, safe) in [("", "_"), ("CON", "_CON"), ("com7", "_com7"), ("../../etc", "______etc"), ("é b", "__b")]
        {
            assert_eq!(sanitise(name), safe, "{name}");
        }
    }

    #[test]
    fn a_second_folder_of_the_same_second_gets_a_number() {
        let dir = tempfile::tempdir().unwrap();
        let wanted = dir.path().join("a/b");
        assert_eq!(create_fresh(&wanted).unwrap(), wanted);
        assert_eq!(create_fresh(&wanted).unwrap(), dir.path().join("a/b_2"));
    }

    #[test]
    fn a_session_of_a_name_that_is_taken_gets_its_moment_and_is_never_turned_away() {
        let root = tempfile::tempdir().unwrap();
        let mut at = datetime!(2026-01-27 21:09:34 UTC);
        let mut make = |id: &str| {
            at += time::Duration::SECOND;
            create_for_session(root.path(), id, at).unwrap()
        };
        assert_eq!(make("\u{5251}"), root.path().join("_"));
        assert_eq!(make("\u{82b1}"), root.path().join("__20260127T210936Z"));
        for _ in 0..150 {
            make("piste");
        }
        let again = create_for_session(root.path(), "\u{82b1}", datetime!(2026-01-27 21:09:36 UTC)).unwrap();
        assert_eq!(again, root.path().join("__20260127T210936Z_2"), "and a number in the same second");
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        let mut abandoned = AtomicFile::create(&path).unwrap();
        abandoned.file().write_all(b"half").unwrap();
        drop(abandoned);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, b"x").unwrap();
        assert!(matches!(write_atomically(&file.join("y"), b""), Err(FolderError::InTheWay(_))));
        assert!(matches!(create_fresh(&file.join("y")), Err(FolderError::InTheWay(_))));
        assert!(matches!(write_atomically(dir.path(), b""), Err(FolderError::InTheWay(_))));
        let full = FolderError::at(&file, io::Error::from(io::ErrorKind::StorageFull));
        assert!(full.to_string().starts_with("the disk is full") && full.to_string().ends_with("file"));
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_safe_component(name in any::<String>()) {
            let safe = sanitise(&name);
            prop_assert!(!safe.is_empty() && safe.len() <= MAX_NAME);
            prop_assert!(safe.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
            prop_assert!(!is_device(&safe));
        }
    }
}
