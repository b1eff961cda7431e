//! UDP datagrams: unicast, broadcast or multicast; listens only. Where boxes broadcast or use a group, the port is shared with
//! other programs on this machine (a competition's software listens to the same boxes); those have to share it as well.

use super::{OpenLink, Received};
use crate::{HostClock, decoder::Arrival, error::ApparatusError};
use fencing::time::Timestamp;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    time::Duration,
};

/// Largest possible datagram.
const MAX_DATAGRAM: usize = 65_536;
/// Silence after which another sender may replace the first one, in seconds.
const SENDER_TIMEOUT_SECS: f64 = 10.0;

/// Whose datagrams are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SenderRule {
    /// Every sender's: the protocol distinguishes the pistes.
    Any,
    /// The first sender's, until it is silent for ten seconds.
    First,
    /// This host's only.
    Only(IpAddr),
}

/// Whether other programs may listen on the same port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// They may. All of them receive broadcasts; a unicast datagram reaches only one of them.
    Shared,
    /// They may not.
    Exclusive,
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
    /// Listens on all interfaces; a multicast address instead of a sender's joins the group.
    pub(super) fn open(
        port: u16,
        rule: SenderRule,
        sharing: Sharing,
        clock: HostClock,
    ) -> Result<Self, ApparatusError> {
        let (group, rule) = match rule {
            SenderRule::Only(address) if address.is_multicast() => (Some(address), SenderRule::Any),
            rule => (None, rule),
        };
        let socket = listen(port, group, sharing).map_err(|e| ApparatusError::Udp { port, reason: e.to_string() })?;
        Ok(Self { socket, rule, sender: None, buffer: vec![0; MAX_DATAGRAM], clock })
    }

    fn counts(&mut self, from: SocketAddr, at: Timestamp) -> bool {
        match (self.rule, self.sender) {
            (SenderRule::Only(address), _) => address == from.ip(),
            (SenderRule::First, Some((sender, last))) if sender != from => at.secs_since(last) > SENDER_TIMEOUT_SECS,
            (SenderRule::Any | SenderRule::First, _) => true,
        }
    }
}

/// A box is identified by its address: some send each datagram from another port. Senders on this machine (tests, bridges) differ
/// by their ports only.
fn sender_name(from: SocketAddr) -> String {
    if from.ip().is_loopback() { from.to_string() } else { from.ip().to_string() }
}

/// Opens a socket that leaves a shared port to others too.
fn listen(port: u16, group: Option<IpAddr>, sharing: Sharing) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    if group.is_some() || sharing == Sharing::Shared {
        share(&socket)?;
    }
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).into())?;
    match group {
        Some(IpAddr::V4(group)) => socket.join_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED)?,
        Some(IpAddr::V6(_)) => {
            return Err(std::io::Error::other("only groups of IPv4 can be joined, such as 239.0.0.1"));
        }
        None => {}
    }
    Ok(socket.into())
}

/// Lets other programs listen on the same port. The BSDs need `SO_REUSEPORT` besides `SO_REUSEADDR`; on Linux it would distribute
/// the datagrams among the listeners.
fn share(socket: &Socket) -> std::io::Result<()> {
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd", target_os = "netbsd"))]
    socket.set_reuse_port(true)?;
    socket.set_reuse_address(true)
}

impl OpenLink for UdpLink {
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError> {
        let broken = |e: std::io::Error| ApparatusError::Broken(e.to_string());
        self.socket.set_read_timeout(Some(wait.max(Duration::from_millis(1)))).map_err(broken)?;
        let (count, from) = match self.socket.recv_from(&mut self.buffer) {
            Ok(received) => received,
            Err(e) if matches!(e.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(Received::Nothing);
            }
            Err(e) => return Err(broken(e)),
        };
        let at = self.clock.now();
        if !self.counts(from, at) {
            return Ok(Received::Nothing);
        }
        self.sender = Some((from, at));
        let bytes = self.buffer.get(..count).unwrap_or_default();
        take(Arrival { sender: &sender_name(from), ..Arrival::of(at, bytes) });
        Ok(Received::Bytes)
    }

    /// Does nothing: the network belongs to a competition.
    fn send(&mut self, _bytes: &[u8]) -> Result<(), ApparatusError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive_one(link: &mut UdpLink) -> Option<Vec<u8>> {
        let mut bytes = None;
        let wait = Duration::from_millis(500);
        link.receive(wait, &mut |arrival| bytes = Some(arrival.bytes.to_vec())).ok()?;
        bytes
    }

    #[test]
    fn two_programs_hear_a_group_on_one_port() {
        let group = IpAddr::V4(Ipv4Addr::new(239, 255, 41, 7));
        let port = UdpSocket::bind(("0.0.0.0", 0)).unwrap().local_addr().unwrap().port();
        let open = || UdpLink::open(port, SenderRule::Only(group), Sharing::Exclusive, HostClock::start());
        // A machine without a network has no route to a group.
        let (Ok(mut one), Ok(mut other)) = (open(), open()) else { return };
        let sender = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
        if sender.send_to(b"hello", (group, port)).is_ok() {
            assert_eq!(
                (receive_one(&mut one), receive_one(&mut other)),
                (Some(b"hello".to_vec()), Some(b"hello".to_vec()))
            );
        }
    }

    #[test]
    fn two_programs_hear_a_broadcast_on_one_port() {
        let port = UdpSocket::bind(("0.0.0.0", 0)).unwrap().local_addr().unwrap().port();
        let open = |sharing| UdpLink::open(port, SenderRule::Any, sharing, HostClock::start());
        // The competition's software was there first.
        let (mut one, mut other) = (open(Sharing::Shared).unwrap(), open(Sharing::Shared).unwrap());
        assert!(open(Sharing::Exclusive).is_err(), "a port is not taken from those who are there");
        let sender = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
        sender.set_broadcast(true).unwrap();
        // The loopback network's own broadcast address; not every system has one.
        if sender.send_to(b"hello", (Ipv4Addr::new(127, 255, 255, 255), port)).is_ok() {
            assert_eq!(
                (receive_one(&mut one), receive_one(&mut other)),
                (Some(b"hello".to_vec()), Some(b"hello".to_vec()))
            );
        }
    }
}
