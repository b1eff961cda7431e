//! Fans out a camera's frames to their subscribers: validates, numbers and timestamps each one, then hands it on.
//!
//! Runs on the capture thread and takes microseconds: it decodes nothing and never blocks on a subscriber.

use super::queue::{Capacity, FrameQueue, LatestFrame};
use super::source::RawFrame;
use super::state::{CameraStats, ControlRequest};
use super::{CameraControl, CameraPhase, CameraSource, CameraState, CapturedFrame, Damage, PixelCoding};
use super::{jpeg_head, supervisor::CameraTimeouts};
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, HostClock, Timestamp};
use parking_lot::{Condvar, Mutex};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Silence after which the state reports it, in seconds: thirty frames at 30 per second.
const SILENCE_SECS: f64 = 1.0;
/// Raw rows may be followed by padding up to the end of a memory page.
const PAGE_BYTES: usize = 4096;

/// Shared by the camera's threads and its owner.
pub(super) struct FrameFanout {
    clock: HostClock,
    timeouts: CameraTimeouts,
    queues: Mutex<Vec<Weak<FrameQueue>>>,
    slot: Arc<LatestFrame>,
    stats: Mutex<CameraStats>,
    stopped: Mutex<bool>,
    stop_requested: Condvar,
}

impl FrameFanout {
    pub(super) fn new(name: String, clock: HostClock, timeouts: CameraTimeouts) -> Self {
        Self {
            clock,
            timeouts,
            queues: Mutex::default(),
            slot: Arc::default(),
            stats: Mutex::new(CameraStats::new(name, clock)),
            stopped: Mutex::new(false),
            stop_requested: Condvar::new(),
        }
    }

    pub(super) fn subscribe(&self, capacity: Capacity) -> Arc<FrameQueue> {
        let queue = FrameQueue::new(capacity);
        let stats = self.stats.lock();
        if stats.is_closed {
            queue.close();
        }
        self.queues.lock().push(Arc::downgrade(&queue));
        queue
    }

    pub(super) fn slot(&self) -> Arc<LatestFrame> {
        Arc::clone(&self.slot)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn name(&self) -> String {
        self.stats.lock().name.clone()
    }

    /// Starts an opening and returns its generation.
    pub(super) fn begin(&self) -> u64 {
        let mut stats = self.stats.lock();
        stats.generation += 1;
        stats.frames_since_opening = 0;
        stats.opened_at = None;
        stats.generation
    }

    /// The source is open.
    pub(super) fn opened(&self, generation: u64, source: &mut dyn CameraSource) {
        let (name, format, controls) = (source.name(), source.format(), source.controls());
        let mut stats = self.stats.lock();
        if stats.generation == generation {
            stats.name = name.unwrap_or_else(|| std::mem::take(&mut stats.name));
            stats.openings += 1;
            stats.promised = format;
            stats.controls = controls;
            stats.opened_at = Some(self.clock.now());
            stats.notice = None;
            stats.delivered = None;
            stats.rate.forget();
            stats.stamper.forget_source_clock();
            stats.control_requests.iter_mut().for_each(|request| request.is_applied = false);
        }
    }

    pub(super) fn is_current(&self, generation: u64) -> bool {
        self.stats.lock().generation == generation && !self.is_stopped()
    }

    /// Applies pending control requests.
    pub(super) fn apply_control_requests(&self, source: &mut dyn CameraSource) {
        let mut stats = self.stats.lock();
        let open: Vec<(String, f64)> = stats
            .control_requests
            .iter()
            .filter(|request| !request.is_applied)
            .map(|request| (request.control.clone(), request.value))
            .collect();
        if open.is_empty() {
            return;
        }
        stats.control_requests.iter_mut().for_each(|request| request.is_applied = true);
        drop(stats);
        let failed = open.iter().filter_map(|(control, value)| source.set_control(control, *value).err()).last();
        let controls = source.controls();
        let mut stats = self.stats.lock();
        stats.controls = controls;
        stats.refused = failed.map(|error| error.to_string());
    }

    pub(super) fn request(&self, control: &str, value: f64) {
        let mut stats = self.stats.lock();
        stats.control_requests.retain(|request| request.control != control);
        stats.control_requests.push(ControlRequest { control: control.to_owned(), value, is_applied: false });
    }

    pub(super) fn controls(&self) -> Vec<CameraControl> {
        self.stats.lock().controls.clone()
    }

    /// Handles a frame that arrived just now.
    pub(super) fn accept(&self, generation: u64, raw: RawFrame) {
        let arrived = self.clock.now();
        let mut stats = self.stats.lock();
        if stats.generation != generation || stats.is_closed {
            return;
        }
        let index = FrameIndex(stats.arrived);
        stats.arrived += 1;
        let taken = raw.taken;
        match validate(raw) {
            Ok((size, coding, bytes)) => {
                let at = stats.stamper.stamp(taken, arrived);
                stats.count_frame(at, arrived, size, coding);
                self.distribute(&mut stats, &CapturedFrame { at, index, size, coding, bytes: bytes.into() });
            }
            Err(damage) => {
                stats.damaged += 1;
                stats.trouble = Some(format!("{} sends frames that cannot be used: {damage}", stats.name));
            }
        }
    }

    fn distribute(&self, stats: &mut CameraStats, frame: &CapturedFrame) {
        self.slot.put(frame);
        self.queues.lock().retain(|queue| match queue.upgrade() {
            Some(queue) => {
                queue.offer(frame);
                true
            }
            None => false,
        });
        stats.trouble = None;
    }

    /// Adds frames that were damaged on their way although they could be delivered.
    pub(super) fn count_damaged(&self, more: u64) {
        self.stats.lock().damaged += more;
    }

    /// Called when a subscription ends; its losses stay counted.
    pub(super) fn count_lost(&self, lost: u64) {
        self.stats.lock().lost_before += lost;
    }

    /// Seconds without a usable frame in this opening, and the limit for it.
    pub(super) fn silence(&self, begun: Timestamp) -> (f64, f64) {
        let stats = self.stats.lock();
        let now = self.clock.now();
        let last = stats.last_usable.filter(|_| stats.frames_since_opening > 0);
        match last {
            Some(last) => (now.secs_since(last), self.timeouts.stall_secs),
            None => (now.secs_since(stats.opened_at.unwrap_or(begun)), self.timeouts.opening_secs),
        }
    }

    /// Whether frames arrived since it was opened.
    pub(super) fn had_frames(&self) -> bool {
        self.stats.lock().frames_since_opening > 0
    }

    /// The camera is gone or refused; it will be retried.
    pub(super) fn retry_later(&self, trouble: String) {
        let mut stats = self.stats.lock();
        stats.generation += 1;
        stats.phase = CameraPhase::Waiting;
        stats.trouble = Some(trouble);
        stats.rate.forget();
    }

    /// No more frames will come.
    pub(super) fn end(&self, trouble: Option<String>) {
        let mut stats = self.stats.lock();
        stats.generation += 1;
        stats.phase = CameraPhase::Ended;
        stats.trouble = trouble;
        stats.is_closed = true;
        self.queues.lock().iter().filter_map(Weak::upgrade).for_each(|queue| queue.close());
    }

    pub(super) fn stop(&self) {
        *self.stopped.lock() = true;
        self.stop_requested.notify_all();
    }

    pub(super) fn is_stopped(&self) -> bool {
        *self.stopped.lock()
    }

    /// Sleeps until `secs` have passed or the camera is stopped.
    pub(super) fn pause(&self, secs: f64) {
        let mut stopped = self.stopped.lock();
        if !*stopped {
            self.stop_requested.wait_for(&mut stopped, Duration::from_secs_f64(secs));
        }
    }

    pub(super) fn state(&self) -> CameraState {
        let now = self.clock.now();
        let lost =
            self.queues.lock().iter().filter_map(Weak::upgrade).filter(|t| t.drops_newest()).map(|t| t.lost()).sum();
        self.stats.lock().state(now, self.timeouts.stall_secs.min(SILENCE_SECS), lost)
    }
}

/// Validates a raw frame: size, coding and exact bytes.
fn validate(raw: RawFrame) -> Result<(FrameSize, PixelCoding, Vec<u8>), Damage> {
    let RawFrame { size, coding, mut bytes, .. } = raw;
    if bytes.is_empty() {
        return Err(Damage::Empty);
    }
    let Some(expected) = coding.frame_bytes(size) else {
        let (size, length) = jpeg_head::measure(&bytes)?;
        bytes.truncate(length);
        return Ok((size, coding, bytes));
    };
    let got = bytes.len();
    if got >= expected && got < expected + PAGE_BYTES && expected > 0 {
        bytes.truncate(expected);
        return Ok((size, coding, bytes));
    }
    // Some cameras send JPEG whatever was negotiated.
    let (size, length) = jpeg_head::measure(&bytes).map_err(|_| Damage::Length { expected, got })?;
    bytes.truncate(length);
    Ok((size, PixelCoding::Jpeg, bytes))
}
