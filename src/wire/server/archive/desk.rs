//! The papers of one phrase: what the two threads do for it, on whichever thread they are called.

use super::catch_panic::catch_panic;
use super::{Filed, Job, Put, Source};
use crate::server::courier::{self, Courier};
use crate::server::papers::{self, Completion, PhraseFacts};
use crate::server::phrase::write_streamed_video;
use crate::server::store::RESULT_FILE;
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

/// Writes what came: result, signal log, video. The frames are no longer needed then.
pub(super) fn put_on_disk(job: &mut Job, root: &Path) -> Put {
    // Of an upload everything lies in its folder by now.
    let Source::Memory(streamed) = &job.filed.source else { return Put::Done };
    if job.filed.facts.folder.is_err() {
        let (id, at) = &streamed.session;
        match create_for_session(root, id, *at) {
            Ok(folder) => job.filed.facts.folder = Ok(folder),
            Err(_) => return Put::DiskFull,
        }
    }
    let Filed { facts, result, .. } = &job.filed;
    let Ok(folder) = &facts.folder else { return Put::DiskFull };
    let mut errors = Vec::new();
    note(&mut errors, write_json(&folder.join(RESULT_FILE), result));
    note(&mut errors, write_atomically(&folder.join(&facts.signal_name), &streamed.signal).map_err(|e| e.to_string()));
    let video = folder.join(&facts.video_name);
    let mut is_full = false;
    match write_streamed_video(&video, &streamed.store, &streamed.times, streamed.announced) {
        Ok(left_out) => errors.extend(left_out.told()),
        Err(error) => {
            is_full = error.is_disk_full;
            errors.push(error.text);
        }
    }
    if !errors.is_empty() && (is_full || !takes_a_file(folder)) {
        let _partial = std::fs::remove_file(&video);
        return Put::DiskFull;
    }
    if let Some(spool) = &streamed.spool {
        spool.remove();
    }
    job.errors.extend(errors);
    job.filed.source = Source::Disk;
    Put::Done
}

/// Whether a disk takes anything at all.
fn takes_a_file(folder: &Path) -> bool {
    let probed = tempfile::tempfile_in(folder).and_then(|mut file| file.write_all(&vec![0; 64 * 1024]));
    probed.is_ok()
}

/// Writes result and signal log before the verdict is sent, so that a phrase that was answered has both whatever happens.
pub(in crate::server) fn put_result(facts: &PhraseFacts, result: &Value, signal: Option<&[u8]>) -> Result<(), String> {
    let folder = facts.folder.as_ref().map_err(Clone::clone)?;
    if let Some(signal) = signal {
        write_atomically(&folder.join(&facts.signal_name), signal).map_err(|e| e.to_string())?;
    }
    write_json(&folder.join(RESULT_FILE), result)
}

/// Writes what follows from that.
pub(super) fn make_papers(filed: &Filed, errors: &mut Vec<String>, words: &Words, corrected: Option<Correction>) {
    let Ok(folder) = &filed.facts.folder else { return };
    let names = ArtifactNames::for_clip(Path::new(&filed.facts.video_name));
    let clip = folder.join(&filed.facts.video_name);
    let stills = if filed.facts.wants_overlay { stills(&clip, &filed.judgement, words) } else { Vec::new() };
    let papers = ReportContext { language: words.language(), stills, ..ReportContext::default() };
    let context = ResultContext { report: papers, ..filed.facts.context() };
    let written = write_all(folder, &names, &filed.judgement, &context);
    errors.extend(written.failures.iter().map(|failure| failure.error.to_string()));
    if filed.facts.wants_overlay {
        note(errors, write_overlay(&clip, &folder.join(names.overlay()), &filed.judgement, words));
    }
    if let Some(correction) = corrected {
        let options = ClipOptions { max_width: u32::MAX, ..ClipOptions::default() };
        let written =
            write_corrected_video(&clip, &folder.join(names.corrected()), correction, &options, &Cancel::new());
        note(errors, written.map_err(|e| e.to_string()));
    }
}

/// Says in the result that nothing more follows, and what is missing; failures are logged, too. Then the phrase may be
/// carried away.
pub(super) fn settle_result(filed: &Filed, mut errors: Vec<String>, courier: Option<&Courier>) {
    let Ok(folder) = &filed.facts.folder else { return };
    let span = tracing::info_span!("papers", phrase = %folder.display());
    let _entered = span.enter();
    let mut result = final_result(filed, &mut errors);
    if let (Some(_), Some(object)) = (courier, result.as_object_mut()) {
        object.insert(courier::KEY.to_owned(), Courier::pending());
    }
    note(&mut errors, write_json(&folder.join(RESULT_FILE), &result));
    for error in &errors {
        tracing::warn!(error, "a paper could not be written");
    }
    if let Some(courier) = courier {
        courier.submit(folder.clone());
    }
}

/// The result with everything that is there now; the one that was sent, should that one fail.
fn final_result(filed: &Filed, errors: &mut Vec<String>) -> Value {
    match catch_panic(|| papers::result(&filed.judgement, &filed.facts, Completion::Complete, errors)) {
        Ok(result) => result,
        Err(fault) => {
            errors.push(fault);
            let mut result = filed.result.clone();
            if let Some(object) = result.as_object_mut() {
                object.insert("artifacts_complete".to_owned(), json!(true));
                object.insert("artifacts_errors".to_owned(), json!(errors));
            }
            result
        }
    }
}

/// The pictures of the report; none when the video cannot be read, which is told where it is written.
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
