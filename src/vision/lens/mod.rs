//! Lens correction: fisheye distortion of points and of whole images.
//!
//! The model is the equidistant fisheye of the system that this one replaces, with its guessed camera and its defaults, so
//! that coordinates agree with archived ones. In the hot path only key points go through it ([`Lens::correct`]); whole
//! images are bent straight only when somebody wants to see them ([`PixelMap`], [`write_corrected_video`]).

mod fisheye;
mod pixels;

pub use fisheye::{Lens, LensError, LensSettings};
pub use pixels::{Correction, CorrectionError, PixelMap, write_corrected_video};
