//! Text as boxes send it: its encoding, and names of pistes as people and programs spell them.

use std::borrow::Cow;

/// UTF-8 where the bytes are valid UTF-8, else Latin-1. The protocols name no encoding: older software writes Latin-1, newer
/// UTF-8, and accented Latin-1 is practically never valid UTF-8 by chance.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// Whether two spellings name one piste: `7`, `07` and `007` do, and letters match in either case.
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
