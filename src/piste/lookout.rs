//! Looks at the newest picture only: for the window's preview and, where they are the apparatus, for lamps.
//!
//! A thread of its own that takes the latest picture and leaves out those that came while it was busy: it can disturb
//! neither the recorder nor the judge. Nothing is decoded while nobody asks.

use super::Wake;
use capture::camera::Captured;
use crossbeam_channel::Sender;
use fencing::SignalEvent;
use fencing::time::{HostClock, Timestamp};
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use vision::lamps::LampWatcher;
use vision::video::{Frame, guarded, spawn_worker};

/// Widest preview, in pixels.
pub(super) const PREVIEW_WIDTH: u32 = 1280;
/// Width at which lamps are looked for, in pixels: what clips are searched at.
const LAMPS_WIDTH: u32 = 960;
/// How often the watcher is asked what it saw, in seconds.
const ASKED_SECS: f64 = 0.08;
/// A preview that nobody asked for within this time is not made any more, in seconds.
const WANTED_SECS: f64 = 1.0;
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
        spawn_worker("piste-lookout", || (), move || own.run(&seen, &wake))?;
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
            let width = if lamps { LAMPS_WIDTH } else { PREVIEW_WIDTH };
            let step = || {
                let frame = picture.frame(width).ok()?;
                if lamps {
                    watch.observe(&frame, seen);
                }
                Some(frame)
            };
            // One frame that cannot be handled is one frame less; a watcher that was cut short is not used any further.
            let Some(frame) = guarded("piste-lookout", step) else {
                watch = LampWatch::default();
                continue;
            };
            let Some(frame) = frame else { continue };
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
    asked: Option<Timestamp>,
}

impl LampWatch {
    fn observe(&mut self, frame: &Frame, seen: &Sender<SignalEvent>) {
        let since = *self.since.get_or_insert(frame.at);
        self.watcher.observe(frame);
        if self.asked.is_some_and(|asked| frame.at.secs_since(asked) < ASKED_SECS) {
            return;
        }
        self.asked = Some(frame.at);
        let lit = self.watcher.held().events;
        if lit.is_empty() && frame.at.secs_since(since) > RENEW_SECS {
            *self = Self::default();
        }
        for lamp in lit {
            let _full = seen.try_send(lamp);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::bounded;
    use fencing::geometry::PictureSize;
    use fencing::time::FrameIndex;
    use fencing::{Lamp, Side, SignalKind};

    /// A grey hall with a red bar from `lit` on, at 30 pictures per second of the host clock; which lamps are told, and when.
    fn told(secs: f64, lit: impl Fn(f64) -> bool) -> Vec<(f64, SignalEvent)> {
        let (width, height) = (480, 270);
        let size = PictureSize::new(width as u32, height as u32);
        let (tell, seen) = bounded(64);
        let mut watch = LampWatch::default();
        let mut all = Vec::new();
        for index in 0..(secs * 30.0) as u64 {
            let since = index as f64 / 30.0;
            let mut rgb: Vec<u8> = (0..width * height * 3).map(|i| 90 + (i / 7 % 13) as u8).collect();
            if lit(since) {
                for pixel in (230..236).flat_map(|y| (60..160).map(move |x| y * width + x)) {
                    rgb[pixel * 3..][..3].copy_from_slice(&[230, 30, 50]);
                }
            }
            let at = Timestamp::from_secs(1000.0 + since);
            watch.observe(&Frame::from_rgb(at, FrameIndex(index), size, size, rgb).unwrap(), &tell);
            all.extend(seen.try_iter().map(|lamp| (since, lamp)));
        }
        all
    }

    #[test]
    fn a_lamp_is_told_once_it_stays_lit_with_the_moment_it_lit_up() {
        let all = told(4.0, |secs| secs >= 2.0);
        let (when, first) = all[0];
        assert_eq!(first.kind, SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid });
        assert!((first.at.secs() - 1002.0).abs() < 0.05 && (2.4..2.8).contains(&when), "{first:?} at {when}");
        assert!(told(4.0, |_| false).is_empty());
        assert!(told(4.0, |secs| (2.0..2.3).contains(&secs)).is_empty(), "a flash is no lamp");
    }
}
