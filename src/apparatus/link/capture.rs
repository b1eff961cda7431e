//! Captures: everything received, with its time, as lines of text that can be mailed, cut and replayed.
//!
//! First line `# referee apparatus capture 1 <protocol or ->`, then one line per arrival: seconds since the first one,
//! origin (MQTT topic, `@address:port` of a datagram's sender, or `-`), bytes in hexadecimal, and `retained` where a broker
//! had retained the message. Readers skip lines that they cannot parse and ignore words that they do not know.

use super::{OpenLink, Received};
use crate::{HostClock, decoder::Arrival, error::ApparatusError, protocol::Protocol, settings::Pace};
use fencing::time::Timestamp;
use std::{
    fmt::Write as _,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

const HEADER: &str = "# referee apparatus capture 1";
const RETAINED: &str = "retained";
/// Far above the longest line ever written.
const MAX_LINE: usize = 1 << 20;

/// Bytes in hexadecimal.
fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |d: u8| char::from(d).to_digit(16);
    digits.chunks(2).map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

/// Writes a capture.
pub(crate) struct CaptureWriter {
    file: BufWriter<File>,
    first: Option<Timestamp>,
    path: PathBuf,
}

impl CaptureWriter {
    /// Starts a capture; replaces an older file of that name.
    pub(crate) fn create(path: &Path, protocol: Option<Protocol>) -> Result<Self, ApparatusError> {
        let failed = |e: std::io::Error| ApparatusError::Capture { reason: e.to_string(), path: path.to_owned() };
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        writeln!(file, "{HEADER} {}", protocol.map_or("-", Protocol::as_str)).map_err(failed)?;
        file.flush().map_err(failed)?;
        Ok(Self { file, first: None, path: path.to_owned() })
    }

    /// Appends an arrival; it is on disk when this returns.
    pub(crate) fn add(&mut self, arrival: Arrival<'_>) -> Result<(), ApparatusError> {
        let secs = arrival.at.secs_since(*self.first.get_or_insert(arrival.at));
        let origin = match (arrival.topic, arrival.sender) {
            ("", "") => "-".to_owned(),
            ("", sender) => format!("@{sender}"),
            (topic, _) => topic.split_whitespace().collect(),
        };
        let retained = if arrival.retained { RETAINED } else { "" };
        let line =
            writeln!(self.file, "{}", format!("{secs:.6} {origin} {} {retained}", hex_of(arrival.bytes)).trim_end());
        line.and_then(|()| self.file.flush())
            .map_err(|e| ApparatusError::Capture { reason: e.to_string(), path: self.path.clone() })
    }
}

struct Captured {
    secs: f64,
    origin: String,
    bytes: Vec<u8>,
    retained: bool,
}

fn captured(line: &str) -> Option<Captured> {
    let mut parts = line.split_whitespace();
    let secs: f64 = parts.next()?.parse().ok().filter(|s: &f64| s.is_finite())?;
    let origin = parts.next().map(|t| if t == "-" { String::new() } else { t.to_owned() })?;
    let bytes = bytes_of(parts.next().unwrap_or(""))?;
    Some(Captured { secs, origin, bytes, retained: parts.next() == Some(RETAINED) })
}

/// Replays a capture.
pub(super) struct ReplayLink {
    lines: BufReader<File>,
    path: PathBuf,
    next: Option<Captured>,
    pace: Pace,
    start: Timestamp,
    clock: HostClock,
}

impl ReplayLink {
    pub(super) fn open(path: &Path, pace: Pace, clock: HostClock) -> Result<Self, ApparatusError> {
        let failed = |reason: String| ApparatusError::Capture { reason, path: path.to_owned() };
        let file = File::open(path).map_err(|e| failed(e.to_string()))?;
        let mut link =
            Self { lines: BufReader::new(file), path: path.to_owned(), next: None, pace, start: clock.now(), clock };
        let header = link.line()?.unwrap_or_default();
        if !header.starts_with(HEADER) {
            return Err(failed("it is no capture of this program; record one with 'referee box record'".into()));
        }
        Ok(link)
    }

    fn line(&mut self) -> Result<Option<String>, ApparatusError> {
        let mut bytes = Vec::new();
        let mut limited = std::io::Read::take(&mut self.lines, MAX_LINE as u64);
        let count = limited
            .read_until(b'\n', &mut bytes)
            .map_err(|e| ApparatusError::Capture { reason: e.to_string(), path: self.path.clone() })?;
        Ok((count > 0).then(|| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The next good line; skips damaged ones.
    fn advance(&mut self) -> Result<bool, ApparatusError> {
        while self.next.is_none() {
            let Some(line) = self.line()? else { return Ok(false) };
            self.next = captured(&line);
        }
        Ok(true)
    }
}

impl OpenLink for ReplayLink {
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError> {
        if !self.advance()? {
            return Ok(Received::End);
        }
        let Some(next) = self.next.take() else { return Ok(Received::End) };
        let at = self.start.plus_secs(next.secs);
        let ahead = at.secs_since(self.clock.now());
        if self.pace == Pace::Original && ahead > 0.0 {
            std::thread::sleep(Duration::from_secs_f64(ahead.min(wait.as_secs_f64())));
            if ahead > wait.as_secs_f64() {
                self.next = Some(next);
                return Ok(Received::Nothing);
            }
        }
        take(Arrival { retained: next.retained, ..Arrival::from_origin(at, &next.origin, &next.bytes) });
        Ok(Received::Bytes)
    }

    fn send(&mut self, _bytes: &[u8]) -> Result<(), ApparatusError> {
        Ok(())
    }
}

/// The protocol stated in a capture, if any.
pub(crate) fn captured_protocol(path: &Path) -> Result<Option<Protocol>, ApparatusError> {
    let mut link = ReplayLink::open(path, Pace::Fast, HostClock::start())?;
    link.lines = BufReader::new(
        File::open(path).map_err(|e| ApparatusError::Capture { reason: e.to_string(), path: path.to_owned() })?,
    );
    let header = link.line()?.unwrap_or_default();
    Ok(header.split_whitespace().next_back().and_then(|name| name.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_captured_is_replayed_with_its_times() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.capture");
        let mut writer = CaptureWriter::create(&path, Some(Protocol::Favero)).unwrap();
        let arrivals = [
            (5.0, "", &[0xFFu8, 0][..]),
            (5.1, "@10.0.0.1:50100", b"|"),
            (5.25, "openpiste/1/apparatus/lights", b"{}"),
        ];
        for (secs, topic, bytes) in arrivals {
            let arrival = Arrival::from_origin(Timestamp::from_secs(secs), topic, bytes);
            writer.add(Arrival { retained: secs > 5.1, ..arrival }).unwrap();
        }
        let mut replay = ReplayLink::open(&path, Pace::Fast, HostClock::start()).unwrap();
        let mut seen = Vec::new();
        let mut take = |a: Arrival<'_>| seen.push((a.at, [a.topic, a.sender].concat(), a.bytes.to_vec(), a.retained));
        while replay.receive(Duration::from_millis(1), &mut take).unwrap() != Received::End {}
        assert_eq!(seen.len(), 3);
        assert!((seen[2].0.secs_since(seen[0].0) - 0.25).abs() < 1e-6);
        assert_eq!((seen[2].1.as_str(), seen[2].2.as_slice()), ("openpiste/1/apparatus/lights", &b"{}"[..]));
        assert_eq!((seen[1].1.as_str(), seen[1].3, seen[2].3), ("10.0.0.1:50100", false, true));
        assert_eq!(captured_protocol(&path).unwrap(), Some(Protocol::Favero));
    }

    #[test]
    fn damaged_lines_are_skipped_and_other_files_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("b.capture");
        std::fs::write(&path, format!("{HEADER} -\nrubbish\n0.1 - 4\n0.2 - 41\n")).unwrap();
        let mut replay = ReplayLink::open(&path, Pace::Fast, HostClock::start()).unwrap();
        let mut seen = Vec::new();
        while replay.receive(Duration::ZERO, &mut |a| seen.push(a.bytes.to_vec())).unwrap() != Received::End {}
        assert_eq!(seen, [b"A".to_vec()]);
        std::fs::write(&path, "hello\n").unwrap();
        assert!(ReplayLink::open(&path, Pace::Fast, HostClock::start()).is_err());
    }
}
