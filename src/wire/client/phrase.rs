//! The handle of a remote phrase: frames and the signal log in, events out, cancel at any moment.
//!
//! A frame is on this machine's disk when handing it over returns; one named thread owns the connection and sends from
//! there, as fast as the network takes it. So neither a slow network nor a lost server holds the caller up or fills memory.

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
use vision::video::{Cancel, VideoError};

/// Events that may wait for the caller; the thread waits beyond.
const QUEUE_EVENTS: usize = 256;

/// What is announced of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseOffer {
    /// The phrase's name.
    pub session_id: String,
    /// Nominal frames per second.
    pub fps: f64,
    /// Width of the pictures in pixels.
    pub width: u32,
    /// Height of the pictures in pixels.
    pub height: u32,
    /// How the frames are packed.
    pub encoding: Encoding,
    /// Quality that JPEG frames are packed with, 1 to 100: announced, and of no other use.
    pub jpeg_quality: u8,
    /// How many frames will come, where that is known.
    pub expected_frames: Option<u64>,
    /// Frames to send ahead where the server allows it.
    pub window: u32,
    /// How persistent to be.
    pub retries: Retries,
}

impl Default for PhraseOffer {
    /// A phrase without a name of 30 pictures per second, packed as JPEG; half a second is sent ahead.
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

/// How often to try again, and how long to wait first; the wait doubles each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Attempts after the first one, counted anew after every success.
    pub attempts: u32,
    /// Wait before the first of them.
    pub first_wait: Duration,
}

impl Default for Retries {
    /// Five more attempts within eight seconds: about as long as a referee waits.
    fn default() -> Self {
        Self { attempts: 5, first_wait: Duration::from_millis(250) }
    }
}

/// A phrase on its way to a remote judge. Dropping it calls the phrase off.
pub struct RemotePhrase {
    spool: Arc<Spool>,
    offer: PhraseOffer,
    is_running: Arc<AtomicBool>,
    cancelled: CancellationToken,
}

impl RemotePhrase {
    /// Connects in the background; the copy of the phrase has no name and goes with this program. Events end with
    /// [`ClientEvent::Judged`] or [`ClientEvent::Failed`].
    pub fn start(server: ServerAddress, offer: PhraseOffer) -> std::io::Result<(Self, mpsc::Receiver<ClientEvent>)> {
        Self::start_with(server, offer, LocalCopy::nameless()?)
    }

    /// The same with a copy of the caller's choice: one in a folder stays until the phrase is judged or called off, and
    /// one that was reopened is sent from its beginning, further frames after it.
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
        std::thread::Builder::new().name("remote-phrase".to_owned()).spawn(move || {
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

    /// Hands over a frame: it is kept on disk, even when the phrase has failed meanwhile. Returns whether it is kept and
    /// the phrase is still running.
    ///
    /// `stamp_secs` is when it was taken, on any clock in seconds.
    #[allow(clippy::needless_pass_by_value, reason = "a frame is handed over, whatever becomes of it here")]
    pub fn send_frame(&self, stamp_secs: f64, payload: Vec<u8>) -> bool {
        self.spool.push(stamp_secs, &payload) && self.is_running.load(Ordering::Relaxed)
    }

    /// Hands over the signal log: no more frames follow. Returns whether it is kept and the phrase is still running.
    pub fn conclude(&self, filename: &str, log: Vec<u8>) -> bool {
        let signal = SignalLog { filename: filename.to_owned(), bytes: log };
        self.spool.push_signal(signal) && self.is_running.load(Ordering::Relaxed)
    }

    /// Writes what is kept as a clip with its signal log into `folder`: to judge it elsewhere.
    pub fn save(&self, folder: &Path, cancel: &Cancel) -> Result<SpooledPhrase, VideoError> {
        save(&self.spool, &self.offer, folder, cancel)
    }

    /// Calls the phrase off at once.
    pub fn cancel(&self) {
        self.cancelled.cancel();
    }
}

/// Whether nobody needs the copy any more.
fn is_over(last: &ClientEvent) -> bool {
    matches!(last, ClientEvent::Judged(_) | ClientEvent::Failed(ClientError::Cancelled))
}

impl Drop for RemotePhrase {
    fn drop(&mut self) {
        self.cancelled.cancel();
    }
}
