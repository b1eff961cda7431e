//! A stance becomes a skeleton: joints in the hall, with knees and elbows found by two-bone inverse kinematics.

use super::choreography::Stance;
use super::script::Hand;
use super::vector::{Vec3, vec3};
use fencing::Side;

/// Lengths of the bones in metres: a fencer of 1.78 m.
const THIGH: f32 = 0.44;
const SHANK: f32 = 0.42;
const UPPER_ARM: f32 = 0.30;
const FOREARM: f32 = 0.27;
const BLADE: f32 = 0.88;
/// Height of the ankle joint above the floor, metres.
pub(super) const ANKLE: f32 = 0.085;
/// How far the trunk is turned away from the opponent, in degrees.
const TURN: f32 = 52.0;

/// One leg: hip, knee, ankle, heel, toe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub(super) hip: Vec3,
    pub(super) knee: Vec3,
    pub(super) ankle: Vec3,
    pub(super) heel: Vec3,
    pub(super) toe: Vec3,
}

/// One arm: shoulder, elbow, wrist, end of the hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arm {
    pub(super) shoulder: Vec3,
    pub(super) elbow: Vec3,
    pub(super) wrist: Vec3,
    pub(super) hand: Vec3,
}

/// Weapon: where guard and tip are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blade {
    pub(super) guard: Vec3,
    pub(super) tip: Vec3,
}

/// A person in the hall. `right` and `left` are the person's own.
#[derive(Clone, Debug)]
pub(super) struct Skeleton {
    pub(super) right_leg: Leg,
    pub(super) left_leg: Leg,
    pub(super) right_arm: Arm,
    pub(super) left_arm: Arm,
    pub(super) pelvis: Vec3,
    pub(super) neck: Vec3,
    pub(super) head: Vec3,
    /// Where the face looks.
    pub(super) gaze: Vec3,
    /// Where the chest looks.
    pub(super) chest: Vec3,
    /// Which arm holds the weapon.
    pub(super) hand: Hand,
    pub(super) blade: Option<Blade>,
}

impl Skeleton {
    /// A fencer in the hall: on the left he looks to the right of the picture, on the right the other way.
    pub(super) fn fencer(stance: &Stance, side: Side, hand: Hand) -> Self {
        let own = Self::right_handed(stance);
        let held = if hand == Hand::Left { own.other_handed() } else { own };
        if side == Side::Right { held.moved(|p| vec3(-p.x, p.y, -p.z)) } else { held }
    }

    /// A right-handed fencer who looks towards +x.
    fn right_handed(stance: &Stance) -> Self {
        let turn = TURN.to_radians();
        let across = vec3(turn.sin(), 0.0, turn.cos());
        let chest = vec3(turn.cos(), 0.0, -turn.sin());
        let pelvis = vec3(mix(stance.rear_x, stance.front_x, stance.balance), reachable_hip(stance), 0.0);
        let lean = stance.lean.to_radians();
        let up = vec3(lean.sin(), lean.cos(), 0.0);
        let neck = pelvis + up * 0.50;
        let right_arm = weapon_arm(neck + across * 0.185 - up * 0.02, stance);
        Self {
            right_leg: front_leg(pelvis + across * 0.095, stance),
            left_leg: rear_leg(pelvis - across * 0.095, stance),
            left_arm: free_arm(neck - across * 0.185 - up * 0.02, stance),
            blade: Some(blade_of(&right_arm, stance)),
            right_arm,
            pelvis,
            neck,
            head: neck + (up * 0.8 + vec3(0.05, 0.2, 0.0)) * 0.21 + vec3(0.03, 0.0, 0.0),
            gaze: vec3(1.0, 0.0, 0.0),
            chest,
            hand: Hand::Right,
        }
    }

    /// The mirror image across the fencer's own line, with left and right renamed.
    fn other_handed(&self) -> Self {
        let mirrored = self.moved(|p| vec3(p.x, p.y, -p.z));
        Self {
            right_leg: mirrored.left_leg,
            left_leg: mirrored.right_leg,
            right_arm: mirrored.left_arm,
            left_arm: mirrored.right_arm,
            hand: Hand::Left,
            ..mirrored
        }
    }

    /// Every point and direction passed through a linear `place`.
    pub(super) fn moved(&self, place: impl Fn(Vec3) -> Vec3) -> Self {
        let leg = |l: &Leg| Leg {
            hip: place(l.hip),
            knee: place(l.knee),
            ankle: place(l.ankle),
            heel: place(l.heel),
            toe: place(l.toe),
        };
        let arm = |a: &Arm| Arm {
            shoulder: place(a.shoulder),
            elbow: place(a.elbow),
            wrist: place(a.wrist),
            hand: place(a.hand),
        };
        Self {
            right_leg: leg(&self.right_leg),
            left_leg: leg(&self.left_leg),
            right_arm: arm(&self.right_arm),
            left_arm: arm(&self.left_arm),
            pelvis: place(self.pelvis),
            neck: place(self.neck),
            head: place(self.head),
            gaze: place(self.gaze) - place(Vec3::default()),
            chest: place(self.chest) - place(Vec3::default()),
            hand: self.hand,
            blade: self.blade.map(|b| Blade { guard: place(b.guard), tip: place(b.tip) }),
        }
    }

    /// The 17 COCO joints in the hall, by COCO number.
    pub(super) fn coco(&self) -> [Vec3; 17] {
        let right = vec3(-self.gaze.z, 0.0, self.gaze.x);
        let face =
            |ahead: f32, up: f32, right_by: f32| self.head + self.gaze * ahead + vec3(0.0, up, 0.0) + right * right_by;
        [
            face(0.11, -0.01, 0.0),
            face(0.09, 0.03, -0.03),
            face(0.09, 0.03, 0.03),
            face(0.0, 0.01, -0.08),
            face(0.0, 0.01, 0.08),
            self.left_arm.shoulder,
            self.right_arm.shoulder,
            self.left_arm.elbow,
            self.right_arm.elbow,
            self.left_arm.wrist,
            self.right_arm.wrist,
            self.left_leg.hip,
            self.right_leg.hip,
            self.left_leg.knee,
            self.right_leg.knee,
            self.left_leg.ankle,
            self.right_leg.ankle,
        ]
    }
}

/// Height of the hips that both legs can reach: a wide stance pulls them down.
fn reachable_hip(stance: &Stance) -> f32 {
    let width = (stance.front_x - stance.rear_x).abs();
    let widest = width * stance.balance.max(1.0 - stance.balance);
    let leg = (THIGH + SHANK) * 0.97;
    let upright = (leg * leg - widest * widest).max(0.04).sqrt();
    stance.hip.min(ANKLE + upright)
}

fn front_leg(hip: Vec3, stance: &Stance) -> Leg {
    let floor = vec3(stance.front_x, ANKLE + stance.front_lift, 0.02);
    let (knee, ankle) = bend(hip, floor, THIGH, SHANK, vec3(1.0, 0.15, 0.1));
    Leg { hip, knee, ankle, heel: ankle + vec3(-0.05, -0.04, 0.0), toe: ankle + vec3(0.19, -0.045, 0.0) }
}

fn rear_leg(hip: Vec3, stance: &Stance) -> Leg {
    let floor = vec3(stance.rear_x, ANKLE + stance.rear_lift, -0.02);
    let (knee, ankle) = bend(hip, floor, THIGH, SHANK, vec3(0.15, 0.1, -1.0));
    Leg { hip, knee, ankle, heel: ankle + vec3(-0.01, -0.04, 0.05), toe: ankle + vec3(0.06, -0.045, -0.17) }
}

fn weapon_arm(shoulder: Vec3, stance: &Stance) -> Arm {
    let (e, parry) = (stance.extension, stance.parry);
    let reach = vec3(0.36, -0.20, 0.0) * (1.0 - e) + vec3(0.56, -0.02, 0.02) * e + vec3(-0.06, 0.14, 0.0) * parry;
    let (elbow, wrist) = bend(shoulder, shoulder + reach, UPPER_ARM, FOREARM, vec3(-0.1, -1.0, 0.35));
    Arm { shoulder, elbow, wrist, hand: wrist + blade_direction(stance) * 0.07 }
}

fn free_arm(shoulder: Vec3, stance: &Stance) -> Arm {
    let e = stance.extension;
    let reach = vec3(-0.12, -0.42, 0.10) * (1.0 - e) + vec3(-0.42, -0.28, -0.05) * e;
    let (elbow, wrist) = bend(shoulder, shoulder + reach, UPPER_ARM, FOREARM, vec3(-1.0, -0.3, -0.2));
    Arm { shoulder, elbow, wrist, hand: wrist + (wrist - elbow).unit() * 0.08 }
}

fn blade_direction(stance: &Stance) -> Vec3 {
    let rise = 0.85 * (1.0 - stance.extension) + 0.16 * stance.extension + 1.2 * stance.parry - 0.6 * stance.cut;
    vec3(1.0, rise, -0.05).unit()
}

fn blade_of(arm: &Arm, stance: &Stance) -> Blade {
    let along = blade_direction(stance);
    let guard = arm.wrist + along * 0.13;
    Blade { guard, tip: guard + along * BLADE }
}

/// Middle and end joint of a two-bone chain from `root` towards `goal`, bent to the side of `pole`. A goal out of reach is
/// pulled in along the line.
pub(super) fn bend(root: Vec3, goal: Vec3, upper: f32, lower: f32, pole: Vec3) -> (Vec3, Vec3) {
    let line = (goal - root).unit();
    let distance = (goal - root).length().clamp((upper - lower).abs() + 1e-3, (upper + lower) * 0.999);
    let along = (upper * upper - lower * lower + distance * distance) / (2.0 * distance);
    let aside = (upper * upper - along * along).max(0.0).sqrt();
    let outward = (pole - line * pole.dot(line)).unit();
    (root + line * along + outward * aside, root + line * distance)
}

fn mix(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn::script::Move;
    use vision::pose::joint;

    #[test]
    fn bones_keep_their_length_through_a_whole_phrase() {
        let moves = [Move::advance(0.4, 0.5), Move::lunge(0.4, 1.0), Move::recover(0.4), Move::fleche(0.5, 0.7)];
        for i in 0..180 {
            let stance = Stance::at(&moves, 0.0, f64::from(i) * 0.01);
            let s = Skeleton::fencer(&stance, Side::Left, Hand::Right);
            for (bone, length) in [
                (s.right_leg.hip - s.right_leg.knee, THIGH),
                (s.left_leg.knee - s.left_leg.ankle, SHANK),
                (s.right_arm.shoulder - s.right_arm.elbow, UPPER_ARM),
                (s.right_arm.elbow - s.right_arm.wrist, FOREARM),
            ] {
                assert!((bone.length() - length).abs() < 2e-3, "frame {i}: {} against {length}", bone.length());
            }
        }
    }

    #[test]
    fn feet_of_a_deep_lunge_stay_on_the_floor() {
        let stance = Stance::at(&[Move::lunge(0.4, 0.9)], 0.0, 0.4);
        let s = Skeleton::fencer(&stance, Side::Left, Hand::Right);
        for ankle in [s.left_leg.ankle, s.right_leg.ankle] {
            assert!((ankle.y - ANKLE).abs() < 0.04, "ankle at {} m", ankle.y);
        }
    }

    #[test]
    fn both_fencers_point_at_each_other_with_their_weapon_hand() {
        for (side, hand, wrist) in [
            (Side::Left, Hand::Right, joint::RIGHT_WRIST),
            (Side::Right, Hand::Right, joint::RIGHT_WRIST),
            (Side::Left, Hand::Left, joint::LEFT_WRIST),
            (Side::Right, Hand::Left, joint::LEFT_WRIST),
        ] {
            let s = Skeleton::fencer(&Stance::on_guard(-2.0), side, hand);
            let ahead = |p: Vec3| p.x * side.forward_sign();
            let joints = s.coco();
            let other = joint::LEFT_WRIST + joint::RIGHT_WRIST - wrist;
            assert!(ahead(joints[wrist]) > ahead(joints[other]) + 0.2, "{side:?} {hand:?}");
            assert!(ahead(s.blade.unwrap().tip) > ahead(joints[wrist]));
        }
    }
}
