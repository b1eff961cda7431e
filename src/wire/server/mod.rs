//! The referee as a service: phrases stream in over a socket or as an upload, verdicts go out.
//!
//! Hides sockets, HTTP, sessions, admission, tokens and artifacts. The async runtime ends here: all vision runs on one
//! named thread per phrase. Must never know the window.
//!
//! The reference's protocol, limits and variables to the letter, with these differences on purpose:
//! - It binds to loopback; an address that others can reach needs a token or `--allow-anonymous`.
//! - Streaming is on unless `REFEREE_STREAMING_ENABLED` or `REFEREE_MAX_STREAMING_SESSIONS=0` turns it off: here it works.
//! - Frames are decoded and analysed while they arrive; a frame that cannot be read is one frame less, and only a phrase
//!   without any readable frame fails. A single light, or none, is judged and no error. An empty signal log is allowed.
//! - However a connection ends, its session is free at once, unless the client asked for a session that can be resumed.
//! - Admission looks at the processor, too: while the phrases that are fenced are looked at later than `--max-lag`, a new one is
//!   refused (`SESSION_START_FAILED`, "Maximum processor load reached .."), and may come again.
//! - Uploads are judged as many at a time as processors allow; the others wait, as at the reference, and one too many or
//!   too long is answered 503.
//! - `session_abort` frees the session and has no answer. `/analyze` answers 400, not 500, for a clip or log that is none, and
//!   408 when an upload stalls. A video that is called like no video is kept as `<stem>.mp4`.

mod access;
mod archive;
mod connections;
mod courier;
mod http;
pub mod judge;
mod metrics;
mod papers;
mod phrase;
mod recovery;
mod run;
mod service;
mod sessions;
mod store;
mod stream;
pub mod untrusted;
mod uploads;

pub use judge::EngineJudge;
pub use run::{ServerError, check_tls, run};
pub use service::ServiceSetup;
pub use store::StoreError;
