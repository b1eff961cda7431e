//! Who judges a phrase: this machine with eyes that are always open, a server, or this machine from the recording.
//!
//! Each works on named threads of its own, is fed through a bounded queue that holds pictures in the camera's coding, and
//! answers with [`JudgeEvent`](super::JudgeEvent)s. Dropping a [`LiveJudge`] calls it off and returns at once.

mod eyes;
mod looking;
mod pace;
mod recording;
mod server;
mod sight;

pub(super) use eyes::{Begun, Eyes, EyesSettings};
pub(super) use recording::{FromRecording, RecordingJudge};
pub(super) use server::{Offer, Sending, watch_there};
pub(super) use sight::SightPlace;

use ::recording::SignalLogMeta;
use capture::camera::Captured;
use fencing::time::Timestamp;
use vision::engine::PhraseSignals;

/// What a phrase is judged by once its pictures were seen, on its clip's clock but for `until`.
#[derive(Clone, Debug)]
pub(super) struct Conclusion {
    pub(super) signals: PhraseSignals,
    pub(super) meta: SignalLogMeta,
    /// Its last moment so far, on the host clock.
    pub(super) until: Timestamp,
}

/// A judge at work on one phrase.
pub(super) enum LiveJudge {
    /// This machine's eyes.
    Here(Begun),
    /// A server.
    There(Sending),
}

impl LiveJudge {
    /// A picture of the phrase, in order of time. These eyes see all pictures anyway.
    pub(super) fn picture(&self, picture: &Captured) {
        if let Self::There(sending) = self {
            sending.picture(picture);
        }
    }

    /// A first verdict is wanted from the pictures so far; a server is asked only once.
    pub(super) fn ask_at_once(&self, conclusion: Conclusion) {
        if let Self::Here(begun) = self {
            begun.ask_at_once(conclusion);
        }
    }

    /// No more pictures: the verdict is wanted. False when nobody is there to give it.
    pub(super) fn conclude(&self, conclusion: Conclusion) -> bool {
        match self {
            Self::Here(begun) => begun.conclude(conclusion),
            Self::There(sending) => sending.conclude(conclusion),
        }
    }

    /// Share of the pictures that were taken so far, 0..1.
    pub(super) fn share(&self) -> f32 {
        match self {
            Self::Here(_) => 1.0,
            Self::There(sending) => sending.share(),
        }
    }
}
