//! The trained models as files, loaded to be asked: several nets, one forest, and how they are put together.

use super::blend::{Blend, Raw};
use super::channels::{InputKind, input};
use super::error::LearnedError;
use super::facts::facts;
use super::series::Phrase;
use super::trees::Forest;
use crate::kinematics::Motion;
use crate::time::Timestamp;
use crate::{PerSide, Probabilities, Side};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Version of the files together: raised when the meaning of any input changes.
pub const MODELS_VERSION: u32 = 2;
/// Name of the list of files.
pub(crate) const MANIFEST: &str = "call.toml";
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
    /// How the members are put together.
    pub(crate) blend: Blend,
    /// File of each net, named after its kind of input.
    pub(crate) nets: Vec<String>,
}

/// One net of the call model, loaded by whichever inference library is in use.
pub trait Net: Send {
    /// Dimensions of its only input, outermost first.
    fn input_dims(&self) -> Option<Vec<i64>>;

    /// Its first output for one input of those dimensions, outermost first.
    fn run(&mut self, dims: &[i64], data: &[f32]) -> Result<Vec<f32>, Box<dyn std::error::Error + Send + Sync>>;
}

/// Loads nets from the bytes of ONNX files.
pub trait NetLoader {
    /// Loads one; `origin` names it in errors.
    fn load_net(&self, bytes: &[u8], origin: &Path) -> Result<Box<dyn Net>, Box<dyn std::error::Error + Send + Sync>>;
}

struct LoadedNet {
    kind: InputKind,
    session: Mutex<Box<dyn Net>>,
}

/// The learned judge of who has right of way, trained on sabre. Cheap to ask, may be asked from several threads.
pub struct Models {
    nets: Vec<LoadedNet>,
    forest: Forest,
    blend: Blend,
}

impl std::fmt::Debug for Models {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Models({} nets, {} trees)", self.nets.len(), self.forest.trees.len())
    }
}

impl Models {
    /// Loads the models of a folder as `referee train` leaves it.
    ///
    /// # Errors
    /// A missing or damaged file, or one of another version of the program.
    pub fn load(runtime: &dyn NetLoader, folder: &Path) -> Result<Self, LearnedError> {
        Self::from_files(runtime, folder, &|name| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|source| LearnedError::Unreadable { path, source })
        })
    }

    /// The models that are compiled in.
    ///
    /// # Errors
    /// None in a program that passed its tests.
    pub fn embedded(runtime: &dyn NetLoader) -> Result<Self, LearnedError> {
        let folder = Path::new("models/call");
        Self::from_files(runtime, folder, &|name| {
            let found = super::embedded::FILES.iter().find(|(file, _)| *file == name);
            let missing = || LearnedError::Damaged { path: folder.join(name), reason: "not compiled in".to_owned() };
            found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(missing)
        })
    }

    fn from_files(
        runtime: &dyn NetLoader,
        folder: &Path,
        read: &dyn Fn(&str) -> Result<Vec<u8>, LearnedError>,
    ) -> Result<Self, LearnedError> {
        let manifest = manifest(&read(MANIFEST)?, folder)?;
        let forest = Forest::from_bytes(&read(TREES)?)
            .map_err(|reason| LearnedError::Trees { path: folder.join(TREES), reason })?;
        let mut nets = Vec::new();
        for name in &manifest.nets {
            let damaged = |reason: String| LearnedError::Damaged { path: folder.join(name), reason };
            let kind = InputKind::BOTH.into_iter().find(|k| name.starts_with(k.as_str()));
            let kind = kind.ok_or_else(|| damaged("its name says no kind of input".to_owned()))?;
            let session = runtime.load_net(&read(name)?, &folder.join(name)).map_err(LearnedError::Net)?;
            let wanted = [2, kind.channels() as i64, kind.steps() as i64];
            if session.input_dims().is_none_or(|dims| dims != wanted) {
                return Err(damaged(format!("its input is not {wanted:?}")));
            }
            nets.push(LoadedNet { kind, session: Mutex::new(session) });
        }
        Ok(Self { nets, forest, blend: manifest.blend })
    }

    /// How likely each outcome of a double light is, by the motion up to the touch alone; `None` where too little was seen.
    ///
    /// Without a touch the whole motion counts. Exchanging the fencers exchanges the probabilities, bit by bit.
    pub fn opinion(&self, motion: &Motion, touch: Option<Timestamp>) -> Option<Probabilities> {
        let phrase = Phrase::of_motion(motion, touch)?;
        Some(self.blend.probabilities(self.raw(&phrase)?))
    }

    /// What the members say; `None` where a net cannot be run.
    pub(crate) fn raw(&self, phrase: &Phrase) -> Option<Raw> {
        let both = facts(phrase);
        let trees = f64::from(self.forest.answer(&both.left) - self.forest.answer(&both.right)) / 2.0;
        let (mut nets, mut none) = (0.0, 0.0);
        for net in &self.nets {
            let (odds, without) = net.ask(phrase)?;
            nets += odds;
            none += without;
        }
        let count = self.nets.len().max(1) as f64;
        Some(Raw { nets: nets / count, trees, none: none / count })
    }
}

impl LoadedNet {
    /// Log-odds left : right, and none : a touch. Asked both ways round, whatever the library does with the order of a batch.
    fn ask(&self, phrase: &Phrase) -> Option<(f64, f64)> {
        let fed = input(phrase, self.kind);
        let straight = self.run(&fed, Side::Left)?;
        let turned = self.run(&fed, Side::Right)?;
        let (a, b) = (odds(straight), odds(turned));
        Some(((a.0 - b.0) / 2.0, f64::midpoint(a.1, b.1)))
    }

    fn run(&self, fed: &PerSide<Vec<f32>>, first: Side) -> Option<[f32; 3]> {
        let (channels, steps) = (self.kind.channels(), self.kind.steps());
        let mut data = Vec::with_capacity(2 * channels * steps);
        for side in [first, first.opponent()] {
            for channel in 0..channels {
                data.extend(fed[side].iter().skip(channel).step_by(channels));
            }
        }
        let dims = [2, channels as i64, steps as i64];
        match self.session.lock().run(&dims, &data) {
            Ok(values) => values.first_chunk::<3>().copied().filter(|v| v.iter().all(|x| x.is_finite())),
            Err(error) => {
                tracing::warn!("the learned opinion is left out: {error}");
                None
            }
        }
    }
}

/// Log-odds first : second, and none : either.
pub(crate) fn odds([first, second, none]: [f32; 3]) -> (f64, f64) {
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
