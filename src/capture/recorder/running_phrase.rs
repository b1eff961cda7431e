//! The phrase being recorded: its folder, clips and log, and how much of each is written.

use super::clip_file::{ClipFile, TimedSamples};
use super::disk::Syncer;
use super::disk::{Disk, sync_folder};
use super::names::{clip_path, log_path, phrases_in, sidecar_path};
use super::open_mark::OpenMark;
use super::recorder_state::RecorderState;
use super::settings::CameraRole;
use fencing::SignalLog;
use fencing::time::Timestamp;
use recording::{FolderError, SignalLogMeta, folder, phrase_folder_name, write_atomically, write_signal_log};
use std::fs::File;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use vision::video::{RecordingPlan, SoundFormat};

/// Bytes of frames per write: a tenth of a second of a fast camera, many times that of a slow one.
const BATCH_BYTES: usize = 8_000_000;

/// A phrase whose folder exists.
pub(super) struct RunningPhrase {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) zero: Timestamp,
    pub(super) meta: SignalLogMeta,
    /// Signals on the clip's clock.
    pub(super) signals: SignalLog,
    began_unix_nanos: i64,
    cameras: [CameraProgress; 2],
    next_sound: u64,
    mark: Option<File>,
}

/// State of one camera.
struct CameraProgress {
    role: CameraRole,
    clip: Option<ClipFile>,
    /// Serial number of the next frame to write.
    next: u64,
}

/// A wall-clock time and the host time of the same moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct WallClock {
    pub(super) host: Timestamp,
    pub(super) wall: OffsetDateTime,
}

impl WallClock {
    /// Wall-clock time of a moment on the host clock.
    pub(super) fn at(self, moment: Timestamp) -> OffsetDateTime {
        self.wall + time::Duration::nanoseconds(moment.nanos().saturating_sub(self.host.nanos()))
    }
}

impl RunningPhrase {
    /// Creates the folder of a phrase whose first frame was taken at `zero`, with its lock file and its log.
    pub(super) fn create(recordings: &Path, zero: Timestamp, clock: WallClock) -> Result<Self, FolderError> {
        let began = clock.at(zero);
        let local = time::PrimitiveDateTime::new(began.date(), began.time());
        let number = next_number(recordings, local);
        let folder = folder::create_fresh(&recordings.join(phrase_folder_name(local, number)))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let began_unix_nanos = i64::try_from(began.unix_timestamp_nanos()).unwrap_or_default();
        let meta = SignalLogMeta { phrase: number.to_string(), started_at: local, ended_at: local, answer: None };
        let camera = |role| CameraProgress { role, clip: None, next: 0 };
        let mut running = Self {
            folder,
            name,
            zero,
            meta,
            signals: SignalLog::default(),
            began_unix_nanos,
            cameras: CameraRole::BOTH.map(camera),
            next_sound: 0,
            mark: None,
        };
        if let Err(error) = running.begin_files() {
            running.remove();
            return Err(error);
        }
        sync_folder(recordings);
        Ok(running)
    }

    fn begin_files(&mut self) -> Result<(), FolderError> {
        let mark = OpenMark { zero_mono_ns: self.zero.nanos(), began_unix_ns: self.began_unix_nanos };
        self.mark = Some(mark.place(&self.folder).map_err(|e| FolderError::at(&self.folder, e))?);
        self.write_log()?;
        sync_folder(&self.folder);
        Ok(())
    }

    /// Writes new frames, at most one batch per camera, up to `until`, which is asked for every batch. Returns whether there are more.
    pub(super) fn write(
        &mut self,
        shared: &RecorderState,
        disk: &dyn Disk,
        until: impl Fn() -> Option<Timestamp>,
    ) -> Result<bool, FolderError> {
        let mut more = false;
        let memory = shared.sound.lock();
        let (sound, chunks) = memory.batch(self.next_sound, until(), BATCH_BYTES);
        drop(memory);
        let sound_end = sound + chunks.len() as u64;
        let format = shared.sound.lock().newest().map(|chunk| chunk.format);
        for camera in &mut self.cameras {
            if camera.clip.is_none() {
                camera.next = camera.next.max(shared.of(camera.role).lock().serial_from(self.zero));
            }
            let memory = shared.of(camera.role).lock();
            let (first, frames) = memory.batch(camera.next, until(), BATCH_BYTES);
            drop(memory);
            let Some(size) = frames.first().map(|p| p.size) else { continue };
            let is_main = camera.role == CameraRole::Main;
            let clip = camera.clip.get_or_insert_with(|| {
                let plan =
                    RecordingPlan { size, sound: format.filter(|_| is_main), began_unix_nanos: self.began_unix_nanos };
                let clip = clip_path(&self.folder, &self.name, camera.role);
                ClipFile::new(clip, sidecar_path(&self.folder, camera.role), plan, self.zero)
            });
            let sound = of_format(&chunks, clip.has_sound());
            clip.write(disk, &frames, &sound)?;
            clip.lost += first - camera.next;
            camera.next = first + frames.len() as u64;
            if is_main {
                self.next_sound = sound_end;
            }
            more = true;
        }
        Ok(more)
    }

    /// Number of frames up to `until` that are not written: those still in memory and those dropped from it.
    pub(super) fn unwritten(&self, shared: &RecorderState, until: Timestamp) -> u64 {
        let of_camera = |camera: &CameraProgress| {
            let memory = shared.of(camera.role).lock();
            let next = if camera.clip.is_none() { memory.serial_from(self.zero) } else { camera.next };
            memory.serial_after(until).saturating_sub(next)
        };
        self.cameras.iter().map(of_camera).sum()
    }

    /// Requests an fsync of everything written so far.
    pub(super) fn sync_soon(&mut self, syncer: &Syncer) {
        self.cameras.iter_mut().filter_map(|c| c.clip.as_mut()).for_each(|clip| clip.sync_soon(syncer));
    }

    /// Takes the signals of the phrase, on the host clock, and writes them.
    pub(super) fn take_signals(&mut self, on_host_clock: &SignalLog) -> Result<(), FolderError> {
        self.signals = on_host_clock.on_clock_from(self.zero);
        self.write_log()
    }

    pub(super) fn write_log(&self) -> Result<(), FolderError> {
        write_atomically(&self.log(), write_signal_log(&self.signals, &self.meta).as_bytes())
    }

    /// Completes the phrase's files.
    pub(super) fn finish(&mut self, disk: &dyn Disk, ended: OffsetDateTime) -> Result<(), FolderError> {
        self.meta.ended_at = time::PrimitiveDateTime::new(ended.date(), ended.time());
        let logged = self.write_log();
        self.cameras.iter_mut().filter_map(|c| c.clip.as_mut()).try_for_each(|clip| clip.finish(disk))?;
        logged?;
        OpenMark::remove(&self.folder).map_err(|e| FolderError::at(&self.folder, e))?;
        self.mark = None;
        sync_folder(&self.folder);
        Ok(())
    }

    /// Removes the phrase's files; a foreign file stays, and the folder with it.
    pub(super) fn remove(&mut self) {
        self.cameras.iter_mut().for_each(|c| c.clip = None);
        self.mark = None;
        for file in super::names::own_files(&self.folder, &self.name).unwrap_or_default() {
            let _ = std::fs::remove_file(file);
        }
        let _ = OpenMark::remove(&self.folder);
        let _ = std::fs::remove_dir(&self.folder);
    }

    fn clip(&self, role: CameraRole) -> Option<&ClipFile> {
        self.cameras.iter().find(|c| c.role == role)?.clip.as_ref()
    }

    /// Path of a camera's clip, if there is one.
    pub(super) fn clip_path(&self, role: CameraRole) -> Option<PathBuf> {
        self.clip(role).map(|clip| clip.path().clone())
    }

    pub(super) fn log(&self) -> PathBuf {
        log_path(&self.folder, &self.name)
    }

    /// Frames in the main clip.
    pub(super) fn frames(&self) -> u64 {
        self.clip(CameraRole::Main).map_or(0, ClipFile::frames)
    }

    /// Seconds from the first to the last frame of the main clip.
    pub(super) fn secs(&self) -> f64 {
        self.clip(CameraRole::Main).map_or(0.0, ClipFile::secs)
    }

    /// Bytes on disk, and frames that could not be written.
    pub(super) fn bytes_and_lost(&self) -> (u64, u64) {
        let clips = || self.cameras.iter().filter_map(|c| c.clip.as_ref());
        (clips().map(ClipFile::bytes).sum(), clips().map(|c| c.lost).sum())
    }
}

fn of_format(chunks: &[crate::sound::SoundChunk], wanted: Option<SoundFormat>) -> Vec<TimedSamples> {
    chunks.iter().filter(|p| Some(p.format) == wanted).map(|p| (p.at, p.samples.clone())).collect()
}

/// Next phrase number of the day.
fn next_number(recordings: &Path, now: time::PrimitiveDateTime) -> u32 {
    let today = phrases_in(recordings).into_iter().filter(|p| p.at.date() == now.date());
    today.map(|p| p.number).max().unwrap_or(0).saturating_add(1)
}
