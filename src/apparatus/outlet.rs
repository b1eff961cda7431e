//! Where a session's events leave: the bounded channel, the state for the window, the wake-up.
//!
//! A flood must neither grow memory nor block the port for long: what the state shows anyway (score, clock, names) is
//! dropped at once when nobody takes events, signals wait a moment first, and every drop is counted.

use super::{
    event::{ApparatusEvent, Fact},
    state::ApparatusState,
};
use crossbeam_channel::{Sender, TrySendError};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};

/// How long a signal may wait for room.
const SIGNAL_WAIT: Duration = Duration::from_millis(20);

pub(crate) struct Outlet {
    tell: Sender<ApparatusEvent>,
    state: Arc<Mutex<ApparatusState>>,
    wake: Box<dyn Fn() + Send>,
}

impl Outlet {
    pub(crate) fn new(
        tell: Sender<ApparatusEvent>,
        state: Arc<Mutex<ApparatusState>>,
        wake: Box<dyn Fn() + Send>,
    ) -> Self {
        Self { tell, state, wake }
    }

    /// Changes the state that the window shows.
    pub(crate) fn show(&self, change: impl FnOnce(&mut ApparatusState)) {
        change(&mut self.state.lock());
    }

    /// Passes events on, in order, and wakes whoever waits for them.
    pub(crate) fn pass(&self, events: Vec<ApparatusEvent>) {
        if events.is_empty() {
            return;
        }
        for event in events {
            self.state.lock().apply(&event);
            if !self.room_for(event) {
                self.state.lock().dropped += 1;
            }
        }
        (self.wake)();
    }

    fn room_for(&self, event: ApparatusEvent) -> bool {
        match self.tell.try_send(event) {
            Ok(()) => true,
            Err(TrySendError::Full(event)) if is_signal(&event) => self.tell.send_timeout(event, SIGNAL_WAIT).is_ok(),
            Err(_) => false,
        }
    }
}

fn is_signal(event: &ApparatusEvent) -> bool {
    matches!(event.fact, Fact::Signal(_) | Fact::Corrected(_) | Fact::FinalLamps(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::time::Timestamp;
    use fencing::{PerSide, SignalSource};

    #[test]
    fn a_flood_is_counted_and_not_stored() {
        let (tell, taken) = crossbeam_channel::bounded(2);
        let state = Arc::new(Mutex::new(ApparatusState::default()));
        let outlet = Outlet::new(tell, Arc::clone(&state), Box::new(|| {}));
        let score = |n| ApparatusEvent {
            at: Timestamp::ZERO,
            uncertainty_secs: 0.0,
            received: Timestamp::ZERO,
            source: SignalSource::Apparatus,
            fact: Fact::Score(PerSide::new(n, n)),
        };
        outlet.pass((0..50).map(score).collect());
        assert_eq!((taken.len(), state.lock().dropped), (2, 48));
        assert_eq!(state.lock().score, Some(PerSide::new(49, 49)), "the window still shows the latest");
    }
}
