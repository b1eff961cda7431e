//! Lamps in real clips, within three frames of where a person saw them, and none where there are none.

use crate::support::shared;
use fencing::{Side, SignalKind};
use std::path::Path;
use vision::lamps::{LampDetector, LampReport};
use vision::video::{Cancel, ClipOptions, ClipReader, FrameSource};

/// Lamps of a clip, and the time of each frame in seconds.
fn watch(clip: &Path) -> (LampReport, Vec<f64>) {
    let mut reader = ClipReader::open(clip, &ClipOptions::default(), &Cancel::new()).unwrap();
    let mut watcher = LampDetector::new();
    let mut times = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        times.push(frame.at.secs());
        watcher.observe(&frame);
    }
    (watcher.conclude(), times)
}

fn seen(report: &LampReport, side: Side) -> Option<f64> {
    let of_side = |k: SignalKind| matches!(k, SignalKind::Lamp { side: s, .. } if s == side);
    report.events.iter().find(|e| of_side(e.kind)).map(|e| e.at.secs())
}

#[test]
fn lamps_of_real_clips_are_found_within_three_frames() {
    let mut wrong = Vec::new();
    for (name, left, right) in [
        ("sabre-backgnu.mp4", Some(233), None),
        ("sabre-alligator.mp4", Some(193), None),
        ("sabre-furseal.mp4", Some(127), Some(127)),
        ("sabre-ibadan.mp4", Some(233), Some(232)),
        ("epee-double.mp4", Some(48), Some(50)),
        // Hidden by a fencer at the touch, red bags come and go behind them: better none than a wrong one.
        ("sabre-club.mp4", None, None),
        ("sabre-3809.mp4", Some(41), Some(42)),
        ("no-fencers.mp4", None, None),
        ("footwork-vfr.mov", None, None),
        // Lit already when the camera pans to them.
        ("foil-club-phone.mp4", None, None),
    ] {
        let Some(clip) = shared(&format!("clips/{name}")) else { return };
        let (report, times) = watch(&clip);
        for (side, expected) in [(Side::Left, left), (Side::Right, right)] {
            let frame = seen(&report, side).and_then(|at| times.iter().position(|t| (t - at).abs() < 1e-6));
            let near = match (frame, expected) {
                (Some(frame), Some(expected)) => frame.abs_diff(expected) <= 3,
                (frame, expected) => frame.is_none() && expected.is_none(),
            };
            if !near {
                wrong.push(format!("{name} {side:?}: frame {frame:?} instead of {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
