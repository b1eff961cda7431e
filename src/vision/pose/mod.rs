//! Pose estimation in one frame: models, their input and output formats. Knows neither time nor side.
//!
//! Hides which model is used (the bundled MoveNet on crops, or a user's own YOLO on the whole frame), its input and output formats,
//! and how its sessions are shared. Results are in pixels of the full-size frame.

mod error;
mod estimator;
mod finder;
mod manifest;
mod movenet;
mod person;
mod pool;
mod square;
mod yolo;

pub use error::PoseError;
pub use estimator::{PoseConfig, PoseEstimator, PoseModel, PoseModels};
pub use fencing::pose::{KEYPOINTS, Keypoint, Pose, joint};
pub use manifest::{ModelRole, ModelState, ModelStatus, model_statuses, models_dir};
pub use person::{Person, PoseSource};
pub use square::{SIDE_PER_PERSON, Square, sample_square};
