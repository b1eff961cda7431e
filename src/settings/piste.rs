//! What the reference's piste program is told by its environment, as far as it means something here: where the box, the
//! camera and the recordings are. Flags and settings win over it.

use super::{ConfigError, Environment};
use std::path::PathBuf;

/// Beginning of the names that the reference's piste program reads.
const FAMILY: &str = "FENCING_";

/// Those that are taken.
const HEEDED: [&str; 5] = [
    "FENCING_SERIAL_PORT",
    "FENCING_BAUD_RATE",
    "FENCING_RECORDINGS_DIR",
    "FENCING_CAMERA_INDEX",
    "FENCING_CAMERA_DEVICE",
];

/// Where things are, by the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PisteDefaults {
    /// Serial port of the box.
    pub serial_port: Option<String>,
    /// Its rate.
    pub baud: Option<u32>,
    /// Folder of the recordings.
    pub recordings: Option<PathBuf>,
    /// Camera by its number or its device.
    pub camera: Option<String>,
}

impl PisteDefaults {
    /// What the environment says.
    pub fn of(environment: &Environment) -> Result<Self, ConfigError> {
        let number: Option<u32> = environment.parsed("FENCING_CAMERA_INDEX", "the number of a camera")?;
        Ok(Self {
            serial_port: environment.text("FENCING_SERIAL_PORT"),
            baud: environment.parsed("FENCING_BAUD_RATE", "a whole number")?,
            recordings: recordings(environment),
            // The reference opens the device where both are set.
            camera: environment.text("FENCING_CAMERA_DEVICE").or_else(|| number.map(|number| number.to_string())),
        })
    }
}

/// Folder of the recordings.
pub fn recordings(environment: &Environment) -> Option<PathBuf> {
    environment.path("FENCING_RECORDINGS_DIR")
}

impl Environment {
    /// One sentence per variable of the reference's piste program that is set and changes nothing.
    pub fn unheeded_at_the_piste(&self) -> Vec<String> {
        let set = self.names().filter(|name| name.starts_with(FAMILY) && self.text(name).is_some());
        let sentence = |name: &str| {
            let instead = if name.starts_with("FENCING_CAMERA_") { "; choose a format with --format" } else { "" };
            format!("{name} is set and changes nothing here{instead}")
        };
        set.filter(|name| !HEEDED.contains(name)).map(sentence).collect()
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
    fn what_changes_nothing_is_said() {
        let told = Environment::from_pairs([
            ("FENCING_CAMERA_WIDTH", "1280"),
            ("FENCING_NATIVE_GSTREAMER_CAPTURE", "true"),
            ("FENCING_SERIAL_PORT", "/dev/ttyACM0"),
        ]);
        assert_eq!(
            told.unheeded_at_the_piste(),
            [
                "FENCING_CAMERA_WIDTH is set and changes nothing here; choose a format with --format",
                "FENCING_NATIVE_GSTREAMER_CAPTURE is set and changes nothing here",
            ]
        );
    }
}
