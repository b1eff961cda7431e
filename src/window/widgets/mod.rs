//! Pieces of the window that several panels use, each drawn with tokens alone.

mod frame;
mod key_button;
mod lamp_panel;
mod lens_check;
mod timeline;
mod verdict;

pub(crate) use frame::{Placement, SkeletonsOf, show_drawings, show_picture, show_scene, show_skeletons};
pub(crate) use key_button::{KeyButton, Standing, key_button_width, paint_fitting, show_key_button};
pub(crate) use lamp_panel::{paint_glass, show_lamp_panel};
pub(crate) use lens_check::show_lens_check;
pub(crate) use timeline::{show_live_timeline, show_timeline};
pub(crate) use verdict::{
    VerdictView, show_block, show_line, show_strip, show_strip_progress, show_strip_text, strip_height,
};
