//! This machine's eyes on the piste, always open: what a phrase brings along from before it began was looked at when it
//! happened, so that only arithmetic is left when the lamps light.
//!
//! The desk hands in every picture of the main camera and never waits: what finds no room is passed over and counted.

use super::looking::{Looking, Order};
use super::{Conclusion, SightPlace};
use crate::judge_event::{JudgeEvent, JudgeEventSender};
use capture::camera::Captured;
use crossbeam_channel::Sender;
use fencing::Weapon;
use fencing::time::{HostClock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use vision::engine::Engine;
use vision::video::spawn_worker;

/// Pictures that may wait: ten seconds of 60 per second. The recorder's memory holds them anyway.
const WAITING: usize = 600;
/// How long the phrase's end waits for room among them.
const PATIENCE: Duration = Duration::from_millis(200);

/// What eyes are opened with.
pub(crate) struct EyesSettings {
    pub(crate) engine: Engine,
    pub(crate) clock: HostClock,
    pub(crate) sight: SightPlace,
    /// How far back a phrase may begin, in seconds.
    pub(crate) keep_secs: f64,
}

/// The desk's end of the eyes. Dropping it closes them once what was asked is answered.
pub(crate) struct Eyes {
    orders: Sender<Order>,
    shared: Arc<Shared>,
}

/// What the desk and the eyes' thread both see.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Pictures that found no room since the thread looked last.
    pub(super) missed: AtomicU64,
    /// Nobody wants more pictures looked at.
    pub(super) closing: AtomicBool,
    /// The thread ended because of a defect.
    ended: AtomicBool,
}

/// One phrase that the eyes have been told of. Dropping it calls its judgement off.
pub(crate) struct Begun {
    orders: Sender<Order>,
    ticket: Arc<Ticket>,
}

/// The same for the eyes' thread.
pub(super) struct Ticket {
    pub(super) weapon: Weapon,
    pub(super) events: JudgeEventSender,
    called_off: AtomicBool,
}

impl Eyes {
    /// Opens eyes on threads of their own.
    pub(crate) fn open(settings: EyesSettings) -> Result<Self, String> {
        let (orders, taken) = crossbeam_channel::bounded(WAITING);
        let shared = Arc::new(Shared::default());
        let looking = Looking::new(settings, Arc::clone(&shared)).map_err(|error| error.to_string())?;
        let seen = Arc::clone(&shared);
        // Verdicts that were promised are dropped with the queue, which sends the phrases to their recordings.
        let on_panic = move || seen.ended.store(true, Ordering::Release);
        let body = move || looking.work(&taken);
        spawn_worker("piste-eyes", on_panic, body).map_err(|error| error.to_string())?;
        Ok(Self { orders, shared })
    }

    /// Whether the thread ended because of a defect: new eyes can be opened.
    pub(crate) fn has_ended(&self) -> bool {
        self.shared.ended.load(Ordering::Acquire)
    }

    /// The next picture of the main camera.
    pub(crate) fn picture(&self, picture: &Captured) {
        if self.orders.try_send(Order::Picture(picture.clone())).is_err() {
            self.shared.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The camera is another one, or none: what was seen so far is of something else.
    pub(crate) fn start_afresh(&self) {
        let _full = self.orders.send_timeout(Order::Afresh, PATIENCE);
    }

    /// How far back a phrase may begin from now on, in seconds.
    pub(crate) fn keep(&self, secs: f64) {
        let _full = self.orders.send_timeout(Order::Keep(secs), PATIENCE);
    }

    /// A phrase begins with the first picture at `from` or later; `remembered` are the pictures since then that the recorder
    /// has, for eyes that were not open yet. `None` when the eyes are in no state to watch it.
    pub(crate) fn begin(
        &self,
        from: Timestamp,
        remembered: Vec<Captured>,
        weapon: Weapon,
        events: JudgeEventSender,
    ) -> Option<Begun> {
        let ticket = Arc::new(Ticket { weapon, events, called_off: AtomicBool::new(false) });
        let begin = Order::Begin { from, remembered, ticket: Arc::clone(&ticket) };
        self.orders.send_timeout(begin, PATIENCE).ok()?;
        Some(Begun { orders: self.orders.clone(), ticket })
    }
}

impl Drop for Eyes {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
    }
}

impl Begun {
    pub(super) fn ask_at_once(&self, conclusion: Conclusion) {
        let ticket = Arc::clone(&self.ticket);
        // A queue that is full now is so late that the last word is as good.
        let _full = self.orders.try_send(Order::AskAtOnce { ticket, conclusion: Box::new(conclusion) });
    }

    pub(super) fn conclude(&self, conclusion: Conclusion) -> bool {
        let promise = VerdictPromise { ticket: Arc::clone(&self.ticket), is_open: true };
        match self.orders.send_timeout(Order::Conclude { promise, conclusion: Box::new(conclusion) }, PATIENCE) {
            Ok(()) => true,
            Err(refused) => {
                // The caller takes care of the phrase: nothing was promised.
                if let Order::Conclude { promise, .. } = refused.into_inner() {
                    promise.withdraw();
                }
                false
            }
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.ticket.called_off.store(true, Ordering::Release);
    }
}

impl Ticket {
    pub(super) fn is_called_off(&self) -> bool {
        self.called_off.load(Ordering::Acquire)
    }
}

/// The promise of a last event about a phrase. Dropped unkept, by a panic or by eyes that are gone, it sends the phrase to its
/// recording, so that nobody waits for ever.
pub(super) struct VerdictPromise {
    ticket: Arc<Ticket>,
    is_open: bool,
}

impl VerdictPromise {
    pub(super) fn ticket(&self) -> &Arc<Ticket> {
        &self.ticket
    }

    pub(super) fn keep(mut self, event: JudgeEvent) {
        self.is_open = false;
        self.ticket.events.send(event);
    }

    fn withdraw(mut self) {
        self.is_open = false;
    }
}

impl Drop for VerdictPromise {
    fn drop(&mut self) {
        if self.is_open && !self.ticket.is_called_off() {
            let why = "nobody watched the phrase from its beginning to its end";
            self.ticket.events.send(JudgeEvent::unwatched(self.ticket.events.phrase, why));
        }
    }
}
