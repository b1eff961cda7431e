//! Worker threads of the window: the guarded start, the queue of their events, and generations that drop stale results.
//!
//! Every worker ends in an event. One that panics ends in the event that its starter named for that case, so no screen
//! waits for a thread that is gone. The window's own thread never sends through the queue: it would wait for itself.

use crate::effect::Event;
use crossbeam_channel::{Receiver, Sender};
use parking_lot::Mutex;
use std::sync::Arc;

/// Events that wait for the window, at most; a worker that finds the queue full waits.
const EVENT_SLOTS: usize = 256;

/// An event, and the generation that must still be current when it is received.
type Stamped = (Option<Generation>, Event);

/// What a worker reports through.
#[derive(Clone)]
pub(crate) struct EventSender {
    events: Sender<Stamped>,
    /// Wakes the window.
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
}

/// The window's end of the queue.
pub(super) struct EventReceiver {
    events: Receiver<Stamped>,
}

impl EventSender {
    /// A queue whose receiver is woken by `wake`.
    pub(super) fn channel(wake: Arc<dyn Fn() + Send + Sync>) -> (Self, EventReceiver) {
        let (sender, events) = crossbeam_channel::bounded(EVENT_SLOTS);
        (Self { events: sender, wake }, EventReceiver { events })
    }

    /// Sends an event and wakes the window; nothing happens when the window is gone.
    pub(crate) fn send(&self, event: Event) {
        let _gone = self.events.send((None, event));
        (self.wake)();
    }

    /// The same for an event that means nothing once `generation` is over.
    pub(super) fn send_if_current(&self, generation: &Generation, event: Event) {
        let _gone = self.events.send((Some(generation.clone()), event));
        (self.wake)();
    }
}

impl EventReceiver {
    /// Everything that was sent and still counts.
    pub(super) fn take(&self) -> Vec<Event> {
        let counts = |generation: &Option<Generation>| generation.as_ref().is_none_or(Generation::is_current);
        self.events.try_iter().filter(|(generation, _)| counts(generation)).map(|(_, event)| event).collect()
    }
}

/// Starts a thread called `name` that does `work`. A panic is sent as what `lost` makes of its message; when the system
/// has no thread left, the same comes back at once.
pub(super) fn start(
    name: &str,
    events: &EventSender,
    lost: impl Fn(String) -> Event + Send + Sync + 'static,
    work: impl FnOnce(&EventSender) + Send + 'static,
) -> Option<Event> {
    let lost = Arc::new(lost);
    let (sender, on_panic) = (events.clone(), Arc::clone(&lost));
    let guarded = move || {
        if let Err(text) = catch_panic(|| work(&sender)) {
            sender.send(on_panic(text));
        }
    };
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(guarded);
    started.err().map(|error| lost(format!("no thread could be started ({error}); close other programs and try again")))
}

/// Runs `work`; a panic becomes an error that says where to look.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    vision::video::catch_panic("window", work).map_err(|text| format!("internal error, please report it ({text})"))
}

/// Numbers the works for one place on the screen; only the newest may put its result there.
#[derive(Clone, Debug, Default)]
pub(super) struct Generations {
    newest: Arc<Mutex<u64>>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Generation {
    newest: Arc<Mutex<u64>>,
    number: u64,
}

impl Generations {
    /// Begins the next generation; those before it are over.
    pub(super) fn next(&self) -> Generation {
        let mut newest = self.newest.lock();
        *newest += 1;
        Generation { newest: Arc::clone(&self.newest), number: *newest }
    }
}

impl Generation {
    /// Whether no other has begun since.
    pub(super) fn is_current(&self) -> bool {
        *self.newest.lock() == self.number
    }

    /// Calls `act` unless another generation has begun. None begins meanwhile, so `act` must be quick and never block.
    pub(super) fn if_current<T>(&self, act: impl FnOnce() -> T) -> Option<T> {
        let newest = self.newest.lock();
        (*newest == self.number).then(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn received(receiver: &EventReceiver) -> Vec<Event> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let events = receiver.take();
            if !events.is_empty() || Instant::now() > deadline {
                return events;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn only_the_newest_generation_acts() {
        let generations = Generations::default();
        let older = generations.next();
        assert_eq!(older.if_current(|| 1), Some(1));
        let newer = generations.next();
        assert_eq!((older.if_current(|| 2), newer.if_current(|| 3)), (None, Some(3)));
        assert!(newer.is_current() && !older.is_current());
    }

    #[test]
    fn an_event_of_an_older_generation_is_dropped() {
        let (sender, receiver) = EventSender::channel(Arc::new(|| {}));
        let generations = Generations::default();
        let older = generations.next();
        sender.send_if_current(&older, Event::ClipLoading(0.1));
        sender.send_if_current(&generations.next(), Event::ClipLoading(0.2));
        assert!(matches!(&receiver.take()[..], [Event::ClipLoading(share)] if *share == 0.2));
    }

    #[test]
    fn a_worker_that_panics_ends_in_the_event_that_its_starter_named() {
        let (sender, receiver) = EventSender::channel(Arc::new(|| {}));
        let not_started = start("doomed", &sender, Event::JudgeFailed, |_| panic!("a joint has no number"));
        assert!(not_started.is_none());
        let events = received(&receiver);
        assert!(
            matches!(&events[..], [Event::JudgeFailed(text)] if text.contains("a joint has no number")),
            "{events:?}"
        );
    }
}
