//! Verdicts against labels: the figures of one set of phrases.

use super::metrics::{Calibration, Paired, by_coverage};
use super::record::{Answer, Label, Question};
use fencing::right_of_way::Verdict;
use fencing::share::Share;
use fencing::{Call, Confidence, ConfidenceWord, Side};

/// Blades that met within this before the touch may have decided it, seconds.
const CONTACT_WINDOW_SECS: f64 = 1.0;
/// Upper ends of the classes of length, seconds from the first frame to the touch.
const LENGTHS_SECS: [f64; 3] = [1.5, 2.0, 3.0];

/// One judged and labelled phrase, reduced to what is counted.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The referee's call.
    pub label: Label,
    /// The reference system's stored verdict.
    pub baseline: Option<Side>,
    /// The machine's call.
    pub call: Call,
    /// The likelier side, `None` where both are equally likely.
    pub forced: Option<Side>,
    /// The likeliest of three, by the same numbers.
    pub likeliest: Option<Label>,
    /// Confidence of the forced call: the likelier side's share of the two.
    pub two_way_confidence: f64,
    /// Confidence as the verdict states it.
    pub confidence: f64,
    /// Whether the blades met in the last second before the touch.
    pub contact: bool,
    /// Seconds from the first frame to the touch.
    pub length_secs: f64,
}

impl Judged {
    /// Puts a verdict beside the referee's; `None` where the referee abstained.
    pub fn new(question: &Question, verdict: &Verdict, answer: &Answer) -> Option<Self> {
        let touch = question.signals.first_touch().map(|t| t.at).unwrap_or_default();
        let p = verdict.probabilities;
        let forced = match p.left.partial_cmp(&p.right) {
            Some(std::cmp::Ordering::Greater) => Some(Side::Left),
            Some(std::cmp::Ordering::Less) => Some(Side::Right),
            _ => None,
        };
        let together = p.none > p.left && p.none > p.right;
        let both = p.left + p.right;
        Some(Self {
            label: answer.label?,
            baseline: answer.baseline,
            call: verdict.call,
            forced,
            likeliest: if together { Some(Label::Simultaneous) } else { forced.map(Label::Touch) },
            two_way_confidence: if both > 0.0 { p.left.max(p.right) / both } else { 0.5 },
            confidence: verdict.confidence.0,
            contact: question
                .signals
                .blade_contacts()
                .any(|c| c <= touch && touch.secs_since(c) <= CONTACT_WINDOW_SECS),
            length_secs: question.times.first().map_or(0.0, |first| touch.secs_since(*first)),
        })
    }

    fn side(&self) -> Option<Side> {
        match self.label {
            Label::Touch(side) => Some(side),
            Label::Simultaneous => None,
        }
    }

    fn forced_right(&self) -> bool {
        self.forced.is_some() && self.forced == self.side()
    }
}

/// The figures of one set.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Two-way, every phrase with a side, abstentions forced.
    pub two_way: Share,
    /// Three-way, abstentions forced.
    pub three_way: Share,
    /// `[label left, right, simultaneous][call left, right, simultaneous, too close, other]`.
    pub confusion: [[usize; 5]; 3],
    /// Two-way where blades met in the last second, and where not.
    pub by_contact: [Share; 2],
    /// Two-way by length, with each class's upper end in seconds.
    pub by_length: Vec<(Option<f64>, Share)>,
    /// Two-way among the surest.
    pub by_coverage: Vec<(f64, Share)>,
    /// Mean log loss of forced two-way calls: what every fit here minimises.
    pub log_loss: f64,
    /// Of forced two-way calls.
    pub calibration: Calibration,
    /// What each word for the confidence is worth: the mean confidence under it, and how often such calls were right.
    pub by_word: Vec<(ConfidenceWord, f64, Share)>,
    /// How often the machine said "too close".
    pub abstained: Share,
    /// Right among phrases with a side that were called at all (left, right or simultaneous).
    pub called: Share,
    /// Of the phrases labelled left and right, how many were forced right.
    pub recall: [Share; 2],
    /// Against the stored verdicts of the reference system, and that system's own share.
    pub against_baseline: (Paired, Share),
}

impl Tally {
    /// Counts.
    pub fn of(judged: &[Judged]) -> Self {
        let sided: Vec<&Judged> = judged.iter().filter(|j| j.side().is_some()).collect();
        let share =
            |keep: &dyn Fn(&Judged) -> bool| Share::of(sided.iter().filter(|j| keep(j)).map(|j| j.forced_right()));
        let confident: Vec<(f64, bool)> = sided.iter().map(|j| (j.two_way_confidence, j.forced_right())).collect();
        let baseline: Vec<(bool, bool)> =
            sided.iter().filter(|j| j.baseline.is_some()).map(|j| (j.forced_right(), j.baseline == j.side())).collect();
        Self {
            two_way: share(&|_| true),
            three_way: Share::of(judged.iter().map(|j| j.likeliest == Some(j.label))),
            confusion: confusion(judged),
            by_contact: [share(&|j| j.contact), share(&|j| !j.contact)],
            by_length: by_length(&sided),
            by_coverage: by_coverage(&confident),
            log_loss: log_loss(&confident),
            calibration: Calibration::of(&confident),
            by_word: by_word(&sided),
            abstained: Share::of(judged.iter().map(|j| j.call == Call::TooClose)),
            called: Share::of(sided.iter().filter(|j| j.call != Call::TooClose).map(|j| j.call.winner() == j.side())),
            recall: [Side::Left, Side::Right].map(|side| share(&|j| j.side() == Some(side))),
            against_baseline: (Paired::of(baseline.iter().copied()), Share::of(baseline.iter().map(|(_, b)| *b))),
        }
    }
}

/// Mean of the negative log of the share that was given to what held.
fn log_loss(calls: &[(f64, bool)]) -> f64 {
    let loss = |(share, right): &(f64, bool)| -(if *right { *share } else { 1.0 - share }).max(1e-6).ln();
    calls.iter().map(loss).sum::<f64>() / calls.len().max(1) as f64
}

fn confusion(judged: &[Judged]) -> [[usize; 5]; 3] {
    let mut table = [[0; 5]; 3];
    for j in judged {
        let row = match j.label {
            Label::Touch(Side::Left) => 0,
            Label::Touch(Side::Right) => 1,
            Label::Simultaneous => 2,
        };
        let column = match j.call {
            Call::Touch(Side::Left) => 0,
            Call::Touch(Side::Right) => 1,
            Call::Simultaneous => 2,
            Call::TooClose => 3,
            Call::Double | Call::NoTouch => 4,
        };
        table[row][column] += 1;
    }
    table
}

fn by_word(sided: &[&Judged]) -> Vec<(ConfidenceWord, f64, Share)> {
    let words = [ConfidenceWord::Sure, ConfidenceWord::Likely, ConfidenceWord::Leaning, ConfidenceWord::TooClose];
    let of_word = |word: ConfidenceWord| {
        let calls: Vec<&&Judged> = sided.iter().filter(|j| Confidence(j.two_way_confidence).word() == word).collect();
        let claimed = calls.iter().map(|j| j.two_way_confidence).sum::<f64>() / calls.len().max(1) as f64;
        (word, claimed, Share::of(calls.iter().map(|j| j.forced_right())))
    };
    words.map(of_word).into()
}

fn by_length(sided: &[&Judged]) -> Vec<(Option<f64>, Share)> {
    let ends = LENGTHS_SECS.into_iter().map(Some).chain([None]);
    let mut from = f64::NEG_INFINITY;
    ends.map(|end| {
        let inside = |j: &&&Judged| j.length_secs >= from && end.is_none_or(|e| j.length_secs < e);
        let share = Share::of(sided.iter().filter(inside).map(|j| j.forced_right()));
        from = end.unwrap_or(from);
        (end, share)
    })
    .collect()
}
