//! Accepts TCP connections, limits and times them out, and serves HTTP/1.1 on them, with or without TLS.
//!
//! Each connection holds a [`ConnectionPermit`], counted in total and by address before a byte of it is read. Every state has a time-out: the
//! TLS handshake, the header of each request (which includes the idle time before it), a write that the client does not accept,
//! and the wait for the client's end after the server has closed. When all places are taken, the connection that has been idle
//! longest is closed, so idle keep-alive connections cannot block others.
//!
//! HTTP/2 is not served: its streams would bypass the limits, which count connections.

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// The complete answer to a connection over the limit.
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 2\r\n\
connection: close\r\ncontent-length: 47\r\n\r\n{\"detail\":\"The server is busy; try again soon\"}";
/// Time-out of that answer.
const BUSY_TIMEOUT: Duration = Duration::from_millis(500);
/// Time-out of the TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Time-out of a request's header, including the idle time before it.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Time-out of a write without progress.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Time and bytes for reading after the server has closed: unread input would make the kernel reset the connection, and the reset would
/// overtake the last answer.
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 8 * 1024 * 1024;
/// A connection idle for less than this is not closed: its first request is on its way.
const MIN_IDLE: Duration = Duration::from_secs(1);
/// Pause after `accept` failed; the process has run out of file descriptors, which become free again.
const ACCEPT_RETRY: Duration = Duration::from_millis(200);

#[derive(Debug, Default)]
struct ConnectionCounts {
    total: usize,
    by_address: BTreeMap<IpAddr, usize>,
    places: BTreeMap<u64, Arc<Activity>>,
    next_id: u64,
}

impl ConnectionCounts {
    fn of(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).copied().unwrap_or(0)
    }

    /// Frees a place, once.
    fn remove(&mut self, id: u64) {
        let Some(address) = self.places.remove(&id).map(|activity| activity.address) else { return };
        self.total -= 1;
        match self.of(address) {
            0 | 1 => drop(self.by_address.remove(&address)),
            count => drop(self.by_address.insert(address, count - 1)),
        }
    }

    /// Closes the connection that has been idle longest, if long enough.
    fn evict_idle(&mut self, from: Option<IpAddr>) -> bool {
        let candidates = self.places.iter().filter(|(_, one)| from.is_none_or(|address| one.address == address));
        let idle = candidates.filter_map(|(id, one)| Some(((*one.idle_since.lock())?, *id, one)));
        let longest = idle.min_by_key(|(since, id, _)| (*since, *id));
        let Some((_, id, one)) = longest.filter(|(since, ..)| since.elapsed() >= MIN_IDLE) else { return false };
        one.evicted.cancel();
        self.remove(id);
        true
    }
}

/// State of a connection.
#[derive(Debug)]
struct Activity {
    address: IpAddr,
    /// Start of the idle time; `None` during a request, and for ever once the connection is a WebSocket.
    idle_since: Mutex<Option<Instant>>,
    evicted: CancellationToken,
}

/// Permit of one connection. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    counts: Arc<Mutex<ConnectionCounts>>,
    id: u64,
    activity: Arc<Activity>,
}

impl ConnectionPermit {
    fn set_busy(&self) {
        *self.activity.idle_since.lock() = None;
    }

    fn set_idle(&self) {
        *self.activity.idle_since.lock() = Some(Instant::now());
    }

    fn evicted(&self) -> &CancellationToken {
        &self.activity.evicted
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.counts.lock().remove(self.id);
    }
}

/// Too many connections from one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

/// Connection limits. Clones share the counts.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimits {
    direct: Arc<Mutex<ConnectionCounts>>,
    /// Clients of trusted proxies, by the address in the proxy's header.
    proxied: Arc<Mutex<ConnectionCounts>>,
    max_total: usize,
    max_by_address: usize,
    trusted: Arc<[IpAddr]>,
}

impl ConnectionLimits {
    /// Limits in total and per address; `trusted` proxies have no limit of their own.
    pub(super) fn new(max_total: usize, max_by_address: usize, trusted: &[IpAddr]) -> Self {
        let (direct, proxied) = (Arc::default(), Arc::default());
        Self { direct, proxied, max_total, max_by_address, trusted: trusted.into() }
    }

    /// Permit for a connection; closes an idle one if necessary.
    pub(super) fn admit_connection(&self, address: IpAddr) -> Option<Arc<ConnectionPermit>> {
        let most = if self.trusted.contains(&address) { usize::MAX } else { self.max_by_address };
        self.place(&self.direct, address, most)
    }

    /// Permit for a request or socket through `proxy`: `None` unless that is trusted and names a client.
    pub(super) fn admit_proxied(
        &self,
        proxy: IpAddr,
        forwarded_for: &[&str],
    ) -> Result<Option<Arc<ConnectionPermit>>, TooMany> {
        if !self.trusted.contains(&proxy) {
            return Ok(None);
        }
        let Some(client) = client_behind(&self.trusted, forwarded_for) else { return Ok(None) };
        let place = self.place(&self.proxied, client, self.max_by_address).ok_or(TooMany)?;
        // A request in progress: this permit is never idle.
        place.set_busy();
        Ok(Some(place))
    }

    /// Address of the client: as named by a trusted proxy, otherwise the peer's own.
    pub(super) fn client_of(&self, peer: IpAddr, forwarded_for: &[&str]) -> IpAddr {
        let is_proxy = self.trusted.contains(&peer);
        is_proxy.then(|| client_behind(&self.trusted, forwarded_for)).flatten().unwrap_or(peer)
    }

    fn place(
        &self,
        counts: &Arc<Mutex<ConnectionCounts>>,
        address: IpAddr,
        most_from_there: usize,
    ) -> Option<Arc<ConnectionPermit>> {
        let mut counted = counts.lock();
        if counted.of(address) >= most_from_there && !counted.evict_idle(Some(address)) {
            return None;
        }
        if counted.total >= self.max_total && !counted.evict_idle(None) {
            return None;
        }
        let id = counted.next_id;
        counted.next_id += 1;
        counted.total += 1;
        *counted.by_address.entry(address).or_default() += 1;
        let (idle_since, evicted) = (Mutex::new(Some(Instant::now())), CancellationToken::new());
        let activity = Arc::new(Activity { address, idle_since, evicted });
        counted.places.insert(id, Arc::clone(&activity));
        Some(Arc::new(ConnectionPermit { counts: Arc::clone(counts), id, activity }))
    }

    /// Whether more than half of the places are taken, in total or from that address: answers then close their connection.
    fn is_half_full(&self, address: IpAddr) -> bool {
        let counts = self.direct.lock();
        let is_limited = !self.trusted.contains(&address);
        counts.total * 2 > self.max_total || (is_limited && counts.of(address) * 2 > self.max_by_address)
    }
}

/// The last address in `X-Forwarded-For` that is not a trusted proxy: a client may have forged everything before it.
pub(super) fn client_behind(trusted: &[IpAddr], forwarded_for: &[&str]) -> Option<IpAddr> {
    let named = forwarded_for.iter().rev().flat_map(|header| header.rsplit(','));
    // An entry that is not an address ends the chain: clients behind it cannot be distinguished.
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

/// Dependencies of every connection.
#[derive(Clone)]
pub(super) struct Acceptor {
    /// Connection limits.
    pub(super) limits: ConnectionLimits,
    /// TLS, if enabled.
    pub(super) tls: Option<TlsAcceptor>,
    /// The routes.
    pub(super) app: Router,
    /// No more connections; open ones finish their requests.
    pub(super) stopping: CancellationToken,
    /// Open connections end at once.
    pub(super) killed: CancellationToken,
    /// Every open connection.
    pub(super) open: TaskTracker,
}

impl Acceptor {
    /// Accepts until the server stops. The listener is closed when this returns.
    pub(super) async fn run(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let this = self.clone();
                    let killed = self.killed.clone();
                    self.open.spawn(killed.run_until_cancelled_owned(async move { this.serve(stream, peer).await }));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_RETRY).await;
                }
            }
        }
    }

    async fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        let Some(place) = self.limits.admit_connection(peer.ip().to_canonical()) else {
            return send_busy(stream).await;
        };
        // Disables Nagle's algorithm: acknowledgements are small and must not wait for each other.
        let _best_effort = stream.set_nodelay(true);
        let stream = CountedStream::new(stream, Arc::clone(&place));
        match &self.tls {
            None => self.serve_http(stream, place, peer).await,
            Some(tls) => {
                let handshake = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream));
                let evicted = place.evicted().clone();
                if let Some(Ok(Ok(stream))) = evicted.run_until_cancelled(handshake).await {
                    self.serve_http(stream, place, peer).await;
                }
            }
        }
    }

    async fn serve_http<S>(&self, stream: S, place: Arc<ConnectionPermit>, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let evicted = place.evicted().clone();
        // Held by the service only: a WebSocket keeps its permit through its stream.
        let service = hyper::service::service_fn(|request| self.answer(request, Arc::clone(&place), peer));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
        let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        tokio::pin!(connection);
        tokio::select! {
            _ended = connection.as_mut() => return,
            () = evicted.cancelled() => return,
            () = self.stopping.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        let _ended = connection.await;
    }

    async fn answer(
        &self,
        mut request: Request<Incoming>,
        place: Arc<ConnectionPermit>,
        peer: SocketAddr,
    ) -> Result<Response<BusyBody>, Infallible> {
        place.set_busy();
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(mut response) = self.app.clone().oneshot(request.map(Body::new)).await;
        let is_upgrade = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if !is_upgrade && self.limits.is_half_full(peer.ip().to_canonical()) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response.map(|body| BusyBody { body, place: (!is_upgrade).then_some(place) }))
    }
}

/// Body of an answer; its connection becomes idle when the body has been sent.
struct BusyBody {
    body: Body,
    place: Option<Arc<ConnectionPermit>>,
}

impl Drop for BusyBody {
    fn drop(&mut self) {
        if let Some(place) = &self.place {
            place.set_idle();
        }
    }
}

impl HttpBody for BusyBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Answers "busy" and closes in an order that lets the client read it.
async fn send_busy(mut stream: TcpStream) {
    let answer = async {
        stream.write_all(BUSY).await?;
        stream.shutdown().await?;
        let mut rest = [0; 512];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    };
    let _ = tokio::time::timeout(BUSY_TIMEOUT, answer).await;
}

/// A TCP connection with its permit, write time-out, and lingering close.
#[derive(Debug)]
struct CountedStream {
    stream: Option<TcpStream>,
    place: Option<Arc<ConnectionPermit>>,
    /// Runs while a write waits for the client.
    write_timeout: Option<Pin<Box<Sleep>>>,
    /// The client has closed its side, or the connection has failed: there is nothing left to read.
    is_at_end: bool,
}

impl CountedStream {
    fn new(stream: TcpStream, place: Arc<ConnectionPermit>) -> Self {
        Self { stream: Some(stream), place: Some(place), write_timeout: None, is_at_end: false }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn poll_timed(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match write(self.stream()?, cx) {
            Poll::Ready(written) => {
                self.write_timeout = None;
                Poll::Ready(written)
            }
            Poll::Pending => {
                let timeout = self.write_timeout.get_or_insert_with(|| Box::pin(tokio::time::sleep(WRITE_TIMEOUT)));
                ready!(timeout.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for CountedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = ready!(self.stream()?.poll_read(cx, buf));
        self.is_at_end |= read.is_err() || (buf.filled().len() == before && buf.remaining() > 0);
        Poll::Ready(read)
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_timed(cx, |stream, cx| stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_timed(cx, |stream, cx| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

impl Drop for CountedStream {
    fn drop(&mut self) {
        let (stream, place) = (self.stream.take(), self.place.take());
        if self.is_at_end {
            return;
        }
        if let (Some(stream), Some(place), Ok(runtime)) = (stream, place, tokio::runtime::Handle::try_current()) {
            runtime.spawn(linger(stream, place));
        }
    }
}

/// Closes the writing side and reads to the client's end, within limits, so that the last answer arrives.
async fn linger(mut stream: TcpStream, place: Arc<ConnectionPermit>) {
    place.set_idle();
    let to_the_end = async {
        stream.shutdown().await?;
        let (mut rest, mut read) = (vec![0; 16 * 1024], 0);
        while read < LINGER_BYTES {
            match stream.read(&mut rest).await? {
                0 => break,
                bytes => read += bytes,
            }
        }
        Ok::<(), io::Error>(())
    };
    let _ = place.evicted().run_until_cancelled(tokio::time::timeout(LINGER_TIMEOUT, to_the_end)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    fn busy(place: Option<Arc<ConnectionPermit>>) -> Arc<ConnectionPermit> {
        let place = place.unwrap();
        place.set_busy();
        place
    }

    fn idle_for(place: &ConnectionPermit, secs: u64) {
        *place.activity.idle_since.lock() = Instant::now().checked_sub(Duration::from_secs(secs));
    }

    #[test]
    fn places_are_counted_in_all_and_by_address() {
        let limits = ConnectionLimits::new(4, 2, &[ip(9)]);
        let held: Vec<_> = (0..2).map(|_| busy(limits.admit_connection(ip(1)))).collect();
        assert!(limits.admit_connection(ip(1)).is_none());
        let _other = busy(limits.admit_connection(ip(2)));
        let _proxy = busy(limits.admit_connection(ip(9)));
        assert!(limits.admit_connection(ip(9)).is_none(), "the proxy is bound by the total");
        drop(held);
        assert!(limits.admit_connection(ip(9)).is_some());
    }

    #[test]
    fn the_longest_idle_connection_makes_room_and_no_busy_one_does() {
        let limits = ConnectionLimits::new(3, 2, &[]);
        let (busy, young, old) = (
            busy(limits.admit_connection(ip(1))),
            limits.admit_connection(ip(1)).unwrap(),
            limits.admit_connection(ip(2)).unwrap(),
        );
        assert!(limits.admit_connection(ip(1)).is_none(), "its first request may be on its way");
        idle_for(&young, 5);
        idle_for(&old, 20);
        let next = limits.admit_connection(ip(1)).unwrap();
        assert!(young.evicted().is_cancelled(), "the one from the address that is full");
        let _another = limits.admit_connection(ip(3)).unwrap();
        assert!(old.evicted().is_cancelled() && !busy.evicted().is_cancelled() && !next.evicted().is_cancelled());
        drop((young, old));
        assert_eq!(limits.direct.lock().total, 3, "an evicted place is given back once");
    }

    #[test]
    fn answers_close_their_connection_when_over_half_of_the_places_are_taken() {
        let limits = ConnectionLimits::new(100, 4, &[ip(9)]);
        let _held: Vec<_> = (0..2).map(|_| limits.admit_connection(ip(1)).unwrap()).collect();
        assert!(!limits.is_half_full(ip(1)));
        let _third = limits.admit_connection(ip(1)).unwrap();
        assert!(limits.is_half_full(ip(1)) && !limits.is_half_full(ip(2)));
    }

    #[test]
    fn behind_a_trusted_proxy_the_address_it_names_is_counted() {
        let limits = ConnectionLimits::new(4, 1, &[ip(9), ip(8)]);
        let held = limits.admit_proxied(ip(9), &["6.6.6.6, 10.0.0.1"]).unwrap();
        assert!(held.is_some());
        assert_eq!(limits.admit_proxied(ip(9), &["7.7.7.7", "10.0.0.1:4711, 10.0.0.8"]).unwrap_err(), TooMany);
        assert!(limits.admit_proxied(ip(9), &["10.0.0.2"]).unwrap().is_some());
        assert!(limits.admit_proxied(ip(1), &["10.0.0.1"]).unwrap().is_none(), "a stranger's word counts for nothing");
        assert!(limits.admit_proxied(ip(9), &[]).unwrap().is_none());
        drop(held);
        assert!(limits.admit_proxied(ip(9), &["10.0.0.1"]).is_ok());
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
