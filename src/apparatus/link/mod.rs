//! Links carry bytes between an apparatus and its reader and stamp them with the host clock; they know no protocol.
//!
//! Every link blocks for at most the time it is given, so the session's thread stays in command. A link that breaks is
//! dropped and made anew by the session.

mod capture;
mod mqtt;
mod serial;
mod udp;
#[cfg(unix)]
mod unix;

pub(crate) use capture::{CaptureWriter, captured_protocol};
pub(crate) use mqtt::at_once;
pub use serial::{Port, list_ports};

use super::{HostClock, decoder::Arrival, error::ApparatusError, protocol::Protocol, settings::Link};
use std::time::Duration;

/// What a wait brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// Bytes, which were handed over.
    Bytes,
    /// Nothing in the time given.
    Nothing,
    /// Somebody else speaks from now on (a new connection to our socket).
    #[cfg(unix)]
    NewPeer,
    /// The capture is at its end.
    End,
}

/// An open link.
pub(crate) trait OpenLink: Send {
    /// Waits up to `wait` for bytes and hands them over.
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError>;

    /// Sends bytes, where the link may send; silently does nothing on links that only listen.
    fn send(&mut self, bytes: &[u8]) -> Result<(), ApparatusError>;
}

/// Makes the link. `baud` is the session's choice for serial ports.
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

/// Cyrano says the piste in each datagram; without such a mark one sender is one piste. On Cyrano's own port everybody counts
/// before its protocol is found out too: the first one to speak there is usually the competition's software.
fn sender_rule(protocol: Option<Protocol>, port: u16, from: Option<std::net::IpAddr>) -> udp::SenderRule {
    let cyrano = protocol == Some(Protocol::Cyrano) || protocol.is_none() && Protocol::Cyrano.udp_port() == Some(port);
    match from {
        Some(address) => udp::SenderRule::Only(address),
        None if cyrano => udp::SenderRule::Anyone,
        None => udp::SenderRule::First,
    }
}

/// A port on which boxes broadcast belongs to nobody: the competition's software listens there too. One that a person chose
/// is ours, so that a second program that would hear nothing is told so.
fn sharing(port: u16) -> udp::Sharing {
    let broadcast = Protocol::ALL.iter().any(|protocol| protocol.udp_port() == Some(port));
    if broadcast { udp::Sharing::Shared } else { udp::Sharing::Alone }
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
