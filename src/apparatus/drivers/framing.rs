//! Framing and text shared by several protocols: SOH/EOT frames, text lines, numbers and clocks in digits, encodings, names of
//! pistes.
//!
//! A new SOH always begins a new frame, and an overlong line is dropped whole, so the next frame or line after any damage is
//! decoded again.

use crate::decoder::{Arrival, Reading, Tally};
use std::borrow::Cow;

pub(super) const SOH: u8 = 0x01;
pub(super) const STX: u8 = 0x02;
pub(super) const EOT: u8 = 0x04;
pub(super) const DC3: u8 = 0x13;
pub(super) const DC4: u8 = 0x14;

/// Longest body accepted, above Saint-George's stated 100 bytes.
const MAX_LENGTH: usize = 128;

/// Collects the body of one frame.
#[derive(Debug, Default)]
pub(super) struct SohFrames {
    body: Option<Vec<u8>>,
}

/// Feeds all bytes that arrived: each complete frame goes to `message`, which returns its readings or `None` if it is invalid.
pub(super) fn feed(
    (frames, tally): (&mut SohFrames, &mut Tally),
    arrival: Arrival<'_>,
    mut message: impl FnMut(&[u8]) -> Option<Vec<Reading>>,
    out: &mut Vec<Reading>,
) {
    tally.bytes += arrival.bytes.len() as u64;
    for byte in arrival.bytes {
        let Some(body) = frames.push(*byte, tally) else { continue };
        match message(&body) {
            Some(readings) => {
                tally.good_frame(body.len() + 2);
                out.extend(readings);
            }
            None => tally.bad += 1,
        }
    }
}

impl SohFrames {
    pub(super) fn clear(&mut self) {
        self.body = None;
    }

    /// Takes one byte; returns the bytes between SOH and EOT when it was the EOT.
    pub(super) fn push(&mut self, byte: u8, tally: &mut Tally) -> Option<Vec<u8>> {
        match (byte, self.body.as_mut()) {
            (SOH, unfinished) => {
                tally.bad += u64::from(unfinished.is_some());
                self.body = Some(Vec::new());
                None
            }
            (EOT, Some(_)) => self.body.take(),
            (_, Some(body)) if body.len() < MAX_LENGTH => {
                body.push(byte);
                None
            }
            (_, Some(_)) => {
                tally.bad += 1;
                self.body = None;
                None
            }
            (_, None) => None,
        }
    }
}

/// `'0'` or `'1'` as a lamp.
pub(super) fn flag(byte: u8) -> Option<bool> {
    match byte {
        b'0' => Some(false),
        b'1' => Some(true),
        _ => None,
    }
}

/// A decimal number with optional blanks around it; `None` for anything else.
pub(super) fn number(bytes: &[u8]) -> Option<u16> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

/// `M:SS` with an optional `.hh` or trailing dot, as seconds.
pub(super) fn clock_secs(bytes: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let (minutes, rest) = text.split_once(':')?;
    let (secs, hundredths) = rest.split_once('.').unwrap_or((rest, ""));
    let minutes: u16 = minutes.trim().parse().ok()?;
    let secs: u16 = secs.trim().parse().ok().filter(|s| *s < 60)?;
    let hundredths = hundredths.trim();
    let fraction: u16 = if hundredths.is_empty() { 0 } else { hundredths.parse().ok().filter(|h| *h < 100)? };
    Some(f64::from(minutes) * 60.0 + f64::from(secs) + f64::from(fraction) / 100.0)
}

/// Collects bytes up to LF; CR is dropped.
#[derive(Debug)]
pub(crate) struct Lines {
    pending: Vec<u8>,
    /// Bytes since the last line was handed over, line ends included.
    raw: usize,
    limit: usize,
    overlong: bool,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its bytes without the line ending, and the number of bytes including it (and empty lines before it).
    Whole(Vec<u8>, usize),
    /// It was longer than the limit and was dropped.
    Overlong,
}

impl Lines {
    pub(crate) fn up_to(limit: usize) -> Self {
        Self { pending: Vec::new(), raw: 0, limit, overlong: false }
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
        self.raw = 0;
        self.overlong = false;
    }

    /// Takes one byte; returns the line when it was a line ending and the line was not empty.
    pub(crate) fn push(&mut self, byte: u8) -> Option<Line> {
        self.raw += 1;
        match byte {
            b'\n' => self.finish(),
            b'\r' => None,
            _ if self.overlong => None,
            _ if self.pending.len() >= self.limit => {
                self.overlong = true;
                self.pending.clear();
                None
            }
            _ => {
                self.pending.push(byte);
                None
            }
        }
    }

    fn finish(&mut self) -> Option<Line> {
        let line = std::mem::take(&mut self.pending);
        if std::mem::take(&mut self.overlong) {
            self.raw = 0;
            return Some(Line::Overlong);
        }
        (!line.is_empty()).then(|| Line::Whole(line, std::mem::take(&mut self.raw)))
    }
}

/// UTF-8 where the bytes are valid UTF-8, otherwise Latin-1. The protocols state no encoding: older software writes Latin-1, newer
/// UTF-8, and accented Latin-1 is practically never valid UTF-8 by chance.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// Whether two spellings name the same piste: `7`, `07` and `007` do, and letters match in either case.
pub(crate) fn is_same_piste(one: &str, other: &str) -> bool {
    piste_key(one).eq_ignore_ascii_case(piste_key(other))
}

fn piste_key(piste: &str) -> &str {
    let piste = piste.trim();
    if piste.is_empty() || !piste.bytes().all(|byte| byte.is_ascii_digit()) {
        return piste;
    }
    let significant = piste.trim_start_matches('0');
    if significant.is_empty() { "0" } else { significant }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_both_shapes() {
        let secs = |text: &str| clock_secs(text.as_bytes());
        assert_eq!(secs("  2:56.  "), Some(176.0));
        assert_eq!(secs("0:09.25"), Some(9.25));
        assert_eq!(secs("12:03"), Some(723.0));
        assert_eq!(["", ":", "1:60", "x:10", "1:1.1.1"].map(secs), [None; 5]);
    }

    #[test]
    fn an_overlong_line_is_dropped_and_the_next_one_is_read() {
        let mut lines = Lines::up_to(4);
        let cut: Vec<_> = b"ab\r\n\n123456\ncd\n".iter().filter_map(|b| lines.push(*b)).collect();
        assert_eq!(cut, [Line::Whole(b"ab".to_vec(), 4), Line::Overlong, Line::Whole(b"cd".to_vec(), 3)]);
    }

    #[test]
    fn names_of_both_encodings() {
        assert_eq!(decoded("ŁUKASIK Paweł".as_bytes()), "ŁUKASIK Paweł");
        assert_eq!(decoded(b"Andr\xE9"), "André");
    }

    #[test]
    fn zero_padded_pistes_are_the_same() {
        assert!(is_same_piste("7", "007") && is_same_piste("Rouge", "rouge ") && is_same_piste("0", "00"));
        assert!(!is_same_piste("7", "70") && !is_same_piste("A1", "A01") && !is_same_piste("", "0"));
    }
}
