//! Capture at the piste: timestamped [`camera`] frames, the phrase [`recorder`], and [`sound`] in and out.

pub mod camera;
pub mod recorder;
pub mod sound;
