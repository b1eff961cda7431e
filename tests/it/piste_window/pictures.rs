//! A few small pictures of the live screen against stored ones: whether the winner is on the right side, in the right colour,
//! and whether the lamps say what they should. Both are shrunk and compared with tolerance, so that drivers may differ in how
//! they smooth an edge.

use super::scene::{BOTH, DARK, judged, stand, window_on};
use crate::support::in_project;
use crate::support::skip::{Lack, skip};
use crate::support::window::Window;
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, default_wgpu_setup};
use egui_wgpu::WgpuSetup;
use egui_wgpu::wgpu::Backends;
use fencing::{Call, Lamp, PerSide, Side};
use image::imageops::{FilterType, resize};
use piste::Phase;
use std::panic::AssertUnwindSafe;
use std::path::Path;

/// Size of a stored picture: a quarter of the window's.
const SIZE: (u32, u32) = (320, 180);
/// Most that a pixel may differ before it counts, of 255, and how many of a thousand may.
const MOST: (u8, usize) = (40, 5);

/// The live screen, painted by OpenGL: Mesa's Vulkan in software falls over on processors with short vectors, and takes all
/// tests with it. `None` where there is no OpenGL.
fn painted_window() -> Option<Window> {
    let mut setup = default_wgpu_setup();
    if let WgpuSetup::CreateNew(setup) = &mut setup {
        setup.instance_descriptor.backends = Backends::GL;
    }
    let Ok(renderer) = std::panic::catch_unwind(AssertUnwindSafe(|| WgpuTestRenderer::from_setup(setup))) else {
        skip(Lack::Optional, "no OpenGL here, not even in software");
        return None;
    };
    Some(window_on(Harness::builder().renderer(renderer)))
}

/// What is wrong with the picture of a window; empty when nothing is.
fn check(window: &mut Window, name: &str) -> String {
    window.run_steps(12);
    // A driver in software on a busy machine takes longer than the toolkit waits.
    let painted = (0..20).map(|_| window.render()).find_map(Result::ok).expect("OpenGL paints");
    let painted = image::DynamicImage::ImageRgba8(painted).into_rgb8();
    let picture = resize(&painted, SIZE.0, SIZE.1, FilterType::Triangle);
    let file = in_project(&format!("tests/it/piste_window/pictures/{name}.png"));
    let stored = image::open(&file).map(image::DynamicImage::into_rgb8).unwrap_or_default();
    let differs = |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > MOST.0);
    let wrong = picture.pixels().zip(stored.pixels()).filter(|pair| differs(*pair)).count();
    if stored.dimensions() == SIZE && wrong * 1000 <= MOST.1 * (SIZE.0 * SIZE.1) as usize {
        return String::new();
    }
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    picture.save(&seen).expect("it can be written");
    format!("{wrong} pixels of {name} differ; if {} is better, it takes the place of the stored one\n", seen.display())
}

#[test]
fn the_winner_can_be_seen_at_a_glance() {
    let calls = [("left", Call::Touch(Side::Left)), ("right", Call::Touch(Side::Right)), ("too-close", Call::TooClose)];
    let wrong = calls.map(|(name, call)| {
        let Some(mut window) = painted_window() else { return String::new() };
        judged(&mut window, call);
        check(&mut window, &format!("verdict-{name}"))
    });
    assert!(wrong.concat().is_empty(), "{}", wrong.concat());
}

#[test]
fn lamps_tell_their_side_their_colour_and_their_kind() {
    let lamps = [
        ("dark", DARK),
        ("both", BOTH),
        ("white-and-green", PerSide::new(Lamp::OffTarget, Lamp::Valid)),
        ("red-and-fault", PerSide::new(Lamp::Valid, Lamp::Fault)),
    ];
    let wrong = lamps.map(|(name, lamps)| {
        let Some(mut window) = painted_window() else { return String::new() };
        stand(&mut window, Phase::Ready, lamps);
        check(&mut window, &format!("lamps-{name}"))
    });
    assert!(wrong.concat().is_empty(), "{}", wrong.concat());
}
