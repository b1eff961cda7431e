//! Lens correction: fisheye distortion of points and of whole images.
//!
//! The model is the equidistant fisheye of the system that this one replaces, with its guessed camera and its defaults, so that
//! coordinates agree with archived ones. The analysis corrects only keypoints ([`Lens::correct`]); whole images are corrected
//! only for display ([`PixelMap`], [`write_corrected_video`]).

mod fisheye;
mod pixels;

pub use fisheye::{Lens, LensError, LensSettings};
pub use pixels::{Correction, CorrectionError, PixelMap, write_corrected_video};
