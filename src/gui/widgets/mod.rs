//! Pieces of the window that several panels use, each drawn with tokens alone.

mod key_button;
mod lamp_panel;
mod lanes;
mod live_timeline;
mod picture;
mod ruling_banner;
mod skeletons;
mod verdict_banner;

pub(crate) use key_button::{KeyButton, Standing, show_key_button};
pub(crate) use lamp_panel::show_lamp_panel;
pub(crate) use lanes::show_lanes;
pub(crate) use live_timeline::show_live_timeline;
pub(crate) use picture::{Placement, show_picture};
pub(crate) use ruling_banner::show_ruling;
pub(crate) use skeletons::{show_scene, show_skeletons};
pub(crate) use verdict_banner::{show_progress, show_verdict};
