//! The one front door: frames and signals in, a [`Judgement`] out.

mod judgement;

pub use judgement::{Caution, Completeness, Judgement};
