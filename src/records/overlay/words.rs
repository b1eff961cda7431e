//! The words of a scene, in the reader's language.

use fencing::actions::ActionKind;
use fencing::wording::Words;
use fencing::{Call, Side};
use vision::engine::Judgement;

/// The words of a scene.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverlayWords {
    /// The call in one or two words.
    pub call: String,
    /// The reason, one sentence with its article.
    pub reason: String,
    /// The deciding margin, if there is one.
    pub detail: String,
    /// The confidence; empty when there is no call.
    pub confidence: String,
    /// Word for the left fencer.
    pub left: String,
    /// Word for the right fencer.
    pub right: String,
    /// Word on a lamp for a valid touch.
    pub touch: String,
    /// Word on a white lamp for a touch off target.
    pub off_target: String,
    /// Word on a white lamp for an equipment fault.
    pub fault: String,
    /// Name of the apparatus' row.
    pub apparatus: String,
    /// Short names of the actions in the rows.
    pub actions: Vec<(ActionKind, String)>,
}

impl OverlayWords {
    /// The words for a judgement, in a language.
    pub fn new(judgement: &Judgement, words: &Words) -> Self {
        let verdict = &judgement.verdict;
        let overlay_words = Self {
            call: words.text(call_key(verdict.call)),
            reason: words.reason(verdict),
            detail: verdict.margin.map_or(String::new(), |margin| words.margin(&margin)),
            confidence: words.confidence(verdict.confidence.word()),
            ..Self::default()
        };
        // Without any signal there is no call and no confidence.
        let open = Self { call: words.text("overlay-open"), reason: words.text("reason_open"), ..Self::default() };
        let Self { call, reason, detail, confidence, .. } =
            if judgement.signals.is_empty() { open } else { overlay_words };
        Self {
            call,
            reason,
            detail,
            confidence,
            apparatus: words.text("overlay-box"),
            actions: ActionKind::ALL.iter().map(|kind| (*kind, words.action(*kind))).collect(),
            ..Self::of_the_piste(words)
        }
    }

    /// The words that need no judgement: fencers and lamps.
    pub fn of_the_piste(words: &Words) -> Self {
        Self {
            left: words.text("piste-left"),
            right: words.text("piste-right"),
            touch: words.text("piste-touch"),
            off_target: words.text("piste-off-target"),
            fault: words.text("piste-fault"),
            ..Self::default()
        }
    }

    /// The word for a fencer.
    pub(super) fn side(&self, side: Side) -> &str {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The word for an action; empty if there is none.
    pub(super) fn action(&self, kind: ActionKind) -> &str {
        self.actions.iter().find(|(named, _)| *named == kind).map_or("", |(_, name)| name)
    }
}

const fn call_key(call: Call) -> &'static str {
    match call {
        Call::Touch(Side::Left) => "piste-left",
        Call::Touch(Side::Right) => "piste-right",
        Call::Simultaneous => "overlay-simultaneous",
        Call::Double => "overlay-double",
        Call::NoTouch => "overlay-no-touch",
        Call::TooClose => "overlay-too-close",
    }
}
