//! When each picture was taken, one line of JSON per picture: `{"frame":N,"ts":MS,"mono_ns":NS}`.
//!
//! `frame` counts from 0, `ts` is wall-clock time in milliseconds since 1970, `mono_ns` is the host's steady clock of that
//! run. The times are in the clip as well: whatever goes wrong here is made up for at the end, or when the phrase is made whole.

use super::disk::{Disk, Store};
use fencing::time::Timestamp;
use std::path::PathBuf;

/// The file beside a clip.
pub(super) struct Sidecar {
    path: PathBuf,
    zero: Timestamp,
    began_unix_nanos: i64,
    /// Everything that belongs into the file.
    text: String,
    /// Bytes of it that are in the file.
    written: usize,
    store: Option<Box<dyn Store>>,
}

impl Sidecar {
    pub(super) fn new(path: PathBuf, zero: Timestamp, began_unix_nanos: i64) -> Self {
        Self { path, zero, began_unix_nanos, text: String::new(), written: 0, store: None }
    }

    /// The line of a picture.
    pub(super) fn line(&self, frame: u64, at: Timestamp) -> String {
        line(frame, at.nanos(), self.began_unix_nanos.saturating_add(at.nanos().saturating_sub(self.zero.nanos())))
    }

    /// Adds lines; what cannot be written now is written later.
    pub(super) fn append(&mut self, disk: &dyn Disk, lines: &str) {
        self.text.push_str(lines);
        let Some(pending) = self.text.get(self.written..) else { return };
        if self.store.is_none() {
            self.store = disk.open(&self.path).ok();
        }
        let written = self.store.as_mut().map(|store| store.write_at(self.written as u64, pending.as_bytes()));
        match written {
            Some(Ok(())) => self.written = self.text.len(),
            _ => self.store = None,
        }
    }

    /// The last try.
    pub(super) fn finish(&mut self, disk: &dyn Disk) {
        self.append(disk, "");
        let length = self.written as u64;
        if let Some(store) = &mut self.store {
            let _ = store.cut(length).and_then(|()| store.sync());
        }
    }
}

/// One line.
pub(super) fn line(frame: u64, mono_nanos: i64, unix_nanos: i64) -> String {
    let (millis, micros) = (unix_nanos.div_euclid(1_000_000), unix_nanos.rem_euclid(1_000_000) / 1_000);
    format!("{{\"frame\":{frame},\"ts\":{millis}.{micros:03},\"mono_ns\":{mono_nanos}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json() {
        let text = line(7, -5, 1_795_000_000_123_456_789);
        assert_eq!(text, "{\"frame\":7,\"ts\":1795000000123.456,\"mono_ns\":-5}\n");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["frame"], 7);
    }
}
