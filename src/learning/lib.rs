//! Measures the judge on labelled phrases: reads records, judges them unseen, compares, and puts the figures into words.
//!
//! A club that keeps its labelled phrases can measure the machine. What the judge sees ([`Question`]) and what the
//! referee said ([`Answer`]) are two types read apart from the same line, so a judge cannot look at the answer. Lines of the
//! club's own phrases are made by [`record_line`].

mod agreement;
mod collected;
pub mod doubt;
mod examples;
mod judge;
mod line;
mod metrics;
mod record;
mod stability;
mod summary;
mod tally;

pub use agreement::Agreement;
pub use collected::{NotCollected, Seen, record_line};
pub use examples::read_examples;
pub use fencing::share::Share;
pub use judge::{Judge, JudgeKind, ModelSets, Observation, motion, observe};
pub use line::JudgedLine;
pub use metrics::{ByChance, COVERAGES, Calibration, Paired, ReliabilityBin, by_coverage};
pub use record::{Answer, Label, Question, RecordError, RecordProblem, open};
pub use stability::{POSE_NOISE_METRES, Stability};
pub use summary::Summary;
pub use tally::{Judged, Tally};
