//! Judging one phrase unseen: the same steps as behind the engine's door, from keypoints on.

use super::record::{Question, RecordError, RecordProblem};
use crate::actions::{Timeline, detect};
use crate::fencing::{Probabilities, Side};
use crate::kinematics::Motion;
use crate::right_of_way::{DecisionSettings, Evidence, RuleId, Verdict, decide, reference};

/// Who judges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JudgeKind {
    /// Rules alone.
    #[default]
    Rules,
    /// The reference system's logic on our facts.
    Reference,
}

/// Judges questions. Holds no answer and is given none.
#[derive(Debug, Default)]
pub struct Judge {
    /// Who judges.
    pub kind: JudgeKind,
    /// How close is too close.
    pub settings: DecisionSettings,
}

impl Judge {
    /// The verdict on a phrase.
    pub fn judge(&self, question: &Question) -> Result<Verdict, RecordError> {
        let motion = motion(question)?;
        let signals = &question.signals;
        let timeline = motion.as_ref().map_or_else(Timeline::default, |m| detect(m, signals, question.weapon));
        let evidence = Evidence::gather(&timeline, motion.as_ref(), signals, question.weapon);
        Ok(match self.kind {
            JudgeKind::Rules => decide(&evidence, None, &self.settings),
            JudgeKind::Reference => by_reference(decide(&evidence, None, &self.settings), &evidence),
        })
    }
}

/// The phrase's motion; `None` for a record without pictures.
pub fn motion(question: &Question) -> Result<Option<Motion>, RecordError> {
    let Some(joints) = &question.joints else { return Ok(None) };
    let named = |e: crate::kinematics::MotionError| RecordError {
        record: question.id.clone(),
        problem: RecordProblem::Motion(e.to_string()),
    };
    Motion::from_keypoints(question.times.clone(), joints.clone()).map(Some).map_err(named)
}

/// Rows named A, L or E of the decision table speak of lamps and materiality, never of priority.
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
