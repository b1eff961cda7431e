//! The handle of a remote phrase: frames and the signal log in, events out, cancel at any moment.
//!
//! One named thread owns the connection and the local copy. Its queue holds a few frames, so a slow network slows the
//! caller down instead of filling memory. Cancelling bypasses the queue.

use super::address::ServerAddress;
use super::event::{ClientError, ClientEvent};
use super::local_copy::LocalCopy;
use super::pump::drive;
use crate::protocol::Encoding;
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::mpsc as queue;
use tokio_util::sync::CancellationToken;

/// Frames that wait for the thread.
const QUEUE_FRAMES: usize = 8;
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

/// What the caller tells the thread.
pub(super) enum Order {
    Frame { stamp: f64, payload: Vec<u8> },
    Conclude { filename: String, log: Vec<u8> },
}

/// A phrase on its way to a remote judge. Dropping it calls the phrase off.
pub struct RemotePhrase {
    orders: queue::Sender<Order>,
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
        let (orders, inbox) = queue::channel(QUEUE_FRAMES);
        let (outbox, events) = mpsc::sync_channel(QUEUE_EVENTS);
        let cancelled = CancellationToken::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let token = cancelled.clone();
        std::thread::Builder::new().name("remote-phrase".to_owned()).spawn(move || {
            let mut copy = copy;
            let last = runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = token.cancelled() => ClientEvent::Failed(ClientError::Cancelled),
                    last = drive(&server, &offer, &mut copy, inbox, &outbox) => last,
                }
            });
            if is_over(&last) {
                copy.discard();
            }
            let _ = outbox.send(last);
        })?;
        Ok((Self { orders, cancelled }, events))
    }

    /// Hands over a frame; waits while the network is slower. Returns whether the phrase is still running.
    ///
    /// `stamp_secs` is when it was taken, on any clock in seconds.
    pub fn send_frame(&self, stamp_secs: f64, payload: Vec<u8>) -> bool {
        self.orders.blocking_send(Order::Frame { stamp: stamp_secs, payload }).is_ok()
    }

    /// Hands over the signal log: no more frames follow. Returns whether the phrase is still running.
    pub fn conclude(&self, filename: &str, log: Vec<u8>) -> bool {
        self.orders.blocking_send(Order::Conclude { filename: filename.to_owned(), log }).is_ok()
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
