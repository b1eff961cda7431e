//! The texture of what is shown now. A decoded frame comes in from a worker, goes to the graphics card once, stays until
//! the next.

use super::effect::Pane;
use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use records::library::Entry;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The frames that panels paint.
#[derive(Default)]
pub(crate) struct Textures {
    review: Option<TextureHandle>,
    live: Option<TextureHandle>,
    beside: Option<TextureHandle>,
    thumbnails: BTreeMap<PathBuf, Thumbnail>,
    /// Counts looks at thumbnails: the smallest `used` goes first.
    looks: u64,
}

/// Thumbnails in memory at most: several screens full, about 14 MB.
const MAX_THUMBNAILS: usize = 160;

/// A thumbnail; `None` where the clip has none.
struct Thumbnail {
    texture: Option<TextureHandle>,
    used: u64,
}

/// One frame as the graphics card takes it. Made off the window's thread: for 1080p that alone costs milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct FrameImage(Arc<ColorImage>);

impl FrameImage {
    /// A frame from packed RGB rows; `None` when the bytes do not fit the size.
    pub(crate) fn from_rgb(width: usize, height: usize, rgb: &[u8]) -> Option<Self> {
        let fits = rgb.len() == width * height * 3 && !rgb.is_empty();
        fits.then(|| Self(Arc::new(ColorImage::from_rgb([width, height], rgb))))
    }
}

impl Textures {
    /// The frame under review.
    pub(crate) fn review(&self) -> Option<&TextureHandle> {
        self.review.as_ref()
    }

    /// The thumbnail of an entry.
    pub(crate) fn thumbnail(&self, path: &Path) -> Option<&TextureHandle> {
        self.thumbnails.get(path)?.texture.as_ref()
    }

    /// Notes that these are on the screen, and says which of them have no frame yet.
    pub(crate) fn missing_thumbnails(&mut self, visible: &[Arc<Entry>]) -> Vec<Arc<Entry>> {
        self.looks += 1;
        let mut missing = Vec::new();
        for entry in visible {
            match self.thumbnails.get_mut(&entry.path) {
                Some(held) => held.used = self.looks,
                None => missing.push(Arc::clone(entry)),
            }
        }
        missing
    }

    /// Keeps a thumbnail; the one that was shown longest ago goes.
    pub(crate) fn set_thumbnail(&mut self, ctx: &Context, path: PathBuf, image: Option<FrameImage>) {
        let texture = image.map(|image| ctx.load_texture("thumbnail", image.0, TextureOptions::LINEAR));
        self.thumbnails.insert(path, Thumbnail { texture, used: self.looks });
        while self.thumbnails.len() > MAX_THUMBNAILS {
            let oldest = self.thumbnails.iter().min_by_key(|(_, held)| held.used).map(|(path, _)| path.clone());
            oldest.and_then(|path| self.thumbnails.remove(&path));
        }
    }

    /// Clips without a frame are tried again: they may have been half copied.
    pub(crate) fn retry_thumbnails(&mut self) {
        self.thumbnails.retain(|_, held| held.texture.is_some());
    }

    /// Shows a frame.
    pub(crate) fn set(&mut self, ctx: &Context, pane: Pane, image: FrameImage) {
        match pane {
            Pane::First => show(&mut self.review, ctx, "review", image),
            Pane::Beside => show(&mut self.beside, ctx, "beside", image),
        }
    }

    /// The frame beside it.
    pub(crate) fn beside(&self) -> Option<&TextureHandle> {
        self.beside.as_ref()
    }

    /// What the camera sees.
    pub(crate) fn live(&self) -> Option<&TextureHandle> {
        self.live.as_ref()
    }

    /// Shows what the camera sees.
    pub(crate) fn set_live(&mut self, ctx: &Context, image: FrameImage) {
        show(&mut self.live, ctx, "live", image);
    }

    /// Forgets the frame.
    pub(crate) fn clear(&mut self, pane: Pane) {
        match pane {
            Pane::First => self.review = None,
            Pane::Beside => self.beside = None,
        }
    }
}

/// Puts a frame into a texture, which is made when it is not there yet.
fn show(place: &mut Option<TextureHandle>, ctx: &Context, name: &str, image: FrameImage) {
    match place {
        Some(texture) => texture.set(image.0, TextureOptions::LINEAR),
        empty => *empty = Some(ctx.load_texture(name, image.0, TextureOptions::LINEAR)),
    }
}
