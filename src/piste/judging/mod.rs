//! Who judges a phrase: this machine with eyes that are always open, a server, or this machine from the recording.
//!
//! Each works on named threads of its own, is fed through a bounded queue that holds pictures in the camera's coding, and
//! answers with [`Word`]s. Dropping a [`LiveJudge`] calls it off and returns at once.

mod eyes;
mod looking;
mod opinion;
mod pace;
mod recording;
mod server;
mod sight;

pub(super) use eyes::{Begun, Eyes, EyesSettings};
pub(super) use opinion::{Opinion, Thoroughness};
pub(super) use recording::{FromRecording, judge_recording};
pub(super) use server::{Offer, Sending, watch_there};
pub(super) use sight::SightPlace;

use ::recording::SignalLogMeta;
use capture::camera::Captured;
use crossbeam_channel::Sender;
use fencing::time::Timestamp;
use vision::engine::PhraseSignals;

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
    /// The verdict as soon as no light can come any more; the last word follows.
    AtOnce(Box<Opinion>),
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

    fn say(&self, said: Said) {
        let _gone = self.words.send(Word { phrase: self.phrase, said });
    }
}

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
