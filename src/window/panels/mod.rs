//! The screens and what lies over them. Panels paint and send commands; they decide nothing and keep nothing.

mod bout;
mod chrome;
mod library;
mod overlays;
mod piste;
mod review;
mod review_column;
mod review_picture;
mod review_transport;
mod settings;

pub(crate) use bout::{show_bout, show_clock};
pub(crate) use chrome::show_chrome;
pub(crate) use library::show_library;
pub(crate) use overlays::show_overlays;
pub(crate) use piste::show_piste;
pub(crate) use review::show_review;
pub(crate) use settings::show_settings;
