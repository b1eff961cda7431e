//! The screens and the windows over them. Panels paint and send commands; they have no logic and no state.

mod bout;
mod chrome;
mod guide;
mod library;
mod library_side;
mod piste;
mod piste_controls;
mod piste_status;
mod public;
mod review;
mod review_panel;
mod settings;
mod settings_live;
mod setup;
mod teaching;

pub(crate) use bout::{show_bout, show_clock};
pub(crate) use chrome::{show_chrome, show_overlays};
pub(crate) use library::show_library;
pub(crate) use piste::show_piste;
pub(crate) use public::show_public;
pub(crate) use review::show_review;
pub(crate) use settings::show_settings;
pub(crate) use setup::show_setup;
