//! Handle of a remote phrase: frames and the signal log in, events out, cancellable at any time.
//!
//! A frame is on the local disk when `send_frame` returns; one named thread owns the connection and sends from there, as fast as the
//! network allows. So neither a slow network nor a lost server blocks the caller or fills memory.

use super::address::ServerAddress;
use super::event::{ClientError, ClientEvent};
use super::local_copy::{LocalCopy, SignalLog};
use super::spool::Spool;
use super::spooled_phrase::{SpooledPhrase, save};
use super::stream_loop::drive;
use crate::protocol::{DEFAULT_QUALITY, Encoding};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vision::video::{Cancel, VideoError, spawn_worker};

/// Capacity of the event queue; the thread waits when it is full.
const QUEUE_EVENTS: usize = 256;

/// Announcement of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseOffer {
    /// The phrase's name.
    pub session_id: String,
    /// Nominal frames per second.
    pub fps: f64,
    /// Frame width in pixels.
    pub width: u32,
    /// Frame height in pixels.
    pub height: u32,
    /// Coding of the frames.
    pub encoding: Encoding,
    /// JPEG quality, 1 to 100; the server only records it.
    pub jpeg_quality: u8,
    /// Number of frames, if known.
    pub expected_frames: Option<u64>,
    /// Frames to send ahead, if the server allows it.
    pub window: u32,
    /// Retry policy.
    pub retries: Retries,
}

impl Default for PhraseOffer {
    /// An unnamed phrase of 30 frames per second in JPEG; half a second is sent ahead.
    fn default() -> Self {
        Self {
            session_id: String::new(),
            fps: 30.0,
            width: 0,
            height: 0,
            encoding: Encoding::default(),
            jpeg_quality: DEFAULT_QUALITY,
            expected_frames: None,
            window: 32,
            retries: Retries::default(),
        }
    }
}

/// Retry policy; the wait doubles with each attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Attempts after the first one, counted anew after every success.
    pub attempts: u32,
    /// Wait before the first retry.
    pub first_wait: Duration,
}

impl Default for Retries {
    /// Five retries within eight seconds: about as long as a referee waits.
    fn default() -> Self {
        Self { attempts: 5, first_wait: Duration::from_millis(250) }
    }
}

/// A phrase that is judged remotely. Dropping it cancels the phrase.
pub struct RemotePhrase {
    spool: Arc<Spool>,
    offer: PhraseOffer,
    is_running: Arc<AtomicBool>,
    cancelled: CancellationToken,
}

impl RemotePhrase {
    /// Connects in the background; the copy of the phrase is unnamed and removed with this process. The last event is
    /// [`ClientEvent::Judged`] or [`ClientEvent::Failed`].
    pub fn start(server: ServerAddress, offer: PhraseOffer) -> std::io::Result<(Self, mpsc::Receiver<ClientEvent>)> {
        Self::start_with(server, offer, LocalCopy::temporary()?)
    }

    /// The same with a given copy: one in a folder stays until the phrase is judged or cancelled, and a reopened one is sent from its
    /// beginning, followed by further frames.
    pub fn start_with(
        server: ServerAddress,
        offer: PhraseOffer,
        copy: LocalCopy,
    ) -> std::io::Result<(Self, mpsc::Receiver<ClientEvent>)> {
        let (outbox, events) = mpsc::sync_channel(QUEUE_EVENTS);
        let cancelled = CancellationToken::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let token = cancelled.clone();
        let (spool, is_running) = (Arc::new(Spool::new(copy)), Arc::new(AtomicBool::new(true)));
        let handle =
            Self { spool: Arc::clone(&spool), offer: offer.clone(), is_running: Arc::clone(&is_running), cancelled };
        let panicked = Arc::clone(&is_running);
        let on_panic = move || panicked.store(false, Ordering::Relaxed);
        spawn_worker("remote-phrase", on_panic, move || {
            let last = runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = token.cancelled() => ClientEvent::Failed(ClientError::Cancelled),
                    last = drive(&server, &offer, &spool, &outbox) => last,
                }
            });
            if is_over(&last) {
                spool.discard();
            }
            is_running.store(false, Ordering::Relaxed);
            let _ = outbox.send(last);
        })?;
        Ok((handle, events))
    }

    /// Adds a frame: it is stored on disk even when the phrase has failed meanwhile. Returns whether it is stored and the phrase
    /// is still running.
    ///
    /// `stamp_secs` is its capture time, on any clock in seconds.
    #[allow(clippy::needless_pass_by_value, reason = "a frame is handed over, whatever becomes of it here")]
    pub fn send_frame(&self, stamp_secs: f64, payload: Vec<u8>) -> bool {
        self.spool.push(stamp_secs, &payload) && self.is_running.load(Ordering::Relaxed)
    }

    /// Adds the signal log: no more frames follow. Returns whether it is stored and the phrase is still running.
    pub fn conclude(&self, filename: &str, log: Vec<u8>) -> bool {
        let signal = SignalLog { filename: filename.to_owned(), bytes: log };
        self.spool.push_signal(signal) && self.is_running.load(Ordering::Relaxed)
    }

    /// Writes the stored frames as a clip with its signal log into `folder`, to be judged elsewhere.
    pub fn save(&self, folder: &Path, cancel: &Cancel) -> Result<SpooledPhrase, VideoError> {
        save(&self.spool, &self.offer, folder, cancel)
    }

    /// Cancels the phrase at once.
    pub fn cancel(&self) {
        self.cancelled.cancel();
    }
}

/// Whether the copy is no longer needed.
fn is_over(last: &ClientEvent) -> bool {
    matches!(last, ClientEvent::Judged(_) | ClientEvent::Failed(ClientError::Cancelled))
}

impl Drop for RemotePhrase {
    fn drop(&mut self) {
        self.cancelled.cancel();
    }
}
