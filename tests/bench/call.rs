//! How long the learned model and the whole judgement of motion take, for a short phrase and for a long one.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a benchmark")]

use fencing::learned::Models;
use fencing::right_of_way::DecisionSettings;
use learning::{Judge, JudgeKind, ModelSets, Question, observe};

fn main() {
    divan::main();
}

/// Lengths in seconds: an exchange, and the longest that is looked at.
const SECS: [u32; 2] = [2, 20];

fn models() -> Models {
    Models::embedded().expect("the compiled-in models load")
}

/// Two fencers who step to and fro and meet at the end, 30 frames per second.
fn question(secs: u32) -> Question {
    let frames = secs * 30;
    let fencer = |sign: f64, phase: f64| -> Vec<Vec<[f64; 2]>> {
        let joint = |i: u32, j: u32| {
            let t = f64::from(i) / 30.0;
            let x = -2.0 - 0.05 * f64::from(16 - j) + 0.4 * (t * 2.0 + phase).sin() + 0.02 * t;
            [6.0 + sign * x, 3.0 - 0.1 * f64::from(16 - j)]
        };
        (0..frames).map(|i| (0..17).map(|j| joint(i, j)).collect()).collect()
    };
    let record = serde_json::json!({
        "id": "bench", "fps": 30.0, "left": fencer(1.0, 0.0), "right": fencer(-1.0, 0.7),
        "hit_time_s": f64::from(secs) - 0.2, "light_left": true, "light_right": true,
    });
    Question::read(&record.to_string(), 1).expect("a good record")
}

#[divan::bench(args = SECS)]
fn prediction(bencher: divan::Bencher, secs: u32) {
    let (models, question) = (models(), question(secs));
    let observed = observe(&question, &DecisionSettings::default()).expect("a good record");
    let (motion, signals, evidence) = observed.expect("pictures");
    bencher.bench_local(|| models.prediction(&motion, &signals, &evidence));
}

#[divan::bench(args = SECS)]
fn whole_judge(bencher: divan::Bencher, secs: u32) {
    let opinions = ModelSets { general: Some(models()), ..ModelSets::default() };
    let judge = Judge { kind: JudgeKind::Full, models: opinions, ..Judge::default() };
    let question = question(secs);
    bencher.bench_local(|| judge.judge(&question));
}
