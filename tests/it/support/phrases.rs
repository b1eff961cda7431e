//! Made-up phrases as files of labelled phrases keep them.

use serde_json::{Value, json};

/// Joints of a fencer on guard, metres behind his front foot and above the floor, by COCO number.
const GUARD: [[f64; 2]; 17] = [
    [-0.30, 1.60],
    [-0.32, 1.65],
    [-0.28, 1.65],
    [-0.36, 1.62],
    [-0.30, 1.62],
    [-0.45, 1.35],
    [-0.20, 1.35],
    [-0.60, 1.10],
    [-0.05, 1.15],
    [-0.70, 1.00],
    [0.15, 1.20],
    [-0.42, 0.85],
    [-0.28, 0.85],
    [-0.55, 0.45],
    [-0.05, 0.48],
    [-0.70, 0.0],
    [0.0, 0.0],
];

/// A made-up phrase: both advance, `left_lead` seconds apart, and lunge into a double light at 2 s.
pub(crate) fn phrase(fps: f64, left_lead: f64) -> Value {
    let frames = (2.1 * fps) as usize;
    let fencer = |sign: f64, lead: f64| -> Vec<Vec<[f64; 2]>> {
        let at = |i: usize| {
            let t = i as f64 / fps + lead;
            let go = |start: f64, length: f64| ((t - start) / length).clamp(0.0, 1.0);
            let smooth = |x: f64| x * x * (3.0 - 2.0 * x);
            let (walk, lunge) = (smooth(go(0.4, 0.9)) * 0.7, smooth(go(1.4, 0.5)));
            let joint = |j: usize| {
                let reach = if j.is_multiple_of(2) { 0.9 } else { 0.35 };
                [6.0 + sign * (-2.0 + GUARD[j][0] + walk + lunge * reach), 3.0 - GUARD[j][1] + 0.1 * lunge]
            };
            (0..17).map(joint).collect()
        };
        (0..frames).map(at).collect()
    };
    json!({
        "id": "made-up", "source": "test", "group": "g", "fps": fps, "frames": frames,
        "left": fencer(1.0, left_lead), "right": fencer(-1.0, 0.0),
        "hit_time_s": 2.0, "light_left": true, "light_right": true, "blade_contacts_s": [1.5], "lockout_s": 2.05,
        "label": "left", "label_raw": "left", "label_line": "Manual selection winner", "baseline_winner": "right",
    })
}
