//! The laboratory: [`drawn`] fencers whose true joints are known, and the accuracy of pose models on labelled stills.
//!
//! The tests draw their clips with it; its program `referee-lab` holds the benches. It ships in no package.

pub mod drawn;
pub mod pose_accuracy;
