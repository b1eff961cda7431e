//! Stretches of consecutive grid points at which something holds.

use super::lane::GRID_FPS;
use std::ops::Range;

/// Maximal runs of points in `0..len` that satisfy `holds`, at least `min_secs` long.
pub(super) fn runs(len: usize, min_secs: f64, holds: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for i in 0..=len {
        match (i < len && holds(i), start) {
            (true, None) => start = Some(i),
            (false, Some(first)) => {
                found.push(first..i);
                start = None;
            }
            _ => {}
        }
    }
    found.retain(|run| run.len() >= points(min_secs));
    found
}

/// Number of grid points that cover a length of time, at least one.
pub(super) fn points(secs: f64) -> usize {
    ((secs * GRID_FPS).round() as usize).max(1)
}
