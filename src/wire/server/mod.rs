//! The server: phrases are streamed over a WebSocket or uploaded, verdicts are returned.
//!
//! Hides sockets, HTTP, sessions, admission, tokens and artifacts. The async runtime is confined to this module: vision runs on
//! named threads per phrase. Does not know the window.
//!
//! Compatible with the reference's protocol, limits and variables, with these differences on purpose:
//! - It binds to loopback; an address that others can reach needs a token or `--allow-anonymous`.
//! - Streaming is on unless `REFEREE_STREAMING_ENABLED` or `REFEREE_MAX_STREAMING_SESSIONS=0` turns it off: here it works.
//! - Frames are decoded and analysed while they arrive; a frame that cannot be decoded is skipped, and only a phrase without any
//!   decodable frame fails. A single light, or none, is judged and no error. An empty signal log is allowed.
//! - However a connection ends, its session is free at once, unless the client asked for a session that can be resumed.
//! - Admission considers the processors too: while the analysis of running phrases lags more than `--max-lag`, a new one is
//!   refused (`SESSION_START_FAILED`, "Maximum processor load reached .."), and may be retried.
//! - As many uploads are judged in parallel as the processors allow; the others wait, as in the reference, and one too many or
//!   waiting too long is answered 503.
//! - `session_abort` frees the session and has no answer. `/analyze` answers 400, not 500, for an invalid clip or log, and 408
//!   when an upload stalls. A video with an unknown extension is kept as `<stem>.mp4`.

mod access;
mod artifact_store;
mod artifact_uploader;
mod artifacts;
mod connections;
mod http;
pub mod judge;
mod metrics;
mod phrase;
mod recovery;
mod result_object;
mod run;
mod service;
mod sessions;
mod stream;
pub mod untrusted;
mod uploads;

pub use artifact_store::StoreError;
pub use judge::EngineJudge;
pub use run::{ServerError, check_tls, run};
pub use service::ServiceSetup;
