//! A running apparatus: the handle for the application, the listening thread, and the bounded event queue between them.
//!
//! The thread opens the link, listens, decodes, and reopens the link after a loss. It blocks only in the link (at most [`LISTEN`]) and,
//! between attempts, on the command channel, so it ends at once when it is stopped.
//!
//! A flood must neither grow memory nor block the port for long: events that only repeat the state (score, clock, names) are dropped
//! at once when the queue is full, signals wait a moment first, and every drop is counted.

use crate::changes::ChangeDetector;
use crate::decoder::{Arrival, Command, Decoder, Reading, Report, changes_of};
use crate::detection::{AutoDetector, BAUDS, LineProbe, RecentTally};
use crate::error::ApparatusError;
use crate::event::{ApparatusEvent, Fact};
use crate::link::{CaptureWriter, OpenLink, Received};
use crate::protocol::Protocol;
use crate::settings::{ApparatusSettings, Link};
use crate::state::{ApparatusState, Connection};
use crate::{Apparatus, HostClock, link};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, TrySendError, bounded};
use fencing::SignalSource;
use fencing::time::{Backoff, Timestamp};
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

/// Longest wait for bytes before commands and heartbeats are handled.
const LISTEN: Duration = Duration::from_millis(20);
/// Pauses before a link is reopened.
const REOPENING: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
/// How long one baud rate is tried while the protocol is unknown: the slowest box repeats its lamps within 1.2 s.
const BAUD_TRIAL_SECS: f64 = 2.0;

/// Commands of the handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SessionCommand {
    Forward(Command),
    Stop,
}

/// Why listening ended.
enum Ended {
    Stopped,
    Finished,
    Broken(String),
    NextBaud,
}

struct Session {
    settings: ApparatusSettings,
    clock: HostClock,
    event_sender: EventSender,
    commands: Receiver<SessionCommand>,
    capture: Option<CaptureWriter>,
    decoder: AutoDetector,
    changes: Option<ChangeDetector>,
    bauds_tried: usize,
    reopening: Backoff,
    recent_tally: RecentTally,
    probe: LineProbe,
}

impl Session {
    fn new(
        mut settings: ApparatusSettings,
        clock: HostClock,
        event_sender: EventSender,
        commands: Receiver<SessionCommand>,
    ) -> Result<Self, ApparatusError> {
        if let (None, Link::Replay { path, .. }) = (settings.protocol, &settings.link) {
            settings.protocol = link::captured_protocol(path)?;
        }
        let capture =
            settings.capture.as_deref().map(|path| CaptureWriter::create(path, settings.protocol)).transpose()?;
        let decoder = new_detector(&settings, 0);
        Ok(Self {
            settings,
            clock,
            event_sender,
            commands,
            capture,
            decoder,
            changes: None,
            bauds_tried: 0,
            reopening: REOPENING,
            recent_tally: RecentTally::default(),
            probe: LineProbe::default(),
        })
    }

    fn run(mut self) {
        loop {
            self.event_sender.show(|state| state.connection = Connection::Connecting);
            let baud = baud_of(&self.settings, self.decoder.protocol(), self.bauds_tried);
            let opened = link::open(&self.settings.link, self.decoder.protocol(), baud, self.clock);
            let ended = match opened {
                Ok(mut open) => self.serve(open.as_mut()),
                Err(error) => Ended::Broken(error.to_string()),
            };
            match ended {
                Ended::Stopped | Ended::Finished => break,
                Ended::NextBaud => self.next_baud(),
                Ended::Broken(reason) => {
                    if self.pause(reason) == Pause::Stopped {
                        break;
                    }
                }
            }
        }
        self.event_sender.show(|state| state.connection = Connection::Closed);
    }

    fn next_baud(&mut self) {
        self.bauds_tried += 1;
        self.decoder = new_detector(&self.settings, self.bauds_tried);
    }

    /// Listens until the link ends or the next baud rate is due.
    fn serve(&mut self, open: &mut dyn OpenLink) -> Ended {
        let since = self.clock.now();
        self.decoder.reconnected();
        self.recent_tally = RecentTally::default();
        self.event_sender.show(|state| {
            state.connection = Connection::Open;
            state.connections += 1;
        });
        loop {
            if let Some(ended) = self.run_commands(open).or_else(|| self.listen(open)) {
                return ended;
            }
            let now = self.clock.now();
            if self.decoder.has_timed_out(now) {
                return Ended::Broken("the other side is silent or speaks another version".into());
            }
            if self.seeks_baud() && now.secs_since(since) > BAUD_TRIAL_SECS {
                return Ended::NextBaud;
            }
        }
    }

    fn seeks_baud(&self) -> bool {
        self.decoder.protocol().is_none() && matches!(self.settings.link, Link::Serial { baud: None, .. })
    }

    /// Handles commands and sends the decoder's output.
    fn run_commands(&mut self, open: &mut dyn OpenLink) -> Option<Ended> {
        let now = self.clock.now();
        let mut outbox = Vec::new();
        loop {
            match self.commands.try_recv() {
                Ok(SessionCommand::Forward(command)) => self.decoder.command(command, now, &mut outbox),
                Ok(SessionCommand::Stop) | Err(TryRecvError::Disconnected) => return Some(Ended::Stopped),
                Err(TryRecvError::Empty) => break,
            }
        }
        self.decoder.poll(now, &mut outbox);
        let sent = outbox.iter().try_for_each(|bytes| open.send(bytes));
        sent.err().map(|error| self.lost(&error))
    }

    fn listen(&mut self, open: &mut dyn OpenLink) -> Option<Ended> {
        let mut readings = Vec::new();
        let mut at = None;
        let mut kept = Ok(());
        let (decoder, capture, probe) = (&mut self.decoder, &mut self.capture, &mut self.probe);
        let outcome = open.receive(LISTEN, &mut |arrival: Arrival<'_>| {
            at = Some(arrival.at);
            if let Some(capture) = capture.as_mut() {
                kept = capture.add(arrival);
            }
            probe.keep(arrival.bytes);
            decoder.feed(arrival, &mut readings);
        });
        if let Err(error) = kept {
            tracing::warn!("{error}");
            self.capture = None;
        }
        if let Some(at) = at {
            self.translate(readings, at);
        }
        match outcome {
            Ok(Received::Bytes | Received::Nothing) => None,
            #[cfg(unix)]
            Ok(Received::NewPeer) => {
                self.decoder.reconnected();
                None
            }
            Ok(Received::End) => Some(Ended::Finished),
            Err(error) => Some(self.lost(&error)),
        }
    }

    fn lost(&mut self, error: &ApparatusError) -> Ended {
        let now = self.clock.now();
        if let Some(changes) = self.changes.as_mut() {
            changes.lost(now);
        }
        Ended::Broken(error.to_string())
    }

    /// Turns readings into events and updates the state.
    fn translate(&mut self, readings: Vec<Reading>, received: Timestamp) {
        self.reopening.reset();
        self.show_health(received);
        let Some(protocol) = self.decoder.protocol() else { return };
        let settings = &self.settings;
        let changes = self.changes.get_or_insert_with(|| changes_of(protocol, &settings.decoder, settings.sides));
        let mut events = Vec::new();
        for reading in readings {
            match reading.report {
                Report::Piste(piste) => self.event_sender.show(|state| state.piste = Some(piste)),
                Report::OtherPiste(piste) => self.event_sender.show(|state| state.other_piste = Some(piste)),
                _ => changes.take(reading, received, &mut events),
            }
        }
        self.event_sender.pass(events);
    }

    fn show_health(&mut self, now: Timestamp) {
        let tally = self.decoder.tally();
        let guess = self.decoder.best_guess().map(|(protocol, _)| protocol);
        let recent = self.recent_tally.recent(now, guess, tally);
        let confidence = guess.map_or(0.0, |protocol| protocol.confidence(recent));
        let protocol = self.decoder.protocol().or(guess.filter(|_| confidence > 0.5));
        let (settings, tried) = (&self.settings, self.bauds_tried);
        let is_line = matches!(settings.link, Link::Serial { .. } | Link::Replay { .. });
        let hint = if is_line { self.probe.hint(recent, || new_detector(settings, tried)) } else { None };
        self.event_sender.show(|state| {
            state.last_received = Some(now);
            (state.tally, state.protocol, state.confidence) = (tally, protocol, confidence);
            state.hint = hint;
        });
    }

    /// Waits before the next attempt, longer after each failure.
    fn pause(&mut self, reason: String) -> Pause {
        let wait = self.reopening.next_wait();
        let retry_at = self.clock.now().plus_secs(wait.as_secs_f64());
        self.event_sender.show(|state| state.connection = Connection::Waiting { reason, retry_at });
        match self.commands.recv_timeout(wait) {
            Ok(SessionCommand::Stop) | Err(RecvTimeoutError::Disconnected) => Pause::Stopped,
            Ok(SessionCommand::Forward(_)) | Err(RecvTimeoutError::Timeout) => Pause::Over,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Pause {
    Over,
    Stopped,
}

/// Baud rate of a serial link: as set, the protocol's own, or the next one to try.
fn baud_of(settings: &ApparatusSettings, protocol: Option<Protocol>, tried: usize) -> u32 {
    let set = match settings.link {
        Link::Serial { baud, .. } => baud,
        _ => None,
    };
    let next = BAUDS.get(tried % BAUDS.len()).copied().unwrap_or(9_600);
    set.or_else(|| protocol.and_then(Protocol::baud)).unwrap_or(next)
}

fn new_detector(settings: &ApparatusSettings, tried: usize) -> AutoDetector {
    match settings.protocol {
        Some(protocol) => AutoDetector::of(protocol, &settings.decoder),
        None => AutoDetector::for_link(&settings.link, baud_of(settings, None, tried), &settings.decoder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Pace;
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
