//! Phrases of a run that was cut off, made whole again: the clip ends after its last whole picture and gets its index, the
//! times beside it are written anew, the log stays as it is.

use super::CameraSeat;
use super::disk::sync_folder;
use super::names::{OPEN_MARK, OnDisk, REMOVING, clip_path, log_path, phrases_in, sidecar_path};
use super::open_mark::OpenMark;
use super::sidecar::line;
use super::status::RecoveredPhrase;
use fencing::SignalLog;
use fencing::time::Timestamp;
use recording::{FolderError, SignalLogMeta, write_atomically, write_signal_log};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use vision::video::{ScannedRecording, scan_recording};

/// What was found at the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovery {
    /// Phrases that are whole again, oldest first.
    pub phrases: Vec<RecoveredPhrase>,
    /// Phrases that were cut off before their first picture was on disk; their folders are removed.
    pub empty: Vec<PathBuf>,
    /// What could not be made whole and why: finished sentences with the remedy.
    pub troubles: Vec<String>,
}

/// Makes all phrases in `recordings` whole that were cut off. Phrases that another running program records are left alone,
/// and so is everything that is not a phrase.
pub fn recover(recordings: &Path) -> Recovery {
    let mut found = Recovery::default();
    finish_removals(recordings);
    for phrase in phrases_in(recordings) {
        let Some((mark, held)) = OpenMark::take_over(&phrase.folder) else { continue };
        match make_whole(&phrase, mark) {
            Ok(Some(whole)) => found.phrases.push(whole),
            Ok(None) => found.empty.push(phrase.folder.clone()),
            Err(error) => found.troubles.push(format!("a phrase that was cut off could not be made whole: {error}")),
        }
        drop(held);
    }
    found
}

fn make_whole(phrase: &OnDisk, mark: OpenMark) -> Result<Option<RecoveredPhrase>, FolderError> {
    let clip = clip_path(&phrase.folder, &phrase.name, CameraSeat::Main);
    let Some(times) = repair_clip(&clip)? else {
        return remove_empty(phrase).map(|()| None);
    };
    write_sidecar(&phrase.folder, CameraSeat::Main, &times, mark)?;
    let second = clip_path(&phrase.folder, &phrase.name, CameraSeat::Second);
    if second.exists() {
        match repair_clip(&second)? {
            Some(times) => write_sidecar(&phrase.folder, CameraSeat::Second, &times, mark)?,
            None => remove(&second)?,
        }
    }
    write_missing_log(phrase)?;
    OpenMark::remove(&phrase.folder).map_err(|e| FolderError::at(&phrase.folder.join(OPEN_MARK), e))?;
    sync_folder(&phrase.folder);
    let (first, last) = (times.first().copied().unwrap_or_default(), times.last().copied().unwrap_or_default());
    let pictures = times.len() as u64;
    Ok(Some(RecoveredPhrase { folder: phrase.folder.clone(), clip, pictures, secs: last.secs_since(first) }))
}

/// Ends a clip after its last whole picture; its pictures' times, `None` when there is no picture.
fn repair_clip(clip: &Path) -> Result<Option<Vec<Timestamp>>, FolderError> {
    if !clip.exists() {
        return Ok(None);
    }
    let failed = |e| FolderError::at(clip, e);
    let mut file = OpenOptions::new().read(true).write(true).open(clip).map_err(failed)?;
    let Some(found) = scan_recording(&mut file).map_err(failed)? else { return Ok(None) };
    if found.pictures.is_empty() {
        return Ok(None);
    }
    if !found.finished {
        end(&mut file, &found).map_err(failed)?;
    }
    Ok(Some(found.pictures))
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

fn write_sidecar(folder: &Path, seat: CameraSeat, times: &[Timestamp], mark: OpenMark) -> Result<(), FolderError> {
    let lines: String = (0u64..)
        .zip(times)
        .map(|(frame, at)| {
            let since = |zero: i64| zero.saturating_add(at.nanos());
            line(frame, since(mark.zero_mono_ns), since(mark.began_unix_ns))
        })
        .collect();
    write_atomically(&sidecar_path(folder, seat), lines.as_bytes())
}

/// The log is there from the first picture on; should it be missing after all, the phrase gets one without signals.
fn write_missing_log(phrase: &OnDisk) -> Result<(), FolderError> {
    let path = log_path(&phrase.folder, &phrase.name);
    if path.exists() {
        return Ok(());
    }
    let meta =
        SignalLogMeta { phrase: phrase.number.to_string(), started_at: phrase.at, ended_at: phrase.at, answer: None };
    write_atomically(&path, write_signal_log(&SignalLog::default(), &meta).as_bytes())
}

/// A phrase without a picture is nothing; its folder goes, unless something else lies in it.
fn remove_empty(phrase: &OnDisk) -> Result<(), FolderError> {
    let mark = phrase.folder.join(OPEN_MARK);
    match phrase.own_files() {
        Some(files) => files.iter().try_for_each(|file| remove(file))?,
        None => remove(&mark)?,
    }
    // Stays where a stranger's file is in it.
    let _ = std::fs::remove_dir(&phrase.folder);
    Ok(())
}

fn remove(file: &Path) -> Result<(), FolderError> {
    std::fs::remove_file(file).map_err(|e| FolderError::at(file, e))
}

/// Removals that were cut off.
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
