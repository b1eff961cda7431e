//! What can be set at a camera: exposure, focus, gain and whatever else it has.

/// One control of a camera.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraControl {
    /// Its name, by which it is set.
    pub name: String,
    /// What it matters for.
    pub role: ControlRole,
    /// Present value; switches are 0 or 1.
    pub value: f64,
    /// Least and greatest value and the step between values; `None` for switches.
    pub range: Option<(f64, f64, f64)>,
    /// Value it had from the factory.
    pub default: f64,
    /// Whether it can be set now; an automatic mode takes some away.
    pub is_settable: bool,
}

/// What a control matters for beside the piste.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlRole {
    /// Exposure: short ones keep blades sharp.
    Exposure,
    /// Focus: automatic ones hunt while people move.
    Focus,
    /// Gain: brightness without a longer exposure.
    Gain,
    /// Anything else.
    Other,
}

impl ControlRole {
    /// As it is written in lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exposure => "exposure",
            Self::Focus => "focus",
            Self::Gain => "gain",
            Self::Other => "other",
        }
    }

    /// The role of a control by its name; drivers name theirs freely.
    pub fn of_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match () {
            () if name.contains("exposure") => Self::Exposure,
            () if name.contains("focus") => Self::Focus,
            () if name.contains("gain") => Self::Gain,
            () => Self::Other,
        }
    }
}
