//! A clip on disk through the same judge as a stream, frame by frame, on the calling thread.

use super::judge::{Judge, JudgeError};
use super::signals::Signals;
use axum::http::StatusCode;
use fencing::Weapon;
use fencing::time::Timestamp;
use std::path::Path;
use std::time::Instant;
use vision::engine::Judgement;
use vision::video::{Cancel, ClipOptions, ClipReader, FrameSource, VideoError};

/// Why a clip has no verdict.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClipError {
    /// The client sent something that is no clip or no log.
    #[error("{0}")]
    Input(String),
    /// The judge cannot.
    #[error("{0}")]
    Judge(String),
    /// The disk cannot.
    #[error("{0}")]
    Disk(String),
}

impl ClipError {
    /// How HTTP says whose fault it is.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Input(_) => StatusCode::BAD_REQUEST,
            Self::Judge(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Disk(_) => StatusCode::INSUFFICIENT_STORAGE,
        }
    }
}

impl ClipError {
    /// The same, naming the file as its sender does: where it lay here is nobody else's business.
    pub(super) fn naming(self, path: &Path, name: &str) -> Self {
        let named = |text: String| text.replace(&path.display().to_string(), name);
        match self {
            Self::Input(text) => Self::Input(named(text)),
            Self::Judge(text) => Self::Judge(named(text)),
            Self::Disk(text) => Self::Disk(named(text)),
        }
    }
}

impl From<JudgeError> for ClipError {
    fn from(error: JudgeError) -> Self {
        Self::Judge(error.to_string())
    }
}

impl From<VideoError> for ClipError {
    fn from(error: VideoError) -> Self {
        match error {
            VideoError::DiskFull { .. } => Self::Disk(error.to_string()),
            _ => Self::Input(error.to_string()),
        }
    }
}

/// A judged clip.
#[derive(Debug)]
pub(super) struct JudgedClip {
    /// What was judged.
    pub(super) judgement: Judgement,
    /// Seconds that it took.
    pub(super) processing_secs: f64,
}

/// Judges a clip from its first to its last frame.
pub(super) fn judge_clip(
    judge: &dyn Judge,
    weapon: Weapon,
    clip: &Path,
    signals: Signals,
    cancel: &Cancel,
) -> Result<JudgedClip, ClipError> {
    let started = Instant::now();
    let mut reader = ClipReader::open(clip, &ClipOptions::default(), cancel)?;
    let mut phrase = judge.begin(weapon)?;
    let (mut seen, mut last) = (0u64, Timestamp::ZERO);
    while let Some(frame) = reader.next_frame()? {
        last = frame.at;
        match phrase.push_frame(&frame) {
            Ok(()) => seen += 1,
            Err(error) => tracing::warn!(frame = frame.index.0, %error, "a frame could not be analysed"),
        }
    }
    if seen == 0 {
        return Err(ClipError::Input("No frames to analyse in the video".to_owned()));
    }
    let judgement = phrase.conclude(signals.on_the_clock_of_a_clip_until(last));
    Ok(JudgedClip { judgement, processing_secs: started.elapsed().as_secs_f64() })
}
