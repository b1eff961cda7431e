//! The real clips beside the project: followed to the touch, single lights called right, and refused what is no bout.

use super::{caution_keys, result_of};
use crate::support::shared;
use serde_json::Value;

/// Judges a real clip with `args` split at spaces; `None` when it is not here.
fn judged(clip: &str, args: &str) -> Option<Value> {
    let path = shared(&format!("clips/{clip}"))?;
    let home = tempfile::tempdir().unwrap();
    let args: Vec<&str> = args.split(' ').collect();
    Some(result_of(home.path(), &args, &path))
}

#[test]
fn both_fencers_are_followed_to_the_touch_and_lamps_without_right_of_way_are_called_right() {
    // Lamps and touch as `clips.json` gives them; from where both stand on guard. The call only where lamps decide it.
    let check = |clip: &str, args: &str, least: f64, call: Option<&str>| {
        let Some(result) = judged(clip, args) else { return };
        let verdict = &result["verdict"];
        for side in ["seen_left", "seen_right"] {
            let share = verdict["completeness"][side].as_f64().unwrap();
            assert!(share >= least, "{clip}: {side} {share}");
        }
        assert!(!caution_keys(&result).contains(&"changed_fencers"), "{clip}: {verdict}");
        if let Some(call) = call {
            assert_eq!(verdict["call"], call, "{clip}: {verdict}");
        }
    };
    check("sabre-backgnu.mp4", "--from 5.5 --to 8.2 --lights left --touch-at 7.77", 0.9, Some("left"));
    check("sabre-alligator.mp4", "--from 4 --to 8.2 --lights left --touch-at 7.72", 0.9, Some("left"));
    check("epee-double.mp4", "--weapon epee --lights left,right --touch-at 1.59", 0.9, Some("double"));
    check("foil-club-phone.mp4", "--weapon foil --from 7 --to 10.6 --lights right --touch-at 10.0", 0.8, Some("right"));
}

/// The referee's calls are in `clips.json`. Right of way may be left open, but the opponent never gets it.
#[test]
fn a_double_light_whose_call_is_known_is_never_called_for_the_other_side() {
    let check = |clip: &str, args: &str, referee: &str| {
        let Some(result) = judged(clip, args) else { return };
        let verdict = &result["verdict"];
        let call = verdict["call"].as_str().unwrap_or_default();
        assert!(call == referee || !["left", "right"].contains(&call), "{clip}: {verdict}");
    };
    check("sabre-furseal.mp4", "--from 1.5 --to 4.6 --lights left,right --touch-at 4.26", "left");
    check("sabre-ibadan.mp4", "--from 5.5 --to 8.2 --lights left,right --touch-at 7.73", "right");
}

#[test]
fn a_clip_without_two_fencers_is_refused_for_the_right_reason() {
    let check = |clip: &str, args: &str, caution: &str| {
        let Some(result) = judged(clip, args) else { return };
        assert!(caution_keys(&result).contains(&caution), "{clip}: {}", result["verdict"]["cautions"]);
        assert_eq!((&result["winner"], &result["declared_winner"]), (&Value::from("none"), &Value::Null), "{clip}");
    };
    check("no-fencers.mp4", "--to 2", "no_fencers");
    // Even when somebody claims two lamps.
    check("no-fencers.mp4", "--to 1 --lights left,right --touch-at 0.8", "no_fencers");
    check("footwork-vfr.mov", "--lights left,right --touch-at 1.5", "one_fencer");
}
