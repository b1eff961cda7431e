//! The invariants of a soak test, and what the process holds.

use fencing::{Call, Side};
use piste::RecordedPhrase;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;
use vision::video::{Cancel, ClipOptions, ClipReader, FrameSource};
use walkdir::WalkDir;

/// How much memory may have grown since the first phrases: allocators keep some of what was freed.
const MAX_MEMORY_RATIO: f64 = 1.3;
/// How many more threads and open files there may be: one phrase may still be written.
const MAX_MORE_THREADS: usize = 6;
const MAX_MORE_FILES: usize = 24;

/// What did not hold.
#[derive(Default)]
pub(super) struct Violations {
    found: Vec<String>,
    checked: u64,
}

impl Violations {
    /// Notes a violation where `holds` is false.
    pub(super) fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            let text = what();
            println!("  VIOLATION: {text}");
            self.found.push(text);
        }
    }

    /// Prints the result; a failure where something did not hold.
    pub(super) fn print(&self) -> ExitCode {
        println!("{} of {} checks did not hold", self.found.len(), self.checked);
        for text in &self.found {
            println!("  {text}");
        }
        if self.found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Checks the folder of a recorded phrase.
    pub(super) fn check_recording(&mut self, number: u32, recorded: &RecordedPhrase) {
        let folder = &recorded.folder;
        for file in [&recorded.clip, &recorded.log, &folder.join("phrase.json")] {
            self.check(file.exists(), || format!("phrase {number}: {} is not there", file.display()));
        }
        let frames = frames_of(&recorded.clip);
        let expected = recorded.reel.frames().len();
        self.check(frames == Ok(expected), || format!("phrase {number}: {frames:?} frames of {expected} can be read"));
    }

    /// Checks that the call names no side whose lamp was dark.
    pub(super) fn check_call(&mut self, number: u32, call: Option<Call>, lit: &[Side]) {
        let holds = match call {
            Some(Call::Touch(side)) => lit.contains(&side),
            _ => true,
        };
        self.check(holds, || format!("phrase {number}: {call:?} with the lamps of {lit:?}"));
    }

    /// Checks that no unfinished file was left in the folder.
    pub(super) fn check_nothing_unfinished(&mut self, folder: &Path) {
        let is_unfinished = |name: &str| name.ends_with(".part") || name.contains(".tmp");
        let entries = WalkDir::new(folder).into_iter().filter_map(Result::ok);
        let left: Vec<_> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|n| is_unfinished(n))
            .collect();
        self.check(left.is_empty(), || format!("unfinished files: {left:?}"));
    }
}

fn frames_of(clip: &Path) -> Result<usize, String> {
    let options = ClipOptions { max_width: 160, ..ClipOptions::default() };
    let mut reader = ClipReader::open(clip, &options, &Cancel::new()).map_err(|error| error.to_string())?;
    let mut frames = 0;
    while reader.next_frame().map_err(|error| error.to_string())?.is_some() {
        frames += 1;
    }
    Ok(frames)
}

/// What this process holds; zeros where the system does not report it (it does on Linux).
pub(super) struct Resources {
    memory_mib: f64,
    threads: usize,
    files: usize,
}

impl Resources {
    /// The state now.
    pub(super) fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = |name: &str| -> Option<f64> {
            let rest = status.lines().find_map(|line| line.strip_prefix(name))?;
            rest.split_whitespace().next()?.parse().ok()
        };
        let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        let memory_mib = line("VmRSS:").unwrap_or(0.0) / 1024.0;
        Self { memory_mib, threads: line("Threads:").unwrap_or(0.0) as usize, files }
    }

    /// Checks that little was added since `before`.
    pub(super) fn check_against(&self, before: &Self, violations: &mut Violations) {
        let ratio = self.memory_mib / before.memory_mib.max(1.0);
        violations.check(ratio <= MAX_MEMORY_RATIO, || format!("memory grew {ratio:.2} times"));
        let (more_threads, more_files) =
            (self.threads.saturating_sub(before.threads), self.files.saturating_sub(before.files));
        violations.check(more_threads <= MAX_MORE_THREADS, || format!("{more_threads} more threads"));
        violations.check(more_files <= MAX_MORE_FILES, || format!("{more_files} more open files"));
    }
}

impl fmt::Display for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} MiB, {} threads, {} open files", self.memory_mib, self.threads, self.files)
    }
}
