//! The `Range` header of a player that seeks: one range of a file. Anything else gets the whole file, as HTTP allows.

use object_store::GetRange;

/// The range in a header, if it contains exactly one.
pub(crate) fn parse(header: &str) -> Option<GetRange> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match (first.is_empty(), last.is_empty()) {
        (false, true) => number(first).map(GetRange::Offset),
        (true, false) => number(last).filter(|n| *n > 0).map(GetRange::Suffix),
        (false, false) => {
            let (first, end) = (number(first)?, number(last)?.checked_add(1)?);
            (first < end).then_some(GetRange::Bounded(first..end))
        }
        (true, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood_and_everything_else_passed_over() {
        let check = |header: &str, expected: Option<GetRange>| assert_eq!(parse(header), expected, "{header}");
        check("bytes=0-99", Some(GetRange::Bounded(0..100)));
        check("bytes=5-", Some(GetRange::Offset(5)));
        check("bytes=-5", Some(GetRange::Suffix(5)));
        for other in ["", "bytes=", "bytes=-", "bytes=-0", "bytes=9-5", "bytes=0-1,3-4", "bytes=a-b", "rows=0-1"] {
            check(other, None);
        }
        check("bytes=0-18446744073709551615", None);
        check("bytes=99999999999999999999-", None);
    }
}
