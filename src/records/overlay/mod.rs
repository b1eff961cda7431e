//! What is drawn over the picture: skeletons, lamps, lanes and the verdict, and the video that shows them.
//!
//! A [`Scene`] holds shapes in the picture's own pixels with colours by meaning. It is made once per moment and knows no
//! toolkit, so that the window and the saved video draw the same thing and cannot disagree.

mod raster;
mod scene;
mod video;
mod words;

pub use raster::{OverlayError, Raster};
pub use scene::{
    Anchor, Colour, Ink, Layer, LivePart, Part, Scene, Shape, Weight, lamp_at, live_scene, rgb, scene_at, verdict_from,
};
pub use video::{OverlayVideo, write_overlay_video};
pub use words::OverlayWords;
