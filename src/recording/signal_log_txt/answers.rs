//! Answers in a log besides the signals: a person's, another system's, hand labels. Never for the judge.

use fencing::Side;
use fencing::time::Timestamp;

/// A person's decision about the phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HumanAnswer {
    /// The touch goes to this side.
    Winner(Side),
    /// No touch was awarded.
    Abstain,
}

/// A person's label of a blade contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BladeLabel {
    /// This side struck the other's blade.
    Beat(Side),
    /// This side parried.
    Defend(Side),
    /// Accidental contact.
    Accident,
}

/// All opinions on the phrase in a log. A type of its own, so that no code path can pass it to the judge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedAnswers {
    /// The person's decision; priority: confirmed, manual selection, hand-added line.
    pub human: Option<HumanAnswer>,
    /// The winner that another system reported.
    pub machine: Option<Side>,
    /// Hand labels of blade contacts.
    pub blade_labels: Vec<(Timestamp, BladeLabel)>,
    /// Number of lines with an answer of any kind.
    pub lines: usize,
}

/// One line with an answer; the greater weight wins, among equals the later line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum AnswerLine {
    /// A remark of another system without a winner: a broadcast sentence, a status.
    Remark,
    /// Another system's winner.
    Machine(Option<Side>),
    /// `Winner: ...`, added by hand.
    HandAdded(Option<HumanAnswer>),
    /// Selected before another system was asked.
    Selected(Option<HumanAnswer>),
    /// Confirmed at the end.
    Confirmed(Option<HumanAnswer>),
}

impl AnswerLine {
    const fn weight(self) -> u8 {
        match self {
            Self::Remark | Self::Machine(_) => 0,
            Self::HandAdded(_) => 1,
            Self::Selected(_) => 2,
            Self::Confirmed(_) => 3,
        }
    }

    /// Parses an answer from a lower-case line without its `[time]`; `None` when it is not an answer.
    pub(super) fn read(lower: &str) -> Option<Self> {
        if let Some((_, rest)) = lower.split_once("confirmed result winner:") {
            return Some(Self::Confirmed(human_answer(rest)));
        }
        if let Some((_, rest)) = lower.split_once("manual selection winner:") {
            return Some(Self::Selected(human_answer(rest)));
        }
        if let Some(rest) = lower.strip_prefix("winner:") {
            return Some(Self::HandAdded(human_answer(rest)));
        }
        if lower.starts_with("remote referee winner:") || lower.starts_with("pi judge result") {
            let named = lower.split_once("winner").map_or("", |(_, rest)| rest.trim_start_matches([':', '=']));
            return Some(Self::Machine(side_at_start(named)));
        }
        let of_a_machine = ["remote referee", "pi judge", "broadcast:"].iter().any(|start| lower.starts_with(start));
        of_a_machine.then_some(Self::Remark)
    }
}

impl RecordedAnswers {
    /// Collects answer lines in file order.
    pub(super) fn collect(lines: &[AnswerLine], blade_labels: Vec<(Timestamp, BladeLabel)>) -> Self {
        let mut best = 0;
        let mut found = Self { lines: lines.len() + blade_labels.len(), blade_labels, ..Self::default() };
        for line in lines {
            match *line {
                AnswerLine::Machine(side) => found.machine = side.or(found.machine),
                AnswerLine::HandAdded(Some(h)) | AnswerLine::Selected(Some(h)) | AnswerLine::Confirmed(Some(h))
                    if line.weight() >= best =>
                {
                    (found.human, best) = (Some(h), line.weight());
                }
                _ => {}
            }
        }
        found
    }
}

fn human_answer(rest: &str) -> Option<HumanAnswer> {
    let rest = rest.trim_start();
    if rest.starts_with("abstain") || rest.starts_with("simultaneous") || rest.starts_with("none") {
        return Some(HumanAnswer::Abstain);
    }
    side_at_start(rest).map(HumanAnswer::Winner)
}

/// The side at the start of a lower-case text; fencer 1 is the right one.
fn side_at_start(rest: &str) -> Option<Side> {
    let rest = rest.trim_start();
    let begins = |words: &[&str]| words.iter().any(|w| rest.starts_with(w));
    if begins(&["left", "fencer 2"]) {
        Some(Side::Left)
    } else if begins(&["right", "fencer 1"]) {
        Some(Side::Right)
    } else {
        None
    }
}

/// The hand labels in brackets after a blade contact, in lower case.
pub(super) fn blade_labels(lower: &str) -> impl Iterator<Item = BladeLabel> + '_ {
    lower.split('[').skip(1).filter_map(|part| match part.split(']').next()?.trim() {
        "left beat" => Some(BladeLabel::Beat(Side::Left)),
        "right beat" => Some(BladeLabel::Beat(Side::Right)),
        "left defend" => Some(BladeLabel::Defend(Side::Left)),
        "right defend" => Some(BladeLabel::Defend(Side::Right)),
        "accident" => Some(BladeLabel::Accident),
        _ => None,
    })
}
