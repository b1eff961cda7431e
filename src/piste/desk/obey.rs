//! Commands: each is one short deed.

use super::{Desk, kept_secs, rolls};
use crate::case::Progress;
use crate::engine_cell::EngineCell;
use crate::machine::Stage;
use crate::papers::{Paper, merge};
use crate::{Command, EngineSource, Event, PisteSettings};
use apparatus::Command as BoxCommand;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource};
use recording::PhraseNotes;
use records::analysis::ClipSignals;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How far a touch may be off that a person puts where none was signalled, in seconds.
const BY_HAND_SECS: f64 = 0.2;

impl Desk {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Start => {
                self.gear.sources.command(BoxCommand::StartPhrase);
                let acts = self.machine.start(self.now());
                self.act(acts);
            }
            Command::Halt => {
                let acts = self.machine.halt(self.now());
                self.act(acts);
            }
            Command::Cancel => self.cancel(),
            Command::Signal(kind) => {
                let events = self.gear.sources.press(kind);
                self.all_signalled(&events);
            }
            Command::CorrectLamps(lit) => self.correct_lamps(lit),
            Command::JudgeHere(folder) => self.judge_here(&folder),
            Command::Annotate(folder, notes) => self.annotate(folder, *notes),
            Command::Set(settings) => self.set(*settings),
        }
    }

    /// The running phrase is dropped; without one, the judgement of the last is.
    fn cancel(&mut self) {
        if self.machine.stage() != Stage::Ready {
            self.gear.sources.command(BoxCommand::CancelPhrase);
            let acts = self.machine.cancel(self.now());
            return self.act(acts);
        }
        let Some(case) = self.cases.latest().filter(|c| matches!(c.progress, Progress::Judging { .. })) else { return };
        case.call_off();
        case.progress = Progress::Unjudged;
        self.tell(Event::Cancelled);
    }

    fn correct_lamps(&mut self, lit: PerSide<Lamp>) {
        let Some(case) = self.cases.latest() else { return };
        self.lamps = lit;
        case.call_off();
        case.signals = with_lamps(&case.signals, lit, case.until.secs_since(case.zero));
        let id = case.id;
        if !case.is_settled {
            // The recorder still writes it: it is judged from the recording as soon as that is there.
            case.progress = Progress::Judging { stage: "stage-opening", share: 0.0 };
            return;
        }
        if let Some(paper) = case.log_paper() {
            self.write(paper);
        }
        self.judge_from_recording(id);
    }

    fn judge_here(&mut self, folder: &Path) {
        match self.cases.by_folder(folder).map(|case| case.id) {
            Some(id) => self.judge_from_recording(id),
            None => self.judge_folder(folder),
        }
    }

    fn annotate(&self, folder: PathBuf, notes: PhraseNotes) {
        self.write(Paper::Notes { folder, change: Box::new(move |known| merge(known, notes)) });
    }

    /// Other settings: only what changed is opened anew.
    fn set(&mut self, settings: PisteSettings) {
        let before = std::mem::replace(&mut self.settings, settings);
        self.machine.set(rolls(&self.settings));
        if let Some(text) = self.gear.sources.set(&self.settings.apparatus) {
            self.trouble(text);
        }
        let (main, second) = (self.settings.camera.as_ref(), self.settings.second_camera.as_ref());
        let (main_changed, second_changed) = self.gear.eye.set(main, second);
        if main_changed {
            self.doors.lookout.clear();
            self.doors.shown.sight.lock().forget();
        }
        if let Some(eyes) = &self.gear.eyes {
            eyes.keep(kept_secs(&self.settings));
            if main_changed {
                eyes.start_afresh();
            }
        }
        if main_changed || second_changed {
            self.gear.book.detach_missing(&self.settings);
            self.gear.book.attach(&mut self.gear.eye).into_iter().for_each(|text| self.trouble(text));
        }
        self.gear.book.set(&before, &self.settings).into_iter().for_each(|text| self.trouble(text));
        self.look_for_lamps();
    }

    pub(super) fn load_engine(&mut self, source: EngineSource) {
        let wake = Arc::clone(&self.doors.wake);
        match EngineCell::load(source, move || wake()) {
            Ok(engine) => (self.gear.engine, self.gear.eyes) = (engine, None),
            Err(error) => self.trouble(crate::PisteError::from(error).to_string()),
        }
    }

    pub(super) fn write(&self, paper: Paper) {
        if let Err(text) = self.gear.papers.write(paper) {
            self.trouble(text);
        }
    }
}

/// The same signals with other lamps: the first touch stays where it was.
fn with_lamps(signals: &SignalLog, lit: PerSide<Lamp>, end_secs: f64) -> SignalLog {
    let known = signals.first_touch();
    let (at, uncertainty_secs) =
        known.map_or((Timestamp::from_secs(end_secs), BY_HAND_SECS), |t| (t.at, t.uncertainty_secs));
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

/// The signal log beside a clip; without one the picture has to tell.
pub(super) fn signals_beside(clip: &Path) -> ClipSignals {
    let path = clip.with_extension("txt");
    if path.is_file() {
        return ClipSignals::Log { path, hit_sides: recording::HitSides::Auto };
    }
    ClipSignals::Picture
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
