//! A small file that follows what is in memory: written in the background, the newest last, many quick changes as one write;
//! a window that closes waits for it.

use super::{Outlet, spawn};
use crate::event::Event;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::time::Instant;

/// What is to be in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct NewestFile<T> {
    shared: Arc<Shared<T>>,
}

#[derive(Debug, Default)]
struct Shared<T> {
    state: Mutex<State<T>>,
    idle: Condvar,
}

#[derive(Debug, Default)]
struct State<T> {
    waiting: Option<T>,
    writing: bool,
}

/// The one thread that writes. However it ends, another may follow.
struct Writer<T> {
    shared: Arc<Shared<T>>,
    at_work: bool,
}

impl<T: Send + 'static> NewestFile<T> {
    /// Has it written by `write` on a thread called `name`; what is wrong is told.
    pub(super) fn save(
        &self,
        name: &str,
        newest: T,
        outlet: &Outlet,
        write: impl Fn(&T) -> Result<(), String> + Send + 'static,
    ) {
        let mut state = self.shared.state.lock();
        state.waiting = Some(newest);
        if std::mem::replace(&mut state.writing, true) {
            return;
        }
        drop(state);
        let mut writer = Writer { shared: Arc::clone(&self.shared), at_work: true };
        let teller = outlet.clone();
        spawn(name, outlet, move || {
            while let Some(newest) = writer.next() {
                if let Err(text) = write(&newest) {
                    teller.send(Event::Trouble(text));
                }
            }
        });
    }

    /// Waits until everything is written, or until `deadline`; whether it is.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        let mut state = self.shared.state.lock();
        let _timeout = self.shared.idle.wait_while_until(&mut state, |state| state.writing, deadline);
        !state.writing && state.waiting.is_none()
    }
}

impl<T> Writer<T> {
    /// What is to be written now; the writer ends when there is nothing.
    fn next(&mut self) -> Option<T> {
        let mut state = self.shared.state.lock();
        let newest = state.waiting.take();
        if newest.is_none() {
            self.at_work = false;
            state.writing = false;
            self.shared.idle.notify_all();
        }
        newest
    }
}

impl<T> Drop for Writer<T> {
    fn drop(&mut self) {
        if self.at_work {
            self.shared.state.lock().writing = false;
            self.shared.idle.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    #[test]
    fn a_window_that_closes_waits_for_the_last_change() {
        let (outlet, _inbox) = Outlet::of_this_thread(Arc::new(|| ()));
        let file = NewestFile::default();
        let written = Arc::new(Mutex::new(Vec::new()));
        let (go, gate) = crossbeam_channel::bounded::<()>(8);
        let kept = Arc::clone(&written);
        let write = move |value: &u32| {
            gate.recv().map_err(|e| e.to_string())?;
            kept.lock().push(*value);
            Ok(())
        };
        file.save("test-writer", 1, &outlet, write);
        assert!(!file.finish(Instant::now()), "a disk that hangs is not waited for");
        file.save("test-writer", 2, &outlet, |_| unreachable!("the first writer takes it"));
        (0..4).for_each(|_| go.send(()).unwrap());
        assert!(file.finish(soon()));
        assert_eq!(written.lock().last(), Some(&2));
    }

    #[test]
    fn a_writer_that_died_is_followed_by_another() {
        let (outlet, _inbox) = Outlet::of_this_thread(Arc::new(|| ()));
        let file = NewestFile::default();
        file.save("test-writer", 1, &outlet, |_: &u32| panic!("on purpose"));
        assert!(file.finish(soon()));
        let (tell, told) = crossbeam_channel::bounded(1);
        file.save("test-writer", 2, &outlet, move |value| tell.send(*value).map_err(|e| e.to_string()));
        assert_eq!(told.recv_timeout(Duration::from_secs(30)), Ok(2));
    }
}
