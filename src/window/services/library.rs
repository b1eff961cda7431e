//! The library's workers: looking for phrases, thumbnails, judging many, saving lists.

use crate::effect::{BatchRequest, Event, Existing, LibraryEffect, LibraryEvent};
use crate::services::judge::EngineCache;
use crate::services::workers::{self, EventSender, catch_panic};
use crate::textures::FrameImage;
use parking_lot::{Condvar, Mutex};
use recording::{HitSides, PhraseNotes, analysis_folder, write_atomically};
use records::analysis::{
    ArtifactOptions, ClipRequest, ClipSignals, JudgedClip, OverlayChoice, Progress, judge_clip, prepare_folder,
    write_artifacts,
};
use records::library::{
    Entry, EntryKind, ExportFormat, Finding, FoundResult, LibraryFolders, Probed, RESULT_FILE, ThumbnailStore, look_at,
    read_result, scan, write_entries,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vision::video::{Cancel, ClipOptions, spawn_worker};

/// What runs for the library now.
pub(super) struct LibraryWorkers {
    engine: Arc<EngineCache>,
    looking: Cancel,
    judging: Cancel,
    teaching: Cancel,
}

impl LibraryWorkers {
    pub(super) fn new(engine: Arc<EngineCache>) -> Self {
        Self { engine, looking: Cancel::new(), judging: Cancel::new(), teaching: Cancel::new() }
    }

    /// Starts a piece of work.
    pub(super) fn run(&mut self, effect: LibraryEffect, events: &EventSender) -> Option<Event> {
        match effect {
            LibraryEffect::Look { places, number } => {
                self.looking.cancel();
                self.looking = Cancel::new();
                start_scan(places, number, self.looking.clone(), events)
            }
            LibraryEffect::SortOut(paths) => sort_out(paths, events),
            LibraryEffect::Judge(request) => {
                self.judging = Cancel::new();
                start_batch(*request, Arc::clone(&self.engine), self.judging.clone(), events)
            }
            LibraryEffect::StopJudging => {
                self.judging.cancel();
                None
            }
            LibraryEffect::Teach(request) => {
                self.teaching = Cancel::new();
                super::teaching::start(*request, Arc::clone(&self.engine), self.teaching.clone(), events)
            }
            LibraryEffect::StopTeaching => {
                self.teaching.cancel();
                None
            }
            LibraryEffect::Export { format, entries, path, existing } => {
                start_list(format, entries, (path, existing), events)
            }
        }
    }
}

impl Drop for LibraryWorkers {
    fn drop(&mut self) {
        self.looking.cancel();
        self.judging.cancel();
        self.teaching.cancel();
    }
}

/// Separates files and folders; querying a network disk may take a while.
fn sort_out(paths: Vec<PathBuf>, events: &EventSender) -> Option<Event> {
    workers::start("library-drop", events, Event::Trouble, move |events| {
        let without_links = |path: PathBuf| dunce::canonicalize(&path).unwrap_or(path);
        let (folders, clips) = paths.into_iter().map(without_links).partition(|path: &PathBuf| path.is_dir());
        events.send(Event::Library(LibraryEvent::SortedOut { clips, folders }));
    })
}

/// Starts one phrase.
fn start_batch(request: BatchRequest, engine: Arc<EngineCache>, cancel: Cancel, events: &EventSender) -> Option<Event> {
    let clip = request.clip.clone();
    let lost = {
        let clip = clip.clone();
        move |text| Event::Library(LibraryEvent::BatchFailed { clip: clip.clone(), text })
    };
    workers::start("library-batch", events, lost, move |events| {
        let event = match judge_one(&request, &engine, &cancel, events) {
            Ok(result) => LibraryEvent::BatchDone { clip, result: Box::new(result) },
            Err(_) if cancel.is_cancelled() => LibraryEvent::BatchStopped { clip },
            Err(text) => LibraryEvent::BatchFailed { clip, text },
        };
        events.send(Event::Library(event));
    })
}

fn judge_one(
    request: &BatchRequest,
    engine: &EngineCache,
    cancel: &Cancel,
    events: &EventSender,
) -> Result<FoundResult, String> {
    // The clip first: a broken file should neither wait for the models nor leave a folder.
    vision::video::probe(&request.clip).map_err(|e| e.to_string())?;
    let engine = engine.engine_for(&request.settings)?;
    let clip = ClipRequest {
        clip: request.clip.clone(),
        signals: ClipSignals::beside(&request.clip, None, HitSides::Auto),
        weapon: request.weapon,
        options: ClipOptions::default(),
    };
    let place = Place::prepare(request, &clip)?;
    let started = Instant::now();
    let mut shown = -1.0_f32;
    let mut report = |p: Progress| {
        // A hundred steps are enough for a bar; every frame would only wake the window.
        if (p.share - shown).abs() >= 0.01 {
            shown = p.share;
            let (clip, stage, share) = (request.clip.clone(), p.stage.key(), p.share);
            events.send(Event::Library(LibraryEvent::BatchProgress { clip, stage, share }));
        }
    };
    let judged = judge_clip(&engine, &clip, cancel, &mut report).map_err(|error| {
        place.leave();
        error.to_string()
    })?;
    let language = request.settings.language();
    let options = ArtifactOptions { overlay: OverlayChoice::Skip, language, ..ArtifactOptions::default() };
    let made = write_artifacts(&judged, &clip, options, &place.folder, started.elapsed(), cancel, &mut |_| {});
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

/// Saves a list; the answer is where it lies, or why it does not.
fn start_list(
    format: ExportFormat,
    entries: Vec<Arc<Entry>>,
    (path, existing): (PathBuf, Existing),
    events: &EventSender,
) -> Option<Event> {
    let failed = |text: String| Event::Trouble(format!("notice-nothing-saved {text}"));
    workers::start("library-list", events, failed, move |events| {
        let saved = save_list(format, &entries, path, existing);
        events.send(saved.map_or_else(failed, |path| Event::Library(LibraryEvent::Exported(path))));
    })
}

fn save_list(
    format: ExportFormat,
    entries: &[Arc<Entry>],
    path: PathBuf,
    existing: Existing,
) -> Result<PathBuf, String> {
    let path = place_of(path, existing)?;
    let mut text = Vec::new();
    write_entries(&mut text, format, entries.iter().map(AsRef::as_ref)).map_err(|e| e.to_string())?;
    write_atomically(&path, &text).map_err(|e| e.to_string())?;
    Ok(path)
}

/// Where a file is written that may exist.
pub(super) fn place_of(path: PathBuf, existing: Existing) -> Result<PathBuf, String> {
    match existing {
        Existing::Replace => Ok(path),
        Existing::Keep => unused(&path),
    }
}

/// The path itself, or with the first number that is free.
fn unused(path: &Path) -> Result<PathBuf, String> {
    let (stem, extension) = (path.file_stem().unwrap_or_default(), path.extension().unwrap_or_default());
    let (stem, extension) = (stem.to_string_lossy(), extension.to_string_lossy());
    let numbered =
        |n: u32| if n == 0 { path.to_owned() } else { path.with_file_name(format!("{stem}-{n}.{extension}")) };
    let free = (0..10_000).map(numbered).find(|path| !path.exists());
    free.ok_or_else(|| format!("the folder holds ten thousand files of this name: {}", path.display()))
}

/// Maximum number of findings per event.
const HANDFUL: usize = 1000;
/// How often the list grows.
const RHYTHM: Duration = Duration::from_millis(250);

/// Starts a look.
fn start_scan(places: LibraryFolders, number: u64, cancel: Cancel, events: &EventSender) -> Option<Event> {
    let ended = move |_| Event::Library(LibraryEvent::Looked { number });
    workers::start("library-scan", events, ended, move |events| {
        let mut handful: Vec<Finding> = Vec::new();
        let mut sent = Instant::now();
        let send = |findings: Vec<Finding>| events.send(Event::Library(LibraryEvent::Found { number, findings }));
        scan(&places, &cancel, &mut |finding| {
            handful.push(finding);
            if handful.len() >= HANDFUL || sent.elapsed() >= RHYTHM {
                send(std::mem::take(&mut handful));
                sent = Instant::now();
            }
        });
        if !cancel.is_cancelled() {
            send(handful);
            events.send(Event::Library(LibraryEvent::Looked { number }));
        }
    })
}

/// One named thread that opens clips.
pub(super) struct Thumbnailer {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<Thumbnails>,
    changed: Condvar,
    stopped: Cancel,
}

#[derive(Default)]
struct Thumbnails {
    wanted: Vec<Arc<Entry>>,
    making: Option<PathBuf>,
    ready: Vec<(PathBuf, Option<FrameImage>)>,
}

impl Thumbnailer {
    /// Starts the thread; thumbnails are kept between runs in `folder`.
    pub(super) fn start(folder: Option<PathBuf>, events: &EventSender) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (worker, events, store) = (Arc::clone(&shared), events.clone(), ThumbnailStore::new(folder));
        let work = move || make_thumbnails(&worker, store, &events);
        spawn_worker("library-thumbnails", || (), work)?;
        Ok(Self { shared })
    }

    /// Wants these, the most wanted first, and nothing else.
    pub(super) fn want(&self, mut wanted: Vec<Arc<Entry>>) {
        let mut state = self.shared.state.lock();
        let done = |path: &PathBuf| state.making.as_ref() == Some(path) || state.ready.iter().any(|(p, _)| p == path);
        wanted.retain(|entry| !done(&entry.path));
        state.wanted = wanted;
        if !state.wanted.is_empty() {
            self.shared.changed.notify_one();
        }
    }

    /// Thumbnails that became ready since the last call; `None` where a clip has none.
    pub(super) fn take_ready(&self) -> Vec<(PathBuf, Option<FrameImage>)> {
        std::mem::take(&mut self.shared.state.lock().ready)
    }
}

impl Drop for Thumbnailer {
    fn drop(&mut self) {
        self.shared.stopped.cancel();
        // Under the lock, so that the worker cannot miss it between its look and its wait.
        let _held = self.shared.state.lock();
        self.shared.changed.notify_one();
    }
}

fn make_thumbnails(shared: &Shared, mut store: ThumbnailStore, events: &EventSender) {
    while let Some(entry) = next(shared) {
        // A clip that a decoder falls over has no frame; the next one may have.
        let seen = catch_panic(|| look_at(&entry, &mut store, &shared.stopped)).unwrap_or_default();
        if shared.stopped.is_cancelled() {
            return;
        }
        let frame = seen
            .thumbnail
            .as_ref()
            .and_then(|(size, rgb)| FrameImage::from_rgb(size.width as usize, size.height as usize, rgb));
        let mut state = shared.state.lock();
        state.making = None;
        state.ready.push((entry.path.clone(), frame));
        drop(state);
        let probed = Probed { thumbnail: None, ..seen };
        events.send(Event::Library(LibraryEvent::Probed { path: entry.path.clone(), probed }));
    }
}

/// Waits for a wish; `None` when the window is gone.
fn next(shared: &Shared) -> Option<Arc<Entry>> {
    let mut state = shared.state.lock();
    loop {
        if shared.stopped.is_cancelled() {
            return None;
        }
        if !state.wanted.is_empty() {
            let entry = state.wanted.remove(0);
            state.making = Some(entry.path.clone());
            return Some(entry);
        }
        shared.changed.wait(&mut state);
    }
}
