//! The three weapons and what their apparatus counts as a touch.

use crate::SignalEvent;
use crate::time::Timestamp;

/// The weapon fenced with; decides convention, valid target and the apparatus' timings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weapon {
    /// Right of way, torso; off-target touches light a white lamp and stop the phrase.
    Foil,
    /// No right of way, whole body; two touches together count for both.
    Epee,
    /// Right of way, all above the hips, point and edge.
    #[default]
    Sabre,
}

/// What the apparatus needs to register, in seconds (FIE Material Rules, Annex B).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApparatusTimings {
    /// Longest contact that may be needed to register a touch.
    pub contact_secs: f64,
    /// How long after the first signalled touch the second can still light up.
    pub lockout_secs: f64,
    /// Tolerance of `lockout_secs`.
    pub lockout_tolerance_secs: f64,
}

impl Weapon {
    /// All weapons, in the order that menus show.
    pub const ALL: [Self; 3] = [Self::Foil, Self::Epee, Self::Sabre];

    /// Whether a double light is decided by right of way.
    pub const fn has_right_of_way(self) -> bool {
        !matches!(self, Self::Epee)
    }

    /// The apparatus' timings. Annex B says itself that they bear no relation to fencing time: no rule may use them as a tempo.
    pub const fn timings(self) -> ApparatusTimings {
        match self {
            Self::Foil => ApparatusTimings { contact_secs: 0.015, lockout_secs: 0.300, lockout_tolerance_secs: 0.025 },
            // Annex B: both lamps below 40 ms, one only above 50 ms.
            Self::Epee => ApparatusTimings { contact_secs: 0.010, lockout_secs: 0.045, lockout_tolerance_secs: 0.005 },
            Self::Sabre => ApparatusTimings { contact_secs: 0.001, lockout_secs: 0.170, lockout_tolerance_secs: 0.010 },
        }
    }

    /// End of the lockout after the first touch, without its tolerance.
    pub fn lockout_end(self, first_touch: Timestamp) -> Timestamp {
        first_touch.plus_secs(self.timings().lockout_secs)
    }

    /// The moment after which nothing decides: the end of the lockout, or where a touch of uncertain time may have fallen at the latest.
    pub fn decided_by(self, first_touch: SignalEvent) -> Timestamp {
        first_touch.at.plus_secs(self.timings().lockout_secs.max(first_touch.uncertainty_secs))
    }

    /// `"foil"`, `"epee"` or `"sabre"`, as files and flags spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Foil => "foil",
            Self::Epee => "epee",
            Self::Sabre => "sabre",
        }
    }
}

impl std::str::FromStr for Weapon {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "foil" | "fleuret" | "f" => Ok(Self::Foil),
            "epee" | "épée" | "e" => Ok(Self::Epee),
            "sabre" | "saber" | "s" => Ok(Self::Sabre),
            _ => Err(format!("'{text}' is no weapon; say foil, epee or sabre")),
        }
    }
}
