//! Pose models, loaded once and shared: every inference borrows a session, so a phrase owns no model.

use super::finder::MultiPerson;
use super::manifest::{Manifest, ModelRole};
use super::movenet::SinglePerson;
use super::pool::Pool;
use super::yolo::Yolo;
use super::{Person, Pose, PoseError, PoseSource, Square};
use crate::inference::Runtime;
use crate::video::Frame;
use fencing::geometry::{FrameSize, ImagePoint};
use fencing::time::{FrameIndex, Timestamp};
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;

/// The model for a fencer's pose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PoseModel {
    /// The bundled fast one: for live use.
    #[default]
    Lightning,
    /// The bundled accurate one, about four times slower: for clips.
    Thunder,
    /// A user's own YOLO pose model, on the whole frame.
    Yolo(PathBuf),
}

/// Which models to load, and for how many parallel inferences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoseConfig {
    /// Folder of the bundled models, see [`super::models_dir`].
    pub models_dir: PathBuf,
    /// The model for a fencer's pose.
    pub model: PoseModel,
    /// Size to which the detector scales the frame.
    pub finder_input: FrameSize,
    /// Threads per inference.
    pub threads: usize,
    /// Phrases that may run inference in parallel; further ones wait for each other.
    pub parallel_phrases: usize,
}

impl PoseConfig {
    /// Lightning, a 512 x 288 detector, two threads, one phrase at a time.
    pub fn new(models_dir: PathBuf) -> Self {
        let finder_input = FrameSize::new(512, 288);
        Self { models_dir, model: PoseModel::default(), finder_input, threads: 2, parallel_phrases: 1 }
    }
}

/// The loaded models, shared by all phrases; [`PoseModels::estimator`] gives a phrase access.
#[derive(Clone, Debug)]
pub struct PoseModels {
    shared: Arc<SharedModels>,
}

#[derive(Debug)]
struct SharedModels {
    runtime: Runtime,
    config: PoseConfig,
    loaded: LoadedModels,
}

/// The loaded models.
#[derive(Debug)]
enum LoadedModels {
    /// Detectors for the whole frame, and single-person models for the crops.
    Crops { multi_person: Pool<MultiPerson>, single_person: Pool<SinglePerson> },
    /// A user's own whole-frame model.
    Whole { path: PathBuf, models: Pool<Yolo> },
}

impl PoseModels {
    /// Loads the models of one inference, so that a bad file fails here and the first frame is not delayed.
    pub fn load(runtime: &Runtime, config: &PoseConfig) -> Result<Self, PoseError> {
        let parallel_phrases = config.parallel_phrases.max(1);
        let loaded = match &config.model {
            PoseModel::Yolo(path) => {
                let first = Yolo::load(runtime, path, config.threads)?;
                LoadedModels::Whole { path: path.clone(), models: Pool::new(vec![first], parallel_phrases) }
            }
            _ => LoadedModels::Crops {
                // The whole frame is searched about once a second: two phrases can share one session.
                multi_person: Pool::new(vec![load_multi_person(runtime, config)?], parallel_phrases.div_ceil(2)),
                single_person: Pool::new(
                    (0..models_per_frame(config))
                        .map(|_| load_single_person(runtime, config))
                        .collect::<Result<_, _>>()?,
                    parallel_phrases * models_per_frame(config),
                ),
            },
        };
        Ok(Self { shared: Arc::new(SharedModels { runtime: runtime.clone(), config: config.clone(), loaded }) })
    }

    /// Loads all sessions that the configuration allows and runs each once, so that no frame has to wait for that.
    pub fn warm_up(&self) -> Result<(), PoseError> {
        self.shared.warm_up()
    }

    /// The pose source of one phrase. It holds no session between frames.
    pub fn estimator(&self) -> PoseEstimator {
        PoseEstimator { shared: Arc::clone(&self.shared), last_people: None }
    }

    /// The configuration.
    pub fn config(&self) -> &PoseConfig {
        &self.shared.config
    }
}

impl SharedModels {
    fn warm_up(&self) -> Result<(), PoseError> {
        let (runtime, config) = (&self.runtime, &self.config);
        let size = FrameSize::new(64, 36);
        let rgb = vec![114; size.width as usize * size.height as usize * 3].into();
        let nothing = Frame { at: Timestamp::ZERO, index: FrameIndex(0), size, source_size: size, rgb };
        let square = Square::around(ImagePoint::new(32.0, 18.0), 32.0);
        match &self.loaded {
            LoadedModels::Crops { multi_person, single_person } => {
                let finder = || {
                    let mut finder = load_multi_person(runtime, config)?;
                    finder.find(&nothing).map(|_| finder)
                };
                let reader = || {
                    let mut reader = load_single_person(runtime, config)?;
                    reader.pose_in(&nothing, square).map(|_| reader)
                };
                multi_person.borrow(1, finder)?.iter_mut().try_for_each(|f| f.find(&nothing).map(drop))?;
                single_person.borrow(2, reader)?.iter_mut().try_for_each(|r| r.pose_in(&nothing, square).map(drop))?;
                multi_person.fill(finder)?;
                single_person.fill(reader)
            }
            // It ran once when it was loaded.
            LoadedModels::Whole { path, models } => models.fill(|| Yolo::load(runtime, path, config.threads)),
        }
    }
}

/// Both crops of a frame are processed in parallel when one inference may use two threads.
fn models_per_frame(config: &PoseConfig) -> usize {
    config.threads.clamp(1, 2)
}

fn load_multi_person(runtime: &Runtime, config: &PoseConfig) -> Result<MultiPerson, PoseError> {
    let (path, bytes) = Manifest::read(&config.models_dir)?.bytes(ModelRole::Finder)?;
    MultiPerson::load(runtime, &bytes, &path, config.finder_input, config.threads)
}

fn load_single_person(runtime: &Runtime, config: &PoseConfig) -> Result<SinglePerson, PoseError> {
    let role = if config.model == PoseModel::Thunder { ModelRole::Thunder } else { ModelRole::Lightning };
    let (path, bytes) = Manifest::read(&config.models_dir)?.bytes(role)?;
    SinglePerson::load(runtime, &bytes, &path, config.threads / models_per_frame(config))
}

/// The pose source of one phrase, with the loaded models.
#[derive(Debug)]
pub struct PoseEstimator {
    shared: Arc<SharedModels>,
    /// The people detected by a whole-frame model in the last frame.
    last_people: Option<(FrameIndex, Vec<Person>)>,
}

impl PoseSource for PoseEstimator {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        let SharedModels { runtime, config, loaded } = self.shared.as_ref();
        match (loaded, &self.last_people) {
            (LoadedModels::Crops { multi_person, .. }, _) => {
                let mut lent = multi_person.borrow(1, || load_multi_person(runtime, config))?;
                lent.first_mut().map_or(Ok(Vec::new()), |finder| finder.find(frame))
            }
            (LoadedModels::Whole { .. }, Some((index, people))) if *index == frame.index => Ok(people.clone()),
            (LoadedModels::Whole { path, models }, _) => {
                let mut lent = models.borrow(1, || Yolo::load(runtime, path, config.threads))?;
                let people = lent.first_mut().map_or(Ok(Vec::new()), |model| model.find(frame))?;
                self.last_people = Some((frame.index, people.clone()));
                Ok(people)
            }
        }
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        let SharedModels { runtime, config, loaded } = self.shared.as_ref();
        match loaded {
            LoadedModels::Crops { .. } if squares.is_empty() => Ok(Vec::new()),
            LoadedModels::Crops { single_person, .. } => {
                let mut lent = single_person.borrow(squares.len().min(2), || load_single_person(runtime, config))?;
                estimate_crops(&mut lent, frame, squares)
            }
            LoadedModels::Whole { .. } => {
                let people = self.find_people(frame)?;
                Ok(squares.iter().map(|square| most_central(&people, *square)).collect())
            }
        }
    }
}

/// Estimates the crops, two at a time when there are two models. The result does not depend on which model takes which crop.
fn estimate_crops(
    single_person: &mut [SinglePerson],
    frame: &Frame,
    squares: &[Square],
) -> Result<Vec<Pose>, PoseError> {
    let mut poses = Vec::with_capacity(squares.len());
    for pair in squares.chunks(2) {
        match (&mut *single_person, pair) {
            ([first, second, ..], &[a, b]) => {
                let (a, b) = run_both(|| first.pose_in(frame, a), || second.pose_in(frame, b));
                poses.extend([a?, b?]);
            }
            ([reader, ..], pair) => {
                for square in pair {
                    poses.push(reader.pose_in(frame, *square)?);
                }
            }
            ([], _) => {}
        }
    }
    Ok(poses)
}

/// Runs both, the second on a named thread of its own; sequentially when no thread can be created.
fn run_both<A, B: Send>(first: impl FnOnce() -> A, second: impl FnMut() -> B + Send) -> (A, B) {
    let second = Mutex::new(second);
    let call = || (second.lock())();
    std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new().name("pose-second-crop".to_owned()).spawn_scoped(scope, call);
        let a = first();
        match spawned.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(b)) => (a, b),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => (a, call()),
        }
    })
}

/// The person whose centre is nearest to the square's, if it lies inside the square.
fn most_central(people: &[Person], square: Square) -> Pose {
    let inside = people.iter().filter(|p| square.contains(p.bounds.centre()));
    let distance = |p: &&Person| p.bounds.centre().distance(square.centre());
    let nearest = inside.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.map_or(Pose { keypoints: Default::default(), score: 0.0 }, |p| p.pose)
}
