//! The phrases of the last minutes: where they lie, how far their judgement is, what came out.

use super::judging::LiveJudge;
use super::papers::Paper;
use super::{JudgeEvent, Phase, RecordedPhrase, Thoroughness};
use capture::recorder::SavedPhrase;
use fencing::time::Timestamp;
use fencing::{SignalLog, Weapon};
use recording::SignalLogMeta;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::engine::SignalClock;
use vision::video::Cancel;

/// Phrases that are remembered; older ones are found on disk.
const REMEMBERED: usize = 16;

/// How far the judgement of a phrase is.
#[derive(Clone, Debug)]
pub(super) enum Progress {
    /// Somebody is at it.
    Judging { stage: &'static str, share: f32 },
    /// There is a verdict. `is_first`: it was made before the phrase was over, and a failure afterwards undoes it.
    Judged { event: Arc<JudgeEvent>, is_first: bool },
    /// There is none.
    Failed(String),
    /// Nobody was asked, or it was called off.
    Unjudged,
}

/// One phrase that is over.
pub(super) struct Case {
    pub(super) id: u64,
    pub(super) weapon: Weapon,
    /// Zero of its clock and end of its pictures, on the host clock.
    pub(super) zero: Timestamp,
    pub(super) until: Timestamp,
    /// When all that counts had happened, on the host clock.
    pub(super) decided: Timestamp,
    /// On its clip's clock.
    pub(super) signals: SignalLog,
    /// What its log says besides the signals; `None` for a phrase of an earlier session, whose log is not ours to rewrite.
    pub(super) meta: Option<SignalLogMeta>,
    /// Whose clock the signals are on.
    pub(super) clock: SignalClock,
    /// Where the recorder writes it; empty before that is known.
    pub(super) folder: PathBuf,
    /// What is on disk, once it is.
    pub(super) recorded: Option<Arc<RecordedPhrase>>,
    /// Whether the recorder is done with it, well or badly.
    pub(super) is_settled: bool,
    pub(super) judge: Option<LiveJudge>,
    pub(super) rejudging: Option<Cancel>,
    /// A judge's last event that came before the recorder was done; a verdict is announced all the same.
    pub(super) pending: Option<JudgeEvent>,
    pub(super) progress: Progress,
}

impl Case {
    /// The phrase's folder; empty when it could not be kept.
    pub(super) fn folder(&self) -> PathBuf {
        self.recorded.as_ref().map_or_else(|| self.folder.clone(), |recorded| recorded.folder.clone())
    }

    /// The phase that the window shows for it.
    pub(super) fn phase(&self) -> Phase {
        match &self.progress {
            Progress::Judging { stage, share } => {
                let share = self.judge.as_ref().map_or(*share, |judge| judge.share().max(*share));
                Phase::Judging { stage, share }
            }
            Progress::Judged { event, .. } => Phase::Judged(Arc::clone(event)),
            Progress::Failed(text) => Phase::Failed { text: text.clone(), folder: self.folder() },
            Progress::Unjudged => Phase::Ready,
        }
    }

    /// Whether a judge's last verdict stands: one from too few frames does not where the recording can be judged.
    pub(super) fn is_final(&self, event: &JudgeEvent) -> bool {
        let is_kept = self.recorded.is_some() || !self.is_settled;
        event.thoroughness == Thoroughness::Full || !is_kept
    }

    /// Whether this was announced already.
    pub(super) fn has_announced(&self, event: &JudgeEvent, is_final: bool) -> bool {
        let judgement = |event: &JudgeEvent| event.judgement().map(Arc::as_ptr);
        matches!(&self.progress, Progress::Judged { event: known, .. }
            if known.is_final() == is_final && known.folder == self.folder() && judgement(known) == judgement(event))
    }

    /// Its log as it is known now, where that lies on disk and was written in this session.
    pub(super) fn log_paper(&self) -> Option<Paper> {
        let (path, meta) = (self.recorded.as_ref()?.log.clone(), Box::new(self.meta.clone()?));
        Some(Paper::Log { path, signals: self.signals.clone(), meta })
    }

    /// Whether a verdict is wanted and nobody is at it.
    pub(super) fn is_idle(&self) -> bool {
        let wanted = match &self.progress {
            Progress::Judging { .. } => true,
            Progress::Judged { event, .. } => !event.is_final(),
            Progress::Failed(_) | Progress::Unjudged => false,
        };
        wanted && self.judge.is_none() && self.rejudging.is_none() && self.pending.is_none()
    }

    /// The recording is not what was watched: it counts, and with it its clock.
    pub(super) fn judge_again(&mut self, saved: &SavedPhrase) {
        let between = saved.zero.nanos().saturating_sub(self.zero.nanos());
        self.signals = self.signals.on_clock_from(Timestamp::from_nanos(between));
        self.zero = saved.zero;
        self.call_off();
        self.progress = Progress::Judging { stage: "stage-opening", share: 0.0 };
    }

    /// Whoever is at it is told to stop.
    pub(super) fn call_off(&mut self) {
        self.judge = None;
        self.pending = None;
        if let Some(cancel) = self.rejudging.take() {
            cancel.cancel();
        }
    }
}

/// The latest phrases, oldest first.
#[derive(Default)]
pub(super) struct Cases {
    all: VecDeque<Case>,
}

impl Cases {
    pub(super) fn add(&mut self, case: Case) {
        if self.all.len() == REMEMBERED {
            self.all.pop_front();
        }
        self.all.push_back(case);
    }

    pub(super) fn latest(&mut self) -> Option<&mut Case> {
        self.all.back_mut()
    }

    pub(super) fn is_latest(&self, id: u64) -> bool {
        self.all.back().is_some_and(|case| case.id == id)
    }

    pub(super) fn by_id(&mut self, id: u64) -> Option<&mut Case> {
        self.all.iter_mut().find(|case| case.id == id)
    }

    pub(super) fn by_folder(&mut self, folder: &Path) -> Option<&mut Case> {
        self.all.iter_mut().find(|case| case.folder() == folder)
    }

    /// The oldest that the recorder is not done with: it works in order.
    pub(super) fn unsettled(&mut self) -> Option<&mut Case> {
        self.all.iter_mut().find(|case| !case.is_settled)
    }

    /// The phase of the latest.
    pub(super) fn phase(&self) -> Phase {
        self.all.back().map_or(Phase::Ready, Case::phase)
    }
}
