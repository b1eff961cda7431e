//! From judges' words to rulings: told at once, whatever the disk does, provisional where the judge was too hurried, written
//! down afterwards.

use super::Desk;
use super::obey::signals_beside;
use crate::book;
use crate::case::{Case, Progress};
use crate::judging::{FromRecording, Mouth, Opinion, Said, Word, judge_recording};
use crate::papers::Paper;
use crate::{Event, RecordedPhrase, Ruling, Standing};
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
            Some(said) => self.settle(id, said),
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
            Some(said) => self.settle(id, said),
            None if idle => self.settle(id, Said::Failed(text)),
            None => {}
        }
    }

    /// A word of a judge.
    pub(super) fn word(&mut self, word: Word) {
        if let Said::AtOnce(opinion) = word.said {
            return self.judged_at_once(word.phrase, &opinion);
        }
        let Some(case) = self.cases.by_id(word.phrase) else { return };
        let waits = case.judge.is_some() || case.rejudging.is_some();
        match word.said {
            _ if !waits => {}
            // An earlier verdict stays in sight until the better one is there.
            Said::Stage { .. } if matches!(case.progress, Progress::Judged(_)) => {}
            Said::Stage { key, share } => case.progress = Progress::Judging { stage: key, share },
            said if case.is_settled => self.settle(word.phrase, said),
            Said::Judged(opinion) => {
                self.rule(word.phrase, &opinion);
                if let Some(case) = self.cases.by_id(word.phrase) {
                    case.pending = Some(Said::Judged(opinion));
                }
            }
            said => case.pending = Some(said),
        }
    }

    /// The first verdict, while the post-roll is still being recorded.
    pub(super) fn judged_at_once(&mut self, id: u64, opinion: &Opinion) {
        let now = self.now();
        let ruling = match (&mut self.running, self.cases.by_id(id)) {
            (Some(running), _) if running.id == id => {
                let delay_secs = running.decided.map_or(0.0, |decided| now.secs_since(decided));
                let ruling = Arc::new(opinion.ruling(running.folder.clone(), Standing::AtOnce, (delay_secs, true)));
                running.at_once = Some(Arc::clone(&ruling));
                ruling
            }
            // A machine that is late has the whole phrase behind it.
            (running, Some(case)) if case.judge.is_some() && matches!(case.progress, Progress::Judging { .. }) => {
                let told = (now.secs_since(case.decided), running.is_none());
                let ruling = Arc::new(opinion.ruling(case.folder(), Standing::AtOnce, told));
                case.progress = Progress::Judged(Arc::clone(&ruling));
                ruling
            }
            _ => return,
        };
        self.tell(Event::Judged(ruling));
    }

    /// Tells a verdict, unless that was done already.
    fn rule(&mut self, id: u64, opinion: &Opinion) {
        let (now, is_current) = (self.now(), self.running.is_none() && self.cases.is_latest(id));
        let Some(case) = self.cases.by_id(id) else { return };
        let standing = case.standing_of(opinion);
        if case.has_told(opinion, standing) {
            return;
        }
        let told = (now.secs_since(case.decided), is_current);
        let ruling = Arc::new(opinion.ruling(case.folder(), standing, told));
        case.progress = Progress::Judged(Arc::clone(&ruling));
        if let Some(judgement) = &opinion.judgement {
            case.signals = judgement.signals.clone();
        }
        self.tell(Event::Judged(ruling));
    }

    /// The last word of a judge about a phrase that the recorder is done with.
    fn settle(&mut self, id: u64, said: Said) {
        if let Some(case) = self.cases.by_id(id) {
            case.judge = None;
            case.rejudging = None;
        }
        match said {
            Said::Judged(opinion) => self.judged(id, *opinion),
            Said::Unwatched(why) => {
                tracing::info!(why, "the phrase is judged from its recording");
                self.judge_from_recording(id);
            }
            Said::Failed(text) => self.failed(id, text),
            Said::Stage { .. } | Said::AtOnce(_) => {}
        }
    }

    /// A verdict about a phrase that the recorder is done with.
    fn judged(&mut self, id: u64, opinion: Opinion) {
        self.rule(id, &opinion);
        let language = self.settings.language;
        let Some(case) = self.cases.by_id(id) else { return };
        if case.standing_of(&opinion) == Standing::Provisional {
            return self.judge_from_recording(id);
        }
        for paper in papers_of(case, opinion, language) {
            self.write(paper);
        }
    }

    fn failed(&mut self, id: u64, text: String) {
        let Some(case) = self.cases.by_id(id) else { return };
        // A verdict that was more than the first word is not undone by a look that failed.
        let stands = |ruling: &Ruling| ruling.standing != Standing::AtOnce;
        if !matches!(&case.progress, Progress::Judged(ruling) if stands(ruling)) {
            case.progress = Progress::Failed(text.clone());
        }
        let folder = case.folder();
        self.tell(Event::JudgeFailed { text, folder });
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
        let mouth = Mouth { phrase: id, words: self.words.0.clone() };
        match judge_recording(FromRecording { engine: self.gear.engine.clone(), request }, mouth) {
            Ok(cancel) => {
                case.rejudging = Some(cancel);
                if !matches!(case.progress, Progress::Judged(_)) {
                    case.progress = Progress::Judging { stage: "stage-opening", share: 0.0 };
                }
            }
            Err(error) => self.failed(id, crate::PisteError::from(error).to_string()),
        }
    }

    /// Judges a phrase of an earlier session from its folder.
    pub(super) fn judge_folder(&mut self, folder: &Path) {
        let Some(clip) = clip_in(folder) else {
            let text = format!("there is no clip in the folder; choose another phrase: {}", folder.display());
            return self.tell(Event::JudgeFailed { text, folder: folder.to_owned() });
        };
        let logged = match logged_beside(&clip) {
            Ok(signals) => signals,
            Err(text) => return self.tell(Event::JudgeFailed { text, folder: folder.to_owned() }),
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
fn papers_of(case: &Case, opinion: Opinion, language: Language) -> Vec<Paper> {
    let Some(recorded) = &case.recorded else { return Vec::new() };
    let folder = recorded.folder.clone();
    let (call, confidence, rule) = (opinion.call, opinion.confidence, opinion.rule.clone());
    let change = Box::new(move |notes: &mut PhraseNotes| {
        notes.machine_call = Some(call.as_str().to_owned());
        notes.machine_confidence = confidence;
        notes.rule = rule;
    });
    let mut papers = vec![Paper::Notes { folder: folder.clone(), change }];
    if opinion.judgement.is_some() {
        papers.extend(case.log_paper());
        let request = Box::new(request_for(&recorded.clip, case.weapon));
        let reel = Arc::clone(&recorded.reel);
        papers.push(Paper::Artifacts { request, opinion: Arc::new(opinion), reel, folder, language });
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
