//! Frames between SOH (`01`) and EOT (`04`), as RS422-FPA and Saint-George use them.
//!
//! A new SOH always begins a new frame, so after any damage the very next frame is read.

use crate::{
    decoder::{Arrival, Tally},
    reading::Reading,
};

pub(super) const SOH: u8 = 0x01;
pub(super) const STX: u8 = 0x02;
pub(super) const EOT: u8 = 0x04;
pub(super) const DC3: u8 = 0x13;
pub(super) const DC4: u8 = 0x14;

/// Longest body accepted, above Saint-George's stated 100 bytes.
const LONGEST: usize = 128;

/// Collects one frame's body.
#[derive(Debug, Default)]
pub(super) struct SohFrames {
    body: Option<Vec<u8>>,
}

/// Reads all that arrived: each whole frame goes to `message`, which says what it means or that it is none.
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

    /// Takes one byte; the bytes between SOH and EOT when it was the EOT.
    pub(super) fn push(&mut self, byte: u8, tally: &mut Tally) -> Option<Vec<u8>> {
        match (byte, self.body.as_mut()) {
            (SOH, unfinished) => {
                tally.bad += u64::from(unfinished.is_some());
                self.body = Some(Vec::new());
                None
            }
            (EOT, Some(_)) => self.body.take(),
            (_, Some(body)) if body.len() < LONGEST => {
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

/// A number in decimal digits, blanks around it allowed; `None` for anything else.
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
}
