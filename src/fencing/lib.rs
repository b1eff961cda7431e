//! The referee's nouns: side, weapon, lamp, signal, verdict. Plain data that every room shares.
//!
//! Nothing here does IO, owns a thread or knows a pixel. **Left is the fencer on the left of the picture, always**; boxes
//! and logs that name sides otherwise are translated at their own door.

mod call;
mod side;
mod signal;
mod weapon;

pub use call::{Call, Confidence, ConfidenceWord, Margin, Probabilities};
pub use side::{PerSide, Side};
pub use signal::{Lamp, SignalEvent, SignalKind, SignalLog, SignalSource};
pub use weapon::{ApparatusTimings, Weapon};
