//! Which camera to use, parsed from `--camera`.

use super::clip::ClipCamera;
use super::device::DeviceCamera;
use super::network::NetworkCamera;
use super::{CameraOpener, Pace};
use fencing::time::HostClock;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::without_password;

/// The user's choice of a camera.
#[derive(Clone, Debug, PartialEq)]
pub enum CameraChoice {
    /// A local device, by its number or part of its name, with an optional format.
    Device {
        /// Number or name as `referee cameras` lists it.
        name: String,
        /// `WIDTHxHEIGHT@FPS CODING`, such as `1280x720@60 MJPEG`; `None` for the best one offered.
        format: Option<String>,
    },
    /// On the network: an `rtsp://` or `http://` address.
    Network(String),
    /// A clip played back in real time.
    Clip {
        /// The clip.
        path: PathBuf,
        /// Whether playback starts again at the end.
        repeats: bool,
    },
}

impl CameraChoice {
    /// Parses the value of `--camera`: a number or name, a URL with `://`, `clip:FILE` (played once) or `loop:FILE` (repeated).
    pub fn from_text(text: &str, format: Option<&str>) -> Self {
        let clip = |path: &str, repeats| Self::Clip { path: path.into(), repeats };
        if let Some(path) = text.strip_prefix("clip:") {
            return clip(path, false);
        }
        if let Some(path) = text.strip_prefix("loop:") {
            return clip(path, true);
        }
        if text.contains("://") {
            return Self::Network(text.to_owned());
        }
        Self::Device { name: text.to_owned(), format: format.map(str::to_owned) }
    }

    /// The opener for this choice.
    pub fn opener(&self, clock: HostClock) -> Arc<dyn CameraOpener> {
        match self {
            Self::Device { name, format } => Arc::new(DeviceCamera::new(name.clone(), format.clone())),
            Self::Network(address) => Arc::new(NetworkCamera::new(address.clone())),
            Self::Clip { path, repeats } => Arc::new(ClipCamera::new(path.clone(), *repeats, Pace::RealTime, clock)),
        }
    }
}

impl fmt::Display for CameraChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device { name, .. } => write!(f, "camera {name}"),
            Self::Network(address) => f.write_str(&without_password(address)),
            Self::Clip { path, .. } => f.write_str(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_names_a_camera() {
        let read = |text| CameraChoice::from_text(text, Some("1280x720@60 MJPEG"));
        let device = CameraChoice::Device { name: "0".into(), format: Some("1280x720@60 MJPEG".into()) };
        assert_eq!(read("0"), device);
        assert_eq!(read("rtsp://cam/1"), CameraChoice::Network("rtsp://cam/1".into()));
        assert_eq!(read("clip:a b.mp4"), CameraChoice::Clip { path: "a b.mp4".into(), repeats: false });
        assert_eq!(read("loop:x.mp4"), CameraChoice::Clip { path: "x.mp4".into(), repeats: true });
        assert_eq!(CameraChoice::Network("http://me:pw@cam/".into()).to_string(), "http://cam/");
    }
}
