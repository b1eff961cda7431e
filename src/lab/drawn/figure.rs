//! A skeleton gets flesh, clothes, mask and weapon.

use super::camera::Camera;
use super::canvas::{Canvas, Rgb};
use super::script::Hand;
use super::shading::{Capsule, paint_body};
use super::skeleton::{Arm, Leg, Skeleton};
use super::vector::{Vec3, vec3};
use fencing::geometry::ImageRect;

/// Colours of what a person wears.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outfit {
    breeches: Rgb,
    jacket: Rgb,
    sleeve: Rgb,
    sock: Rgb,
    shoe: Rgb,
    glove: Rgb,
    head: Head,
}

#[derive(Clone, Copy, Debug)]
enum Head {
    Mask { trim: Rgb },
    Face { hair: Rgb },
}

const WHITE: Rgb = [224.0, 225.0, 228.0];
const LAME: Rgb = [176.0, 180.0, 188.0];
const SKIN: Rgb = [205.0, 158.0, 130.0];
const MESH: Rgb = [50.0, 51.0, 55.0];
const STEEL: Rgb = [196.0, 200.0, 204.0];

impl Outfit {
    /// Whites with a metallic jacket; `accent` is the colour of socks and mask trim.
    pub(super) const fn fencer(accent: Rgb) -> Self {
        Self {
            breeches: WHITE,
            jacket: LAME,
            sleeve: WHITE,
            sock: accent,
            shoe: [70.0, 74.0, 84.0],
            glove: [172.0, 166.0, 156.0],
            head: Head::Mask { trim: accent },
        }
    }

    /// A dark suit, no mask.
    pub(super) const fn official() -> Self {
        Self {
            breeches: [44.0, 48.0, 60.0],
            jacket: [50.0, 56.0, 74.0],
            sleeve: [50.0, 56.0, 74.0],
            sock: [40.0, 42.0, 50.0],
            shoe: [28.0, 26.0, 26.0],
            glove: SKIN,
            head: Head::Face { hair: [66.0, 48.0, 38.0] },
        }
    }
}

/// A limb in the hall, metres.
struct Limb(Vec3, Vec3, f32, f32, Rgb);

/// Paints a person and the weapon.
pub(super) fn paint_person(canvas: &mut Canvas, camera: &Camera, person: &Skeleton, outfit: &Outfit) {
    let limbs = limbs_of(person, outfit);
    let capsules: Vec<Capsule> = limbs.iter().map(|limb| limb.seen_by(camera)).collect();
    paint_body(canvas, &capsules, camera.pixels(0.012));
    if let Some(blade) = &person.blade {
        let (guard, tip) = (camera.project(blade.guard).point(), camera.project(blade.tip).point());
        canvas.line(guard, tip, camera.pixels(0.009).clamp(0.7, 2.5), STEEL);
    }
}

impl Limb {
    fn seen_by(&self, camera: &Camera) -> Capsule {
        let Self(from, to, from_radius, to_radius, colour) = *self;
        Capsule {
            from: camera.project(from),
            to: camera.project(to),
            from_radius: camera.pixels(from_radius),
            to_radius: camera.pixels(to_radius),
            colour,
        }
    }
}

fn limbs_of(person: &Skeleton, outfit: &Outfit) -> Vec<Limb> {
    let mut limbs = Vec::with_capacity(40);
    for leg in [&person.left_leg, &person.right_leg] {
        add_leg(&mut limbs, leg, outfit);
    }
    for (arm, hand) in [(&person.left_arm, Hand::Left), (&person.right_arm, Hand::Right)] {
        let gloved = person.blade.is_some() && hand == person.hand;
        add_arm(&mut limbs, arm, outfit, if gloved { outfit.glove } else { SKIN });
    }
    add_trunk(&mut limbs, person, outfit);
    add_head(&mut limbs, person, outfit);
    if let Some(blade) = &person.blade {
        limbs.push(Limb(blade.guard, blade.guard.towards(blade.tip, 0.03), 0.062, 0.05, STEEL));
    }
    limbs
}

fn add_leg(limbs: &mut Vec<Limb>, leg: &Leg, outfit: &Outfit) {
    let cuff = leg.knee.towards(leg.ankle, 0.22);
    limbs.push(Limb(leg.hip, leg.knee, 0.098, 0.068, outfit.breeches));
    limbs.push(Limb(leg.knee, cuff, 0.066, 0.062, outfit.breeches));
    limbs.push(Limb(cuff, leg.ankle, 0.056, 0.040, outfit.sock));
    limbs.push(Limb(leg.ankle, leg.heel, 0.042, 0.045, outfit.shoe));
    limbs.push(Limb(leg.heel, leg.toe, 0.045, 0.036, outfit.shoe));
}

fn add_arm(limbs: &mut Vec<Limb>, arm: &Arm, outfit: &Outfit, hand: Rgb) {
    limbs.push(Limb(arm.shoulder, arm.elbow, 0.062, 0.052, outfit.sleeve));
    limbs.push(Limb(arm.elbow, arm.wrist, 0.052, 0.040, outfit.sleeve));
    limbs.push(Limb(arm.wrist, arm.hand, 0.042, 0.044, hand));
    if hand == outfit.glove {
        limbs.push(Limb(arm.wrist.towards(arm.elbow, 0.35), arm.wrist, 0.050, 0.045, hand));
    }
}

fn add_trunk(limbs: &mut Vec<Limb>, person: &Skeleton, outfit: &Outfit) {
    let belly = person.pelvis + vec3(0.0, 0.14, 0.0) + person.chest * 0.02;
    let chest = person.neck - vec3(0.0, 0.12, 0.0) + person.chest * 0.05;
    limbs.push(Limb(person.left_leg.hip, person.right_leg.hip, 0.110, 0.110, outfit.breeches));
    limbs.push(Limb(person.pelvis, belly, 0.135, 0.135, outfit.jacket));
    limbs.push(Limb(belly, chest, 0.135, 0.150, outfit.jacket));
    limbs.push(Limb(person.left_arm.shoulder, person.right_arm.shoulder, 0.072, 0.072, outfit.jacket));
    limbs.push(Limb(chest, person.neck, 0.145, 0.090, outfit.jacket));
}

fn add_head(limbs: &mut Vec<Limb>, person: &Skeleton, outfit: &Outfit) {
    let (head, gaze) = (person.head, person.gaze);
    let at = |ahead: f32, up: f32| head + gaze * ahead + vec3(0.0, up, 0.0);
    match outfit.head {
        Head::Mask { trim } => {
            limbs.push(Limb(person.neck, head, 0.068, 0.075, WHITE));
            limbs.push(Limb(at(0.02, 0.035), at(0.02, -0.035), 0.122, 0.110, MESH));
            limbs.push(Limb(at(-0.025, 0.04), at(-0.02, -0.02), 0.116, 0.100, trim));
            limbs.push(Limb(at(0.045, -0.11), at(0.03, -0.15), 0.085, 0.080, WHITE));
        }
        Head::Face { hair } => {
            limbs.push(Limb(person.neck, head, 0.062, 0.066, SKIN));
            limbs.push(Limb(at(0.0, 0.03), at(0.01, -0.05), 0.098, 0.085, SKIN));
            limbs.push(Limb(at(-0.03, 0.045), at(-0.035, -0.02), 0.096, 0.085, hair));
        }
    }
}

/// Darkens the floor under a person.
pub(super) fn paint_shadow(canvas: &mut Canvas, camera: &Camera, person: &Skeleton) {
    let feet = [&person.left_leg, &person.right_leg].map(|leg| (leg.ankle.towards(leg.toe, 0.4), 0.17, 0.42));
    let body = [(person.pelvis, 0.42, 0.26), (person.neck, 0.36, 0.14)];
    for (above, reach, depth) in feet.into_iter().chain(body) {
        let floor = camera.project(vec3(above.x + 0.12 * above.y, 0.0, above.z - 0.10 * above.y));
        let (across, down) = (camera.pixels(reach), camera.pixels(reach * 0.26));
        let area = ImageRect {
            left: floor.x - 2.5 * across,
            top: floor.y - 2.5 * down,
            right: floor.x + 2.5 * across,
            bottom: floor.y + 2.5 * down,
        };
        canvas.over(area, 0.0, |canvas, x, y, at| {
            let (dx, dy) = ((at.x - floor.x) / across, (at.y - floor.y) / down);
            let dark = depth * (-(dx * dx + dy * dy)).exp();
            canvas.change(x, y, |old| old.map(|v| v * (1.0 - dark)));
        });
    }
}
