//! What every judging command needs to know: model, lens, where results go, how to read a signal log's sides.

use super::{ConfigError, Environment};
use fencing::Weapon;
use recording::HitSides;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use vision::engine::{NoTouchPrior, Pooling};

/// The reference's guess of its lens: first coefficient of the equidistant polynomial.
const DEFAULT_FISHEYE_STRENGTH: f64 = -0.18;
/// 0 crops so that no border shows, 1 keeps every pixel.
const DEFAULT_FISHEYE_BALANCE: f64 = 0.0;
/// Where the reference puts its phrases.
const DEFAULT_OUTPUT: &str = "results/processed_phrases";

/// Analysis settings as typed on the command line or in the file. Every one may be left out.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, clap::Args)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypedAnalysis {
    /// Pose model (ONNX) instead of the bundled one [env: REFEREE_YOLO_MODEL]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Judge with the accurate pose model: about four times slower, for clips when time allows [env: REFEREE_ACCURATE]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", conflicts_with = "model")]
    pub accurate: Option<bool>,
    /// Folder of the shipped models [env: REFEREE_MODELS_DIR]
    #[arg(long, value_name = "DIR")]
    pub models_dir: Option<PathBuf>,
    /// Below this confidence the call is "too close", 0.5 to 1 [env: REFEREE_MIN_CONFIDENCE]
    #[arg(long, value_name = "SHARE")]
    pub min_confidence: Option<f64>,
    /// How much rules, learned opinion and learned opinion after a blade contact count, as `referee evaluate --fit-doubt`
    /// prints them [env: REFEREE_DOUBT]
    #[arg(long, value_name = "R,O,C")]
    #[serde(deserialize_with = "by_name")]
    pub doubt: Option<Pooling>,
    /// How often a double light ends without a touch: club (lessons and bouts, about 3 %) or competition (about 38 %)
    /// [env: REFEREE_NO_TOUCH]
    #[arg(long, value_name = "club|competition")]
    #[serde(deserialize_with = "by_name")]
    pub no_touch: Option<NoTouchPrior>,
    /// Call models in place of those that are compiled in, as `referee train` leaves them [env: REFEREE_CALL_MODELS]
    #[arg(long, value_name = "DIR")]
    pub call_models: Option<PathBuf>,
    /// Use the inference that is built in, even where ONNX Runtime is installed [env: REFEREE_BUILT_IN_INFERENCE]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub built_in_inference: Option<bool>,
    /// ONNX Runtime library to load [env: ORT_DYLIB_PATH]
    #[arg(long, value_name = "FILE")]
    pub ort_lib: Option<PathBuf>,
    /// Folder for results [env: REFEREE_OUTPUT_DIR]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Weapon: sabre, foil or epee [env: REFEREE_WEAPON]
    #[arg(long)]
    #[serde(deserialize_with = "by_name")]
    pub weapon: Option<Weapon>,
    /// Which side the log's HIT lines name: auto, box or camera [env: REFEREE_HIT_SIDES]
    #[arg(long, value_name = "WHOSE")]
    #[serde(deserialize_with = "by_name")]
    pub hit_sides: Option<HitSides>,
    /// Correct a fisheye lens [env: REFEREE_FISHEYE_ENABLED]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub fisheye: Option<bool>,
    /// Lens strength, negative for barrel edges [env: REFEREE_FISHEYE_STRENGTH]
    #[arg(long, value_name = "K1", allow_negative_numbers = true)]
    pub fisheye_strength: Option<f64>,
    /// 0 crops the corrected picture, 1 keeps its borders [env: REFEREE_FISHEYE_BALANCE]
    #[arg(long, value_name = "0..1")]
    pub fisheye_balance: Option<f64>,
    /// Keep the sound in the corrected video [env: REFEREE_FISHEYE_KEEP_AUDIO]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub fisheye_keep_audio: Option<bool>,
}

/// Lens correction that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fisheye {
    /// First coefficient of the equidistant polynomial.
    pub strength: f64,
    /// 0 crops, 1 keeps borders.
    pub balance: f64,
    /// Whether the corrected video keeps its sound.
    pub keeps_audio: bool,
}

/// Analysis settings, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalysisSettings {
    /// The user's own pose model; `None` means the bundled one.
    pub model: Option<PathBuf>,
    /// Whether the accurate pose model reads the poses.
    pub accurate: bool,
    /// Folder of the shipped models, when the user says so.
    pub models_dir: Option<PathBuf>,
    /// Below this confidence the call is "too close"; `None` for the judge's own threshold.
    pub min_confidence: Option<f64>,
    /// How rules and learned opinion are put together; `None` for what ships.
    pub doubt: Option<Pooling>,
    /// How often a double light ends without a touch.
    pub no_touch: NoTouchPrior,
    /// Folder of the club's own call models; `None` means those that are compiled in.
    pub call_models: Option<PathBuf>,
    /// Whether ONNX Runtime is left alone.
    pub built_in_inference: bool,
    /// Where ONNX Runtime lies, when the user says so.
    pub ort_library: Option<PathBuf>,
    /// Folder that gets one folder per phrase.
    pub output: PathBuf,
    /// Weapon of phrases that do not say.
    pub weapon: Weapon,
    /// How a signal log names sides.
    pub hit_sides: HitSides,
    /// Lens correction; `None` is off.
    pub fisheye: Option<Fisheye>,
}

impl TypedAnalysis {
    /// What the environment says.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            model: environment.path("REFEREE_YOLO_MODEL").filter(|path| !is_absent_default(path)),
            accurate: environment.switch("REFEREE_ACCURATE"),
            models_dir: environment.path("REFEREE_MODELS_DIR"),
            min_confidence: environment.parsed("REFEREE_MIN_CONFIDENCE", "a number from 0.5 to 1")?,
            doubt: environment.parsed("REFEREE_DOUBT", "three factors such as 0.80,0.75,0.14")?,
            no_touch: environment.parsed("REFEREE_NO_TOUCH", "club or competition")?,
            call_models: environment.path("REFEREE_CALL_MODELS"),
            built_in_inference: environment.switch("REFEREE_BUILT_IN_INFERENCE"),
            ort_lib: environment.path("ORT_DYLIB_PATH"),
            output: environment.path("REFEREE_OUTPUT_DIR"),
            weapon: environment.parsed("REFEREE_WEAPON", "sabre, foil or epee")?,
            hit_sides: environment.parsed("REFEREE_HIT_SIDES", "auto, box or camera")?,
            fisheye: environment.switch("REFEREE_FISHEYE_ENABLED"),
            fisheye_strength: environment.parsed("REFEREE_FISHEYE_STRENGTH", "a number such as -0.18")?,
            fisheye_balance: environment.parsed("REFEREE_FISHEYE_BALANCE", "a number from 0 to 1")?,
            fisheye_keep_audio: environment.switch("REFEREE_FISHEYE_KEEP_AUDIO"),
        })
    }

    /// This where it says something, `lower` elsewhere.
    #[must_use]
    pub fn over(self, lower: Self) -> Self {
        Self {
            model: self.model.or(lower.model),
            accurate: self.accurate.or(lower.accurate),
            models_dir: self.models_dir.or(lower.models_dir),
            min_confidence: self.min_confidence.or(lower.min_confidence),
            doubt: self.doubt.or(lower.doubt),
            no_touch: self.no_touch.or(lower.no_touch),
            call_models: self.call_models.or(lower.call_models),
            built_in_inference: self.built_in_inference.or(lower.built_in_inference),
            ort_lib: self.ort_lib.or(lower.ort_lib),
            output: self.output.or(lower.output),
            weapon: self.weapon.or(lower.weapon),
            hit_sides: self.hit_sides.or(lower.hit_sides),
            fisheye: self.fisheye.or(lower.fisheye),
            fisheye_strength: self.fisheye_strength.or(lower.fisheye_strength),
            fisheye_balance: self.fisheye_balance.or(lower.fisheye_balance),
            fisheye_keep_audio: self.fisheye_keep_audio.or(lower.fisheye_keep_audio),
        }
    }
}

impl AnalysisSettings {
    /// Flags over environment over file over defaults, checked.
    pub fn resolve(flags: TypedAnalysis, environment: &Environment, file: TypedAnalysis) -> Result<Self, ConfigError> {
        let typed = flags.over(TypedAnalysis::from_environment(environment)?).over(file);
        let fisheye = if typed.fisheye.unwrap_or(true) { Some(lens(&typed)?) } else { None };
        Ok(Self {
            model: typed.model.map(exported).transpose()?,
            accurate: typed.accurate.unwrap_or(false),
            models_dir: typed.models_dir,
            min_confidence: typed.min_confidence.map(|share| share_of_calls("min-confidence", share)).transpose()?,
            doubt: typed.doubt,
            no_touch: typed.no_touch.unwrap_or_default(),
            call_models: typed.call_models,
            built_in_inference: typed.built_in_inference.unwrap_or(false),
            ort_library: typed.ort_lib,
            output: typed.output.unwrap_or_else(|| PathBuf::from(DEFAULT_OUTPUT)),
            weapon: typed.weapon.unwrap_or_default(),
            hit_sides: typed.hit_sides.unwrap_or_default(),
            fisheye,
        })
    }
}

/// Endings of the models that the reference runs.
const OF_THE_REFERENCE: [&str; 3] = ["pt", "engine", "pth"];

/// The models that the reference's service and its guide name as defaults.
const DEFAULTS_OF_THE_REFERENCE: [&str; 2] = ["models/yolo11x-pose.pt", "models/yolov8m-pose.pt"];

/// Whether a path is the reference's default and no such file is there: its environment names it without anybody's choice, so
/// the shipped model takes its place.
pub(super) fn is_absent_default(path: &Path) -> bool {
    DEFAULTS_OF_THE_REFERENCE.iter().any(|default| Path::new(default) == path) && !path.exists()
}

/// Refuses a model in a form that only its makers' library reads: the reference's own default is one.
fn exported(path: PathBuf) -> Result<PathBuf, ConfigError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.filter(|ending| OF_THE_REFERENCE.contains(&ending.as_str())) {
        Some(ending) => Err(ConfigError::NotExported { ending, path }),
        None => Ok(path),
    }
}

fn lens(typed: &TypedAnalysis) -> Result<Fisheye, ConfigError> {
    let strength = typed.fisheye_strength.unwrap_or(DEFAULT_FISHEYE_STRENGTH);
    let balance = typed.fisheye_balance.unwrap_or(DEFAULT_FISHEYE_BALANCE);
    Ok(Fisheye {
        strength: within("fisheye-strength", strength, -1.0)?,
        balance: within("fisheye-balance", balance, 0.0)?,
        keeps_audio: typed.fisheye_keep_audio.unwrap_or(true),
    })
}

/// A confidence: a coin is right half of the time.
fn share_of_calls(name: &'static str, value: f64) -> Result<f64, ConfigError> {
    let fits = (0.5..=1.0).contains(&value);
    if fits { Ok(value) } else { Err(ConfigError::Range { name, value: value.to_string(), wanted: "from 0.5 to 1" }) }
}

/// A number from `lowest` to 1.
fn within(name: &'static str, value: f64, lowest: f64) -> Result<f64, ConfigError> {
    if (lowest..=1.0).contains(&value) {
        return Ok(value);
    }
    let wanted = if lowest < 0.0 { "from -1 to 1" } else { "from 0 to 1" };
    Err(ConfigError::Range { name, value: value.to_string(), wanted })
}

/// A setting that is spelt as on the command line.
fn by_name<'de, D: serde::Deserializer<'de>, T: FromStr<Err = String>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(pairs: &[(&str, &str)]) -> Result<AnalysisSettings, ConfigError> {
        let environment = Environment::from_pairs(pairs.iter().copied());
        AnalysisSettings::resolve(TypedAnalysis::default(), &environment, TypedAnalysis::default())
    }

    #[test]
    fn the_defaults_are_the_references() {
        let settings = resolve(&[]).unwrap();
        let lens = Fisheye { strength: -0.18, balance: 0.0, keeps_audio: true };
        assert_eq!(settings.fisheye, Some(lens));
        assert_eq!(settings.output, PathBuf::from("results/processed_phrases"));
        assert_eq!((settings.weapon, settings.hit_sides), (Weapon::Sabre, HitSides::Auto));
    }

    #[test]
    fn every_variable_of_the_reference_is_read() {
        let settings = resolve(&[
            ("REFEREE_YOLO_MODEL", "own.onnx"),
            ("REFEREE_OUTPUT_DIR", "out"),
            ("REFEREE_FISHEYE_ENABLED", "1"),
            ("REFEREE_FISHEYE_STRENGTH", "-0.2"),
            ("REFEREE_FISHEYE_BALANCE", "0.25"),
            ("REFEREE_FISHEYE_KEEP_AUDIO", "false"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.fisheye, Some(Fisheye { strength: -0.2, balance: 0.25, keeps_audio: false }));
        assert_eq!((settings.model, settings.output), (Some("own.onnx".into()), "out".into()));
    }

    #[test]
    fn flags_win_over_environment_over_file() {
        let environment =
            Environment::from_pairs([("REFEREE_FISHEYE_STRENGTH", "-0.3"), ("REFEREE_OUTPUT_DIR", "env")]);
        let flags = TypedAnalysis { output: Some("flag".into()), ..TypedAnalysis::default() };
        let file = TypedAnalysis {
            output: Some("file".into()),
            fisheye_strength: Some(-0.4),
            fisheye_balance: Some(0.5),
            ..TypedAnalysis::default()
        };
        let settings = AnalysisSettings::resolve(flags, &environment, file).unwrap();
        let lens = settings.fisheye.unwrap();
        assert_eq!((settings.output, lens.strength, lens.balance), ("flag".into(), -0.3, 0.5));
    }

    #[test]
    fn wrong_values_name_their_variable() {
        let check = |name, value, text: &str| assert_eq!(resolve(&[(name, value)]).unwrap_err().to_string(), text);
        check(
            "REFEREE_FISHEYE_STRENGTH",
            "much",
            "REFEREE_FISHEYE_STRENGTH=much is not a number such as -0.18; correct or unset it",
        );
        check(
            "REFEREE_YOLO_MODEL",
            "club/yolo11x-pose.pt",
            "a .pt model cannot be run here; export it (yolo export model=FILE format=onnx), or leave --model and \
             REFEREE_YOLO_MODEL out for the shipped one: club/yolo11x-pose.pt",
        );
        // The reference's own default, which nobody chose and which is not there.
        assert_eq!(resolve(&[("REFEREE_YOLO_MODEL", "models/yolo11x-pose.pt")]).unwrap().model, None);
        check("REFEREE_FISHEYE_BALANCE", "2", "fisheye-balance must be from 0 to 1, not 2");
        check("REFEREE_WEAPON", "axe", "REFEREE_WEAPON=axe is not sabre, foil or epee; correct or unset it");
        assert_eq!(resolve(&[("REFEREE_FISHEYE_ENABLED", "off")]).unwrap().fisheye, None);
    }
}
