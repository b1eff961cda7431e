//! What a piste is made of. Plain data, resolved already.

use apparatus::ApparatusSettings;
use capture::camera::CameraChoice;
use capture::recorder::Pruning;
use fencing::Weapon;
use fencing::wording::Language;
use settings::Secret;
use std::path::PathBuf;

/// Everything that a piste needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct PisteSettings {
    /// The weapon.
    pub weapon: Weapon,
    /// The camera that is judged by; `None` leaves the piste without pictures.
    pub camera: Option<CameraChoice>,
    /// Another one that is only recorded beside it.
    pub second_camera: Option<CameraChoice>,
    /// Who says that there was a touch.
    pub apparatus: ApparatusChoice,
    /// Who judges.
    pub judged_by: JudgedBy,
    /// Where phrases are recorded: one folder each.
    pub recordings: PathBuf,
    /// Language of the papers that a judged phrase leaves.
    pub language: Language,
    /// How much is kept from before the phrase began, in seconds.
    pub pre_roll_secs: f64,
    /// How much is kept after the lockout, in seconds.
    pub post_roll_secs: f64,
    /// How much of the past is held in memory at any time, in seconds.
    pub memory_secs: f64,
    /// The microphone that is recorded beside the pictures, by part of its name; empty for the system's own choice.
    pub microphone: Option<String>,
    /// Which old phrases may go when the disk fills.
    pub pruning: Pruning,
}

/// Where touches come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ApparatusChoice {
    /// A person's keys.
    #[default]
    Keys,
    /// Lamps that are seen in the picture.
    Picture,
    /// A scoring box.
    Box(Box<ApparatusSettings>),
}

/// Who judges a phrase.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum JudgedBy {
    /// This machine.
    #[default]
    Here,
    /// A server; this machine when it fails and the user says so.
    Server(ServerChoice),
    /// Nobody: phrases are only recorded.
    Nobody,
}

/// A remote judge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerChoice {
    /// `HOST[:PORT]` or a `ws://`, `wss://` address.
    pub address: String,
    /// Its token, if it wants one.
    pub token: Option<Secret>,
}
