//! ffmpeg and ffprobe as child processes that cannot outlive, stall or flood their owner.
//!
//! A clip is untrusted input, so its decoder runs in a process of its own: a crash of it is an end of file here. The child gets no
//! standard input unless it is fed, a named thread drains its standard error and keeps only the last part, and a watchdog kills it
//! when the owner cancels or nothing has moved for [`STALL_SECS`]. Dropping the owner kills and reaps it. The child leads a process
//! group of its own, so that Ctrl-C reaches only the owner, which then stops the child.

use super::tools::elsewhere;
use super::{Cancel, VideoError, spawn_worker};
use parking_lot::Mutex;
use std::ffi::OsString;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A child without progress for this long is killed. A seek deep into a long clip takes seconds, not a minute.
const STALL_SECS: u64 = 60;
/// Polling interval of the watchdog.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Bytes of standard error that are kept: the last ones.
const KEPT_STDERR_BYTES: usize = 8 * 1024;

/// A URL of a local file that ffmpeg cannot take for anything else, whatever characters the name has.
pub(super) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

/// Output of a program that has exited.
pub(super) struct ToolOutput {
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) succeeded: bool,
}

/// Longest output of ffprobe that is read: frame times of an hour at 240 per second fit.
const MAX_OUTPUT_BYTES: u64 = 32 * 1024 * 1024;

/// Runs a program to its end and returns its output. `about` is the file for error messages.
pub(super) fn collect(tool: &Path, args: &[OsString], about: &Path, cancel: &Cancel) -> Result<ToolOutput, VideoError> {
    let (mut child, pipes) = RunningChild::spawn(tool, args, StdinMode::Nothing, about, cancel)?;
    let mut stdout = Vec::new();
    let mut answer = pipes.stdout.take(MAX_OUTPUT_BYTES);
    let read = child.supervised(|| answer.read_to_end(&mut stdout));
    drop(answer);
    let end = child.finish()?;
    read.map_err(|source| VideoError::ToolFailed { tool: tool_name(tool), source })?;
    Ok(ToolOutput {
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: end.stderr_text,
        succeeded: end.status.success(),
    })
}

/// Whether the child's standard input is a pipe or closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StdinMode {
    Nothing,
    Pipe,
}

/// The owner's ends of the pipes.
pub(super) struct Pipes {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: BufReader<ChildStdout>,
}

/// Exit status, and the last part of standard error.
pub(super) struct ChildEnd {
    pub(super) status: ExitStatus,
    pub(super) stderr_text: String,
}

/// State shared by owner and watchdog.
struct ChildState {
    child: Mutex<Child>,
    /// Odd while the owner waits for the child, even while the owner is busy; changes with every progress.
    progress: AtomicU64,
    /// Lines on standard error so far.
    stderr_text: AtomicU64,
    finished: AtomicBool,
    stalled: AtomicBool,
}

/// A running child, killed and reaped when dropped.
pub(super) struct RunningChild {
    shared: Arc<ChildState>,
    stderr_text: Option<JoinHandle<String>>,
    watchdog: Option<JoinHandle<()>>,
    cancel: Cancel,
    tool: String,
    about: PathBuf,
}

impl RunningChild {
    /// Starts `tool`. `about` is the file for error messages.
    pub(super) fn spawn(
        tool: &Path,
        args: &[OsString],
        feeding: StdinMode,
        about: &Path,
        cancel: &Cancel,
    ) -> Result<(Self, Pipes), VideoError> {
        let start = |program: &Path| {
            let stdin = if feeding == StdinMode::Pipe { Stdio::piped() } else { Stdio::null() };
            let mut command = Command::new(program);
            command.args(args).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
            set_process_group(&mut command);
            command.spawn()
        };
        let started = start(tool).or_else(|error| match elsewhere(tool) {
            Some(program) if error.kind() == std::io::ErrorKind::NotFound => start(&program),
            _ => Err(error),
        });
        let mut child = started.map_err(|source| could_not_start(tool, source))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let shared = Arc::new(ChildState {
            child: Mutex::new(child),
            progress: AtomicU64::new(0),
            stderr_text: AtomicU64::new(0),
            finished: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
        });
        let mut running = Self {
            shared,
            stderr_text: None,
            watchdog: None,
            cancel: cancel.clone(),
            tool: tool_name(tool),
            about: about.to_owned(),
        };
        // From here on an early return drops `running`, which reaps the child.
        running.start_threads(stderr).map_err(|source| could_not_start(tool, source))?;
        let stdout = stdout.ok_or_else(|| could_not_start(tool, std::io::ErrorKind::BrokenPipe.into()))?;
        Ok((running, Pipes { stdin, stdout: BufReader::with_capacity(1 << 16, stdout) }))
    }

    fn start_threads(&mut self, stderr: Option<ChildStderr>) -> std::io::Result<()> {
        if let Some(stderr) = stderr {
            let shared = Arc::clone(&self.shared);
            let drain = move || drain_stderr(stderr, &shared.stderr_text);
            self.stderr_text = Some(std::thread::Builder::new().name("clip-stderr".into()).spawn(drain)?);
        }
        let (shared, cancel) = (Arc::clone(&self.shared), self.cancel.clone());
        let watch = move || watch(&shared, &cancel);
        self.watchdog = Some(spawn_worker("clip-watchdog", || (), watch)?);
        Ok(())
    }

    /// Runs an exchange that waits for the child, supervised by the watchdog. An owner that is busy elsewhere does not count as a stall.
    pub(super) fn supervised<T>(&self, exchange: impl FnOnce() -> T) -> T {
        self.shared.progress.fetch_add(1, Ordering::Relaxed);
        let outcome = exchange();
        self.shared.progress.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    /// Number of lines on standard error so far.
    pub(super) fn stderr_lines(&self) -> u64 {
        self.shared.stderr_text.load(Ordering::Relaxed)
    }

    /// Waits for the child to exit; the caller has closed or drained its pipes.
    pub(super) fn finish(&mut self) -> Result<ChildEnd, VideoError> {
        let status = self.supervised(|| self.wait());
        self.shared.finished.store(true, Ordering::Relaxed);
        let stderr_text = self.stderr_text.take().and_then(|t| t.join().ok()).unwrap_or_default();
        if self.cancel.is_cancelled() {
            return Err(VideoError::Cancelled);
        }
        if self.shared.stalled.load(Ordering::Relaxed) {
            let (tool, path) = (self.tool.clone(), self.about.clone());
            return Err(VideoError::Stalled { tool, secs: STALL_SECS as f64, path });
        }
        let status = status.map_err(|source| VideoError::ToolFailed { tool: self.tool.clone(), source })?;
        Ok(ChildEnd { status, stderr_text })
    }

    /// Polls instead of blocking, so that the watchdog can take the lock and kill.
    fn wait(&self) -> std::io::Result<ExitStatus> {
        let mut pause = Duration::from_micros(200);
        loop {
            if let Some(status) = self.shared.child.lock().try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(POLL_INTERVAL);
        }
    }
}

impl Drop for RunningChild {
    fn drop(&mut self) {
        self.shared.finished.store(true, Ordering::Relaxed);
        let mut child = self.shared.child.lock();
        // Both fail only for a child that has already exited.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Body of the watchdog thread: kills on cancel or stall, and returns when the child is done.
fn watch(shared: &ChildState, cancel: &Cancel) {
    let mut last = (shared.progress.load(Ordering::Relaxed), Instant::now());
    while !shared.finished.load(Ordering::Relaxed) {
        let progress = shared.progress.load(Ordering::Relaxed);
        let owner_waits = progress % 2 == 1;
        if progress != last.0 || !owner_waits {
            last = (progress, Instant::now());
        }
        let stalled = last.1.elapsed() > Duration::from_secs(STALL_SECS);
        if stalled || cancel.is_cancelled() {
            shared.stalled.store(stalled, Ordering::Relaxed);
            let _ = shared.child.lock().kill();
            return;
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Drains standard error, so that the child never blocks on it, and keeps the last part.
fn drain_stderr(mut stderr: ChildStderr, lines: &AtomicU64) -> String {
    let mut kept = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(n @ 1..) = stderr.read(&mut chunk) {
        kept.extend_from_slice(&chunk[..n]);
        let ended = chunk[..n].split(|byte| *byte == b'\n').count() - 1;
        lines.fetch_add(ended as u64, Ordering::Relaxed);
        let surplus = kept.len().saturating_sub(KEPT_STDERR_BYTES);
        kept.drain(..surplus);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn tool_name(tool: &Path) -> String {
    tool.file_name().unwrap_or(tool.as_os_str()).to_string_lossy().into_owned()
}

fn could_not_start(tool: &Path, source: std::io::Error) -> VideoError {
    if source.kind() == std::io::ErrorKind::NotFound {
        return VideoError::ToolMissing { tool: tool_name(tool) };
    }
    VideoError::ToolFailed { tool: tool_name(tool), source }
}

#[cfg(unix)]
fn set_process_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Suppresses the console window (`CREATE_NO_WINDOW`) and keeps Ctrl-C away from the child (`CREATE_NEW_PROCESS_GROUP`).
#[cfg(windows)]
fn set_process_group(command: &mut Command) {
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP);
}

#[cfg(not(any(unix, windows)))]
fn set_process_group(_: &mut Command) {}
