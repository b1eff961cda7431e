//! Datagrams: broadcast or multicast by boxes, only ever listened to.

use super::{Heard, OpenLink};
use crate::{
    apparatus::{HostClock, decoder::Arrival, error::ApparatusError},
    time::Timestamp,
};
use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr, UdpSocket},
    time::Duration,
};

/// The largest datagram there is.
const LARGEST: usize = 65_536;
/// A sender that was silent for this long may be replaced by another one, in seconds.
const FORGET_SENDER_SECS: f64 = 10.0;

/// Whose datagrams count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SenderRule {
    /// Everybody's: the protocol tells the pistes apart.
    Anyone,
    /// The first one's, until he is silent for ten seconds.
    First,
    /// This host's.
    Only(IpAddr),
}

/// A listening socket.
pub(super) struct UdpLink {
    socket: UdpSocket,
    rule: SenderRule,
    sender: Option<(SocketAddr, Timestamp)>,
    buffer: Vec<u8>,
    clock: HostClock,
}

impl UdpLink {
    /// Listens on all interfaces.
    pub(super) fn open(port: u16, rule: SenderRule, clock: HostClock) -> Result<Self, ApparatusError> {
        let socket =
            UdpSocket::bind(("0.0.0.0", port)).map_err(|e| ApparatusError::Udp { port, reason: e.to_string() })?;
        Ok(Self { socket, rule, sender: None, buffer: vec![0; LARGEST], clock })
    }

    fn counts(&mut self, from: SocketAddr, at: Timestamp) -> bool {
        match (self.rule, self.sender) {
            (SenderRule::Only(address), _) => address == from.ip(),
            (SenderRule::First, Some((sender, last))) if sender != from => at.secs_since(last) > FORGET_SENDER_SECS,
            (SenderRule::Anyone | SenderRule::First, _) => true,
        }
    }
}

impl OpenLink for UdpLink {
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Heard, ApparatusError> {
        let broken = |e: std::io::Error| ApparatusError::Broken(e.to_string());
        self.socket.set_read_timeout(Some(wait.max(Duration::from_millis(1)))).map_err(broken)?;
        let (count, from) = match self.socket.recv_from(&mut self.buffer) {
            Ok(received) => received,
            Err(e) if matches!(e.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(Heard::Nothing);
            }
            Err(e) => return Err(broken(e)),
        };
        let at = self.clock.now();
        if !self.counts(from, at) {
            return Ok(Heard::Nothing);
        }
        self.sender = Some((from, at));
        take(Arrival { at, topic: "", bytes: self.buffer.get(..count).unwrap_or_default() });
        Ok(Heard::Something)
    }

    /// Listening only: other people's competition runs on this network.
    fn send(&mut self, _bytes: &[u8]) -> Result<(), ApparatusError> {
        Ok(())
    }
}
