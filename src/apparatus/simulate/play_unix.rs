//! Simulated boxes over what only Unix systems have: pseudo-terminals and Unix sockets.

use super::{
    messages,
    play::{LISTEN, Wire},
    wire::{BOOTED_SECS, Sent},
};
use crate::error::ApparatusError;
use serialport::SerialPort;
use std::{
    io::{Read, Write},
    os::unix::{fs::symlink, net::UnixStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What a simulated box does with the letters that are sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockQuery {
    /// The reference box' clock query `u` is answered.
    Answered,
    /// They are not heard, as by all other boxes.
    Ignored,
}

/// A pseudo-terminal: the program under test opens [`PtyWire::path`] like any serial port.
pub struct PtyWire {
    master: serialport::TTYPort,
    path: String,
    link: Option<PathBuf>,
    asked: ClockQuery,
}

impl PtyWire {
    /// Opens a pair; with `link`, a symbolic link of that name always points to the present one (unplug and plug in).
    pub fn open(link: Option<&Path>, asked: ClockQuery) -> Result<Self, ApparatusError> {
        let failed = |reason: String| ApparatusError::Port { reason, path: "pseudo-terminal".into() };
        let (mut master, slave) = serialport::TTYPort::pair().map_err(|e| failed(e.to_string()))?;
        let path = slave.name().ok_or_else(|| failed("it has no name".into()))?;
        master.set_timeout(LISTEN).map_err(|e| failed(e.to_string()))?;
        drop(slave);
        if let Some(link) = link {
            let _none_before = std::fs::remove_file(link);
            symlink(&path, link).map_err(|e| failed(e.to_string()))?;
        }
        Ok(Self { master, path, link: link.map(Path::to_owned), asked })
    }

    /// The device to open.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Sends bytes as they are; nobody listening is no error.
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
        let mut asked = [0; 64];
        let count = self.master.read(&mut asked).unwrap_or(0);
        let heard = if self.asked == ClockQuery::Answered { count } else { 0 };
        let questions = asked.iter().take(heard).filter(|b| **b == b'u').count();
        for _ in 0..questions {
            let millis = ((now_secs + BOOTED_SECS) * 1000.0) as u64;
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
    heard: Vec<u8>,
    answers: u64,
}

impl UnixWire {
    /// Connects to a listening referee.
    pub fn open(path: &Path) -> Result<Self, ApparatusError> {
        let failed = |e: std::io::Error| ApparatusError::Socket { reason: e.to_string(), path: path.to_owned() };
        let stream = UnixStream::connect(path).map_err(failed)?;
        stream.set_read_timeout(Some(LISTEN)).map_err(failed)?;
        Ok(Self { stream, heard: Vec::new(), answers: 1_000_000 })
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
        self.heard.extend(portion.iter().take(count));
        while let Some(end) = self.heard.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
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
