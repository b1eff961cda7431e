//! Who has right of way: ordered rules over facts, with learned evidence beside them. Pure; never sees a pixel, a file or a thread.

mod verdict;

pub use verdict::{Fact, RuleId, Truth, Verdict};
