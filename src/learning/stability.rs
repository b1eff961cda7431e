//! How far a verdict moves when the same phrase is seen a little differently: other pose noise, half the frame rate at either set of
//! camera instants, mirrored. A referee must not get another word for the same phrase.

use super::judge::Judge;
use super::record::{Question, RecordError};
use fencing::PerSide;
use fencing::geometry::PistePoint;
use fencing::right_of_way::Verdict;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Standard deviation of the pose model's noise on a joint, in metres: half a pixel on a fencer of sixty.
pub const POSE_NOISE_METRES: f32 = 0.02;
/// Copies with other noise.
const COPIES: u64 = 4;

/// Verdicts on one phrase as it was recorded and as it might have been seen.
#[derive(Clone, Debug)]
pub struct Stability {
    /// As recorded.
    pub recorded: Verdict,
    /// What was changed, and the verdict; that on the mirrored phrase is mirrored back.
    pub variants: Vec<(&'static str, Verdict)>,
}

impl Stability {
    /// Judges a phrase and its variants.
    ///
    /// # Errors
    /// A record that cannot be judged as it is; a variant that cannot be judged is left out.
    pub fn of(judge: &Judge, question: &Question) -> Result<Self, RecordError> {
        let recorded = judge.judge(question)?;
        let noisy = (0..COPIES).map(|seed| ("pose noise", question.with_noise(POSE_NOISE_METRES, seed)));
        let halves = [0, 1].map(|first| ("half the frame rate", question.every_second(first)));
        let seen_differently = noisy.chain(halves).filter_map(|(name, q)| Some((name, judge.judge(&q).ok()?)));
        let mirrored = judge.judge(&question.mirrored()).ok().map(|verdict| ("mirrored", mirrored(verdict)));
        Ok(Self { variants: seen_differently.chain(mirrored).collect(), recorded })
    }

    /// Greatest distance of p(left) from the recorded phrase's.
    pub fn spread(&self) -> f64 {
        let from = self.recorded.probabilities.left;
        self.variants.iter().map(|(_, v)| (v.probabilities.left - from).abs()).fold(0.0, f64::max)
    }

    /// Whether every variant gets the same call.
    pub fn same_call(&self) -> bool {
        self.variants.iter().all(|(_, v)| v.call == self.recorded.call)
    }

    /// Whether every variant that gets the same call is given the same rule as its reason.
    pub fn same_rule(&self) -> bool {
        let same = self.variants.iter().filter(|(_, v)| v.call == self.recorded.call);
        { same }.all(|(_, v)| v.rule == self.recorded.rule)
    }

    /// Whether two variants are called for different sides.
    pub fn opposed(&self) -> bool {
        let winners = || self.variants.iter().map(|(_, v)| v).chain([&self.recorded]).filter_map(|v| v.call.winner());
        winners().any(|one| winners().any(|other| one != other))
    }
}

fn mirrored(mut verdict: Verdict) -> Verdict {
    verdict.call = verdict.call.mirrored();
    verdict.probabilities = verdict.probabilities.mirrored();
    verdict
}

impl Question {
    /// The same phrase with normal noise on every joint.
    #[must_use]
    pub fn with_noise(&self, metres: f32, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Sum of twelve uniform draws less six: a standard normal, near enough.
        let mut normal = || (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0;
        let mut shaken = self.clone();
        let joints = shaken.joints.iter_mut().flat_map(|joints| [&mut joints.left, &mut joints.right]);
        for point in joints.flatten().flatten().flatten() {
            *point = PistePoint { x: point.x + metres * normal(), y: point.y + metres * normal() };
        }
        shaken
    }

    /// The same phrase by every second frame, from frame `first` on.
    #[must_use]
    pub fn every_second(&self, first: usize) -> Self {
        let halved = |poses: &Vec<_>| poses.iter().skip(first).step_by(2).copied().collect();
        Self {
            times: self.times.iter().skip(first).step_by(2).copied().collect(),
            joints: self.joints.as_ref().map(|joints| joints.as_ref().map(halved)),
            ..self.clone()
        }
    }

    /// The same phrase from the other side of the piste.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let turn = |poses: &Vec<[Option<PistePoint>; 17]>| -> Vec<[Option<PistePoint>; 17]> {
            poses.iter().map(|pose| pose.map(|p| p.map(|p| PistePoint { x: -p.x, ..p }))).collect()
        };
        Self {
            joints: self.joints.as_ref().map(|joints| PerSide::new(turn(&joints.right), turn(&joints.left))),
            signals: self.signals.mirrored(),
            ..self.clone()
        }
    }
}
