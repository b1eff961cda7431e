//! Frames and people that are not as they should be: a judgement that says what is uncertain, never a panic.

use super::fakes::{Cast, TrueEyes, small_ending, small_frames, watched_by};
use fencing::time::{FrameIndex, Timestamp};
use fencing::{Call, Side};
use vision::engine::{Judgement, PhraseEnding};
use vision::video::Frame;

fn judged(cast: Cast, frames: &[Frame]) -> Judgement {
    let mut analyzer = watched_by(TrueEyes::new(cast));
    for frame in frames {
        analyzer.push_frame(frame).unwrap();
    }
    analyzer.finish().unwrap().judge(small_ending(frames)).unwrap()
}

fn cautions(judgement: &Judgement) -> Vec<&'static str> {
    judgement.cautions.iter().map(|caution| caution.key).collect()
}

#[test]
fn without_two_fencers_a_double_light_awards_nothing_and_says_why() {
    let frames = small_frames();
    let check = |cast, frames: &[Frame], caution| {
        let judgement = judged(cast, frames);
        assert_eq!(judgement.verdict.call, Call::TooClose, "{cast:?}: {:?}", judgement.verdict);
        assert!(cautions(&judgement).contains(&caution), "{cast:?}: {:?}", judgement.cautions);
    };
    check(Cast::Nobody, &frames, "no_fencers");
    check(Cast::LeftAlone, &frames, "one_fencer");
    check(Cast::Both, &[], "no_frames");
    let good = judged(Cast::Both, &frames);
    assert_eq!((good.verdict.call, cautions(&good)), (Call::Touch(Side::Left), Vec::new()));
}

#[test]
fn without_any_signal_nobody_claims_to_know() {
    let mut analyzer = watched_by(TrueEyes::new(Cast::Both));
    // Before any lamp is lit in the video.
    for frame in &small_frames()[..12] {
        analyzer.push_frame(frame).unwrap();
    }
    let judgement = analyzer.finish().unwrap().judge(PhraseEnding::default()).unwrap();
    let (confidence, chances) = (judgement.verdict.confidence.0, judgement.verdict.probabilities);
    assert_eq!(
        (confidence, chances.left, chances.none),
        (0.0, chances.right, chances.right),
        "{:?}",
        judgement.verdict
    );
    assert!(cautions(&judgement).contains(&"no_signal"));
}

#[test]
fn a_single_frame_is_judged_without_right_of_way() {
    let judgement = judged(Cast::Both, &small_frames()[..1]);
    assert_eq!((judgement.verdict.call, judgement.completeness.frames_analysed), (Call::TooClose, 1));
}

#[test]
fn frames_that_repeat_or_go_back_in_time_are_counted_and_change_nothing_else() {
    let frames = small_frames();
    let mut stuttering = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        stuttering.push(frame.clone());
        if number % 10 == 5 {
            stuttering.extend([frame.clone(), frames[number - 3].clone()]);
        }
    }
    let (plain, odd) = (judged(Cast::Both, &frames), judged(Cast::Both, &stuttering));
    assert_eq!((&odd.tracks, &odd.timeline, &odd.verdict), (&plain.tracks, &plain.timeline, &plain.verdict));
    let extra = (stuttering.len() - frames.len()) as u64;
    assert_eq!(odd.completeness.frames_received, plain.completeness.frames_received + extra);
    assert_eq!(cautions(&odd), ["frames_dropped"]);
}

#[test]
fn frames_of_another_size_in_the_middle_do_not_stop_the_phrase() {
    let mut frames = small_frames();
    let middle = frames.len() / 2;
    let (at, size) = (frames[middle].at, fencing::geometry::FrameSize::new(8, 8));
    frames[middle] = Frame::from_rgb(at, FrameIndex(middle as u64), size, size, vec![0; 192]).unwrap();
    let judgement = judged(Cast::Both, &frames);
    assert_eq!(judgement.completeness.frames_analysed, frames.len() as u64);
}

#[test]
fn times_before_zero_and_far_away_are_only_times() {
    let frames = small_frames();
    let moved: Vec<Frame> = frames
        .iter()
        .enumerate()
        .map(|(i, frame)| Frame { at: Timestamp::from_secs(i as f64 * 1e6 - 3e6), ..frame.clone() })
        .collect();
    let judgement = judged(Cast::Both, &moved);
    assert!(cautions(&judgement).contains(&"coarse_frames"), "{:?}", judgement.cautions);
}
