//! A fault of the program in one phrase's papers, turned into an error of that phrase.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the result of such a phrase says.
pub(super) const FAULT: &str =
    "a paper could not be made because of a fault of the program; its log says more, please report it with the clip";

/// Does something that may panic; then it is logged and told. Whatever it was at is not used any further by its callers.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|fault| {
        tracing::error!(fault = said(&*fault), "the papers of a phrase panicked");
        FAULT.to_owned()
    })
}

fn said(fault: &(dyn Any + Send)) -> &str {
    let text = fault.downcast_ref::<&str>().copied();
    text.or_else(|| fault.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_its_words_are_kept_for_the_log() {
        assert_eq!(caught(|| 7), Ok(7));
        assert_eq!(caught(|| -> u8 { panic!("oh no") }), Err(FAULT.to_owned()));
        let (fixed, made) = (catch_unwind(|| panic!("fixed")), catch_unwind(|| panic!("{} {}", "made", 1)));
        assert_eq!((said(&*fixed.unwrap_err()), said(&*made.unwrap_err())), ("fixed", "made 1"));
    }
}
