//! Motion to fencing actions: when each fencer advanced, stopped, lunged, extended, parried.

mod timeline;

pub use timeline::{Action, ActionKind, BladeContact, DistanceSample, Timeline};
