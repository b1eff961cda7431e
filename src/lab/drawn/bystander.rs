//! People who do not fence: a referee, a coach, somebody walking past. Trackers must leave them alone.

use super::script::Hand;
use super::skeleton::{ANKLE, Arm, Leg, Skeleton, bend};
use super::vector::{Vec3, vec3};
use fencing::time::Timestamp;

/// Somebody in a dark suit in the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bystander {
    /// Metres right of the piste's centre line at time 0.
    pub x_metres: f32,
    /// Metres nearer to the camera than the fencers; negative behind them.
    pub nearer_metres: f32,
    /// Metres per second to the right; 0 stands and faces the camera.
    pub walk_metres_per_sec: f32,
}

impl Bystander {
    /// Who stands still, facing the camera.
    pub const fn standing(x_metres: f32, nearer_metres: f32) -> Self {
        Self { x_metres, nearer_metres, walk_metres_per_sec: 0.0 }
    }

    /// Who walks along the piste.
    pub const fn walking(x_metres: f32, nearer_metres: f32, metres_per_sec: f32) -> Self {
        Self { x_metres, nearer_metres, walk_metres_per_sec: metres_per_sec }
    }

    /// The person's skeleton at a moment.
    pub(super) fn skeleton(&self, at: Timestamp) -> Skeleton {
        let secs = at.secs() as f32;
        let speed = self.walk_metres_per_sec;
        let place = vec3(self.x_metres + speed * secs, 0.0, self.nearer_metres);
        let person = upright(if speed == 0.0 { 0.0 } else { (secs * 5.5).sin() });
        // Built facing +x; a stander turns to the camera, a walker may turn to -x.
        let turned = |p: Vec3| match speed {
            0.0 => vec3(-p.z, p.y, p.x),
            s if s < 0.0 => vec3(-p.x, p.y, -p.z),
            _ => p,
        };
        person.moved(|p| turned(p) + place)
    }
}

/// An upright person facing +x; `swing` -1..1 is how far the right leg (and left arm) is forward.
fn upright(swing: f32) -> Skeleton {
    let pelvis = vec3(0.0, 0.915 - 0.02 * swing.abs(), 0.0);
    let neck = pelvis + vec3(0.02, 0.52, 0.0);
    let leg = |side: f32, forward: f32| {
        let hip = pelvis + vec3(0.0, 0.0, 0.095 * side);
        let lift = (forward - 0.6).max(0.0) * 0.1;
        let (knee, ankle) =
            bend(hip, vec3(0.30 * forward, ANKLE + lift, 0.11 * side), 0.44, 0.42, vec3(1.0, 0.0, 0.05 * side));
        Leg { hip, knee, ankle, heel: ankle + vec3(-0.05, -0.04, 0.0), toe: ankle + vec3(0.17, -0.045, 0.03 * side) }
    };
    let arm = |side: f32, forward: f32| {
        let shoulder = neck + vec3(0.0, -0.02, 0.185 * side);
        let goal = shoulder + vec3(0.04 + 0.18 * forward, -0.52, 0.06 * side);
        let (elbow, wrist) = bend(shoulder, goal, 0.30, 0.27, vec3(-1.0, 0.0, 0.3 * side));
        Arm { shoulder, elbow, wrist, hand: wrist + (wrist - elbow).unit() * 0.08 }
    };
    Skeleton {
        right_leg: leg(1.0, swing),
        left_leg: leg(-1.0, -swing),
        right_arm: arm(1.0, -swing),
        left_arm: arm(-1.0, swing),
        pelvis,
        neck,
        head: neck + vec3(0.02, 0.21, 0.0),
        gaze: vec3(1.0, 0.0, 0.0),
        chest: vec3(1.0, 0.0, 0.0),
        hand: Hand::Right,
        blade: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walker_gets_along_and_a_stander_looks_at_the_camera() {
        let walker = Bystander::walking(-2.0, -1.0, 1.2);
        let x = |s: f64| walker.skeleton(Timestamp::from_secs(s)).pelvis.x;
        assert!((x(2.0) - x(0.0) - 2.4).abs() < 1e-4);
        let stander = Bystander::standing(0.5, -1.4).skeleton(Timestamp::ZERO);
        assert!(stander.gaze.z > 0.9 && stander.right_arm.wrist.x < stander.left_arm.wrist.x);
    }
}
