//! Looks at the newest picture only: for the window's preview and, where they are the apparatus, for lamps.
//!
//! A thread of its own that takes the latest picture and leaves out those that came while it was busy: it can disturb
//! neither the recorder nor the judge. Nothing is decoded while nobody asks.

use super::Wake;
use crate::camera::Captured;
use crate::fencing::SignalEvent;
use crate::lamps::LampWatcher;
use crate::time::{HostClock, Timestamp};
use crate::video::Frame;
use crossbeam_channel::Sender;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Widest preview, in pixels.
pub(super) const PREVIEW_WIDTH: u32 = 1280;
/// A preview that nobody asked for within this time is not made any more, in seconds.
const WANTED_SECS: f64 = 1.0;
/// A lamp in the picture counts once it has been lit for this long, in seconds: a swung sleeve is gone by then.
const LIT_SECS: f64 = 0.45;
/// A watcher for lamps is renewed when it has watched this long without a phrase, in seconds: what flickered long ago must
/// not make it doubt.
const RENEW_SECS: f64 = 45.0;

/// What both sides see.
pub(super) struct Lookout {
    slot: Mutex<Slot>,
    changed: Condvar,
    shown: Mutex<Option<Arc<Frame>>>,
    wanted_at: AtomicI64,
    lamps: AtomicBool,
    clock: HostClock,
}

#[derive(Default)]
struct Slot {
    picture: Option<Captured>,
    closed: bool,
    /// Raised when a phrase is over: its lamps are old news.
    forget_lamps: bool,
}

impl Lookout {
    /// Starts the thread; lamps that light up are told to `seen` on the host clock.
    pub(super) fn start(clock: HostClock, seen: Sender<SignalEvent>, wake: Wake) -> std::io::Result<Arc<Self>> {
        let lookout = Arc::new(Self {
            slot: Mutex::default(),
            changed: Condvar::new(),
            shown: Mutex::default(),
            wanted_at: AtomicI64::new(i64::MIN),
            lamps: AtomicBool::new(false),
            clock,
        });
        let own = Arc::clone(&lookout);
        std::thread::Builder::new().name("piste-lookout".into()).spawn(move || own.run(&seen, &wake))?;
        Ok(lookout)
    }

    /// The newest picture; the one before, if it still waits, is left out.
    pub(super) fn picture(&self, picture: &Captured) {
        self.slot.lock().picture = Some(picture.clone());
        self.changed.notify_one();
    }

    /// The preview; asking keeps it coming.
    pub(super) fn preview(&self) -> Option<Arc<Frame>> {
        self.wanted_at.store(self.clock.now().nanos(), Ordering::Relaxed);
        self.shown.lock().clone()
    }

    /// Whether to look for lamps.
    pub(super) fn look_for_lamps(&self, wanted: bool) {
        self.lamps.store(wanted, Ordering::Relaxed);
    }

    /// The lamps of the phrase that is over count no more.
    pub(super) fn forget_lamps(&self) {
        self.slot.lock().forget_lamps = true;
    }

    /// The camera is another one now.
    pub(super) fn clear(&self) {
        *self.shown.lock() = None;
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        self.slot.lock().closed = true;
        self.changed.notify_one();
    }

    fn run(&self, seen: &Sender<SignalEvent>, wake: &Wake) {
        let mut watch = LampWatch::default();
        while let Some((picture, forget)) = self.next() {
            if forget {
                watch = LampWatch::default();
            }
            let (lamps, wanted) = (self.lamps.load(Ordering::Relaxed), self.is_wanted());
            if !lamps && !wanted {
                continue;
            }
            let Ok(frame) = picture.frame(PREVIEW_WIDTH) else { continue };
            if lamps {
                watch.observe(&frame, seen);
            }
            *self.shown.lock() = Some(Arc::new(frame));
            wake();
        }
    }

    fn is_wanted(&self) -> bool {
        let asked = Timestamp::from_nanos(self.wanted_at.load(Ordering::Relaxed));
        self.clock.now().secs_since(asked) < WANTED_SECS
    }

    /// The newest picture, waiting for one; `None` at the end.
    fn next(&self) -> Option<(Captured, bool)> {
        let mut slot = self.slot.lock();
        loop {
            if slot.closed {
                return None;
            }
            if let Some(picture) = slot.picture.take() {
                return Some((picture, std::mem::take(&mut slot.forget_lamps)));
            }
            self.changed.wait(&mut slot);
        }
    }
}

/// A watcher that is renewed before it remembers too much.
#[derive(Default)]
struct LampWatch {
    watcher: LampWatcher,
    since: Option<Timestamp>,
}

impl LampWatch {
    fn observe(&mut self, frame: &Frame, seen: &Sender<SignalEvent>) {
        let since = *self.since.get_or_insert(frame.at);
        self.watcher.observe(frame);
        let lit = self.watcher.conclude().events;
        if lit.is_empty() && frame.at.secs_since(since) > RENEW_SECS {
            *self = Self::default();
        }
        for lamp in lit.into_iter().filter(|lamp| frame.at.secs_since(lamp.at) >= LIT_SECS) {
            let _full = seen.try_send(lamp);
        }
    }
}
