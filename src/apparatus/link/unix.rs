//! A Unix socket on which this program is the server: one peer at a time, the newest replaces the older one.

use super::{OpenLink, Received};
use crate::{HostClock, decoder::Arrival, error::ApparatusError};
use std::{
    io::{ErrorKind, Read, Write},
    os::unix::{
        fs::FileTypeExt,
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    time::Duration,
};

const CHUNK: usize = 4096;
/// Longest part of a wait before checking for a newer peer.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// A peer that accepts no data for this long is disconnected.
const SEND_TIMEOUT: Duration = Duration::from_millis(500);

/// A listening socket with its current peer.
pub(super) struct UnixLink {
    listener: UnixListener,
    peer: Option<UnixStream>,
    path: PathBuf,
    clock: HostClock,
}

impl UnixLink {
    /// Listens at `path`. Replaces a stale socket; fails if another kind of file is there.
    pub(super) fn open(path: &Path, clock: HostClock) -> Result<Self, ApparatusError> {
        let failed = |reason: String| ApparatusError::Socket { reason, path: path.to_owned() };
        if std::fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket()) {
            std::fs::remove_file(path).map_err(|e| failed(e.to_string()))?;
        }
        let listener = UnixListener::bind(path).map_err(|e| failed(e.to_string()))?;
        listener.set_nonblocking(true).map_err(|e| failed(e.to_string()))?;
        Ok(Self { listener, peer: None, path: path.to_owned(), clock })
    }

    /// A peer that has connected meanwhile.
    fn newer_peer(&self) -> Result<Option<UnixStream>, ApparatusError> {
        let broken = |e: std::io::Error| ApparatusError::Broken(e.to_string());
        match self.listener.accept() {
            Ok((peer, _)) => {
                peer.set_nonblocking(false).map_err(broken)?;
                peer.set_write_timeout(Some(SEND_TIMEOUT)).map_err(broken)?;
                Ok(Some(peer))
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
            Err(e) => Err(broken(e)),
        }
    }
}

impl OpenLink for UnixLink {
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError> {
        if let Some(peer) = self.newer_peer()? {
            self.peer = Some(peer);
            return Ok(Received::NewPeer);
        }
        let wait = wait.clamp(Duration::from_millis(1), POLL_INTERVAL);
        let Some(peer) = self.peer.as_mut() else {
            std::thread::sleep(wait);
            return Ok(Received::Nothing);
        };
        let mut portion = [0; CHUNK];
        let outcome = peer.set_read_timeout(Some(wait)).and_then(|()| peer.read(&mut portion));
        match outcome {
            Ok(count) if count > 0 => {
                take(Arrival::of(self.clock.now(), portion.get(..count).unwrap_or(&portion)));
                Ok(Received::Bytes)
            }
            Err(e) if matches!(e.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                Ok(Received::Nothing)
            }
            _ => {
                self.peer = None;
                Ok(Received::Nothing)
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), ApparatusError> {
        if let Some(peer) = self.peer.as_mut()
            && peer.write_all(bytes).is_err()
        {
            self.peer = None;
        }
        Ok(())
    }
}

impl Drop for UnixLink {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.path);
    }
}
