//! A verdict in the referee's own words, in six languages.
//!
//! Every sentence comes from a message file under `assets/lang`, built into the binary; the code knows keys and numbers,
//! never words. The text of a verdict is made from the facts that decided and nothing else. Adding a language is adding a file and a
//! line in [`Language`].

mod facts;
mod language;
mod reasons;
mod words;

pub use language::Language;
pub use words::{Words, weapon_key};
