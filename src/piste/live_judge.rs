//! The judge of a phrase while it is fenced: this machine's analyzer, which is always open, or a server.
//!
//! Both run on named threads of their own, are fed through a bounded queue of frames in the camera's coding, and answer with
//! [`JudgeEvent`](super::JudgeEvent)s. Dropping a [`LiveJudge`] cancels the judging and returns at once.

use super::live_analyzer::LiveWatch;
use super::server_judge::ServerWatch;
use ::recording::SignalLogMeta;
use capture::camera::CapturedFrame;
use fencing::time::Timestamp;
use vision::engine::PhraseSignals;

/// What a verdict is based on besides the frames; on the clip's clock, except `until`.
#[derive(Clone, Debug)]
pub(crate) struct Conclusion {
    pub(crate) signals: PhraseSignals,
    pub(crate) meta: SignalLogMeta,
    /// Time of the last frame that counts, on the host clock.
    pub(crate) until: Timestamp,
}

/// A judge at work on one phrase.
pub(crate) enum LiveJudge {
    /// This machine's analyzer.
    Local(LiveWatch),
    /// A server.
    Server(ServerWatch),
}

impl LiveJudge {
    /// Passes on a frame of the phrase, in order of time. This machine's analyzer gets all frames anyway.
    pub(crate) fn frame(&self, frame: &CapturedFrame) {
        if let Self::Server(sending) = self {
            sending.frame(frame);
        }
    }

    /// Requests a first verdict from the frames so far; a server is asked only once, at the end.
    pub(crate) fn request_first_verdict(&self, conclusion: Conclusion) {
        if let Self::Local(begun) = self {
            begun.request_first_verdict(conclusion);
        }
    }

    /// Ends the frames and requests the verdict. False when the judge cannot give one.
    pub(crate) fn conclude(&self, conclusion: Conclusion) -> bool {
        match self {
            Self::Local(begun) => begun.conclude(conclusion),
            Self::Server(sending) => sending.conclude(conclusion),
        }
    }

    /// Share of the frames that were processed, 0..1.
    pub(crate) fn share(&self) -> f32 {
        match self {
            Self::Local(_) => 1.0,
            Self::Server(sending) => sending.share(),
        }
    }
}
