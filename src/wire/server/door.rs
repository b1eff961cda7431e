//! Who gets in at all: connections are counted when they are accepted, before a byte of them is read.
//!
//! Over the limit the answer is "busy", at once and cheaply, so that those inside are not disturbed. A place is given back
//! when the connection ends, whatever ended it.

use axum_server::accept::Accept;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

/// The whole answer to a connection that does not get in.
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 2\r\n\
connection: close\r\ncontent-length: 47\r\n\r\n{\"detail\":\"The server is busy; try again soon\"}";
/// How long a refused client has to take that answer.
const GOODBYE: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
struct Inside {
    total: usize,
    by_address: BTreeMap<IpAddr, usize>,
}

/// Counts connections. Clones share the count.
#[derive(Clone, Debug)]
pub(super) struct Door {
    inside: Arc<Mutex<Inside>>,
    /// Who came through a trusted proxy, by the address that the proxy names.
    behind: Arc<Mutex<Inside>>,
    max_total: usize,
    max_by_address: usize,
    trusted: Arc<[IpAddr]>,
}

/// One connection's place. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    inside: Arc<Mutex<Inside>>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.inside.lock();
        inside.total -= 1;
        let left = inside.by_address.get(&self.address).map_or(0, |count| count - 1);
        if left == 0 {
            inside.by_address.remove(&self.address);
        } else {
            inside.by_address.insert(self.address, left);
        }
    }
}

impl Door {
    /// A door for so many in all and from one address; `trusted` proxies speak for many and have no limit of their own.
    pub(super) fn new(max_total: usize, max_by_address: usize, trusted: &[IpAddr]) -> Self {
        let (inside, behind) = (Arc::default(), Arc::default());
        Self { inside, behind, max_total, max_by_address, trusted: trusted.into() }
    }

    /// A place, if there is one.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let most = if self.trusted.contains(&address) { usize::MAX } else { self.max_by_address };
        self.place(&self.inside, address, most)
    }

    /// A place for a request or socket that came over `proxy`: nothing to count unless that is trusted and names somebody.
    pub(super) fn enter_behind(&self, proxy: IpAddr, forwarded_for: &[&str]) -> Result<Option<Place>, Crowded> {
        if !self.trusted.contains(&proxy) {
            return Ok(None);
        }
        let Some(client) = client_behind(&self.trusted, forwarded_for) else { return Ok(None) };
        self.place(&self.behind, client, self.max_by_address).map(Some).ok_or(Crowded)
    }

    fn place(&self, counted: &Arc<Mutex<Inside>>, address: IpAddr, most_from_there: usize) -> Option<Place> {
        let mut inside = counted.lock();
        let from_there = inside.by_address.get(&address).copied().unwrap_or(0);
        if inside.total >= self.max_total || from_there >= most_from_there {
            return None;
        }
        inside.total += 1;
        inside.by_address.insert(address, from_there + 1);
        Some(Place { inside: Arc::clone(counted), address })
    }
}

/// Too many from one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crowded;

/// The nearest address in `X-Forwarded-For` that is no trusted proxy: everything before it is what a client may have made up.
pub(super) fn client_behind(trusted: &[IpAddr], forwarded_for: &[&str]) -> Option<IpAddr> {
    let named = forwarded_for.iter().rev().flat_map(|header| header.rsplit(','));
    // A name that is no address ends the chain: nobody can be told apart behind it.
    let mut addresses = named.map_while(|name| address_of(name.trim()));
    addresses.find(|address| !trusted.contains(address))
}

/// `1.2.3.4`, `1.2.3.4:5`, `::1`, `[::1]`, `[::1]:5`.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None if text.matches(':').count() == 1 => text.split_once(':')?.0,
        None => text,
    };
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

impl<S: Send + 'static> Accept<TcpStream, S> for Door {
    type Stream = Admitted;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Admitted, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().map(|peer| self.enter(peer.ip().to_canonical()));
        Box::pin(async move {
            let Some(place) = place? else {
                turn_away(stream).await;
                return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "too many connections"));
            };
            // Acknowledgements are small and must not wait for each other.
            stream.set_nodelay(true)?;
            Ok((Admitted { stream, _place: place }, service))
        })
    }
}

/// Says busy and closes in an order that lets the client read it.
async fn turn_away(mut stream: TcpStream) {
    let goodbye = async {
        stream.write_all(BUSY).await?;
        stream.shutdown().await?;
        let mut rest = [0; 512];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    };
    let _ = tokio::time::timeout(GOODBYE, goodbye).await;
}

/// A connection that holds its place.
#[derive(Debug)]
pub(super) struct Admitted {
    stream: TcpStream,
    _place: Place,
}

impl AsyncRead for Admitted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Admitted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_by_address() {
        let ip = |last| IpAddr::from([10, 0, 0, last]);
        let door = Door::new(4, 2, &[ip(9)]);
        let held: Vec<_> = (0..2).map(|_| door.enter(ip(1)).unwrap()).collect();
        assert!(door.enter(ip(1)).is_none());
        let _other = door.enter(ip(2)).unwrap();
        let _proxy = door.enter(ip(9)).unwrap();
        assert!(door.enter(ip(9)).is_none(), "the proxy is bound by the total");
        drop(held);
        assert!(door.enter(ip(9)).is_some());
    }

    #[test]
    fn behind_a_trusted_proxy_the_address_it_names_is_counted() {
        let ip = |last| IpAddr::from([10, 0, 0, last]);
        let door = Door::new(4, 1, &[ip(9), ip(8)]);
        let held = door.enter_behind(ip(9), &["6.6.6.6, 10.0.0.1"]).unwrap();
        assert!(held.is_some());
        assert_eq!(door.enter_behind(ip(9), &["7.7.7.7", "10.0.0.1:4711, 10.0.0.8"]).unwrap_err(), Crowded);
        assert!(door.enter_behind(ip(9), &["10.0.0.2"]).unwrap().is_some());
        assert!(door.enter_behind(ip(1), &["10.0.0.1"]).unwrap().is_none(), "a stranger's word counts for nothing");
        assert!(door.enter_behind(ip(9), &[]).unwrap().is_none());
        drop(held);
        assert!(door.enter_behind(ip(9), &["10.0.0.1"]).is_ok());
    }

    #[test]
    fn the_nearest_untrusted_address_is_the_client() {
        let trusted = [IpAddr::from([10, 0, 0, 9])];
        let check = |headers: &[&str], expected: Option<&str>| {
            assert_eq!(client_behind(&trusted, headers), expected.map(|e| e.parse().unwrap()), "{headers:?}");
        };
        check(&["1.1.1.1"], Some("1.1.1.1"));
        check(&["1.1.1.1, 2.2.2.2"], Some("2.2.2.2"));
        check(&["1.1.1.1", "2.2.2.2,10.0.0.9"], Some("2.2.2.2"));
        check(&["[2001:db8::1]:99"], Some("2001:db8::1"));
        check(&["2001:db8::1"], Some("2001:db8::1"));
        check(&["::ffff:1.1.1.1"], Some("1.1.1.1"));
        check(&["1.1.1.1, unknown"], None);
        check(&["10.0.0.9"], None);
        check(&["", "[", "a:b:c"], None);
        check(&[], None);
    }

    #[test]
    fn the_busy_answer_has_the_length_it_says() {
        let text = std::str::from_utf8(BUSY).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    }
}
