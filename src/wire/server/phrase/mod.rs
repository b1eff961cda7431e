//! One phrase while it streams in: its frames, their times, the threads that decode and analyse them.
//!
//! Nothing here knows a socket or a message; the connection hands frames in and hears [`PhraseEvent`]s.

mod decode;
mod frame_clock;
mod frame_store;
mod pace;
mod streamed_video;
mod worker;

pub(super) use decode::{allowed_pixels, decode, jpeg_size};
pub(super) use frame_store::{
    FrameStore, Kept, Memory, OutOfMemory, Spool, SpoolHead, SpooledPhrase, StoredFrame, left_behind,
};
pub(super) use pace::{FrameCost, Load};
pub(super) use streamed_video::write_streamed_video;
pub(super) use worker::{Concluded, PhraseEvent, PhraseWorker, WorkerSetup};
