//! The one integration binary: the window toolkit and the inference library link once.

mod clips;
mod fencingvis;
mod lamps;
mod demo;
mod layering;
mod real_signal_logs;
mod report;
mod support;
mod videos;
