//! Panic reports: every panic writes a text file to the user's data folder that can be sent to the developers.
//!
//! Nothing is sent automatically. The doctor lists the reports, and the window mentions a new one at its next start.

use super::version::VERSION;
use settings::{Environment, SystemPaths};
use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Number of reports that are kept, the newest; each has some ten kilobytes.
const KEPT: usize = 20;
/// Limit of reports per process: a worker that panics at every frame reports the same each time.
const PER_PROCESS: usize = 3;
/// File with the name of the newest report that was shown.
#[cfg(any(feature = "gui", test))]
const SHOWN: &str = "shown.txt";

/// Folder of the reports.
pub(crate) fn folder(places: &SystemPaths) -> Option<PathBuf> {
    places.user_data_dir.as_ref().map(|dir| dir.join("panics"))
}

/// Installs the panic hook: writes a report, then calls the previous hook. If standard output was closed, as by `head`, the program
/// ends quietly.
pub(crate) fn install() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(|text| text.starts_with("failed printing to stdout")) {
            std::process::exit(0);
        }
        let folder = folder(&SystemPaths::of_this_machine(&Environment::of_process()));
        let written = folder.and_then(|folder| write(&folder, &report_of(panic)).ok());
        usual(panic);
        if let Some(file) = written {
            eprintln!("referee: a report for the developers was written to {}", file.display());
        }
    }));
}

/// The text of a report. Names the command without its arguments, which may contain paths and passwords.
fn report_of(panic: &PanicHookInfo<'_>) -> String {
    let command = std::env::args().nth(1).filter(|first| first.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
    let thread = std::thread::current();
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    format!(
        "fencing-referee panic report\nversion: {}\nsystem: {} {}\ncommand: {}\nthread: {}\nplace: {place}\nmessage: {}\n\n{}\n",
        *VERSION,
        std::env::consts::OS,
        std::env::consts::ARCH,
        command.as_deref().unwrap_or("window"),
        thread.name().unwrap_or("unnamed"),
        panic.payload_as_str().unwrap_or("no message"),
        Backtrace::force_capture(),
    )
}

/// Writes a report and removes the oldest beyond [`KEPT`].
fn write(folder: &Path, text: &str) -> std::io::Result<PathBuf> {
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    if number >= PER_PROCESS {
        return Err(std::io::ErrorKind::QuotaExceeded.into());
    }
    std::fs::create_dir_all(folder)?;
    let seconds = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
    let file = folder.join(format!("panic-{seconds:012}-{}-{number}.txt", std::process::id()));
    std::fs::write(&file, text)?;
    for old in reports(folder).iter().skip(KEPT) {
        let _gone = std::fs::remove_file(old);
    }
    Ok(file)
}

/// The reports in a folder, newest first.
pub(crate) fn reports(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let is_report = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("panic-"));
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_report).collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

/// The newest report if it has not been shown before; marks it as shown. The window alone shows reports.
#[cfg(any(feature = "gui", test))]
pub(crate) fn newest_unseen(folder: &Path) -> Option<PathBuf> {
    let newest = reports(folder).into_iter().next()?;
    let name = newest.file_name()?.to_string_lossy().into_owned();
    let shown = std::fs::read_to_string(folder.join(SHOWN)).unwrap_or_default();
    if shown.trim() >= name.as_str() {
        return None;
    }
    // If the folder is not writable, the same report is shown again.
    let _full = std::fs::write(folder.join(SHOWN), &name);
    Some(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_shown_once_and_the_oldest_go() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("panics");
        assert_eq!((newest_unseen(&folder), reports(&folder).len()), (None, 0));
        std::fs::create_dir_all(&folder).unwrap();
        for n in 0..KEPT + 3 {
            std::fs::write(folder.join(format!("panic-{n:012}-1-0.txt")), "x").unwrap();
        }
        let file = write(&folder, "what went wrong").unwrap();
        assert_eq!((reports(&folder).len(), reports(&folder).first()), (KEPT, Some(&file)));
        assert_eq!(newest_unseen(&folder), Some(file.clone()));
        assert_eq!(newest_unseen(&folder), None);
        assert_eq!(std::fs::read_to_string(file).unwrap(), "what went wrong");
    }
}
