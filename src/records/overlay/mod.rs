//! Drawing over the video: skeletons, lamps, lanes and the verdict; and the overlay video.
//!
//! A [`Scene`] contains shapes in pixels of the frame, with colours by meaning. It does not depend on a toolkit, so window and overlay
//! video draw the same.

mod raster;
mod scene;
mod video;
mod words;

pub use raster::{OverlayError, Raster};
pub use scene::{
    Anchor, Colour, Ink, Layer, LivePart, Part, Scene, Shape, Weight, fencers_lost_at, lamp_at, live_scene, rgb,
    scene_at, verdict_from,
};
pub use video::{OverlayVideo, write_overlay_video};
pub use words::OverlayWords;
