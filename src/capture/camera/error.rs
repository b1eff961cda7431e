//! What can go wrong with a camera, told so that the person beside the piste knows what to do.

use super::CameraFormat;
use fencing::geometry::PictureSize;
use vision::video::VideoError;

/// Why a camera cannot be used, or one of its pictures.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// Nothing is plugged in.
    #[error("there is no camera on this machine; plug one in, or choose a clip or a network camera")]
    NoCamera,
    /// None of those that are there is meant.
    #[error("no camera is called \"{wanted}\"; there {}; `referee cameras` lists them", list_of(found))]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// Numbers and names of those that are there.
        found: Vec<String>,
    },
    /// The system does not let this user at it.
    #[error("{name} may not be opened: permission denied; {}", PERMISSION_REMEDY)]
    Permission {
        /// The camera.
        name: String,
    },
    /// Somebody else has it.
    #[error("{name} is used by another program; close that (a video call, a browser) and it comes back by itself")]
    Busy {
        /// The camera.
        name: String,
    },
    /// A format that nobody can read.
    #[error("\"{text}\" is no format; write WIDTHxHEIGHT@FPS CODING, such as 1280x720@60 MJPEG")]
    FormatText {
        /// What was written.
        text: String,
    },
    /// The camera does not have the wanted format.
    #[error("{name} has no format {wanted}; it has {}; choose one of these", formats_of(offered))]
    FormatNotOffered {
        /// The camera.
        name: String,
        /// What was asked for.
        wanted: CameraFormat,
        /// What it has.
        offered: Vec<CameraFormat>,
    },
    /// The camera offers a format and then does not take it.
    #[error("{name} offers {wanted} but does not take it ({reason}); choose another format, or plug it in again")]
    FormatRefused {
        /// The camera.
        name: String,
        /// What was asked for.
        wanted: CameraFormat,
        /// What the system said.
        reason: String,
    },
    /// Nothing it has can be read here.
    #[error("{name} has no format that can be read here (MJPEG, YUYV, NV12 or RGB); use another camera")]
    NoUsableFormat {
        /// The camera.
        name: String,
    },
    /// It was there and is not any more.
    #[error("{name} is gone ({reason}); plug it in again and it comes back by itself")]
    Gone {
        /// The camera.
        name: String,
        /// What the system said.
        reason: String,
    },
    /// Anything else that the system says.
    #[error("{name} does not work: {reason}; plug it in again or use another port")]
    Driver {
        /// The camera.
        name: String,
        /// What the system said.
        reason: String,
    },
    /// A control that is not there, or a value that it does not take.
    #[error("{name} cannot set {control} to {value}: {reason}; `referee cameras` shows what it takes")]
    Control {
        /// The camera.
        name: String,
        /// Which control.
        control: String,
        /// The value.
        value: f64,
        /// Why.
        reason: String,
    },
    /// No address of a camera.
    #[error("\"{address}\" is no address of a camera; it begins with rtsp://, rtsps://, http:// or https://")]
    Address {
        /// What was given, without a password.
        address: String,
    },
    /// A camera on the network that does not answer, or stops.
    #[error("no pictures from {address}: {reason}; check its cable, address and password")]
    Network {
        /// The address, without a password.
        address: String,
        /// What was said.
        reason: String,
    },
    /// The clip that is played as a camera.
    #[error(transparent)]
    Clip(#[from] VideoError),
    /// This program was built without cameras.
    #[error(
        "this build cannot use cameras on a cable; use one built with the feature `camera`, a clip or a network camera"
    )]
    NotBuilt,
    /// One picture cannot be used.
    #[error("a picture of the camera cannot be used: {0}")]
    Damaged(#[from] Damage),
    /// What the state of a camera says is wrong.
    #[error("{0}")]
    Trouble(String),
    /// A thread could not be started.
    #[error("the camera could not be started: {0}; close other programs")]
    Thread(std::io::Error),
}

impl CameraError {
    /// Whether trying again cannot help: somebody has to choose something else first.
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

/// What is wrong with one picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Zero bytes.
    #[error("it is empty")]
    Empty,
    /// The bytes are not what the format says.
    #[error("it is no JPEG picture")]
    NotAJpeg,
    /// A JPEG picture without its end.
    #[error("it breaks off before its end")]
    CutOff,
    /// A size that no camera has.
    #[error("its size of {}x{} is not believable", .0.width, .0.height)]
    Size(PictureSize),
    /// Another number of bytes than the format has.
    #[error("it has {got} bytes where {expected} are due")]
    Length {
        /// Bytes that the format has.
        expected: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The decoder or the encoder says no.
    #[error("{0}")]
    Coding(String),
}

#[cfg(target_os = "linux")]
const PERMISSION_REMEDY: &str = "add yourself to the group `video` (sudo usermod -aG video $USER) and log in again";
#[cfg(target_os = "macos")]
const PERMISSION_REMEDY: &str = "allow it in System Settings, Privacy & Security, Camera, and start the program again";
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const PERMISSION_REMEDY: &str = "allow desktop apps to use the camera in Settings, Privacy & security, Camera";

fn list_of(found: &[String]) -> String {
    match found {
        [] => "is none".into(),
        [one] => format!("is {one}"),
        many => format!("are {}", many.join(", ")),
    }
}

/// At most a dozen formats: the best of them, since they come best first.
fn formats_of(offered: &[CameraFormat]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<String> = offered.iter().take(SHOWN).map(ToString::to_string).collect();
    if offered.len() > SHOWN {
        shown.push(format!("{} more", offered.len() - SHOWN));
    }
    if shown.is_empty() { "none".into() } else { shown.join(", ") }
}
