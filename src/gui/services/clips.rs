//! Reads a clip into memory for the review: every frame compressed on its own, with its true time.

use super::decoder::Decoder;
use super::{Outlet, spawn};
use crate::gui::effect::Pane;
use crate::gui::event::Event;
use crate::gui::model::OpenClip;
use crate::gui::pictures::Picture;
use crate::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource, Reel};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Up to this length a clip is kept at full width; longer ones are scaled down so that memory stays bounded.
const FULL_SIZE_SECS: f64 = 60.0;
/// Width of long clips in memory.
const LONG_CLIP_WIDTH: u32 = 960;

/// Where a clip will be shown.
pub(super) struct Place {
    /// Which of the two places.
    pub(super) pane: Pane,
    /// Who decodes its pictures.
    pub(super) decoder: Arc<Decoder>,
}

/// Starts reading; the decoder gets the reel before the window hears of it.
pub(super) fn start(path: PathBuf, place: Place, cancel: Cancel, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("clip-loader", outlet, move || {
        let event = match read(&path, &place, &cancel, &teller) {
            Ok(_) if cancel.is_cancelled() => return,
            Ok(reel) => opened(&path, reel, &place),
            Err(text) => Event::ClipFailed(text),
        };
        teller.send(event);
    });
}

fn opened(path: &Path, reel: Reel, place: &Place) -> Event {
    let size = reel.size();
    let times = reel.times();
    place.decoder.load(Arc::new(reel));
    let title = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let aspect = size.width as f32 / size.height.max(1) as f32;
    let clip = OpenClip { path: path.to_owned(), title, aspect };
    match place.pane {
        Pane::First => Event::ClipOpened { clip, times },
        Pane::Beside => Event::BesideOpened { clip, times },
    }
}

fn read(path: &Path, place: &Place, cancel: &Cancel, outlet: &Outlet) -> Result<Reel, String> {
    let info = crate::video::probe(path).map_err(|e| e.to_string())?;
    let long = info.duration_secs.is_none_or(|d| d > FULL_SIZE_SECS);
    let max_width = if long { LONG_CLIP_WIDTH } else { info.size.width };
    let options = ClipOptions { max_width, ..ClipOptions::default() };
    let mut reader = ClipReader::open_probed(info, &options, cancel).map_err(|e| e.to_string())?;
    let expected = reader.expected_frames().unwrap_or(1).max(1);
    let mut reel = Reel::default();
    while let Some(frame) = reader.next_frame().map_err(|e| e.to_string())? {
        if reel.frames().is_empty() && place.pane == Pane::First {
            show_first(&frame, place, outlet);
        }
        reel.push(&frame).map_err(|e| e.to_string())?;
        // The second clip comes in quietly: the first one is on the screen already.
        if place.pane == Pane::First && reel.frames().len().is_multiple_of(15) {
            outlet.send(Event::ClipLoading((reel.frames().len() as f32 / expected as f32).min(1.0)));
        }
    }
    if reel.frames().is_empty() {
        Err(format!("it has no picture that could be shown: {}", path.display()))
    } else {
        Ok(reel)
    }
}

/// Something to look at while the rest is read.
fn show_first(frame: &Frame, place: &Place, outlet: &Outlet) {
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    if let Some(picture) = Picture::from_rgb(width, height, &frame.rgb) {
        place.decoder.open_with(picture);
        outlet.send(Event::ClipLoading(0.0));
    }
}
