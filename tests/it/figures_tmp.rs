use crate::support;
use fencing_referee::actions;
use fencing_referee::fencing::*;
use fencing_referee::geometry::PistePoint;
use fencing_referee::kinematics::{Motion, RawPose};
use fencing_referee::right_of_way::{DecisionSettings, Evidence, decide, reference};
use fencing_referee::time::Timestamp;
use std::io::Read;

fn poses(v: &serde_json::Value) -> Vec<RawPose> {
    v.as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let mut p: RawPose = [None; 17];
            if let Some(a) = f.as_array() {
                for (i, k) in a.iter().enumerate().take(17) {
                    if let Some(xy) = k.as_array() {
                        if let (Some(x), Some(y)) = (xy[0].as_f64(), xy[1].as_f64()) {
                            p[i] = Some(PistePoint { x: x as f32, y: -y as f32 });
                        }
                    }
                }
            }
            p
        })
        .collect()
}

#[test]
fn figures() {
    let verbose = std::env::var("FIG").unwrap_or_default();
    for set in ["B", "C"] {
        let Some(path) = support::shared(&format!("data/phrases/{set}.jsonl.gz")) else { return };
        let mut text = String::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
        let (mut n, mut ok, mut refok, mut base, mut tc, mut forced) = (0, 0, 0, 0, 0, 0);
        let mut by: std::collections::BTreeMap<String, (u32, u32)> = Default::default();
        let mut refby: std::collections::BTreeMap<String, (u32, u32)> = Default::default();
        let mut bl = (0, 0, 0, 0);
        for line in text.lines() {
            let r: serde_json::Value = serde_json::from_str(line).unwrap();
            let Some(label) = r["label"].as_str() else { continue };
            if label == "simultaneous" {
                continue;
            }
            let fps = r["fps"].as_f64().unwrap();
            let frames = r["frames"].as_u64().unwrap() as usize;
            let off = if set == "B" { 0.15 } else { 0.0 };
            let times: Vec<_> = (0..frames).map(|i| Timestamp::from_secs(i as f64 / fps + off)).collect();
            let m = match Motion::from_keypoints(times, PerSide::new(poses(&r["left"]), poses(&r["right"]))) {
                Ok(m) => m,
                Err(e) => {
                    println!("{} {e}", r["id"]);
                    n += 1;
                    continue;
                }
            };
            let mut log = SignalLog::default();
            let hit = r["hit_time_s"].as_f64().unwrap();
            let ev = |at: f64, kind| SignalEvent {
                at: Timestamp::from_secs(at),
                uncertainty_secs: 0.03,
                source: SignalSource::Log,
                kind,
            };
            for side in Side::BOTH {
                log.push(ev(hit, SignalKind::Lamp { side, lamp: Lamp::Valid }));
            }
            for c in r["blade_contacts_s"].as_array().unwrap() {
                log.push(ev(c.as_f64().unwrap(), SignalKind::BladeContact));
            }
            let tl = actions::detect(&m, &log, Weapon::Sabre);
            let e = Evidence::gather(&tl, Some(&m), &log, Weapon::Sabre);
            let v = decide(&e, None, &DecisionSettings { min_confidence: 0.0, ..Default::default() });
            let good = v.call.as_str() == label;
            let soft = if v.probabilities.left == v.probabilities.right {
                0.5
            } else if (v.probabilities.left > v.probabilities.right) == (label == "left") {
                1.0
            } else {
                0.0
            };
            let (rc, rr) = reference::call(&e);
            n += 1;
            ok += u32::from(good);
            forced += (soft * 2.0) as u32;
            tc += u32::from(v.call.winner().is_none());
            refok += u32::from(rc.as_str() == label);
            base += u32::from(r["baseline_winner"].as_str() == Some(label));
            if e.contact.is_some() {
                bl.0 += 1;
                bl.1 += u32::from(good);
                bl.2 += u32::from(rc.as_str() == label);
                bl.3 += u32::from(r["baseline_winner"].as_str() == Some(label));
            }
            let k = by.entry(format!("{} {}", v.rule.0, v.reason_code)).or_default();
            k.0 += 1;
            k.1 += u32::from(good);
            let k = refby.entry(rr.to_string()).or_default();
            k.0 += 1;
            k.1 += u32::from(rc.as_str() == label);
            if verbose == "1" {
                println!(
                    "{} label {label} call {} {} {:.2} ref {} {rr} base {} c {:?}",
                    r["id"],
                    v.call.as_str(),
                    v.reason_code,
                    v.confidence.0,
                    rc.as_str(),
                    r["baseline_winner"],
                    e.contact.map(|c| (hit - c.at.secs(), c.by, c.favours))
                );
            }
        }
        println!(
            "{set}: n {n} mine {ok} (soft {:.1}) none {tc} ref {refok} base {base}; contact {bl:?}",
            forced as f64 / 2.0
        );
        println!("  {by:?}\n  {refby:?}");
    }
}
