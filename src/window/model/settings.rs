//! The settings that are kept between runs. Unknown fields of a newer version are ignored; missing ones and unknown choices get
//! their default, so a settings file never prevents the program from starting.

use apparatus::{ApparatusSettings, Link, Protocol, SideOrder};
use capture::camera::CameraChoice;
use capture::sound::SoundSettings;
use fencing::Weapon;
use fencing::wording::Language;
use piste::{ApparatusChoice, JudgedBy, PisteSettings, Pruning, ServerChoice};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use settings::Secret;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Colour theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// Dark, for halls.
    #[default]
    Dark,
    /// Light, for bright rooms.
    Light,
    /// High contrast: black, white and full colours.
    HighContrast,
}

/// Size of all text, as a share of the normal size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextScale(pub f32);

impl Default for TextScale {
    fn default() -> Self {
        Self(1.0)
    }
}

/// Amount of animation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// Short, eased transitions.
    #[default]
    Full,
    /// None.
    Reduced,
}

/// A page of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SettingsPage {
    /// Scoring box and sound.
    #[default]
    Piste,
    /// Cameras, lens, recordings.
    Camera,
    /// How phrases are judged and called.
    Judge,
    /// Language, colours, text size.
    Look,
    /// Shortcuts.
    Keys,
    /// Where phrases are judged, folders, privacy, defaults.
    Server,
}

impl SettingsPage {
    /// All pages in the order of their buttons.
    pub const ALL: [Self; 6] = [Self::Piste, Self::Camera, Self::Judge, Self::Look, Self::Keys, Self::Server];

    /// Message key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Piste => "settings-page-piste",
            Self::Camera => "settings-page-camera",
            Self::Judge => "settings-page-judge",
            Self::Look => "settings-page-look",
            Self::Keys => "settings-page-keys",
            Self::Server => "settings-page-server",
        }
    }

    /// The page `pages` further on; after the last comes the first.
    #[must_use]
    pub fn turned(self, pages: isize) -> Self {
        let count = Self::ALL.len() as isize;
        let at = Self::ALL.iter().position(|page| *page == self).unwrap_or_default() as isize;
        Self::ALL[(at + pages).rem_euclid(count) as usize]
    }
}

/// All settings.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in the settings, none a hidden state")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Language of the window and of the verdict, as a code (`en`, `fr`, ...).
    pub language: String,
    /// Colours.
    #[serde(deserialize_with = "lenient")]
    pub theme: ThemeChoice,
    /// Text size.
    #[serde(deserialize_with = "lenient")]
    pub text_scale: TextScale,
    /// Amount of animation.
    #[serde(deserialize_with = "lenient")]
    pub motion: Motion,
    /// Weapon of new phrases: `foil`, `epee` or `sabre`.
    pub weapon: String,
    /// Below this confidence the call is "too close", 0.5..1.
    pub min_confidence: f64,
    /// Whether to use the slower, more accurate pose model for clips.
    pub accurate: bool,
    /// Whether the lens is corrected, and its two parameters (see `lens`).
    pub lens_enabled: bool,
    /// Radial strength of the lens.
    pub lens_strength: f64,
    /// 0 crops to the frame, 1 keeps every pixel.
    pub lens_balance: f64,
    /// Whether the machine's call is hidden until the referee's own call.
    pub blind_mode: bool,
    /// Whether a recorded phrase is replayed automatically, first at full speed, then slower.
    pub auto_replay: bool,
    /// Whether the referee's call changes the score, unless the apparatus keeps it.
    pub call_scores: bool,
    /// Folder of results and exports.
    pub results_folder: Option<PathBuf>,
    /// Folders of the library.
    pub library_folders: Vec<PathBuf>,
    /// Folder of the models that judge instead of the built-in ones, as teaching leaves them.
    pub call_models: Option<PathBuf>,
    /// Changed shortcuts: command key to chord.
    pub shortcuts: BTreeMap<String, String>,
    /// Whether the first-run page was shown.
    pub welcomed: bool,
    /// Camera, apparatus, judge, recording, sound.
    pub live: LiveSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "en".into(),
            theme: ThemeChoice::default(),
            text_scale: TextScale::default(),
            motion: Motion::default(),
            weapon: Weapon::default().as_str().into(),
            min_confidence: fencing::right_of_way::DecisionSettings::default().min_confidence,
            accurate: false,
            // An uncalibrated lens is not corrected: the default strength would distort the picture.
            lens_enabled: false,
            lens_strength: -0.18,
            lens_balance: 0.0,
            blind_mode: false,
            auto_replay: false,
            call_scores: true,
            results_folder: None,
            library_folders: Vec::new(),
            call_models: None,
            shortcuts: BTreeMap::new(),
            welcomed: false,
            live: LiveSettings::default(),
        }
    }
}

impl Settings {
    /// The language; English for an unknown one.
    pub fn language(&self) -> Language {
        self.language.parse().unwrap_or_default()
    }

    /// The weapon; sabre for an unknown one.
    pub fn weapon(&self) -> Weapon {
        self.weapon.parse().unwrap_or_default()
    }
}

/// A change of one setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Language code.
    Language(String),
    /// Colours.
    Theme(ThemeChoice),
    /// Text size, 0.8..2.
    TextScale(f32),
    /// Transitions or none.
    Motion(Motion),
    /// Weapon of new phrases.
    Weapon(Weapon),
    /// Confidence threshold, 0.5..1.
    MinConfidence(f64),
    /// Pose model for clips.
    Accurate(bool),
    /// Lens on or off, strength, balance.
    Lens {
        /// On or off.
        enabled: bool,
        /// Radial strength.
        strength: f64,
        /// Balance, 0..1.
        balance: f64,
    },
    /// Own call first.
    BlindMode(bool),
    /// Automatic replay.
    AutoReplay(bool),
    /// Whether the referee's call changes the score.
    CallScores(bool),
    /// Folder of results.
    ResultsFolder(PathBuf),
    /// Folders of the library.
    LibraryFolders(Vec<PathBuf>),
    /// Folder of the models that judge; `None` for the built-in ones.
    CallModels(Option<PathBuf>),
    /// A shortcut: command key and chord text, empty for none.
    Shortcut(String, String),
    /// First-run page shown.
    Welcomed,
    /// The live part.
    Live(Box<LiveSettings>),
    /// Resets everything except the folders.
    Reset,
}

impl Settings {
    /// Applies a change and clamps numbers to their range.
    pub fn change(&mut self, setting: Setting) {
        match setting {
            Setting::Language(code) => self.language = code,
            Setting::Theme(theme) => self.theme = theme,
            Setting::TextScale(scale) => self.text_scale = TextScale(scale.clamp(0.8, 2.0)),
            Setting::Motion(motion) => self.motion = motion,
            Setting::Weapon(weapon) => self.weapon = weapon.as_str().into(),
            Setting::MinConfidence(share) => self.min_confidence = share.clamp(0.5, 1.0),
            Setting::Accurate(on) => self.accurate = on,
            Setting::Lens { enabled, strength, balance } => {
                self.lens_enabled = enabled;
                self.lens_strength = strength.clamp(-0.5, 0.5);
                self.lens_balance = balance.clamp(0.0, 1.0);
            }
            Setting::BlindMode(on) => self.blind_mode = on,
            Setting::AutoReplay(on) => self.auto_replay = on,
            Setting::CallScores(on) => self.call_scores = on,
            Setting::ResultsFolder(folder) => {
                self.results_folder = Some(folder).filter(|f| !f.as_os_str().is_empty());
            }
            Setting::LibraryFolders(folders) => self.library_folders = folders,
            Setting::CallModels(folder) => self.call_models = folder,
            Setting::Shortcut(command, chord) => {
                self.shortcuts.insert(command, chord);
            }
            Setting::Welcomed => self.welcomed = true,
            Setting::Live(live) => self.live = live.in_range(),
            Setting::Reset => self.reset(),
        }
    }

    fn reset(&mut self) {
        let results_folder = self.results_folder.take();
        let library_folders = std::mem::take(&mut self.library_folders);
        let live = LiveSettings { recordings: self.live.recordings.take(), ..LiveSettings::default() };
        *self = Self { results_folder, library_folders, live, welcomed: true, ..Self::default() };
    }
}

/// A camera in the settings file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CameraPick {
    /// A local camera.
    Device {
        /// Number or name.
        name: String,
        /// `1280x720@60 MJPEG`; `None` for the best.
        #[serde(default)]
        format: Option<String>,
    },
    /// A network camera.
    Network {
        /// Its address.
        address: String,
    },
    /// A clip, played in a loop.
    Clip {
        /// The clip.
        path: PathBuf,
    },
}

impl CameraPick {
    /// Converts to the piste's type.
    pub fn choice(&self) -> CameraChoice {
        match self {
            Self::Device { name, format } => CameraChoice::Device { name: name.clone(), format: format.clone() },
            Self::Network { address } => CameraChoice::Network(address.clone()),
            Self::Clip { path } => CameraChoice::Clip { path: path.clone(), repeats: true },
        }
    }
}

/// Source of the touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApparatusKind {
    /// Key presses.
    #[default]
    Keys,
    /// Lamps recognised in the video.
    Picture,
    /// A scoring box.
    Box,
}

/// Who judges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeKind {
    /// This machine.
    #[default]
    Here,
    /// A server.
    Server,
    /// Nobody.
    Nobody,
}

/// Which old phrases are deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PruneRule {
    /// None.
    #[default]
    Never,
    /// Those older than `prune_days`.
    Old,
    /// The oldest, when less than `prune_gigabytes` are free.
    Full,
}

/// The live part of the settings.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in the settings, none a hidden state")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiveSettings {
    /// The main camera.
    #[serde(deserialize_with = "lenient")]
    pub camera: Option<CameraPick>,
    /// A second camera, which is only recorded.
    #[serde(deserialize_with = "lenient")]
    pub second_camera: Option<CameraPick>,
    /// Source of the touches.
    #[serde(deserialize_with = "lenient")]
    pub apparatus: ApparatusKind,
    /// Port or address of the box: `/dev/ttyACM0`, `COM3`, `udp:50100`, `mqtt://host:1883`, `unix:/path`.
    pub box_link: String,
    /// Protocol of the box; empty for detection.
    pub box_protocol: String,
    /// Whether the camera is on the other side of the piste, so that left and right are exchanged.
    pub box_exchanged: bool,
    /// Who judges.
    #[serde(deserialize_with = "lenient")]
    pub judged_by: JudgeKind,
    /// The server.
    pub server_address: String,
    /// Access token; empty for none. It has its own file, but a settings file of an earlier version may still contain it.
    #[serde(skip_serializing, deserialize_with = "secret")]
    pub server_token: Secret,
    /// Length of the recording before the phrase, in seconds.
    pub pre_roll_secs: f64,
    /// Length of the recording after the lockout, in seconds.
    pub post_roll_secs: f64,
    /// Length of the memory, in seconds.
    pub memory_secs: f64,
    /// Folder of recordings; `None` for the default.
    pub recordings: Option<PathBuf>,
    /// Which old phrases are deleted.
    #[serde(deserialize_with = "lenient")]
    pub pruning: PruneRule,
    /// See [`PruneRule::Old`].
    pub prune_days: u32,
    /// See [`PruneRule::Full`].
    pub prune_gigabytes: f64,
    /// Microphone to record; `None` for none.
    pub microphone: Option<String>,
    /// Whether the referee's words are spoken at start and halt.
    pub cues: bool,
    /// Whether a buzzer sounds for a lamp; boxes have their own.
    pub buzzer: bool,
    /// Whether the machine's call is spoken. Off by default: in a hall the referee speaks.
    pub voice: bool,
    /// Loudspeaker; `None` for the system's default.
    pub loudspeaker: Option<String>,
    /// Volume, 0..1.
    pub volume: f32,
    /// `auto` or `cpu`.
    pub accelerator: String,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            camera: None,
            second_camera: None,
            apparatus: ApparatusKind::default(),
            box_link: String::new(),
            box_protocol: String::new(),
            box_exchanged: false,
            judged_by: JudgeKind::default(),
            server_address: String::new(),
            server_token: Secret::default(),
            pre_roll_secs: 5.0,
            post_roll_secs: 2.0,
            memory_secs: 60.0,
            recordings: None,
            pruning: PruneRule::default(),
            prune_days: 90,
            prune_gigabytes: 20.0,
            microphone: None,
            cues: true,
            buzzer: true,
            voice: false,
            loudspeaker: None,
            volume: 0.7,
            accelerator: "auto".into(),
        }
    }
}

impl LiveSettings {
    /// Clamps all numbers to their range.
    #[must_use]
    pub fn in_range(mut self) -> Self {
        self.memory_secs = finite_or(self.memory_secs, 60.0).clamp(5.0, 120.0);
        self.pre_roll_secs = finite_or(self.pre_roll_secs, 5.0).clamp(0.0, self.memory_secs);
        self.post_roll_secs = finite_or(self.post_roll_secs, 2.0).clamp(0.0, 10.0);
        self.prune_days = self.prune_days.clamp(1, 3650);
        self.prune_gigabytes = finite_or(self.prune_gigabytes, 20.0).clamp(1.0, 10_000.0);
        self.volume = if self.volume.is_finite() { self.volume.clamp(0.0, 1.0) } else { 0.7 };
        self
    }

    /// The piste's settings.
    pub fn piste(&self, weapon: Weapon, language: Language, usual_recordings: &Path) -> PisteSettings {
        let settings = self.clone().in_range();
        PisteSettings {
            weapon,
            language,
            camera: settings.camera.as_ref().map(CameraPick::choice),
            second_camera: settings.second_camera.as_ref().map(CameraPick::choice),
            apparatus: settings.apparatus_choice(weapon),
            judged_by: settings.judge(),
            recordings: settings.recordings.clone().unwrap_or_else(|| usual_recordings.to_owned()),
            pre_roll_secs: settings.pre_roll_secs,
            post_roll_secs: settings.post_roll_secs,
            memory_secs: settings.memory_secs,
            pruning: match settings.pruning {
                PruneRule::Never => Pruning::Never,
                PruneRule::Old => Pruning::OlderThanDays(settings.prune_days),
                PruneRule::Full => Pruning::KeepFreeGigabytes(settings.prune_gigabytes),
            },
            microphone: settings.microphone,
        }
    }

    /// The box; without a readable port the keys remain.
    fn apparatus_choice(&self, weapon: Weapon) -> ApparatusChoice {
        match (self.apparatus, self.box_link.parse::<Link>()) {
            (ApparatusKind::Picture, _) => ApparatusChoice::Picture,
            (ApparatusKind::Box, Ok(link)) => {
                let mut settings = ApparatusSettings::for_link(link);
                settings.protocol = Protocol::ALL.into_iter().find(|p| p.as_str() == self.box_protocol);
                settings.sides = if self.box_exchanged { SideOrder::Exchanged } else { SideOrder::AsWired };
                settings.decoder.weapon = weapon;
                ApparatusChoice::Box(Box::new(settings))
            }
            _ => ApparatusChoice::Keys,
        }
    }

    fn judge(&self) -> JudgedBy {
        match self.judged_by {
            JudgeKind::Server if !self.server_address.trim().is_empty() => JudgedBy::Server(self.server()),
            JudgeKind::Here | JudgeKind::Server => JudgedBy::Here,
            JudgeKind::Nobody => JudgedBy::Nobody,
        }
    }

    /// Sounds.
    pub fn sound(&self) -> SoundSettings {
        SoundSettings { cues: self.cues, buzzer: self.buzzer, volume: self.volume, output: self.loudspeaker.clone() }
    }

    /// The server in the settings.
    pub fn server(&self) -> ServerChoice {
        let token = Some(self.server_token.reveal().trim()).filter(|token| !token.is_empty()).map(Secret::new);
        ServerChoice { address: self.server_address.trim().to_owned(), token }
    }
}

fn finite_or(value: f64, otherwise: f64) -> f64 {
    if value.is_finite() { value } else { otherwise }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    Ok(Secret::new(String::deserialize(deserializer)?))
}

/// Reads a value of any shape; an unknown one becomes the default.
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = toml::Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_range() {
        let mut s = Settings::default();
        s.change(Setting::TextScale(9.0));
        s.change(Setting::MinConfidence(0.1));
        s.change(Setting::Lens { enabled: true, strength: -3.0, balance: 7.0 });
        assert_eq!((s.text_scale.0, s.min_confidence, s.lens_strength, s.lens_balance), (2.0, 0.5, -0.5, 1.0));
    }

    #[test]
    fn a_file_of_another_version_still_loads() {
        let s: Settings = toml::from_str("theme = 'light'\nhologram = true\n").unwrap();
        assert_eq!((s.theme, s.weapon()), (ThemeChoice::Light, Weapon::Sabre));
    }

    #[test]
    fn reset_keeps_the_folder() {
        let mut s = Settings::default();
        s.change(Setting::ResultsFolder("/results".into()));
        s.change(Setting::Theme(ThemeChoice::Light));
        s.change(Setting::Reset);
        assert_eq!((s.results_folder.is_some(), s.theme), (true, ThemeChoice::Dark));
    }
}

#[cfg(test)]
mod live_settings_tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let device = CameraPick::Device { name: "0".into(), format: Some("1280x720@60 MJPEG".into()) };
        let clip = CameraPick::Clip { path: "a.mp4".into() };
        for camera in [None, Some(device), Some(clip), Some(CameraPick::Network { address: "rtsp://x".into() })] {
            let settings = LiveSettings { camera, apparatus: ApparatusKind::Box, ..LiveSettings::default() };
            let text = toml::to_string_pretty(&settings).unwrap();
            assert_eq!(toml::from_str::<LiveSettings>(&text).unwrap(), settings, "{text}");
        }
    }

    #[test]
    fn a_choice_of_a_newer_version_costs_nothing_else() {
        let text = "apparatus = 'telepathy'\npruning = 7\npre_roll_secs = 3.5\n[camera]\nkind = 'hologram'\n";
        let read: LiveSettings = toml::from_str(text).unwrap();
        assert_eq!((read.apparatus, read.camera.clone(), read.pre_roll_secs), (ApparatusKind::Keys, None, 3.5));
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let wild = LiveSettings { pre_roll_secs: 1e9, memory_secs: f64::NAN, volume: -3.0, ..LiveSettings::default() };
        let tamed = wild.in_range();
        assert_eq!((tamed.pre_roll_secs, tamed.memory_secs, tamed.volume), (60.0, 60.0, 0.0));
    }

    #[test]
    fn a_box_without_a_port_leaves_the_keys_and_a_server_without_an_address_this_machine() {
        let live =
            LiveSettings { apparatus: ApparatusKind::Box, judged_by: JudgeKind::Server, ..LiveSettings::default() };
        let piste = live.piste(Weapon::Foil, Language::English, Path::new("/r"));
        assert_eq!((piste.apparatus, piste.judged_by), (ApparatusChoice::Keys, JudgedBy::Here));
        let live = LiveSettings { box_link: "udp:50100".into(), box_protocol: "cyrano".into(), ..live };
        let piste = live.piste(Weapon::Foil, Language::English, Path::new("/r"));
        assert!(matches!(piste.apparatus, ApparatusChoice::Box(b) if b.protocol == Some(Protocol::Cyrano)));
    }
}
