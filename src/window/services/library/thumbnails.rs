//! Small pictures of what is on the screen, made one after the other off the window's thread. Only the newest wish counts:
//! rows that were scrolled past are never opened.

use super::super::Outlet;
use crate::event::{Event, LibraryEvent};
use crate::pictures::Picture;
use parking_lot::{Condvar, Mutex};
use records::library::{Entry, Probed, ThumbnailStore, look_at};
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::Cancel;

/// One named thread that opens clips.
pub(in crate::services) struct Thumbnailer {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    stopped: Cancel,
}

#[derive(Default)]
struct State {
    wanted: Vec<Arc<Entry>>,
    making: Option<PathBuf>,
    ready: Vec<(PathBuf, Option<Picture>)>,
}

impl Thumbnailer {
    /// Starts the thread; pictures are kept between runs in `folder`.
    pub(in crate::services) fn start(folder: Option<PathBuf>, outlet: &Outlet) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (worker, teller) = (Arc::clone(&shared), outlet.clone());
        let work = move || run(&worker, ThumbnailStore::new(folder), &teller);
        std::thread::Builder::new().name("library-pictures".into()).spawn(work)?;
        Ok(Self { shared })
    }

    /// Wants these, the most wanted first, and nothing else.
    pub(in crate::services) fn want(&self, mut wanted: Vec<Arc<Entry>>) {
        let mut state = self.shared.state.lock();
        let done = |path: &PathBuf| state.making.as_ref() == Some(path) || state.ready.iter().any(|(p, _)| p == path);
        wanted.retain(|entry| !done(&entry.path));
        state.wanted = wanted;
        if !state.wanted.is_empty() {
            self.shared.changed.notify_one();
        }
    }

    /// Pictures that became ready since the last call; `None` where a clip has none.
    pub(in crate::services) fn take_ready(&self) -> Vec<(PathBuf, Option<Picture>)> {
        std::mem::take(&mut self.shared.state.lock().ready)
    }
}

impl Drop for Thumbnailer {
    fn drop(&mut self) {
        self.shared.stopped.cancel();
        // Under the lock, so that the worker cannot miss it between its look and its wait.
        let _held = self.shared.state.lock();
        self.shared.changed.notify_one();
    }
}

fn run(shared: &Shared, mut store: ThumbnailStore, outlet: &Outlet) {
    while let Some(entry) = next(shared) {
        let seen = look_at(&entry, &mut store, &shared.stopped);
        if shared.stopped.is_cancelled() {
            return;
        }
        let picture = seen
            .picture
            .as_ref()
            .and_then(|(size, rgb)| Picture::from_rgb(size.width as usize, size.height as usize, rgb));
        let mut state = shared.state.lock();
        state.making = None;
        state.ready.push((entry.path.clone(), picture));
        drop(state);
        let probed = Probed { picture: None, ..seen };
        outlet.send(Event::Library(LibraryEvent::Probed { path: entry.path.clone(), probed }));
    }
}

/// Waits for a wish; `None` when the window is gone.
fn next(shared: &Shared) -> Option<Arc<Entry>> {
    let mut state = shared.state.lock();
    loop {
        if shared.stopped.is_cancelled() {
            return None;
        }
        if !state.wanted.is_empty() {
            let entry = state.wanted.remove(0);
            state.making = Some(entry.path.clone());
            return Some(entry);
        }
        shared.changed.wait(&mut state);
    }
}
