//! Poses to two fencers: who is left, who is right, and who is only the referee. No pixels leave this room.

mod track;

pub use track::{TrackSample, Tracks};
