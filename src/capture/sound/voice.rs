//! Speaks the call through the system's speech program: one sentence at a time, asynchronously, cut off when the next one begins.
//!
//! Hides which programs exist and how each is called. The text is passed as one argument (for PowerShell in an environment
//! variable), never through a shell.

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use vision::video::{guarded, spawn_worker};

/// Capacity of the request queue; further requests are dropped.
const QUEUE: usize = 8;
/// Polling interval of a running speech program.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Script for Windows. Everything variable is passed in environment variables, so that no text can become a command.
const POWERSHELL: &str = "Add-Type -AssemblyName System.Speech; \
    $voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; \
    try { $voice.SelectVoiceByHints('NotSet', 'NotSet', 0, \
    [Globalization.CultureInfo]::GetCultureInfo($env:REFEREE_VOICE_LANGUAGE)) } catch {}; \
    $voice.Volume = [int]$env:REFEREE_VOICE_LOUDNESS; $voice.Speak($env:REFEREE_VOICE_TEXT)";

/// Command line syntax of a speech program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallSyntax {
    Say,
    Espeak,
    SpeechDispatcher,
    PowerShell,
}

/// Known programs, the most controllable first. eSpeak comes before speech-dispatcher because it falls silent when it is killed,
/// while the dispatcher must be asked to stop.
const KNOWN: [(&str, CallSyntax); 6] = [
    ("say", CallSyntax::Say),
    ("espeak-ng", CallSyntax::Espeak),
    ("espeak", CallSyntax::Espeak),
    ("spd-say", CallSyntax::SpeechDispatcher),
    ("powershell", CallSyntax::PowerShell),
    ("pwsh", CallSyntax::PowerShell),
];

/// A speech program of this system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeechProgram {
    name: &'static str,
    path: PathBuf,
    syntax: CallSyntax,
}

impl SpeechProgram {
    /// The first known program that `look_up` finds. PowerShell counts on Windows only, `say` on macOS only: elsewhere these names
    /// mean something else.
    pub fn find(look_up: impl Fn(&str) -> Option<PathBuf>) -> Option<Self> {
        let fits = |syntax: CallSyntax| match syntax {
            CallSyntax::Say => cfg!(target_os = "macos"),
            CallSyntax::PowerShell => cfg!(windows),
            CallSyntax::Espeak | CallSyntax::SpeechDispatcher => true,
        };
        let mut known = KNOWN.into_iter().filter(|(_, syntax)| fits(*syntax));
        known.find_map(|(name, syntax)| look_up(name).map(|path| Self { name, path, syntax }))
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Path of its executable.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The command that speaks a sentence and exits at its end.
    fn speaking(&self, sentence: &Sentence) -> Command {
        let share = if sentence.volume.is_finite() { sentence.volume.clamp(0.0, 1.0) } else { 0.0 };
        let percent = (share * 100.0).round();
        let mut command = Command::new(&self.path);
        match self.syntax {
            CallSyntax::Say => {
                command.args(["-v", mac_voice(sentence.language)]);
                command.arg("--").arg(format!("[[volm {share:.2}]] {}", sentence.text));
            }
            CallSyntax::Espeak => {
                let voice = if sentence.language == "zh" { "cmn" } else { sentence.language };
                command.args(["-v", voice, "-a", &(percent * 2.0).to_string(), "--", &sentence.text]);
            }
            CallSyntax::SpeechDispatcher => {
                let loudness = (percent * 2.0 - 100.0).to_string();
                command.args(["--wait", "--language", sentence.language, "--volume", &loudness, "--", &sentence.text]);
            }
            CallSyntax::PowerShell => {
                command.args(["-NoProfile", "-NonInteractive", "-Command", POWERSHELL]);
                command.env("REFEREE_VOICE_TEXT", &sentence.text).env("REFEREE_VOICE_LANGUAGE", sentence.language);
                command.env("REFEREE_VOICE_LOUDNESS", percent.to_string());
            }
        }
        without_io(&mut command);
        command
    }

    /// The command that has to run, besides killing the program, to stop the speech.
    fn silencing(&self) -> Option<Command> {
        let mut command = (self.syntax == CallSyntax::SpeechDispatcher).then(|| Command::new(&self.path))?;
        command.arg("--stop");
        without_io(&mut command);
        Some(command)
    }
}

/// The voice that macOS ships for a language.
fn mac_voice(language: &str) -> &'static str {
    match language {
        "fr" => "Thomas",
        "it" => "Alice",
        "es" => "Mónica",
        "de" => "Anna",
        "zh" => "Tingting",
        _ => "Samantha",
    }
}

/// Redirects input and output to null, and opens no window.
fn without_io(command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(command, 0x0800_0000);
}

/// A sentence to speak.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// Its text.
    pub text: String,
    /// Language code: `en`, `fr`, ...
    pub language: &'static str,
    /// 0 (silent) to 1.
    pub volume: f32,
}

enum Request {
    Say(Sentence),
    Hush,
}

/// Handle of the speech thread. Its methods never wait; dropping it stops the speech.
#[derive(Debug)]
pub struct Voice {
    program: SpeechProgram,
    requests: Sender<Request>,
}

impl Voice {
    /// Starts the thread; no program runs before there is something to speak. Calls `trouble` with a full sentence when the program
    /// cannot be run or fails.
    pub fn start(program: SpeechProgram, trouble: impl Fn(String) + Send + 'static) -> std::io::Result<Self> {
        let (requests, received) = bounded(QUEUE);
        let speaker = SpeechThread { program: program.clone(), child: None, trouble: Box::new(trouble) };
        spawn_worker("voice", || (), move || speaker.work(&received))?;
        Ok(Self { program, requests })
    }

    /// The speech program.
    pub fn program(&self) -> &SpeechProgram {
        &self.program
    }

    /// Speaks a sentence and cuts off the one that is being spoken.
    pub fn say(&self, sentence: Sentence) {
        let _full = self.requests.try_send(Request::Say(sentence));
    }

    /// Stops the speech.
    pub fn hush(&self) {
        let _full = self.requests.try_send(Request::Hush);
    }
}

/// State of the speech thread.
struct SpeechThread {
    program: SpeechProgram,
    child: Option<Child>,
    trouble: Box<dyn Fn(String) + Send>,
}

impl SpeechThread {
    fn work(mut self, requests: &Receiver<Request>) {
        loop {
            let request = match self.child {
                Some(_) => requests.recv_timeout(POLL_INTERVAL),
                None => requests.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            if matches!(request, Err(RecvTimeoutError::Disconnected)) {
                return self.hush();
            }
            let step = || match request {
                Ok(Request::Say(sentence)) => self.say(&sentence),
                Ok(Request::Hush) => self.hush(),
                Err(_) => self.check_exit(),
            };
            if guarded("voice", step).is_none() {
                self.child = None;
                self.report("a defect in the program");
            }
        }
    }

    fn say(&mut self, sentence: &Sentence) {
        self.hush();
        match self.program.speaking(sentence).spawn() {
            Ok(child) => self.child = Some(child),
            Err(error) => self.report(&error.to_string()),
        }
    }

    fn hush(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        // Both fail only for a program that has already exited.
        let _ = child.kill();
        let _ = child.wait();
        if let Some(mut silencing) = self.program.silencing() {
            let _ = silencing.status();
        }
    }

    /// Checks whether the program has exited.
    fn check_exit(&mut self) {
        let ended = self.child.as_mut().map(Child::try_wait);
        match ended {
            Some(Ok(None)) | None => return,
            Some(Ok(Some(status))) if ExitStatus::success(&status) => {}
            Some(Ok(Some(status))) => self.report(&status.to_string()),
            Some(Err(error)) => self.report(&error.to_string()),
        }
        self.child = None;
    }

    fn report(&self, why: &str) {
        (self.trouble)(format!(
            "The call could not be spoken ({why}). Try the speech program by itself, or switch the voice off in the \
             settings: {}",
            self.program.path.display()
        ));
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Instant;

    /// A program that writes its arguments, a line each, into `said.<its pid>`, then runs the given script.
    fn fake(folder: &Path, name: &str, then: &str) -> PathBuf {
        let path = folder.join(name);
        let folder = folder.display();
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{folder}/part'; mv '{folder}/part' \"{folder}/said.$$\"\n{then}\n"
        );
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn found(folder: &Path, name: &'static str, then: &str) -> SpeechProgram {
        let path = fake(folder, name, then);
        SpeechProgram::find(|wanted| (wanted == name).then(|| path.clone())).unwrap()
    }

    fn sentence(text: &str) -> Sentence {
        Sentence { text: text.into(), language: "de", volume: 0.7 }
    }

    /// Process ids and arguments of everything started so far.
    fn started(folder: &Path) -> Vec<(u32, Vec<String>)> {
        let files = std::fs::read_dir(folder).unwrap().filter_map(Result::ok).map(|e| e.path());
        let sentences = files.filter_map(|path| {
            let pid = path.file_name()?.to_str()?.strip_prefix("said.")?.parse().ok()?;
            Some((pid, std::fs::read_to_string(&path).ok()?.lines().map(str::to_owned).collect()))
        });
        sentences.collect()
    }

    fn until(what: &str, mut condition: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !condition() {
            assert!(Instant::now() < deadline, "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn runs(pid: u32) -> bool {
        Path::new(&format!("/proc/{pid}")).exists()
    }

    #[test]
    fn a_text_arrives_as_one_argument_whatever_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let voice = Voice::start(found(folder.path(), "espeak-ng", ""), |_| {}).unwrap();
        let text = "Säbel; touch 'pwned' $(touch pwned) \"left\" && `x` -v";
        voice.say(sentence(text));
        until("the sentence", || !started(folder.path()).is_empty());
        assert_eq!(started(folder.path())[0].1, ["-v", "de", "-a", "140", "--", text]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn one_sentence_at_a_time_and_silence_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let voice = Voice::start(found(folder.path(), "espeak-ng", "exec sleep 60"), |_| {}).unwrap();
        voice.say(sentence("one"));
        until("the first", || started(folder.path()).len() == 1);
        let first = started(folder.path())[0].0;
        voice.say(sentence("two"));
        until("the second", || started(folder.path()).len() == 2);
        let second = started(folder.path()).into_iter().map(|(pid, _)| pid).find(|pid| *pid != first).unwrap();
        assert!(!runs(first) && runs(second), "the first was cut short");
        voice.hush();
        until("silence", || !runs(second));
        voice.say(sentence("three"));
        until("the third", || started(folder.path()).len() == 3);
        let pids: Vec<u32> = started(folder.path()).into_iter().map(|(pid, _)| pid).collect();
        drop(voice);
        until("the end", || pids.iter().all(|pid| !runs(*pid)));
    }

    #[test]
    fn a_dispatcher_is_asked_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let then = "case \"$1\" in --stop) ;; *) exec sleep 60 ;; esac";
        let voice = Voice::start(found(folder.path(), "spd-say", then), |_| {}).unwrap();
        voice.say(sentence("eins"));
        until("the sentence", || started(folder.path()).len() == 1);
        let words = ["--wait", "--language", "de", "--volume", "40", "--", "eins"];
        assert_eq!(started(folder.path())[0].1, words);
        voice.hush();
        until("the stop", || started(folder.path()).iter().any(|(_, args)| args == &["--stop"]));
    }

    #[test]
    fn a_program_that_fails_or_is_gone_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        for (program, gone) in [("espeak", false), ("espeak-ng", true)] {
            let program = found(folder.path(), program, "exit 3");
            if gone {
                std::fs::remove_file(program.path()).unwrap();
            }
            let (report, trouble) = bounded(4);
            let voice = Voice::start(program, move |text| drop(report.try_send(text))).unwrap();
            voice.say(sentence("x"));
            let text = trouble.recv_timeout(Duration::from_secs(20)).unwrap();
            assert!(text.contains("switch the voice off") && text.contains("espeak"), "{text}");
        }
    }

    #[test]
    fn the_program_that_obeys_best_is_taken_and_none_is_none() {
        let name = |there: &[&str]| {
            let look_up = |name: &str| there.contains(&name).then(|| PathBuf::from("/bin").join(name));
            SpeechProgram::find(look_up).map(|program| program.name())
        };
        assert_eq!(name(&["spd-say", "espeak-ng", "pwsh"]), Some("espeak-ng"));
        assert_eq!(name(&["spd-say"]), Some("spd-say"));
        assert_eq!(name(&[]), None);
    }

    #[test]
    fn every_language_is_named_as_the_program_knows_it() {
        let espeak = SpeechProgram { name: "espeak-ng", path: "e".into(), syntax: CallSyntax::Espeak };
        let voice_of = |language: &'static str| {
            let command = espeak.speaking(&Sentence { language, ..sentence("x") });
            command.get_args().nth(1).unwrap().to_string_lossy().into_owned()
        };
        assert_eq!((voice_of("zh"), voice_of("it")), ("cmn".to_owned(), "it".to_owned()));
        let silent = espeak.speaking(&Sentence { volume: f32::NAN, ..sentence("x") });
        assert_eq!(silent.get_args().nth(3).unwrap(), "0");
        let windows = SpeechProgram { syntax: CallSyntax::PowerShell, ..espeak };
        let command = windows.speaking(&sentence("'; Remove-Item x"));
        assert!(command.get_args().all(|arg| !arg.to_string_lossy().contains("Remove-Item")));
    }
}
