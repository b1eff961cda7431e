//! From video to tracked fencers: clip reading, lens correction, pose models, tracking, lamp detection, and the [`engine`], the only
//! entry point: frames and signals in, a judgement out.
//!
//! ```text
//! video -> lens -> pose (through inference) -> tracking, lamps -> engine -> Judgement
//! ```
//!
//! Knows no camera, socket or window. All inference runs while frames arrive; concluding a phrase is arithmetic.

pub mod engine;
pub mod inference;
pub mod lamps;
pub mod lens;
pub mod pose;
pub mod tracking;
pub mod video;
