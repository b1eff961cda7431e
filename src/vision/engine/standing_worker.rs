//! Eyes that are always open, on a thread of their own.
//!
//! Frames and orders stand in one queue, so an order finds everything looked at that was handed in before it. The queue is
//! bounded in bytes; who hands in a frame waits for room. When a look panics the eyes are opened anew: what they had seen is
//! gone, the phrase that was begun with it, and it is counted. A frame that the models refuse costs only itself.

use super::queue::ByteQueue;
use super::{Bustle, EngineError, FrameObservation, StandingWatch};
use crate::video::Frame;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The owner's end. Dropping it returns at once; what was handed in is still worked off.
pub struct StandingWorker {
    queue: Arc<ByteQueue<Job>>,
    failures: Arc<AtomicU64>,
}

enum Job {
    Frame(Frame),
    Order(Box<dyn FnOnce(&mut StandingWatch) + Send>),
}

/// Opens eyes; called again after a failure.
type Opener = Box<dyn Fn() -> StandingWatch + Send>;

/// Told what every look showed.
type Observed = Box<dyn FnMut(FrameObservation, Bustle) + Send>;

impl StandingWorker {
    /// Starts a named thread that looks with what `open` gives, and tells `observed` what it sees.
    pub fn spawn(
        open: impl Fn() -> StandingWatch + Send + 'static,
        queue_bytes: usize,
        observed: impl FnMut(FrameObservation, Bustle) + Send + 'static,
    ) -> Result<Self, EngineError> {
        let queue = Arc::new(ByteQueue::new(queue_bytes));
        let failures = Arc::new(AtomicU64::new(0));
        let thread = Thread {
            queue: Arc::clone(&queue),
            failures: Arc::clone(&failures),
            open: Box::new(open),
            observed: Box::new(observed),
        };
        std::thread::Builder::new()
            .name("standing-watch".into())
            .spawn(move || thread.run())
            .map_err(EngineError::Thread)?;
        Ok(Self { queue, failures })
    }

    /// Hands in the next frame; waits while the queue is full. False when the thread has ended.
    pub fn push_frame(&self, frame: Frame) -> bool {
        let bytes = frame.rgb.len();
        self.queue.put(Job::Frame(frame), bytes).is_ok()
    }

    /// Does something once all frames that were handed in are looked at. False when the thread has ended.
    pub fn then(&self, order: impl FnOnce(&mut StandingWatch) + Send + 'static) -> bool {
        self.queue.put(Job::Order(Box::new(order)), 0).is_ok()
    }

    /// How often the eyes had to be opened anew; to be looked at from anywhere, orders included.
    pub fn failures(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.failures)
    }
}

impl Drop for StandingWorker {
    fn drop(&mut self) {
        self.queue.close();
    }
}

struct Thread {
    queue: Arc<ByteQueue<Job>>,
    failures: Arc<AtomicU64>,
    open: Opener,
    observed: Observed,
}

impl Thread {
    fn run(mut self) {
        let mut watch = (self.open)();
        while let Some(job) = self.queue.take() {
            if catch_unwind(AssertUnwindSafe(|| self.work(&mut watch, job))).is_err() {
                // One line for as long as it lasts: a model that fails does so thirty times a second.
                if self.failures.fetch_add(1, Ordering::Release) == 0 {
                    tracing::error!(error = %EngineError::Defect, "the eyes are opened anew");
                }
                watch = (self.open)();
            }
        }
    }

    fn work(&mut self, watch: &mut StandingWatch, job: Job) {
        match job {
            Job::Frame(frame) => {
                if let Some(observation) = watch.push_frame(&frame) {
                    (self.observed)(observation, watch.bustle());
                }
            }
            Job::Order(order) => order(watch),
        }
    }
}
