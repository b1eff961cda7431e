//! The one integration binary: the window toolkit and the inference library link once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on stops there and says why"
)]

mod actions;
mod analyze;
#[cfg(unix)]
mod apparatus;
mod apparatus_bytes;
mod apparatus_cases;
mod call;
#[cfg(target_os = "linux")]
mod camera_vm;
mod cameras;
mod clip_kinds;
mod clips;
mod club_phrases;
mod demo;
mod engine;
mod fencingvis;
mod ffmpeg_versions;
mod frame_rates;
mod judging;
mod lamps;
mod layering;
mod library;
#[cfg(feature = "gui")]
mod live_flow;
mod mistakes;
mod overlay;
mod own_phrases;
mod packaging;
#[cfg(unix)]
mod piste;
#[cfg(feature = "gui")]
mod piste_window;
mod pose_tracking;
mod real_signal_logs;
#[cfg(all(feature = "gui", target_os = "linux"))]
mod real_window;
mod recording;
mod report;
#[cfg(feature = "gui")]
mod review;
#[cfg(feature = "gui")]
mod review_fencers;
#[cfg(feature = "gui")]
mod review_keys;
mod rules;
mod support;
mod touch_estimate;
mod videos;
#[cfg(feature = "gui")]
mod window;
#[cfg(feature = "gui")]
mod window_guide;
#[cfg(feature = "gui")]
mod window_library;
#[cfg(feature = "gui")]
mod window_names;
#[cfg(feature = "gui")]
mod window_public;
#[cfg(feature = "gui")]
mod window_settings;
mod wire;
mod wording;
mod workbook;
