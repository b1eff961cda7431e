//! The scoring box's text log of one phrase: read every dialect that exists, write one that older tools still read.
//!
//! Reading is line by line without a state machine: lines may be missing, repeated or out of order, and what is not
//! understood is counted, never fatal. A log yields three things that are kept apart by type: the signals (all that the
//! judge may see), facts about the log itself, and the answers that a person or another system left in the same file.
//! An answer never reaches the signals: lines that carry one are recognised first and contribute nothing else.
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

/// Half-width of the uncertainty of a box's time stamp, in seconds: one blocking scan of all pairs (62 to 66 ms).
/// Stamps are late, never early.
pub const BOX_SCAN_SECS: f64 = 0.066;

/// How long the box is deaf after an event, in seconds: a second light may be stamped that much late.
pub const BOX_DEAD_TIME_SECS: f64 = 0.170;

/// Uncertainty of a time stamp that a frame-mapping adapter wrote, in seconds (its own limit for "high confidence").
pub const ADAPTER_SECS: f64 = 0.020;

/// Whose side the words Left and Right of a `HIT:` line name: the reference's box means its own, which is the camera's
/// right; `PisteLink` means the camera's. `Scores ->` lines need no setting. Spelt `auto`, `box` and `camera`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HitSides {
    /// As the log itself settles it; the box's convention where it does not.
    #[default]
    Auto,
    /// The box's side, which is the opposite of the picture's.
    Box,
    /// The picture's side.
    Camera,
}

impl std::str::FromStr for HitSides {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "box" => Ok(Self::Box),
            "camera" => Ok(Self::Camera),
            _ => Err(format!("'{text}' is no way to name sides; say auto, box or camera")),
        }
    }
}

/// Everything that one log says, kept apart by who may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedSignalLog {
    /// What happened and when: all that the judge may see.
    pub signals: SignalLog,
    /// What is known about the log itself.
    pub facts: LogFacts,
    /// What people and other systems answered. Never for the judge.
    pub answers: RecordedAnswers,
}

/// Why a signal log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SignalLogError {
    /// No byte, or blanks only.
    #[error(
        "the signal log is empty; record the phrase again or analyse without a log and give --lights and --touch-at"
    )]
    Empty,
    /// Not text.
    #[error("the signal log is not a text file; give the .txt that the scoring box's program wrote, not the video")]
    Binary,
    /// Text in which the apparatus says nothing.
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
        /// What the system said.
        source: std::io::Error,
    },
    /// The file was read, but is no usable log.
    #[error("{reason}: {}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: Box<SignalLogError>,
    },
}

/// Reads the log of one phrase from its bytes.
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

/// Reads the log of one phrase from a file. Errors name the file.
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

/// Text from UTF-8 (with or without its mark) or marked UTF-16; single wrong bytes are replaced, a binary file is refused.
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
