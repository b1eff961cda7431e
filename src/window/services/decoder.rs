//! Turns the frame that is wanted into pixels, off the window's thread. Only the latest wish counts: a held key never
//! queues pictures that nobody will see. With no wish open, the frames a step away are made ready: the next key shows
//! its picture at once, in either direction.

use crate::pictures::Picture;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use vision::video::{Reel, decode_jpeg};

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
    ready: Option<(usize, Picture)>,
    /// The picture on the screen and those a step away; nothing for a damaged frame.
    near: Vec<(usize, Option<Picture>)>,
    /// The first picture of a phrase that is still being read.
    opening: Option<Picture>,
    closed: bool,
}

impl Decoder {
    /// Starts the thread; `wake` is called when a picture is ready.
    pub(crate) fn start(name: &str, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let worker = Arc::clone(&shared);
        std::thread::Builder::new().name(name.to_owned()).spawn(move || run(&worker, &wake))?;
        Ok(Self { shared })
    }

    /// Puts a phrase in place of the last one.
    pub(crate) fn load(&self, reel: Arc<Reel>) {
        *self.shared.state.lock() = State { reel: Some(reel), ..State::default() };
    }

    /// Shows the first picture of a phrase whose others are still being read.
    pub(crate) fn open_with(&self, first: Picture) {
        self.shared.state.lock().opening = Some(first);
    }

    /// That picture, once.
    pub(crate) fn take_opening(&self) -> Option<Picture> {
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

    /// The picture that became ready since the last call, and which frame it is.
    pub(crate) fn take_ready(&self) -> Option<(usize, Picture)> {
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
    /// Hands out a picture that is there already, and says whether it was.
    fn deliver(&mut self, index: usize) -> bool {
        let held = self.near.iter().find(|(at, _)| *at == index).and_then(|(_, picture)| picture.clone());
        let found = held.is_some();
        self.ready = held.map(|picture| (index, picture)).or(self.ready.take());
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

    /// Keeps a picture; those that are no neighbours any more go.
    fn keep(&mut self, index: usize, picture: Option<Picture>) {
        let neighbours: Vec<_> = self.neighbours().collect();
        self.near.retain(|(at, _)| *at != index && neighbours.contains(at));
        if neighbours.contains(&index) {
            self.near.push((index, picture));
        }
    }
}

/// A wish that lies farther away than this many frames was a jump, not a step.
const FAR: i64 = 8;

/// What the thread does next.
struct Task {
    index: usize,
    reel: Arc<Reel>,
    /// Whether somebody waits for it.
    wanted: bool,
}

fn run(shared: &Shared, wake: &dyn Fn()) {
    while let Some(task) = next_task(shared) {
        // A damaged frame shows the one before; the clip itself was read without complaint.
        let picture = decoded(&task.reel, task.index);
        let mut state = shared.state.lock();
        if !state.reel.as_ref().is_some_and(|now| Arc::ptr_eq(now, &task.reel)) {
            continue;
        }
        // What was only made ready may have been asked for meanwhile.
        let wanted = state.wanted.take_if(|index| *index == task.index).is_some() || task.wanted;
        if let (true, Some(picture)) = (wanted, &picture) {
            state.ready = Some((task.index, picture.clone()));
        }
        state.keep(task.index, picture);
        drop(state);
        if wanted {
            wake();
        }
    }
}

fn decoded(reel: &Reel, index: usize) -> Option<Picture> {
    let (size, rgb) = decode_jpeg(&reel.frames().get(index)?.jpeg).ok()?;
    Picture::from_rgb(size.width as usize, size.height as usize, &rgb)
}

/// Waits for a wish, or for something to make ready; `None` when the window is gone.
fn next_task(shared: &Shared) -> Option<Task> {
    let mut state = shared.state.lock();
    loop {
        if state.closed {
            return None;
        }
        let wish = state.wanted.take();
        let wanted = wish.is_some();
        if let (Some(index), Some(reel)) = (wish.or_else(|| state.missing()), state.reel.clone()) {
            return Some(Task { index, reel, wanted });
        }
        shared.changed.wait(&mut state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::geometry::PictureSize;
    use fencing::time::Timestamp;
    use std::time::Duration;
    use vision::video::encode_jpeg;

    fn reel(frames: usize) -> Arc<Reel> {
        let size = PictureSize::new(16, 16);
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
        damaged.push_jpeg(Timestamp::from_secs(1.0), PictureSize::new(16, 16), vec![1, 2, 3]);
        decoder.load(Arc::new(damaged));
        decoder.want(0);
        until("the neighbours", || decoder.shared.state.lock().missing().is_none());
        decoder.want(1);
        until("the damaged one", || decoder.shared.state.lock().wanted.is_none());
        assert_eq!(decoder.take_ready().map(|(at, _)| at), Some(0));
    }
}
