//! The referee as a service: phrases stream in over a socket or as an upload, verdicts go out.
//!
//! Hides sockets, HTTP, sessions, admission, tokens and artifacts. The async runtime ends here: all vision runs on one
//! named thread per phrase. Must never know the window.

mod access;
mod archive;
mod clip_judge;
mod door;
mod engine_judge;
mod http;
pub mod judge;
mod metrics;
mod papers;
mod phrase;
mod run;
mod service;
mod sessions;
mod signals;
mod stream;

pub use engine_judge::EngineJudge;
pub use run::{ServerError, run};
pub use service::ServiceSetup;
