//! From video to two fencers: reading of clips, lens correction, pose models, tracking, lamps, and the [`engine`], the one
//! front door: frames and signals in, a judgement out.
//!
//! ```text
//! video -> lens -> pose (through inference) -> tracking, lamps -> engine -> Judgement
//! ```
//!
//! Nothing here knows a camera, a socket or a window. All vision is paid for while frames arrive; concluding is arithmetic.

pub mod engine;
pub mod inference;
pub mod lamps;
pub mod lens;
pub mod pose;
pub mod tracking;
pub mod video;
