//! Environment variables of the reference's piste program that are used here: box, camera and recordings folder. Flags and
//! settings take precedence.

use super::{ConfigError, Environment};
use std::path::PathBuf;

/// Prefix of the variables of the reference's piste program.
const FAMILY: &str = "FENCING_";

/// Those that are used.
const USED: [&str; 5] = [
    "FENCING_SERIAL_PORT",
    "FENCING_BAUD_RATE",
    "FENCING_RECORDINGS_DIR",
    "FENCING_CAMERA_INDEX",
    "FENCING_CAMERA_DEVICE",
];

/// Defaults from the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PisteDefaults {
    /// Serial port of the box.
    pub serial_port: Option<String>,
    /// Baud rate of the box.
    pub baud: Option<u32>,
    /// Folder of the recordings.
    pub recordings: Option<PathBuf>,
    /// Number or device path of the camera.
    pub camera: Option<String>,
}

impl PisteDefaults {
    /// Reads the environment.
    pub fn of(environment: &Environment) -> Result<Self, ConfigError> {
        let number: Option<u32> = environment.parsed("FENCING_CAMERA_INDEX", "the number of a camera")?;
        Ok(Self {
            serial_port: environment.text("FENCING_SERIAL_PORT"),
            baud: environment.parsed("FENCING_BAUD_RATE", "a whole number")?,
            recordings: recordings(environment),
            // Where both are set, the reference opens the device.
            camera: environment.text("FENCING_CAMERA_DEVICE").or_else(|| number.map(|number| number.to_string())),
        })
    }
}

/// Folder of the recordings.
pub fn recordings(environment: &Environment) -> Option<PathBuf> {
    environment.path("FENCING_RECORDINGS_DIR")
}

impl Environment {
    /// One sentence per variable of the reference's piste program that is set but not used.
    pub fn unused_piste_variables(&self) -> Vec<String> {
        let set = self.names().filter(|name| name.starts_with(FAMILY) && self.text(name).is_some());
        let sentence = |name: &str| {
            let instead = if name.starts_with("FENCING_CAMERA_") { "; choose a format with --format" } else { "" };
            format!("{name} is set but has no effect here{instead}")
        };
        set.filter(|name| !USED.contains(name)).map(sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piste_that_is_set_up_for_the_reference_is_set_up_here() {
        let set = [
            ("FENCING_SERIAL_PORT", "/dev/ttyUSB1"),
            ("FENCING_BAUD_RATE", "57600"),
            ("FENCING_RECORDINGS_DIR", "/srv/phrases"),
            ("FENCING_CAMERA_INDEX", "2"),
        ];
        let expected = PisteDefaults {
            serial_port: Some("/dev/ttyUSB1".into()),
            baud: Some(57_600),
            recordings: Some("/srv/phrases".into()),
            camera: Some("2".into()),
        };
        assert_eq!(PisteDefaults::of(&Environment::from_pairs(set)).unwrap(), expected);
        assert_eq!(PisteDefaults::of(&Environment::default()).unwrap(), PisteDefaults::default());
        let wrong = PisteDefaults::of(&Environment::from_pairs([("FENCING_CAMERA_INDEX", "left")])).unwrap_err();
        assert_eq!(wrong.to_string(), "FENCING_CAMERA_INDEX=left is not the number of a camera; correct or unset it");
    }

    #[test]
    fn what_changes_nothing_is_reported() {
        let warnings = Environment::from_pairs([
            ("FENCING_CAMERA_WIDTH", "1280"),
            ("FENCING_NATIVE_GSTREAMER_CAPTURE", "true"),
            ("FENCING_SERIAL_PORT", "/dev/ttyACM0"),
        ]);
        assert_eq!(
            warnings.unused_piste_variables(),
            [
                "FENCING_CAMERA_WIDTH is set but has no effect here; choose a format with --format",
                "FENCING_NATIVE_GSTREAMER_CAPTURE is set but has no effect here",
            ]
        );
    }
}
