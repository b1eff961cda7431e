//! The shapes to draw over a frame.

mod banner;
mod fencers;
mod lamps;
mod lanes;
mod shape;

pub use banner::verdict_from;
pub use fencers::fencers_lost_at;
pub use lamps::lamp_at;
pub use shape::{Anchor, Colour, Ink, Layer, Shape, Weight, rgb};

use super::words::OverlayWords;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide};
use vision::engine::Judgement;
use vision::tracking::Tracks;

/// A part of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A faint line along the piste.
    PisteLine,
    /// Both fencers' skeletons and tags.
    Skeletons,
    /// The two lamps in the upper corners.
    Lamps,
    /// The timeline at the bottom.
    Lanes,
    /// The verdict, from the touch on.
    Verdict,
}

impl Part {
    /// All parts, as in the overlay video.
    pub const ALL: [Self; 5] = [Self::PisteLine, Self::Skeletons, Self::Lamps, Self::Lanes, Self::Verdict];
}

/// The shapes to draw over a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Size of the frame, in whose pixels the shapes are.
    pub frame_size: FrameSize,
    /// Shapes, lowest layer first.
    pub shapes: Vec<(Layer, Shape)>,
}

/// The scene at a time.
pub fn scene_at(judgement: &Judgement, words: &OverlayWords, at: Timestamp, parts: &[Part]) -> Scene {
    let frame_size = judgement.tracks.frame_size;
    let mut canvas = Canvas { frame_size, unit: unit(frame_size), shapes: Vec::new() };
    for part in parts {
        match part {
            Part::PisteLine => fencers::piste_line(&mut canvas, &judgement.tracks, at),
            Part::Skeletons => fencers::skeletons(&mut canvas, &judgement.tracks, words, at),
            Part::Lamps => {
                let lit = PerSide::from_fn(|side| lamp_at(&judgement.signals, side, at));
                lamps::lamps(&mut canvas, lit, words);
            }
            Part::Lanes => lanes::lanes(&mut canvas, judgement, words, at),
            Part::Verdict => banner::banner(&mut canvas, judgement, words, at),
        }
    }
    canvas.shapes.sort_by_key(|(layer, _)| *layer);
    Scene { frame_size, shapes: canvas.shapes }
}

/// A part that can be drawn live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LivePart {
    /// A faint line along the piste.
    PisteLine,
    /// The paths of both fencers in the last seconds.
    Ways,
    /// Both fencers' skeletons and tags.
    Skeletons,
    /// The two lamps in the upper corners.
    Lamps,
}

/// The live scene: `tracks` up to now, `lamps` as they are lit.
pub fn live_scene(tracks: &Tracks, lamps: PerSide<Lamp>, words: &OverlayWords, parts: &[LivePart]) -> Scene {
    let frame_size = tracks.frame_size;
    let at = tracks.samples.last().map_or(Timestamp::ZERO, |s| s.at);
    let mut canvas = Canvas { frame_size, unit: unit(frame_size), shapes: Vec::new() };
    for part in parts {
        match part {
            LivePart::PisteLine => fencers::piste_line(&mut canvas, tracks, at),
            LivePart::Ways => fencers::ways(&mut canvas, tracks, at),
            LivePart::Skeletons => fencers::skeletons(&mut canvas, tracks, words, at),
            LivePart::Lamps => lamps::lamps(&mut canvas, lamps, words),
        }
    }
    canvas.shapes.sort_by_key(|(layer, _)| *layer);
    Scene { frame_size, shapes: canvas.shapes }
}

/// Length of one pixel in a frame of 1280 x 720; all sizes are multiples of it.
fn unit(frame_size: FrameSize) -> f32 {
    (frame_size.width as f32 / 1280.0).min(frame_size.height as f32 / 720.0)
}

/// Collects shapes.
struct Canvas {
    frame_size: FrameSize,
    unit: f32,
    shapes: Vec<(Layer, Shape)>,
}

impl Canvas {
    fn add(&mut self, layer: Layer, shape: Shape) {
        self.shapes.push((layer, shape));
    }

    fn width(&self) -> f32 {
        self.frame_size.width as f32
    }

    fn height(&self) -> f32 {
        self.frame_size.height as f32
    }
}
