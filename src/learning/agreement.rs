//! Whether the judge says the same of one phrase filmed at two frame rates: the motion is the same, so the call should be.

use super::record::Question;
use fencing::right_of_way::Verdict;
use fencing::share::Share;
use fencing::{Call, Side};
use std::fmt::{self, Display, Formatter};

/// A call that stands this near the threshold of "too close" may fall to either side of it.
const NEAR_THRESHOLD: f64 = 0.1;

impl Question {
    /// The same phrase as a camera of `rate` frames a second would have shown it: frames in between are left out. Not
    /// more frames than there are; signals stay.
    #[must_use]
    pub fn at_rate(&self, rate: f64) -> Self {
        let Some(first) = self.times.first().copied() else { return self.clone() };
        let mut shown = -1.0;
        let kept: Vec<usize> = (0..self.times.len())
            .filter(|i| {
                // A twentieth of a frame of grace: times are rounded, and every second of thirty must be fifteen.
                let place = (self.times[*i].secs_since(first) * rate + 0.05).floor();
                let fresh = place > shown;
                shown = if fresh { place } else { shown };
                fresh
            })
            .collect();
        let thinned = |poses: &Vec<_>| kept.iter().filter_map(|i| poses.get(*i).copied()).collect();
        Self {
            times: kept.iter().map(|i| self.times[*i]).collect(),
            joints: self.joints.as_ref().map(|joints| joints.as_ref().map(thinned)),
            ..self.clone()
        }
    }
}

/// How two verdicts on each of several phrases compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The likelier side is the same.
    pub side: Share,
    /// The call is the same, or one of them is "too close" and the other was nearly so.
    pub call: Share,
    /// Neither is "too close" and they name different sides: what a referee would notice.
    pub opposed: Share,
}

impl Agreement {
    /// Counts one phrase; `threshold` is the confidence under which the call is "too close".
    pub fn count(&mut self, one: &Verdict, other: &Verdict, threshold: f64) {
        add(&mut self.side, likelier(one) == likelier(other));
        add(&mut self.call, same_call(one, other, threshold));
        let sides = (one.call.winner(), other.call.winner());
        add(&mut self.opposed, matches!(sides, (Some(a), Some(b)) if a != b));
    }

    /// Both counts together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let sum = |a: Share, b: Share| Share { right: a.right + b.right, all: a.all + b.all };
        Self {
            side: sum(self.side, other.side),
            call: sum(self.call, other.call),
            opposed: sum(self.opposed, other.opposed),
        }
    }
}

fn add(share: &mut Share, holds: bool) {
    share.right += usize::from(holds);
    share.all += 1;
}

fn likelier(verdict: &Verdict) -> Option<Side> {
    let p = verdict.probabilities;
    match p.left.partial_cmp(&p.right) {
        Some(std::cmp::Ordering::Greater) => Some(Side::Left),
        Some(std::cmp::Ordering::Less) => Some(Side::Right),
        _ => None,
    }
}

fn same_call(one: &Verdict, other: &Verdict, threshold: f64) -> bool {
    let nearly = |verdict: &Verdict| verdict.confidence.0 < threshold + NEAR_THRESHOLD;
    match (one.call, other.call) {
        (a, b) if a == b => true,
        (Call::TooClose, _) => nearly(other),
        (_, Call::TooClose) => nearly(one),
        _ => false,
    }
}

impl Display for Agreement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "same likelier side    {}", self.side)?;
        writeln!(f, "same call             {}", self.call)?;
        writeln!(f, "opposite sides called {}", self.opposed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(fps: f64, frames: usize) -> Question {
        let record = serde_json::json!({
            "id": "x", "fps": fps, "hit_time_s": 1.0, "light_left": true, "light_right": true,
            "left": vec![vec![[0.0, 0.0]; 17]; frames], "right": vec![vec![[1.0, 0.0]; 17]; frames],
        });
        Question::read(&record.to_string(), 1).expect("a record")
    }

    #[test]
    fn a_slower_camera_shows_every_second_or_third_picture() {
        for (fps, rate, kept) in [(30.0, 15.0, 15), (30.0, 10.0, 10), (30.0, 60.0, 30), (60.0, 15.0, 8)] {
            let slower = question(fps, 30).at_rate(rate);
            assert_eq!(slower.times.len(), kept, "{fps} to {rate}");
            assert_eq!(slower.joints.expect("joints").right.len(), kept);
            assert!(slower.times.windows(2).all(|w| w[1].secs_since(w[0]) > 0.9 / rate.min(fps)));
        }
    }
}
