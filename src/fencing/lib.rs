//! Fencing in plain data and pure functions: sides, weapons, signals and calls; time and geometry; and the way from two
//! fencers' joints to a verdict.
//!
//! ```text
//! tracks -> kinematics -> actions -> right_of_way (with the learned judge) -> Verdict -> wording
//! ```
//!
//! Nothing here does IO, owns a thread or knows a pixel. **Left is the fencer on the left of the picture, always**; boxes
//! and logs that name sides otherwise are translated where they are read.
//!
//! Sources of numbers: `t.106` and the like are articles of the FIE's technical rules; `reference 3.9` is a section of the written description of
//! the reference system, and `rules 4.6` one of our decision table of the rules. Neither description is part of this project.

pub mod actions;
mod call;
pub mod geometry;
pub mod kinematics;
pub mod learned;
pub mod pose;
pub mod right_of_way;
pub mod share;
mod side;
mod signal;
pub mod time;
pub mod tracking;
mod weapon;
pub mod wording;

pub use call::{Call, Confidence, ConfidenceWord, Margin, Probabilities};
pub use side::{PerSide, Side};
pub use signal::{Lamp, SignalEvent, SignalKind, SignalLog, SignalSource};
pub use weapon::{ApparatusTimings, Weapon};
