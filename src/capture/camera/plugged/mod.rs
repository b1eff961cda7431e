//! Devices through nokhwa: the only folder that knows it.
//!
//! What it hides of nokhwa 0.10: a request for "any" format takes the first in the list, often 1 picture per second, so one
//! is always named; on Linux a first request may be "rejected" because the rate is compared before it is set, so it is made
//! again; the whole driver buffer is handed over instead of the picture in it; times are moved to the wall clock, and back
//! here at once, so that a step of the wall clock does not matter; errors are texts.

mod controls;

use crate::camera::best_format::{best_first, choose};
use crate::camera::device::{CameraListing, Plugged};
use crate::camera::source::{PictureSource, RawPicture, Taken};
use crate::camera::{CameraControl, CameraError, CameraFormat, PixelCoding};
use controls::{controls, setter};
use fencing::geometry::PictureSize;
use nokhwa::Camera;
use nokhwa::utils::{
    ApiBackend, CameraFormat as NokhwaFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType,
    frame_formats,
};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often a request is made before a camera's "no" is believed.
const ASKED: usize = 3;
/// How many formats are tried when the best is not taken after all.
const MOST_FORMATS: usize = 6;
/// Rates beyond this are clock ticks that were read as pictures per second.
const MOST_FPS: u32 = 480;
/// How long a person may take to allow the camera.
const ASKING: Duration = Duration::from_mins(1);

/// Every device; those without pictures included.
pub(super) fn list() -> Result<Vec<Plugged>, CameraError> {
    if !is_allowed() {
        return Err(CameraError::Permission { name: "the camera".into() });
    }
    let found = nokhwa::query(ApiBackend::Auto).map_err(|e| said("the list of cameras", &e.to_string()))?;
    let mut plugged: Vec<Plugged> = found
        .iter()
        .map(|info| Plugged { number: info.index().as_string(), name: info.human_name().trim().to_owned() })
        .collect();
    plugged.sort_by_key(|camera| (camera.number.parse::<u32>().unwrap_or(u32::MAX), camera.number.clone()));
    Ok(plugged)
}

/// Asks the person where the system wants that (macOS); elsewhere the device file's permission decides.
fn is_allowed() -> bool {
    if nokhwa::nokhwa_check() {
        return true;
    }
    let (tell, told) = sync_channel(1);
    nokhwa::nokhwa_initialize(move |granted| {
        // Nobody waits for a second answer.
        let _ = tell.try_send(granted);
    });
    told.recv_timeout(ASKING).unwrap_or(false)
}

/// What a device has; `None` for one that delivers no pictures.
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

/// Opens a device in the wanted format, or in the best that it takes.
pub(super) fn open(found: &Plugged, wanted: Option<CameraFormat>) -> Result<Box<dyn PictureSource>, CameraError> {
    let mut camera = attach(found)?;
    let offered = formats(&mut camera);
    let first = choose(&found.name, wanted, &offered)?;
    let others = offered.iter().filter(|format| wanted.is_none() && **format != first);
    let mut refused = None;
    for format in std::iter::once(&first).chain(others).take(MOST_FORMATS) {
        match agree(&mut camera, &found.name, *format) {
            Ok(()) => {
                camera.open_stream().map_err(|e| said(&found.name, &e.to_string()))?;
                return Ok(Box::new(DeviceSource { camera, name: found.name.clone(), format: *format }));
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or_else(|| CameraError::NoUsableFormat { name: found.name.clone() }))
}

/// Takes hold of a device, in whatever format that takes.
fn attach(found: &Plugged) -> Result<Camera, CameraError> {
    let index = found.number.parse().map_or_else(|_| CameraIndex::String(found.number.clone()), CameraIndex::Index);
    let any = RequestedFormat::with_formats(RequestedFormatType::AbsoluteHighestResolution, frame_formats());
    let mut last = String::new();
    for _ in 0..ASKED {
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
    Err(said(&found.name, &last))
}

fn agree(camera: &mut Camera, name: &str, format: CameraFormat) -> Result<(), CameraError> {
    let wanted = to_nokhwa(format);
    let codings = [wanted.format()];
    let request = RequestedFormat::with_formats(RequestedFormatType::Exact(wanted), &codings);
    let mut last = String::new();
    for _ in 0..ASKED {
        match camera.set_camera_requset(request) {
            Ok(_) if camera.camera_format() == wanted => return Ok(()),
            Ok(got) => last = format!("it took {got}"),
            Err(error) => last = error.to_string(),
        }
    }
    match said(name, &last) {
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
    let (size, fps) = (PictureSize::new(format.width(), format.height()), format.frame_rate());
    let is_real = size.width > 0 && size.height > 0 && (1..=MOST_FPS).contains(&fps);
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

impl PictureSource for DeviceSource {
    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn format(&self) -> Option<CameraFormat> {
        Some(self.format)
    }

    fn next_picture(&mut self) -> Result<Option<RawPicture>, CameraError> {
        let buffer = self.camera.frame().map_err(|e| gone_or(said(&self.name, &e.to_string())))?;
        let taken = buffer.capture_timestamp().map_or(Taken::Unknown, moment);
        let size = PictureSize::new(buffer.resolution().width(), buffer.resolution().height());
        let coding = coding(buffer.source_frame_format()).unwrap_or(self.format.coding);
        Ok(Some(RawPicture { taken, size, coding, bytes: buffer.buffer().to_vec() }))
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

/// What nokhwa tells of the moment.
///
/// On Windows it adds Media Foundation's sample time, which counts from the start of streaming, to the wall clock of the *request* to
/// start. A USB camera starts 0.2 to 1.5 s after that, so the sum is early by as much. Differences between frames are right: the time
/// is handed over as one on a clock of its own, and the frame with the least delay gives its zero.
fn moment(wall: Duration) -> Taken {
    if cfg!(windows) { on_source_clock(wall) } else { on_wall_clock(wall) }
}

fn on_source_clock(wall: Duration) -> Taken {
    i64::try_from(wall.as_nanos()).map_or(Taken::Unknown, Taken::OnSourceClock)
}

/// The moment that nokhwa moved to the wall clock a moment ago.
fn on_wall_clock(wall: Duration) -> Taken {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let age = now.checked_sub(wall);
    age.and_then(|age| Instant::now().checked_sub(age)).map_or(Taken::Unknown, Taken::Device)
}

/// nokhwa's texts, sorted by what a person can do. Linux puts the system's number in, Windows its own in hexadecimal.
fn said(name: &str, text: &str) -> CameraError {
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

/// A camera that was sending and fails is most likely on its way out.
fn gone_or(error: CameraError) -> CameraError {
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
            let told = said("Cam", text).to_string();
            let is_linux_only = remedy.contains("group") && !cfg!(target_os = "linux");
            assert!(is_linux_only || (told.contains(remedy) && told.contains("Cam")), "{told}");
        }
    }

    #[test]
    fn formats_travel_there_and_back() {
        for coding in PixelCoding::ALL {
            let format = CameraFormat { size: PictureSize::new(640, 360), fps: 30, coding };
            assert_eq!(from_nokhwa(to_nokhwa(format)), Some(format));
        }
        assert_eq!(from_nokhwa(NokhwaFormat::new_from(640, 480, FrameFormat::YUYV, 30_000)), None);
        assert_eq!(from_nokhwa(NokhwaFormat::new_from(640, 480, FrameFormat::GRAY, 30)), None);
    }
}
