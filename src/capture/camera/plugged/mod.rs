//! Local cameras through nokhwa: the only module that uses it.
//!
//! Works round nokhwa 0.10: a request for "any" format takes the first in the list, often 1 frame per second, so a format is
//! always requested; on Linux a first request may be "rejected" because the rate is compared before it is set, so it is
//! repeated; the whole driver buffer is returned instead of the image in it; timestamps are converted to the wall clock, and
//! back here at once, so that a step of the wall clock does not matter; errors are texts.

mod controls;

use crate::camera::device::{CameraListing, Plugged};
use crate::camera::format::{best_first, choose};
use crate::camera::source::{CameraSource, RawFrame, Taken};
use crate::camera::{CameraControl, CameraError, CameraFormat, PixelCoding};
use controls::{controls, setter};
use fencing::geometry::FrameSize;
use nokhwa::Camera;
use nokhwa::utils::{
    ApiBackend, CameraFormat as NokhwaFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType,
    frame_formats,
};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often a request is made before the camera's refusal is final.
const ATTEMPTS: usize = 3;
/// How many formats are tried when the best one is rejected.
const MAX_FORMATS: usize = 6;
/// Rates beyond this are clock ticks misread as frames per second.
const MAX_FPS: u32 = 480;
/// How long the user may take to grant access to the camera.
const PERMISSION_TIMEOUT: Duration = Duration::from_mins(1);

/// Every device, including those that deliver no frames.
pub(super) fn list() -> Result<Vec<Plugged>, CameraError> {
    if !is_allowed() {
        return Err(CameraError::Permission { name: "the camera".into() });
    }
    let found = nokhwa::query(ApiBackend::Auto).map_err(|e| from_system_text("the list of cameras", &e.to_string()))?;
    let mut plugged: Vec<Plugged> = found
        .iter()
        .map(|info| Plugged { number: info.index().as_string(), name: info.human_name().trim().to_owned() })
        .collect();
    plugged.sort_by_key(|camera| (camera.number.parse::<u32>().unwrap_or(u32::MAX), camera.number.clone()));
    Ok(plugged)
}

/// Asks the user for access where the system requires it (macOS); elsewhere the permissions of the device file decide.
fn is_allowed() -> bool {
    if nokhwa::nokhwa_check() {
        return true;
    }
    let (sender, receiver) = sync_channel(1);
    nokhwa::nokhwa_initialize(move |granted| {
        // The receiver is gone once the first answer was taken; a second one is not needed.
        let _ = sender.try_send(granted);
    });
    receiver.recv_timeout(PERMISSION_TIMEOUT).unwrap_or(false)
}

/// Formats and controls of a device; `None` for one that delivers no frames.
pub(super) fn describe(found: &Plugged) -> Option<CameraListing> {
    let listing = |formats, controls, trouble| {
        let (number, name) = (found.number.clone(), found.name.clone());
        Some(CameraListing { number, name, formats, controls, trouble })
    };
    match attach(found) {
        Ok(mut camera) => {
            let formats = formats(&mut camera);
            let controls = controls(&camera);
            if formats.is_empty() {
                let trouble = CameraError::NoUsableFormat { name: found.name.clone() };
                return listing(formats, controls, Some(trouble));
            }
            listing(formats, controls, None)
        }
        Err(CameraError::NoUsableFormat { .. }) => None,
        Err(error) => listing(Vec::new(), Vec::new(), Some(error)),
    }
}

/// Opens a device in the requested format, or in the best one that it accepts.
pub(super) fn open(found: &Plugged, wanted: Option<CameraFormat>) -> Result<Box<dyn CameraSource>, CameraError> {
    let mut camera = attach(found)?;
    let offered = formats(&mut camera);
    let first = choose(&found.name, wanted, &offered)?;
    let others = offered.iter().filter(|format| wanted.is_none() && **format != first);
    let mut refused = None;
    for format in std::iter::once(&first).chain(others).take(MAX_FORMATS) {
        match agree(&mut camera, &found.name, *format) {
            Ok(()) => {
                camera.open_stream().map_err(|e| from_system_text(&found.name, &e.to_string()))?;
                return Ok(Box::new(DeviceSource { camera, name: found.name.clone(), format: *format }));
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or_else(|| CameraError::NoUsableFormat { name: found.name.clone() }))
}

/// Opens a device in whatever format it accepts.
fn attach(found: &Plugged) -> Result<Camera, CameraError> {
    let index = found.number.parse().map_or_else(|_| CameraIndex::String(found.number.clone()), CameraIndex::Index);
    let any = RequestedFormat::with_formats(RequestedFormatType::AbsoluteHighestResolution, frame_formats());
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        match Camera::new(index.clone(), any) {
            Ok(camera) => return Ok(camera),
            Err(error) => last = error.to_string(),
        }
        if last.contains("Fufill") || last.contains("fulfill") {
            return Err(CameraError::NoUsableFormat { name: found.name.clone() });
        }
        if !last.contains("Rejected") {
            break;
        }
    }
    Err(from_system_text(&found.name, &last))
}

fn agree(camera: &mut Camera, name: &str, format: CameraFormat) -> Result<(), CameraError> {
    let wanted = to_nokhwa(format);
    let codings = [wanted.format()];
    let request = RequestedFormat::with_formats(RequestedFormatType::Exact(wanted), &codings);
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        match camera.set_camera_requset(request) {
            Ok(_) if camera.camera_format() == wanted => return Ok(()),
            Ok(got) => last = format!("it took {got}"),
            Err(error) => last = error.to_string(),
        }
    }
    match from_system_text(name, &last) {
        CameraError::Driver { name, reason } => Err(CameraError::FormatRefused { name, wanted: format, reason }),
        plain => Err(plain),
    }
}

fn formats(camera: &mut Camera) -> Vec<CameraFormat> {
    let offered = camera.compatible_camera_formats().unwrap_or_default();
    best_first(offered.into_iter().filter_map(from_nokhwa).collect())
}

fn from_nokhwa(format: NokhwaFormat) -> Option<CameraFormat> {
    let coding = coding(format.format())?;
    let (size, fps) = (FrameSize::new(format.width(), format.height()), format.frame_rate());
    let is_real = size.width > 0 && size.height > 0 && (1..=MAX_FPS).contains(&fps);
    is_real.then_some(CameraFormat { size, fps, coding })
}

const fn coding(format: FrameFormat) -> Option<PixelCoding> {
    match format {
        FrameFormat::MJPEG => Some(PixelCoding::Jpeg),
        FrameFormat::YUYV => Some(PixelCoding::Yuyv),
        FrameFormat::NV12 => Some(PixelCoding::Nv12),
        FrameFormat::RAWRGB => Some(PixelCoding::Rgb),
        FrameFormat::RAWBGR => Some(PixelCoding::Bgr),
        FrameFormat::GRAY => None,
    }
}

const fn to_nokhwa_coding(coding: PixelCoding) -> FrameFormat {
    match coding {
        PixelCoding::Jpeg => FrameFormat::MJPEG,
        PixelCoding::Yuyv => FrameFormat::YUYV,
        PixelCoding::Nv12 => FrameFormat::NV12,
        PixelCoding::Rgb => FrameFormat::RAWRGB,
        PixelCoding::Bgr => FrameFormat::RAWBGR,
    }
}

fn to_nokhwa(format: CameraFormat) -> NokhwaFormat {
    NokhwaFormat::new_from(format.size.width, format.size.height, to_nokhwa_coding(format.coding), format.fps)
}

struct DeviceSource {
    camera: Camera,
    name: String,
    format: CameraFormat,
}

impl CameraSource for DeviceSource {
    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn format(&self) -> Option<CameraFormat> {
        Some(self.format)
    }

    fn next_frame(&mut self) -> Result<Option<RawFrame>, CameraError> {
        let buffer = self.camera.frame().map_err(|e| as_disconnected(from_system_text(&self.name, &e.to_string())))?;
        let taken = buffer.capture_timestamp().map_or(Taken::Unknown, moment);
        let size = FrameSize::new(buffer.resolution().width(), buffer.resolution().height());
        let coding = coding(buffer.source_frame_format()).unwrap_or(self.format.coding);
        Ok(Some(RawFrame { taken, size, coding, bytes: buffer.buffer().to_vec() }))
    }

    fn controls(&mut self) -> Vec<CameraControl> {
        controls(&self.camera)
    }

    fn set_control(&mut self, control: &str, value: f64) -> Result<(), CameraError> {
        let refused = |reason: String| {
            let (name, control) = (self.name.clone(), control.to_owned());
            CameraError::Control { name, control, value, reason }
        };
        let known = self.camera.camera_controls().map_err(|e| refused(e.to_string()))?;
        let found = known.iter().find(|known| known.name().eq_ignore_ascii_case(control));
        let found = found.ok_or_else(|| refused("there is no such control".into()))?;
        let setter = setter(found, value).ok_or_else(|| refused("it takes no numbers".into()))?;
        self.camera.set_camera_control(found.control(), setter).map_err(|e| refused(e.to_string()))
    }
}

/// Converts nokhwa's time stamp of a frame.
///
/// On Windows nokhwa adds Media Foundation's sample time, which counts from the start of streaming, to the wall-clock time of the
/// *request* to start. A USB camera starts 0.2 to 1.5 s later, so the sum is early by that much. Its differences between frames are
/// right, so the time is treated as one of the camera's own clock, whose zero comes from the frame with the least delay.
fn moment(wall: Duration) -> Taken {
    if cfg!(windows) { on_source_clock(wall) } else { on_wall_clock(wall) }
}

fn on_source_clock(wall: Duration) -> Taken {
    i64::try_from(wall.as_nanos()).map_or(Taken::Unknown, Taken::OnSourceClock)
}

/// Converts a wall-clock time of a moment ago back to the monotonic clock.
fn on_wall_clock(wall: Duration) -> Taken {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let age = now.checked_sub(wall);
    age.and_then(|age| Instant::now().checked_sub(age)).map_or(Taken::Unknown, Taken::Device)
}

/// Maps nokhwa's error texts to what the user can do. Linux includes the system's error number, Windows its own in hexadecimal.
fn from_system_text(name: &str, text: &str) -> CameraError {
    let name = name.to_owned();
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if has(&["os error 13", "os error 1)", "0x80070005", "not authorized", "Permission"]) {
        CameraError::Permission { name }
    } else if has(&["os error 16", "0x80070020", "0xC00D3704", "in use", "Already in use"]) {
        CameraError::Busy { name }
    } else if has(&["os error 19", "os error 2)", "os error 6)", "0xC00D3EA2"]) {
        CameraError::Gone { name, reason: "unplugged".into() }
    } else {
        CameraError::Driver { name, reason: text.to_owned() }
    }
}

/// A camera that was sending and fails has most likely been unplugged.
fn as_disconnected(error: CameraError) -> CameraError {
    match error {
        CameraError::Driver { name, reason } if reason.contains("os error 5)") => CameraError::Gone { name, reason },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_system_become_remedies() {
        for (text, remedy) in [
            ("Could not open device 0: V4L2 Error: Permission denied (os error 13)", "group `video`"),
            ("Could not set device property: Device or resource busy (os error 16)", "another program"),
            ("Could not capture frame: No such device (os error 19)", "plug it in"),
            ("Could not open device 3: V4L2 Error: No such file or directory (os error 2)", "plug it in"),
            ("something nobody knows", "something nobody knows"),
        ] {
            let message = from_system_text("Cam", text).to_string();
            let is_linux_only = remedy.contains("group") && !cfg!(target_os = "linux");
            assert!(is_linux_only || (message.contains(remedy) && message.contains("Cam")), "{message}");
        }
    }

    #[test]
    fn formats_travel_there_and_back() {
        for coding in PixelCoding::ALL {
            let format = CameraFormat { size: FrameSize::new(640, 360), fps: 30, coding };
            assert_eq!(from_nokhwa(to_nokhwa(format)), Some(format));
        }
        assert_eq!(from_nokhwa(NokhwaFormat::new_from(640, 480, FrameFormat::YUYV, 30_000)), None);
        assert_eq!(from_nokhwa(NokhwaFormat::new_from(640, 480, FrameFormat::GRAY, 30)), None);
    }
}
