//! A live phrase from the first step to the verdict: camera, apparatus, recorder and judge joined.
//!
//! ```text
//! camera --+--> recorder (loses nothing)           apparatus --> trigger --> phrase begins and ends
//!          +--> analyser (may skip, then judged again from the recording) --> verdict
//!          +--> preview (latest only)
//! ```
//!
//! [`Command`]s go in, [`Event`]s come out; [`Status`] can be looked at whenever the window paints. The window, the
//! `record` command and the tests drive the same machine. Knows no window.

mod command;
mod event;
mod settings;
mod status;

pub use crate::camera::CameraChoice;
pub use crate::recorder::{Pruning, RecorderStatus};
pub use command::Command;
pub use event::{Event, RecordedPhrase, Ruling, RulingOrigin, Standing};
pub use settings::{ApparatusChoice, JudgedBy, PisteSettings, ServerChoice};
pub use status::{CameraStatus, Phase, Status};
