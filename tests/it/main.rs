//! The one integration binary: the window toolkit and the inference library link once.

mod analyze;
#[cfg(unix)]
mod apparatus;
mod apparatus_bytes;
mod call;
mod clips;
mod demo;
mod engine;
mod eyes;
mod fencingvis;
mod judging;
mod lamps;
mod layering;
mod overlay;
mod real_signal_logs;
mod report;
mod rules;
mod support;
mod videos;
#[cfg(feature = "gui")]
mod window;
mod wire;
mod wording;
