//! The texture of what is shown now. A decoded picture comes in from a worker, goes to the graphics card once, stays until
//! the next.

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use std::sync::Arc;

/// The pictures that panels paint.
#[derive(Default)]
pub(crate) struct Pictures {
    review: Option<TextureHandle>,
    live: Option<TextureHandle>,
}

/// One picture as the graphics card takes it. Made off the window's thread: for 1080p that alone costs milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Picture(Arc<ColorImage>);

impl Picture {
    /// A picture from packed RGB rows; `None` when the bytes do not fit the size.
    pub(crate) fn from_rgb(width: usize, height: usize, rgb: &[u8]) -> Option<Self> {
        let fits = rgb.len() == width * height * 3 && !rgb.is_empty();
        fits.then(|| Self(Arc::new(ColorImage::from_rgb([width, height], rgb))))
    }
}

impl Pictures {
    /// The picture under review.
    pub(crate) fn review(&self) -> Option<&TextureHandle> {
        self.review.as_ref()
    }

    /// Shows a picture.
    pub(crate) fn set(&mut self, ctx: &Context, picture: Picture) {
        show(&mut self.review, ctx, "review", picture);
    }

    /// What the camera sees.
    pub(crate) fn live(&self) -> Option<&TextureHandle> {
        self.live.as_ref()
    }

    /// Shows what the camera sees.
    pub(crate) fn set_live(&mut self, ctx: &Context, picture: Picture) {
        show(&mut self.live, ctx, "live", picture);
    }

    /// Forgets the picture.
    pub(crate) fn clear(&mut self) {
        self.review = None;
    }
}

/// Puts a picture into a texture, which is made when it is not there yet.
fn show(place: &mut Option<TextureHandle>, ctx: &Context, name: &str, picture: Picture) {
    match place {
        Some(texture) => texture.set(picture.0, TextureOptions::LINEAR),
        empty => *empty = Some(ctx.load_texture(name, picture.0, TextureOptions::LINEAR)),
    }
}
