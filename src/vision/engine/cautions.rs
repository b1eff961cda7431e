//! What the reader of a verdict should know, from what the tracker noticed and how much was seen.

use super::judgement::{Caution, Completeness};
use crate::tracking::TrackDiagnostics;
use fencing::Side;

/// Below this share of frames a fencer counts as not followed: most facts then rest on repaired gaps.
const FOLLOWED_SHARE: f32 = 0.6;
/// Slower than this, onsets within the 100 to 170 ms where calls are made cannot be ordered (`rules-and-apparatus`, 3.8: 15 fps is one frame per 67 ms).
const COARSE_INTERVAL_SECS: f64 = 0.060;
/// A hole this long hides an action.
const LONG_GAP_SECS: f64 = 0.25;

/// Two people followed together for less than this were no two fencers but one and a glimpse of something: the shortest
/// phrase, from standing still to the lamp, lasts about a second.
const GLIMPSE_SECS: f64 = 0.5;

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
    let nobody_followed = seen.seen.left == 0 && seen.seen.right == 0;
    match () {
        () if completeness.frames_analysed == 0 => simple("no_frames"),
        () if nobody_followed && seen.most_people == 0 => simple("no_fencers"),
        () if alone(seen) => simple("one_fencer"),
        () if nobody_followed => simple("no_pair"),
        () => lost(completeness),
    }
}

/// Whether most looks at the whole picture found one person at most, and two were never followed for longer than a glimpse.
fn alone(seen: &TrackDiagnostics) -> bool {
    let lonely = seen.looks_with_one_person + seen.looks_without_people;
    seen.looks_with_one_person > 0 && 2 * lonely > seen.looks && seen.longest_together_secs < GLIMPSE_SECS
}

fn lost(completeness: &Completeness) -> Vec<Caution> {
    let key = |side| if side == Side::Left { "left_lost" } else { "right_lost" };
    let hardly_seen = |side: &Side| completeness.seen[*side] < FOLLOWED_SHARE;
    let caution = |side| Caution { key: key(side), value: Some(f64::from(completeness.seen[side])) };
    Side::BOTH.into_iter().filter(hardly_seen).map(caution).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::PerSide;

    /// Ten frames in one second and ten looks, of which the first `lonely` found one person and the others `people`.
    fn check(seen: (u32, u32), together_secs: f64, lonely: u32, people: u32, expected: &[&str]) {
        let share = |n: u32| n as f32 / 10.0;
        let completeness = Completeness {
            frames_analysed: 10,
            seen: PerSide::new(share(seen.0), share(seen.1)),
            ..Completeness::default()
        };
        let noticed = TrackDiagnostics {
            frames: 10,
            seen: PerSide::new(seen.0, seen.1),
            longest_together_secs: together_secs,
            looks: 10,
            looks_with_one_person: lonely,
            looks_without_people: if people == 0 { 10 - lonely } else { 0 },
            most_people: people.max(u32::from(lonely > 0)),
            ..TrackDiagnostics::default()
        };
        let keys: Vec<_> = of(&noticed, &completeness, 0).iter().map(|c| c.key).collect();
        assert_eq!(keys, expected);
    }

    #[test]
    fn who_was_seen_is_told_apart() {
        check((0, 0), 0.0, 0, 0, &["no_fencers"]);
        check((0, 0), 0.0, 3, 0, &["one_fencer"]);
        check((8, 0), 0.0, 10, 1, &["one_fencer"]);
        check((0, 0), 0.0, 0, 5, &["no_pair"]);
        check((9, 3), 0.3, 2, 2, &["right_lost"]);
        check((9, 9), 0.9, 0, 3, &[]);
    }

    #[test]
    fn a_glimpse_of_a_second_person_makes_no_pair_but_a_second_fencer_who_leaves_does() {
        check((8, 1), 0.1, 9, 2, &["one_fencer"]);
        check((9, 5), 0.5, 8, 2, &["right_lost"]);
    }
}
