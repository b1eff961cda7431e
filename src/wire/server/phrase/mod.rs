//! One phrase while it streams in: its frames, their times, the threads that decode and analyse them.
//!
//! Knows no socket or message; the connection pushes frames and receives [`PhraseEvent`]s.

mod decode;
mod frame_clock;
mod frame_queue;
mod frame_selection;
mod frame_store;
mod streamed_video;
mod worker;

pub(super) use decode::{allowed_pixels, decode, jpeg_size};
pub(super) use frame_selection::{FrameCost, PhraseLoad};
pub(super) use frame_store::{
    FrameStore, MemoryBudget, OutOfMemory, Spool, SpoolHead, SpooledPhrase, StoreOutcome, StoredFrame,
    interrupted_phrases,
};
pub(super) use streamed_video::write_streamed_video;
pub(super) use worker::{Concluded, PhraseEvent, PhraseWorker, WorkerSetup};
