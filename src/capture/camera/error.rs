//! Camera errors, each with what the user can do about it.

use super::CameraFormat;
use fencing::geometry::FrameSize;
use vision::video::VideoError;

/// Why a camera, or one of its frames, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// No camera is connected.
    #[error("there is no camera on this machine; plug one in, or choose a clip or a network camera")]
    NoCamera,
    /// No connected camera matches the request.
    #[error("no camera is called \"{wanted}\"; there {}; `referee cameras` lists them", join_names(found))]
    NotFound {
        /// The requested number or name.
        wanted: String,
        /// Numbers and names of the connected cameras.
        found: Vec<String>,
    },
    /// The system denies access.
    #[error("{name} may not be opened: permission denied; {}", PERMISSION_REMEDY)]
    Permission {
        /// The camera.
        name: String,
    },
    /// Another program uses it.
    #[error("{name} is used by another program; close that (a video call, a browser) and it comes back by itself")]
    Busy {
        /// The camera.
        name: String,
    },
    /// A format string that cannot be parsed.
    #[error("\"{text}\" is no format; write WIDTHxHEIGHT@FPS CODING, such as 1280x720@60 MJPEG")]
    FormatText {
        /// The text.
        text: String,
    },
    /// The camera does not offer the requested format.
    #[error("{name} has no format {wanted}; it has {}; choose one of these", formats_of(offered))]
    FormatNotOffered {
        /// The camera.
        name: String,
        /// The requested format.
        wanted: CameraFormat,
        /// The formats it offers.
        offered: Vec<CameraFormat>,
    },
    /// The camera offers a format and then rejects it.
    #[error("{name} offers {wanted} but does not take it ({reason}); choose another format, or plug it in again")]
    FormatRefused {
        /// The camera.
        name: String,
        /// The requested format.
        wanted: CameraFormat,
        /// The system's message.
        reason: String,
    },
    /// None of its formats can be decoded here.
    #[error("{name} has no format that can be read here (MJPEG, YUYV, NV12 or RGB); use another camera")]
    NoUsableFormat {
        /// The camera.
        name: String,
    },
    /// The camera was disconnected.
    #[error("{name} is gone ({reason}); plug it in again and it comes back by itself")]
    Gone {
        /// The camera.
        name: String,
        /// The system's message.
        reason: String,
    },
    /// Any other driver error.
    #[error("{name} does not work: {reason}; plug it in again or use another port")]
    Driver {
        /// The camera.
        name: String,
        /// The system's message.
        reason: String,
    },
    /// The control does not exist or rejects the value.
    #[error("{name} cannot set {control} to {value}: {reason}; `referee cameras` shows what it takes")]
    Control {
        /// The camera.
        name: String,
        /// The control.
        control: String,
        /// The value.
        value: f64,
        /// Why.
        reason: String,
    },
    /// Not the URL of a camera.
    #[error("\"{address}\" is no address of a camera; it begins with rtsp://, rtsps://, http:// or https://")]
    Address {
        /// The URL, without its password.
        address: String,
    },
    /// A network camera does not answer, or its stream ended.
    #[error("no frames from {address}: {reason}; check its cable, address and password")]
    Network {
        /// The URL, without its password.
        address: String,
        /// The reason.
        reason: String,
    },
    /// The clip that is played as a camera cannot be read.
    #[error(transparent)]
    Clip(#[from] VideoError),
    /// This build has no support for local cameras.
    #[error(
        "this build cannot use cameras on a cable; use one built with the feature `camera`, a clip or a network camera"
    )]
    NotBuilt,
    /// One frame cannot be used.
    #[error("a frame of the camera cannot be used: {0}")]
    Damaged(#[from] Damage),
    /// The problem that the camera's state reports.
    #[error("{0}")]
    Trouble(String),
    /// A thread could not be started.
    #[error("the camera could not be started: {0}; close other programs")]
    Thread(std::io::Error),
}

impl CameraError {
    /// Whether a retry cannot help: the user has to choose something else first.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::FormatText { .. }
                | Self::FormatNotOffered { .. }
                | Self::NoUsableFormat { .. }
                | Self::Address { .. }
                | Self::Clip(_)
                | Self::NotBuilt
        )
    }
}

/// What is wrong with one frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Zero bytes.
    #[error("it is empty")]
    Empty,
    /// The bytes are not a JPEG image.
    #[error("it is not a JPEG image")]
    NotAJpeg,
    /// A JPEG image without its end marker.
    #[error("it breaks off before its end")]
    CutOff,
    /// An implausible size.
    #[error("its size of {}x{} is not plausible", .0.width, .0.height)]
    Size(FrameSize),
    /// The number of bytes does not match the format.
    #[error("it has {got} bytes where {expected} are due")]
    Length {
        /// Bytes that the format needs.
        expected: usize,
        /// Bytes received.
        got: usize,
    },
    /// The decoder or encoder failed.
    #[error("{0}")]
    Coding(String),
}

#[cfg(target_os = "linux")]
const PERMISSION_REMEDY: &str = "add yourself to the group `video` (sudo usermod -aG video $USER) and log in again";
#[cfg(target_os = "macos")]
const PERMISSION_REMEDY: &str = "allow it in System Settings, Privacy & Security, Camera, and start the program again";
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const PERMISSION_REMEDY: &str = "allow desktop apps to use the camera in Settings, Privacy & security, Camera";

fn join_names(found: &[String]) -> String {
    match found {
        [] => "is none".into(),
        [one] => format!("is {one}"),
        many => format!("are {}", many.join(", ")),
    }
}

/// At most a dozen formats, the best ones: `offered` is sorted best first.
fn formats_of(offered: &[CameraFormat]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<String> = offered.iter().take(SHOWN).map(ToString::to_string).collect();
    if offered.len() > SHOWN {
        shown.push(format!("{} more", offered.len() - SHOWN));
    }
    if shown.is_empty() { "none".into() } else { shown.join(", ") }
}
