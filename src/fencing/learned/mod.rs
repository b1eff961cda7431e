//! The learned judge beside the rules: small nets and boosted trees over both fencers' motion, mirror-exact.
//!
//! [`Models`] predicts a double light; [`train`] makes such models from labelled phrases. Both are pure
//! Rust: no inference library, no thread but those of the training.

mod adapt;
mod augment;
mod channels;
mod embedded;
mod error;
mod features;
mod folds;
mod models;
mod net;
mod series;
mod training;
mod trees;

pub use adapt::{Adapted, adapt};
pub use error::LearnedError;
pub use folds::{DEFAULT_FOLDS, DEFAULT_SEED, FoldTable, Outputs, TrainingReport, train};
pub use models::{MODELS_VERSION, Models};
pub use training::Example;
pub use trees::TreesError;
