//! Artifacts of one phrase: the steps of the two threads.

use super::catch_panic::catch_panic;
use super::{Job, JudgedPhrase, SaveOutcome, Source};
use crate::server::artifact_store::RESULT_FILE;
use crate::server::artifact_uploader::{self, ArtifactUploader};
use crate::server::phrase::write_streamed_video;
use crate::server::result_object::{self, Completion, PhraseFacts};
use fencing::wording::Words;
use recording::folder::create_for_session;
use recording::write_atomically;
use records::analysis::deciding_stills;
use records::overlay::{OverlayVideo, OverlayWords, Part, write_overlay_video};
use records::report::{ArtifactNames, ReportContext, ResultContext, Still, write_all};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use vision::engine::Judgement;
use vision::lens::{Correction, write_corrected_video};
use vision::video::{Cancel, ClipOptions, Tools, probe};

/// Saves what was received: result, signal log, video. The frames are not needed afterwards.
pub(super) fn save(job: &mut Job, root: &Path) -> SaveOutcome {
    // An upload's files are in its folder already.
    let Source::Memory(streamed) = &job.phrase.source else { return SaveOutcome::Done };
    if job.phrase.facts.folder.is_err() {
        let (id, at) = &streamed.session;
        match create_for_session(root, id, *at) {
            Ok(folder) => job.phrase.facts.folder = Ok(folder),
            Err(_) => return SaveOutcome::DiskFull,
        }
    }
    let JudgedPhrase { facts, result, .. } = &job.phrase;
    let Ok(folder) = &facts.folder else { return SaveOutcome::DiskFull };
    let mut errors = Vec::new();
    note(&mut errors, write_json(&folder.join(RESULT_FILE), result));
    note(&mut errors, write_atomically(&folder.join(&facts.signal_name), &streamed.signal).map_err(|e| e.to_string()));
    let video = folder.join(&facts.video_name);
    let mut is_full = false;
    match write_streamed_video(&video, &streamed.store, &streamed.times, streamed.announced) {
        Ok(left_out) => errors.extend(left_out.descriptions()),
        Err(error) => {
            is_full = error.is_disk_full;
            errors.push(error.text);
        }
    }
    if !errors.is_empty() && (is_full || !takes_a_file(folder)) {
        let _partial = std::fs::remove_file(&video);
        return SaveOutcome::DiskFull;
    }
    if let Some(spool) = &streamed.spool {
        spool.remove();
    }
    job.errors.extend(errors);
    job.phrase.source = Source::Disk;
    SaveOutcome::Done
}

/// Whether the disk accepts a file at all.
fn takes_a_file(folder: &Path) -> bool {
    let probed = tempfile::tempfile_in(folder).and_then(|mut file| file.write_all(&vec![0; 64 * 1024]));
    probed.is_ok()
}

/// Writes result and signal log before the verdict is sent, so that an answered phrase has both whatever happens.
pub(in crate::server) fn save_result(facts: &PhraseFacts, result: &Value, signal: Option<&[u8]>) -> Result<(), String> {
    let folder = facts.folder.as_ref().map_err(Clone::clone)?;
    if let Some(signal) = signal {
        write_atomically(&folder.join(&facts.signal_name), signal).map_err(|e| e.to_string())?;
    }
    write_json(&folder.join(RESULT_FILE), result)
}

/// Makes the derived artifacts.
pub(super) fn make_artifacts(
    phrase: &JudgedPhrase,
    errors: &mut Vec<String>,
    words: &Words,
    corrected: Option<Correction>,
) {
    let Ok(folder) = &phrase.facts.folder else { return };
    let names = ArtifactNames::for_clip(Path::new(&phrase.facts.video_name));
    let clip = folder.join(&phrase.facts.video_name);
    let stills = if phrase.facts.wants_overlay { stills(&clip, &phrase.judgement, words) } else { Vec::new() };
    let report = ReportContext { language: words.language(), stills, ..ReportContext::default() };
    let context = ResultContext { report, ..phrase.facts.context() };
    let written = write_all(folder, &names, &phrase.judgement, &context);
    errors.extend(written.failures.iter().map(|failure| failure.error.to_string()));
    if phrase.facts.wants_overlay {
        note(errors, write_overlay(&clip, &folder.join(names.overlay()), &phrase.judgement, words));
    }
    if let Some(correction) = corrected {
        let options = ClipOptions { max_width: u32::MAX, ..ClipOptions::default() };
        let written =
            write_corrected_video(&clip, &folder.join(names.corrected()), correction, &options, &Cancel::new());
        note(errors, written.map_err(|e| e.to_string()));
    }
}

/// Writes the final result with the errors, which are logged too. Then the phrase may be uploaded.
pub(super) fn write_final_result(phrase: &JudgedPhrase, mut errors: Vec<String>, uploader: Option<&ArtifactUploader>) {
    let Ok(folder) = &phrase.facts.folder else { return };
    let span = tracing::info_span!("artifacts", phrase = %folder.display());
    let _entered = span.enter();
    let mut result = final_result(phrase, &mut errors);
    if let (Some(_), Some(object)) = (uploader, result.as_object_mut()) {
        object.insert(artifact_uploader::KEY.to_owned(), ArtifactUploader::pending());
    }
    note(&mut errors, write_json(&folder.join(RESULT_FILE), &result));
    for error in &errors {
        tracing::warn!(error, "an artifact could not be written");
    }
    if let Some(uploader) = uploader {
        uploader.submit(folder.clone());
    }
}

/// The result with everything that exists now; the one that was sent, if that fails or if the winner is another: what was answered by
/// the lamps before the frames were analysed stands.
fn final_result(phrase: &JudgedPhrase, errors: &mut Vec<String>) -> Value {
    let made = catch_panic(|| result_object::result(&phrase.judgement, &phrase.facts, Completion::Complete, errors));
    let made = made.and_then(|result| {
        let is_as_sent = result.get("winner") == phrase.result.get("winner");
        if is_as_sent {
            Ok(result)
        } else {
            Err("the frames give another verdict than the one that was sent".to_owned())
        }
    });
    match made {
        Ok(result) => result,
        Err(fault) => {
            errors.push(fault);
            let mut result = phrase.result.clone();
            if let Some(object) = result.as_object_mut() {
                object.insert("artifacts_complete".to_owned(), json!(true));
                object.insert("artifacts_errors".to_owned(), json!(errors));
            }
            result
        }
    }
}

/// The stills of the report; none when the video cannot be read, which is reported where it is written.
fn stills(clip: &Path, judgement: &Judgement, words: &Words) -> Vec<Still> {
    let taken = |info| deciding_stills(&info, judgement, words, &Tools::default(), &Cancel::new());
    probe(clip).map(taken).unwrap_or_default()
}

fn write_overlay(clip: &Path, output: &Path, judgement: &Judgement, words: &Words) -> Result<(), String> {
    let overlay = OverlayVideo {
        clip,
        options: &ClipOptions::default(),
        judgement,
        words: &OverlayWords::new(judgement, words),
        parts: &Part::ALL,
    };
    let written = write_overlay_video(&overlay, output, &Cancel::new(), &mut |frame| frame, &mut |_| {});
    written.map(drop).map_err(|error| error.to_string())
}

fn note(errors: &mut Vec<String>, outcome: Result<(), String>) {
    errors.extend(outcome.err());
}

pub(super) fn write_json(path: &Path, value: &Value) -> Result<(), String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| e.to_string())? + "\n";
    write_atomically(path, text.as_bytes()).map_err(|e| e.to_string())
}
