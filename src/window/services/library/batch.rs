//! Judges one phrase of the queue and puts its results on disk, with the engine that the review uses too.

use super::super::engine_shelf::EngineShelf;
use super::super::{Outlet, spawn};
use crate::effect::BatchRequest;
use crate::event::{Event, LibraryEvent};
use recording::{HitSides, PhraseNotes, analysis_folder};
use records::analysis::{
    ArtifactWishes, ClipRequest, ClipSignals, JudgedClip, Progress, Wish, judge_clip, prepare_folder, write_artifacts,
};
use records::library::{EntryKind, FoundResult, RESULT_FILE, read_result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use vision::video::{Cancel, ClipOptions};

/// Starts one phrase.
pub(super) fn start(request: BatchRequest, shelf: Arc<EngineShelf>, cancel: Cancel, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("library-batch", outlet, move || {
        let clip = request.clip.clone();
        let event = match run(&request, &shelf, &cancel, &teller) {
            Ok(result) => LibraryEvent::BatchDone { clip, result: Box::new(result) },
            Err(_) if cancel.is_cancelled() => LibraryEvent::BatchStopped { clip },
            Err(text) => LibraryEvent::BatchFailed { clip, text },
        };
        teller.send(Event::Library(event));
    });
}

fn run(request: &BatchRequest, shelf: &EngineShelf, cancel: &Cancel, outlet: &Outlet) -> Result<FoundResult, String> {
    // The clip first: a broken file should neither wait for the models nor leave a folder.
    vision::video::probe(&request.clip).map_err(|e| e.to_string())?;
    let engine = shelf.engine_for(&request.settings)?;
    let clip = ClipRequest {
        clip: request.clip.clone(),
        signals: ClipSignals::beside(&request.clip, None, HitSides::Auto),
        weapon: request.weapon,
        options: ClipOptions::default(),
    };
    let place = Place::prepare(request, &clip)?;
    let started = Instant::now();
    let mut shown = -1.0_f32;
    let mut tell = |p: Progress| {
        // A hundred steps are enough for a bar; every frame would only wake the window.
        if (p.share - shown).abs() >= 0.01 {
            shown = p.share;
            let (clip, stage, share) = (request.clip.clone(), p.stage.key(), p.share);
            outlet.send(Event::Library(LibraryEvent::BatchProgress { clip, stage, share }));
        }
    };
    let judged = judge_clip(&engine, &clip, cancel, &mut tell).map_err(|error| {
        place.leave();
        error.to_string()
    })?;
    let language = request.settings.language();
    let wishes = ArtifactWishes { overlay: Wish::Unwanted, language, ..ArtifactWishes::default() };
    let made = write_artifacts(&judged, &clip, wishes, &place.folder, started.elapsed(), cancel, &mut |_| {});
    if let Some(failure) = made.failures.first() {
        return Err(format!("the phrase was judged, but not every result could be written: {failure}"));
    }
    if request.kind == EntryKind::Phrase {
        note(&place.folder, &judged)?;
    }
    let result = read_result(&place.folder.join(RESULT_FILE))?;
    Ok(FoundResult { clip: Some(request.clip.clone()), ..result })
}

/// Where results go.
struct Place {
    folder: PathBuf,
    is_fresh: bool,
}

impl Place {
    /// A recorded phrase keeps its results; other clips get a folder of their own in the results folder, or beside.
    fn prepare(request: &BatchRequest, clip: &ClipRequest) -> Result<Self, String> {
        let beside = request.clip.parent().map(Path::to_owned).unwrap_or_default();
        if request.kind == EntryKind::Phrase {
            return Ok(Self { folder: beside, is_fresh: false });
        }
        let root = request.settings.results_folder.clone().unwrap_or(beside);
        let wanted = analysis_folder(&root, &clip.stem(), time::OffsetDateTime::now_utc());
        let folder = prepare_folder(&wanted).map_err(|e| e.to_string())?;
        Ok(Self { folder, is_fresh: true })
    }

    /// Takes an empty folder away again.
    fn leave(&self) {
        if self.is_fresh {
            let _gone = std::fs::remove_dir(&self.folder);
        }
    }
}

/// Puts the machine's call into the phrase's notes; what people said in them stays.
fn note(folder: &Path, judged: &JudgedClip) -> Result<(), String> {
    let verdict = &judged.judgement.verdict;
    let notes = PhraseNotes {
        machine_call: Some(verdict.call.as_str().to_owned()),
        machine_confidence: Some(verdict.confidence.0),
        rule: Some(verdict.rule.0.to_owned()),
        ..PhraseNotes::read(folder)
    };
    notes.write(folder).map_err(|e| e.to_string())
}
