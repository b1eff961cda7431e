//! The whole training: models of each fold, everything that is fitted on their held-out predictions, and the models that ship.
//!
//! A fold's models are trained on all groups but the fold's, and so are the strengths of the rules; the weights of the blend are fitted on
//! what models predicted for phrases that they had not seen. The judge of a fold takes its blend from the *other* folds' held-out
//! predictions, so no number in it has seen the fold's groups. The models that ship are trained on everything.

use super::channels::InputKind;
use super::error::LearnedError;
use super::models::{MODELS_VERSION, Manifest, MemberModels};
use super::training::{Example, Hyperparameters, log_loss, train_net, train_trees};
use super::trees::{BoostingParams, Ensemble};
use crate::Side;
use crate::right_of_way::{Blend, Members, RuleStrengths, Weights, fitted_none_shift};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Folds into which the groups are divided unless told otherwise.
pub const DEFAULT_FOLDS: u8 = 5;
/// Seed of a training unless told otherwise.
pub const DEFAULT_SEED: u64 = 1;
/// Nets of one set of models: kind of input and its number among its kind.
const NETS: [(InputKind, u64); 3] = [(InputKind::Outline, 0), (InputKind::Joints, 0), (InputKind::Outline, 1)];
/// Ensembles of trees that are averaged.
const ENSEMBLES: u64 = 2;
/// Fewer phrases are not worth a training.
const MIN_PHRASES: usize = 20;
/// Fewer timed phrases cannot say how far rules may be believed where the touch is timed; all phrases are asked then.
const MIN_TIMED: usize = 50;
/// Name of the file that says which fold never saw a group.
const TABLE: &str = "folds.toml";

/// Which fold never saw a group, as `folds.toml` keeps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoldTable {
    /// Folders of the folds' models, in order.
    pub folders: Vec<String>,
    /// Fold of each group.
    pub fold_of_group: BTreeMap<String, usize>,
}

impl FoldTable {
    /// Assigns groups to folds, the largest first, each to the fold that has fewest phrases. Phrases with a signalled touch are
    /// assigned apart from the others, so that every fold has some of both.
    pub(super) fn of(examples: &[Example], folds: usize) -> Self {
        let mut table = Self { folders: (0..folds).map(|i| format!("fold{i}")).collect(), ..Self::default() };
        for timed in [false, true] {
            let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
            for example in examples.iter().filter(|e| e.timed == timed) {
                *sizes.entry(&example.group).or_default() += 1;
            }
            sizes.retain(|group, _| !table.fold_of_group.contains_key(*group));
            let mut groups: Vec<(&str, usize)> = sizes.into_iter().collect();
            groups.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let mut filled = vec![0; folds];
            for (group, size) in groups {
                let fold = (0..folds).min_by_key(|f| filled[*f]).unwrap_or_default();
                filled[fold] += size;
                table.fold_of_group.insert(group.to_owned(), fold);
            }
        }
        table
    }

    /// Reads the table of a folder of folds.
    pub fn load(folder: &Path) -> Result<Self, LearnedError> {
        let path = folder.join(TABLE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(LearnedError::Unreadable { path, source }),
        };
        toml::from_str(&text).map_err(|e| LearnedError::Damaged { path, reason: e.message().to_owned() })
    }
}

/// The members trained on one share of the phrases.
struct Trained {
    members: MemberModels,
    strengths: RuleStrengths,
}

/// One member to train: on all phrases but those of a fold, or on all.
#[derive(Clone, Copy)]
struct Job {
    held_out: Option<usize>,
    net: Option<(InputKind, u64)>,
}

enum Made {
    Net(InputKind, Box<super::net::Net>),
    Trees(Ensemble),
}

/// What models that had not seen a phrase predicted for it.
struct HeldOut {
    fold: usize,
    members: Members,
    timed: bool,
    winner: Option<Side>,
}

/// How a training went, measured on held-out predictions alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingReport {
    /// Mean log loss of the two-way call, and of how many phrases with a signalled touch.
    pub timed: (f64, usize),
    /// The same of phrases without.
    pub untimed: (f64, usize),
}

/// Where a training writes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outputs<'a> {
    /// Folder of the models that judge.
    pub models: Option<&'a Path>,
    /// Folder of the folds' models.
    pub folds: Option<&'a Path>,
}

/// Trains the models that ship and those of each fold, and writes what is asked for if `accept` agrees with how it went.
///
/// Two threads; the result depends on the phrases and the seed alone. `progress` is called with a line after each member.
///
/// # Errors
/// Too few phrases or groups, or a folder that cannot be written.
pub fn train(
    examples: &[Example],
    outputs: Outputs,
    (folds, seed): (usize, u64),
    progress: &(dyn Fn(&str) + Sync),
    accept: &dyn Fn(&TrainingReport) -> bool,
) -> Result<TrainingReport, LearnedError> {
    let table = FoldTable::of(examples, folds.max(2));
    let groups = table.fold_of_group.len();
    if examples.len() < MIN_PHRASES || groups < folds.max(2) {
        return Err(LearnedError::TooFew { phrases: examples.len(), groups });
    }
    let shares: Vec<Option<usize>> = (0..folds.max(2)).map(Some).chain([None]).collect();
    let mut trained = run_all(examples, &table, &shares, seed, progress)?;
    let last = trained.pop().ok_or(LearnedError::Interrupted)?;
    let held_out: Vec<HeldOut> = examples
        .iter()
        .filter_map(|e| {
            let fold = *table.fold_of_group.get(&e.group)?;
            let Trained { members, strengths } = trained.get(fold)?;
            let members = members.predict_example(e, strengths);
            Some(HeldOut { fold, members, timed: e.timed, winner: e.winner })
        })
        .collect();
    let blends: Vec<Blend> =
        trained.iter().enumerate().map(|(fold, t)| blend(&held_out, Some(fold), t.strengths)).collect();
    let report = TrainingReport {
        timed: mean_log_loss(&held_out, &blends, true),
        untimed: mean_log_loss(&held_out, &blends, false),
    };
    if !accept(&report) {
        return Ok(report);
    }
    let manifest = |phrases, blend| Manifest {
        version: MODELS_VERSION,
        phrases,
        seed,
        club_phrases: 0,
        blend,
        nets: NETS.iter().map(|(kind, i)| format!("{}{i}.bin", kind.as_str())).collect(),
    };
    if let Some(folder) = outputs.folds {
        for (i, (fold, blend)) in trained.iter().zip(&blends).enumerate() {
            let phrases = examples.iter().filter(|e| table.fold_of_group.get(&e.group) != Some(&i)).count();
            fold.members.write(&folder.join(&table.folders[i]), &manifest(phrases, *blend))?;
        }
        write(&folder.join(TABLE), toml::to_string(&table).unwrap_or_default().as_bytes())?;
    }
    if let Some(folder) = outputs.models {
        let fitted = blend(&held_out, None, last.strengths);
        progress(&format!("fitted on held-out predictions: {:?}, {:?}", fitted.timed, fitted.untimed));
        last.members.write(folder, &manifest(examples.len(), fitted))?;
    }
    Ok(report)
}

/// The numbers of the blend, fitted on held-out predictions of every fold but one.
fn blend(held_out: &[HeldOut], without: Option<usize>, strengths: RuleStrengths) -> Blend {
    let kept = || held_out.iter().filter(move |h| Some(h.fold) != without);
    let weights = |timed: bool| {
        let own = kept().filter(move |h| h.timed == timed);
        Weights::fitted(&own.filter_map(|h| Some((&h.members, h.winner? == Side::Left, 1.0))))
    };
    let none: Vec<(f64, bool)> = kept().map(|h| (h.members.none, h.winner.is_none())).collect();
    let share = none.iter().filter(|(_, none)| *none).count() as f64 / none.len().max(1) as f64;
    Blend {
        none_shift: fitted_none_shift(&none),
        none_share: share.max(1e-3),
        timed: weights(true),
        untimed: weights(false),
        strengths,
    }
}

/// Mean log loss of the two-way call by each fold's own blend.
fn mean_log_loss(held_out: &[HeldOut], blends: &[Blend], timed: bool) -> (f64, usize) {
    let losses: Vec<f64> = held_out
        .iter()
        .filter(|h| h.timed == timed)
        .filter_map(|h| {
            let odds = blends.get(h.fold)?.weights(timed).log_odds(&h.members);
            Some(log_loss(odds, h.winner?))
        })
        .collect();
    (losses.iter().sum::<f64>() / losses.len().max(1) as f64, losses.len())
}

/// Trains every member of every share on two threads; one result per share, in order.
fn run_all(
    examples: &[Example],
    table: &FoldTable,
    shares: &[Option<usize>],
    seed: u64,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Trained>, LearnedError> {
    let members: Vec<Option<(InputKind, u64)>> = NETS.iter().copied().map(Some).chain([None]).collect();
    let jobs: Vec<Job> =
        shares.iter().flat_map(|held_out| members.iter().map(|net| Job { held_out: *held_out, net: *net })).collect();
    let next = AtomicUsize::new(0);
    let made: Mutex<BTreeMap<usize, Made>> = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(i) else { break };
            let result = job.run(examples, table, seed);
            made.lock().insert(i, result);
            progress(&format!("trained {} of {}", i + 1, jobs.len()));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map_while(|i| std::thread::Builder::new().name(format!("train-{i}")).spawn_scoped(scope, work).ok())
            .collect();
        if workers.is_empty() {
            work();
        }
    });
    let mut made = made.into_inner().into_values();
    let share = |held_out: &Option<usize>| {
        let mut models = MemberModels::default();
        for _ in &members {
            match made.next()? {
                Made::Net(kind, net) => models.nets.push((kind, *net)),
                Made::Trees(trees) => models.trees = trees,
            }
        }
        Some(Trained { members: models, strengths: strengths(&kept(examples, table, *held_out)) })
    };
    shares.iter().map(share).collect::<Option<Vec<_>>>().ok_or(LearnedError::Interrupted)
}

/// The examples that are not held out.
fn kept<'a>(examples: &'a [Example], table: &FoldTable, held_out: Option<usize>) -> Vec<&'a Example> {
    let outside = |e: &&Example| held_out.is_none() || table.fold_of_group.get(&e.group).copied() != held_out;
    examples.iter().filter(outside).collect()
}

/// How often the rules' votes agree with the referees: on timed phrases, where there are enough of them.
fn strengths(examples: &[&Example]) -> RuleStrengths {
    let timed = examples.iter().filter(|e| e.timed).count();
    let asked = examples.iter().filter(|e| timed < MIN_TIMED || e.timed);
    RuleStrengths::fitted(&asked.filter_map(|e| Some((e.vote?, e.winner?))))
}

impl Job {
    fn run(self, examples: &[Example], table: &FoldTable, seed: u64) -> Made {
        let kept = kept(examples, table, self.held_out);
        let seed = seed.wrapping_mul(1000) + 10 * self.held_out.map_or(99, |fold| fold as u64);
        match self.net {
            Some((kind, number)) => {
                Made::Net(kind, Box::new(train_net(&kept, kind, Hyperparameters::default(), seed + number)))
            }
            None => Made::Trees(train_trees(&kept, BoostingParams::default(), ENSEMBLES, seed)),
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), LearnedError> {
    std::fs::write(path, bytes).map_err(|source| LearnedError::Unwritable { path: path.to_owned(), source })
}
