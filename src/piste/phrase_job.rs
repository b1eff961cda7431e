//! The phrases of the last minutes: their folders, the progress of their judging, their verdicts.

use super::artifacts::Artifact;
use super::live_judge::LiveJudge;
use super::{JudgeEvent, Phase, RecordedPhrase, Thoroughness};
use capture::recorder::SavedPhrase;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
use recording::SignalLogMeta;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::engine::{PhraseSignals, SignalClock};
use vision::video::{Cancel, Reel};

/// Uncertainty of a touch that a person adds where none was signalled, in seconds.
const MANUAL_UNCERTAINTY_SECS: f64 = 0.2;

/// Number of phrases kept in memory; older ones are found on disk.
const REMEMBERED: usize = 16;

/// Progress of the judging of a phrase.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    /// A judge is at work.
    Judging { stage: &'static str, share: f32 },
    /// There is a verdict. `is_first`: it was made before the phrase was over, so a later failure undoes it.
    Judged { event: Arc<JudgeEvent>, is_first: bool },
    /// Judging failed.
    Failed(String),
    /// No judge was asked, or judging was cancelled.
    Unjudged,
}

/// A phrase that is over.
pub(crate) struct PhraseJob {
    pub(crate) id: u64,
    pub(crate) weapon: Weapon,
    /// Zero of its clock and end of its frames, on the host clock.
    pub(crate) zero: Timestamp,
    pub(crate) until: Timestamp,
    /// When no further light could come, on the host clock.
    pub(crate) decided: Timestamp,
    /// On the clip's clock.
    pub(crate) signals: SignalLog,
    /// The rest of its signal log; `None` for a phrase of an earlier session, whose log is not rewritten.
    pub(crate) meta: Option<SignalLogMeta>,
    /// Clock of the signals.
    pub(crate) clock: SignalClock,
    /// Its folder; empty until the recorder has named it.
    pub(crate) folder: PathBuf,
    /// The recording, once it is on disk.
    pub(crate) recorded: Option<Arc<RecordedPhrase>>,
    /// Whether the recorder has finished it, successfully or not.
    pub(crate) is_settled: bool,
    pub(crate) judge: Option<LiveJudge>,
    pub(crate) rejudging: Option<Cancel>,
    /// A judge's last event, received before the recorder had finished; a verdict is announced at once.
    pub(crate) pending: Option<JudgeEvent>,
    pub(crate) progress: Progress,
}

impl PhraseJob {
    /// A phrase of an earlier session, with the signals of its log.
    pub(crate) fn of_folder(
        id: u64,
        folder: &Path,
        clip: PathBuf,
        logged: &PhraseSignals,
        weapon: Weapon,
        now: Timestamp,
    ) -> Self {
        let recorded = RecordedPhrase {
            folder: folder.to_owned(),
            log: clip.with_extension("txt"),
            clip,
            second_clip: None,
            reel: Arc::new(Reel::default()),
            signals: logged.log().clone(),
            weapon,
        };
        Self {
            id,
            weapon,
            zero: now,
            until: now,
            decided: now,
            signals: logged.log().clone(),
            // The log may contain an answer confirmed by a person, and the times of its own session: it is not rewritten.
            meta: None,
            clock: logged.clock(),
            folder: folder.to_owned(),
            recorded: Some(Arc::new(recorded)),
            is_settled: true,
            judge: None,
            rejudging: None,
            pending: None,
            progress: Progress::Unjudged,
        }
    }

    /// Folder of the phrase; empty when it was not saved.
    pub(crate) fn folder(&self) -> PathBuf {
        self.recorded.as_ref().map_or_else(|| self.folder.clone(), |recorded| recorded.folder.clone())
    }

    /// The phase that the window shows for it.
    pub(crate) fn phase(&self) -> Phase {
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

    /// Whether a judge's last verdict is final: one from too few frames is not if the recording can be judged.
    pub(crate) fn is_final(&self, event: &JudgeEvent) -> bool {
        let is_kept = self.recorded.is_some() || !self.is_settled;
        event.thoroughness == Thoroughness::Full || !is_kept
    }

    /// Whether the verdict was announced already.
    pub(crate) fn has_announced(&self, event: &JudgeEvent, is_final: bool) -> bool {
        let judgement = |event: &JudgeEvent| event.judgement().map(Arc::as_ptr);
        matches!(&self.progress, Progress::Judged { event: known, .. }
            if known.is_final() == is_final && known.folder == self.folder() && judgement(known) == judgement(event))
    }

    /// Its current signal log, if it is on disk and was written in this session.
    pub(crate) fn log_artifact(&self) -> Option<Artifact> {
        let (path, meta) = (self.recorded.as_ref()?.log.clone(), Box::new(self.meta.clone()?));
        Some(Artifact::Log { path, signals: self.signals.clone(), meta })
    }

    /// Whether a verdict is wanted and no judge is at work.
    pub(crate) fn is_idle(&self) -> bool {
        let wanted = match &self.progress {
            Progress::Judging { .. } => true,
            Progress::Judged { event, .. } => !event.is_final(),
            Progress::Failed(_) | Progress::Unjudged => false,
        };
        wanted && self.judge.is_none() && self.rejudging.is_none() && self.pending.is_none()
    }

    /// The recording differs from what the live judge saw: the recording and its clock count.
    pub(crate) fn judge_again(&mut self, saved: &SavedPhrase) {
        let between = saved.zero.nanos().saturating_sub(self.zero.nanos());
        self.signals = self.signals.on_clock_from(Timestamp::from_nanos(between));
        self.zero = saved.zero;
        self.cancel();
        self.progress = Progress::Judging { stage: "stage-opening", share: 0.0 };
    }

    /// Cancels all judging of the phrase.
    pub(crate) fn cancel(&mut self) {
        self.judge = None;
        self.pending = None;
        if let Some(cancel) = self.rejudging.take() {
            cancel.cancel();
        }
    }
}

/// The latest phrases, oldest first.
#[derive(Default)]
pub(crate) struct PhraseJobs {
    all: VecDeque<PhraseJob>,
}

impl PhraseJobs {
    pub(crate) fn add(&mut self, job: PhraseJob) {
        if self.all.len() == REMEMBERED {
            self.all.pop_front();
        }
        self.all.push_back(job);
    }

    pub(crate) fn latest(&mut self) -> Option<&mut PhraseJob> {
        self.all.back_mut()
    }

    pub(crate) fn is_latest(&self, id: u64) -> bool {
        self.all.back().is_some_and(|job| job.id == id)
    }

    pub(crate) fn by_id(&mut self, id: u64) -> Option<&mut PhraseJob> {
        self.all.iter_mut().find(|job| job.id == id)
    }

    pub(crate) fn by_folder(&mut self, folder: &Path) -> Option<&mut PhraseJob> {
        self.all.iter_mut().find(|job| job.folder() == folder)
    }

    /// The oldest phrase that the recorder has not finished; it works in order.
    pub(crate) fn unsettled(&mut self) -> Option<&mut PhraseJob> {
        self.all.iter_mut().find(|job| !job.is_settled)
    }

    /// The phase of the latest phrase.
    pub(crate) fn phase(&self) -> Phase {
        self.all.back().map_or(Phase::Ready, PhraseJob::phase)
    }
}

/// The signals with other lamps; the first touch stays where it was.
pub(crate) fn with_lamps(signals: &SignalLog, lit: PerSide<Lamp>, end_secs: f64) -> SignalLog {
    let known = signals.first_touch();
    let (at, uncertainty_secs) =
        known.map_or((Timestamp::from_secs(end_secs), MANUAL_UNCERTAINTY_SECS), |t| (t.at, t.uncertainty_secs));
    let mut log = SignalLog::default();
    let others = signals.events().iter().filter(|e| !matches!(e.kind, SignalKind::Lamp { .. }));
    others.for_each(|event| log.push(*event));
    for side in Side::BOTH.into_iter().filter(|side| lit[*side] != Lamp::Off) {
        let own = signals.first_lit(side).map_or(at, |(own, _)| own);
        let kind = SignalKind::Lamp { side, lamp: lit[side] };
        log.push(SignalEvent { at: own, uncertainty_secs, source: SignalSource::Manual, kind });
    }
    log.set_final_lamps(lit);
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lamp(secs: f64, side: Side) -> SignalEvent {
        let at = Timestamp::from_secs(secs);
        let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
        SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Apparatus, kind }
    }

    #[test]
    fn lamps_set_right_keep_the_moment_of_the_touch() {
        let mut log = SignalLog::default();
        log.push(lamp(2.0, Side::Left));
        let both = with_lamps(&log, PerSide::new(Lamp::Valid, Lamp::Valid), 5.0);
        assert_eq!(both.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
        assert_eq!(both.first_touch().unwrap().at, Timestamp::from_secs(2.0));
        let other = with_lamps(&log, PerSide::new(Lamp::Off, Lamp::OffTarget), 5.0);
        assert_eq!(other.lamps(), PerSide::new(Lamp::Off, Lamp::OffTarget));
        let none = with_lamps(&log, PerSide::default(), 5.0);
        assert!(none.first_touch().is_none() && !none.is_empty());
    }
}
