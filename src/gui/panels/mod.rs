//! The screens and what lies over them. Panels paint and send commands; they decide nothing and keep nothing.

mod chrome;
mod overlays;
mod review;
mod review_column;
mod review_transport;
mod settings;

pub(crate) use chrome::show_chrome;
pub(crate) use overlays::show_overlays;
pub(crate) use review::show_review;
pub(crate) use settings::show_settings;
