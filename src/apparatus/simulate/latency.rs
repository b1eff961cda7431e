//! Measures the latency from the wire to the application: a lamp changes on a simulated box, an event comes out.
//!
//! The measurement starts when the last byte has been written to the pseudo-terminal, socket or broker, so the wire's own time
//! (41.7 ms for a Favero frame) is not included. Decoder, session thread, channel and, for OpenPiste, the broker are.

use crate::error::ApparatusError;
use crate::event::Fact;
use crate::live::LiveApparatus;
use crate::protocol::Protocol;
use crate::settings::{ApparatusSettings, Link, MqttAccess};
use crate::simulate::messages;
use crate::simulate::play::{MqttWire, UdpWire, Wire};
use crate::simulate::script::{Piste, ScriptEvent, Target, Timed};
use crate::simulate::wire::Sent;
use crate::state::Connection;
use crate::{Apparatus, HostClock};
use fencing::{Lamp, Side, SignalKind, Weapon};
use std::time::{Duration, Instant};

/// Time-out of one event.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Pause between two changes, so that nothing is in flight any more.
const PAUSE: Duration = Duration::from_millis(3);

/// Measured times.
#[derive(Clone, Debug)]
pub struct Latency {
    /// The transport.
    pub over: &'static str,
    sorted_secs: Vec<f64>,
}

impl Latency {
    /// How many changes were measured.
    pub fn count(&self) -> usize {
        self.sorted_secs.len()
    }

    /// The time that this share (0 to 1) of the changes did not exceed, in seconds; 0 without any.
    pub fn quantile_secs(&self, share: f64) -> f64 {
        let last = self.sorted_secs.len().saturating_sub(1);
        self.sorted_secs.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
    }
}

/// Measures `changes` lamp changes over a real link. `broker` is needed for OpenPiste only.
///
/// # Errors
/// When the link cannot be opened or an event does not arrive.
pub fn measure(protocol: Protocol, broker: Option<&str>, changes: u32) -> Result<Latency, ApparatusError> {
    let dir = tempfile::tempdir().map_err(|e| ApparatusError::Broken(e.to_string()))?;
    let (link, over) = link_of(protocol, broker, dir.path())?;
    let clock = HostClock::start();
    let mut pty = pty_of(&link)?;
    let apparatus = LiveApparatus::open(ApparatusSettings::for_link(link.clone()).speaking(protocol), clock, || {})?;
    wait_until_open(&apparatus)?;
    let mut other = if pty.is_none() { Some(wire_to(&link)?) } else { None };
    let wire: &mut dyn Wire = match (&mut pty, &mut other) {
        (Some(pty), _) => pty.as_mut(),
        (None, Some(other)) => other.as_mut(),
        (None, None) => return Err(ApparatusError::Unsupported("this link")),
    };
    let mut piste = Piste::new("1", Weapon::Sabre);
    let mut sorted_secs = Vec::new();
    warm_up(protocol, &mut piste, wire, &apparatus)?;
    for change in 0..changes {
        let sent = messages(protocol, &mut piste, change, clock.now().secs());
        for message in &sent {
            wire.send(message)?;
        }
        let written = Instant::now();
        let taken = await_lamp(&apparatus)?;
        sorted_secs.push(taken.saturating_duration_since(written).as_secs_f64());
        std::thread::sleep(PAUSE);
    }
    sorted_secs.sort_by(f64::total_cmp);
    apparatus.close();
    Ok(Latency { over, sorted_secs })
}

fn link_of(
    protocol: Protocol,
    broker: Option<&str>,
    dir: &std::path::Path,
) -> Result<(Link, &'static str), ApparatusError> {
    match protocol {
        Protocol::Cyrano => {
            let probe = std::net::UdpSocket::bind(("127.0.0.1", 0));
            let port = probe.and_then(|s| s.local_addr()).map_err(|e| ApparatusError::Broken(e.to_string()))?.port();
            Ok((Link::Udp { port, from: None }, "UDP"))
        }
        Protocol::OpenPiste => {
            let (host, port) = broker.and_then(|b| b.rsplit_once(':')).unwrap_or(("127.0.0.1", "1883"));
            Ok((
                Link::Mqtt { host: host.to_owned(), port: port.parse().unwrap_or(1883), access: MqttAccess::default() },
                "MQTT broker",
            ))
        }
        Protocol::PisteLink => Ok((Link::Unix { path: dir.join("ai.sock") }, "Unix socket")),
        _ => Ok((Link::Serial { path: dir.join("box").display().to_string(), baud: None }, "pseudo-terminal")),
    }
}

#[cfg(unix)]
fn pty_of(link: &Link) -> Result<Option<Box<dyn Wire>>, ApparatusError> {
    match link {
        Link::Serial { path, .. } => {
            let wire = super::play_unix::PtyWire::open(
                Some(std::path::Path::new(path)),
                super::play_unix::ClockQuery::Ignored,
            )?;
            Ok(Some(Box::new(wire)))
        }
        _ => Ok(None),
    }
}

#[cfg(not(unix))]
fn pty_of(link: &Link) -> Result<Option<Box<dyn Wire>>, ApparatusError> {
    match link {
        Link::Serial { .. } => Err(ApparatusError::Unsupported("a pseudo-terminal")),
        _ => Ok(None),
    }
}

fn wire_to(link: &Link) -> Result<Box<dyn Wire>, ApparatusError> {
    match link {
        Link::Udp { port, .. } => Ok(Box::new(UdpWire::open(([127, 0, 0, 1], *port).into())?)),
        Link::Mqtt { host, port, .. } => Ok(Box::new(MqttWire::open(host, *port)?)),
        #[cfg(unix)]
        Link::Unix { path } => Ok(Box::new(super::play_unix::UnixWire::open(path)?)),
        _ => Err(ApparatusError::Unsupported("this link")),
    }
}

fn wait_until_open(apparatus: &LiveApparatus) -> Result<(), ApparatusError> {
    let begun = Instant::now();
    while apparatus.state().connection != Connection::Open {
        if begun.elapsed() > TIMEOUT {
            return Err(ApparatusError::Broken(format!("{:?}", apparatus.state().connection)));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // The broker answers the subscription after the connection.
    std::thread::sleep(Duration::from_millis(200));
    Ok(())
}

/// The first state is not an event; it is sent until one message was decoded.
fn warm_up(
    protocol: Protocol,
    piste: &mut Piste,
    wire: &mut dyn Wire,
    apparatus: &LiveApparatus,
) -> Result<(), ApparatusError> {
    let begun = Instant::now();
    let dark = Timed { at_secs: 0.0, what: ScriptEvent::Dark };
    while apparatus.state().tally.good < 8 {
        if begun.elapsed() > TIMEOUT {
            return Err(ApparatusError::Broken(format!("nothing of {protocol} was understood")));
        }
        for message in messages_of(protocol, piste, dark, 2 * u64::from(begun.elapsed().subsec_micros())) {
            wire.send(&message)?;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(100));
    while apparatus.events().try_recv().is_ok() {}
    Ok(())
}

/// Lights a lamp, and with every second change makes all dark.
fn messages(protocol: Protocol, piste: &mut Piste, change: u32, now_secs: f64) -> Vec<Sent> {
    let what = if change.is_multiple_of(2) { ScriptEvent::Touch(Side::Left, Target::Valid) } else { ScriptEvent::Dark };
    let begins_anew = what == ScriptEvent::Dark && matches!(protocol, Protocol::PisteLink | Protocol::PisteLinkMcu);
    // Boxes that send touches only: the next phrase darkens the lamp, and the touch of the other side is measured.
    let what = if begins_anew { ScriptEvent::Touch(Side::Right, Target::Valid) } else { what };
    let count = u64::from(change) + 10;
    let start = Timed { at_secs: now_secs, what: ScriptEvent::Start };
    let mut sent = Vec::new();
    if !begins_anew && matches!(protocol, Protocol::PisteLink | Protocol::PisteLinkMcu) {
        sent.extend(messages_of(protocol, piste, start, count));
    }
    let timed = Timed { at_secs: now_secs, what };
    piste.apply(timed);
    sent.extend(messages_of(protocol, piste, timed, 1_000_000 + 4 * count));
    sent
}

/// What a box of this protocol sends for an event, including its repeated state.
fn messages_of(protocol: Protocol, piste: &Piste, timed: Timed, count: u64) -> Vec<Sent> {
    let now = timed.at_secs;
    let plain = |bytes: Vec<u8>| vec![Sent { at_secs: now, topic: String::new(), bytes }];
    match protocol {
        Protocol::ReferenceBox => plain(messages::reference_box(piste, timed, 0.0)),
        Protocol::Favero => plain(messages::favero(piste, now)),
        Protocol::Fpa => plain(messages::fpa_lamps(piste)),
        Protocol::SaintGeorge => plain(messages::saint_george_lamps(piste)),
        Protocol::Cyrano => plain(messages::cyrano(piste, now)),
        Protocol::Skewered => plain(messages::skewered(piste, now)),
        Protocol::Letters => plain(messages::letters(timed)),
        Protocol::NamedLines => plain(messages::named_lines(piste)),
        Protocol::PisteLink if timed.what == ScriptEvent::Dark => {
            plain(messages::pistelink_line("hello", &serde_json::json!({ "protocol_v": 1 }), count, now))
        }
        Protocol::PisteLink => plain(messages::pistelink(piste, timed, count)),
        Protocol::PisteLinkMcu if timed.what == ScriptEvent::Dark => {
            plain(messages::pistelink_mcu(piste, Timed { what: ScriptEvent::Start, ..timed }, count as u8))
        }
        Protocol::PisteLinkMcu => plain(messages::pistelink_mcu(piste, timed, count as u8)),
        Protocol::OpenPiste => messages::openpiste(piste, timed, count)
            .into_iter()
            .map(|(kind, bytes)| Sent { at_secs: now, topic: format!("openpiste/1/apparatus/{kind}"), bytes })
            .collect(),
    }
}

fn await_lamp(apparatus: &LiveApparatus) -> Result<Instant, ApparatusError> {
    let begun = Instant::now();
    loop {
        let event = apparatus.events().recv_timeout(TIMEOUT).map_err(|e| ApparatusError::Broken(e.to_string()))?;
        let lamp = matches!(event.fact, Fact::Signal(SignalKind::Lamp { lamp: Lamp::Valid | Lamp::Off, .. }));
        if lamp {
            return Ok(Instant::now());
        }
        if begun.elapsed() > TIMEOUT {
            return Err(ApparatusError::Broken("no lamp event came".into()));
        }
    }
}
