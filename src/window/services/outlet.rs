//! What threads tell the window, and what it tells itself.
//!
//! Only the window takes events, so it must never wait for room among them: what its own thread sends does not go through
//! the queue. Everybody else waits while the window is behind.

use super::turn::Turn;
use crate::event::Event;
use crossbeam_channel::{Receiver, Sender};
use parking_lot::Mutex;
use std::sync::Arc;
use std::thread::ThreadId;

/// Events that wait for the window, at most; a thread that finds it full waits.
const EVENT_SLOTS: usize = 256;

/// An event, and whose turn it must still be when it is taken.
type Told = (Option<Turn>, Event);

/// What a thread needs to report back.
#[derive(Clone)]
pub(crate) struct Outlet {
    events: Sender<Told>,
    /// What the window's thread said itself since it last looked.
    own: Arc<Mutex<Vec<Event>>>,
    window: ThreadId,
    /// Wakes the window.
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
}

/// The window's end.
pub(super) struct Inbox {
    events: Receiver<Told>,
    own: Arc<Mutex<Vec<Event>>>,
}

impl Outlet {
    /// For a window that lives on the calling thread and is woken by `wake`.
    pub(super) fn of_this_thread(wake: Arc<dyn Fn() + Send + Sync>) -> (Self, Inbox) {
        let (sender, events) = crossbeam_channel::bounded(EVENT_SLOTS);
        let own = Arc::<Mutex<Vec<Event>>>::default();
        let window = std::thread::current().id();
        (Self { events: sender, own: Arc::clone(&own), window, wake }, Inbox { events, own })
    }

    /// Sends an event and wakes the window; nothing happens when the window is gone.
    pub(crate) fn send(&self, event: Event) {
        if std::thread::current().id() == self.window {
            self.own.lock().push(event);
        } else {
            let _gone = self.events.send((None, event));
        }
        (self.wake)();
    }

    /// The same from a thread, for an event that means nothing once it is another's turn.
    pub(super) fn send_in(&self, turn: &Turn, event: Event) {
        let _gone = self.events.send((Some(turn.clone()), event));
        (self.wake)();
    }
}

impl Inbox {
    /// Everything that was told and still counts.
    pub(super) fn take(&self) -> Vec<Event> {
        let mut taken = std::mem::take(&mut *self.own.lock());
        let counts = |turn: &Option<Turn>| turn.as_ref().is_none_or(Turn::is_on);
        taken.extend(self.events.try_iter().filter(|(turn, _)| counts(turn)).map(|(_, event)| event));
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::super::turn::Turns;
    use super::*;

    fn outlet() -> (Outlet, Inbox) {
        Outlet::of_this_thread(Arc::new(|| ()))
    }

    #[test]
    fn the_window_never_waits_for_itself() {
        let (outlet, inbox) = outlet();
        let teller = outlet.clone();
        std::thread::scope(|scope| {
            let filling = scope.spawn(move || (0..EVENT_SLOTS).for_each(|_| teller.send(Event::JudgeCancelled)));
            filling.join().unwrap();
        });
        (0..3).for_each(|_| outlet.send(Event::ExportCancelled));
        let taken = inbox.take();
        assert_eq!(taken.len(), EVENT_SLOTS + 3);
        assert!(taken.iter().filter(|event| matches!(event, Event::ExportCancelled)).count() == 3);
    }

    #[test]
    fn what_was_said_out_of_turn_is_not_heard() {
        let (outlet, inbox) = outlet();
        let turns = Turns::default();
        let older = turns.next();
        outlet.send_in(&older, Event::ClipFailed("older".into()));
        let newer = turns.next();
        outlet.send_in(&newer, Event::ClipFailed("newer".into()));
        let taken = inbox.take();
        assert!(matches!(&taken[..], [Event::ClipFailed(text)] if text == "newer"), "{taken:?}");
    }
}
