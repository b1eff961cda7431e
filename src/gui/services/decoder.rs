//! Turns the frame that is wanted into pixels, off the window's thread. Only the latest wish counts: a held key never
//! queues pictures that nobody will see.

use crate::gui::pictures::Picture;
use crate::video::{Reel, decode_jpeg};
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;

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
    ready: Option<(usize, Picture)>,
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

    /// Wants a frame; does nothing when it was the last one wanted.
    pub(crate) fn want(&self, index: usize) {
        let mut state = self.shared.state.lock();
        if state.asked_last != Some(index) {
            (state.wanted, state.asked_last) = (Some(index), Some(index));
            self.shared.changed.notify_one();
        }
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

fn run(shared: &Shared, wake: &dyn Fn()) {
    while let Some((index, reel)) = next_wish(shared) {
        // A damaged frame shows the one before; the clip itself was read without complaint.
        let Some(picture) = decoded(&reel, index) else { continue };
        let mut state = shared.state.lock();
        let current = state.reel.as_ref().is_some_and(|now| Arc::ptr_eq(now, &reel));
        if current {
            state.ready = Some((index, picture));
        }
        drop(state);
        wake();
    }
}

fn decoded(reel: &Reel, index: usize) -> Option<Picture> {
    let (size, rgb) = decode_jpeg(&reel.frames().get(index)?.jpeg).ok()?;
    Picture::from_rgb(size.width as usize, size.height as usize, &rgb)
}

/// Waits for a wish; `None` when the window is gone.
fn next_wish(shared: &Shared) -> Option<(usize, Arc<Reel>)> {
    let mut state = shared.state.lock();
    loop {
        if state.closed {
            return None;
        }
        if let (Some(index), Some(reel)) = (state.wanted.take(), state.reel.clone()) {
            return Some((index, reel));
        }
        shared.changed.wait(&mut state);
    }
}
