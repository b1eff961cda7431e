//! Decodes the latest frame for the window's preview and, if the video is the apparatus, looks for lamps in it.
//!
//! A thread of its own takes the latest frame and leaves out those that came while it was busy, so it delays neither recorder
//! nor judge. Nothing is decoded while nobody needs it.

use super::Wake;
use capture::camera::CapturedFrame;
use crossbeam_channel::Sender;
use fencing::SignalEvent;
use fencing::time::{HostClock, Timestamp};
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use vision::lamps::LampDetector;
use vision::video::{Frame, guarded, spawn_worker};

/// Widest preview, in pixels.
pub(crate) const PREVIEW_WIDTH: u32 = 1280;
/// Width of frames in which lamps are looked for, in pixels; the same as for clips.
const LAMPS_WIDTH: u32 = 960;
/// Interval at which the lamp detector is asked for its results, in seconds.
const LAMP_CHECK_INTERVAL_SECS: f64 = 0.08;
/// The preview is no longer decoded when it was not requested for this long, in seconds.
const WANTED_SECS: f64 = 1.0;
/// A lamp detector is replaced after this time without a phrase, in seconds: flicker of long ago must not
/// affect its confidence.
const RENEW_SECS: f64 = 45.0;

/// State shared by the thread and its users.
pub(crate) struct PreviewWorker {
    slot: Mutex<Slot>,
    changed: Condvar,
    latest: Mutex<Option<Arc<Frame>>>,
    wanted_at: AtomicI64,
    lamps: AtomicBool,
    clock: HostClock,
}

#[derive(Default)]
struct Slot {
    frame: Option<CapturedFrame>,
    closed: bool,
    /// Set when a phrase is over: its lamps no longer count.
    forget_lamps: bool,
}

impl PreviewWorker {
    /// Starts the thread; lit lamps are sent to `lamps`, on the host clock.
    pub(crate) fn start(clock: HostClock, lamps: Sender<SignalEvent>, wake: Wake) -> std::io::Result<Arc<Self>> {
        let preview_worker = Arc::new(Self {
            slot: Mutex::default(),
            changed: Condvar::new(),
            latest: Mutex::default(),
            wanted_at: AtomicI64::new(i64::MIN),
            lamps: AtomicBool::new(false),
            clock,
        });
        let own = Arc::clone(&preview_worker);
        spawn_worker("piste-preview", || (), move || own.run(&lamps, &wake))?;
        Ok(preview_worker)
    }

    /// Passes in the latest frame; an earlier one that still waits is left out.
    pub(crate) fn frame(&self, frame: &CapturedFrame) {
        self.slot.lock().frame = Some(frame.clone());
        self.changed.notify_one();
    }

    /// The latest preview; requesting it keeps it being decoded.
    pub(crate) fn preview(&self) -> Option<Arc<Frame>> {
        self.wanted_at.store(self.clock.now().nanos(), Ordering::Relaxed);
        self.latest.lock().clone()
    }

    /// Sets whether to look for lamps.
    pub(crate) fn look_for_lamps(&self, wanted: bool) {
        self.lamps.store(wanted, Ordering::Relaxed);
    }

    /// Forgets the lamps of the phrase that is over.
    pub(crate) fn forget_lamps(&self) {
        self.slot.lock().forget_lamps = true;
    }

    /// The camera has changed: forgets its frames.
    pub(crate) fn clear(&self) {
        *self.latest.lock() = None;
    }

    /// Ends the thread.
    pub(crate) fn close(&self) {
        self.slot.lock().closed = true;
        self.changed.notify_one();
    }

    fn run(&self, lamps: &Sender<SignalEvent>, wake: &Wake) {
        let mut watch = LampWatch::default();
        while let Some((frame, forget)) = self.next() {
            if forget {
                watch = LampWatch::default();
            }
            let (wants_lamps, wanted) = (self.lamps.load(Ordering::Relaxed), self.is_wanted());
            if !wants_lamps && !wanted {
                continue;
            }
            let width = if wants_lamps { LAMPS_WIDTH } else { PREVIEW_WIDTH };
            let step = || {
                let decoded = frame.decode(width).ok()?;
                if wants_lamps {
                    watch.observe(&decoded, lamps);
                }
                Some(decoded)
            };
            // A panic costs this one frame; the lamp detector may be inconsistent after it and is replaced.
            let Some(decoded) = guarded("piste-preview", step) else {
                watch = LampWatch::default();
                continue;
            };
            let Some(decoded) = decoded else { continue };
            *self.latest.lock() = Some(Arc::new(decoded));
            wake();
        }
    }

    fn is_wanted(&self) -> bool {
        let checked_at = Timestamp::from_nanos(self.wanted_at.load(Ordering::Relaxed));
        self.clock.now().secs_since(checked_at) < WANTED_SECS
    }

    /// Waits for the latest frame; `None` when the thread is to end.
    fn next(&self) -> Option<(CapturedFrame, bool)> {
        let mut slot = self.slot.lock();
        loop {
            if slot.closed {
                return None;
            }
            if let Some(frame) = slot.frame.take() {
                return Some((frame, std::mem::take(&mut slot.forget_lamps)));
            }
            self.changed.wait(&mut slot);
        }
    }
}

/// A lamp detector that is replaced now and then.
#[derive(Default)]
struct LampWatch {
    detector: LampDetector,
    since: Option<Timestamp>,
    checked_at: Option<Timestamp>,
}

impl LampWatch {
    fn observe(&mut self, frame: &Frame, lamps: &Sender<SignalEvent>) {
        let since = *self.since.get_or_insert(frame.at);
        self.detector.observe(frame);
        if self.checked_at.is_some_and(|checked_at| frame.at.secs_since(checked_at) < LAMP_CHECK_INTERVAL_SECS) {
            return;
        }
        self.checked_at = Some(frame.at);
        let lit = self.detector.held().events;
        if lit.is_empty() && frame.at.secs_since(since) > RENEW_SECS {
            *self = Self::default();
        }
        for lamp in lit {
            let _full = lamps.try_send(lamp);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::bounded;
    use fencing::geometry::FrameSize;
    use fencing::time::FrameIndex;
    use fencing::{Lamp, Side, SignalKind};

    /// Simulates a grey hall with a red bar while `lit(t)`, at 30 fps; returns the reported lamps and when they were reported.
    fn reported_lamps(secs: f64, lit: impl Fn(f64) -> bool) -> Vec<(f64, SignalEvent)> {
        let (width, height) = (480, 270);
        let size = FrameSize::new(width as u32, height as u32);
        let (sender, lamps) = bounded(64);
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
            watch.observe(&Frame::from_rgb(at, FrameIndex(index), size, size, rgb).unwrap(), &sender);
            all.extend(lamps.try_iter().map(|lamp| (since, lamp)));
        }
        all
    }

    #[test]
    fn a_lamp_is_reported_once_it_stays_lit_with_the_time_of_its_onset() {
        let all = reported_lamps(4.0, |secs| secs >= 2.0);
        let (when, first) = all[0];
        assert_eq!(first.kind, SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid });
        assert!((first.at.secs() - 1002.0).abs() < 0.05 && (2.4..2.8).contains(&when), "{first:?} at {when}");
        assert!(reported_lamps(4.0, |_| false).is_empty());
        assert!(reported_lamps(4.0, |secs| (2.0..2.3).contains(&secs)).is_empty(), "a flash is no lamp");
    }
}
