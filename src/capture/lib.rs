//! What is taken beside the piste: [`camera`] frames with their times, the [`recorder`] that loses no touch, and [`sound`].

pub mod camera;
pub mod recorder;
pub mod sound;
