//! Atomic rename with retries: on Windows a virus scanner, an indexer or a player may hold a file for a moment, and renaming it, or
//! over it, fails until it is released.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::{NamedTempFile, TempPath};

/// How long a rename is retried. Scanners hold a new file for some tens of milliseconds; a user does not notice a second, and a
/// file that is open in a player stays open for longer than one would wait.
const RETRY_FOR: Duration = Duration::from_secs(1);
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(25);

/// `ERROR_ACCESS_DENIED`, which Windows gives where the target is open without delete sharing, and
/// `ERROR_SHARING_VIOLATION` (<https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->).
const SHARING_ERRORS: [i32; 2] = [5, 32];

/// Renames a file or a folder, replacing an existing file; retries for up to a second while other programs hold one of them.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    retrying(is_held, || std::fs::rename(from, to))
}

/// Gives a temporary file its name, as [`rename`] does; removes it on failure.
pub fn persist(temporary: TempPath, place: &Path) -> io::Result<()> {
    let mut left = Some(temporary);
    retrying(is_held, || {
        let Some(path) = left.take() else { return Err(io::ErrorKind::NotFound.into()) };
        path.persist(place).map_err(|refused| {
            left = Some(refused.path);
            refused.error
        })
    })
}

/// As [`persist`], for a file that stays open under its new name.
pub fn persist_open(temporary: NamedTempFile, place: &Path) -> io::Result<std::fs::File> {
    let mut left = Some(temporary);
    retrying(is_held, || {
        let Some(file) = left.take() else { return Err(io::ErrorKind::NotFound.into()) };
        file.persist(place).map_err(|refused| {
            left = Some(refused.file);
            refused.error
        })
    })
}

/// Always false on other systems, where the same numbers mean other errors (5 is an I/O error on Linux).
fn is_held(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error().is_some_and(|code| SHARING_ERRORS.contains(&code))
}

fn retrying<T>(is_held: impl Fn(&io::Error) -> bool, mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let until = Instant::now() + RETRY_FOR;
    loop {
        match attempt() {
            Err(error) if is_held(&error) && Instant::now() < until => std::thread::sleep(PAUSE),
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(error: &io::Error) -> bool {
        error.raw_os_error().is_some_and(|code| SHARING_ERRORS.contains(&code))
    }

    #[test]
    fn a_file_that_is_held_for_a_moment_is_replaced_and_one_that_stays_held_is_an_error() {
        let mut attempts = 0;
        let outcome = retrying(held, || {
            attempts += 1;
            if attempts < 4 { Err(io::Error::from_raw_os_error(32)) } else { Ok(attempts) }
        });
        assert_eq!(outcome.unwrap(), 4);
        let begun = Instant::now();
        let refused = retrying(held, || Err::<(), _>(io::Error::from_raw_os_error(5)));
        assert_eq!(refused.unwrap_err().raw_os_error(), Some(5));
        assert!((RETRY_FOR..RETRY_FOR * 20).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }

    #[test]
    fn other_errors_are_reported_at_once() {
        let mut attempts = 0;
        let refused = retrying(held, || {
            attempts += 1;
            Err::<(), _>(io::Error::from_raw_os_error(2))
        });
        assert_eq!((refused.unwrap_err().raw_os_error(), attempts), (Some(2), 1));
    }

    #[test]
    fn the_old_file_is_replaced_and_no_temporary_one_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("x");
        std::fs::write(&place, b"old").unwrap();
        let new = NamedTempFile::new_in(dir.path()).unwrap();
        std::fs::write(new.path(), b"new").unwrap();
        persist(new.into_temp_path(), &place).unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"new");
        let lost = persist(NamedTempFile::new_in(dir.path()).unwrap().into_temp_path(), &dir.path().join("no/x"));
        assert!(lost.is_err());
        rename(&place, &dir.path().join("y")).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
