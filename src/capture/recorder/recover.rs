//! Repairs phrases that a crash cut off: truncates the clip after its last complete frame, writes its index, and writes the frame
//! times anew; the log stays as it is.

use super::CameraRole;
use super::clip_file::line;
use super::disk::sync_folder;
use super::names::{OPEN_MARK, PhraseFolder, REMOVING, clip_path, log_path, phrases_in, sidecar_path};
use super::open_mark::OpenMark;
use super::status::RecoveredPhrase;
use fencing::SignalLog;
use fencing::time::Timestamp;
use recording::{FolderError, SignalLogMeta, write_atomically, write_signal_log};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use vision::video::{ScannedRecording, scan_recording};

/// Result of a repair.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovery {
    /// Repaired phrases, oldest first.
    pub phrases: Vec<RecoveredPhrase>,
    /// Phrases that were cut off before their first frame was on disk; their folders are removed.
    pub empty: Vec<PathBuf>,
    /// What could not be repaired and why: full sentences with the remedy.
    pub troubles: Vec<String>,
}

/// Repairs all phrases in `recordings` that were cut off. Skips phrases that another process records, and everything that is not a
/// phrase.
pub fn recover(recordings: &Path) -> Recovery {
    let mut found = Recovery::default();
    finish_removals(recordings);
    for phrase in phrases_in(recordings) {
        let Some((mark, held)) = OpenMark::take_over(&phrase.folder) else { continue };
        match repair(&phrase, mark) {
            Ok(Some(whole)) => found.phrases.push(whole),
            Ok(None) => found.empty.push(phrase.folder.clone()),
            Err(error) => found.troubles.push(format!("a phrase that was cut off could not be made whole: {error}")),
        }
        drop(held);
    }
    found
}

fn repair(phrase: &PhraseFolder, mark: OpenMark) -> Result<Option<RecoveredPhrase>, FolderError> {
    let clip = clip_path(&phrase.folder, &phrase.name, CameraRole::Main);
    let Some(times) = repair_clip(&clip)? else {
        return remove_empty(phrase).map(|()| None);
    };
    write_sidecar(&phrase.folder, CameraRole::Main, &times, mark)?;
    let second = clip_path(&phrase.folder, &phrase.name, CameraRole::Second);
    if second.exists() {
        match repair_clip(&second)? {
            Some(times) => write_sidecar(&phrase.folder, CameraRole::Second, &times, mark)?,
            None => remove(&second)?,
        }
    }
    write_missing_log(phrase)?;
    OpenMark::remove(&phrase.folder).map_err(|e| FolderError::at(&phrase.folder.join(OPEN_MARK), e))?;
    sync_folder(&phrase.folder);
    let (first, last) = (times.first().copied().unwrap_or_default(), times.last().copied().unwrap_or_default());
    let frames = times.len() as u64;
    Ok(Some(RecoveredPhrase { folder: phrase.folder.clone(), clip, frames, secs: last.secs_since(first) }))
}

/// Truncates a clip after its last complete frame; returns the times of its frames, `None` when there is none.
fn repair_clip(clip: &Path) -> Result<Option<Vec<Timestamp>>, FolderError> {
    if !clip.exists() {
        return Ok(None);
    }
    let failed = |e| FolderError::at(clip, e);
    let mut file = OpenOptions::new().read(true).write(true).open(clip).map_err(failed)?;
    let Some(found) = scan_recording(&mut file).map_err(failed)? else { return Ok(None) };
    if found.frames.is_empty() {
        return Ok(None);
    }
    if !found.finished {
        end(&mut file, &found).map_err(failed)?;
    }
    Ok(Some(found.frames))
}

fn end(file: &mut File, found: &ScannedRecording) -> io::Result<()> {
    let (length, ending) = (found.writer.mark().bytes, found.writer.ending());
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    file.write_all(&ending.tail)?;
    file.sync_data()?;
    for (offset, bytes) in &ending.patches {
        file.seek(SeekFrom::Start(*offset))?;
        file.write_all(bytes)?;
    }
    file.sync_all()
}

fn write_sidecar(folder: &Path, role: CameraRole, times: &[Timestamp], mark: OpenMark) -> Result<(), FolderError> {
    let lines: String = (0u64..)
        .zip(times)
        .map(|(frame, at)| {
            let since = |zero: i64| zero.saturating_add(at.nanos());
            line(frame, since(mark.zero_mono_ns), since(mark.began_unix_ns))
        })
        .collect();
    write_atomically(&sidecar_path(folder, role), lines.as_bytes())
}

/// The log exists from the first frame on; if it is missing after all, the phrase gets one without signals.
fn write_missing_log(phrase: &PhraseFolder) -> Result<(), FolderError> {
    let path = log_path(&phrase.folder, &phrase.name);
    if path.exists() {
        return Ok(());
    }
    let meta =
        SignalLogMeta { phrase: phrase.number.to_string(), started_at: phrase.at, ended_at: phrase.at, answer: None };
    write_atomically(&path, write_signal_log(&SignalLog::default(), &meta).as_bytes())
}

/// Removes the folder of a phrase without frames, unless it contains foreign files.
fn remove_empty(phrase: &PhraseFolder) -> Result<(), FolderError> {
    let mark = phrase.folder.join(OPEN_MARK);
    match phrase.own_files() {
        Some(files) => files.iter().try_for_each(|file| remove(file))?,
        None => remove(&mark)?,
    }
    // Fails, and the folder stays, when it contains a foreign file.
    let _ = std::fs::remove_dir(&phrase.folder);
    Ok(())
}

fn remove(file: &Path) -> Result<(), FolderError> {
    std::fs::remove_file(file).map_err(|e| FolderError::at(file, e))
}

/// Completes removals that were cut off.
fn finish_removals(recordings: &Path) {
    let Ok(entries) = std::fs::read_dir(recordings) else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let ours =
            name.to_str().and_then(|n| n.strip_prefix(REMOVING)).is_some_and(|n| super::names::read_name(n).is_some());
        if ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let _ = super::prune::empty_and_remove(&entry.path());
        }
    }
}
