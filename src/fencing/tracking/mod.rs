//! The tracks of both fencers through a phrase, frame by frame. `vision` makes them; everything after them is arithmetic.

mod track;

pub use track::{TrackSample, Tracks};
