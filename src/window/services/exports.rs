//! Saves what was made of the clip under review: clip, overlay video, still, result, report. Never over an existing file.
//!
//! Runs on a thread of its own, reports progress and can be cancelled; a file appears under its name only when it is
//! whole.

use crate::command::Export;
use crate::effect::{Event, ExportRequest};
use crate::services::workers::{self, EventSender};
use fencing::time::Span;
use fencing::wording::Words;
use recording::{PhraseNotes, sanitise, write_atomically};
use records::analysis::deciding_stills;
use records::overlay::{OverlayError, OverlayVideo, OverlayWords, Part, Raster, Scene, scene_at, write_overlay_video};
use records::report::{ReportContext, ResultContext, page, write_result};
use std::path::{Path, PathBuf};
use vision::engine::Judgement;
use vision::video::{
    Cancel, ClipInfo, ClipOptions, Frame, Tools, encode_jpeg, expected_frames, probe, save_clip, still_at,
};

/// Everything that one export needs beside its request.
struct Work<'a> {
    request: &'a ExportRequest,
    cancel: &'a Cancel,
    events: &'a EventSender,
}

/// Starts an export; the answer is where it lies, or why it does not.
pub(super) fn start(request: ExportRequest, cancel: Cancel, events: &EventSender) -> Option<Event> {
    workers::start("export", events, Event::ExportFailed, move |events| {
        let event = match export(&Work { request: &request, cancel: &cancel, events }) {
            Ok(path) => Event::Exported(path),
            Err(_) if cancel.is_cancelled() => Event::ExportCancelled,
            Err(text) => Event::ExportFailed(text),
        };
        events.send(event);
    })
}

fn export(work: &Work<'_>) -> Result<PathBuf, String> {
    let request = work.request;
    let output = fresh_path(request)?;
    match request.what {
        Export::Clip => clip(work, &output)?,
        Export::ClipWithOverlay => overlay(work, &output)?,
        Export::Still => still(work, &output)?,
        Export::Json => {
            let context = ResultContext { processing_secs: request.processing_secs, ..ResultContext::default() };
            write_result(&output, verdict(request)?, &context).map_err(|e| e.to_string())?;
        }
        Export::Report => {
            let html = page(verdict(request)?, &stem(&request.clip), &report_context(work)?);
            write_atomically(&output, html.as_bytes()).map_err(|e| e.to_string())?;
        }
    }
    Ok(output)
}

/// What the report says besides: names and score of a recorded phrase, the referee's call, the frames that decide.
fn report_context(work: &Work<'_>) -> Result<ReportContext, String> {
    let request = work.request;
    let mut notes = request.clip.parent().map(PhraseNotes::read).unwrap_or_default();
    if let Some(call) = request.own_call {
        notes.own_call = Some(call.as_str().to_owned());
    }
    let words = Words::new(request.language);
    let stills = deciding_stills(&probed(work)?, verdict(request)?, &words, &Tools::default(), work.cancel);
    if work.cancel.is_cancelled() {
        Err(String::new())
    } else {
        Ok(ReportContext { language: request.language, notes, stills })
    }
}

fn verdict(request: &ExportRequest) -> Result<&Judgement, String> {
    request.judgement.as_deref().ok_or_else(|| "there is no verdict yet; judge the phrase first (Ctrl+J)".to_owned())
}

fn stem(clip: &Path) -> String {
    sanitise(&clip.file_stem().unwrap_or_default().to_string_lossy())
}

/// A name in the results folder (or beside the clip) that is not taken.
fn fresh_path(request: &ExportRequest) -> Result<PathBuf, String> {
    let beside = request.clip.parent().map(Path::to_owned).unwrap_or_default();
    let folder = request.folder.clone().unwrap_or(beside);
    std::fs::create_dir_all(&folder)
        .map_err(|e| format!("the results folder cannot be made ({e}): {}", folder.display()))?;
    let (end, extension) = match request.what {
        Export::Clip => ("_clip", "mp4"),
        Export::ClipWithOverlay => ("_overlay", "mp4"),
        Export::Still => ("_still", "jpg"),
        Export::Json => ("_result", "json"),
        Export::Report => ("_report", "html"),
    };
    let stem = stem(&request.clip);
    let name =
        |n: u32| if n == 0 { format!("{stem}{end}.{extension}") } else { format!("{stem}{end}-{n}.{extension}") };
    let free = (0..10_000).map(|n| folder.join(name(n))).find(|p| !p.exists());
    free.ok_or_else(|| format!("the folder holds ten thousand exports of this clip: {}", folder.display()))
}

/// The part of the clip that is saved: the loop when one runs, otherwise all of it.
fn part_of(part: Option<Span>) -> ClipOptions {
    let whole = ClipOptions::default();
    match part {
        None => whole,
        Some(part) => ClipOptions { from_secs: part.start.secs(), to_secs: Some(part.end.secs()), ..whole },
    }
}

/// Reports the share of frames written, in visible steps.
fn reporter<'a>(work: &'a Work<'_>, expected: u64) -> impl FnMut(u64) + 'a {
    let step = (expected / 100).max(1);
    move |written| {
        if written.is_multiple_of(step) {
            work.events.send(Event::ExportProgress((written as f32 / expected.max(1) as f32).min(1.0)));
        }
    }
}

fn probed(work: &Work<'_>) -> Result<ClipInfo, String> {
    probe(&work.request.clip).map_err(|e| e.to_string())
}

/// The clip as it is.
fn clip(work: &Work<'_>, output: &Path) -> Result<(), String> {
    let (info, part) = (probed(work)?, part_of(work.request.part));
    let mut report = reporter(work, expected_frames(&info, &part));
    save_clip(&info, &part, output, work.cancel, &mut report).map_err(|e| e.to_string())
}

fn overlay(work: &Work<'_>, output: &Path) -> Result<(), String> {
    let judgement = verdict(work.request)?;
    let language = Words::new(work.request.language);
    let words = OverlayWords::new(judgement, &language);
    let options = part_of(work.request.part);
    let video =
        OverlayVideo { clip: &work.request.clip, options: &options, judgement, words: &words, parts: &Part::ALL };
    let mut report = reporter(work, expected_frames(&probed(work)?, &options));
    let raster = Raster::new().map_err(|e| e.to_string())?;
    let mut drawn = |frame: Frame| with_drawings(&raster, work.request, &language, frame);
    write_overlay_video(&video, output, work.cancel, &mut drawn, &mut report).map(drop).map_err(|e| e.to_string())
}

/// The frame with the drawings that are shown at its time: what is magnified first, the strokes over it.
fn with_drawings(raster: &Raster, request: &ExportRequest, words: &Words, frame: Frame) -> Frame {
    let shapes = request.drawings.shapes(frame.size, frame.at, words);
    if shapes.is_empty() {
        return frame;
    }
    let scene = Scene { frame_size: frame.size, shapes };
    let mut rgb = frame.rgb.to_vec();
    request.drawings.magnify(&mut rgb, frame.size, frame.at);
    match raster.paint(&scene, &mut rgb, frame.size) {
        Ok(()) => Frame { rgb: rgb.into(), ..frame },
        Err(_) => frame,
    }
}

/// The frame that is shown, at full size, with the scene of its moment where there is a verdict, and the drawings.
fn still(work: &Work<'_>, output: &Path) -> Result<(), String> {
    let text_of = |e: &dyn std::fmt::Display| e.to_string();
    let info = probed(work)?;
    let frame = still_at(&info, work.request.at, u32::MAX, &Tools::default(), work.cancel).map_err(|e| text_of(&e))?;
    let raster = Raster::new().map_err(|e| text_of(&e))?;
    let language = Words::new(work.request.language);
    let frame = with_scene(&raster, work.request, &language, frame).map_err(|e| text_of(&e))?;
    let frame = with_drawings(&raster, work.request, &language, frame);
    let jpeg = encode_jpeg(&frame.rgb, frame.size).map_err(|e| text_of(&e))?;
    write_atomically(output, &jpeg).map_err(|e| text_of(&e))
}

/// The frame with skeletons, lamps, lanes and verdict, where there is one.
fn with_scene(raster: &Raster, request: &ExportRequest, words: &Words, frame: Frame) -> Result<Frame, OverlayError> {
    let Some(judgement) = request.judgement.as_deref() else { return Ok(frame) };
    let scene = scene_at(judgement, &OverlayWords::new(judgement, words), frame.at, &Part::ALL);
    let mut rgb = frame.rgb.to_vec();
    raster.paint(&scene, &mut rgb, frame.size)?;
    Ok(Frame { rgb: rgb.into(), ..frame })
}
