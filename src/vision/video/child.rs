//! ffmpeg and ffprobe as child processes that cannot outlive, stall or flood their owner.
//!
//! A clip is untrusted input, so its decoder runs in a process of its own: a crash is an end of file here. The child gets
//! no standard input unless it is fed, its complaints are drained by a named thread that keeps only the last of them, and a
//! watchdog kills it when the owner cancels or nothing has moved for [`STALL_SECS`]. Dropping the owner kills and reaps it.
//! The child leads a process group of its own: Ctrl-C reaches the owner, who decides.

use super::tools::elsewhere;
use super::{Cancel, VideoError};
use parking_lot::Mutex;
use std::ffi::OsString;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A child that has moved nothing for this long is killed. A seek deep into a long clip takes seconds, not a minute.
const STALL_SECS: u64 = 60;
/// How often the watchdog looks.
const WATCH_EVERY: Duration = Duration::from_millis(20);
/// Bytes of complaints that are kept: the last ones.
const KEPT_COMPLAINTS: usize = 8 * 1024;

/// The URL that names a local file and nothing else, whatever characters its name has.
pub(super) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

/// What a program that ran to its end said.
pub(super) struct Said {
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) succeeded: bool,
}

/// Longest answer of ffprobe that is read: frame times of an hour at 240 per second fit.
const MAX_ANSWER_BYTES: u64 = 32 * 1024 * 1024;

/// Runs a program to its end and returns what it printed. `about` is the file for error messages.
pub(super) fn collect(tool: &Path, args: &[OsString], about: &Path, cancel: &Cancel) -> Result<Said, VideoError> {
    let (mut child, pipes) = RunningChild::spawn(tool, args, Feeding::Nothing, about, cancel)?;
    let mut stdout = Vec::new();
    let mut answer = pipes.stdout.take(MAX_ANSWER_BYTES);
    let read = child.awaiting(|| answer.read_to_end(&mut stdout));
    drop(answer);
    let end = child.finish()?;
    read.map_err(|source| VideoError::ToolFailed { tool: tool_name(tool), source })?;
    Ok(Said {
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: end.complaints,
        succeeded: end.status.success(),
    })
}

/// Whether the child's standard input is a pipe or closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Feeding {
    Nothing,
    Pipe,
}

/// The child's ends that its owner holds.
pub(super) struct Pipes {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: BufReader<ChildStdout>,
}

/// How a child ended, and the last it said.
pub(super) struct ChildEnd {
    pub(super) status: ExitStatus,
    pub(super) complaints: String,
}

/// State that the owner and the watchdog share.
struct Shared {
    child: Mutex<Child>,
    /// Odd while the owner waits for the child, even while the owner is busy; changes whenever something moved.
    turns: AtomicU64,
    /// Lines of complaints so far.
    complaints: AtomicU64,
    finished: AtomicBool,
    stalled: AtomicBool,
}

/// A running child: killed and reaped when dropped.
pub(super) struct RunningChild {
    shared: Arc<Shared>,
    complaints: Option<JoinHandle<String>>,
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
        feeding: Feeding,
        about: &Path,
        cancel: &Cancel,
    ) -> Result<(Self, Pipes), VideoError> {
        let start = |program: &Path| {
            let stdin = if feeding == Feeding::Pipe { Stdio::piped() } else { Stdio::null() };
            let mut command = Command::new(program);
            command.args(args).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
            lead_own_group(&mut command);
            command.spawn()
        };
        let started = start(tool).or_else(|error| match elsewhere(tool) {
            Some(program) if error.kind() == std::io::ErrorKind::NotFound => start(&program),
            _ => Err(error),
        });
        let mut child = started.map_err(|source| could_not_start(tool, source))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let shared = Arc::new(Shared {
            child: Mutex::new(child),
            turns: AtomicU64::new(0),
            complaints: AtomicU64::new(0),
            finished: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
        });
        let mut running = Self {
            shared,
            complaints: None,
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
            let drain = move || keep_last(stderr, &shared.complaints);
            self.complaints = Some(std::thread::Builder::new().name("clip-complaints".into()).spawn(drain)?);
        }
        let (shared, cancel) = (Arc::clone(&self.shared), self.cancel.clone());
        let watch = move || watch(&shared, &cancel);
        self.watchdog = Some(std::thread::Builder::new().name("clip-watchdog".into()).spawn(watch)?);
        Ok(())
    }

    /// Does something that waits for the child, under the watchdog's eye. An owner that is busy elsewhere is no stall.
    pub(super) fn awaiting<T>(&self, exchange: impl FnOnce() -> T) -> T {
        self.shared.turns.fetch_add(1, Ordering::Relaxed);
        let outcome = exchange();
        self.shared.turns.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    /// How many lines the child has complained so far.
    pub(super) fn complaints_so_far(&self) -> u64 {
        self.shared.complaints.load(Ordering::Relaxed)
    }

    /// Waits for the child's own end; the caller has closed or drained its pipes.
    pub(super) fn finish(&mut self) -> Result<ChildEnd, VideoError> {
        let status = self.awaiting(|| self.wait());
        self.shared.finished.store(true, Ordering::Relaxed);
        let complaints = self.complaints.take().and_then(|t| t.join().ok()).unwrap_or_default();
        if self.cancel.is_cancelled() {
            return Err(VideoError::Cancelled);
        }
        if self.shared.stalled.load(Ordering::Relaxed) {
            let (tool, path) = (self.tool.clone(), self.about.clone());
            return Err(VideoError::Stalled { tool, secs: STALL_SECS as f64, path });
        }
        let status = status.map_err(|source| VideoError::ToolFailed { tool: self.tool.clone(), source })?;
        Ok(ChildEnd { status, complaints })
    }

    /// Polls instead of blocking, so that the watchdog can take the lock and kill.
    fn wait(&self) -> std::io::Result<ExitStatus> {
        let mut pause = Duration::from_micros(200);
        loop {
            if let Some(status) = self.shared.child.lock().try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(WATCH_EVERY);
        }
    }
}

impl Drop for RunningChild {
    fn drop(&mut self) {
        self.shared.finished.store(true, Ordering::Relaxed);
        let mut child = self.shared.child.lock();
        // Both fail only for a child that is gone already, which is what is wanted.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Body of the watchdog: kills on cancel or stall, and leaves when the child is finished with.
fn watch(shared: &Shared, cancel: &Cancel) {
    let mut last = (shared.turns.load(Ordering::Relaxed), Instant::now());
    while !shared.finished.load(Ordering::Relaxed) {
        let turns = shared.turns.load(Ordering::Relaxed);
        let owner_waits = turns % 2 == 1;
        if turns != last.0 || !owner_waits {
            last = (turns, Instant::now());
        }
        let stalled = last.1.elapsed() > Duration::from_secs(STALL_SECS);
        if stalled || cancel.is_cancelled() {
            shared.stalled.store(stalled, Ordering::Relaxed);
            let _ = shared.child.lock().kill();
            return;
        }
        std::thread::sleep(WATCH_EVERY);
    }
}

/// Reads complaints to their end, so that the child never blocks on them, and keeps the last.
fn keep_last(mut stderr: ChildStderr, lines: &AtomicU64) -> String {
    let mut kept = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(n @ 1..) = stderr.read(&mut chunk) {
        kept.extend_from_slice(&chunk[..n]);
        let ended = chunk[..n].split(|byte| *byte == b'\n').count() - 1;
        lines.fetch_add(ended as u64, Ordering::Relaxed);
        let surplus = kept.len().saturating_sub(KEPT_COMPLAINTS);
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
fn lead_own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// No console window flashes up for the child (`CREATE_NO_WINDOW`), and Ctrl-C in a console reaches its owner alone
/// (`CREATE_NEW_PROCESS_GROUP`).
#[cfg(windows)]
fn lead_own_group(command: &mut Command) {
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP);
}

#[cfg(not(any(unix, windows)))]
fn lead_own_group(_: &mut Command) {}
