//! Which camera, as a person says it.

use std::path::PathBuf;

/// A camera as chosen by the user.
#[derive(Clone, Debug, PartialEq)]
pub enum CameraChoice {
    /// Plugged in: its number or part of its name, and the format that is wanted.
    Device {
        /// Number or name as `referee cameras` lists it.
        name: String,
        /// `WIDTHxHEIGHT@FPS CODING`, such as `1280x720@60 MJPEG`; `None` for the best that is offered.
        format: Option<String>,
    },
    /// On the network: an `rtsp://` or `http://` address.
    Network(String),
    /// A clip played as if it were filmed now.
    Clip {
        /// The clip.
        path: PathBuf,
        /// Whether it begins again at its end.
        repeats: bool,
    },
}
