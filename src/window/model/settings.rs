//! What the user chose and the program keeps between runs. Unknown fields of a newer version are ignored, missing ones and
//! choices that this version does not know take their default, so a settings file is never a reason not to start.

use super::LiveSettings;
use super::live_settings::lenient;
use fencing::Weapon;
use fencing::wording::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// For a hall whose light is behind the referee.
    #[default]
    Dark,
    /// For bright rooms.
    Light,
    /// Black, white and full colours.
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

/// How much of the window moves by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// Short, eased transitions.
    #[default]
    Full,
    /// None at all.
    Reduced,
}

/// Everything that can be set.
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
    /// Transitions or none.
    #[serde(deserialize_with = "lenient")]
    pub motion: Motion,
    /// Weapon of new phrases: `foil`, `epee` or `sabre`.
    pub weapon: String,
    /// Below this confidence the call is "too close", 0.5..1.
    pub min_confidence: f64,
    /// Slower and more accurate pose model for clips.
    pub accurate: bool,
    /// Whether the lens is corrected, and its two parameters (see `lens`).
    pub lens_enabled: bool,
    /// Radial strength of the lens.
    pub lens_strength: f64,
    /// 0 crops to the picture, 1 keeps every pixel.
    pub lens_balance: f64,
    /// The referee's own call is asked for before the machine's is shown.
    pub blind_mode: bool,
    /// A recorded phrase plays by itself: first at full speed, then slower.
    pub auto_replay: bool,
    /// Where results and exports go.
    pub results_folder: Option<PathBuf>,
    /// Folders whose phrases the library lists.
    pub library_folders: Vec<PathBuf>,
    /// Shortcuts that differ from the shipped ones: command key to chord.
    pub shortcuts: BTreeMap<String, String>,
    /// Whether the first-run page was seen.
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
            lens_enabled: true,
            lens_strength: -0.18,
            lens_balance: 0.0,
            blind_mode: false,
            auto_replay: false,
            results_folder: None,
            library_folders: Vec::new(),
            shortcuts: BTreeMap::new(),
            welcomed: false,
            live: LiveSettings::default(),
        }
    }
}

impl Settings {
    /// The language, English when the file says something else.
    pub fn language(&self) -> Language {
        self.language.parse().unwrap_or_default()
    }

    /// The weapon, sabre when the file says something else.
    pub fn weapon(&self) -> Weapon {
        self.weapon.parse().unwrap_or_default()
    }
}

/// One change of one setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Language code.
    Language(String),
    /// Colours.
    Theme(ThemeChoice),
    /// Text size, 0.8..1.6.
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
    /// Replay of a recorded phrase without asking.
    AutoReplay(bool),
    /// Where results go.
    ResultsFolder(PathBuf),
    /// Folders of the library.
    LibraryFolders(Vec<PathBuf>),
    /// A shortcut: command key and chord text, empty for none.
    Shortcut(String, String),
    /// First-run page seen.
    Welcomed,
    /// The live part.
    Live(Box<LiveSettings>),
    /// All shipped values, the folders kept.
    Reset,
}

impl Settings {
    /// Carries out one change, keeping every number in its range.
    pub fn change(&mut self, setting: Setting) {
        match setting {
            Setting::Language(code) => self.language = code,
            Setting::Theme(theme) => self.theme = theme,
            Setting::TextScale(scale) => self.text_scale = TextScale(scale.clamp(0.8, 1.6)),
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
            Setting::ResultsFolder(folder) => {
                self.results_folder = Some(folder).filter(|f| !f.as_os_str().is_empty());
            }
            Setting::LibraryFolders(folders) => self.library_folders = folders,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_range() {
        let mut s = Settings::default();
        s.change(Setting::TextScale(9.0));
        s.change(Setting::MinConfidence(0.1));
        s.change(Setting::Lens { enabled: true, strength: -3.0, balance: 7.0 });
        assert_eq!((s.text_scale.0, s.min_confidence, s.lens_strength, s.lens_balance), (1.6, 0.5, -0.5, 1.0));
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
