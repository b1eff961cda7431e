//! Clips in memory for the review: the loader compresses every frame on its own, with its true time; the decoder turns the
//! frame that is wanted into pixels.

use crate::effect::{Event, Pane};
use crate::model::OpenClip;
use crate::services::workers::{self, EventSender, Generation, catch_panic};
use crate::textures::FrameImage;
use fencing::Call;
use parking_lot::{Condvar, Mutex};
use recording::PhraseNotes;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::video::{Cancel, ClipInfo, ClipOptions, ClipReader, Frame, FrameSource, Reel, decode_jpeg, spawn_worker};

/// Most that one clip may take in memory: a minute of 1080p60 at full width. The machine has the models beside it, and a
/// second clip may be open.
const MOST_BYTES: usize = 1_500_000_000;
/// Compressed bytes per pixel that are reckoned with: [`Reel`] takes 0.13 for a hall (a minute of 1080p60 in a gigabyte);
/// half as much again, for noisy cameras.
const BYTES_PER_PIXEL: f64 = 0.2;
/// Width of clips that do not say how long they are.
const UNKNOWN_WIDTH: u32 = 960;
/// A phrase cannot be judged from less than this.
const LEAST_WIDTH: u32 = 320;

/// Where a clip will be shown.
pub(super) struct Place {
    /// Which of the two places.
    pub(super) pane: Pane,
    /// Who decodes its frames.
    pub(super) decoder: Arc<Decoder>,
    /// Over when another clip comes to this place.
    pub(super) generation: Generation,
}

/// Starts reading; the decoder gets the reel before the window is notified.
pub(super) fn start(path: PathBuf, place: Place, cancel: Cancel, events: &EventSender) -> Option<Event> {
    workers::start("clip-loader", events, Event::ClipFailed, move |events| {
        let loading = Loading { path: &path, place: &place, cancel: &cancel, events };
        let event = match loading.read(MOST_BYTES) {
            Ok(_) if cancel.is_cancelled() => return,
            Ok(reel) => match opened(&path, reel, &place) {
                Some(event) => event,
                None => return,
            },
            Err(text) => Event::ClipFailed(text),
        };
        events.send_if_current(&place.generation, event);
    })
}

/// Puts the clip in its place; `None` when another has come there meanwhile.
fn opened(path: &Path, reel: Reel, place: &Place) -> Option<Event> {
    let size = reel.size();
    let times = reel.times();
    place.generation.if_current(|| place.decoder.load(Arc::new(reel)))?;
    let title = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let aspect = size.width as f32 / size.height.max(1) as f32;
    let notes = PhraseNotes::read_of(path);
    let own_call = notes.own_call.as_deref().and_then(|call| call.parse::<Call>().ok());
    let weapon = notes.weapon.as_deref().and_then(|weapon| weapon.parse().ok());
    let clip = OpenClip { path: path.to_owned(), title, aspect, own_call, weapon };
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
    events: &'a EventSender,
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
                self.report_share((reel.frames().len() as f32 / expected as f32).min(1.0));
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
        if let Some(frame) = FrameImage::from_rgb(width, height, &frame.rgb) {
            self.place.generation.if_current(|| self.place.decoder.open_with(frame));
            self.report_share(0.0);
        }
    }

    fn report_share(&self, share: f32) {
        self.events.send_if_current(&self.place.generation, Event::ClipLoading(share));
    }
}

/// One named thread that decodes.
pub(crate) struct Decoder {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    reel: Option<Arc<Reel>>,
    wanted: Option<usize>,
    asked_last: Option<usize>,
    /// By how many frames the last wish lay after the one before it: the next one will probably be as far on.
    stride: i64,
    ready: Option<(usize, FrameImage)>,
    /// The frame on the screen and those a step away; nothing for a damaged frame.
    near: Vec<(usize, Option<FrameImage>)>,
    /// The first frame of a phrase that is still being read.
    opening: Option<FrameImage>,
    closed: bool,
}

impl Decoder {
    /// Starts the thread; `wake` is called when a frame is ready.
    pub(crate) fn start(name: &str, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let worker = Arc::clone(&shared);
        spawn_worker(name, || (), move || run(&worker, &wake))?;
        Ok(Self { shared })
    }

    /// Puts a phrase in place of the last one.
    pub(crate) fn load(&self, reel: Arc<Reel>) {
        *self.shared.state.lock() = State { reel: Some(reel), ..State::default() };
    }

    /// The phrase that is shown.
    pub(crate) fn reel(&self) -> Option<Arc<Reel>> {
        self.shared.state.lock().reel.clone()
    }

    /// Shows the first frame of a phrase whose others are still being read.
    pub(crate) fn open_with(&self, first: FrameImage) {
        self.shared.state.lock().opening = Some(first);
    }

    /// That frame, once.
    pub(crate) fn take_opening(&self) -> Option<FrameImage> {
        self.shared.state.lock().opening.take()
    }

    /// Wants a frame; does nothing when it was the last one wanted. One that was made ready can be taken at once.
    pub(crate) fn want(&self, index: usize) {
        let mut state = self.shared.state.lock();
        if state.asked_last == Some(index) {
            return;
        }
        state.stride = state.asked_last.map_or(1, |before| index as i64 - before as i64);
        state.asked_last = Some(index);
        state.wanted = if state.deliver(index) { None } else { Some(index) };
        self.shared.changed.notify_one();
    }

    /// The frame that became ready since the last call, and which frame it is.
    pub(crate) fn take_ready(&self) -> Option<(usize, FrameImage)> {
        self.shared.state.lock().ready.take()
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.shared.state.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

impl State {
    /// Hands out a frame that is there already, and says whether it was.
    fn deliver(&mut self, index: usize) -> bool {
        let held = self.near.iter().find(|(at, _)| *at == index).and_then(|(_, frame)| frame.clone());
        let found = held.is_some();
        self.ready = held.map(|frame| (index, frame)).or(self.ready.take());
        found
    }

    /// The frames worth having: what is on the screen, where the last step leads to, one on, one back.
    fn neighbours(&self) -> impl Iterator<Item = usize> + use<> {
        let strides = if self.stride.abs() <= FAR { [0, self.stride, 1, -1] } else { [0, 1, -1, 1] };
        let middle = self.asked_last;
        strides.into_iter().filter_map(move |stride| middle?.checked_add_signed(stride as isize))
    }

    /// The next frame to make ready while nothing is wanted.
    fn missing(&self) -> Option<usize> {
        let frames = self.reel.as_ref().map_or(0, |reel| reel.frames().len());
        self.neighbours().find(|index| *index < frames && self.near.iter().all(|(at, _)| at != index))
    }

    /// Keeps a frame; those that are no neighbours any more go.
    fn keep(&mut self, index: usize, frame: Option<FrameImage>) {
        let neighbours: Vec<_> = self.neighbours().collect();
        self.near.retain(|(at, _)| *at != index && neighbours.contains(at));
        if neighbours.contains(&index) {
            self.near.push((index, frame));
        }
    }
}

/// A wish that lies farther away than this many frames was a jump, not a step.
const FAR: i64 = 8;

/// What the thread does next.
struct Task {
    index: usize,
    reel: Arc<Reel>,
    /// Whether it was requested.
    wanted: bool,
}

fn run(shared: &Shared, wake: &dyn Fn()) {
    while let Some(task) = next_task(shared) {
        // A damaged frame shows the one before; the clip itself was read without complaint.
        let frame = catch_panic(|| decoded(&task.reel, task.index)).unwrap_or_default();
        let mut state = shared.state.lock();
        if !state.reel.as_ref().is_some_and(|now| Arc::ptr_eq(now, &task.reel)) {
            continue;
        }
        // What was only made ready may have been asked for meanwhile.
        let wanted = state.wanted.take_if(|index| *index == task.index).is_some() || task.wanted;
        if let (true, Some(frame)) = (wanted, &frame) {
            state.ready = Some((task.index, frame.clone()));
        }
        state.keep(task.index, frame);
        drop(state);
        if wanted {
            wake();
        }
    }
}

fn decoded(reel: &Reel, index: usize) -> Option<FrameImage> {
    let (size, rgb) = decode_jpeg(&reel.frames().get(index)?.jpeg).ok()?;
    FrameImage::from_rgb(size.width as usize, size.height as usize, &rgb)
}

/// Waits for a wish, or for something to make ready; `None` when the window is gone.
fn next_task(shared: &Shared) -> Option<Task> {
    let mut state = shared.state.lock();
    loop {
        if state.closed {
            return None;
        }
        let requested = state.wanted.take();
        let wanted = requested.is_some();
        if let (Some(index), Some(reel)) = (requested.or_else(|| state.missing()), state.reel.clone()) {
            return Some(Task { index, reel, wanted });
        }
        shared.changed.wait(&mut state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::workers::Generations;
    use fencing::geometry::FrameSize;

    fn demo() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo/demo-phrase.mp4")
    }

    fn place(turns: &Generations) -> Place {
        let decoder = Arc::new(Decoder::start("test-decoder", || {}).unwrap());
        Place { pane: Pane::Beside, decoder, generation: turns.next() }
    }

    #[test]
    fn the_width_is_what_fits() {
        let info = vision::video::probe(&demo()).unwrap();
        let clip = |width, height, frame_count| {
            let size = FrameSize::new(width, height);
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
        let (path, turns) = (demo(), Generations::default());
        let (events, _receiver) = EventSender::channel(Arc::new(|| ()));
        let place = place(&turns);
        let loading = Loading { path: &path, place: &place, cancel: &Cancel::new(), events: &events };
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
        let (turns, path) = (Generations::default(), demo());
        let older = place(&turns);
        let newer = Place { decoder: Arc::clone(&older.decoder), ..place(&turns) };
        assert!(opened(&path, Reel::default(), &newer).is_some());
        assert!(opened(&path, Reel::default(), &older).is_none());
    }
}

#[cfg(test)]
mod decoder_tests {
    use super::*;
    use fencing::geometry::FrameSize;
    use fencing::time::Timestamp;
    use std::time::Duration;
    use vision::video::encode_jpeg;

    fn reel(frames: usize) -> Arc<Reel> {
        let size = FrameSize::new(16, 16);
        let mut reel = Reel::default();
        for i in 0..frames {
            let jpeg = encode_jpeg(&[i as u8 * 20; 16 * 16 * 3], size).unwrap();
            reel.push_jpeg(Timestamp::from_secs(i as f64 / 50.0), size, jpeg);
        }
        Arc::new(reel)
    }

    fn until(what: &str, done: impl Fn() -> bool) {
        for _ in 0..2000 {
            if done() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("still waiting: {what}");
    }

    #[test]
    fn a_step_in_either_direction_is_there_at_once() {
        let decoder = Decoder::start("test-decoder", || {}).unwrap();
        decoder.load(reel(9));
        decoder.want(4);
        until("the picture", || decoder.shared.state.lock().ready.is_some());
        assert_eq!(decoder.take_ready().map(|(at, _)| at), Some(4));
        for (next, far) in [(5, 6), (4, 3)] {
            until("the neighbours", || decoder.shared.state.lock().missing().is_none());
            decoder.want(next);
            assert_eq!(decoder.take_ready().map(|(at, _)| at), Some(next));
            until("what comes after it", || decoder.shared.state.lock().near.iter().any(|(at, _)| *at == far));
        }
        assert!(decoder.shared.state.lock().near.len() <= 4, "only neighbours stay in memory");
    }

    #[test]
    fn a_damaged_neighbour_is_looked_at_once() {
        let decoder = Decoder::start("test-decoder", || {}).unwrap();
        let mut damaged = Reel::clone(&reel(1));
        damaged.push_jpeg(Timestamp::from_secs(1.0), FrameSize::new(16, 16), vec![1, 2, 3]);
        decoder.load(Arc::new(damaged));
        decoder.want(0);
        until("the neighbours", || decoder.shared.state.lock().missing().is_none());
        decoder.want(1);
        until("the damaged one", || decoder.shared.state.lock().wanted.is_none());
        assert_eq!(decoder.take_ready().map(|(at, _)| at), Some(0));
    }
}
