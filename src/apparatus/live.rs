//! A running apparatus: the handle that the application holds while a thread of its own does the listening.

use super::{
    Apparatus, HostClock,
    decoder::Command,
    error::ApparatusError,
    event::ApparatusEvent,
    outlet::Outlet,
    session::{Order, Session},
    settings::ApparatusSettings,
    state::ApparatusState,
};
use crossbeam_channel::{Receiver, Sender, bounded};
use parking_lot::Mutex;
use std::{sync::Arc, thread::JoinHandle};

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
        let link = settings.link.to_string();
        let state = Arc::new(Mutex::new(ApparatusState { link: link.clone(), ..ApparatusState::default() }));
        let outlet = Outlet::new(tell, Arc::clone(&state), Box::new(wake));
        let session = Session::new(settings, clock, outlet, taken)?;
        let thread = std::thread::Builder::new()
            .name(format!("apparatus {link}"))
            .spawn(move || session.run())
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
