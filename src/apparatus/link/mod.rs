//! Links transport bytes between an apparatus and its decoder and timestamp them on the host clock; they know no protocol.
//!
//! Every link blocks at most for the given time, so the session's thread stays responsive. The session drops a broken link and
//! opens a new one.

mod capture;
mod mqtt;
mod serial;
mod udp;
#[cfg(unix)]
mod unix;

pub(crate) use capture::{CaptureWriter, captured_protocol};
pub(crate) use mqtt::nodelay_options;
pub use serial::{Port, list_ports};

use super::{HostClock, decoder::Arrival, error::ApparatusError, protocol::Protocol, settings::Link};
use std::time::Duration;

/// Result of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// Bytes arrived and were handed over.
    Bytes,
    /// The time-out passed.
    Nothing,
    /// A new peer has connected to our socket.
    #[cfg(unix)]
    NewPeer,
    /// The capture has ended.
    End,
}

/// An open link.
pub(crate) trait OpenLink: Send {
    /// Waits up to `wait` for bytes and passes them to `take`.
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError>;

    /// Sends bytes; does nothing on links that only listen.
    fn send(&mut self, bytes: &[u8]) -> Result<(), ApparatusError>;
}

/// Opens the link. `baud` is the session's choice for serial ports.
pub(crate) fn open(
    link: &Link,
    protocol: Option<Protocol>,
    baud: u32,
    clock: HostClock,
) -> Result<Box<dyn OpenLink>, ApparatusError> {
    match link {
        Link::Serial { path, .. } => Ok(Box::new(serial::SerialLink::open(path, baud, clock)?)),
        Link::Udp { port, from } => {
            let (rule, sharing) = (sender_rule(protocol, *port, *from), sharing(*port));
            Ok(Box::new(udp::UdpLink::open(*port, rule, sharing, clock)?))
        }
        Link::Mqtt { host, port, access } => Ok(Box::new(mqtt::MqttLink::open(host, *port, access, clock)?)),
        #[cfg(unix)]
        Link::Unix { path } => Ok(Box::new(unix::UnixLink::open(path, clock)?)),
        #[cfg(not(unix))]
        Link::Unix { .. } => Err(ApparatusError::Unsupported("a Unix socket")),
        Link::Replay { path, pace } => Ok(Box::new(capture::ReplayLink::open(path, *pace, clock)?)),
    }
}

/// Cyrano states the piste in each datagram; without that, one sender is one piste. On Cyrano's port every sender counts even before
/// the protocol is detected: the first one to send there is usually the competition's software.
fn sender_rule(protocol: Option<Protocol>, port: u16, from: Option<std::net::IpAddr>) -> udp::SenderRule {
    let cyrano = protocol == Some(Protocol::Cyrano) || protocol.is_none() && Protocol::Cyrano.udp_port() == Some(port);
    match from {
        Some(address) => udp::SenderRule::Only(address),
        None if cyrano => udp::SenderRule::Any,
        None => udp::SenderRule::First,
    }
}

/// Ports on which boxes broadcast are shared, because the competition's software listens there too. A port that the user chose is
/// opened exclusively, so that a second program, which would receive nothing, gets an error.
fn sharing(port: u16) -> udp::Sharing {
    let broadcast = Protocol::ALL.iter().any(|protocol| protocol.udp_port() == Some(port));
    if broadcast { udp::Sharing::Shared } else { udp::Sharing::Exclusive }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_broadcast_protocols_are_shared() {
        let shared = [50_099, 50_100, 50_112].map(|port| sharing(port) == udp::Sharing::Shared);
        assert_eq!(shared, [false, true, true]);
    }
}
