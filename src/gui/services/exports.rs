//! Saves what was made of the clip under review: overlay video, still, result, report. Never over an existing file.

use super::{Judged, Outlet, spawn};
use crate::gui::command::Export;
use crate::gui::effect::ExportRequest;
use crate::gui::event::Event;
use crate::overlay::{OverlayVideo, OverlayWords, Part, Raster, scene_at, write_overlay_video};
use crate::recording::{sanitise, write_atomically};
use crate::report::{ResultContext, page, write_result};
use crate::video::{Cancel, Tools, encode_jpeg, still_at};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Starts an export; the answer is where it lies, or why it does not.
pub(super) fn start(request: ExportRequest, judged: Option<Arc<Judged>>, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("export", outlet, move || {
        let event = match judged {
            None => Event::ExportFailed("There is no verdict to save yet: judge the phrase first (Ctrl+J).".to_owned()),
            Some(judged) => match export(&request, &judged) {
                Ok(path) => Event::Exported(path),
                Err(text) => Event::ExportFailed(format!("Nothing was saved: {text}")),
            },
        };
        teller.send(event);
    });
}

fn export(request: &ExportRequest, judged: &Judged) -> Result<PathBuf, String> {
    let output = fresh_path(request)?;
    match request.what {
        Export::ClipWithOverlay => overlay(judged, &output)?,
        Export::Still => still(request, judged, &output)?,
        Export::Json => {
            let context =
                ResultContext { processing_secs: judged.clip.processing.as_secs_f64(), ..ResultContext::default() };
            write_result(&output, &judged.clip.judgement, &context).map_err(|e| e.to_string())?;
        }
        Export::Report => {
            let html = page(&judged.clip.judgement, &stem(&request.clip));
            write_atomically(&output, html.as_bytes()).map_err(|e| e.to_string())?;
        }
    }
    Ok(output)
}

fn stem(clip: &Path) -> String {
    sanitise(&clip.file_stem().unwrap_or_default().to_string_lossy())
}

/// A name in the results folder (or beside the clip) that is not taken.
fn fresh_path(request: &ExportRequest) -> Result<PathBuf, String> {
    let beside = request.clip.parent().map(Path::to_owned).unwrap_or_default();
    let folder = request.folder.clone().unwrap_or(beside);
    let (end, ending) = match request.what {
        Export::ClipWithOverlay => ("_overlay", "mp4"),
        Export::Still => ("_still", "jpg"),
        Export::Json => ("_result", "json"),
        Export::Report => ("_report", "html"),
    };
    let stem = stem(&request.clip);
    let name = |n: u32| if n == 0 { format!("{stem}{end}.{ending}") } else { format!("{stem}{end}-{n}.{ending}") };
    let free = (0..10_000).map(|n| folder.join(name(n))).find(|p| !p.exists());
    free.ok_or_else(|| format!("the folder holds ten thousand exports of this clip: {}", folder.display()))
}

fn overlay(judged: &Judged, output: &Path) -> Result<(), String> {
    let words = OverlayWords::english(&judged.clip.judgement);
    let video = OverlayVideo {
        clip: &judged.request.clip,
        options: &judged.request.options,
        judgement: &judged.clip.judgement,
        words: &words,
        parts: &Part::ALL,
    };
    let written = write_overlay_video(&video, output, &Cancel::new(), &mut |frame| frame, &mut |_| {});
    written.map(|_| ()).map_err(|e| e.to_string())
}

/// The picture that is shown, at full size, with the scene of its moment.
fn still(request: &ExportRequest, judged: &Judged, output: &Path) -> Result<(), String> {
    let said = |e: &dyn std::fmt::Display| e.to_string();
    let frame = still_at(&judged.clip.info, request.at, &Tools::default(), &Cancel::new()).map_err(|e| said(&e))?;
    let words = OverlayWords::english(&judged.clip.judgement);
    let scene = scene_at(&judged.clip.judgement, &words, frame.at, &Part::ALL);
    let mut rgb = frame.rgb.to_vec();
    Raster::new().and_then(|raster| raster.paint(&scene, &mut rgb, frame.size)).map_err(|e| said(&e))?;
    let jpeg = encode_jpeg(&rgb, frame.size).map_err(|e| said(&e))?;
    write_atomically(output, &jpeg).map_err(|e| said(&e))
}
