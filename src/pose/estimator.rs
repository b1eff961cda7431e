//! Pose models loaded once, and estimators leased from them: one phrase at a time owns one set of sessions.

use super::finder::MultiPerson;
use super::manifest::{Manifest, ModelRole};
use super::movenet::SinglePerson;
use super::yolo::Yolo;
use super::{Person, Pose, PoseError, PoseSource, Square};
use crate::geometry::PictureSize;
use crate::inference::Runtime;
use crate::time::FrameIndex;
use crate::video::Frame;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;

/// Which model reads a fencer's pose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PoseModel {
    /// The shipped fast one: for live use.
    #[default]
    Lightning,
    /// The shipped accurate one, about four times slower: for clips.
    Thunder,
    /// A user's own YOLO pose model, on the whole picture.
    Yolo(PathBuf),
}

/// What to load, and for how many phrases at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoseConfig {
    /// Folder of the shipped models, see [`super::models_dir`].
    pub models_dir: PathBuf,
    /// Which model reads a fencer's pose.
    pub model: PoseModel,
    /// Size that the finder shrinks the picture to.
    pub finder_input: PictureSize,
    /// Threads that one estimator may use.
    pub threads: usize,
    /// Phrases that may be watched at the same time.
    pub leases: usize,
}

impl PoseConfig {
    /// Lightning, a 512 x 288 finder, two threads, one phrase.
    pub fn new(models_dir: PathBuf) -> Self {
        let finder_input = PictureSize::new(512, 288);
        Self { models_dir, model: PoseModel::default(), finder_input, threads: 2, leases: 1 }
    }
}

/// The loaded models. Shared by everybody; [`PoseModels::lease`] hands out estimators.
#[derive(Clone, Debug)]
pub struct PoseModels {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    runtime: Runtime,
    config: PoseConfig,
    pool: Mutex<Pool>,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Eyes>,
    out: usize,
}

impl PoseModels {
    /// Loads the first estimator, so that a bad file fails here and the first frame is not late.
    pub fn load(runtime: &Runtime, config: &PoseConfig) -> Result<Self, PoseError> {
        let first = Eyes::load(runtime, config)?;
        let pool = Mutex::new(Pool { idle: vec![first], out: 0 });
        Ok(Self { shared: Arc::new(Shared { runtime: runtime.clone(), config: config.clone(), pool }) })
    }

    /// An estimator for one phrase; it returns by itself when dropped.
    pub fn lease(&self) -> Result<PoseEstimator, PoseError> {
        let leases = self.shared.config.leases.max(1);
        let mut pool = self.shared.pool.lock();
        if pool.out >= leases {
            return Err(PoseError::AllLeased { leases });
        }
        let eyes = match pool.idle.pop() {
            Some(eyes) => eyes,
            None => Eyes::load(&self.shared.runtime, &self.shared.config)?,
        };
        pool.out += 1;
        Ok(PoseEstimator { eyes: Some(eyes), home: Arc::clone(&self.shared) })
    }

    /// What was loaded.
    pub fn config(&self) -> &PoseConfig {
        &self.shared.config
    }
}

/// A leased set of sessions: the real [`PoseSource`].
#[derive(Debug)]
pub struct PoseEstimator {
    eyes: Option<Eyes>,
    home: Arc<Shared>,
}

impl PoseSource for PoseEstimator {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        self.eyes.as_mut().map_or(Ok(Vec::new()), |eyes| eyes.find_people(frame))
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        self.eyes.as_mut().map_or(Ok(Vec::new()), |eyes| eyes.poses_in(frame, squares))
    }
}

impl Drop for PoseEstimator {
    fn drop(&mut self) {
        let mut pool = self.home.pool.lock();
        pool.out = pool.out.saturating_sub(1);
        pool.idle.extend(self.eyes.take().map(Eyes::forgetful));
    }
}

/// The sessions of one estimator.
#[derive(Debug)]
enum Eyes {
    /// A finder and one single-person model per fencer, so that both crops can be read at the same time.
    Crops { finder: MultiPerson, readers: Vec<SinglePerson> },
    /// One model for everything; it remembers whom it saw in the frame it saw last.
    Whole { model: Box<Yolo>, seen: Option<(FrameIndex, Vec<Person>)> },
}

impl Eyes {
    fn load(runtime: &Runtime, config: &PoseConfig) -> Result<Self, PoseError> {
        let role = match &config.model {
            PoseModel::Lightning => ModelRole::Lightning,
            PoseModel::Thunder => ModelRole::Thunder,
            PoseModel::Yolo(path) => {
                let model = Box::new(Yolo::load(runtime, path, config.threads)?);
                return Ok(Self::Whole { model, seen: None });
            }
        };
        let manifest = Manifest::read(&config.models_dir)?;
        let (path, bytes) = manifest.bytes(ModelRole::Finder)?;
        let finder = MultiPerson::load(runtime, &bytes, &path, config.finder_input, config.threads)?;
        let (path, bytes) = manifest.bytes(role)?;
        let count = config.threads.clamp(1, 2);
        let readers = (0..count).map(|_| SinglePerson::load(runtime, &bytes, &path, config.threads / count));
        Ok(Self::Crops { finder, readers: readers.collect::<Result<_, _>>()? })
    }

    fn forgetful(self) -> Self {
        match self {
            Self::Whole { model, .. } => Self::Whole { model, seen: None },
            crops @ Self::Crops { .. } => crops,
        }
    }

    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        match self {
            Self::Crops { finder, .. } => finder.find(frame),
            Self::Whole { model, seen } => match seen {
                Some((index, people)) if *index == frame.index => Ok(people.clone()),
                _ => {
                    let people = model.find(frame)?;
                    *seen = Some((frame.index, people.clone()));
                    Ok(people)
                }
            },
        }
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        match self {
            Self::Crops { readers, .. } => read_crops(readers, frame, squares),
            Self::Whole { .. } => {
                let people = self.find_people(frame)?;
                Ok(squares.iter().map(|square| most_central(&people, *square)).collect())
            }
        }
    }
}

/// Reads the crops, two at a time when there are two readers. The answer does not depend on which reader read what.
fn read_crops(readers: &mut [SinglePerson], frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
    let mut poses = Vec::with_capacity(squares.len());
    for pair in squares.chunks(2) {
        match (&mut *readers, pair) {
            ([first, second, ..], &[a, b]) => {
                let (a, b) = side_by_side(|| first.pose_in(frame, a), || second.pose_in(frame, b));
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

/// Runs both, the second on a named thread of its own; when no thread can be had, one after the other.
fn side_by_side<A, B: Send>(first: impl FnOnce() -> A, second: impl FnMut() -> B + Send) -> (A, B) {
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

/// The person whose middle is nearest to the square's, if it lies in the square at all.
fn most_central(people: &[Person], square: Square) -> Pose {
    let inside = people.iter().filter(|p| square.contains(p.bounds.centre()));
    let distance = |p: &&Person| p.bounds.centre().distance(square.centre());
    let nearest = inside.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.map_or(Pose { keypoints: Default::default(), score: 0.0 }, |p| p.pose)
}
