//! The session of one apparatus: open the link, listen, decode, and reopen the link after a loss.
//!
//! Runs on one named thread. Blocks only in the link (at most [`LISTEN`]) and, between attempts, on the command channel, so it
//! ends at once when it is stopped.

use crate::changes::ChangeDetector;
use crate::decoder::{Arrival, Command, Decoder, Reading, Report, changes_of};
use crate::detection::{AutoDetector, BAUDS, LineProbe, RecentTally};
use crate::error::ApparatusError;
use crate::link::{CaptureWriter, OpenLink, Received};
use crate::live::EventSender;
use crate::protocol::Protocol;
use crate::settings::{ApparatusSettings, Link};
use crate::state::Connection;
use crate::{HostClock, link};
use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};
use fencing::time::Timestamp;
use std::time::Duration;

/// Longest wait for bytes before commands and heartbeats are handled.
const LISTEN: Duration = Duration::from_millis(20);
/// First pause before a link is reopened; doubled up to [`MAX_PAUSE_SECS`].
const FIRST_PAUSE_SECS: f64 = 0.1;
const MAX_PAUSE_SECS: f64 = 5.0;
/// How long one baud rate is tried while the protocol is unknown: the slowest box repeats its lamps within 1.2 s.
const BAUD_TRIAL_SECS: f64 = 2.0;

/// Commands of the handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionCommand {
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

pub(crate) struct Session {
    settings: ApparatusSettings,
    clock: HostClock,
    event_sender: EventSender,
    commands: Receiver<SessionCommand>,
    capture: Option<CaptureWriter>,
    decoder: AutoDetector,
    changes: Option<ChangeDetector>,
    bauds_tried: usize,
    pause_secs: f64,
    recent_tally: RecentTally,
    probe: LineProbe,
}

impl Session {
    pub(crate) fn new(
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
            pause_secs: FIRST_PAUSE_SECS,
            recent_tally: RecentTally::default(),
            probe: LineProbe::default(),
        })
    }

    pub(crate) fn run(mut self) {
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
        self.pause_secs = FIRST_PAUSE_SECS;
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
        let now = self.clock.now();
        let until = now.plus_secs(self.pause_secs);
        self.event_sender.show(|state| state.connection = Connection::Waiting { reason, retry_at: until });
        let wait = Duration::from_secs_f64(self.pause_secs);
        self.pause_secs = (self.pause_secs * 2.0).min(MAX_PAUSE_SECS);
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
