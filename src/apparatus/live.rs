//! A running apparatus: the handle that the application holds while a thread of its own does the listening.

use super::{
    Apparatus, HostClock,
    decoder::Command,
    error::ApparatusError,
    event::{ApparatusEvent, Fact},
    outlet::Outlet,
    session::{Order, Session},
    settings::ApparatusSettings,
    state::{ApparatusState, Connection},
};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::SignalSource;
use fencing::time::Timestamp;
use parking_lot::Mutex;
use std::{panic::AssertUnwindSafe, sync::Arc, thread::JoinHandle};

/// Events that may wait to be taken: ten seconds of the fastest lamp flicker that was ever played to it.
const WAITING: usize = 4096;
/// Orders that may wait.
const ORDERS: usize = 16;

/// An apparatus on a link, listened to until this is dropped.
pub struct LiveApparatus {
    events: Receiver<ApparatusEvent>,
    state: Arc<Mutex<ApparatusState>>,
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl LiveApparatus {
    /// Starts listening. Succeeds without the apparatus: a link that cannot be made is tried again for ever, and the state
    /// says why. `wake` is called after each batch of events, from the listening thread.
    ///
    /// # Errors
    /// When the capture file cannot be written or no thread can be started.
    pub fn open(
        settings: ApparatusSettings,
        clock: HostClock,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, ApparatusError> {
        let (tell, events) = bounded(WAITING);
        let (orders, taken) = bounded(ORDERS);
        let (failing, last_words) = (tell.clone(), clock);
        let link = settings.link.to_string();
        let state = Arc::new(Mutex::new(ApparatusState { link: link.clone(), ..ApparatusState::default() }));
        let outlet = Outlet::new(tell, Arc::clone(&state), Box::new(wake));
        let session = Session::new(settings, clock, outlet, taken)?;
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
        Ok(Self { events, state, orders, thread: Some(thread) })
    }

    /// Stops listening and waits until the port is free again.
    pub fn close(mut self) {
        let _gone_already = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// A panic in the listening thread must not look like a silent box: the state says so, and an event does.
fn failed(state: &Mutex<ApparatusState>, tell: &Sender<ApparatusEvent>, now: Timestamp) {
    let reason = "the listener stopped by an internal error; choose the apparatus again".to_owned();
    tracing::error!("{reason}");
    state.lock().connection = Connection::Failed { reason };
    let (source, fact) = (SignalSource::Apparatus, Fact::ListenerFailed);
    let event = ApparatusEvent { at: now, uncertainty_secs: 0.0, received: now, source, fact };
    let _full_or_gone = tell.try_send(event);
}

impl Apparatus for LiveApparatus {
    fn events(&self) -> &Receiver<ApparatusEvent> {
        &self.events
    }

    fn state(&self) -> ApparatusState {
        self.state.lock().clone()
    }

    fn command(&self, command: Command) {
        let _too_many_or_gone = self.orders.try_send(Order::Do(command));
    }
}

/// Signals the thread and returns: the window must not hang on a port.
impl Drop for LiveApparatus {
    fn drop(&mut self) {
        let _gone_already = self.orders.try_send(Order::Stop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Link, Pace};

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
}
