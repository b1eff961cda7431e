//! Local cameras: lists them, finds the requested one, and finds it again after it was unplugged.
//!
//! Device numbers change when a camera is plugged in again, names do not: a camera that was opened once is found by its name.

use super::source::{CameraOpener, CameraSource};
use super::{CameraControl, CameraError, CameraFormat, plugged};
use parking_lot::Mutex;
use vision::video::Cancel;

/// A local camera as the system lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plugged {
    /// The system's number or identifier.
    pub(super) number: String,
    pub(super) name: String,
}

/// A camera as `referee cameras` lists it.
#[derive(Debug)]
pub struct CameraListing {
    /// Device number; can be used to choose it.
    pub number: String,
    /// Device name; can be used to choose it as well.
    pub name: String,
    /// Every format that can be decoded here, best first.
    pub formats: Vec<CameraFormat>,
    /// Its controls.
    pub controls: Vec<CameraControl>,
    /// Why it cannot be used now: permission denied, busy.
    pub trouble: Option<CameraError>,
}

/// Lists every local camera with all its formats and controls. Opens each one briefly.
///
/// Skips device nodes that deliver no frames. Runs on a thread of its own, because device libraries panic on some drivers.
pub fn list_cameras() -> Result<Vec<CameraListing>, CameraError> {
    let list_all = || Ok(plugged::list()?.into_iter().filter_map(|found| plugged::describe(&found)).collect());
    let lister = std::thread::Builder::new().name("camera-list".into()).spawn(list_all).map_err(CameraError::Thread)?;
    lister.join().unwrap_or_else(|_| {
        Err(CameraError::Driver { name: "the system's list of cameras".into(), reason: "a driver failed".into() })
    })
}

/// Opens a local camera by its number or part of its name.
#[derive(Debug)]
pub struct DeviceCamera {
    wanted: String,
    format: Option<String>,
    /// Name of the camera that was opened first.
    known: Mutex<Option<String>>,
}

impl DeviceCamera {
    /// `wanted` and `format` as in [`CameraChoice::Device`](super::CameraChoice::Device).
    pub fn new(wanted: String, format: Option<String>) -> Self {
        Self { wanted, format, known: Mutex::new(None) }
    }
}

impl CameraOpener for DeviceCamera {
    fn name(&self) -> String {
        format!("camera {}", self.wanted)
    }

    fn open(&self, _: &Cancel) -> Result<Box<dyn CameraSource>, CameraError> {
        let format = self.format.as_deref().map(str::parse).transpose()?;
        let plugged = plugged::list()?;
        let known = self.known.lock().clone();
        let found = find(&self.wanted, known.as_deref(), &plugged)?;
        let source = plugged::open(found, format)?;
        *self.known.lock() = Some(found.name.clone());
        Ok(source)
    }
}

/// Finds the requested camera by number, whole name or part of it; after the first opening only by its known name.
fn find<'a>(wanted: &str, known: Option<&str>, plugged: &'a [Plugged]) -> Result<&'a Plugged, CameraError> {
    if plugged.is_empty() {
        return Err(CameraError::NoCamera);
    }
    let by_number = plugged.iter().find(|camera| camera.number == wanted.trim());
    if let Some(known) = known {
        let same = by_number.filter(|camera| camera.name == known);
        let gone = || CameraError::Gone { name: known.to_owned(), reason: "unplugged".into() };
        return same.or_else(|| plugged.iter().find(|camera| camera.name == known)).ok_or_else(gone);
    }
    let lower = wanted.trim().to_lowercase();
    let whole = || plugged.iter().find(|camera| camera.name.to_lowercase() == lower);
    let part = || plugged.iter().find(|camera| !lower.is_empty() && camera.name.to_lowercase().contains(&lower));
    by_number.or_else(whole).or_else(part).ok_or_else(|| CameraError::NotFound {
        wanted: wanted.to_owned(),
        found: plugged.iter().map(|camera| format!("{} {}", camera.number, camera.name)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugged(cameras: &[(&str, &str)]) -> Vec<Plugged> {
        cameras.iter().map(|(number, name)| Plugged { number: (*number).into(), name: (*name).into() }).collect()
    }

    #[test]
    fn a_camera_is_found_by_number_or_name_and_again_by_name() {
        let both = plugged(&[("0", "Built-in"), ("2", "USB Cam Pro"), ("4", "USB Cam")]);
        let check = |wanted, known, number: Option<&str>| {
            let found = find(wanted, known, &both).ok().map(|camera| camera.number.as_str());
            assert_eq!(found, number, "{wanted} {known:?}");
        };
        check("2", None, Some("2"));
        check("usb cam", None, Some("4"));
        check("pro", None, Some("2"));
        check("3", None, None);
        check("", None, None);
        check("0", Some("USB Cam"), Some("4"));
        check("4", Some("USB Cam"), Some("4"));
        check("0", Some("gone"), None);
    }

    #[test]
    fn what_is_missing_is_reported_with_what_is_there() {
        let there = plugged(&[("0", "Built-in")]);
        let text = find("USB", None, &there).unwrap_err().to_string();
        assert!(text.contains("USB") && text.contains("0 Built-in"), "{text}");
        assert!(matches!(find("0", None, &[]), Err(CameraError::NoCamera)));
        assert!(matches!(find("0", Some("Cam"), &there), Err(CameraError::Gone { .. })));
    }
}
