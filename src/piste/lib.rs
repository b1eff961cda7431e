//! A live phrase from the first step to the verdict: camera, apparatus, recorder and judge joined.
//!
//! ```text
//! camera --+--> recorder (loses nothing)           apparatus --> trigger --> phrase begins, is decided, ends
//!          +--> eyes (always open; may skip, then the phrase is judged again from the recording) --> verdict
//!          +--> preview (latest only)
//! ```
//!
//! [`Piste::start`] opens what [`PisteSettings`] name, loads the engine in the background and returns the handle and the
//! stream of [`Event`]s. [`Command`]s go in through [`Piste::send`]; [`Piste::status`], [`Piste::preview`] and
//! [`Piste::observation`] can be looked at whenever a window paints: none of them waits. Dropping the handle ends it all.
//!
//! A phrase begins by [`Command::Start`], by the box's start or by its lamps, some seconds before that in the recorder's
//! memory; the eyes have looked at those seconds when they happened. When the lockout is over, or halt was called, no light can
//! come any more: [`Event::Judge`] follows within the look at one picture, while the post-roll is still being recorded, and
//! the verdict that stands when that is over. [`Event::Recorded`] comes when the disk has it. While a phrase is judged the
//! next one can begin. A phrase's clock is its clip's: zero is the first picture.
//!
//! Knows no window.

mod book;
mod case;
mod command;
mod desk;
mod engine_cell;
mod event;
mod eye;
mod handle;
mod judge_event;
mod judging;
mod lookout;
mod machine;
mod papers;
mod settings;
mod sources;
mod status;

pub use capture::camera::{CameraChoice, CameraState as CameraStatus};
pub use capture::recorder::{Pruning, RecorderStatus};
pub use command::Command;
pub use event::{Event, RecordedPhrase};
pub use handle::{EngineSource, Piste, PisteError, Wake};
pub use judge_event::{JudgeEvent, JudgeEventKind, JudgeOrigin, ServerReport, Thoroughness};
pub use settings::{ApparatusChoice, JudgedBy, PisteSettings, ServerChoice};
pub use status::{Phase, Status};
