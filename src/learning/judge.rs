//! Judging one phrase unseen: the same steps as behind the engine's door, from keypoints on.

use super::record::{Question, RecordError, RecordProblem, SeenPoses};
use fencing::actions::{Timeline, detect};
use fencing::kinematics::{Motion, with_touch_placed};
use fencing::learned::Models;
use fencing::right_of_way::{
    DecisionSettings, Evidence, ModelPrediction, Pooling, RuleId, RuleStrengths, Verdict, decide, needs_right_of_way,
    reference,
};
use fencing::{PerSide, Probabilities, Side, SignalLog};
use std::collections::BTreeMap;

/// Who judges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JudgeKind {
    /// Rules and learned model together: what the product says.
    #[default]
    Full,
    /// Rules alone.
    Rules,
    /// Learned prediction alone, lamps first.
    Model,
    /// The reference system's logic on our facts.
    Reference,
}

/// The learned models: one set for all phrases, or for each fold the set that was not trained on its groups.
#[derive(Debug, Default)]
pub struct ModelSets {
    /// Asked where no fold has the group.
    pub general: Option<Models>,
    /// The models of each fold.
    pub folds: Vec<Models>,
    /// Which fold never saw a group.
    pub fold_of_group: BTreeMap<String, usize>,
}

impl ModelSets {
    fn for_group(&self, group: &str) -> Option<&Models> {
        let fold = self.fold_of_group.get(group).and_then(|i| self.folds.get(*i));
        fold.or(self.general.as_ref())
    }
}

/// Judges questions. Holds no answer and is given none.
#[derive(Debug, Default)]
pub struct Judge {
    /// Who judges.
    pub kind: JudgeKind,
    /// The learned models; without any the full judge is the rules.
    pub models: ModelSets,
    /// How close is too close.
    pub settings: DecisionSettings,
}

/// All that is known of a phrase before it is judged.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The facts.
    pub evidence: Evidence,
    /// Prediction of the learned models; `None` where they are not used or too little was seen.
    pub prediction: Option<ModelPrediction>,
    /// Strengths of the rules fitted without the phrase's group; `None` without models.
    pub strengths: Option<RuleStrengths>,
}

impl Judge {
    /// The verdict on a phrase.
    pub fn judge(&self, question: &Question) -> Result<Verdict, RecordError> {
        Ok(self.verdict(&self.observe(question)?))
    }

    /// Gathers the evidence of a phrase and the prediction of the models, without deciding yet.
    pub fn observe(&self, question: &Question) -> Result<Observation, RecordError> {
        let Some((motion, signals, evidence)) = observe(question, &self.settings)? else {
            let settings = (question.weapon, &self.settings);
            let evidence = Evidence::gather(&Timeline::default(), None, &question.signals, settings);
            return Ok(Observation { evidence, prediction: None, strengths: None });
        };
        let asked =
            matches!(self.kind, JudgeKind::Full | JudgeKind::Model) && needs_right_of_way(&evidence, &self.settings);
        let models = self.models.for_group(&question.group);
        let prediction = || models?.prediction(&motion, &signals, &evidence);
        let prediction = if asked { prediction() } else { None };
        Ok(Observation { prediction, strengths: models.map(Models::strengths), evidence })
    }

    /// The verdict on an observation.
    pub fn verdict(&self, observation: &Observation) -> Verdict {
        let Observation { evidence, prediction, strengths } = observation;
        let settings = DecisionSettings { strengths: strengths.unwrap_or(self.settings.strengths), ..self.settings };
        let by_rules = || decide(evidence, None, &settings);
        // The learned judge alone: the rules' votes are not counted.
        let learned = Pooling { rules: 0.0, ..settings.pooling };
        match self.kind {
            JudgeKind::Full => decide(evidence, prediction.as_ref(), &settings),
            JudgeKind::Rules => by_rules(),
            JudgeKind::Model => {
                decide(evidence, prediction.as_ref(), &DecisionSettings { pooling: learned, ..settings })
            }
            JudgeKind::Reference => by_reference(by_rules(), evidence),
        }
    }
}

/// A phrase's motion, its signals with the touch placed, and the evidence of both; `None` for a record without frames.
pub fn observe(
    question: &Question,
    settings: &DecisionSettings,
) -> Result<Option<(Motion, SignalLog, Evidence)>, RecordError> {
    let Some(motion) = motion(question)? else { return Ok(None) };
    let signals = with_touch_placed(&question.signals, &motion).into_owned();
    let timeline = detect(&motion, &signals, question.weapon);
    let evidence = Evidence::gather(&timeline, Some(&motion), &signals, (question.weapon, settings));
    Ok(Some((motion, signals, evidence)))
}

/// The phrase's motion up to the touch and its lockout; `None` for a record without frames.
pub fn motion(question: &Question) -> Result<Option<Motion>, RecordError> {
    let Some(joints) = &question.joints else { return Ok(None) };
    let named = |e: fencing::kinematics::MotionError| RecordError {
        record: question.id.clone(),
        problem: RecordProblem::Motion(e.to_string()),
    };
    let kept = frames_used(question, joints);
    if kept == 0 && !question.times.is_empty() {
        return Ok(None);
    }
    let first = |poses: &Vec<_>| poses.iter().take(kept).copied().collect();
    let times = question.times.iter().take(kept).copied().collect();
    Motion::from_keypoints(times, joints.as_ref().map(first)).map(Some).map_err(named)
}

/// How many frames lie before the end of the first touch's lockout: repairing those alone is half the work. All of them
/// where the record is not in order, so that the error names what is wrong.
fn frames_used(question: &Question, joints: &PerSide<SeenPoses>) -> usize {
    let times = &question.times;
    let orderly = times.is_sorted_by(|a, b| a < b) && joints.iter().all(|(_, poses)| poses.len() == times.len());
    match question.signals.first_touch().filter(|_| orderly) {
        Some(touch) => {
            let end = question.weapon.decided_by(touch);
            times.partition_point(|at| *at <= end)
        }
        None => times.len(),
    }
}

/// Rows A, L and E of the decision table decide by lamps and materiality, never by priority.
fn settled_by_lamps(verdict: &Verdict) -> bool {
    verdict.rule.0.starts_with(['A', 'L', 'E'])
}

fn by_reference(verdict: Verdict, evidence: &Evidence) -> Verdict {
    if settled_by_lamps(&verdict) {
        return verdict;
    }
    let (call, reason_code) = reference::call(evidence);
    let sure = |side| f64::from(u8::from(call.winner() == Some(side)));
    let (left, right) = (sure(Side::Left), sure(Side::Right));
    let probabilities = Probabilities { left, right, none: 1.0 - left - right };
    Verdict { call, rule: RuleId("reference"), article: "", reason_code, probabilities, facts: Vec::new(), ..verdict }
}
