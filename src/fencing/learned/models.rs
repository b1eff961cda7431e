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
use super::trees::Ensemble;
use crate::kinematics::Motion;
use crate::right_of_way::{Blend, Evidence, Members, Opinion, RuleStrengths};
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
        Members { nets: nets / count, trees: self.trees_odds(phrase, evidence), rules: 0.0, none: none / count }
    }

    /// Log-odds left : right by the trees.
    fn trees_odds(&self, phrase: &Phrase, evidence: &Evidence) -> f64 {
        let both = features(phrase, evidence);
        f64::from(self.trees.predict(&both.left) - self.trees.predict(&both.right)) / 2.0
    }

    /// By how much the blade contact moves the trees; 0 without one.
    fn contact_odds(&self, phrase: &Phrase, evidence: &Evidence) -> f64 {
        if phrase.contact.is_none() {
            return 0.0;
        }
        self.trees_odds(phrase, evidence) - self.trees_odds(&Phrase { contact: None, ..phrase.clone() }, evidence)
    }
}

/// The learned judge of who has right of way, trained on sabre. Cheap to ask, may be asked from several threads.
pub struct Models {
    members: MemberModels,
    blend: Blend,
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
        let trees = Ensemble::from_bytes(&read(TREES)?)
            .map_err(|reason| LearnedError::Trees { path: folder.join(TREES), reason })?;
        let mut nets = Vec::new();
        for name in &manifest.nets {
            let damaged = |reason: &str| LearnedError::Damaged { path: folder.join(name), reason: reason.to_owned() };
            let kind = InputKind::BOTH.into_iter().find(|k| name.starts_with(k.as_str()));
            let kind = kind.ok_or_else(|| damaged("its name says no kind of input"))?;
            let net = Net::from_bytes(&read(name)?, kind.channels(), kind.steps()).map_err(damaged)?;
            nets.push((kind, net));
        }
        Ok(Self { members: MemberModels { nets, trees }, blend: manifest.blend })
    }

    /// The learned view of a double light, by the motion up to the touch and what was signalled of it; `None` where too little
    /// was seen. `signals` has its touch where [`with_touch_placed`](crate::kinematics::with_touch_placed) puts it, `evidence` was gathered by it.
    pub fn opinion(&self, motion: &Motion, signals: &SignalLog, evidence: &Evidence) -> Option<Opinion> {
        let phrase = Phrase::of_motion(motion, signals)?;
        let Members { nets, trees, none, .. } = self.members.predict(&phrase, evidence);
        let contact = self.members.contact_odds(&phrase, evidence);
        let finite = [nets, trees, none].iter().all(|odds| odds.is_finite());
        finite.then_some(Opinion { nets, trees, none, contact, blend: self.blend })
    }

    /// How far the rules' rulings may be believed, as fitted on the phrases that these models were trained on.
    pub fn strengths(&self) -> RuleStrengths {
        self.blend.strengths
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
