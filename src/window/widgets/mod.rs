//! Pieces of the window that several panels use, each drawn with tokens alone.

mod drawings;
mod key_button;
mod lamp_panel;
mod lens_check;
mod live_timeline;
mod picture;
mod ruling_banner;
mod skeletons;
mod timeline;
mod verdict_banner;

pub(crate) use drawings::show_drawings;
pub(crate) use key_button::{KeyButton, Standing, key_button_width, show_key_button};
pub(crate) use lamp_panel::show_lamp_panel;
pub(crate) use lens_check::show_lens_check;
pub(crate) use live_timeline::show_live_timeline;
pub(crate) use picture::{Placement, show_picture};
pub(crate) use ruling_banner::show_ruling;
pub(crate) use skeletons::{SkeletonsOf, show_scene, show_skeletons};
pub(crate) use timeline::show_timeline;
pub(crate) use verdict_banner::{show_progress, show_verdict, verdict_height};
