//! The texture of what is shown now. A decoded picture comes in from a worker, goes to the graphics card once, stays until
//! the next.

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

/// The pictures that panels paint.
#[derive(Default)]
pub(crate) struct Pictures {
    review: Option<TextureHandle>,
}

/// Packed RGB rows of one picture.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `width * height * 3` bytes.
    pub rgb: Vec<u8>,
}

impl Pictures {
    /// The picture under review.
    pub(crate) fn review(&self) -> Option<&TextureHandle> {
        self.review.as_ref()
    }

    /// Shows a picture; one whose bytes do not fit its size is left out.
    pub(crate) fn set(&mut self, ctx: &Context, picture: &Picture) {
        if picture.rgb.len() != picture.width * picture.height * 3 || picture.rgb.is_empty() {
            return;
        }
        let image = ColorImage::from_rgb([picture.width, picture.height], &picture.rgb);
        match &mut self.review {
            Some(texture) => texture.set(image, TextureOptions::LINEAR),
            empty => *empty = Some(ctx.load_texture("review", image, TextureOptions::LINEAR)),
        }
    }

    /// Forgets the picture.
    pub(crate) fn clear(&mut self) {
        self.review = None;
    }
}
