//! The live piste: joins camera, apparatus, recorder and judge from the start of a phrase to its verdict.
//!
//! ```text
//! camera --+--> recorder (loses nothing)           apparatus --> trigger --> phrase begins, is decided, ends
//!          +--> analyzer (always open; may skip, then the phrase is judged again from the recording) --> verdict
//!          +--> preview (latest only)
//! ```
//!
//! [`Piste::start`] opens the devices in [`PisteSettings`], loads the engine in the background and returns the handle and
//! the channel of [`Event`]s. [`Piste::send`] takes [`Command`]s. [`Piste::status`], [`Piste::preview`] and
//! [`Piste::observation`] never block and can be called for every repaint. Dropping the handle ends the session.
//!
//! A phrase begins with [`Command::Start`], with the box's start signal or with its lamps; then its first seconds come from
//! the recorder's memory, and the analyzer has analysed them already. Once the lockout is over or halt was called, no further
//! light can come: the first [`Event::Judge`] follows within the analysis of one frame, while the post-roll is still being
//! recorded, and the final verdict when the post-roll is over. [`Event::Recorded`] follows when the phrase is on disk. The
//! next phrase can begin while one is judged. The clock of a phrase is its clip's: zero is the first frame.
//!
//! Does not depend on the window.

mod artifacts;
mod camera_set;
mod devices;
mod engine_loading;
mod frame_pacing;
mod handle;
mod interface;
mod judge_event;
mod live_analyzer;
mod live_judge;
mod phrase_job;
mod preview;
mod recording_control;
mod recording_judge;
mod running_phrase;
mod server_judge;
mod session_loop;
mod signal_sources;
mod state_machine;

pub use capture::camera::{CameraChoice, CameraState as CameraStatus};
pub use capture::recorder::{Pruning, RecorderStatus};
pub use handle::{EngineSource, Piste, PisteError, Wake};
pub use interface::{
    ApparatusChoice, Command, Event, JudgedBy, Phase, PisteSettings, RecordedPhrase, ServerChoice, Status,
};
pub use judge_event::{JudgeEvent, JudgeEventKind, JudgeOrigin, ServerReport, Thoroughness};
