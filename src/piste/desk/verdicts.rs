//! Judge events of phrases that are over: announced at once, whatever the disk does, provisional where too few frames were
//! analysed, written down afterwards.

use super::Desk;
use super::obey::signals_beside;
use crate::book;
use crate::case::{Case, Progress};
use crate::judge_event::{JudgeEvent, JudgeEventKind, JudgeEventSender};
use crate::judging::FromRecording;
use crate::papers::Paper;
use crate::{Event, RecordedPhrase};
use capture::recorder::{RecorderEvent, SavedPhrase};
use fencing::wording::Language;
use recording::{HitSides, PhraseNotes};
use records::analysis::{ClipRequest, ClipSignals, LoggedSignals};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::engine::PhraseSignals;
use vision::video::{ClipOptions, Reel};

/// Endings of clips as recorders write them.
const CLIPS: [&str; 4] = ["mkv", "mp4", "avi", "mov"];
/// Zeros that lie further apart than this are two pictures', in seconds.
const SAME_ZERO_SECS: f64 = 0.001;

impl Desk {
    /// What the recorder has to say.
    pub(super) fn booked(&mut self, event: RecorderEvent) {
        match event {
            RecorderEvent::Saved(saved) => self.saved(&saved),
            RecorderEvent::NotSaved { text, .. } => self.not_saved(text),
            RecorderEvent::Recovered(phrases) => {
                self.tell(Event::Recovered(phrases.into_iter().map(|phrase| phrase.folder).collect()));
            }
            RecorderEvent::Trouble(text) => self.trouble(text),
            RecorderEvent::Began { folder, .. } => self.is_written_to(folder),
            RecorderEvent::Cancelled | RecorderEvent::Pruned(_) => {}
        }
    }

    /// The recorder works in order: what it begins is the oldest phrase that it is not done with.
    fn is_written_to(&mut self, folder: PathBuf) {
        match (self.cases.unsettled(), &mut self.running) {
            (Some(case), _) => case.folder = folder,
            (None, Some(running)) => running.folder = folder,
            (None, None) => {}
        }
    }

    /// The recorder stopped working: whatever it still had is not kept.
    pub(super) fn lost_recorder(&mut self) {
        self.gear.book.lost();
        while self.cases.unsettled().is_some() {
            self.not_saved(
                "the recorder stopped because of a defect in the program; start it again and report this".into(),
            );
        }
    }

    fn saved(&mut self, saved: &SavedPhrase) {
        if let Some(text) = &saved.cut_off {
            self.trouble(text.clone());
        }
        let Some(case) = self.cases.unsettled() else { return };
        let recorded = Arc::new(book::recorded(saved, case.weapon));
        case.recorded = Some(Arc::clone(&recorded));
        case.meta = Some(saved.meta.clone());
        case.is_settled = true;
        if saved.zero.secs_since(case.zero).abs() > SAME_ZERO_SECS {
            tracing::warn!("recorder and judge began a phrase with different pictures");
            case.judge_again(saved);
        }
        let (id, weapon) = (case.id, case.weapon.as_str().to_owned());
        let (idle, pending) = (case.is_idle(), case.pending.take());
        let change = Box::new(move |notes: &mut PhraseNotes| notes.weapon = Some(weapon));
        self.write(Paper::Notes { folder: recorded.folder.clone(), change });
        self.tell(Event::Recorded(recorded));
        match pending {
            Some(event) => self.settle(event),
            None if idle => self.judge_from_recording(id),
            None => {}
        }
    }

    /// There is nothing to wait for: whoever watches judges, or nobody does.
    pub(super) fn judge_without_recording(&mut self, id: u64) {
        if self.cases.by_id(id).is_some_and(|case| case.is_idle()) {
            self.failed(id, "there was neither a camera nor an engine for this phrase; choose a camera".into());
        }
    }

    /// The phrase is not on disk; a verdict is still wanted.
    fn not_saved(&mut self, text: String) {
        self.trouble(text.clone());
        let Some(case) = self.cases.unsettled() else { return };
        case.is_settled = true;
        let id = case.id;
        let idle = case.is_idle();
        match case.pending.take() {
            Some(event) => self.settle(event),
            None if idle => self.settle(JudgeEvent::failed(id, text)),
            None => {}
        }
    }

    /// Takes what a judge tells.
    pub(super) fn judge_event(&mut self, event: JudgeEvent) {
        if matches!(event.kind, JudgeEventKind::Provisional(_)) {
            return self.judged_at_once(&event);
        }
        let Some(case) = self.cases.by_id(event.phrase) else { return };
        if case.judge.is_none() && case.rejudging.is_none() {
            return;
        }
        match &event.kind {
            // An earlier verdict stays in sight until the better one is there.
            JudgeEventKind::Progress { .. } if matches!(case.progress, Progress::Judged { .. }) => {}
            JudgeEventKind::Progress { stage, share } => case.progress = Progress::Judging { stage, share: *share },
            _ if case.is_settled => self.settle(event),
            JudgeEventKind::Final(_) => {
                self.announce(&event);
                if let Some(case) = self.cases.by_id(event.phrase) {
                    case.pending = Some(event);
                }
            }
            _ => case.pending = Some(event),
        }
    }

    /// The first verdict, while the post-roll is still being recorded.
    pub(super) fn judged_at_once(&mut self, event: &JudgeEvent) {
        let (now, id) = (self.now(), event.phrase);
        let announced = match (&mut self.running, self.cases.by_id(id)) {
            (Some(running), _) if running.id == id => {
                let delay_secs = running.decided.map_or(0.0, |decided| now.secs_since(decided));
                let announced = event.announced(running.folder.clone(), false, (delay_secs, true));
                running.at_once = Some(Arc::clone(&announced));
                announced
            }
            // A machine that is late has the whole phrase behind it.
            (running, Some(case)) if case.judge.is_some() && matches!(case.progress, Progress::Judging { .. }) => {
                let timing = (now.secs_since(case.decided), running.is_none());
                let announced = event.announced(case.folder(), false, timing);
                case.progress = Progress::Judged { event: Arc::clone(&announced), is_first: true };
                announced
            }
            _ => return,
        };
        self.tell(Event::Judge(announced));
    }

    /// Announces a judge's last verdict, unless that was done already.
    fn announce(&mut self, event: &JudgeEvent) {
        let id = event.phrase;
        let (now, is_current) = (self.now(), self.running.is_none() && self.cases.is_latest(id));
        let Some(case) = self.cases.by_id(id) else { return };
        let is_final = case.is_final(event);
        if case.has_announced(event, is_final) {
            return;
        }
        let announced = event.announced(case.folder(), is_final, (now.secs_since(case.decided), is_current));
        case.progress = Progress::Judged { event: Arc::clone(&announced), is_first: false };
        if let Some(judgement) = event.own_judgement() {
            case.signals = judgement.signals.clone();
        }
        self.tell(Event::Judge(announced));
    }

    /// Takes the last event of a judge about a phrase that the recorder is done with.
    fn settle(&mut self, event: JudgeEvent) {
        let id = event.phrase;
        if let Some(case) = self.cases.by_id(id) {
            case.judge = None;
            case.rejudging = None;
        }
        match event.kind {
            JudgeEventKind::Final(_) => self.judged(event),
            JudgeEventKind::Failed { text, falls_back: true } => {
                tracing::info!(why = text, "the phrase is judged from its recording");
                self.judge_from_recording(id);
            }
            JudgeEventKind::Failed { text, falls_back: false } => self.failed(id, text),
            JudgeEventKind::Progress { .. } | JudgeEventKind::Provisional(_) => {}
        }
    }

    /// A verdict about a phrase that the recorder is done with.
    fn judged(&mut self, event: JudgeEvent) {
        self.announce(&event);
        let (id, language) = (event.phrase, self.settings.language);
        let Some(case) = self.cases.by_id(id) else { return };
        if !case.is_final(&event) {
            return self.judge_from_recording(id);
        }
        for paper in papers_of(case, event, language) {
            self.write(paper);
        }
    }

    fn failed(&mut self, id: u64, text: String) {
        let Some(case) = self.cases.by_id(id) else { return };
        // A verdict that was more than the first one is not undone by a look that failed.
        if !matches!(&case.progress, Progress::Judged { is_first: false, .. }) {
            case.progress = Progress::Failed(text.clone());
        }
        let folder = case.folder();
        self.tell_failure(id, text, folder);
    }

    fn tell_failure(&self, id: u64, text: String, folder: PathBuf) {
        self.tell(Event::Judge(JudgeEvent::failed(id, text).announced(folder, false, (0.0, true))));
    }

    /// Judges a phrase of this session from its recording.
    pub(super) fn judge_from_recording(&mut self, id: u64) {
        let Some(case) = self.cases.by_id(id) else { return };
        case.call_off();
        let Some(recorded) = &case.recorded else {
            return self.failed(id, "the phrase is not on disk and cannot be judged again; check the disk".into());
        };
        let signals = ClipSignals::Given(PhraseSignals::new(case.signals.clone(), case.clock));
        let request = ClipRequest { signals, ..request_for(&recorded.clip, case.weapon) };
        let events = JudgeEventSender { phrase: id, events: self.judge_events.0.clone() };
        match self.gear.recording_judge.judge(FromRecording { engine: self.gear.engine.clone(), request }, events) {
            Ok(cancel) => {
                case.rejudging = Some(cancel);
                if !matches!(case.progress, Progress::Judged { .. }) {
                    case.progress = Progress::Judging { stage: "stage-opening", share: 0.0 };
                }
            }
            Err(text) => self.failed(id, text),
        }
    }

    /// Judges a phrase of an earlier session from its folder.
    pub(super) fn judge_folder(&mut self, folder: &Path) {
        let Some(clip) = clip_in(folder) else {
            let text = format!("there is no clip in the folder; choose another phrase: {}", folder.display());
            return self.tell_failure(self.phrases, text, folder.to_owned());
        };
        let logged = match logged_beside(&clip) {
            Ok(signals) => signals,
            Err(text) => return self.tell_failure(self.phrases, text, folder.to_owned()),
        };
        self.phrases += 1;
        let notes = PhraseNotes::read(folder);
        let weapon = notes.weapon.and_then(|w| w.parse().ok()).unwrap_or(self.settings.weapon);
        let now = self.now();
        let recorded = RecordedPhrase {
            folder: folder.to_owned(),
            log: clip.with_extension("txt"),
            clip,
            second_clip: None,
            reel: Arc::new(Reel::default()),
            signals: logged.log().clone(),
            weapon,
        };
        self.cases.add(Case {
            id: self.phrases,
            weapon,
            zero: now,
            until: now,
            decided: now,
            signals: logged.log().clone(),
            // Its log may hold the answer that a person confirmed, and the times of its own evening.
            meta: None,
            clock: logged.clock(),
            folder: folder.to_owned(),
            recorded: Some(Arc::new(recorded)),
            is_settled: true,
            judge: None,
            rejudging: None,
            pending: None,
            progress: Progress::Unjudged,
        });
        self.judge_from_recording(self.phrases);
    }
}

/// The signals of the log beside a clip, as any clip's are read; none when there is no log. The error is a finished sentence.
fn logged_beside(clip: &Path) -> Result<PhraseSignals, String> {
    let log = clip.with_extension("txt");
    if !log.is_file() {
        return Ok(PhraseSignals::default());
    }
    LoggedSignals::read(&log, HitSides::Auto).map(|logged| logged.signals).map_err(|error| error.to_string())
}

/// What is written of a phrase whose verdict stands.
fn papers_of(case: &Case, event: JudgeEvent, language: Language) -> Vec<Paper> {
    let Some(recorded) = &case.recorded else { return Vec::new() };
    let folder = recorded.folder.clone();
    let (confidence, rule) = (event.confidence(), event.rule().map(str::to_owned));
    let call = event.call().map(|call| call.as_str().to_owned());
    let change = Box::new(move |notes: &mut PhraseNotes| {
        notes.machine_call = call;
        notes.machine_confidence = confidence;
        notes.rule = rule;
    });
    let mut papers = vec![Paper::Notes { folder: folder.clone(), change }];
    if event.own_judgement().is_some() {
        papers.extend(case.log_paper());
        let request = Box::new(request_for(&recorded.clip, case.weapon));
        let reel = Arc::clone(&recorded.reel);
        papers.push(Paper::Artifacts { request, event: Box::new(event), reel, folder, language });
    }
    papers
}

fn request_for(clip: &Path, weapon: fencing::Weapon) -> ClipRequest {
    ClipRequest { clip: clip.to_owned(), signals: signals_beside(clip), weapon, options: ClipOptions::default() }
}

/// The clip of a phrase's folder: named as the folder, else the first by name.
fn clip_in(folder: &Path) -> Option<PathBuf> {
    let name = folder.file_name()?;
    let own = CLIPS.iter().map(|ending| folder.join(name).with_extension(ending)).find(|clip| clip.is_file());
    own.or_else(|| {
        let mut clips: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
        clips.retain(|path| path.extension().is_some_and(|e| CLIPS.iter().any(|c| e.eq_ignore_ascii_case(c))));
        clips.sort();
        clips.into_iter().next()
    })
}
