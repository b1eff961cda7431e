//! Turns a panic while one phrase's artifacts are made into an error of that phrase.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The error in the result of such a phrase.
pub(super) const FAULT: &str =
    "an artifact could not be made because of a defect in the program; see its log, and please report it with the clip";

/// Runs work that may panic; a panic is logged and becomes an error. Callers drop the data of that work.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|fault| {
        tracing::error!(fault = message_of(&*fault), "making the artifacts of a phrase panicked");
        FAULT.to_owned()
    })
}

fn message_of(fault: &(dyn Any + Send)) -> &str {
    let text = fault.downcast_ref::<&str>().copied();
    text.or_else(|| fault.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_its_words_are_kept_for_the_log() {
        assert_eq!(catch_panic(|| 7), Ok(7));
        assert_eq!(catch_panic(|| -> u8 { panic!("oh no") }), Err(FAULT.to_owned()));
        let (fixed, made) = (catch_unwind(|| panic!("fixed")), catch_unwind(|| panic!("{} {}", "made", 1)));
        assert_eq!((message_of(&*fixed.unwrap_err()), message_of(&*made.unwrap_err())), ("fixed", "made 1"));
    }
}
