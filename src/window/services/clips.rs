//! Reads a clip into memory for the review: every frame compressed on its own, with its true time.

use super::decoder::Decoder;
use super::turn::Turn;
use super::{Outlet, spawn};
use crate::effect::Pane;
use crate::event::Event;
use crate::model::OpenClip;
use crate::pictures::Picture;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::video::{Cancel, ClipInfo, ClipOptions, ClipReader, Frame, FrameSource, Reel};

/// Most that one clip may take in memory: a minute of 1080p60 at full width. The machine has the models beside it, and a
/// second clip may be open.
const MOST_BYTES: usize = 1_500_000_000;
/// Compressed bytes per pixel that are reckoned with: [`Reel`] takes 0.13 for a hall (a minute of 1080p60 in a gigabyte);
/// half as much again, for noisy cameras.
const BYTES_PER_PIXEL: f64 = 0.2;
/// Width of clips that do not say how long they are.
const UNKNOWN_WIDTH: u32 = 960;
/// Nobody judges a phrase from less than this.
const LEAST_WIDTH: u32 = 320;

/// Where a clip will be shown.
pub(super) struct Place {
    /// Which of the two places.
    pub(super) pane: Pane,
    /// Who decodes its pictures.
    pub(super) decoder: Arc<Decoder>,
    /// Over when another clip comes to this place.
    pub(super) turn: Turn,
}

/// Starts reading; the decoder gets the reel before the window hears of it.
pub(super) fn start(path: PathBuf, place: Place, cancel: Cancel, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("clip-loader", outlet, move || {
        let loading = Loading { path: &path, place: &place, cancel: &cancel, outlet: &teller };
        let event = match loading.read(MOST_BYTES) {
            Ok(_) if cancel.is_cancelled() => return,
            Ok(reel) => match opened(&path, reel, &place) {
                Some(event) => event,
                None => return,
            },
            Err(text) => Event::ClipFailed(text),
        };
        teller.send_in(&place.turn, event);
    });
}

/// Puts the clip in its place; `None` when another has come there meanwhile.
fn opened(path: &Path, reel: Reel, place: &Place) -> Option<Event> {
    let size = reel.size();
    let times = reel.times();
    place.turn.act(|| place.decoder.load(Arc::new(reel)))?;
    let title = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let aspect = size.width as f32 / size.height.max(1) as f32;
    let clip = OpenClip { path: path.to_owned(), title, aspect };
    Some(match place.pane {
        Pane::First => Event::ClipOpened { clip, times },
        Pane::Beside => Event::BesideOpened { clip, times },
    })
}

/// The width at which all frames of a clip should fit into `most` bytes.
fn kept_width(info: &ClipInfo, most: usize) -> u32 {
    let by_rate = || Some((info.duration_secs? * info.frames_per_sec?).round() as u64);
    let Some(frames) = info.frame_count.or_else(by_rate) else { return info.size.width.min(UNKNOWN_WIDTH) };
    let pixels = frames as f64 * f64::from(info.size.width) * f64::from(info.size.height);
    let share = (most as f64 / (pixels * BYTES_PER_PIXEL)).sqrt();
    let width = f64::from(info.size.width) * share.min(1.0);
    (width as u32).max(LEAST_WIDTH).min(info.size.width)
}

/// One clip on its way into memory.
struct Loading<'a> {
    path: &'a Path,
    place: &'a Place,
    cancel: &'a Cancel,
    outlet: &'a Outlet,
}

impl Loading<'_> {
    /// The whole clip in at most `most` bytes. One that takes more than was reckoned with is read again, smaller.
    fn read(&self, most: usize) -> Result<Reel, String> {
        let info = vision::video::probe(self.path).map_err(|e| e.to_string())?;
        let mut width = kept_width(&info, most);
        loop {
            match self.read_at(width, &info, most)? {
                Some(reel) => return Ok(reel),
                None if width > LEAST_WIDTH => width = (width / 2).max(LEAST_WIDTH),
                None => {
                    let path = self.path.display();
                    return Err(format!("it is too long to be kept in memory; cut the phrase out of it: {path}"));
                }
            }
        }
    }

    /// The clip at this width; `None` when that does not fit.
    fn read_at(&self, max_width: u32, info: &ClipInfo, most: usize) -> Result<Option<Reel>, String> {
        let options = ClipOptions { max_width, ..ClipOptions::default() };
        let mut reader = ClipReader::open_probed(info.clone(), &options, self.cancel).map_err(|e| e.to_string())?;
        let expected = reader.expected_frames().unwrap_or(1).max(1);
        let mut reel = Reel::default();
        while let Some(frame) = reader.next_frame().map_err(|e| e.to_string())? {
            if reel.frames().is_empty() && self.place.pane == Pane::First {
                self.show_first(&frame);
            }
            reel.push(&frame).map_err(|e| e.to_string())?;
            if reel.bytes() > most {
                return Ok(None);
            }
            // The second clip comes in quietly: the first one is on the screen already.
            if self.place.pane == Pane::First && reel.frames().len().is_multiple_of(15) {
                self.tell_share((reel.frames().len() as f32 / expected as f32).min(1.0));
            }
        }
        if reel.frames().is_empty() {
            return Err(format!("it has no picture that could be shown: {}", self.path.display()));
        }
        Ok(Some(reel))
    }

    /// Something to look at while the rest is read.
    fn show_first(&self, frame: &Frame) {
        let (width, height) = (frame.size.width as usize, frame.size.height as usize);
        if let Some(picture) = Picture::from_rgb(width, height, &frame.rgb) {
            self.place.turn.act(|| self.place.decoder.open_with(picture));
            self.tell_share(0.0);
        }
    }

    fn tell_share(&self, share: f32) {
        self.outlet.send_in(&self.place.turn, Event::ClipLoading(share));
    }
}

#[cfg(test)]
mod tests {
    use super::super::turn::Turns;
    use super::*;
    use fencing::geometry::PictureSize;

    fn demo() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo/demo-phrase.mp4")
    }

    fn place(turns: &Turns) -> Place {
        let decoder = Arc::new(Decoder::start("test-decoder", || {}).unwrap());
        Place { pane: Pane::Beside, decoder, turn: turns.next() }
    }

    #[test]
    fn the_width_is_what_fits() {
        let info = vision::video::probe(&demo()).unwrap();
        let clip = |width, height, frame_count| {
            let size = PictureSize::new(width, height);
            kept_width(&ClipInfo { size, frame_count, duration_secs: None, ..info.clone() }, MOST_BYTES)
        };
        assert_eq!(clip(1920, 1080, Some(3_600)), 1920, "a minute of 1080p60");
        assert_eq!(clip(3840, 2160, Some(500)), 3840, "eight seconds of 4K60");
        assert!((1850..=1930).contains(&clip(3840, 2160, Some(3_600))), "a minute of 4K60");
        assert_eq!(clip(3840, 2160, Some(u64::MAX)), LEAST_WIDTH);
        assert_eq!((clip(3840, 2160, None), clip(200, 100, Some(u64::MAX))), (UNKNOWN_WIDTH, 200));
    }

    #[test]
    fn a_clip_that_takes_more_than_was_reckoned_with_is_kept_smaller() {
        let (path, turns) = (demo(), Turns::default());
        let (outlet, _inbox) = Outlet::of_this_thread(Arc::new(|| ()));
        let place = place(&turns);
        let loading = Loading { path: &path, place: &place, cancel: &Cancel::new(), outlet: &outlet };
        let info = vision::video::probe(&path).unwrap();
        let small = loading.read_at(LEAST_WIDTH, &info, usize::MAX).unwrap().unwrap();
        let most = small.bytes() * 2;
        assert_eq!(loading.read_at(info.size.width, &info, most).unwrap().map(|reel| reel.bytes()), None);
        let kept = loading.read(most).unwrap();
        assert!(kept.bytes() <= most && kept.frames().len() == small.frames().len());
        assert!(loading.read(small.bytes() / 4).unwrap_err().contains("too long"));
    }

    #[test]
    fn a_clip_that_was_slower_than_the_next_one_does_not_take_its_place() {
        let (turns, path) = (Turns::default(), demo());
        let older = place(&turns);
        let newer = Place { decoder: Arc::clone(&older.decoder), ..place(&turns) };
        assert!(opened(&path, Reel::default(), &newer).is_some());
        assert!(opened(&path, Reel::default(), &older).is_none());
    }
}
