//! Rasterizer: paints a scene onto packed RGB rows with anti-aliased edges; deterministic.

mod fill;
mod text;

use super::scene::{Scene, Shape, Weight, rgb};
use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use fill::{Canvas, Paint};
use text::Face;

/// Why an overlay could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OverlayError {
    /// The built-in font is damaged.
    #[error("the built-in typeface cannot be read; build the program again from a clean checkout")]
    Font,
    /// The number of bytes does not match the size.
    #[error("an image of {0} bytes was given for {1} x {2} pixels of 3 bytes; please report this")]
    WrongSize(usize, u32, u32),
    /// Reading the clip or writing the video failed.
    #[error(transparent)]
    Video(#[from] vision::video::VideoError),
}

/// The rasterizer; create it once and use it for every frame.
pub struct Raster {
    regular: Face,
    bold: Face,
}

impl Raster {
    /// Loads the fonts.
    pub fn new() -> Result<Self, OverlayError> {
        let read = |files| Face::read(files).map_err(|_| OverlayError::Font);
        Ok(Self { regular: read(text::REGULAR)?, bold: read(text::BOLD)? })
    }

    /// Paints a scene over a frame of `size`, which may differ from the scene's.
    pub fn paint(&self, scene: &Scene, rgb: &mut [u8], size: FrameSize) -> Result<(), OverlayError> {
        if rgb.len() != size.width as usize * size.height as usize * 3 {
            return Err(OverlayError::WrongSize(rgb.len(), size.width, size.height));
        }
        let scale = size.width as f32 / scene.frame_size.width.max(1) as f32;
        let mut canvas = Canvas { rgb, size };
        for (_, shape) in &scene.shapes {
            self.paint_shape(&mut canvas, shape, scale);
        }
        Ok(())
    }

    fn paint_shape(&self, canvas: &mut Canvas<'_>, shape: &Shape, k: f32) {
        let point = |p: ImagePoint| ImagePoint::new(p.x * k, p.y * k);
        match shape {
            Shape::Line { from, to, width, ink } => {
                fill::line(canvas, point(*from), point(*to), width * k, Paint::of(*ink));
            }
            Shape::Circle { centre, radius, ink } => {
                fill::line(canvas, point(*centre), point(*centre), radius * k * 2.0, Paint::of(*ink));
            }
            Shape::Rect { rect, corner, ink } => fill::rect(canvas, scaled(*rect, k), corner * k, Paint::of(*ink)),
            Shape::Polygon { points, ink } => {
                let points: Vec<_> = points.iter().map(|p| point(*p)).collect();
                fill::polygon(canvas, &points, Paint::of(*ink));
            }
            Shape::Text { at, anchor, size, weight, max_width, text, ink } => {
                let face = match weight {
                    Weight::Regular => &self.regular,
                    Weight::Bold => &self.bold,
                };
                let line = text::Line { at: point(*at), anchor: *anchor, size: size * k, max_width: max_width * k };
                text::draw(canvas, face, text, line, Paint::of(*ink));
            }
        }
    }
}

impl Paint {
    fn of(ink: super::scene::Ink) -> Self {
        Self { rgb: rgb(ink.colour).map(f32::from), alpha: ink.alpha.clamp(0.0, 1.0) }
    }
}

fn scaled(rect: ImageRect, k: f32) -> ImageRect {
    ImageRect { left: rect.left * k, top: rect.top * k, right: rect.right * k, bottom: rect.bottom * k }
}
