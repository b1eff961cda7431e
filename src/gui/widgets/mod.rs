//! Pieces of the window that several panels use, each drawn with tokens alone.

mod lanes;
mod picture;
mod skeletons;
mod verdict_banner;

pub(crate) use lanes::show_lanes;
pub(crate) use picture::{Placement, show_picture};
pub(crate) use skeletons::show_skeletons;
pub(crate) use verdict_banner::{show_progress, show_verdict};
