//! Pose models, loaded once and shared: every inference borrows a session, so a phrase owns no model.

use super::finder::MultiPerson;
use super::manifest::{Manifest, ModelRole};
use super::movenet::SinglePerson;
use super::pool::Pool;
use super::yolo::Yolo;
use super::{Person, Pose, PoseError, PoseSource, Square};
use crate::inference::Runtime;
use crate::video::Frame;
use fencing::geometry::{ImagePoint, PictureSize};
use fencing::time::{FrameIndex, Timestamp};
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
    /// A user's own YOLO pose model, on the whole frame.
    Yolo(PathBuf),
}

/// What to load, and for how many inferences at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoseConfig {
    /// Folder of the shipped models, see [`super::models_dir`].
    pub models_dir: PathBuf,
    /// Which model reads a fencer's pose.
    pub model: PoseModel,
    /// Size that the finder shrinks the frame to.
    pub finder_input: PictureSize,
    /// Threads that one inference may use.
    pub threads: usize,
    /// Phrases that may run inference at the same time; further ones wait for each other.
    pub at_once: usize,
}

impl PoseConfig {
    /// Lightning, a 512 x 288 finder, two threads, one phrase at a time.
    pub fn new(models_dir: PathBuf) -> Self {
        let finder_input = PictureSize::new(512, 288);
        Self { models_dir, model: PoseModel::default(), finder_input, threads: 2, at_once: 1 }
    }
}

/// The loaded models. Shared by everybody; [`PoseModels::estimator`] is one phrase's way to them.
#[derive(Clone, Debug)]
pub struct PoseModels {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    runtime: Runtime,
    config: PoseConfig,
    sight: Sight,
}

/// The loaded models.
#[derive(Debug)]
enum Sight {
    /// Finders for the whole frame and readers for one fencer's crop each.
    Crops { finders: Pool<MultiPerson>, readers: Pool<SinglePerson> },
    /// A user's own model for everything.
    Whole { path: PathBuf, models: Pool<Yolo> },
}

impl PoseModels {
    /// Loads the models of one inference, so that a bad file fails here and the first frame is not late.
    pub fn load(runtime: &Runtime, config: &PoseConfig) -> Result<Self, PoseError> {
        let at_once = config.at_once.max(1);
        let sight = match &config.model {
            PoseModel::Yolo(path) => {
                let first = Yolo::load(runtime, path, config.threads)?;
                Sight::Whole { path: path.clone(), models: Pool::new(vec![first], at_once) }
            }
            _ => Sight::Crops {
                // A search of the whole frame comes about once a second: two phrases can share one session.
                finders: Pool::new(vec![load_finder(runtime, config)?], at_once.div_ceil(2)),
                readers: Pool::new(
                    (0..readers_per_look(config)).map(|_| load_reader(runtime, config)).collect::<Result<_, _>>()?,
                    at_once * readers_per_look(config),
                ),
            },
        };
        Ok(Self { shared: Arc::new(Shared { runtime: runtime.clone(), config: config.clone(), sight }) })
    }

    /// Loads all sessions that the settings allow and runs each once, so that no frame has to wait for that.
    pub fn warm_up(&self) -> Result<(), PoseError> {
        self.shared.warm_up()
    }

    /// The pose source of one phrase. It holds no session between frames.
    pub fn estimator(&self) -> PoseEstimator {
        PoseEstimator { home: Arc::clone(&self.shared), seen: None }
    }

    /// What was loaded.
    pub fn config(&self) -> &PoseConfig {
        &self.shared.config
    }
}

impl Shared {
    fn warm_up(&self) -> Result<(), PoseError> {
        let (runtime, config) = (&self.runtime, &self.config);
        let size = PictureSize::new(64, 36);
        let rgb = vec![114; size.width as usize * size.height as usize * 3].into();
        let nothing = Frame { at: Timestamp::ZERO, index: FrameIndex(0), size, source_size: size, rgb };
        let square = Square::around(ImagePoint::new(32.0, 18.0), 32.0);
        match &self.sight {
            Sight::Crops { finders, readers } => {
                let finder = || {
                    let mut finder = load_finder(runtime, config)?;
                    finder.find(&nothing).map(|_| finder)
                };
                let reader = || {
                    let mut reader = load_reader(runtime, config)?;
                    reader.pose_in(&nothing, square).map(|_| reader)
                };
                finders.borrow(1, finder)?.iter_mut().try_for_each(|f| f.find(&nothing).map(drop))?;
                readers.borrow(2, reader)?.iter_mut().try_for_each(|r| r.pose_in(&nothing, square).map(drop))?;
                finders.fill(finder)?;
                readers.fill(reader)
            }
            // It has run once when it is loaded.
            Sight::Whole { path, models } => models.fill(|| Yolo::load(runtime, path, config.threads)),
        }
    }
}

/// Both crops of a frame run at the same time when one inference may use two threads.
fn readers_per_look(config: &PoseConfig) -> usize {
    config.threads.clamp(1, 2)
}

fn load_finder(runtime: &Runtime, config: &PoseConfig) -> Result<MultiPerson, PoseError> {
    let (path, bytes) = Manifest::read(&config.models_dir)?.bytes(ModelRole::Finder)?;
    MultiPerson::load(runtime, &bytes, &path, config.finder_input, config.threads)
}

fn load_reader(runtime: &Runtime, config: &PoseConfig) -> Result<SinglePerson, PoseError> {
    let role = if config.model == PoseModel::Thunder { ModelRole::Thunder } else { ModelRole::Lightning };
    let (path, bytes) = Manifest::read(&config.models_dir)?.bytes(role)?;
    SinglePerson::load(runtime, &bytes, &path, config.threads / readers_per_look(config))
}

/// The pose source of one phrase, with the loaded models.
#[derive(Debug)]
pub struct PoseEstimator {
    home: Arc<Shared>,
    /// The people that a whole-frame model found in the last frame.
    seen: Option<(FrameIndex, Vec<Person>)>,
}

impl PoseSource for PoseEstimator {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        let Shared { runtime, config, sight } = self.home.as_ref();
        match (sight, &self.seen) {
            (Sight::Crops { finders, .. }, _) => {
                let mut lent = finders.borrow(1, || load_finder(runtime, config))?;
                lent.first_mut().map_or(Ok(Vec::new()), |finder| finder.find(frame))
            }
            (Sight::Whole { .. }, Some((index, people))) if *index == frame.index => Ok(people.clone()),
            (Sight::Whole { path, models }, _) => {
                let mut lent = models.borrow(1, || Yolo::load(runtime, path, config.threads))?;
                let people = lent.first_mut().map_or(Ok(Vec::new()), |model| model.find(frame))?;
                self.seen = Some((frame.index, people.clone()));
                Ok(people)
            }
        }
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        let Shared { runtime, config, sight } = self.home.as_ref();
        match sight {
            Sight::Crops { .. } if squares.is_empty() => Ok(Vec::new()),
            Sight::Crops { readers, .. } => {
                let mut lent = readers.borrow(squares.len().min(2), || load_reader(runtime, config))?;
                read_crops(&mut lent, frame, squares)
            }
            Sight::Whole { .. } => {
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
