//! The phrase that ships with the project: what a newcomer sees judged first.

use super::script::{Move, Script};
use super::studio::Studio;
use fencing::{Lamp, Side, SignalKind};

/// File name of the demo phrase, without its ending.
pub const DEMO_NAME: &str = "demo-phrase";

/// Sabre, both lamps, attack from the left: both come forward, the right fencer retreats and stops, the left fencer keeps
/// coming, stretches the arm and lunges; the right fencer strikes back late.
pub fn demo_script() -> Script {
    let left = [
        Move::on_guard(1.4),
        Move::advance(0.46, 0.54),
        Move::advance(0.44, 0.58),
        Move::advance(0.42, 0.58),
        Move::advance(0.40, 0.60).with_arm(0.55),
        Move::lunge(0.40, 0.85),
        Move::pause(1.0),
        Move::recover(0.6),
    ];
    let right = [
        Move::on_guard(1.4),
        Move::advance(0.48, 0.35),
        Move::retreat(0.44, 0.34),
        Move::retreat(0.42, 0.30),
        Move::pause(0.46),
        Move::advance(0.30, 0.25).with_arm(0.7),
        Move::hit(0.10),
        Move::pause(0.9),
        Move::withdraw(0.5),
    ];
    Script::new(left, right)
        .start(0.0)
        .lamp(3.46, Side::Left, Lamp::Valid)
        .event(3.49, SignalKind::LockoutStart)
        .lamp(3.57, Side::Right, Lamp::Valid)
        .event(3.66, SignalKind::PhraseEnd)
        .lasting(5.2)
}

/// How the demo phrase is filmed.
pub fn demo_studio() -> Studio {
    Studio::default()
}
