//! The scoring box's text log of one phrase: parses every known dialect, writes one that older tools can read.
//!
//! Parses line by line without a state machine: lines may be missing, repeated or out of order, and unknown lines are counted,
//! never fatal. A log contains three things that are separated by type: the signals (all that the judge may see), facts about
//! the log itself, and the answers of a person or another system. An answer never reaches the signals: lines with an answer
//! are recognised first and contribute nothing else.
//!
//! Times are the log's own: zero is its "Phrase recording started".

mod answers;
mod assemble;
mod line;
mod time_base;
mod write;

pub use answers::{BladeLabel, HumanAnswer, RecordedAnswers};
pub use assemble::{LogFacts, LogOrigin, SettledSides, SidesKnownFrom};
pub use time_base::{BreakReason, TimeBase};
pub use write::{SignalLogMeta, signal_log_of_now, write_signal_log};

use fencing::SignalLog;
use std::path::{Path, PathBuf};

/// Largest log that is read, in bytes. Real ones are below 4 kB.
const MAX_BYTES: u64 = 1 << 20;

/// Half-width of the uncertainty of a box's timestamp, in seconds: one blocking scan of all pairs (62 to 66 ms). Timestamps are late,
/// never early.
pub const BOX_SCAN_SECS: f64 = 0.066;

/// Dead time of the box after an event, in seconds: a second light may be logged that much late.
pub const BOX_DEAD_TIME_SECS: f64 = 0.170;

/// Uncertainty of a timestamp from a frame-mapping adapter, in seconds (its own limit for "high confidence").
pub const ADAPTER_SECS: f64 = 0.020;

/// Whose left and right a `HIT:` line uses: the reference's box uses its own, which is the opposite of the camera's; `PisteLink` uses
/// the camera's. `Scores ->` lines need no setting. Spelt `auto`, `box` and `camera`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HitSides {
    /// Detected from the log; the box's convention where that is impossible.
    #[default]
    Auto,
    /// The box's sides, opposite to the camera's.
    Box,
    /// The camera's sides.
    Camera,
}

impl std::str::FromStr for HitSides {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "box" => Ok(Self::Box),
            "camera" => Ok(Self::Camera),
            _ => Err(format!("'{text}' is not one of auto, box and camera")),
        }
    }
}

/// Content of a log, separated by who may use it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedSignalLog {
    /// The signals: all that the judge may see.
    pub signals: SignalLog,
    /// Facts about the log itself.
    pub facts: LogFacts,
    /// Answers of people and other systems. Never for the judge.
    pub answers: RecordedAnswers,
}

/// Why a signal log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SignalLogError {
    /// Empty or blank.
    #[error(
        "the signal log is empty; record the phrase again or analyse without a log and give --lights and --touch-at"
    )]
    Empty,
    /// Not text.
    #[error("the signal log is not a text file; give the .txt that the scoring box's program wrote, not the video")]
    Binary,
    /// Text without any event of an apparatus.
    #[error(
        "no line of the signal log is an event of a scoring box (such as '1.221s | HIT: ...' or 'Scores -> ...'); is it the right file?"
    )]
    NoEvent,
    /// Far larger than any log.
    #[error("the signal log is larger than 1 MiB, which no phrase needs; give the .txt of a single phrase")]
    TooLarge,
    /// The file could not be read.
    #[error("cannot read the signal log ({source}); check that it exists and may be read: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file is not a usable log.
    #[error("{reason}: {}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: Box<SignalLogError>,
    },
}

/// Parses the log of one phrase.
pub fn parse_signal_log(bytes: &[u8], hit_sides: HitSides) -> Result<ParsedSignalLog, SignalLogError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(SignalLogError::TooLarge);
    }
    let text = decoded(bytes)?;
    if text.trim().is_empty() {
        return Err(SignalLogError::Empty);
    }
    assemble::assemble(&text, hit_sides).ok_or(SignalLogError::NoEvent)
}

/// Reads and parses the log of one phrase. Errors name the file.
pub fn read_signal_log(path: &Path, hit_sides: HitSides) -> Result<ParsedSignalLog, SignalLogError> {
    let unreadable = |source| SignalLogError::Unreadable { path: path.to_owned(), source };
    let unusable = |reason| SignalLogError::Unusable { path: path.to_owned(), reason: Box::new(reason) };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        return Err(unusable(SignalLogError::TooLarge));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    parse_signal_log(&bytes, hit_sides).map_err(unusable)
}

/// Decodes UTF-8 (with or without byte order mark) or UTF-16 with mark; replaces single invalid bytes, rejects binary files.
fn decoded(bytes: &[u8]) -> Result<String, SignalLogError> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => Ok(from_utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Ok(from_utf16(rest, u16::from_be_bytes)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => from_utf8(rest),
        _ => from_utf8(bytes),
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn from_utf8(bytes: &[u8]) -> Result<String, SignalLogError> {
    if bytes.contains(&0) {
        return Err(SignalLogError::Binary);
    }
    let text = String::from_utf8_lossy(bytes);
    let wrong = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    if wrong * 10 > text.chars().count() { Err(SignalLogError::Binary) } else { Ok(text.into_owned()) }
}

#[cfg(test)]
mod tests;
