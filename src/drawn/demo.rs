//! The phrase that ships with the project: what a newcomer sees judged first.

use super::script::{Move, Script};
use super::studio::Studio;
use crate::fencing::{Lamp, Side, SignalKind};

/// File name of the demo phrase, without its ending.
pub const DEMO_NAME: &str = "demo-phrase";

/// Sabre, both lamps, attack from the left: both come forward, the right fencer retreats and stops, the left fencer keeps
/// coming, stretches the arm and lunges; the right fencer strikes back late.
pub fn demo_script() -> Script {
    let left = [
        Move::on_guard(0.9),
        Move::advance(0.46, 0.45),
        Move::advance(0.44, 0.50),
        Move::advance(0.42, 0.50),
        Move::advance(0.40, 0.55).with_arm(0.55),
        Move::lunge(0.40, 0.95),
        Move::pause(1.1),
    ];
    let right = [
        Move::on_guard(0.9),
        Move::advance(0.48, 0.35),
        Move::retreat(0.44, 0.40),
        Move::retreat(0.42, 0.35),
        Move::pause(0.52),
        Move::advance(0.34, 0.25).with_arm(1.0),
        Move::pause(1.1),
    ];
    Script::new(left, right)
        .start(0.0)
        .lamp(2.97, Side::Left, Lamp::Valid)
        .event(3.0, SignalKind::LockoutStart)
        .lamp(3.09, Side::Right, Lamp::Valid)
        .event(3.17, SignalKind::PhraseEnd)
        .lasting(4.2)
}

/// How the demo phrase is filmed.
pub fn demo_studio() -> Studio {
    Studio::default()
}
