//! The thread that writes: takes orders, brings what is in memory to the disk, and keeps trying where the disk refuses.
//!
//! The memory is its queue. It reads on from where it got to, so a disk that stalls costs nothing until the memory has
//! gone round.

use super::disk::Disk;
use super::prune::prune;
use super::recover::recover;
use super::running::{Running, WallClock};
use super::settings::{CameraSeat, Pruning, RecorderSettings};
use super::shared::Shared;
use super::space::{Space, not_whole, refusal};
use super::status::{RecorderEvent, SavedPhrase};
use super::syncer::Syncer;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use fencing::time::{HostClock, Span, Timestamp};
use recording::FolderError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// How often it looks while a phrase is recorded, and while none is.
const BUSY_TICK: Duration = Duration::from_millis(20);
const IDLE_TICK: Duration = Duration::from_millis(100);
/// A power loss costs at most this much and what the disk itself holds back.
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// Pause after the disk refused.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long the last pictures may be on their way from a camera.
const GRACE_SECS: f64 = 0.5;
/// How long a phrase that has ended waits for a disk that refuses, or for pictures that are still being compressed.
const GIVE_UP_SECS: f64 = 20.0;
/// Longest wait for somebody to take an event.
const EVENT_PATIENCE: Duration = Duration::from_secs(2);
/// Batches per look: orders are not kept waiting for long.
const BATCHES: usize = 4;

/// What the owner wants.
pub(super) enum Order {
    Begin { id: u64, from: Timestamp },
    End(Timestamp),
    EndAtOnce,
    Cancel,
    Set(Box<RecorderSettings>),
    Close,
}

/// A phrase as ordered.
struct Phrase {
    id: u64,
    from: Timestamp,
    until: Option<Timestamp>,
    running: Option<Running>,
}

/// Whether a phrase goes on.
#[derive(PartialEq)]
enum Progress {
    GoesOn,
    IsWhole,
    /// No camera sent a picture.
    IsEmpty,
}

/// How a phrase came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Everything that there was is on disk.
    AsWanted,
    /// The disk refused, or was too slow, for too long.
    GivenUp,
}

pub(super) struct Desk {
    shared: Arc<Shared>,
    settings: RecorderSettings,
    clock: HostClock,
    disk: Box<dyn Disk>,
    events: Sender<RecorderEvent>,
    phrase: Option<Phrase>,
    space: Space,
    syncer: Syncer,
    refusal: Option<FolderError>,
    retry_at: Instant,
    sync_at: Instant,
    /// Bytes and lost pictures of the phrases before the running one.
    before: (u64, u64),
}

impl Desk {
    pub(super) fn new(
        shared: Arc<Shared>,
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
            space: Space::default(),
            syncer: Syncer::start(),
            refusal: None,
            retry_at: now,
            sync_at: now,
            before: (0, 0),
        }
    }

    /// Works until it is told to close, or its owner is gone. A running phrase is ended first.
    pub(super) fn work(mut self, orders: &Receiver<Order>) {
        self.recover();
        loop {
            let tick = if self.phrase.is_some() { BUSY_TICK } else { IDLE_TICK };
            match orders.recv_timeout(tick) {
                Ok(Order::Close) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(order) => {
                    self.take(order);
                    // An end that was ordered with the beginning is known before anything is written.
                    if !orders.is_empty() {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.look();
        }
        self.end_at_once();
        self.publish();
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Begin { id, from } => {
                self.end_at_once();
                self.phrase = Some(Phrase { id, from, until: None, running: None });
                self.retry_at = Instant::now();
            }
            Order::End(until) => {
                if let Some(phrase) = &mut self.phrase {
                    phrase.until = phrase.until.or(Some(until));
                }
            }
            Order::EndAtOnce => self.end_at_once(),
            Order::Cancel => self.cancel(),
            Order::Set(settings) => self.set(*settings),
            Order::Close => {}
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
            self.tell(RecorderEvent::Recovered(found.phrases));
        }
        found.troubles.into_iter().for_each(|text| self.tell(RecorderEvent::Trouble(text)));
        self.prune();
    }

    fn cancel(&mut self) {
        let Some(phrase) = self.phrase.take() else { return };
        if let Some(mut running) = phrase.running {
            running.remove();
        }
        self.refusal = None;
        self.tell(RecorderEvent::Cancelled);
    }

    fn look(&mut self) {
        if self.space.is_due() {
            self.watch_space();
        }
        if self.phrase.is_some() && Instant::now() >= self.retry_at {
            match self.advance() {
                Ok(Progress::GoesOn) => self.refusal = None,
                Ok(_) => self.conclude(Ending::AsWanted),
                Err(error) => self.refused(error),
            }
        }
        self.publish();
    }

    /// Ends the running phrase with what is there.
    fn end_at_once(&mut self) {
        let now = self.clock.now();
        let Some(phrase) = &mut self.phrase else { return };
        // Nothing is waited for any more: the last pictures are those that are in memory.
        phrase.until = Some(phrase.until.unwrap_or(now).min(now));
        for _ in 0..1_000 {
            match self.advance() {
                Ok(Progress::GoesOn) => std::thread::sleep(BUSY_TICK),
                Ok(_) => return self.conclude(Ending::AsWanted),
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
        let Some(phrase) = &mut self.phrase else { return Ok(Progress::IsEmpty) };
        let late = |secs| phrase.until.is_some_and(|until| self.clock.now().secs_since(until) > secs);
        // A camera that is silent is not waited for; pictures that are still being compressed are.
        let given_up = late(GIVE_UP_SECS) || (late(GRACE_SECS) && !self.shared.is_behind());
        if phrase.running.is_none() {
            let first = self.shared.of(CameraSeat::Main).lock().first_from(phrase.from, phrase.until);
            let Some(first) = first else {
                return Ok(if given_up { Progress::IsEmpty } else { Progress::GoesOn });
            };
            let running = Running::create(&self.settings.recordings, first.at, wall_clock(self.clock))?;
            let began = RecorderEvent::Began { folder: running.folder.clone(), zero: running.zero };
            phrase.running = Some(running);
            let _ = self.events.send_timeout(began, EVENT_PATIENCE);
        }
        let Some(running) = &mut phrase.running else { return Ok(Progress::IsEmpty) };
        if let Some((path, error)) = self.syncer.take_failure() {
            return Err(FolderError::at(&path, error));
        }
        write_signals(&self.shared, phrase.id, running)?;
        let complete = phrase.until.filter(|until| given_up || has_all(&self.shared, *until));
        let more = write_batches(&self.shared, self.disk.as_ref(), running, phrase.until)?;
        if Instant::now() >= self.sync_at {
            self.sync_at = Instant::now() + SYNC_EVERY;
            running.sync_soon(&self.syncer);
        }
        let Some(until) = complete.filter(|_| !more) else { return Ok(Progress::GoesOn) };
        write_signals(&self.shared, phrase.id, running)?;
        let ended = wall_clock(self.clock).at(until);
        running.finish(self.disk.as_ref(), ended)?;
        Ok(Progress::IsWhole)
    }

    /// The disk refused: the pictures wait in memory. A phrase that has ended does not wait for ever.
    fn refused(&mut self, error: FolderError) {
        self.retry_at = Instant::now() + RETRY_AFTER;
        let same = self.refusal.as_ref().is_some_and(|r| std::mem::discriminant(r) == std::mem::discriminant(&error));
        if !same {
            self.tell(RecorderEvent::Trouble(refusal(&error)));
        }
        self.refusal = Some(error);
        let until = self.phrase.as_ref().and_then(|p| p.until);
        if until.is_some_and(|until| self.clock.now().secs_since(until) > GIVE_UP_SECS) {
            self.conclude(Ending::GivenUp);
        }
    }

    /// Tells how the phrase ended; it is over whatever the disk says.
    fn conclude(&mut self, ending: Ending) {
        let Some(phrase) = self.phrase.take() else { return };
        let until = phrase.until.unwrap_or_else(|| self.clock.now());
        let refusal = self.refusal.take();
        match phrase.running {
            Some(running) if running.pictures() > 0 => {
                let (bytes, mut lost) = running.bytes_and_lost();
                let mut cut_off = None;
                if ending == Ending::GivenUp {
                    let unwritten = running.unwritten(&self.shared, until);
                    lost += unwritten;
                    cut_off = Some(not_whole(refusal.as_ref(), unwritten, &running.folder));
                }
                self.before = (self.before.0 + bytes, self.before.1 + lost);
                let saved = SavedPhrase { cut_off, ..saved(&self.shared, &running, until, lost) };
                let kept = saved.folder.clone();
                drop(running);
                self.tell(RecorderEvent::Saved(Arc::new(saved)));
                self.prune_keeping(Some(&kept));
            }
            _ => {
                let reel = self.shared.reel(CameraSeat::Main, Span::between(phrase.from, until), Timestamp::ZERO);
                let text = match refusal {
                    Some(error) => format!("the phrase could not be kept on disk: {error}"),
                    None => "no picture came from the camera, so there is no phrase; check the camera".to_owned(),
                };
                self.tell(RecorderEvent::NotSaved { text, reel: Arc::new(reel) });
            }
        }
    }

    fn watch_space(&mut self) {
        let free = self.disk.free_bytes(&self.settings.recordings);
        if let Some(text) = self.space.watch(free, &self.settings) {
            self.tell(RecorderEvent::Trouble(text));
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
            self.tell(RecorderEvent::Pruned(removed));
        }
    }

    fn tell(&self, event: RecorderEvent) {
        let _ = match event {
            RecorderEvent::Trouble(_) | RecorderEvent::Pruned(_) => self.events.try_send(event).is_ok(),
            _ => self.events.send_timeout(event, EVENT_PATIENCE).is_ok(),
        };
    }

    fn publish(&self) {
        let running = self.phrase.as_ref().and_then(|p| p.running.as_ref());
        let (bytes, lost) = running.map_or((0, 0), Running::bytes_and_lost);
        let memory_secs = self.shared.of(CameraSeat::Main).lock().secs();
        let memory_bytes = CameraSeat::BOTH.iter().map(|seat| self.shared.of(*seat).lock().bytes()).sum();
        let mut status = self.shared.status.lock();
        status.memory_secs = memory_secs;
        status.memory_bytes = memory_bytes;
        status.free_bytes = self.space.free_bytes();
        status.written_bytes = self.before.0 + bytes;
        status.lost = self.before.1 + lost + self.shared.broken.load(Ordering::Relaxed);
        status.trouble = self.refusal.as_ref().map(refusal).or_else(|| self.space.warning());
    }
}

fn write_signals(shared: &Shared, id: u64, running: &mut Running) -> Result<(), FolderError> {
    let Some((_, log)) = shared.signals.lock().take_if(|(of, _)| *of <= id) else { return Ok(()) };
    running.take_signals(&log).inspect_err(|_| {
        // Tried again, unless newer ones have come.
        shared.signals.lock().get_or_insert((id, log));
    })
}

fn write_batches(
    shared: &Shared,
    disk: &dyn Disk,
    running: &mut Running,
    until: Option<Timestamp>,
) -> Result<bool, FolderError> {
    for _ in 0..BATCHES {
        if !running.write(shared, disk, until)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether every camera has sent what belongs to a phrase that ends at `until`.
fn has_all(shared: &Shared, until: Timestamp) -> bool {
    CameraSeat::BOTH.into_iter().filter(|seat| shared.is_taken(*seat)).all(|seat| {
        let memory = shared.of(seat).lock();
        memory.newest().is_some_and(|newest| newest.at >= until)
    })
}

fn saved(shared: &Shared, running: &Running, until: Timestamp, lost: u64) -> SavedPhrase {
    SavedPhrase {
        folder: running.folder.clone(),
        clip: running.clip_path(CameraSeat::Main).unwrap_or_default(),
        second_clip: running.clip_path(CameraSeat::Second),
        log: running.log(),
        meta: running.meta.clone(),
        signals: running.signals.clone(),
        zero: running.zero,
        pictures: running.pictures(),
        secs: running.secs(),
        lost,
        cut_off: None,
        reel: Arc::new(shared.reel(CameraSeat::Main, Span::between(running.zero, until), running.zero)),
    }
}

fn wall_clock(clock: HostClock) -> WallClock {
    WallClock { host: clock.now(), wall: local_now() }
}

/// Wall-clock time here; UTC where the system does not tell its zone.
fn local_now() -> OffsetDateTime {
    OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc())
}
