//! What the reader of a verdict should know, from what the tracker noticed and how much was seen.

use super::judgement::{Caution, Completeness};
use crate::fencing::Side;
use crate::tracking::TrackDiagnostics;

/// Below this share of frames a fencer counts as not followed: most facts then rest on repaired gaps.
const FOLLOWED_SHARE: f32 = 0.6;
/// Slower than this, onsets within the 100 to 170 ms where calls are made cannot be ordered (`rules-and-apparatus`, 3.8: 15 fps is one frame per 67 ms).
const COARSE_INTERVAL_SECS: f64 = 0.060;
/// A hole this long hides an action.
const LONG_GAP_SECS: f64 = 0.25;

/// Cautions in the order of how much they matter.
pub(super) fn of(seen: &TrackDiagnostics, completeness: &Completeness, skipped: u64) -> Vec<Caution> {
    let mut all = Vec::new();
    all.extend(who_was_seen(seen, completeness));
    let mut add = |applies: bool, key, value| {
        if applies {
            all.push(Caution { key, value });
        }
    };
    add(!seen.shot_changes.is_empty(), "shot_change", Some(seen.shot_changes.len() as f64));
    add(!seen.changes_of_mind.is_empty(), "changed_fencers", seen.changes_of_mind.last().map(|t| t.secs()));
    add(skipped > 0, "frames_dropped", Some(skipped as f64));
    add(completeness.longest_gap_secs > LONG_GAP_SECS, "long_gap", Some(completeness.longest_gap_secs));
    add(
        completeness.frame_interval_secs > COARSE_INTERVAL_SECS,
        "coarse_frames",
        Some(completeness.frame_interval_secs),
    );
    all
}

fn who_was_seen(seen: &TrackDiagnostics, completeness: &Completeness) -> Vec<Caution> {
    let simple = |key| vec![Caution { key, value: None }];
    match (seen.seen.left, seen.seen.right, seen.most_people) {
        _ if completeness.frames_analysed == 0 => simple("no_frames"),
        (0, 0, 0) => simple("no_fencers"),
        (0, 0, 1) | (_, 0, 1) | (0, _, 1) => simple("one_fencer"),
        (0, 0, _) => simple("no_pair"),
        _ => Side::BOTH
            .into_iter()
            .filter(|side| completeness.seen[*side] < FOLLOWED_SHARE)
            .map(|side| Caution {
                key: if side == Side::Left { "left_lost" } else { "right_lost" },
                value: Some(f64::from(completeness.seen[side])),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fencing::PerSide;

    fn check(left: u32, right: u32, people: u32, expected: &[&str]) {
        let seen = TrackDiagnostics {
            frames: 10,
            seen: PerSide::new(left, right),
            most_people: people,
            ..TrackDiagnostics::default()
        };
        let share = |n: u32| n as f32 / 10.0;
        let completeness = Completeness {
            frames_analysed: 10,
            seen: PerSide::new(share(left), share(right)),
            ..Completeness::default()
        };
        let keys: Vec<_> = of(&seen, &completeness, 0).iter().map(|c| c.key).collect();
        assert_eq!(keys, expected);
    }

    #[test]
    fn who_was_seen_is_told_apart() {
        check(0, 0, 0, &["no_fencers"]);
        check(8, 0, 1, &["one_fencer"]);
        check(0, 0, 5, &["no_pair"]);
        check(9, 3, 2, &["right_lost"]);
        check(9, 9, 3, &[]);
    }
}
