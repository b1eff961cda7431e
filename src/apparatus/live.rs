//! A running apparatus: the handle for the application, the listening thread, and the bounded event queue between them.
//!
//! A flood must neither grow memory nor block the port for long: events that only repeat the state (score, clock, names) are dropped
//! at once when the queue is full, signals wait a moment first, and every drop is counted.

use crate::decoder::Command;
use crate::error::ApparatusError;
use crate::event::{ApparatusEvent, Fact};
use crate::session::{Session, SessionCommand};
use crate::settings::ApparatusSettings;
use crate::state::{ApparatusState, Connection};
use crate::{Apparatus, HostClock};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use fencing::SignalSource;
use fencing::time::Timestamp;
use parking_lot::Mutex;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Capacity of the event queue: ten seconds of the fastest lamp flicker seen in tests.
const EVENT_QUEUE: usize = 4096;
/// Capacity of the command queue.
const COMMAND_QUEUE: usize = 16;

/// An apparatus on a link. Dropping it ends the listening thread.
pub struct LiveApparatus {
    events: Receiver<ApparatusEvent>,
    state: Arc<Mutex<ApparatusState>>,
    commands: Sender<SessionCommand>,
    thread: Option<JoinHandle<()>>,
}

impl LiveApparatus {
    /// Starts listening. Succeeds without the apparatus: a link that cannot be opened is retried for ever, and the state gives the
    /// reason. `wake` is called after each batch of events, on the listening thread.
    ///
    /// # Errors
    /// When the capture file cannot be written or no thread can be started.
    pub fn open(
        settings: ApparatusSettings,
        clock: HostClock,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, ApparatusError> {
        let (sender, events) = bounded(EVENT_QUEUE);
        let (commands, taken) = bounded(COMMAND_QUEUE);
        let (failing, last_words) = (sender.clone(), clock);
        let link = settings.link.to_string();
        let state = Arc::new(Mutex::new(ApparatusState { link: link.clone(), ..ApparatusState::default() }));
        let event_sender = EventSender::new(sender, Arc::clone(&state), Box::new(wake));
        let session = Session::new(settings, clock, event_sender, taken)?;
        let thread = std::thread::Builder::new()
            .name(format!("apparatus {link}"))
            .spawn({
                let state = Arc::clone(&state);
                move || {
                    if std::panic::catch_unwind(AssertUnwindSafe(|| session.run())).is_err() {
                        failed(&state, &failing, last_words.now());
                    }
                }
            })
            .map_err(|e| ApparatusError::Thread(e.to_string()))?;
        Ok(Self { events, state, commands, thread: Some(thread) })
    }

    /// Stops listening and waits until the port is free.
    pub fn close(mut self) {
        let _gone_already = self.commands.send(SessionCommand::Stop);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// Reports a panic of the listening thread in the state and as an event, so that it does not look like a silent box.
fn failed(state: &Mutex<ApparatusState>, sender: &Sender<ApparatusEvent>, now: Timestamp) {
    let reason = "the listener stopped by an internal error; choose the apparatus again".to_owned();
    tracing::error!("{reason}");
    state.lock().connection = Connection::Failed { reason };
    let (source, fact) = (SignalSource::Apparatus, Fact::ListenerFailed);
    let event = ApparatusEvent { at: now, uncertainty_secs: 0.0, received: now, source, fact };
    let _full_or_gone = sender.try_send(event);
}

impl Apparatus for LiveApparatus {
    fn events(&self) -> &Receiver<ApparatusEvent> {
        &self.events
    }

    fn state(&self) -> ApparatusState {
        self.state.lock().clone()
    }

    fn command(&self, command: Command) {
        let _too_many_or_gone = self.commands.try_send(SessionCommand::Forward(command));
    }
}

/// Signals the thread and returns without joining: the window must not hang on a port.
impl Drop for LiveApparatus {
    fn drop(&mut self) {
        let _gone_already = self.commands.try_send(SessionCommand::Stop);
    }
}

/// How long a signal may wait for room in the queue.
const SIGNAL_WAIT: Duration = Duration::from_millis(20);

pub(crate) struct EventSender {
    sender: Sender<ApparatusEvent>,
    state: Arc<Mutex<ApparatusState>>,
    wake: Box<dyn Fn() + Send>,
}

impl EventSender {
    pub(crate) fn new(
        sender: Sender<ApparatusEvent>,
        state: Arc<Mutex<ApparatusState>>,
        wake: Box<dyn Fn() + Send>,
    ) -> Self {
        Self { sender, state, wake }
    }

    /// Changes the state snapshot.
    pub(crate) fn show(&self, change: impl FnOnce(&mut ApparatusState)) {
        change(&mut self.state.lock());
    }

    /// Sends events in order and wakes their receiver.
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
        match self.sender.try_send(event) {
            Ok(()) => true,
            Err(TrySendError::Full(event)) if is_signal(&event) => self.sender.send_timeout(event, SIGNAL_WAIT).is_ok(),
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
    use crate::settings::{Link, Pace};
    use fencing::PerSide;

    #[test]
    fn a_panic_in_the_listener_ends_in_an_event_and_a_state() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.capture");
        std::fs::write(&path, "# referee apparatus capture 1 letters\n0.1 - 41\n0.2 - 52\n").unwrap();
        let settings = ApparatusSettings::for_link(Link::Replay { path, pace: Pace::Fast });
        let wake = || panic!("what the application is woken by breaks");
        let live = LiveApparatus::open(settings, HostClock::start(), wake).unwrap();
        let facts: Vec<Fact> = live.events().iter().map(|event| event.fact).collect();
        assert_eq!(facts.last(), Some(&Fact::ListenerFailed), "{facts:?}");
        assert!(matches!(live.state().connection, Connection::Failed { .. }));
    }

    #[test]
    fn a_flood_is_counted_and_not_stored() {
        let (sender, taken) = crossbeam_channel::bounded(2);
        let state = Arc::new(Mutex::new(ApparatusState::default()));
        let event_sender = EventSender::new(sender, Arc::clone(&state), Box::new(|| {}));
        let score = |n| ApparatusEvent {
            at: Timestamp::ZERO,
            uncertainty_secs: 0.0,
            received: Timestamp::ZERO,
            source: SignalSource::Apparatus,
            fact: Fact::Score(PerSide::new(n, n)),
        };
        event_sender.pass((0..50).map(score).collect());
        assert_eq!((taken.len(), state.lock().dropped), (2, 48));
        assert_eq!(state.lock().score, Some(PerSide::new(49, 49)), "the window still shows the latest");
    }
}
