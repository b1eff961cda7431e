//! The recorder thread: handles requests, writes what is in memory to the disk, and retries when the disk refuses.
//!
//! The memory is its queue: the thread continues where it stopped, so a stalled disk costs nothing until the memory overflows.

use super::disk::Disk;
use super::disk::Syncer;
use super::prune::prune;
use super::recorder_state::RecorderState;
use super::recover::recover;
use super::running_phrase::{RunningPhrase, WallClock};
use super::settings::{CameraRole, Pruning, RecorderSettings};
use super::space::{FreeSpace, incomplete, refusal};
use super::status::{RecorderEvent, SavedPhrase};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use fencing::time::{HostClock, Span, Timestamp};
use recording::FolderError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// Polling interval while a phrase is recorded, and while none is.
const BUSY_TICK: Duration = Duration::from_millis(20);
const IDLE_TICK: Duration = Duration::from_millis(100);
/// Interval of fsync: a power loss costs at most this much and what the disk's own cache holds.
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// Pause after a refused write.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long the last frames may take from the camera to here.
const GRACE_SECS: f64 = 0.5;
/// How long a phrase that has ended waits for a disk that refuses, or for frames that are still being compressed.
const GIVE_UP_SECS: f64 = 20.0;
/// Longest wait for the owner to take an event.
const EVENT_TIMEOUT: Duration = Duration::from_secs(2);
/// Batches per step, so that requests are handled soon.
const BATCHES_PER_STEP: usize = 4;

/// Requests of the owner.
pub(super) enum Request {
    Begin { id: u64, from: Timestamp },
    EndAtOnce,
    Cancel,
    Set(Box<RecorderSettings>),
    Close,
}

/// A phrase as requested.
struct RequestedPhrase {
    id: u64,
    from: Timestamp,
    /// Latest end, once the phrase has to end with the frames in memory.
    end_at_latest: Option<Timestamp>,
    running: Option<RunningPhrase>,
}

impl RequestedPhrase {
    /// End of the phrase, as soon as it is known.
    fn until(&self, shared: &RecorderState) -> Option<Timestamp> {
        until(shared, self.id, self.end_at_latest)
    }
}

fn until(shared: &RecorderState, id: u64, at_latest: Option<Timestamp>) -> Option<Timestamp> {
    let requested = shared.ends.lock().get(&id).copied();
    requested.into_iter().chain(at_latest).min()
}

/// State of a phrase after one step.
#[derive(PartialEq)]
enum Progress {
    Continues,
    Complete,
    /// No camera sent a frame.
    Empty,
}

/// How a phrase ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Everything is on disk.
    Complete,
    /// The disk refused, or was too slow, for too long.
    GivenUp,
}

pub(super) struct RecorderThread {
    shared: Arc<RecorderState>,
    settings: RecorderSettings,
    clock: HostClock,
    disk: Box<dyn Disk>,
    events: Sender<RecorderEvent>,
    phrase: Option<RequestedPhrase>,
    space: FreeSpace,
    syncer: Syncer,
    refusal: Option<FolderError>,
    retry_at: Instant,
    sync_at: Instant,
    /// Bytes and lost frames of the phrases before the running one.
    before: (u64, u64),
}

impl RecorderThread {
    pub(super) fn new(
        shared: Arc<RecorderState>,
        settings: RecorderSettings,
        clock: HostClock,
        disk: Box<dyn Disk>,
        events: Sender<RecorderEvent>,
    ) -> Self {
        let now = Instant::now();
        Self {
            shared,
            settings,
            clock,
            disk,
            events,
            phrase: None,
            space: FreeSpace::default(),
            syncer: Syncer::start(),
            refusal: None,
            retry_at: now,
            sync_at: now,
            before: (0, 0),
        }
    }

    /// Runs until it is closed or its owner is gone. Ends a running phrase first.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        self.recover();
        loop {
            let tick = if self.phrase.is_some() { BUSY_TICK } else { IDLE_TICK };
            match requests.recv_timeout(tick) {
                Ok(Request::Close) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(request) => self.handle(request),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.step();
        }
        self.end_at_once();
        self.publish();
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::Begin { id, from } => {
                self.end_at_once();
                self.phrase = Some(RequestedPhrase { id, from, end_at_latest: None, running: None });
                self.retry_at = Instant::now();
            }
            Request::EndAtOnce => self.end_at_once(),
            Request::Cancel => self.cancel(),
            Request::Set(settings) => self.set(*settings),
            Request::Close => {}
        }
    }

    fn set(&mut self, settings: RecorderSettings) {
        self.shared.set(&settings);
        let moved = settings.recordings != self.settings.recordings;
        self.settings = settings;
        if moved {
            self.recover();
        }
    }

    fn recover(&mut self) {
        let found = recover(&self.settings.recordings);
        if !found.phrases.is_empty() {
            self.report(RecorderEvent::Recovered(found.phrases));
        }
        found.troubles.into_iter().for_each(|text| self.report(RecorderEvent::Trouble(text)));
        self.prune();
    }

    fn cancel(&mut self) {
        let Some(phrase) = self.phrase.take() else { return };
        self.shared.ends.lock().retain(|id, _| *id > phrase.id);
        if let Some(mut running) = phrase.running {
            running.remove();
        }
        self.refusal = None;
        self.report(RecorderEvent::Cancelled);
    }

    fn step(&mut self) {
        if self.space.is_due() {
            self.check_space();
        }
        if self.phrase.is_some() && Instant::now() >= self.retry_at {
            match self.advance() {
                Ok(Progress::Continues) => self.refusal = None,
                Ok(_) => self.conclude(Ending::Complete),
                Err(error) => self.refused(error),
            }
        }
        self.publish();
    }

    /// Ends the running phrase with the frames that are there.
    fn end_at_once(&mut self) {
        let now = self.clock.now();
        let Some(phrase) = &mut self.phrase else { return };
        // Does not wait any more: the last frames are those in memory.
        phrase.end_at_latest = Some(now);
        for _ in 0..1_000 {
            match self.advance() {
                Ok(Progress::Continues) => std::thread::sleep(BUSY_TICK),
                Ok(_) => return self.conclude(Ending::Complete),
                Err(error) => {
                    self.refused(error);
                    break;
                }
            }
        }
        self.conclude(Ending::GivenUp);
    }

    /// One step of the running phrase.
    fn advance(&mut self) -> Result<Progress, FolderError> {
        let Some(phrase) = &mut self.phrase else { return Ok(Progress::Empty) };
        let end = phrase.until(&self.shared);
        let late = |secs| end.is_some_and(|until| self.clock.now().secs_since(until) > secs);
        // Waits for frames that are still being compressed, not for a camera that is silent.
        let given_up = late(GIVE_UP_SECS) || (late(GRACE_SECS) && !self.shared.is_behind());
        if phrase.running.is_none() {
            let memory = self.shared.of(CameraRole::Main).lock();
            let first = memory.first_from(phrase.from, phrase.until(&self.shared));
            drop(memory);
            let Some(first) = first else {
                return Ok(if given_up { Progress::Empty } else { Progress::Continues });
            };
            let running = RunningPhrase::create(&self.settings.recordings, first.at, wall_clock(self.clock))?;
            let began = RecorderEvent::Began { folder: running.folder.clone(), zero: running.zero };
            phrase.running = Some(running);
            let _ = self.events.send_timeout(began, EVENT_TIMEOUT);
        }
        let Some(running) = &mut phrase.running else { return Ok(Progress::Empty) };
        if let Some((path, error)) = self.syncer.take_failure() {
            return Err(FolderError::at(&path, error));
        }
        write_signals(&self.shared, phrase.id, running)?;
        let complete = end.filter(|until| given_up || has_all(&self.shared, *until));
        let more = write_batches(&self.shared, self.disk.as_ref(), running, || {
            until(&self.shared, phrase.id, phrase.end_at_latest)
        })?;
        if Instant::now() >= self.sync_at {
            self.sync_at = Instant::now() + SYNC_EVERY;
            running.sync_soon(&self.syncer);
        }
        let Some(until) = complete.filter(|_| !more) else { return Ok(Progress::Continues) };
        write_signals(&self.shared, phrase.id, running)?;
        let ended = wall_clock(self.clock).at(until);
        running.finish(self.disk.as_ref(), ended)?;
        Ok(Progress::Complete)
    }

    /// Handles a refused write: the frames stay in memory. A phrase that has ended is given up after a while.
    fn refused(&mut self, error: FolderError) {
        self.retry_at = Instant::now() + RETRY_AFTER;
        let same = self.refusal.as_ref().is_some_and(|r| std::mem::discriminant(r) == std::mem::discriminant(&error));
        if !same {
            self.report(RecorderEvent::Trouble(refusal(&error)));
        }
        self.refusal = Some(error);
        let until = self.phrase.as_ref().and_then(|p| p.until(&self.shared));
        if until.is_some_and(|until| self.clock.now().secs_since(until) > GIVE_UP_SECS) {
            self.conclude(Ending::GivenUp);
        }
    }

    /// Reports how the phrase ended; it is over whatever the disk does.
    fn conclude(&mut self, ending: Ending) {
        let Some(phrase) = self.phrase.take() else { return };
        let until = phrase.until(&self.shared).unwrap_or_else(|| self.clock.now());
        self.shared.ends.lock().retain(|id, _| *id > phrase.id);
        let refusal = self.refusal.take();
        match phrase.running {
            Some(running) if running.frames() > 0 => {
                let (bytes, mut lost) = running.bytes_and_lost();
                let mut cut_off = None;
                if ending == Ending::GivenUp {
                    let unwritten = running.unwritten(&self.shared, until);
                    lost += unwritten;
                    cut_off = Some(incomplete(refusal.as_ref(), unwritten, &running.folder));
                }
                self.before = (self.before.0 + bytes, self.before.1 + lost);
                let saved = SavedPhrase { cut_off, ..saved(&self.shared, &running, until, lost) };
                let kept = saved.folder.clone();
                drop(running);
                self.report(RecorderEvent::Saved(Arc::new(saved)));
                self.prune_keeping(Some(&kept));
            }
            _ => {
                let reel = self.shared.reel(CameraRole::Main, Span::between(phrase.from, until), Timestamp::ZERO);
                let text = match refusal {
                    Some(error) => format!("the phrase could not be saved on disk: {error}"),
                    None => "the camera sent no frames, so there is no phrase; check the camera".to_owned(),
                };
                self.report(RecorderEvent::NotSaved { text, reel: Arc::new(reel) });
            }
        }
    }

    fn check_space(&mut self) {
        let free = self.disk.free_bytes(&self.settings.recordings);
        if let Some(text) = self.space.watch(free, &self.settings) {
            self.report(RecorderEvent::Trouble(text));
        }
        if let (Pruning::KeepFreeGigabytes(wanted), Some(free)) = (self.settings.pruning, free)
            && (free as f64) < wanted * 1e9
        {
            self.prune();
        }
    }

    fn prune(&mut self) {
        let running = self.phrase.as_ref().and_then(|p| p.running.as_ref()).map(|r| r.folder.clone());
        self.prune_keeping(running.as_deref());
    }

    fn prune_keeping(&mut self, kept: Option<&std::path::Path>) {
        let now = local_now();
        let now = time::PrimitiveDateTime::new(now.date(), now.time());
        let removed = prune(&self.settings.recordings, self.settings.pruning, now, kept, self.disk.as_ref());
        if !removed.is_empty() {
            self.report(RecorderEvent::Pruned(removed));
        }
    }

    fn report(&self, event: RecorderEvent) {
        let _ = match event {
            RecorderEvent::Trouble(_) | RecorderEvent::Pruned(_) => self.events.try_send(event).is_ok(),
            _ => self.events.send_timeout(event, EVENT_TIMEOUT).is_ok(),
        };
    }

    fn publish(&self) {
        let running = self.phrase.as_ref().and_then(|p| p.running.as_ref());
        let (bytes, lost) = running.map_or((0, 0), RunningPhrase::bytes_and_lost);
        let memory_secs = self.shared.of(CameraRole::Main).lock().secs();
        let memory_bytes = CameraRole::BOTH.iter().map(|role| self.shared.of(*role).lock().bytes()).sum();
        let mut status = self.shared.status.lock();
        status.memory_secs = memory_secs;
        status.memory_bytes = memory_bytes;
        status.free_bytes = self.space.free_bytes();
        status.written_bytes = self.before.0 + bytes;
        status.lost = self.before.1 + lost + self.shared.broken.load(Ordering::Relaxed);
        status.trouble = self.refusal.as_ref().map(refusal).or_else(|| self.space.warning());
    }
}

fn write_signals(shared: &RecorderState, id: u64, running: &mut RunningPhrase) -> Result<(), FolderError> {
    let Some((_, log)) = shared.signals.lock().take_if(|(of, _)| *of <= id) else { return Ok(()) };
    running.take_signals(&log).inspect_err(|_| {
        // Kept for the next try, unless newer ones have come.
        shared.signals.lock().get_or_insert((id, log));
    })
}

fn write_batches(
    shared: &RecorderState,
    disk: &dyn Disk,
    running: &mut RunningPhrase,
    until: impl Fn() -> Option<Timestamp>,
) -> Result<bool, FolderError> {
    for _ in 0..BATCHES_PER_STEP {
        if !running.write(shared, disk, &until)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether every camera has sent all frames of a phrase that ends at `until`.
fn has_all(shared: &RecorderState, until: Timestamp) -> bool {
    CameraRole::BOTH.into_iter().filter(|role| shared.is_taken(*role)).all(|role| {
        let memory = shared.of(role).lock();
        memory.newest().is_some_and(|newest| newest.at >= until)
    })
}

fn saved(shared: &RecorderState, running: &RunningPhrase, until: Timestamp, lost: u64) -> SavedPhrase {
    SavedPhrase {
        folder: running.folder.clone(),
        clip: running.clip_path(CameraRole::Main).unwrap_or_default(),
        second_clip: running.clip_path(CameraRole::Second),
        log: running.log(),
        meta: running.meta.clone(),
        signals: running.signals.clone(),
        zero: running.zero,
        frames: running.frames(),
        secs: running.secs(),
        lost,
        cut_off: None,
        reel: Arc::new(shared.reel(CameraRole::Main, Span::between(running.zero, until), running.zero)),
    }
}

fn wall_clock(clock: HostClock) -> WallClock {
    WallClock { host: clock.now(), wall: local_now() }
}

/// Local wall-clock time; UTC where the system does not know its zone.
fn local_now() -> OffsetDateTime {
    OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc())
}
