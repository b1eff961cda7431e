//! The window's small files: settings, the server's token, the bout, and the lock of the data folder.
//!
//! Files are written whole and atomically in the background, the newest last, many quick changes as one write; a window that
//! closes waits for them. A broken file is set aside, never fatal.

use crate::effect::{Event, KeptCall};
use crate::model::{CardTally, Settings, Sheet};
use crate::services::workers::{self, EventSender};
use fencing::{PerSide, Side};
use parking_lot::{Condvar, Mutex};
use recording::{FolderError, PhraseNotes, write_atomically, write_privately};
use serde::{Deserialize, Serialize};
use settings::Secret;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// What is to be in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct NewestFile<T> {
    shared: Arc<Shared<T>>,
}

#[derive(Debug, Default)]
struct Shared<T> {
    state: Mutex<State<T>>,
    idle: Condvar,
}

#[derive(Debug, Default)]
struct State<T> {
    waiting: Option<T>,
    writing: bool,
}

/// The one thread that writes. However it ends, another may follow.
struct Writer<T> {
    shared: Arc<Shared<T>>,
    at_work: bool,
}

impl<T: Send + 'static> NewestFile<T> {
    /// Has it written by `write` on a thread called `name`; what goes wrong becomes a notice.
    pub(super) fn save(
        &self,
        name: &str,
        newest: T,
        events: &EventSender,
        write: impl Fn(&T) -> Result<(), String> + Send + 'static,
    ) -> Option<Event> {
        self.change(name, |_replaced| newest, events, write)
    }

    /// The same where what waits is changed and not replaced.
    fn change(
        &self,
        name: &str,
        change: impl FnOnce(Option<T>) -> T,
        events: &EventSender,
        write: impl Fn(&T) -> Result<(), String> + Send + 'static,
    ) -> Option<Event> {
        let mut state = self.shared.state.lock();
        let waiting = state.waiting.take();
        state.waiting = Some(change(waiting));
        if std::mem::replace(&mut state.writing, true) {
            return None;
        }
        drop(state);
        let mut writer = Writer { shared: Arc::clone(&self.shared), at_work: true };
        workers::start(name, events, Event::Trouble, move |events| {
            while let Some(newest) = writer.next() {
                if let Err(text) = write(&newest) {
                    events.send(Event::Trouble(text));
                }
            }
        })
    }

    /// Waits until everything is written, or until `deadline`; whether it is.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        let mut state = self.shared.state.lock();
        let _timeout = self.shared.idle.wait_while_until(&mut state, |state| state.writing, deadline);
        !state.writing && state.waiting.is_none()
    }
}

impl<T> Writer<T> {
    /// What is to be written now; the writer ends when there is nothing.
    fn next(&mut self) -> Option<T> {
        let mut state = self.shared.state.lock();
        let newest = state.waiting.take();
        if newest.is_none() {
            self.at_work = false;
            state.writing = false;
            self.shared.idle.notify_all();
        }
        newest
    }
}

impl<T> Drop for Writer<T> {
    fn drop(&mut self) {
        if self.at_work {
            self.shared.state.lock().writing = false;
            self.shared.idle.notify_all();
        }
    }
}

/// Where the settings lie; `None` keeps them in memory alone (tests, or no home folder).
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsFile {
    /// The file.
    pub path: Option<PathBuf>,
    newest: NewestFile<Settings>,
}

impl SettingsFile {
    /// The settings at `path`.
    pub(crate) fn at(path: Option<PathBuf>) -> Self {
        Self { path, newest: NewestFile::default() }
    }

    /// Writes the settings in the background.
    pub(crate) fn save(&self, settings: &Settings, events: &EventSender) -> Option<Event> {
        let path = self.path.clone()?;
        self.newest.save("settings-writer", settings.clone(), events, move |settings| write_settings(&path, settings))
    }

    /// Waits until they are written, or until `deadline`; whether they are.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        self.newest.finish(deadline)
    }
}

fn write_settings(path: &Path, settings: &Settings) -> Result<(), String> {
    let text_of = |e: &dyn std::fmt::Display| {
        format!("The settings could not be kept ({e}); they count until the window closes. {}", path.display())
    };
    let text = toml::to_string_pretty(settings).map_err(|e| text_of(&e))?;
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| text_of(&e))?;
    write_token(&token_file(path), &settings.live.server_token).map_err(|e| text_of(&e))?;
    write_atomically(path, text.as_bytes()).map_err(|e| text_of(&e))
}

fn token_file(settings: &Path) -> PathBuf {
    settings.with_file_name("server-token")
}

/// Writes the token where it changed; without one there is no file.
fn write_token(path: &Path, token: &Secret) -> Result<(), FolderError> {
    if token == &read_token(path) {
        return Ok(());
    }
    if token.reveal().is_empty() {
        return std::fs::remove_file(path).map_err(|source| FolderError::Io { path: path.to_owned(), source });
    }
    write_privately(path, token.reveal().as_bytes())
}

/// The token of the file; an empty one where there is none.
fn read_token(path: &Path) -> Secret {
    Secret::new(std::fs::read_to_string(path).unwrap_or_default().trim())
}

/// The settings of the file; a message for the user when it was broken and has been set aside.
pub(crate) fn load_settings(file: &SettingsFile) -> (Settings, Option<String>) {
    let Some(path) = &file.path else { return (Settings::default(), None) };
    let Ok(text) = std::fs::read_to_string(path) else { return (Settings::default(), None) };
    match toml::from_str(&text) {
        Ok(settings) => with_token(path, settings),
        Err(error) => (Settings::default(), Some(set_aside(path, &error))),
    }
}

/// The settings with the token of its own file. One that an earlier version left among the settings moves there at once.
fn with_token(path: &Path, mut settings: Settings) -> (Settings, Option<String>) {
    if settings.live.server_token.reveal().is_empty() {
        settings.live.server_token = read_token(&token_file(path));
        return (settings, None);
    }
    let trouble = write_settings(path, &settings).err();
    (settings, trouble)
}

fn set_aside(path: &Path, error: &toml::de::Error) -> String {
    let aside = path.with_extension("broken.toml");
    let kept = recording::rename(path, &aside).is_ok();
    let place = if kept { aside.display().to_string() } else { path.display().to_string() };
    format!(
        "The settings file could not be read and was set aside; everything has its first value again ({}). {place}",
        error.message()
    )
}

/// Held while a window uses the data folder; the system gives it up when the window ends, however it ends.
#[derive(Debug)]
pub(crate) struct DataFolderLock {
    _file: std::fs::File,
}

impl DataFolderLock {
    /// Locks the folder of the settings file. `Err` says that another window holds it; `Ok(None)` that there is no folder, or
    /// that its file system knows no locks, so nothing can be said.
    pub(crate) fn of(settings: Option<&Path>) -> Result<Option<Self>, InUse> {
        let Some(path) = settings.map(|file| file.with_file_name("window.lock")) else { return Ok(None) };
        let _there_already = path.parent().map(std::fs::create_dir_all);
        let Ok(file) = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path) else {
            return Ok(None);
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Err(InUse),
            Err(std::fs::TryLockError::Error(_)) => Ok(None),
        }
    }
}

/// Another window uses the same settings and the same bout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InUse;

/// One fencer as the file spells him.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Fencer {
    name: String,
    score: u16,
    yellow: u8,
    red: u8,
    black: u8,
    passivity: u8,
}

/// The sheet as the file spells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
struct File {
    title: String,
    period: u8,
    clock_secs: f64,
    quiet_secs: f64,
    phrases: u32,
    /// `left`, `right` or nothing.
    priority: String,
    left: Fencer,
    right: Fencer,
}

impl Default for File {
    fn default() -> Self {
        Self::of(&Sheet::default())
    }
}

impl File {
    fn of(sheet: &Sheet) -> Self {
        let fencer = |side: Side| {
            let cards = sheet.cards[side];
            Fencer {
                name: sheet.names[side].clone(),
                score: sheet.score[side],
                yellow: cards.yellow,
                red: cards.red,
                black: cards.black,
                passivity: cards.passivity,
            }
        };
        Self {
            title: sheet.title.clone(),
            period: sheet.period,
            clock_secs: sheet.clock_secs,
            quiet_secs: sheet.quiet_secs,
            phrases: sheet.phrases,
            priority: sheet.priority.map_or_else(String::new, |side| side.as_str().to_owned()),
            left: fencer(Side::Left),
            right: fencer(Side::Right),
        }
    }

    fn sheet(self) -> Sheet {
        let fencers = PerSide::new(self.left, self.right);
        let cards =
            |f: &Fencer| CardTally { yellow: f.yellow, red: f.red, black: f.black, passivity: f.passivity.min(5) };
        let clock_secs = if self.clock_secs.is_finite() { self.clock_secs.clamp(0.0, 3600.0) } else { 0.0 };
        Sheet {
            title: self.title,
            score: fencers.as_ref().map(|f| f.score),
            cards: fencers.as_ref().map(cards),
            names: fencers.map(|f| f.name),
            priority: Side::BOTH.into_iter().find(|side| side.as_str() == self.priority),
            period: self.period.clamp(1, 9),
            clock_secs,
            quiet_secs: if self.quiet_secs.is_finite() { self.quiet_secs.max(0.0) } else { 0.0 },
            phrases: self.phrases,
        }
    }
}

/// Where the bout lies; without a path it lives in memory alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct BoutFile {
    path: Option<PathBuf>,
    newest: NewestFile<Sheet>,
}

impl BoutFile {
    /// Beside the settings file.
    pub(crate) fn beside(settings: Option<&Path>) -> Self {
        Self { path: settings.map(|file| file.with_file_name("bout.toml")), newest: NewestFile::default() }
    }

    /// The bout of the last run.
    pub(crate) fn load(&self) -> Sheet {
        let text = self.path.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        toml::from_str::<File>(&text).unwrap_or_default().sheet()
    }

    /// Writes the sheet in the background, the newest last.
    pub(crate) fn save(&self, sheet: Sheet, events: &EventSender) -> Option<Event> {
        let path = self.path.clone()?;
        self.newest.save("bout-writer", sheet, events, move |sheet| write_bout(&path, sheet))
    }

    /// Waits until it is written, or until `deadline`; whether it is.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        self.newest.finish(deadline)
    }
}

/// The referee's calls of clips, each kept with its clip, the newest last.
#[derive(Clone, Debug, Default)]
pub(super) struct CallFiles {
    calls: NewestFile<Vec<KeptCall>>,
}

impl CallFiles {
    /// Writes a call in the background.
    pub(super) fn keep(&self, call: KeptCall, events: &EventSender) -> Option<Event> {
        let add = |waiting: Option<Vec<KeptCall>>| {
            let mut calls = waiting.unwrap_or_default();
            // A person who changes a call several times while a disk hangs: the last one counts.
            calls.retain(|other| other.clip != call.clip);
            calls.push(call);
            calls
        };
        self.calls.change("call-writer", add, events, |calls| {
            let failures: Vec<String> = calls.iter().filter_map(|call| write_call(call).err()).collect();
            if failures.is_empty() { Ok(()) } else { Err(failures.join(" ")) }
        })
    }

    /// Waits until they are written, or until `deadline`; whether they are.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        self.calls.finish(deadline)
    }
}

fn write_call(kept: &KeptCall) -> Result<(), String> {
    let call = kept.call.as_str();
    let change = |notes: &mut PhraseNotes| {
        if notes.own_call.as_deref() != Some(call) {
            (notes.own_call, notes.own_call_first) = (Some(call.to_owned()), kept.first);
        }
    };
    PhraseNotes::change_of(&kept.clip, change)
        .map_err(|error| format!("The call could not be kept with its clip: {error}"))
}

fn write_bout(path: &Path, sheet: &Sheet) -> Result<(), String> {
    let text_of = |e: &dyn std::fmt::Display| {
        format!("The bout could not be kept ({e}); it counts until the window closes. {}", path.display())
    };
    let text = toml::to_string_pretty(&File::of(sheet)).map_err(|e| text_of(&e))?;
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| text_of(&e))?;
    recording::write_atomically(path, text.as_bytes()).map_err(|e| text_of(&e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    #[test]
    fn a_window_that_closes_waits_for_the_last_change() {
        let (events, _receiver) = EventSender::channel(Arc::new(|| ()));
        let file = NewestFile::default();
        let written = Arc::new(Mutex::new(Vec::new()));
        let (go, gate) = crossbeam_channel::bounded::<()>(8);
        let kept = Arc::clone(&written);
        let write = move |value: &u32| {
            gate.recv().map_err(|e| e.to_string())?;
            kept.lock().push(*value);
            Ok(())
        };
        file.save("test-writer", 1, &events, write);
        assert!(!file.finish(Instant::now()), "a disk that hangs is not waited for");
        file.save("test-writer", 2, &events, |_| unreachable!("the first writer takes it"));
        (0..4).for_each(|_| go.send(()).unwrap());
        assert!(file.finish(soon()));
        assert_eq!(written.lock().last(), Some(&2));
    }

    #[test]
    fn a_writer_that_died_is_followed_by_another() {
        let (events, _receiver) = EventSender::channel(Arc::new(|| ()));
        let file = NewestFile::default();
        file.save("test-writer", 1, &events, |_: &u32| panic!("on purpose"));
        assert!(file.finish(soon()));
        let (tell, told) = crossbeam_channel::bounded(1);
        file.save("test-writer", 2, &events, move |value| tell.send(*value).map_err(|e| e.to_string()));
        assert_eq!(told.recv_timeout(Duration::from_secs(30)), Ok(2));
    }
}

#[cfg(test)]
mod settings_tests {
    use super::*;

    #[test]
    fn a_broken_file_is_set_aside_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, "theme = [[[").unwrap();
        let (settings, message) = load_settings(&SettingsFile::at(Some(path.clone())));
        assert_eq!(settings, Settings::default());
        assert!(message.unwrap().contains("broken.toml") && !path.exists());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/settings.toml");
        let settings = Settings { min_confidence: 0.8, ..Settings::default() };
        write_settings(&path, &settings).unwrap();
        assert_eq!(load_settings(&SettingsFile::at(Some(path))), (settings, None));
    }

    fn with_token_of(token: &str) -> Settings {
        let mut settings = Settings::default();
        settings.live.server_token = Secret::new(token);
        settings
    }

    /// Whether anybody but the owner may read the file.
    #[cfg(unix)]
    fn is_private(path: &Path) -> bool {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
    }

    #[cfg(not(unix))]
    fn is_private(path: &Path) -> bool {
        path.exists()
    }

    #[test]
    fn the_token_lies_in_a_file_of_its_owner_and_goes_when_it_is_emptied() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("window.toml");
        let file = SettingsFile::at(Some(path.clone()));
        for token in ["open-sesame", "another-one"] {
            let settings = with_token_of(token);
            write_settings(&path, &settings).unwrap();
            assert!(!std::fs::read_to_string(&path).unwrap().contains(token));
            assert!(is_private(&dir.path().join("server-token")));
            assert_eq!(load_settings(&file), (settings.clone(), None));
            assert!(!format!("{settings:?} {:?}", settings.live.server()).contains(token), "a log would show it");
        }
        write_settings(&path, &Settings::default()).unwrap();
        assert_eq!(load_settings(&file), (Settings::default(), None));
        assert!(!dir.path().join("server-token").exists());
    }

    #[test]
    fn a_token_among_the_settings_of_an_earlier_version_moves_at_the_first_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("window.toml");
        std::fs::write(&path, "theme = 'light'\n[live]\nserver_token = 'open-sesame'\n").unwrap();
        let (settings, trouble) = load_settings(&SettingsFile::at(Some(path.clone())));
        assert_eq!((settings.live.server_token.reveal(), trouble), ("open-sesame", None));
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept.contains("light") && !kept.contains("sesame"), "{kept}");
        assert!(is_private(&dir.path().join("server-token")));
    }
}

#[cfg(test)]
mod bout_tests {
    use super::*;

    #[test]
    fn a_bout_comes_back_and_a_broken_file_is_an_empty_sheet() {
        let dir = tempfile::tempdir().unwrap();
        let file = BoutFile::beside(Some(&dir.path().join("window.toml")));
        assert_eq!(file.load(), Sheet::default());
        let mut sheet = Sheet { priority: Some(Side::Right), clock_secs: 12.5, ..Sheet::default() };
        sheet.names.left = "Rossi".into();
        sheet.score.right = 4;
        sheet.cards.left.red = 1;
        write_bout(file.path.as_ref().unwrap(), &sheet).unwrap();
        assert_eq!(file.load(), sheet);
        std::fs::write(file.path.as_ref().unwrap(), "score = [[[").unwrap();
        assert_eq!(file.load(), Sheet::default());
    }
}

#[cfg(test)]
mod lock_tests {
    use super::*;

    #[test]
    fn a_second_window_on_one_data_folder_is_noticed_and_a_closed_one_leaves_it_free() {
        let dir = tempfile::tempdir().unwrap();
        let settings = dir.path().join("window.toml");
        let first = DataFolderLock::of(Some(&settings)).unwrap();
        assert!(first.is_some());
        assert_eq!(DataFolderLock::of(Some(&settings)).err(), Some(InUse));
        drop(first);
        assert!(DataFolderLock::of(Some(&settings)).is_ok());
        assert!(DataFolderLock::of(None).unwrap().is_none(), "settings in memory alone are nobody else's");
    }
}
