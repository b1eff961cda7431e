//! Writes a live phrase into the log grammar of the archived ones while it is fenced.
//!
//! The whole (small) file is replaced at each signal, so it is complete and readable at any moment, also after the plug was
//! pulled; and a live phrase and an archived one are the same thing to whoever reads them.

use crate::{
    fencing::{SignalEvent, SignalLog},
    recording::{FolderError, SignalLogMeta, write_atomically, write_signal_log},
};
use std::path::PathBuf;

/// The log of the running phrase.
#[derive(Debug)]
pub struct LiveLog {
    path: PathBuf,
    meta: SignalLogMeta,
    signals: Vec<SignalEvent>,
}

impl LiveLog {
    /// Begins the log of a phrase; the file exists when this returns.
    pub fn begin(path: PathBuf, meta: SignalLogMeta) -> Result<Self, FolderError> {
        let log = Self { path, meta, signals: Vec::new() };
        log.write(&log.as_signal_log())?;
        Ok(log)
    }

    /// Adds a signal.
    pub fn take(&mut self, signal: SignalEvent) -> Result<(), FolderError> {
        self.signals.push(signal);
        self.write(&self.as_signal_log())
    }

    /// Replaces the time of the latest signal of the same kind.
    pub fn correct(&mut self, signal: SignalEvent) -> Result<(), FolderError> {
        if let Some(known) = self.signals.iter_mut().rev().find(|s| s.kind == signal.kind) {
            *known = signal;
        }
        self.write(&self.as_signal_log())
    }

    /// Writes the complete log, with the final lamps and what was said about the phrase.
    pub fn finish(mut self, signals: &SignalLog, meta: SignalLogMeta) -> Result<PathBuf, FolderError> {
        self.meta = meta;
        self.write(signals)?;
        Ok(self.path)
    }

    fn as_signal_log(&self) -> SignalLog {
        let mut log = SignalLog::default();
        self.signals.iter().for_each(|signal| log.push(*signal));
        log
    }

    fn write(&self, signals: &SignalLog) -> Result<(), FolderError> {
        write_atomically(&self.path, write_signal_log(signals, &self.meta).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fencing::{Lamp, Side, SignalKind, SignalSource},
        recording::{HitSides, read_signal_log},
        time::Timestamp,
    };
    use time::macros::datetime;

    #[test]
    fn the_log_can_be_read_at_any_moment() {
        let dir = tempfile::tempdir().unwrap();
        let started_at = datetime!(2026-11-22 18:00:00);
        let meta = SignalLogMeta { phrase: "7".into(), started_at, ended_at: started_at, answer: None };
        let path = dir.path().join("phrase.txt");
        let mut log = LiveLog::begin(path.clone(), meta.clone()).unwrap();
        let signal = |secs, kind| SignalEvent {
            at: Timestamp::from_secs(secs),
            uncertainty_secs: 0.01,
            source: SignalSource::Apparatus,
            kind,
        };
        let touch = SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid };
        let mut expected = SignalLog::default();
        for event in [signal(0.0, SignalKind::PhraseStart), signal(0.7, SignalKind::BladeContact), signal(1.2, touch)] {
            log.take(event).unwrap();
            expected.push(event);
            let read = read_signal_log(&path, HitSides::Auto).unwrap();
            assert_eq!(read.signals.events(), expected.events());
        }
        log.correct(signal(1.1, touch)).unwrap();
        let read = read_signal_log(&path, HitSides::Auto).unwrap();
        assert_eq!(read.signals.first_touch().unwrap().at, Timestamp::from_secs(1.1));
    }
}
