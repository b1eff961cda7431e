//! Named worker threads with panic handling: a panic is logged and reported to those who wait for the worker.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

/// Starts a named thread. When `work` panics, the panic is logged and `on_panic` runs on the same thread, after everything that
/// `work` owned is dropped: it sets the shared state to one that can be left, and reports the failure.
///
/// # Errors
/// When the system has no thread left.
pub fn spawn_worker(
    name: &str,
    on_panic: impl FnOnce() + Send + 'static,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let label = name.to_owned();
    Builder::new().name(name.to_owned()).spawn(move || {
        if guarded(&label, work).is_none() {
            // A handler that panics as well cannot report anything; the log contains both.
            let _logged = guarded(&label, on_panic);
        }
    })
}

/// Runs one step of a worker that continues after a panic; `None` when it panicked, which is logged with `label`. Do not use the
/// data of that step any further.
pub fn guarded<T>(label: &str, step: impl FnOnce() -> T) -> Option<T> {
    catch_panic(label, step).ok()
}

/// The same for a caller that reports the panic.
///
/// # Errors
/// The message of the panic.
pub fn catch_panic<T>(label: &str, step: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|panic| {
        let text = panic_text(panic.as_ref());
        tracing::error!(worker = label, panic = text, "a worker panicked");
        text.to_owned()
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_reported_once_the_worker_let_go_of_what_it_owned() {
        for (panics, expected) in [(true, vec!["owned", "told"]), (false, vec!["owned"])] {
            struct Owned(std::sync::mpsc::SyncSender<&'static str>);
            impl Drop for Owned {
                fn drop(&mut self) {
                    let _gone = self.0.send("owned");
                }
            }
            let (sender, received) = std::sync::mpsc::sync_channel(2);
            let (owned, told) = (Owned(sender.clone()), sender);
            let thread = spawn_worker(
                "test-worker",
                move || {
                    let _gone = told.send("told");
                },
                move || {
                    let _owned = owned;
                    assert!(!panics, "as asked");
                },
            );
            thread.unwrap().join().unwrap();
            assert_eq!(received.iter().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_step_that_panics_leaves_the_worker_running() {
        assert_eq!(guarded("test", || 7), Some(7));
        assert_eq!(guarded("test", || -> u8 { panic!("oh no") }), None);
        assert_eq!(catch_panic("test", || -> u8 { panic!("fixed") }), Err("fixed".to_owned()));
        assert_eq!(catch_panic("test", || -> u8 { panic!("{} {}", "made", 1) }), Err("made 1".to_owned()));
    }
}
