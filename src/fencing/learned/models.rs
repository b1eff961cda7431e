//! The learned judge: nets and trees, their files, and the numbers that put them together with the rules.
//!
//! Everything is evaluated by this program's own code, so every machine gives the same call, whatever inference library runs the
//! pose models.

use super::augment::noisy;
use super::channels::{InputKind, input};
use super::error::LearnedError;
use super::features::features;
use super::net::Net;
use super::series::Phrase;
use super::training::Example;
use super::trees::Ensemble;
use crate::kinematics::Motion;
use crate::right_of_way::{Blend, Evidence, Members, ModelPrediction, RuleStrengths, rules_log_odds};
use crate::{PerSide, Side, SignalLog};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Version of the files together: raised when the meaning of any input changes.
pub const MODELS_VERSION: u32 = 3;
/// Name of the list of files.
pub(crate) const MANIFEST: &str = "call.toml";
/// Pairs of noisy copies that a judgement averages over besides the phrase itself.
const NOISY_PAIRS: u64 = 4;
/// Name of the file of trees.
pub(crate) const TREES: &str = "trees.bin";
/// Name of the file of trees that a club's phrases added.
const CLUB: &str = "club.bin";

/// What `call.toml` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// [`MODELS_VERSION`] of the program that trained.
    pub(crate) version: u32,
    /// Phrases trained on.
    pub(crate) phrases: usize,
    /// The seed.
    pub(crate) seed: u64,
    /// File of each net, named after its kind of input.
    pub(crate) nets: Vec<String>,
    /// Phrases of a club that were added.
    #[serde(default)]
    pub(crate) club_phrases: usize,
    /// How the members are put together.
    pub(crate) blend: Blend,
}

/// The trained members.
#[derive(Debug, Default)]
pub(crate) struct MemberModels {
    /// Nets with the input that each reads.
    pub(crate) nets: Vec<(InputKind, Net)>,
    /// Boosted trees.
    pub(crate) trees: Ensemble,
    /// Trees that correct the judge's log-odds for a club's referees.
    pub(crate) club: Option<Ensemble>,
}

impl MemberModels {
    /// What the members predict on average over the phrase and its noisy copies, so that how a clip was encoded moves the judgement
    /// less; exchanging the fencers turns the signs of both log-odds left : right, exactly.
    pub(crate) fn predict(&self, phrase: &Phrase, evidence: &Evidence) -> Members {
        let of_pair = |seed: u64| {
            // The mirrored phrase's pair is this one's mirrored, in the other order.
            let [a, b] = [false, true].map(|swapped| self.predict_one(&noisy(phrase, seed, swapped), evidence));
            a.plus(&b)
        };
        let sum = (0..NOISY_PAIRS).map(of_pair).fold(self.predict_one(phrase, evidence), |sum, pair| sum.plus(&pair));
        sum.divided_by((1 + 2 * NOISY_PAIRS) as f64)
    }

    /// What all members predict for an example, the rules with the given strengths among them.
    pub(crate) fn predict_example(&self, example: &Example, strengths: &RuleStrengths) -> Members {
        let members = self.predict(&example.phrase, &example.evidence);
        Members { rules: rules_log_odds(example.vote, strengths), ..members }
    }

    /// What the members predict for the phrase exactly as it was seen.
    fn predict_one(&self, phrase: &Phrase, evidence: &Evidence) -> Members {
        let (mut nets, mut none) = (0.0, 0.0);
        for (kind, net) in &self.nets {
            let fed = input(phrase, *kind);
            // Both orders, so that the order in which sums are formed cannot prefer a side.
            let (straight, mirrored) =
                (odds(run(net, &fed, *kind, Side::Left)), odds(run(net, &fed, *kind, Side::Right)));
            nets += (straight.0 - mirrored.0) / 2.0;
            none += f64::midpoint(straight.1, mirrored.1);
        }
        let count = self.nets.len().max(1) as f64;
        let both = features(phrase, evidence);
        let club = self.club.as_ref().map_or(0.0, |club| club.predict_pair(&both));
        Members { nets: nets / count, trees: self.trees.predict_pair(&both), rules: 0.0, none: none / count, club }
    }

    /// Log-odds left : right by the trees.
    fn trees_odds(&self, phrase: &Phrase, evidence: &Evidence) -> f64 {
        self.trees.predict_pair(&features(phrase, evidence))
    }

    /// Writes the members and their list into a folder.
    pub(crate) fn write(&self, folder: &Path, manifest: &Manifest) -> Result<(), LearnedError> {
        let unwritable = |path: &Path, source| LearnedError::Unwritable { path: path.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(|source| unwritable(folder, source))?;
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).map_err(|source| unwritable(&path, source))
        };
        for ((_, net), name) in self.nets.iter().zip(&manifest.nets) {
            write(name, &net.to_bytes())?;
        }
        write(TREES, &self.trees.to_bytes())?;
        if let Some(club) = &self.club {
            write(CLUB, &club.to_bytes())?;
        }
        write(MANIFEST, toml::to_string(manifest).unwrap_or_default().as_bytes())
    }

    /// By how much the blade contact moves the trees; 0 without one.
    fn contact_odds(&self, phrase: &Phrase, evidence: &Evidence) -> f64 {
        if phrase.contact.is_none() {
            return 0.0;
        }
        self.trees_odds(phrase, evidence) - self.trees_odds(&Phrase { contact: None, ..phrase.clone() }, evidence)
    }
}

/// The learned model of right of way, trained on sabre. A prediction takes milliseconds and may run on several threads.
pub struct Models {
    pub(crate) members: MemberModels,
    manifest: Manifest,
}

impl std::fmt::Debug for Models {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Models({} nets, {} trees)", self.members.nets.len(), self.members.trees.trees.len())
    }
}

impl Models {
    /// Loads the models of a folder as `referee train` leaves it.
    ///
    /// # Errors
    /// A missing or damaged file, or one of another version of the program.
    pub fn load(folder: &Path) -> Result<Self, LearnedError> {
        Self::from_files(folder, &|name| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|source| LearnedError::Unreadable { path, source })
        })
    }

    /// The models that are compiled in.
    ///
    /// # Errors
    /// None in a program that passed its tests.
    pub fn embedded() -> Result<Self, LearnedError> {
        let folder = Path::new("models/call");
        Self::from_files(folder, &|name| {
            let found = super::embedded::FILES.iter().find(|(file, _)| *file == name);
            let missing = || LearnedError::Damaged { path: folder.join(name), reason: "not compiled in".to_owned() };
            found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(missing)
        })
    }

    fn from_files(folder: &Path, read: &dyn Fn(&str) -> Result<Vec<u8>, LearnedError>) -> Result<Self, LearnedError> {
        let manifest = manifest(&read(MANIFEST)?, folder)?;
        let ensemble = |name: &str| {
            Ensemble::from_bytes(&read(name)?).map_err(|reason| LearnedError::Trees { path: folder.join(name), reason })
        };
        let trees = ensemble(TREES)?;
        let club = (manifest.club_phrases > 0).then(|| ensemble(CLUB)).transpose()?;
        let mut nets = Vec::new();
        for name in &manifest.nets {
            let damaged = |reason: &str| LearnedError::Damaged { path: folder.join(name), reason: reason.to_owned() };
            let kind = InputKind::BOTH.into_iter().find(|k| name.starts_with(k.as_str()));
            let kind = kind.ok_or_else(|| damaged("its name says no kind of input"))?;
            let net = Net::from_bytes(&read(name)?, kind.channels(), kind.steps()).map_err(damaged)?;
            nets.push((kind, net));
        }
        Ok(Self { members: MemberModels { nets, trees, club }, manifest })
    }

    /// The learned view of a double light, by the motion up to the touch and what was signalled of it; `None` where too little
    /// was seen. `signals` has its touch where [`with_touch_placed`](crate::kinematics::with_touch_placed) puts it, `evidence` was gathered by it.
    pub fn prediction(&self, motion: &Motion, signals: &SignalLog, evidence: &Evidence) -> Option<ModelPrediction> {
        let phrase = Phrase::of_motion(motion, signals)?;
        let Members { nets, trees, none, club, .. } = self.members.predict(&phrase, evidence);
        let contact = self.members.contact_odds(&phrase, evidence);
        let finite = [nets, trees, none, club].iter().all(|odds| odds.is_finite());
        finite.then_some(ModelPrediction { nets, trees, none, club, contact, blend: self.manifest.blend })
    }

    /// Shares of the rules' rulings that agree with referees, as fitted on the phrases that these models were trained on.
    pub fn strengths(&self) -> RuleStrengths {
        self.manifest.blend.strengths
    }

    /// How the members are put together.
    pub(crate) fn blend(&self) -> &Blend {
        &self.manifest.blend
    }

    /// The same judge with the trees of a club's phrases.
    pub(crate) fn with_club(self, trees: Ensemble, phrases: usize) -> Self {
        let manifest = Manifest { club_phrases: phrases, ..self.manifest };
        Self { members: MemberModels { club: Some(trees), ..self.members }, manifest }
    }

    /// Writes all files of the judge into a folder.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), LearnedError> {
        self.members.write(folder, &self.manifest)
    }
}

/// Logits (first, second, none) of a net that reads the fencer on side `first` first.
fn run(net: &Net, fed: &PerSide<Vec<f32>>, kind: InputKind, first: Side) -> [f32; 3] {
    let rows = [first, first.opponent()].map(|side| fed[side].as_slice()).concat();
    let input = Array2::from_shape_vec((2 * kind.steps(), kind.channels()), rows).unwrap_or_default();
    let logits = net.predict(&input);
    [logits[[0, 0]], logits[[0, 1]], logits[[0, 2]]]
}

/// Log-odds first : second, and none : either.
fn odds([first, second, none]: [f32; 3]) -> (f64, f64) {
    let (a, b) = (f64::from(first), f64::from(second));
    let top = a.max(b);
    let either = top + ((a - top).exp() + (b - top).exp()).ln();
    (a - b, f64::from(none) - either)
}

fn manifest(bytes: &[u8], folder: &Path) -> Result<Manifest, LearnedError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let damaged = |reason: String| LearnedError::Damaged { path: folder.join(MANIFEST), reason };
    let text = std::str::from_utf8(bytes).map_err(|e| damaged(e.to_string()))?;
    let versioned: Versioned = toml::from_str(text).map_err(|e| damaged(e.message().to_owned()))?;
    if versioned.version != MODELS_VERSION {
        return Err(LearnedError::OtherVersion { found: versioned.version, path: folder.join(MANIFEST) });
    }
    toml::from_str(text).map_err(|e| damaged(e.message().to_owned()))
}
