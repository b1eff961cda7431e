//! Turns a panic while one phrase's artifacts are made into an error of that phrase.

/// The error in the result of such a phrase.
pub(super) const FAULT: &str =
    "an artifact could not be made because of a defect in the program; see its log, and please report it with the clip";

/// Runs work that may panic; a panic is logged and becomes an error. Callers drop the data of that work.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    vision::video::catch_panic("artifacts of a phrase", work).map_err(|_logged| FAULT.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_of_the_phrase() {
        assert_eq!(catch_panic(|| 7), Ok(7));
        assert_eq!(catch_panic(|| -> u8 { panic!("oh no") }), Err(FAULT.to_owned()));
    }
}
