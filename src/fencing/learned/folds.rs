//! The whole training: the models of each fold, the numbers fitted on what they had not seen, and the models that ship.
//!
//! Each fold's models are trained on all groups but the fold's, so their answers on it can be written down. The final
//! models are trained on everything, with the numbers that the folds gave.

use super::blend::{Blend, Raw};
use super::channels::InputKind;
use super::error::LearnedError;
use super::models::{MANIFEST, MODELS_VERSION, Manifest, TREES, odds};
use super::net::Net;
use super::onnx::to_onnx;
use super::training::{Example, Recipe, forest_answer, stacked, train_forest, train_net};
use super::trees::{Forest, Growth};
use crate::Side;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Nets of one set of models: kind of input and its number among its kind.
const MEMBERS: [(InputKind, u64); 4] =
    [(InputKind::Joints, 0), (InputKind::Joints, 1), (InputKind::Outline, 0), (InputKind::Outline, 1)];
/// Forests that are averaged.
const FORESTS: u64 = 5;
/// Fewer phrases are not worth a training.
const FEWEST: usize = 20;
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
    /// Groups shared out: the largest first, each to the fold that has fewest phrases.
    fn of(examples: &[Example], folds: usize) -> Self {
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for example in examples {
            *sizes.entry(&example.group).or_default() += 1;
        }
        let mut groups: Vec<(&str, usize)> = sizes.into_iter().collect();
        groups.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let mut filled = vec![0; folds];
        let mut table = Self { folders: (0..folds).map(|i| format!("fold{i}")).collect(), ..Self::default() };
        for (group, size) in groups {
            let fold = (0..folds).min_by_key(|f| filled[*f]).unwrap_or_default();
            filled[fold] += size;
            table.fold_of_group.insert(group.to_owned(), fold);
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
    nets: Vec<Net>,
    forest: Forest,
}

/// One member to train: on all phrases but those of a fold, or on all.
#[derive(Clone, Copy)]
struct Job {
    without: Option<usize>,
    member: Option<(InputKind, u64)>,
}

enum Made {
    Net(Box<Net>),
    Forest(Forest),
}

/// Trains the models that ship into `output`, and those of each fold into `fold_output` where it is given.
///
/// Two threads; the result depends on the phrases and the seed alone. `told` is called with a line after each member.
///
/// # Errors
/// Too few phrases or groups, or a folder that cannot be written.
pub fn train(
    examples: &[Example],
    [output, fold_output]: [Option<&Path>; 2],
    folds: usize,
    seed: u64,
    told: &(dyn Fn(&str) + Sync),
) -> Result<(), LearnedError> {
    let table = FoldTable::of(examples, folds.max(2));
    let groups = table.fold_of_group.len();
    if examples.len() < FEWEST || groups < folds.max(2) {
        return Err(LearnedError::TooFew { phrases: examples.len(), groups });
    }
    let shares: Vec<Option<usize>> = (0..folds.max(2)).map(Some).chain([None]).collect();
    let mut trained = run_all(examples, &table, &shares, seed, told)?;
    let last = trained.pop().ok_or(LearnedError::Interrupted)?;
    let seen: Vec<(Raw, Option<bool>)> = examples
        .iter()
        .filter_map(|e| {
            let fold = trained.get(*table.fold_of_group.get(&e.group)?)?;
            Some((fold.raw(e), e.winner.map(|side| side == Side::Left)))
        })
        .collect();
    let blend = Blend::fitted(&seen);
    told(&format!("fitted on unseen folds: sharpness {:.2}, shift of none {:.2}", blend.sharpness, blend.none_shift));
    let manifest = |phrases| Manifest {
        version: MODELS_VERSION,
        phrases,
        seed,
        blend,
        nets: MEMBERS.iter().map(|(kind, i)| format!("{}{i}.onnx", kind.as_str())).collect(),
    };
    if let Some(folder) = fold_output {
        for (i, fold) in trained.iter().enumerate() {
            let phrases = examples.iter().filter(|e| table.fold_of_group.get(&e.group) != Some(&i)).count();
            fold.write(&folder.join(&table.folders[i]), &manifest(phrases))?;
        }
        write(&folder.join(TABLE), toml::to_string(&table).unwrap_or_default().as_bytes())?;
    }
    output.map_or(Ok(()), |folder| last.write(folder, &manifest(examples.len())))
}

/// Trains every member of every share on two threads; one result per share, in order.
fn run_all(
    examples: &[Example],
    table: &FoldTable,
    shares: &[Option<usize>],
    seed: u64,
    told: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Trained>, LearnedError> {
    let members: Vec<Option<(InputKind, u64)>> = MEMBERS.iter().copied().map(Some).chain([None]).collect();
    let jobs: Vec<Job> = shares
        .iter()
        .flat_map(|without| members.iter().map(|member| Job { without: *without, member: *member }))
        .collect();
    let next = AtomicUsize::new(0);
    let made: Mutex<BTreeMap<usize, Made>> = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(i) else { break };
            let result = job.run(examples, table, seed);
            made.lock().insert(i, result);
            told(&format!("trained {} of {}", i + 1, jobs.len()));
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
    let share = |_: &Option<usize>| {
        let mut trained = Trained { nets: Vec::new(), forest: Forest::default() };
        for _ in &members {
            match made.next()? {
                Made::Net(net) => trained.nets.push(*net),
                Made::Forest(forest) => trained.forest = forest,
            }
        }
        Some(trained)
    };
    shares.iter().map(share).collect::<Option<Vec<_>>>().ok_or(LearnedError::Interrupted)
}

impl Job {
    fn run(self, examples: &[Example], table: &FoldTable, seed: u64) -> Made {
        let outside =
            |e: &&Example| self.without.is_none() || table.fold_of_group.get(&e.group).copied() != self.without;
        let kept: Vec<&Example> = examples.iter().filter(outside).collect();
        let seed = seed.wrapping_mul(1000) + 10 * self.without.map_or(99, |fold| fold as u64);
        match self.member {
            Some((kind, number)) => Made::Net(Box::new(train_net(&kept, kind, Recipe::default(), seed + number))),
            None => Made::Forest(train_forest(&kept, Growth::default(), FORESTS, seed)),
        }
    }
}

impl Trained {
    /// What the members say, by the pass that trained them.
    fn raw(&self, example: &Example) -> Raw {
        let (mut nets, mut none) = (0.0, 0.0);
        for (net, (kind, _)) in self.nets.iter().zip(MEMBERS) {
            let logits = net.answer(&stacked(std::slice::from_ref(&example.phrase), kind));
            let (side, without) = odds([logits[[0, 0]], logits[[0, 1]], logits[[0, 2]]]);
            nets += side;
            none += without;
        }
        let count = self.nets.len().max(1) as f64;
        let trees = f64::from(forest_answer(&self.forest, &example.phrase));
        Raw { nets: nets / count, trees, none: none / count }
    }

    fn write(&self, folder: &Path, manifest: &Manifest) -> Result<(), LearnedError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| LearnedError::Unwritable { path: folder.to_owned(), source })?;
        for (net, name) in self.nets.iter().zip(&manifest.nets) {
            write(&folder.join(name), &to_onnx(net))?;
        }
        write(&folder.join(TREES), &self.forest.to_bytes())?;
        write(&folder.join(MANIFEST), toml::to_string(manifest).unwrap_or_default().as_bytes())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), LearnedError> {
    std::fs::write(path, bytes).map_err(|source| LearnedError::Unwritable { path: path.to_owned(), source })
}
