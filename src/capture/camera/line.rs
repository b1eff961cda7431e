//! The way of a picture from its source to those who need it: looked at, numbered, stamped, handed on.
//!
//! Everything here happens on the thread that captures and takes microseconds: nothing is decoded, nobody is waited for.

use super::facts::{Facts, Wish};
use super::queue::{Room, Slot, Tap};
use super::source::RawPicture;
use super::{CameraControl, CameraPhase, CameraState, Captured, Damage, PictureSource, PixelCoding};
use super::{jpeg_head, supervisor::Patience};
use fencing::geometry::PictureSize;
use fencing::time::{FrameIndex, HostClock, Timestamp};
use parking_lot::{Condvar, Mutex};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Silence after which the state says so, in seconds: thirty pictures.
const NOTICED_SECS: f64 = 1.0;
/// Rows may be followed by rubbish up to the end of a memory page.
const PAGE_BYTES: usize = 4096;

/// Shared by the camera's threads and its owner.
pub(super) struct Line {
    clock: HostClock,
    patience: Patience,
    taps: Mutex<Vec<Weak<Tap>>>,
    slot: Arc<Slot>,
    facts: Mutex<Facts>,
    stopped: Mutex<bool>,
    stop_asked: Condvar,
}

impl Line {
    pub(super) fn new(name: String, clock: HostClock, patience: Patience) -> Self {
        Self {
            clock,
            patience,
            taps: Mutex::default(),
            slot: Arc::default(),
            facts: Mutex::new(Facts::new(name, clock)),
            stopped: Mutex::new(false),
            stop_asked: Condvar::new(),
        }
    }

    pub(super) fn subscribe(&self, room: Room) -> Arc<Tap> {
        let tap = Tap::new(room);
        let facts = self.facts.lock();
        if facts.is_closed {
            tap.close();
        }
        self.taps.lock().push(Arc::downgrade(&tap));
        tap
    }

    pub(super) fn slot(&self) -> Arc<Slot> {
        Arc::clone(&self.slot)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn name(&self) -> String {
        self.facts.lock().name.clone()
    }

    /// Begins an opening and says which it is.
    pub(super) fn begin(&self) -> u64 {
        let mut facts = self.facts.lock();
        facts.generation += 1;
        facts.came_since_opening = 0;
        facts.opened_at = None;
        facts.generation
    }

    /// A source is open.
    pub(super) fn opened(&self, generation: u64, source: &mut dyn PictureSource) {
        let (name, format, controls) = (source.name(), source.format(), source.controls());
        let mut facts = self.facts.lock();
        if facts.generation == generation {
            facts.name = name.unwrap_or_else(|| std::mem::take(&mut facts.name));
            facts.openings += 1;
            facts.promised = format;
            facts.controls = controls;
            facts.opened_at = Some(self.clock.now());
            facts.notice = None;
            facts.delivered = None;
            facts.rate.forget();
            facts.stamper.forget_source_clock();
            facts.wishes.iter_mut().for_each(|wish| wish.is_done = false);
        }
    }

    pub(super) fn is_current(&self, generation: u64) -> bool {
        self.facts.lock().generation == generation && !self.is_stopped()
    }

    /// Sets what somebody wants set.
    pub(super) fn grant_wishes(&self, source: &mut dyn PictureSource) {
        let mut facts = self.facts.lock();
        let open: Vec<(String, f64)> =
            facts.wishes.iter().filter(|wish| !wish.is_done).map(|wish| (wish.control.clone(), wish.value)).collect();
        if open.is_empty() {
            return;
        }
        facts.wishes.iter_mut().for_each(|wish| wish.is_done = true);
        drop(facts);
        let failed = open.iter().filter_map(|(control, value)| source.set_control(control, *value).err()).last();
        let controls = source.controls();
        let mut facts = self.facts.lock();
        facts.controls = controls;
        facts.refused = failed.map(|error| error.to_string());
    }

    pub(super) fn wish(&self, control: &str, value: f64) {
        let mut facts = self.facts.lock();
        facts.wishes.retain(|wish| wish.control != control);
        facts.wishes.push(Wish { control: control.to_owned(), value, is_done: false });
    }

    pub(super) fn controls(&self) -> Vec<CameraControl> {
        self.facts.lock().controls.clone()
    }

    /// Takes a picture that arrived just now.
    pub(super) fn accept(&self, generation: u64, raw: RawPicture) {
        let arrived = self.clock.now();
        let mut facts = self.facts.lock();
        if facts.generation != generation || facts.is_closed {
            return;
        }
        let index = FrameIndex(facts.arrived);
        facts.arrived += 1;
        let taken = raw.taken;
        match look_at(raw) {
            Ok((size, coding, bytes)) => {
                let at = facts.stamper.stamp(taken, arrived);
                facts.came(at, arrived, size, coding);
                self.hand_on(&mut facts, &Captured { at, index, size, coding, bytes: bytes.into() });
            }
            Err(damage) => {
                facts.damaged += 1;
                facts.trouble = Some(format!("{} sends pictures that cannot be used: {damage}", facts.name));
            }
        }
    }

    fn hand_on(&self, facts: &mut Facts, picture: &Captured) {
        self.slot.put(picture);
        self.taps.lock().retain(|tap| match tap.upgrade() {
            Some(tap) => {
                tap.offer(picture);
                true
            }
            None => false,
        });
        facts.trouble = None;
    }

    /// So many pictures more came damaged although they could be handed on.
    pub(super) fn count_damaged(&self, more: u64) {
        self.facts.lock().damaged += more;
    }

    /// A subscription ends; what it lost stays counted.
    pub(super) fn count_lost(&self, lost: u64) {
        self.facts.lock().lost_before += lost;
    }

    /// Seconds in which nothing usable came from this opening, and how many are too many.
    pub(super) fn silence(&self, begun: Timestamp) -> (f64, f64) {
        let facts = self.facts.lock();
        let now = self.clock.now();
        let last = facts.last_usable.filter(|_| facts.came_since_opening > 0);
        match last {
            Some(last) => (now.secs_since(last), self.patience.stall_secs),
            None => (now.secs_since(facts.opened_at.unwrap_or(begun)), self.patience.opening_secs),
        }
    }

    /// Whether pictures came since it was opened.
    pub(super) fn did_run(&self) -> bool {
        self.facts.lock().came_since_opening > 0
    }

    /// The camera is gone or refused; it will be tried again.
    pub(super) fn wait_for_it(&self, trouble: String) {
        let mut facts = self.facts.lock();
        facts.generation += 1;
        facts.phase = CameraPhase::Waiting;
        facts.trouble = Some(trouble);
        facts.rate.forget();
    }

    /// Nothing will come any more.
    pub(super) fn end(&self, trouble: Option<String>) {
        let mut facts = self.facts.lock();
        facts.generation += 1;
        facts.phase = CameraPhase::Ended;
        facts.trouble = trouble;
        facts.is_closed = true;
        self.taps.lock().iter().filter_map(Weak::upgrade).for_each(|tap| tap.close());
    }

    pub(super) fn stop(&self) {
        *self.stopped.lock() = true;
        self.stop_asked.notify_all();
    }

    pub(super) fn is_stopped(&self) -> bool {
        *self.stopped.lock()
    }

    /// Sleeps, unless it is stopped.
    pub(super) fn pause(&self, secs: f64) {
        let mut stopped = self.stopped.lock();
        if !*stopped {
            self.stop_asked.wait_for(&mut stopped, Duration::from_secs_f64(secs));
        }
    }

    pub(super) fn state(&self) -> CameraState {
        let now = self.clock.now();
        let lost = self.taps.lock().iter().filter_map(Weak::upgrade).filter(|t| t.loses_last()).map(|t| t.lost()).sum();
        self.facts.lock().state(now, self.patience.stall_secs.min(NOTICED_SECS), lost)
    }
}

/// Size, coding and exact bytes of a usable picture.
fn look_at(raw: RawPicture) -> Result<(PictureSize, PixelCoding, Vec<u8>), Damage> {
    let RawPicture { size, coding, mut bytes, .. } = raw;
    if bytes.is_empty() {
        return Err(Damage::Empty);
    }
    let Some(expected) = coding.picture_bytes(size) else {
        let (size, length) = jpeg_head::measure(&bytes)?;
        bytes.truncate(length);
        return Ok((size, coding, bytes));
    };
    let got = bytes.len();
    if got >= expected && got < expected + PAGE_BYTES && expected > 0 {
        bytes.truncate(expected);
        return Ok((size, coding, bytes));
    }
    // Some send JPEG whatever was agreed.
    let (size, length) = jpeg_head::measure(&bytes).map_err(|_| Damage::Length { expected, got })?;
    bytes.truncate(length);
    Ok((size, PixelCoding::Jpeg, bytes))
}
