//! The same motion filmed at 15, 30 and 60 frames per second, from any first picture, is judged alike.

use fencing::actions;
use fencing::geometry::ImagePoint;
use fencing::kinematics::{Motion, with_touch_placed};
use fencing::learned::Models;
use fencing::right_of_way::{DecisionSettings, Evidence, Verdict, decide};
use fencing::time::{FrameIndex, Timestamp};
use fencing::{Lamp, PerSide, Side, Weapon};
use lab::drawn::{DrawnPhrase, Move, Script, Studio};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vision::pose::Pose;
use vision::tracking::{TrackSample, Tracks};

/// Phrases that are drawn: enough that one in a hundred shows.
const PHRASES: u64 = 120;
/// How far probabilities of the same motion may differ in the middle of all phrases, and in nineteen of twenty.
const SPREAD: (f64, f64) = (0.03, 0.15);
/// Share of the phrases that may be called for either side: a stop that is a stop between some pictures only.
const OPPOSED: f64 = 0.02;
/// A pose model's tremble on a fencer of 60 pixels, in pixels.
const TREMBLE: f32 = 0.5;

/// Anything that may happen before a double light: steps, stops, a last attack of one kind or another.
fn script(rng: &mut ChaCha8Rng) -> Script {
    let mut fencer = || {
        let mut moves = vec![Move::on_guard(rng.random_range(0.1..0.6))];
        for _ in 0..rng.random_range(1..5) {
            let secs = rng.random_range(0.25..0.6);
            let metres = rng.random_range(0.2..0.6);
            moves.push(match rng.random_range(0..5) {
                0 => Move::retreat(secs, metres),
                1 => Move::pause(secs),
                _ => Move::advance(secs, metres),
            });
        }
        let secs = rng.random_range(0.25..0.5);
        moves.push(match rng.random_range(0..4) {
            0 => Move::hit(secs / 2.0),
            1 => Move::advance(secs, 0.5).with_arm(1.0),
            _ => Move::lunge(secs, rng.random_range(0.6..1.0)),
        });
        moves
    };
    let (left, right) = (fencer(), fencer());
    let length = |moves: &[Move]| moves.iter().map(|m| m.secs).sum::<f64>();
    let touch = length(&left).max(length(&right)) - 0.03;
    let gap = rng.random_range(4.5..6.0);
    let mut script = Script::new(left, right);
    script.gap_metres = gap;
    script.lamp(touch, Side::Left, Lamp::Valid).lamp(touch, Side::Right, Lamp::Valid).lasting(touch + 0.6)
}

/// Trembles by time and joint alone, so that a picture that two cameras took looks the same to both.
fn trembling(pose: Pose, at: Timestamp, salt: u64) -> Pose {
    let mut rng = ChaCha8Rng::seed_from_u64(at.nanos().unsigned_abs() / 1000 * 2 + salt);
    let keypoints = pose.keypoints.map(|mut k| {
        let mut wobble = || (rng.random::<f32>() + rng.random::<f32>() - 1.0) * 2.0 * TREMBLE;
        k.point = ImagePoint::new(k.point.x + wobble(), k.point.y + wobble());
        k
    });
    Pose { keypoints, ..pose }
}

/// What a camera of `rate` frames per second sees that starts `late` seconds late.
fn tracks(phrase: &DrawnPhrase, secs: f64, rate: f64, late: f64) -> Tracks {
    let count = ((secs - late) * rate) as u64;
    let sample = |i: u64| {
        let at = Timestamp::from_secs(late + i as f64 / rate);
        let poses = phrase.true_joints(at);
        let poses = PerSide::new(Some(trembling(poses.left, at, 0)), Some(trembling(poses.right, at, 1)));
        TrackSample { at, frame: FrameIndex(i), poses, camera_shift: ImagePoint::new(0.0, 0.0) }
    };
    Tracks { frame_size: phrase.size(), samples: (0..count).map(sample).collect() }
}

/// The whole judge on tracks, as the engine puts it together.
fn verdict(models: &Models, tracks: &Tracks, script: &Script) -> Verdict {
    let (signals, settings) = (script.signal_log(), DecisionSettings::default());
    let motion = Motion::from_tracks(tracks).expect("both fencers are seen");
    let signals = with_touch_placed(&signals, &motion);
    let timeline = actions::detect(&motion, &signals, Weapon::Sabre);
    let evidence = Evidence::gather(&timeline, Some(&motion), &signals, (Weapon::Sabre, &settings));
    decide(&evidence, models.prediction(&motion, &signals, &evidence).as_ref(), &settings)
}

fn models() -> Models {
    Models::embedded().expect("the compiled-in models load")
}

/// Verdicts on every drawn phrase by several cameras.
fn by_cameras(cameras: &[(f64, f64)]) -> Vec<Vec<Verdict>> {
    let models = models();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    (0..PHRASES)
        .map(|_| {
            let script = script(&mut rng);
            let phrase = DrawnPhrase::new(script.clone(), Studio::default().with_size(320, 180));
            let see = |(rate, late): &(f64, f64)| tracks(&phrase, script.secs(), *rate, *late);
            cameras.iter().map(|camera| verdict(&models, &see(camera), &script)).collect()
        })
        .collect()
}

/// Greatest difference of p(left) among the verdicts of one phrase.
fn spread(verdicts: &[Verdict]) -> f64 {
    let p = verdicts.iter().map(|v| v.probabilities.left);
    p.clone().fold(f64::MIN, f64::max) - p.fold(f64::MAX, f64::min)
}

fn check_alike(what: &str, all: &[Vec<Verdict>]) {
    let mut spreads: Vec<f64> = all.iter().map(|verdicts| spread(verdicts)).collect();
    spreads.sort_by(f64::total_cmp);
    let (middle, most) = (spreads[spreads.len() / 2], spreads[spreads.len() * 19 / 20]);
    let winners = |verdicts: &[Verdict]| verdicts.iter().filter_map(|v| v.call.winner()).collect::<Vec<_>>();
    let opposed = all.iter().filter(|verdicts| winners(verdicts).windows(2).any(|pair| pair[0] != pair[1])).count();
    let said = format!("{what}: spread {middle:.3} in the middle, {most:.3} in 19 of 20, {opposed} called both ways");
    println!("{said}");
    assert!(opposed as f64 <= OPPOSED * all.len() as f64, "{said}");
    assert!(middle < SPREAD.0 && most < SPREAD.1, "{said}");
}

#[test]
fn frame_rates_agree_on_many_drawn_phrases() {
    check_alike("15, 30, 60 frames a second", &by_cameras(&[(15.0, 0.0), (30.0, 0.0), (60.0, 0.0)]));
}

/// A camera that starts a little later sees the same motion at other instants.
#[test]
fn the_moment_of_the_first_frame_hardly_matters() {
    check_alike("first picture later", &by_cameras(&[(30.0, 0.0), (30.0, 0.007), (30.0, 0.019)]));
}
