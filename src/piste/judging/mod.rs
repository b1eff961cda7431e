//! Who judges a phrase: this machine while it is fenced, a server, or this machine from the recording.
//!
//! Each runs on a named thread of its own, is fed through a bounded queue that holds pictures in the camera's coding, and
//! answers with [`Word`]s. Dropping a [`LiveJudge`] calls it off and returns at once.

mod here;
mod opinion;
mod pace;
mod recording;
mod server;

pub(super) use here::{Latest, Watching, watch_here};
pub(super) use opinion::{Opinion, Thoroughness};
pub(super) use recording::{FromRecording, judge_recording};
pub(super) use server::{Sending, watch_there};

use crate::analysis::LiveSignals;
use crate::camera::Captured;
use crate::recording::SignalLogMeta;
use crossbeam_channel::{Receiver, Sender};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Pictures that may wait for a judge: a minute of 60 per second. Their bytes are shared with the recorder's memory.
const WAITING: usize = 3600;

/// What a judge has to say about a phrase.
#[derive(Debug)]
pub(super) struct Word {
    /// Which phrase.
    pub(super) phrase: u64,
    /// What.
    pub(super) said: Said,
}

/// What a judge can say.
#[derive(Debug)]
pub(super) enum Said {
    /// What is being done, and how far it is.
    Stage { key: &'static str, share: f32 },
    /// The verdict.
    Judged(Box<Opinion>),
    /// The phrase could not be watched while it was fenced; it can be judged from the recording.
    Unwatched(String),
    /// There is no verdict.
    Failed(String),
}

/// Where a judge's words go. Progress is lost rather than waited with; the last word is not.
#[derive(Clone)]
pub(super) struct Mouth {
    pub(super) phrase: u64,
    pub(super) words: Sender<Word>,
}

impl Mouth {
    fn stage(&self, key: &'static str, share: f32) {
        let _full = self.words.try_send(Word { phrase: self.phrase, said: Said::Stage { key, share } });
    }

    fn last(&self, said: Said) {
        let _gone = self.words.send(Word { phrase: self.phrase, said });
    }
}

/// What a judge is fed with.
enum Feed {
    Picture(Captured),
    Conclude(Box<Conclusion>),
}

/// The end of a phrase, on its clip's clock.
#[derive(Clone, Debug)]
pub(super) struct Conclusion {
    pub(super) signals: LiveSignals,
    pub(super) meta: SignalLogMeta,
}

/// What the desk and a judge's thread both see.
#[derive(Debug, Default)]
struct Count {
    fed: AtomicU64,
    done: AtomicU64,
    called_off: AtomicBool,
}

/// A judge at work on the running phrase.
pub(super) struct LiveJudge {
    feed: Sender<Feed>,
    count: Arc<Count>,
}

/// The judge's end of the queue.
struct Intake {
    feed: Receiver<Feed>,
    count: Arc<Count>,
}

impl LiveJudge {
    /// Starts a judge on a thread of its own; what it returns is its last word, `None` when the phrase was called off.
    fn start(
        name: &str,
        mouth: Mouth,
        work: impl FnOnce(&Intake, &Mouth) -> Option<Said> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (feed, taken) = crossbeam_channel::bounded(WAITING);
        let count = Arc::new(Count::default());
        let intake = Intake { feed: taken, count: Arc::clone(&count) };
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            if let Some(said) = work(&intake, &mouth) {
                mouth.last(said);
            }
        })?;
        Ok(Self { feed, count })
    }

    /// A picture of the phrase, in order of time. What does not fit is skipped and counted as fed.
    pub(super) fn picture(&self, picture: &Captured) {
        self.count.fed.fetch_add(1, Ordering::Relaxed);
        let _full_or_gone = self.feed.try_send(Feed::Picture(picture.clone()));
    }

    /// No more pictures: the verdict is wanted.
    pub(super) fn conclude(&self, conclusion: Conclusion) {
        // Full only when a minute of pictures waits; then room comes as they are taken.
        let _gone = self.feed.send_timeout(Feed::Conclude(Box::new(conclusion)), std::time::Duration::from_millis(200));
    }

    /// Share of the pictures that were taken so far, 0..1.
    pub(super) fn share(&self) -> f32 {
        let fed = self.count.fed.load(Ordering::Relaxed).max(1);
        (self.count.done.load(Ordering::Relaxed) as f32 / fed as f32).min(1.0)
    }
}

impl Drop for LiveJudge {
    fn drop(&mut self) {
        self.count.called_off.store(true, Ordering::Release);
    }
}

impl Intake {
    fn is_called_off(&self) -> bool {
        self.count.called_off.load(Ordering::Acquire)
    }

    /// The next item; `None` once the phrase was called off.
    fn next(&self) -> Option<Feed> {
        let item = self.feed.recv().ok()?;
        if self.is_called_off() {
            return None;
        }
        if matches!(item, Feed::Picture(_)) {
            self.count.done.fetch_add(1, Ordering::Relaxed);
        }
        Some(item)
    }

    /// Pictures that did not fit into the queue.
    fn lost(&self) -> u64 {
        self.count.fed.load(Ordering::Relaxed).saturating_sub(self.count.done.load(Ordering::Relaxed))
    }
}
