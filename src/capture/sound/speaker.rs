//! Plays cues and the buzzer on a thread of its own, which opens a device when there is something to play. Without a device the
//! requests are dropped, and callers never wait.

use super::device::CpalOutputs;
use super::mixer::Mixer;
use super::{Cue, SoundSettings};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use parking_lot::Mutex;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vision::video::spawn_worker;

/// Capacity of the request queue; further requests are dropped.
const QUEUE: usize = 32;
/// Pause after a device refused.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Idle time after which the device is closed.
const CLOSE_AFTER: Duration = Duration::from_secs(20);

/// Opens output devices: cpal's, or a test's.
pub(super) trait Outputs: Send + 'static {
    /// Opens a device that plays what `mixer` makes for its sample rate, until the returned value is dropped. Sets `lost` when the
    /// device is gone.
    fn open(
        &self,
        name: Option<&str>,
        mixer: &dyn Fn(u32) -> Arc<Mutex<Mixer>>,
        lost: Arc<AtomicBool>,
    ) -> Result<Box<dyn Any>, String>;
}

enum Request {
    Set(SoundSettings),
    Say(Cue),
    Buzz,
    Hush,
}

/// Handle of the speaker thread. Its methods never wait.
#[derive(Debug)]
pub struct Speaker {
    requests: Option<Sender<Request>>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Speaker {
    /// Starts the thread; a device is opened when there is something to play.
    pub fn start(settings: SoundSettings) -> Self {
        Self::start_on(CpalOutputs, settings)
    }

    fn start_on(outputs: impl Outputs, settings: SoundSettings) -> Self {
        let (requests, received) = bounded(QUEUE);
        let trouble = Arc::new(Mutex::new(None));
        let reported = Arc::clone(&trouble);
        let work = move || {
            SpeakerThread { outputs, settings, trouble: reported, playing: None, refused_at: None }.work(&received);
        };
        let defect = trouble.clone();
        let on_panic = move || {
            let text = "sounds are not played any more because of a defect in the program; open it again";
            *defect.lock() = Some(text.into());
        };
        match spawn_worker("sound", on_panic, work) {
            Ok(_) => Self { requests: Some(requests), trouble },
            Err(error) => {
                *trouble.lock() = Some(format!("sounds cannot be played: {error}"));
                Self { requests: None, trouble }
            }
        }
    }

    /// Changes the settings.
    pub fn set(&self, settings: SoundSettings) {
        self.send(Request::Set(settings));
    }

    /// Plays a cue, if cues are on.
    pub fn say(&self, cue: Cue) {
        self.send(Request::Say(cue));
    }

    /// Sounds the buzzer until [`hush`](Self::hush), ten seconds at most, if it is on.
    pub fn buzz(&self) {
        self.send(Request::Buzz);
    }

    /// Stops the buzzer.
    pub fn hush(&self) {
        self.send(Request::Hush);
    }

    /// Why there was no sound the last time, as a full sentence; `None` without a problem.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().clone()
    }

    fn send(&self, request: Request) {
        if let Some(requests) = &self.requests {
            let _ = requests.try_send(request);
        }
    }
}

/// An open device.
struct OpenDevice {
    mixer: Arc<Mutex<Mixer>>,
    lost: Arc<AtomicBool>,
    last_used_at: Instant,
    _stream: Box<dyn Any>,
}

struct SpeakerThread<O> {
    outputs: O,
    settings: SoundSettings,
    trouble: Arc<Mutex<Option<String>>>,
    playing: Option<OpenDevice>,
    refused_at: Option<Instant>,
}

impl<O: Outputs> SpeakerThread<O> {
    fn work(mut self, requests: &Receiver<Request>) {
        loop {
            match requests.recv_timeout(Duration::from_millis(500)) {
                Ok(request) => self.take(request),
                Err(RecvTimeoutError::Timeout) => self.close_if_idle(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Set(settings) => self.set(settings),
            Request::Say(cue) if self.settings.cues => self.with_mixer(|mixer| mixer.say(cue)),
            Request::Buzz if self.settings.buzzer => self.with_mixer(Mixer::buzz),
            Request::Hush => drop(self.playing.as_ref().map(|playing| playing.mixer.lock().hush())),
            Request::Say(_) | Request::Buzz => {}
        }
    }

    fn set(&mut self, settings: SoundSettings) {
        if settings.output != self.settings.output {
            (self.playing, self.refused_at) = (None, None);
        }
        if let Some(playing) = &self.playing {
            playing.mixer.lock().set(settings.clone());
        }
        self.settings = settings;
    }

    fn with_mixer(&mut self, act: impl FnOnce(&mut Mixer)) {
        if self.settings.volume > 0.0
            && self.open()
            && let Some(playing) = &mut self.playing
        {
            playing.last_used_at = Instant::now();
            act(&mut playing.mixer.lock());
        }
    }

    /// Ensures that a device is open; `false` when there is none.
    fn open(&mut self) -> bool {
        if self.playing.as_ref().is_some_and(|p| !p.lost.load(Ordering::Relaxed)) {
            return true;
        }
        self.playing = None;
        if self.refused_at.is_some_and(|at| at.elapsed() < RETRY_AFTER) {
            return false;
        }
        let lost = Arc::new(AtomicBool::new(false));
        let made = Mutex::new(None);
        let settings = self.settings.clone();
        let make = |rate| {
            let mixer = Arc::new(Mutex::new(Mixer::new(rate, settings.clone())));
            made.lock().get_or_insert(mixer).clone()
        };
        let opened = self.outputs.open(self.settings.output.as_deref(), &make, lost.clone());
        let trouble = match (opened, made.into_inner()) {
            (Ok(stream), Some(mixer)) => {
                self.playing = Some(OpenDevice { mixer, lost, last_used_at: Instant::now(), _stream: stream });
                None
            }
            (Ok(_), None) => Some("the sound device takes no sound".to_owned()),
            (Err(text), _) => Some(text),
        };
        self.refused_at = trouble.as_ref().map(|_| Instant::now());
        *self.trouble.lock() = trouble;
        self.playing.is_some()
    }

    fn close_if_idle(&mut self) {
        let unused = |p: &OpenDevice| p.last_used_at.elapsed() > CLOSE_AFTER && p.mixer.lock().is_quiet();
        if self.playing.as_ref().is_some_and(unused) {
            self.playing = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands its mixer to the test instead of a device.
    struct MixerTap(Sender<Arc<Mutex<Mixer>>>);

    impl Outputs for MixerTap {
        fn open(
            &self,
            name: Option<&str>,
            mixer: &dyn Fn(u32) -> Arc<Mutex<Mixer>>,
            _: Arc<AtomicBool>,
        ) -> Result<Box<dyn Any>, String> {
            if name == Some("broken") {
                return Err("the sound device is broken".into());
            }
            self.0.send(mixer(8_000)).map_err(|e| e.to_string())?;
            Ok(Box::new(()))
        }
    }

    fn loudest(mixer: &Mutex<Mixer>) -> f32 {
        let mut out = vec![0.0; 800];
        mixer.lock().fill(&mut out, 1);
        out.iter().fold(0.0, |most: f32, s| most.max(s.abs()))
    }

    fn until(mut condition: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !condition() {
            assert!(Instant::now() < deadline, "waited in vain");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn a_device_is_opened_for_the_first_sound_and_hears_what_is_ordered() {
        let (opened, devices) = bounded(8);
        let speaker = Speaker::start_on(MixerTap(opened), SoundSettings::default());
        speaker.hush();
        assert!(devices.recv_timeout(Duration::from_millis(50)).is_err());
        speaker.buzz();
        let mixer = devices.recv_timeout(Duration::from_secs(20)).unwrap();
        until(|| loudest(&mixer) > 0.1);
        speaker.hush();
        until(|| loudest(&mixer) == 0.0);
        speaker.say(Cue::Halt);
        until(|| loudest(&mixer) > 0.1);
        assert!(devices.is_empty() && speaker.trouble().is_none());
    }

    #[test]
    fn a_device_that_refuses_is_silence_and_a_sentence() {
        let (opened, devices) = bounded(8);
        let settings = SoundSettings { output: Some("broken".into()), ..SoundSettings::default() };
        let speaker = Speaker::start_on(MixerTap(opened), settings.clone());
        (0..1_000).for_each(|_| speaker.buzz());
        until(|| speaker.trouble().is_some());
        until(|| {
            speaker.set(SoundSettings { output: None, ..settings.clone() });
            speaker.say(Cue::Begin);
            speaker.trouble().is_none()
        });
        until(|| !devices.is_empty());
    }
}
