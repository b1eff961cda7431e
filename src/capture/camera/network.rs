//! A network camera: ffmpeg reads its stream and delivers JPEG images with the stream's own timestamps.

use super::source::{CameraOpener, CameraSource, RawFrame, Taken};
use super::{CameraError, PixelCoding};
use fencing::geometry::FrameSize;
use vision::video::{Cancel, JpegStream, Tools, VideoError, without_password};

/// Allowed URL schemes; anything else could name files of this machine.
const SCHEMES: [&str; 4] = ["rtsp://", "rtsps://", "http://", "https://"];

/// Opens a camera by its URL.
#[derive(Clone, Debug)]
pub struct NetworkCamera {
    address: String,
}

impl NetworkCamera {
    /// The camera at an `rtsp://`, `rtsps://`, `http://` or `https://` URL, with user name and password if it needs them.
    pub fn new(address: String) -> Self {
        Self { address }
    }
}

impl CameraOpener for NetworkCamera {
    fn name(&self) -> String {
        without_password(&self.address)
    }

    fn open(&self, cancel: &Cancel) -> Result<Box<dyn CameraSource>, CameraError> {
        let lower = self.address.to_ascii_lowercase();
        let has_host = SCHEMES.iter().any(|scheme| lower.strip_prefix(scheme).is_some_and(|host| !host.is_empty()));
        if !has_host {
            return Err(CameraError::Address { address: self.name() });
        }
        let stream = JpegStream::open_address(&self.address, &Tools::default(), cancel)?;
        Ok(Box::new(NetworkSource { stream, shown: self.name() }))
    }
}

struct NetworkSource {
    stream: JpegStream,
    shown: String,
}

impl CameraSource for NetworkSource {
    fn damaged(&self) -> u64 {
        self.stream.damaged()
    }

    fn next_frame(&mut self) -> Result<Option<RawFrame>, CameraError> {
        let failed = |reason: String| CameraError::Network { address: self.shown.clone(), reason };
        match self.stream.next_jpeg() {
            Ok(Some((nanos, bytes))) => {
                let (taken, size) = (Taken::OnSourceClock(nanos), FrameSize::default());
                Ok(Some(RawFrame { taken, size, coding: PixelCoding::Jpeg, bytes }))
            }
            Ok(None) => Err(failed("the stream ended".into())),
            Err(VideoError::NoFrames { reason, .. }) if !reason.is_empty() => {
                Err(failed(reason.trim_start_matches(&format!("{}: ", self.shown)).to_owned()))
            }
            Err(VideoError::NoFrames { .. }) => Err(failed("nothing came".into())),
            Err(missing @ VideoError::ToolMissing { .. }) => Err(missing.into()),
            Err(other) => Err(failed(other.to_string())),
        }
    }
}
