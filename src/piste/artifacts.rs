//! Writes the files of a phrase on a thread of its own, so that the session loop never waits for a disk: notes at once, after
//! the verdict result, summary, report page and workbook.

use super::judge_event::JudgeEvent;
use super::phrase_job::PhraseJob;
use super::recording_control::captured;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use fencing::SignalLog;
use fencing::time::Timestamp;
use fencing::wording::Language;
use recording::{HitSides, PhraseNotes, RESULT_FILE, SignalLogMeta, write_atomically, write_signal_log};
use records::analysis::{
    ArtifactOptions, ClipRequest, ClipSignals, JudgedClip, LoggedSignals, OverlayChoice, STILL_WIDTH, StillsFrom,
    write_artifacts,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use vision::engine::PhraseSignals;
use vision::video::{Cancel, ClipOptions, Frame, Reel, guarded, is_clip_name, probe, spawn_worker};

/// Capacity of the queue.
const QUEUE_CAPACITY: usize = 64;
/// Rounding of times in files, in seconds; far below any frame interval.
const SLACK_SECS: f64 = 0.0005;

/// Something to write.
pub(crate) enum Artifact {
    /// A change of a phrase's notes; everything else in them is kept.
    Notes { folder: PathBuf, change: Box<dyn FnOnce(&mut PhraseNotes) + Send> },
    /// The signals that the verdict is based on.
    Log { path: PathBuf, signals: SignalLog, meta: Box<SignalLogMeta> },
    /// All other artifacts of a judged phrase; `reel` has its frames in memory.
    Artifacts {
        request: Box<ClipRequest>,
        event: Box<JudgeEvent>,
        reel: Arc<Reel>,
        folder: PathBuf,
        language: Language,
    },
}

/// The session loop's handle of the thread. The thread writes what is queued even when this is dropped.
pub(crate) struct ArtifactWriter {
    jobs: Sender<Artifact>,
    thread: JoinHandle<()>,
}

impl ArtifactWriter {
    /// Starts the thread; `trouble` receives finished sentences.
    pub(crate) fn start(trouble: impl Fn(String) + Send + 'static) -> std::io::Result<Self> {
        let (jobs, queue) = crossbeam_channel::bounded(QUEUE_CAPACITY);
        let thread = spawn_worker("piste-artifacts", || (), move || run(&queue, &trouble))?;
        Ok(Self { jobs, thread })
    }

    /// Waits until everything is written.
    pub(crate) fn close(self) {
        drop(self.jobs);
        let _panicked = self.thread.join();
    }

    /// Queues something to write. The error is a finished sentence.
    pub(crate) fn write(&self, artifact: Artifact) -> Result<(), String> {
        self.jobs.try_send(artifact).map_err(|error| {
            match error {
                TrySendError::Full(_) => {
                    "the disk is too slow for the artifacts of the phrases; judge them again later"
                }
                TrySendError::Disconnected(_) => "the artifacts of the phrases are not written any more; start again",
            }
            .to_owned()
        })
    }
}

fn run(jobs: &Receiver<Artifact>, trouble: &dyn Fn(String)) {
    for artifact in jobs {
        let written = guarded("piste-artifacts", || write(artifact));
        let failures =
            written.unwrap_or_else(|| vec!["the artifacts of a phrase could not be made; see the log".into()]);
        failures.into_iter().for_each(trouble);
    }
}

fn write(artifact: Artifact) -> Vec<String> {
    let done = match artifact {
        Artifact::Notes { folder, change } => {
            let mut notes = PhraseNotes::read(&folder);
            change(&mut notes);
            notes.write(&folder)
        }
        Artifact::Log { path, signals, meta } => write_atomically(&path, write_signal_log(&signals, &meta).as_bytes()),
        Artifact::Artifacts { request, event, reel, folder, language } => {
            return artifacts(&request, &event, &reel, &folder, language);
        }
    };
    done.err().map(|error| error.to_string()).into_iter().collect()
}

fn artifacts(request: &ClipRequest, event: &JudgeEvent, reel: &Reel, folder: &Path, language: Language) -> Vec<String> {
    let Some(judgement) = event.own_judgement() else { return Vec::new() };
    let info = match probe(&request.clip) {
        Ok(info) => info,
        Err(error) => return vec![error.to_string()],
    };
    let judged = JudgedClip {
        info,
        judgement: judgement.as_ref().clone(),
        end: event.end,
        processing: event.processing,
        deciding: event.processing,
    };
    // No overlay video: making it costs time that the next phrase needs, and it can be made later. Stills from frames in memory
    // cost a few milliseconds each.
    let in_memory = |at| shown_at(reel, at);
    let stills = if reel.frames().is_empty() { StillsFrom::Clip } else { StillsFrom::Memory(&in_memory) };
    let options = ArtifactOptions { overlay: OverlayChoice::Skip, stills, language, ..ArtifactOptions::default() };
    let made = write_artifacts(&judged, request, options, folder, event.processing, &Cancel::new(), &mut |_| ());
    let mut failures = made.failures;
    failures.extend(under_the_recordings_name(folder, &request.clip).err());
    failures
}

/// Writes the result once more as `<base>_result.json` beside the recording, where the reference's piste puts the server's
/// answer and scripts over its recordings look for it.
fn under_the_recordings_name(folder: &Path, clip: &Path) -> Result<(), String> {
    // The reason for a missing result was reported when writing it failed.
    let Ok(result) = std::fs::read(folder.join(RESULT_FILE)) else { return Ok(()) };
    let base = clip.file_stem().unwrap_or_default().to_string_lossy();
    write_atomically(&folder.join(format!("{base}_result.json")), &result).map_err(|error| error.to_string())
}

/// The frame of a phrase in memory that is displayed at a time.
fn shown_at(reel: &Reel, at: Timestamp) -> Option<Frame> {
    let index = reel.frames().partition_point(|frame| frame.at.plus_secs(SLACK_SECS) < at);
    captured(reel, index)?.decode(STILL_WIDTH).ok()
}

/// Adds what a person knows of a phrase to the notes; everything else in them is kept.
pub(crate) fn merge(into: &mut PhraseNotes, other: PhraseNotes) {
    let ours = std::mem::replace(into, other);
    let kept = |theirs: &mut Option<String>, ours: Option<String>| *theirs = theirs.take().or(ours);
    kept(&mut into.weapon, ours.weapon);
    kept(&mut into.bout, ours.bout);
    kept(&mut into.left, ours.left);
    kept(&mut into.right, ours.right);
    kept(&mut into.own_call, ours.own_call);
    kept(&mut into.remark, ours.remark);
    into.number = into.number.or(ours.number);
    into.score = into.score.or(ours.score);
    into.period = into.period.or(ours.period);
    into.clock_secs = into.clock_secs.or(ours.clock_secs);
    into.looks = into.looks.or(ours.looks);
    into.own_call_first |= ours.own_call_first;
    // Only the piste writes the machine's part.
    into.machine_call = ours.machine_call;
    into.machine_confidence = ours.machine_confidence;
    into.rule = ours.rule;
}

/// The signals of the log beside a clip, read as for any clip; none without a log. The error is a finished sentence.
pub(crate) fn logged_beside(clip: &Path) -> Result<PhraseSignals, String> {
    let log = clip.with_extension("txt");
    if !log.is_file() {
        return Ok(PhraseSignals::default());
    }
    LoggedSignals::read(&log, HitSides::Auto).map(|logged| logged.signals).map_err(|error| error.to_string())
}

/// The files to write once a phrase has its final verdict.
pub(crate) fn artifacts_of(job: &PhraseJob, event: JudgeEvent, language: Language) -> Vec<Artifact> {
    let Some(recorded) = &job.recorded else { return Vec::new() };
    let folder = recorded.folder.clone();
    let (confidence, rule) = (event.confidence(), event.rule().map(str::to_owned));
    let call = event.call().map(|call| call.as_str().to_owned());
    let change = Box::new(move |notes: &mut PhraseNotes| {
        notes.machine_call = call;
        notes.machine_confidence = confidence;
        notes.rule = rule;
    });
    let mut artifacts = vec![Artifact::Notes { folder: folder.clone(), change }];
    if event.own_judgement().is_some() {
        artifacts.extend(job.log_artifact());
        let request = Box::new(request_for(&recorded.clip, job.weapon));
        let reel = Arc::clone(&recorded.reel);
        artifacts.push(Artifact::Artifacts { request, event: Box::new(event), reel, folder, language });
    }
    artifacts
}

pub(crate) fn request_for(clip: &Path, weapon: fencing::Weapon) -> ClipRequest {
    ClipRequest { clip: clip.to_owned(), signals: signals_beside(clip), weapon, options: ClipOptions::default() }
}

/// The clip in a phrase's folder: the one named like the folder, a recording of ours before any other, else the first by name.
pub(crate) fn clip_in(folder: &Path) -> Option<PathBuf> {
    let name = folder.file_name()?;
    let mut clips: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    clips.retain(|path| is_clip_name(path));
    // The recorder writes Matroska.
    clips.sort_by_key(|path| {
        (path.file_stem() != Some(name), path.extension().is_none_or(|ending| ending != "mkv"), path.clone())
    });
    clips.into_iter().next()
}

/// The signal log beside a clip; without one the lamps are read from the video.
pub(crate) fn signals_beside(clip: &Path) -> ClipSignals {
    let path = clip.with_extension("txt");
    if path.is_file() {
        return ClipSignals::Log { path, hit_sides: recording::HitSides::Auto };
    }
    ClipSignals::Picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_lies_under_the_recordings_name_too() {
        let folder = tempfile::tempdir().unwrap();
        let clip = folder.path().join("20260127_210934_phrase05.mkv");
        assert_eq!(under_the_recordings_name(folder.path(), &clip), Ok(()), "without a result there is nothing to do");
        std::fs::write(folder.path().join("analysis_result.json"), r#"{"winner":"left"}"#).unwrap();
        under_the_recordings_name(folder.path(), &clip).unwrap();
        let copy = std::fs::read_to_string(folder.path().join("20260127_210934_phrase05_result.json")).unwrap();
        assert_eq!(copy, r#"{"winner":"left"}"#);
    }

    #[test]
    fn the_clip_of_a_folder_is_the_one_with_its_name_and_never_what_was_made_of_it() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("20260127_210934_phrase05");
        std::fs::create_dir(&folder).unwrap();
        let check = |added: &str, expected: Option<&str>| {
            std::fs::write(folder.join(added), b"x").unwrap();
            assert_eq!(clip_in(&folder), expected.map(|name| folder.join(name)), "{added}");
        };
        check("20260127_210934_phrase05.txt", None);
        check("00001.MTS", Some("00001.MTS"));
        check("20260127_210934_phrase05.webm", Some("20260127_210934_phrase05.webm"));
        check("20260127_210934_phrase05_overlay.mp4", Some("20260127_210934_phrase05.webm"));
        check("20260127_210934_phrase05.mkv", Some("20260127_210934_phrase05.mkv"));
    }

    #[test]
    fn a_persons_notes_never_undo_the_machines_and_an_empty_field_keeps_what_was_known() {
        let mut notes = PhraseNotes {
            machine_call: Some("left".into()),
            machine_confidence: Some(0.8),
            left: Some("Kim".into()),
            ..PhraseNotes::default()
        };
        let own =
            PhraseNotes { own_call: Some("right".into()), machine_call: Some("x".into()), ..PhraseNotes::default() };
        merge(&mut notes, own);
        assert_eq!((notes.machine_call.as_deref(), notes.own_call.as_deref()), (Some("left"), Some("right")));
        assert_eq!((notes.left.as_deref(), notes.machine_confidence), (Some("Kim"), Some(0.8)));
    }
}
