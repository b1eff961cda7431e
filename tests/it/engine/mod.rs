//! The engine as its users see it: one phrase, whichever way its frames arrive, gets one and the same judgement.

pub(crate) mod fakes;
mod odd_input;
#[cfg(feature = "gui")]
mod one_judgement;
mod same_verdict;
mod standing;
