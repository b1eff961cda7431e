//! Cameras on a cable: which there are, which one is meant, and that one again after it was away.
//!
//! Numbers change when a camera is plugged in again, names do not: a camera that was opened once is looked for by its name.

use super::source::{PictureSource, SourceOpener};
use super::{CameraControl, CameraError, CameraFormat, plugged};
use parking_lot::Mutex;
use vision::video::Cancel;

/// A camera that is plugged in, as the system knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plugged {
    /// The system's number or identifier.
    pub(super) number: String,
    pub(super) name: String,
}

/// A camera as `referee cameras` lists it.
#[derive(Debug)]
pub struct CameraListing {
    /// Its number, by which it can be chosen.
    pub number: String,
    /// Its name, by which it can be chosen as well.
    pub name: String,
    /// Every format it has that can be read here, the best first.
    pub formats: Vec<CameraFormat>,
    /// What can be set.
    pub controls: Vec<CameraControl>,
    /// Why it cannot be used now: no permission, busy.
    pub trouble: Option<CameraError>,
}

/// Every camera that is plugged in, with all its formats and controls. Opens each for a moment.
///
/// Device nodes that belong to a camera without delivering pictures are left out. Works on a thread of its own, because
/// device libraries panic on some drivers.
pub fn list_cameras() -> Result<Vec<CameraListing>, CameraError> {
    let look = || Ok(plugged::list()?.into_iter().filter_map(|found| plugged::describe(&found)).collect());
    let looker = std::thread::Builder::new().name("camera-list".into()).spawn(look).map_err(CameraError::Thread)?;
    looker.join().unwrap_or_else(|_| {
        Err(CameraError::Driver { name: "the system's list of cameras".into(), reason: "a driver failed".into() })
    })
}

/// Opens a camera on a cable by its number or part of its name.
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

impl SourceOpener for DeviceCamera {
    fn name(&self) -> String {
        format!("camera {}", self.wanted)
    }

    fn open(&self, _: &Cancel) -> Result<Box<dyn PictureSource>, CameraError> {
        let format = self.format.as_deref().map(str::parse).transpose()?;
        let plugged = plugged::list()?;
        let known = self.known.lock().clone();
        let found = find(&self.wanted, known.as_deref(), &plugged)?;
        let source = plugged::open(found, format)?;
        *self.known.lock() = Some(found.name.clone());
        Ok(source)
    }
}

/// The camera that is meant: by its number, its whole name or a part of it; one that is known by its name alone.
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
    fn what_is_missing_is_told_with_what_is_there() {
        let there = plugged(&[("0", "Built-in")]);
        let text = find("USB", None, &there).unwrap_err().to_string();
        assert!(text.contains("USB") && text.contains("0 Built-in"), "{text}");
        assert!(matches!(find("0", None, &[]), Err(CameraError::NoCamera)));
        assert!(matches!(find("0", Some("Cam"), &there), Err(CameraError::Gone { .. })));
    }
}
