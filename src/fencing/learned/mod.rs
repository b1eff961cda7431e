//! Learned evidence beside the rules: small nets and boosted trees over both fencers' motion, mirror-exact.
//!
//! [`Models`] is asked for an opinion on a double light; [`train`] makes such models from labelled phrases, in this
//! program alone. The nets are ONNX files, which a [`NetLoader`] of the caller runs; nothing here knows a rule.

mod augment;
mod blend;
mod channels;
mod embedded;
mod error;
mod facts;
mod folds;
mod models;
mod net;
mod onnx;
mod series;
mod training;
mod trees;

pub use error::LearnedError;
pub use folds::{FoldTable, train};
pub use models::{MODELS_VERSION, Models, Net, NetLoader};
pub use training::Example;
pub use trees::TreesError;
