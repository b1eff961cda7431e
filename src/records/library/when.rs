//! Time of recording: from the stamp in a file name, otherwise from the file.

use std::path::Path;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

/// Length of `YYYYMMDD?HHMMSS`.
const STAMP: usize = 15;

/// The first `YYYYMMDD_HHMMSS` in a name (or with `T` or `-` in the middle) that is a valid date and time.
pub(super) fn from_name(name: &str) -> Option<PrimitiveDateTime> {
    let bytes = name.as_bytes();
    bytes.windows(STAMP).enumerate().filter(|(i, _)| stands_alone(bytes, *i)).find_map(|(_, stamp)| moment(stamp))
}

/// Whether no digit precedes or follows: a longer number is not a stamp.
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    (at == 0 || !digit(at - 1)) && !digit(at + STAMP)
}

fn moment(stamp: &[u8]) -> Option<PrimitiveDateTime> {
    let text = std::str::from_utf8(stamp).ok()?;
    let (day, clock) = (text.get(..8)?, text.get(9..)?);
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(day) || !all_digits(clock) || !matches!(stamp.get(8), Some(b'_' | b'T' | b'-')) {
        return None;
    }
    let number = |s: &str, from: usize, to: usize| s.get(from..to)?.parse::<u16>().ok();
    let small = |s: &str, from: usize| number(s, from, from + 2).and_then(|n| u8::try_from(n).ok());
    let month = time::Month::try_from(small(day, 4)?).ok()?;
    let date = Date::from_calendar_date(i32::from(number(day, 0, 4)?), month, small(day, 6)?).ok()?;
    let time = Time::from_hms(small(clock, 0)?, small(clock, 2)?, small(clock, 4)?).ok()?;
    (date.year() >= 1990).then(|| PrimitiveDateTime::new(date, time))
}

/// Time of the file's last change, in UTC.
pub(super) fn from_file(path: &Path) -> Option<PrimitiveDateTime> {
    let written = std::fs::metadata(path).and_then(|about| about.modified()).ok()?;
    let written = OffsetDateTime::from(written);
    Some(PrimitiveDateTime::new(written.date(), written.time()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    #[test]
    fn stamps_are_read_wherever_they_stand() {
        let evening = datetime!(2026-01-27 21:09:34);
        for (name, wanted) in [
            ("20260127_210934_phrase05", Some(evening)),
            ("B_20260127_210934_phrase05", Some(evening)),
            ("demo_20260127T210934Z", Some(evening)),
            ("VID-20260127-210934", Some(evening)),
            ("20260230_210934", None),
            ("920260127_210934", None),
            ("20260127_2109345", None),
            ("10000101_000000", None),
            ("phrase", None),
            ("", None),
        ] {
            assert_eq!(from_name(name), wanted, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange(name in any::<String>()) {
            let _ = from_name(&name);
        }
    }
}
