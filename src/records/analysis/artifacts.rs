//! Writes the artifacts of a judged clip: result, summary, page, workbook, then the videos. Each file is complete or absent, and a
//! failure of one does not affect the others.

use super::{ClipRequest, ClipSignals, JudgedClip};
use crate::overlay::{OverlayVideo, OverlayWords, Part, Raster, scene_at, write_overlay_video};
use crate::report::{
    ArtifactNames, DecidingMoment, KeypointDetail, ReportContext, ResultContext, ResultPaths, Still, deciding_moments,
    write_all, write_result,
};
use fencing::time::Timestamp;
use fencing::wording::{Language, Words};
use recording::folder::create_fresh;
use recording::{FolderError, PAGE_FILE, PhraseNotes, RESULT_FILE, SUMMARY_FILE};
use std::path::{Path, PathBuf};
use std::time::Duration;
use vision::engine::Judgement;
use vision::lens::{Correction, write_corrected_video};
use vision::video::{Cancel, ClipInfo, ClipOptions, Frame, Tools, encode_jpeg, still_at};

/// Width of a still on the page, in pixels: enough for half a sheet, small enough for mail.
pub const STILL_WIDTH: u32 = 960;
/// Parts drawn on a still.
const STILL_PARTS: [Part; 3] = [Part::PisteLine, Part::Skeletons, Part::Lamps];

/// Which costly artifacts to make, and the contents of the cheap ones.
#[derive(Clone, Copy, Default)]
pub struct ArtifactOptions<'a> {
    /// Whether to make the overlay video.
    pub overlay: OverlayChoice,
    /// Whether to make the lens-corrected video, and how.
    pub corrected: Option<Correction>,
    /// Source of the page's stills.
    pub stills: StillsFrom<'a>,
    /// Whether the result contains every joint.
    pub keypoints: KeypointDetail,
    /// Language of summary, page and overlay. Result and workbook are for programs.
    pub language: Language,
}

/// Source of the page's stills.
#[derive(Clone, Copy, Default)]
pub enum StillsFrom<'a> {
    /// The clip.
    #[default]
    Clip,
    /// Memory: returns the frame displayed at a time, at most [`STILL_WIDTH`](super::STILL_WIDTH) pixels wide.
    Memory(&'a dyn Fn(Timestamp) -> Option<Frame>),
}

/// Whether to make the overlay video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverlayChoice {
    /// Make it.
    #[default]
    Make,
    /// Leave it out.
    Skip,
}

/// The written artifacts and the failures.
#[derive(Clone, Debug, Default)]
pub struct ArtifactsMade {
    /// Existing files.
    pub files: Vec<PathBuf>,
    /// Failures as finished sentences.
    pub failures: Vec<String>,
}

/// Creates a new folder. Called before a clip is analysed, so that a folder that cannot be created is reported at once and not after
/// the verdict.
pub fn prepare_folder(wanted: &Path) -> Result<PathBuf, FolderError> {
    create_fresh(wanted)
}

/// Writes the requested artifacts to `folder`. `progress` receives the progress of the videos, 0..1.
pub fn write_artifacts(
    judged: &JudgedClip,
    request: &ClipRequest,
    options: ArtifactOptions<'_>,
    folder: &Path,
    wall: Duration,
    cancel: &Cancel,
    progress: &mut dyn FnMut(f32),
) -> ArtifactsMade {
    let names = ArtifactNames::for_clip(&request.clip);
    // With the rotation in which the clip was judged.
    let request = &as_judged(request, judged);
    let words = Words::new(options.language);
    let mut context = context_of(judged, request, options, folder, wall);
    context.report.stills = match options.stills {
        StillsFrom::Clip => deciding_stills(&judged.info, &judged.judgement, &words, &request.options.tools, cancel),
        StillsFrom::Memory(picture) => stills_from(picture, &judged.judgement, &words),
    };
    let written = write_all(folder, &names, &judged.judgement, &context);
    let mut made = ArtifactsMade::default();
    made.files.extend(written.files.iter().map(|(_, path)| path.clone()));
    made.failures.extend(written.failures.iter().map(|f| f.error.to_string()));
    if options.overlay == OverlayChoice::Make {
        let output = folder.join(names.overlay());
        context.paths.overlay_video = made.keep(overlay(judged, request, &words, &output, cancel, progress), output);
    }
    if let Some(correction) = options.corrected {
        let output = folder.join(names.corrected());
        let result = write_corrected_video(&request.clip, &output, correction, &full_size(request), cancel);
        context.paths.corrected_video = made.keep(result.map_err(|e| e.to_string()), output);
    }
    let result_json = folder.join(RESULT_FILE);
    if let Err(error) = write_result(&result_json, &judged.judgement, &with_paths(context, &made)) {
        made.failures.push(error.to_string());
    }
    made
}

impl ArtifactsMade {
    /// Notes the outcome of a video; returns its path if it exists.
    fn keep(&mut self, result: Result<(), String>, output: PathBuf) -> Option<PathBuf> {
        match result {
            Ok(()) => {
                self.files.push(output.clone());
                Some(output)
            }
            Err(text) => {
                self.failures.push(text);
                None
            }
        }
    }
}

fn overlay(
    judged: &JudgedClip,
    request: &ClipRequest,
    words: &Words,
    output: &Path,
    cancel: &Cancel,
    progress: &mut dyn FnMut(f32),
) -> Result<(), String> {
    let words = OverlayWords::new(&judged.judgement, words);
    let frames = judged.judgement.completeness.frames_received.max(1) as f32;
    let video = OverlayVideo {
        clip: &request.clip,
        options: &request.options,
        judgement: &judged.judgement,
        words: &words,
        parts: &Part::ALL,
    };
    let mut count = |done: u64| progress((done as f32 / frames).min(1.0));
    write_overlay_video(&video, output, cancel, &mut |frame| frame, &mut count).map(|_| ()).map_err(|e| e.to_string())
}

/// The request with the view in which the clip was judged.
fn as_judged(request: &ClipRequest, judged: &JudgedClip) -> ClipRequest {
    ClipRequest { options: ClipOptions { view: judged.info.view, ..request.options.clone() }, ..request.clone() }
}

fn full_size(request: &ClipRequest) -> ClipOptions {
    ClipOptions { max_width: u32::MAX, ..request.options.clone() }
}

fn context_of(
    judged: &JudgedClip,
    request: &ClipRequest,
    options: ArtifactOptions<'_>,
    folder: &Path,
    wall: Duration,
) -> ResultContext {
    let input_signal = match &request.signals {
        ClipSignals::Log { path, .. } => Some(path.clone()),
        _ => None,
    };
    ResultContext {
        paths: ResultPaths {
            input_video: Some(request.clip.clone()),
            input_signal,
            folder: Some(folder.to_owned()),
            ..ResultPaths::default()
        },
        human_answer: request.signals.human_answer(),
        processing_secs: judged.processing.as_secs_f64(),
        wall_secs: wall.as_secs_f64(),
        streaming_stats: None,
        keypoints: options.keypoints,
        report: ReportContext { language: options.language, notes: notes_beside(&request.clip), stills: Vec::new() },
    }
}

/// Notes of the phrase that the clip is a recording of; empty for any other clip.
fn notes_beside(clip: &Path) -> PhraseNotes {
    clip.parent().map(PhraseNotes::read).unwrap_or_default()
}

/// The context with the paths of all files that exist now.
fn with_paths(mut context: ResultContext, made: &ArtifactsMade) -> ResultContext {
    let file_named = |end: &str| made.files.iter().find(|f| f.to_string_lossy().ends_with(end)).cloned();
    context.paths.workbook = file_named("_keypoints.xlsx");
    context.paths.summary = file_named(SUMMARY_FILE);
    context.paths.page = file_named(PAGE_FILE);
    context
}

/// The frames of the deciding moments with skeletons and lamps, in order of time. Frames that cannot be read are left out.
pub fn deciding_stills(
    info: &ClipInfo,
    judgement: &Judgement,
    words: &Words,
    tools: &Tools,
    cancel: &Cancel,
) -> Vec<Still> {
    stills_from(&|at| still_at(info, at, STILL_WIDTH, tools, cancel).ok(), judgement, words)
}

/// The same with frames from any source: `frame_at` returns the frame displayed at a time.
fn stills_from(frame_at: &dyn Fn(Timestamp) -> Option<Frame>, judgement: &Judgement, words: &Words) -> Vec<Still> {
    let Ok(raster) = Raster::new() else { return Vec::new() };
    let drawn = OverlayWords::new(judgement, words);
    let still = |moment: DecidingMoment| {
        let frame = frame_at(moment.at)?;
        let mut rgb = frame.rgb.to_vec();
        raster.paint(&scene_at(judgement, &drawn, moment.at, &STILL_PARTS), &mut rgb, frame.size).ok()?;
        Some(Still { jpeg: encode_jpeg(&rgb, frame.size).ok()?, moment })
    };
    deciding_moments(judgement, words).into_iter().filter_map(still).collect()
}
