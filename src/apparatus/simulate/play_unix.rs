//! Simulated boxes over pseudo-terminals and Unix sockets, which only Unix systems have.

use super::{
    messages,
    play::{POLL_INTERVAL, Wire},
    wire::{BOOT_OFFSET_SECS, Sent},
};
use crate::error::ApparatusError;
use serialport::SerialPort;
use std::{
    io::{Read, Write},
    os::unix::{fs::symlink, net::UnixStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How a simulated box treats clock requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockQuery {
    /// Answers the reference box's clock request `u`.
    Answered,
    /// Ignores them, as all other boxes do.
    Ignored,
}

/// A pseudo-terminal: the program under test opens [`PtyWire::path`] like any serial port.
pub struct PtyWire {
    master: serialport::TTYPort,
    path: String,
    link: Option<PathBuf>,
    clock_query: ClockQuery,
}

impl PtyWire {
    /// Opens a pair; with `link`, a symbolic link of that name always points to the current one (unplug and plug in).
    pub fn open(link: Option<&Path>, clock_query: ClockQuery) -> Result<Self, ApparatusError> {
        let failed = |reason: String| ApparatusError::Port { reason, path: "pseudo-terminal".into() };
        let (mut master, slave) = serialport::TTYPort::pair().map_err(|e| failed(e.to_string()))?;
        let path = slave.name().ok_or_else(|| failed("it has no name".into()))?;
        master.set_timeout(POLL_INTERVAL).map_err(|e| failed(e.to_string()))?;
        drop(slave);
        if let Some(link) = link {
            let _none_before = std::fs::remove_file(link);
            symlink(&path, link).map_err(|e| failed(e.to_string()))?;
        }
        Ok(Self { master, path, link: link.map(Path::to_owned), clock_query })
    }

    /// The device to open.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Writes bytes; not an error when the other end is closed.
    pub fn write(&mut self, bytes: &[u8]) {
        let _nobody_listens = self.master.write_all(bytes);
    }
}

impl Wire for PtyWire {
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError> {
        self.write(&sent.bytes);
        Ok(())
    }

    fn answer(&mut self, wait: Duration, now_secs: f64) {
        let begun = Instant::now();
        let mut clock_query = [0; 64];
        let count = self.master.read(&mut clock_query).unwrap_or(0);
        let decoded = if self.clock_query == ClockQuery::Answered { count } else { 0 };
        let questions = clock_query.iter().take(decoded).filter(|b| **b == b'u').count();
        for _ in 0..questions {
            let millis = ((now_secs + BOOT_OFFSET_SECS) * 1000.0) as u64;
            self.write(format!("TIME_MS:{millis}\r\n").as_bytes());
        }
        std::thread::sleep(wait.saturating_sub(begun.elapsed()));
    }
}

impl Drop for PtyWire {
    fn drop(&mut self) {
        if let Some(link) = &self.link {
            let _gone_already = std::fs::remove_file(link);
        }
    }
}

/// The backend's end of PisteLink's socket.
pub struct UnixWire {
    stream: UnixStream,
    decoded: Vec<u8>,
    answers: u64,
}

impl UnixWire {
    /// Connects to a listening referee.
    pub fn open(path: &Path) -> Result<Self, ApparatusError> {
        let failed = |e: std::io::Error| ApparatusError::Socket { reason: e.to_string(), path: path.to_owned() };
        let stream = UnixStream::connect(path).map_err(failed)?;
        stream.set_read_timeout(Some(POLL_INTERVAL)).map_err(failed)?;
        Ok(Self { stream, decoded: Vec::new(), answers: 1_000_000 })
    }
}

impl Wire for UnixWire {
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError> {
        self.stream.write_all(&sent.bytes).map_err(|e| ApparatusError::Broken(e.to_string()))
    }

    /// Answers pings at once.
    fn answer(&mut self, _wait: Duration, now_secs: f64) {
        let mut portion = [0; 1024];
        let count = self.stream.read(&mut portion).unwrap_or(0);
        self.decoded.extend(portion.iter().take(count));
        while let Some(end) = self.decoded.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.decoded.drain(..=end).collect();
            let Ok(message) = serde_json::from_slice::<serde_json::Value>(&line) else { continue };
            if message["type"] == "ping" {
                let payload = serde_json::json!({ "ref_id": message["id"] });
                self.answers += 1;
                let pong = messages::pistelink_line("pong", &payload, self.answers, now_secs);
                let _peer_gone = self.stream.write_all(&pong);
            }
        }
    }
}
