//! The numbers by which PisteLink names what its microcontroller felt (`fight` 1 to 9), shared by its two doors.
//!
//! | number | meaning |
//! |---|---|
//! | 1, 2 | hit on the guard of A, B: counts for nothing |
//! | 3 | the blades met |
//! | 4, 5 | épée: hit on the ground by A, B: counts for nothing |
//! | 6, 7 | foil: off-target touch by A, B |
//! | 8, 9 | A scores, B scores (a double is both, one after the other) |
//!
//! A is the left fencer unless `side_map` says otherwise. That 6 is A's own touch, not one on him, follows the order of the
//! other pairs; it was never verified on a real box.

use fencing::{Lamp, Side, SignalKind};

/// The signal of a `fight` number; `None` for numbers that count for nothing or do not exist.
pub(super) fn signal_of(fight: u64, side_of_a: Side) -> Option<SignalKind> {
    let (a, b) = (side_of_a, side_of_a.opponent());
    match fight {
        3 => Some(SignalKind::BladeContact),
        6 => Some(SignalKind::Lamp { side: a, lamp: Lamp::OffTarget }),
        7 => Some(SignalKind::Lamp { side: b, lamp: Lamp::OffTarget }),
        8 => Some(SignalKind::Lamp { side: a, lamp: Lamp::Valid }),
        9 => Some(SignalKind::Lamp { side: b, lamp: Lamp::Valid }),
        _ => None,
    }
}
