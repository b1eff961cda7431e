//! The measures taken of each course, and of both together.

use super::NEVER;
use super::course::{Course, Lane};
use crate::learned::series::RATE;

/// The final attack is looked for in these last seconds.
const FINAL_SECS: f32 = 0.8;
/// Speeds under which the hips count as not advancing, metres per second.
const SLOW: [f32; 4] = [0.2, 0.5, 1.0, 1.5];
/// Under this speed either way a foot stands, metres per second.
const STANDING: f32 = 0.45;
/// Shorter stands are not pauses.
const SHORTEST_PAUSE_SECS: f32 = 0.12;

/// Everything measured of one fencer, given the onsets of his and the other's final attack (seconds before the end).
pub(super) fn of_fencer(c: &Course, onset: f32, other_onset: f32) -> Vec<f32> {
    let mut out = Vec::with_capacity(240);
    out.extend(SLOW.map(|speed| since(&c.hips, |v| v < speed)));
    out.extend([since(&c.hips, |v| v < -0.25), since(&c.foot, |v| v < -0.35), since(&c.rear_foot, |v| v < -0.35)]);
    out.extend(pauses(c));
    for lane in [&c.hips, &c.foot, &c.hand] {
        out.extend(final_attack(lane));
    }
    out.extend(extension(&c.arm));
    out.extend(extension(&c.stance));
    out.extend(against_the_other(c, onset, other_onset));
    for lane in [&c.hips, &c.foot, &c.hand] {
        out.extend(binned_speeds(lane));
    }
    out.extend(binned_places(&c.arm));
    out.extend(binned_places(&c.stance));
    out.extend(whole_phrase(c));
    for lane in [&c.elbow, &c.forearm, &c.knee] {
        out.extend(extension(lane));
        out.extend(binned_places(lane));
        out.extend(usual_place(lane));
    }
    for lane in [&c.elbow, &c.forearm] {
        out.extend(final_attack(lane));
    }
    out
}

/// When the hips' final advance started.
pub(super) fn onset_before_end(c: &Course) -> f32 {
    final_attack(&c.hips)[0]
}

/// Seconds since the speed last was as asked; [`NEVER`] if never.
fn since(lane: &Lane, was: impl Fn(f32) -> bool) -> f32 {
    let last = lane.speed.iter().rposition(|v| was(*v));
    last.map_or(NEVER, |i| secs_before_end(lane, i).min(NEVER))
}

fn secs_before_end(lane: &Lane, i: usize) -> f32 {
    (lane.len() - 1 - i) as f32 / RATE as f32
}

/// End and length of the last pause, number of pauses, and the latest reset (pause or retreat).
fn pauses(c: &Course) -> [f32; 4] {
    let shortest = (SHORTEST_PAUSE_SECS * RATE as f32) as usize;
    let (mut run, mut count, mut last) = (0, 0, None);
    for (i, v) in c.foot.speed.iter().enumerate() {
        run = if v.abs() < STANDING { run + 1 } else { 0 };
        if run >= shortest {
            count += usize::from(run == shortest);
            last = Some((i, run));
        }
    }
    let (end, length) = last.map_or((NEVER, 0.0), |(i, run)| (secs_before_end(&c.foot, i), run as f32 / RATE as f32));
    let retreat = since(&c.foot, |v| v < -STANDING);
    [end, length, count as f32, end.min(retreat)]
}

/// Of the fastest forward moment near the end: onset at a quarter and at 60 % of it, when, how fast, how far since onset.
fn final_attack(lane: &Lane) -> [f32; 5] {
    let from = lane.index(FINAL_SECS);
    let mut peak = from;
    for i in from..lane.len() {
        if lane.speed[i] > lane.speed[peak] {
            peak = i;
        }
    }
    let onset = |share: f32| lane.speed[..peak].iter().rposition(|v| *v < share * lane.speed[peak]).unwrap_or(0);
    let (slow, fast) = (onset(0.25), onset(0.6));
    let gained = lane.place[lane.len() - 1] - lane.place[slow];
    let before = |i: usize| secs_before_end(lane, i).min(NEVER);
    [before(slow), before(fast), before(peak), lane.speed[peak], gained]
}

/// When the lane last passed 10, 25, 50, 75 % of its way from its least to its greatest in the last 1.2 s, that way, its
/// end, and when and by how much it last fell back.
fn extension(lane: &Lane) -> [f32; 8] {
    let from = lane.index(1.2);
    let recent = &lane.place[from..];
    let (least, greatest) = recent.iter().fold((f32::MAX, f32::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
    let way = greatest - least;
    let passed = |share: f32| {
        let below = recent.iter().rposition(|v| *v < least + share * way);
        below.map_or(1.2, |i| (recent.len() - 1 - i) as f32 / RATE as f32)
    };
    let fallen = fall_back(recent);
    [passed(0.1), passed(0.25), passed(0.5), passed(0.75), way, recent[recent.len() - 1], fallen.0, fallen.1]
}

/// When the greatest fall from an earlier height ended, and that fall.
fn fall_back(values: &[f32]) -> (f32, f32) {
    let (mut top, mut deepest, mut at) = (f32::MIN, 0.0, 0);
    for (i, v) in values.iter().enumerate() {
        top = top.max(*v);
        if top - v > deepest {
            (deepest, at) = (top - v, i);
        }
    }
    ((values.len() - 1 - at) as f32 / RATE as f32, deepest)
}

/// What this fencer did when the other's final attack started, and before and after it.
fn against_the_other(c: &Course, onset: f32, other_onset: f32) -> [f32; 8] {
    let at = c.hips.index(other_onset);
    [
        onset - other_onset,
        c.hips.speed[at],
        c.foot.speed[at],
        c.arm.place[at],
        c.hips.mean_speed(other_onset + 0.4, other_onset),
        c.hips.mean_speed(other_onset, (other_onset - 0.4).max(0.0)),
        c.foot.mean_speed(other_onset + 0.25, (other_onset - 0.25).max(0.0)),
        final_attack(&c.hand)[0] - final_attack(&c.foot)[0],
    ]
}

/// Mean speeds in ten bins of 0.15 s, then of 0.5 s back to 3.5 s.
fn binned_speeds(lane: &Lane) -> Vec<f32> {
    let fine = (0..10).map(|b| lane.mean_speed((b + 1) as f32 * 0.15, b as f32 * 0.15));
    let coarse = (3..7).map(|b| lane.mean_speed((b + 1) as f32 * 0.5, b as f32 * 0.5));
    fine.chain(coarse).collect()
}

/// Places at eight moments of the last 1.5 s.
fn binned_places(lane: &Lane) -> Vec<f32> {
    (0..8).map(|b| lane.place[lane.index(b as f32 * 0.2)]).collect()
}

/// Places, ways and spreads over the whole phrase.
fn whole_phrase(c: &Course) -> Vec<f32> {
    let last = c.hips.len() - 1;
    let steps = c.foot.speed.windows(2).filter(|w| w[0] < 0.8 && w[1] >= 0.8).count();
    let greatest = |lane: &Lane| lane.speed.iter().copied().fold(f32::MIN, f32::max);
    vec![
        c.hips.place[last],
        c.foot.place[last],
        c.rear_foot.place[last],
        c.foot.gained(0.3),
        c.foot.gained(0.6),
        c.hips.gained(0.3),
        c.hips.gained(0.6),
        c.hips.gained(1.0),
        c.hips.gained(2.0),
        c.hand.gained(0.3),
        c.rear_foot.gained(0.5),
        steps as f32,
        spread(&c.hips.speed),
        spread(&c.foot.speed),
        greatest(&c.hips),
        greatest(&c.hand),
        c.height.gained(0.4),
        c.height.place[last] - c.height.place[0],
        c.hand_height.gained(0.3),
        c.hand_height.place[last],
        mean(&c.hips.speed),
        first_move(&c.foot),
    ]
}

/// Mean and spread of a place over the phrase, and how far from the mean it ends.
fn usual_place(lane: &Lane) -> [f32; 3] {
    let mean = mean(&lane.place);
    [mean, spread(&lane.place), lane.place[lane.len() - 1] - mean]
}

/// Seconds from the start of the phrase to the first fast step forward.
fn first_move(lane: &Lane) -> f32 {
    lane.speed.iter().position(|v| *v > 0.6).map_or(NEVER, |i| (i as f32 / RATE as f32).min(NEVER))
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

fn spread(values: &[f32]) -> f32 {
    let mean = mean(values);
    (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / values.len() as f32).sqrt()
}

/// What both share: length, distance at the end and before, least distance, closing speeds. Exchange changes nothing.
pub(super) fn common(left: &Course, right: &Course) -> Vec<f32> {
    let gap = |l: &Lane, r: &Lane, i: usize| -(l.place[i] + r.place[i]);
    let last = left.foot.len() - 1;
    let feet: Vec<f32> = (0..=last).map(|i| gap(&left.foot, &right.foot, i)).collect();
    let at = |secs: f32| feet[left.foot.index(secs)];
    vec![
        last as f32 / RATE as f32,
        feet[last],
        at(0.3),
        at(0.6),
        feet.iter().copied().fold(f32::MAX, f32::min),
        at(0.3) - feet[last],
        gap(&left.hand, &right.hand, last),
    ]
}

/// What changes its sign when the fencers are exchanged: by how much one's motion leads the other's, at several speeds.
pub(super) fn compared(own: &Course, other: &Course) -> Vec<f32> {
    let last = own.hips.len() - 1;
    vec![
        lead(&own.hips, &other.hips),
        lead(&own.foot, &other.foot),
        lead(&own.hand, &other.hand),
        own.hips.place[last] - other.hips.place[last],
        own.hips.speed[last] - other.hips.speed[last],
    ]
}

/// Seconds by which one speed curve of the last 1.5 s leads the other: the shift at which they agree best.
fn lead(own: &Lane, other: &Lane) -> f32 {
    let agreement = |shift: isize| {
        let recent = own.index(1.5)..own.len();
        let shifted = |i: usize| other.speed.get(i.checked_add_signed(shift)?);
        recent.filter_map(|i| Some(own.speed[i] * shifted(i)?)).sum::<f32>()
    };
    let mut best = (0, agreement(0));
    for reach in 1..=9 {
        let (ahead, behind) = (agreement(reach), agreement(-reach));
        if ahead > best.1 && ahead > behind {
            best = (reach, ahead);
        } else if behind > best.1 && behind > ahead {
            best = (-reach, behind);
        }
    }
    best.0 as f32 / RATE as f32
}
