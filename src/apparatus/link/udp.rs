//! Datagrams: sent to us, broadcast, or multicast to a group by boxes; only ever listened to. Where boxes broadcast or speak to
//! a group, the port is shared with other programs on this machine (a competition's software listens to the same boxes);
//! they have to be willing to share it as well.

use super::{OpenLink, Received};
use crate::{HostClock, decoder::Arrival, error::ApparatusError};
use fencing::time::Timestamp;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
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

/// Whether other programs may listen at the same port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Everybody hears what is broadcast. What is sent to this machine alone is heard by one of the listeners only.
    Shared,
    /// Nobody else.
    Alone,
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
    /// Listens on all interfaces; an address of a multicast group instead of a sender's joins the group.
    pub(super) fn open(
        port: u16,
        rule: SenderRule,
        sharing: Sharing,
        clock: HostClock,
    ) -> Result<Self, ApparatusError> {
        let (group, rule) = match rule {
            SenderRule::Only(address) if address.is_multicast() => (Some(address), SenderRule::Anyone),
            rule => (None, rule),
        };
        let socket = listen(port, group, sharing).map_err(|e| ApparatusError::Udp { port, reason: e.to_string() })?;
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

/// A box is its address: some send each datagram from another port. On this machine itself (tests, bridges) senders differ by
/// their ports alone.
fn sender_name(from: SocketAddr) -> String {
    if from.ip().is_loopback() { from.to_string() } else { from.ip().to_string() }
}

/// A socket that does not take a shared port away from others.
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

/// Lets others listen at the same port. The BSDs want a word more than Linux and Windows; on Linux that word would have the
/// listeners take turns.
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

    /// Listening only: other people's competition runs on this network.
    fn send(&mut self, _bytes: &[u8]) -> Result<(), ApparatusError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(link: &mut UdpLink) -> Option<Vec<u8>> {
        let mut bytes = None;
        let wait = Duration::from_millis(500);
        link.receive(wait, &mut |arrival| bytes = Some(arrival.bytes.to_vec())).ok()?;
        bytes
    }

    #[test]
    fn two_programs_hear_a_group_on_one_port() {
        let group = IpAddr::V4(Ipv4Addr::new(239, 255, 41, 7));
        let port = UdpSocket::bind(("0.0.0.0", 0)).unwrap().local_addr().unwrap().port();
        let open = || UdpLink::open(port, SenderRule::Only(group), Sharing::Alone, HostClock::start());
        // A machine without a network has no route to a group.
        let (Ok(mut one), Ok(mut other)) = (open(), open()) else { return };
        let sender = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
        if sender.send_to(b"hello", (group, port)).is_ok() {
            assert_eq!((heard(&mut one), heard(&mut other)), (Some(b"hello".to_vec()), Some(b"hello".to_vec())));
        }
    }

    #[test]
    fn two_programs_hear_a_broadcast_on_one_port() {
        let port = UdpSocket::bind(("0.0.0.0", 0)).unwrap().local_addr().unwrap().port();
        let open = |sharing| UdpLink::open(port, SenderRule::Anyone, sharing, HostClock::start());
        // The competition's software was there first.
        let (mut one, mut other) = (open(Sharing::Shared).unwrap(), open(Sharing::Shared).unwrap());
        assert!(open(Sharing::Alone).is_err(), "a port is not taken from those who are there");
        let sender = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
        sender.set_broadcast(true).unwrap();
        // The loopback network's own broadcast address; not every system has one.
        if sender.send_to(b"hello", (Ipv4Addr::new(127, 255, 255, 255), port)).is_ok() {
            assert_eq!((heard(&mut one), heard(&mut other)), (Some(b"hello".to_vec()), Some(b"hello".to_vec())));
        }
    }
}
