//! An apparatus without a box: lamps detected in the video, and keys pressed by a person.
//!
//! Both arrive as finished signals and use the same trait as a box, so consumers need not distinguish them. Repeated lamp events
//! are passed on once.

use crate::event::{ApparatusEvent, Fact};
use crate::live::EventSender;
use crate::state::{ApparatusState, Connection};
use crate::{Apparatus, HostClock};
use crossbeam_channel::{Receiver, bounded};
use fencing::time::Timestamp;
use fencing::{SignalEvent, SignalKind, SignalSource};
use parking_lot::Mutex;
use std::sync::Arc;

const EVENT_QUEUE: usize = 1024;
/// Delay between what a person sees and the key press, in seconds (simple visual reaction, 0.2 to 0.4 s).
const REACTION_SECS: f64 = 0.3;
const REACTION_UNCERTAINTY_SECS: f64 = 0.2;

/// An apparatus whose signals come from the application.
pub struct InjectedApparatus {
    events: Receiver<ApparatusEvent>,
    state: Arc<Mutex<ApparatusState>>,
    event_sender: EventSender,
    source: SignalSource,
    clock: HostClock,
}

impl InjectedApparatus {
    /// Lamps detected in the video.
    pub fn picture(clock: HostClock) -> Self {
        Self::fed("picture", SignalSource::Picture, clock)
    }

    /// Keys pressed by a person.
    pub fn manual(clock: HostClock) -> Self {
        Self::fed("keys", SignalSource::Manual, clock)
    }

    fn fed(link: &str, source: SignalSource, clock: HostClock) -> Self {
        let (sender, events) = bounded(EVENT_QUEUE);
        let state = ApparatusState {
            link: link.to_owned(),
            connection: Connection::Open,
            confidence: 1.0,
            ..ApparatusState::default()
        };
        let state = Arc::new(Mutex::new(state));
        let event_sender = EventSender::new(sender, Arc::clone(&state), Box::new(|| {}));
        Self { events, state, event_sender, source, clock }
    }

    /// Passes on a signal whose time is on the clock with its zero at `zero` on the host clock.
    pub fn take(&self, signal: SignalEvent, zero: Timestamp) {
        let at = Timestamp::from_nanos(signal.at.nanos().saturating_add(zero.nanos()));
        self.pass(signal.kind, at, signal.uncertainty_secs);
    }

    /// Passes on a key press of now, for something that the person saw just before.
    pub fn press(&self, kind: SignalKind) {
        self.pass(kind, self.clock.now().plus_secs(-REACTION_SECS), REACTION_UNCERTAINTY_SECS);
    }

    fn pass(&self, kind: SignalKind, at: Timestamp, uncertainty_secs: f64) {
        let received = self.clock.now();
        let repeated = match kind {
            SignalKind::Lamp { side, lamp } => self.state.lock().lamps[side] == lamp,
            _ => false,
        };
        self.event_sender.show(|state| state.last_received = Some(received));
        if !repeated {
            let fact = Fact::Signal(kind);
            self.event_sender.pass(vec![ApparatusEvent { at, uncertainty_secs, received, source: self.source, fact }]);
        }
    }
}

impl Apparatus for InjectedApparatus {
    fn events(&self) -> &Receiver<ApparatusEvent> {
        &self.events
    }

    fn state(&self) -> ApparatusState {
        self.state.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::{Lamp, Side};

    #[test]
    fn a_lamp_in_the_video_is_passed_on_once_with_its_source() {
        let picture = InjectedApparatus::picture(HostClock::start());
        let kind = SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid };
        let seen =
            SignalEvent { at: Timestamp::from_secs(2.0), uncertainty_secs: 0.03, source: SignalSource::Picture, kind };
        picture.take(seen, Timestamp::from_secs(100.0));
        picture.take(seen, Timestamp::from_secs(100.0));
        let events: Vec<_> = picture.events().try_iter().collect();
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].at, events[0].source), (Timestamp::from_secs(102.0), SignalSource::Picture));
        assert_eq!(picture.state().lamps.left, Lamp::Valid);
    }

    #[test]
    fn a_key_is_put_back_by_the_reaction_time() {
        let keys = InjectedApparatus::manual(HostClock::start());
        keys.press(SignalKind::Halt);
        let event = keys.events().try_recv().unwrap();
        assert!(event.received.secs_since(event.at) > 0.2 && event.source == SignalSource::Manual);
    }
}
