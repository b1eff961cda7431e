//! What is written after the verdict: notes at once, then result, summary, page and workbook, on a thread of its own so that
//! nobody waits for a disk.

use crossbeam_channel::{Receiver, Sender, TrySendError};
use recording::{PhraseNotes, RESULT_FILE, SignalLogMeta, write_atomically, write_signal_log};
use records::analysis::{ArtifactWishes, ClipRequest, JudgedClip, STILL_WIDTH, StillsFrom, Wish, write_artifacts};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use vision::video::{Cancel, Frame, Reel, guarded, probe};

use super::JudgeEvent;
use super::book::captured;
use fencing::SignalLog;
use fencing::time::Timestamp;
use fencing::wording::Language;

/// Papers that may wait.
const WAITING: usize = 64;
/// Times in files are rounded, in seconds; far below any frame interval.
const SLACK_SECS: f64 = 0.0005;

/// One thing to write.
pub(super) enum Paper {
    /// A change of a phrase's notes: what is known is kept.
    Notes { folder: PathBuf, change: Box<dyn FnOnce(&mut PhraseNotes) + Send> },
    /// The signals as they were judged.
    Log { path: PathBuf, signals: SignalLog, meta: Box<SignalLogMeta> },
    /// Everything else that a judged phrase leaves; `reel` is what memory has of it.
    Artifacts {
        request: Box<ClipRequest>,
        event: Box<JudgeEvent>,
        reel: Arc<Reel>,
        folder: PathBuf,
        language: Language,
    },
}

/// The desk's end. Dropping it lets the thread finish what waits.
pub(super) struct Papers {
    jobs: Sender<Paper>,
    thread: JoinHandle<()>,
}

impl Papers {
    /// Starts the thread; `trouble` gets finished sentences.
    pub(super) fn start(trouble: impl Fn(String) + Send + 'static) -> std::io::Result<Self> {
        let (jobs, taken) = crossbeam_channel::bounded(WAITING);
        let thread = std::thread::Builder::new().name("piste-papers".into()).spawn(move || run(&taken, &trouble))?;
        Ok(Self { jobs, thread })
    }

    /// Waits until everything is written.
    pub(super) fn close(self) {
        drop(self.jobs);
        let _panicked = self.thread.join();
    }

    /// Hands in one paper; what is wrong when it cannot be written.
    pub(super) fn write(&self, paper: Paper) -> Result<(), String> {
        self.jobs.try_send(paper).map_err(|error| {
            match error {
                TrySendError::Full(_) => "the disk is too slow for the papers of the phrases; judge them again later",
                TrySendError::Disconnected(_) => "the papers of the phrases are not written any more; start again",
            }
            .to_owned()
        })
    }
}

fn run(jobs: &Receiver<Paper>, trouble: &dyn Fn(String)) {
    for paper in jobs {
        let written = guarded("piste-papers", || write(paper));
        let failures = written.unwrap_or_else(|| vec!["the papers of a phrase could not be made; see the log".into()]);
        failures.into_iter().for_each(trouble);
    }
}

fn write(paper: Paper) -> Vec<String> {
    let done = match paper {
        Paper::Notes { folder, change } => {
            let mut notes = PhraseNotes::read(&folder);
            change(&mut notes);
            notes.write(&folder)
        }
        Paper::Log { path, signals, meta } => write_atomically(&path, write_signal_log(&signals, &meta).as_bytes()),
        Paper::Artifacts { request, event, reel, folder, language } => {
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
    // The overlay video costs what the next phrase needs: it is made when somebody asks for it. Pictures that are in memory cost
    // a few milliseconds each.
    let in_memory = |at| shown_at(reel, at);
    let stills = if reel.frames().is_empty() { StillsFrom::Clip } else { StillsFrom::Memory(&in_memory) };
    let wishes = ArtifactWishes { overlay: Wish::Unwanted, stills, language, ..ArtifactWishes::default() };
    let made = write_artifacts(&judged, request, wishes, folder, event.processing, &Cancel::new(), &mut |_| ());
    let mut failures = made.failures;
    failures.extend(under_the_recordings_name(folder, &request.clip).err());
    failures
}

/// The result once more as `<base>_result.json` beside the recording: where the reference's piste leaves the server's
/// answer, and where scripts over its recordings look.
fn under_the_recordings_name(folder: &Path, clip: &Path) -> Result<(), String> {
    // Why there is no result has been said already.
    let Ok(result) = std::fs::read(folder.join(RESULT_FILE)) else { return Ok(()) };
    let base = clip.file_stem().unwrap_or_default().to_string_lossy();
    write_atomically(&folder.join(format!("{base}_result.json")), &result).map_err(|error| error.to_string())
}

/// The picture of a phrase in memory that is shown at a moment.
fn shown_at(reel: &Reel, at: Timestamp) -> Option<Frame> {
    let index = reel.frames().partition_point(|frame| frame.at.plus_secs(SLACK_SECS) < at);
    captured(reel, index)?.frame(STILL_WIDTH).ok()
}

/// Takes over what somebody else knows of a phrase; what only we know stays.
pub(super) fn merge(into: &mut PhraseNotes, other: PhraseNotes) {
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
    // The machine's side is written by the piste alone.
    into.machine_call = ours.machine_call;
    into.machine_confidence = ours.machine_confidence;
    into.rule = ours.rule;
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
