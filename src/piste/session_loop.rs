//! The session loop: one thread that receives frames, signals, commands and the events of recorder and judges, and waits for
//! all of them at once.
//!
//! No step takes long: frames are passed on unchanged, and decoding, judging and writing have threads of their own. It sends
//! [`Event`]s and publishes [`Status`].

use super::artifacts::{Artifact, artifacts_of, clip_in, logged_beside, merge, request_for};
use super::devices::{Devices, Workers};
use super::handle::{Channels, Request};
use super::judge_event::{JudgeEvent, JudgeEventKind, JudgeEventSender};
use super::live_judge::{Conclusion, LiveJudge};
use super::phrase_job::{PhraseJob, PhraseJobs, Progress, with_lamps};
use super::recording_judge::FromRecording;
use super::running_phrase::{AwaitedFrames, Ending, RunningPhrase, wall_clock};
use super::server_judge::{ServerPhrase, send_to_server};
use super::state_machine::{PhraseAction, PhraseStateMachine, PhraseTimings, Stage};
use super::{CameraChoice, Command, EngineSource, Event, JudgedBy, Phase, PisteSettings, ServerChoice, Status};
use apparatus::{ApparatusEvent, Command as BoxCommand, CompletedPhrase, Fact};
use capture::camera::CapturedFrame;
use capture::recorder::{RecorderEvent, SavedPhrase};
use crossbeam_channel::{Receiver, Sender, bounded, select};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, SignalEvent, SignalKind};
use recording::PhraseNotes;
use records::analysis::{ClipRequest, ClipSignals};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vision::engine::{PhraseSignals, SignalClock};
use vision::video::spawn_worker;

/// Longest interval between two ticks; the trigger needs one every few hundredths of a second.
const TICK: Duration = Duration::from_millis(10);
/// Capacity of the queues of judges' events and of problems.
const WAITING_EVENTS: usize = 256;

/// Longest delay between exposure and time stamp of a camera's frame, in seconds: exposure, readout and cable of an
/// ordinary USB camera take one to three frames at 60 fps.
const CAMERA_DELAY_SECS: f64 = 0.05;
/// Frame rate announced to a server for a camera whose rate has not been measured yet.
const DEFAULT_FPS: f64 = 30.0;
/// Largest difference between the zeros of recorder and judge that still means the same first frame, in seconds.
const SAME_ZERO_SECS: f64 = 0.001;

/// The session loop.
pub(crate) struct SessionLoop {
    settings: PisteSettings,
    channels: Channels,
    devices: Devices,
    machine: PhraseStateMachine,
    running: Option<RunningPhrase>,
    jobs: PhraseJobs,
    lamps: PerSide<Lamp>,
    judge_events: (Sender<JudgeEvent>, Receiver<JudgeEvent>),
    troubles: (Sender<String>, Receiver<String>),
    phrases: u64,
    /// Longest time that one step took, in seconds.
    longest_step_secs: f64,
}

/// Whether the session loop continues.
#[derive(PartialEq, Eq)]
enum LoopControl {
    Continue,
    Stop,
    Close,
}

impl SessionLoop {
    /// Opens all devices and starts the thread.
    pub(crate) fn start(
        settings: PisteSettings,
        engine: EngineSource,
        channels: Channels,
    ) -> std::io::Result<JoinHandle<()>> {
        let (judge_events, troubles) = (bounded(WAITING_EVENTS), bounded(WAITING_EVENTS));
        let workers = Workers::start(engine, &channels, troubles.0.clone())?;
        let on_panic = channels.on_panic();
        spawn_worker("piste-session", on_panic, move || {
            let (devices, could_not_open) = Devices::open(&settings, &channels, workers);
            let machine = PhraseStateMachine::new(phrase_timings(&settings), channels.clock.now());
            let session = Self {
                settings,
                channels,
                devices,
                machine,
                running: None,
                jobs: PhraseJobs::default(),
                lamps: PerSide::default(),
                judge_events,
                troubles,
                phrases: 0,
                longest_step_secs: 0.0,
            };
            session.run(could_not_open);
        })
    }

    fn run(mut self, troubles: Vec<String>) {
        for text in troubles {
            self.trouble(text);
        }
        self.look_for_lamps();
        self.show();
        let end = loop {
            let (control, began) = self.step();
            if control != LoopControl::Continue {
                break control;
            }
            self.due();
            self.longest_step_secs = self.longest_step_secs.max(began.elapsed().as_secs_f64());
            self.show();
        };
        self.keep_running_phrase();
        if end == LoopControl::Close {
            self.devices.recording.close();
            self.devices.artifacts.close();
        }
    }

    /// Handles the next message; returns when its handling began.
    fn step(&mut self) -> (LoopControl, Instant) {
        let apparatus = self.devices.sources.events();
        let frames = self.devices.cameras.frames();
        let recorder_event = self.devices.recording.events();
        select! {
            recv(self.channels.requests) -> request => return match request {
                Ok(Request::Do(command)) => timed(|| self.run_command(command)),
                Ok(Request::LoadEngine(source)) => timed(|| self.load_engine(source)),
                Ok(Request::Close) => (LoopControl::Close, Instant::now()),
                Ok(Request::Stop) | Err(_) => (LoopControl::Stop, Instant::now()),
            },
            recv(apparatus) -> event => return timed(|| match event {
                Ok(event) => self.on_signal(&event),
                Err(_) => self.devices.sources.ended(),
            }),
            recv(frames) -> frame => return timed(|| match frame {
                Ok(frame) => self.frame(&frame),
                Err(_) => self.devices.cameras.ended(),
            }),
            recv(self.channels.lamps) -> lamp => if let Ok(lamp) = lamp { self.devices.sources.seen(lamp); },
            recv(self.judge_events.1) -> event => return timed(|| if let Ok(event) = event { self.judge_event(event); }),
            recv(self.troubles.1) -> text => if let Ok(text) = text { self.trouble(text); },
            recv(recorder_event) -> event => return timed(|| match event {
                Ok(event) => self.recorder_event(event),
                Err(_) => self.recorder_lost(),
            }),
            default(TICK) => {}
        }
        (LoopControl::Continue, Instant::now())
    }

    /// Does everything that is due by now.
    fn due(&mut self) {
        let actions = self.machine.tick(self.now());
        self.perform(actions);
        self.check_awaited_frames();
        self.keep_analyzer_open();
        let live_first = self.awaits_first_verdict();
        self.devices.recording_judge.live_goes_first(live_first);
    }

    /// Whether lamps are lit or the lockout is over while this machine's first verdict is still missing.
    fn awaits_first_verdict(&mut self) -> bool {
        match &self.running {
            Some(running) => self.machine.stage() == Stage::Ending && running.first_verdict.is_none(),
            None => self.jobs.latest().is_some_and(|job| {
                job.judge.is_some() && job.rejudging.is_none() && matches!(job.progress, Progress::Judging { .. })
            }),
        }
    }

    fn now(&self) -> fencing::time::Timestamp {
        self.channels.clock.now()
    }

    fn keep_analyzer_open(&mut self) {
        self.devices.keep_analyzer_open(&self.settings, &self.channels, self.running.is_some());
    }

    /// Sends an event. If the queue is full, this event is lost.
    fn send_event(&self, event: Event) {
        if self.channels.events.try_send(event).is_err() {
            tracing::warn!("the event queue is full; an event is lost");
        }
        (self.channels.wake)();
    }

    fn trouble(&self, text: String) {
        self.send_event(Event::Trouble(text));
    }

    fn look_for_lamps(&self) {
        self.channels.preview_worker.look_for_lamps(self.devices.sources.looks_for_lamps());
    }

    fn run_command(&mut self, command: Command) {
        match command {
            Command::Start => {
                self.devices.sources.command(BoxCommand::StartPhrase);
                let actions = self.machine.start(self.now());
                self.perform(actions);
            }
            Command::Halt => {
                let actions = self.machine.halt(self.now());
                self.perform(actions);
            }
            Command::Cancel => self.cancel(),
            Command::Signal(kind) => {
                let events = self.devices.sources.press(kind);
                self.on_signals(&events);
            }
            Command::CorrectLamps(lit) => self.correct_lamps(lit),
            Command::JudgeHere(folder) => self.judge_here(&folder),
            Command::Annotate(folder, notes) => self.annotate(folder, *notes),
            Command::Set(settings) => self.set(*settings),
        }
    }

    /// Drops the running phrase, or cancels the judging of the last one.
    fn cancel(&mut self) {
        if self.machine.stage() != Stage::Ready {
            self.devices.sources.command(BoxCommand::CancelPhrase);
            let actions = self.machine.cancel(self.now());
            return self.perform(actions);
        }
        let Some(job) = self.jobs.latest().filter(|c| matches!(c.progress, Progress::Judging { .. })) else { return };
        job.cancel();
        job.progress = Progress::Unjudged;
        self.send_event(Event::Cancelled);
    }

    fn correct_lamps(&mut self, lit: PerSide<Lamp>) {
        let Some(job) = self.jobs.latest() else { return };
        self.lamps = lit;
        job.cancel();
        job.signals = with_lamps(&job.signals, lit, job.until.secs_since(job.zero));
        let id = job.id;
        if !job.is_settled {
            // Still being written: the phrase is judged from the recording once that is complete.
            job.progress = Progress::Judging { stage: "stage-opening", share: 0.0 };
            return;
        }
        if let Some(artifact) = job.log_artifact() {
            self.write(artifact);
        }
        self.judge_from_recording(id);
    }

    fn judge_here(&mut self, folder: &Path) {
        match self.jobs.by_folder(folder).map(|job| job.id) {
            Some(id) => self.judge_from_recording(id),
            None => self.judge_folder(folder),
        }
    }

    fn annotate(&self, folder: PathBuf, notes: PhraseNotes) {
        self.write(Artifact::Notes { folder, change: Box::new(move |known| merge(known, notes)) });
    }

    /// Applies new settings; only what changed is opened again.
    fn set(&mut self, settings: PisteSettings) {
        let before = std::mem::replace(&mut self.settings, settings);
        self.machine.set(phrase_timings(&self.settings));
        for text in self.devices.set(&before, &self.settings, &self.channels) {
            self.trouble(text);
        }
        self.look_for_lamps();
    }

    fn load_engine(&mut self, source: EngineSource) {
        if let Err(error) = self.devices.load_engine(source, &self.channels) {
            self.trouble(crate::PisteError::from(error).to_string());
        }
    }

    fn write(&self, artifact: Artifact) {
        if let Err(text) = self.devices.artifacts.write(artifact) {
            self.trouble(text);
        }
    }

    /// Handles an event of the apparatus or of the keys.
    fn on_signal(&mut self, event: &ApparatusEvent) {
        if !matches!(event.fact, Fact::Signal(_) | Fact::Corrected(_) | Fact::LampsFound(_) | Fact::FinalLamps(_)) {
            self.send_event(Event::Apparatus(Box::new(event.clone())));
        }
        let actions = self.machine.take(event);
        self.perform(actions);
    }

    /// Handles events of the keys.
    fn on_signals(&mut self, events: &[ApparatusEvent]) {
        for event in events {
            self.on_signal(event);
        }
    }

    fn perform(&mut self, actions: Vec<PhraseAction>) {
        for perform in actions {
            match perform {
                PhraseAction::Begin { from } => self.begin(from),
                PhraseAction::Signal(signal) => self.signal(signal),
                PhraseAction::Corrected(signal) => self.corrected(signal),
                PhraseAction::Touch(side) => self.send_event(Event::Touch(side)),
                PhraseAction::Decided { at } => self.decide(at),
                PhraseAction::Finish(phrase) => self.end(*phrase),
                PhraseAction::Drop => self.drop_phrase(),
                PhraseAction::StuckLamp(side) => self.trouble(format!(
                    "the {} lamp stays lit and is passed over until it is dark; reset the scoring box",
                    side.as_str()
                )),
                PhraseAction::TooLong => {
                    self.trouble("nobody ended the phrase, so it was ended after a minute; say halt earlier".into());
                }
            }
        }
    }

    fn begin(&mut self, from: Timestamp) {
        // All frames of the previous phrase lie before this one's, so none of them is missing any more.
        self.close();
        // The engine may have been loaded this very moment.
        self.keep_analyzer_open();
        self.phrases += 1;
        self.lamps = PerSide::default();
        if self.devices.cameras.is_there() {
            self.devices.recording.begin(from);
        }
        let mut frames = self.devices.recording.remembered(from, self.now());
        let newest = frames.last().map_or(from.plus_secs(-1e-9), |frame| frame.at);
        frames.extend(self.devices.cameras.remembered_after(newest));
        let judge = self.live_judge(from, &frames);
        let mut running = RunningPhrase::new(self.phrases, self.settings.weapon, from, judge);
        for frame in &frames {
            running.take(frame);
        }
        self.running = Some(running);
        self.send_event(Event::Started);
    }

    /// The live judge of a phrase; `None` while the engine is not loaded.
    fn live_judge(&self, from: Timestamp, frames: &[CapturedFrame]) -> Option<LiveJudge> {
        let events = JudgeEventSender { phrase: self.phrases, events: self.judge_events.0.clone() };
        match &self.settings.judged_by {
            JudgedBy::Nobody => None,
            JudgedBy::Here => {
                let analyzer = self.devices.analyzer.as_ref()?;
                let from = frames.first().map_or(from, |first| first.at);
                analyzer.begin(from, frames.to_vec(), self.settings.weapon, events).map(LiveJudge::Local)
            }
            JudgedBy::Server(server) => self.server_judge(server, events),
        }
    }

    fn server_judge(&self, server: &ServerChoice, events: JudgeEventSender) -> Option<LiveJudge> {
        let fps = Some(self.devices.cameras.status().measured_fps).filter(|fps| *fps > 1.0).unwrap_or(DEFAULT_FPS);
        let name = format!("live_{}_{}", wall_clock().assume_utc().unix_timestamp(), self.phrases);
        let started =
            send_to_server(ServerPhrase { server: server.clone(), name, fps, weapon: self.settings.weapon }, events);
        started.map(LiveJudge::Server).inspect_err(|error| tracing::warn!(%error, "no thread for judging")).ok()
    }

    /// Handles a new frame of the main camera.
    fn frame(&mut self, frame: &CapturedFrame) {
        self.devices.cameras.remember(frame);
        if let Some(running) = &mut self.running {
            running.take(frame);
        }
        // The phrase is judged before the analyzer gets the first frame after its last.
        self.check_awaited_frames();
        if let Some(analyzer) = &self.devices.analyzer {
            analyzer.frame(frame);
        }
    }

    fn signal(&mut self, signal: SignalEvent) {
        if let SignalKind::Lamp { side, lamp } = signal.kind
            && lamp != Lamp::Off
        {
            self.lamps[side] = lamp;
        }
        let Some(running) = &mut self.running else { return };
        running.signals.push(signal);
        self.devices.recording.signals(&running.signals);
    }

    fn corrected(&mut self, signal: SignalEvent) {
        let Some(running) = &mut self.running else { return };
        running.correct(signal);
        self.devices.recording.signals(&running.signals);
    }

    /// No further light can come: the phrase is decided, though its last frames may still be on their way.
    fn decide(&mut self, at: Timestamp) {
        let (now, camera_delay_secs) = (self.now(), self.camera_delay_secs());
        let Some(running) = &mut self.running else { return };
        running.decided = Some(at);
        let is_judged = self.settings.judged_by != JudgedBy::Nobody;
        if let Some(event) = is_judged.then(|| running.by_lamps()).flatten() {
            return self.on_first_verdict(&event);
        }
        let touched = running.signals.first_touch().map(|touch| running.weapon.lockout_end(touch.at));
        let until = touched.map_or(at, |counts| counts.plus_secs(camera_delay_secs));
        let last = if running.zero.is_some() { running.last } else { Timestamp::from_nanos(i64::MAX) };
        running.deciding = Some(AwaitedFrames::new(until, last, now));
        self.check_awaited_frames();
    }

    /// The trigger has ended the phrase; its last frames may still be on their way.
    fn end(&mut self, phrase: CompletedPhrase) {
        let dark = self.devices.sources.darken();
        self.channels.preview_worker.forget_lamps();
        self.await_last_frames(phrase);
        self.on_signals(&dark);
    }

    fn await_last_frames(&mut self, phrase: CompletedPhrase) {
        let now = self.now();
        let Some(running) = &mut self.running else { return };
        self.lamps = phrase.signals.lamps();
        running.signals = phrase.signals.on_clock_from(Timestamp::from_nanos(-phrase.zero.nanos()));
        self.devices.recording.signals(&running.signals);
        // Without a camera there is no frame to wait for.
        let last = if running.zero.is_some() { running.last } else { Timestamp::from_nanos(i64::MAX) };
        running.ending = Some(Ending { last_frames: AwaitedFrames::new(phrase.until, last, now), phrase });
        self.check_awaited_frames();
    }

    /// Asks for the verdict, and closes the phrase, once the frames needed for that have arrived.
    fn check_awaited_frames(&mut self) {
        let now = self.now();
        let Some(running) = &mut self.running else { return };
        let is_over = |awaited: &AwaitedFrames| awaited.is_over(now);
        let decides = running.deciding.take_if(|awaited| is_over(awaited));
        let closes = running.ending.as_ref().is_some_and(|ending| is_over(&ending.last_frames));
        if decides.is_some() && !closes {
            self.request_first_verdict();
        }
        if closes {
            self.close();
        }
    }

    fn request_first_verdict(&self) {
        let clock = self.signal_clock();
        let Some(running) = &self.running else { return };
        let signals = PhraseSignals::new(running.signals.on_clock_from(running.clock_zero()), clock);
        if let Some(judge) = &running.judge {
            judge.request_first_verdict(Conclusion { signals, meta: running.meta.clone(), until: self.now() });
        }
    }

    /// Closes a phrase that has ended: recorder and judge get its end.
    fn close(&mut self) {
        let Some(RunningPhrase { ending: Some(ending), .. }) = &self.running else { return };
        let until = ending.phrase.until;
        let Some(running) = self.running.take() else { return };
        let zero = running.clock_zero();
        let mut meta = running.meta;
        meta.ended_at = wall_clock();
        let signals = running.signals.on_clock_from(zero);
        let clock = self.signal_clock();
        // Without a camera there is nothing to keep.
        let is_kept = self.devices.recording.is_open() && self.devices.cameras.is_there();
        self.devices.recording.end(until);
        // If the live judge does not accept the phrase, it is judged from the recording.
        let judge = running.judge.filter(|judge| {
            let signals = PhraseSignals::new(signals.clone(), clock);
            judge.conclude(Conclusion { signals, meta: meta.clone(), until })
        });
        let is_judged = self.settings.judged_by != JudgedBy::Nobody;
        let progress = match running.first_verdict {
            Some(event) => Progress::Judged { event, is_first: true },
            None if is_judged => Progress::Judging { stage: "stage-watching", share: 0.0 },
            None => Progress::Unjudged,
        };
        self.jobs.add(PhraseJob {
            id: running.id,
            weapon: running.weapon,
            zero,
            until,
            decided: running.decided.unwrap_or(until),
            signals,
            meta: Some(meta),
            clock,
            folder: running.folder,
            recorded: None,
            is_settled: !is_kept,
            judge,
            rejudging: None,
            pending: None,
            progress,
        });
        if !is_kept {
            self.judge_without_recording(running.id);
        }
    }

    fn drop_phrase(&mut self) {
        self.running = None;
        self.devices.recording.cancel();
        let dark = self.devices.sources.darken();
        self.channels.preview_worker.forget_lamps();
        self.send_event(Event::Cancelled);
        self.on_signals(&dark);
    }

    /// The session ends: the running phrase is kept without being judged.
    fn keep_running_phrase(&mut self) {
        if let Some(running) = self.running.take() {
            let until = running.ending.map_or_else(|| self.now(), |ending| ending.phrase.until);
            self.devices.recording.end(until);
        }
    }

    /// The clock of the signals: they are stamped on the host clock, frames later than they were taken.
    fn signal_clock(&self) -> SignalClock {
        SignalClock::Apparatus { offset_uncertainty_secs: self.camera_delay_secs() }
    }

    /// The camera's delay; clips have none, they know when their frames were taken.
    fn camera_delay_secs(&self) -> f64 {
        match &self.settings.camera {
            Some(CameraChoice::Clip { .. }) | None => 0.0,
            Some(_) => CAMERA_DELAY_SECS,
        }
    }

    /// Handles an event of the recorder.
    fn recorder_event(&mut self, event: RecorderEvent) {
        match event {
            RecorderEvent::Saved(saved) => self.saved(&saved),
            RecorderEvent::NotSaved { text, .. } => self.saving_failed(text),
            RecorderEvent::Recovered(phrases) => {
                self.send_event(Event::Recovered(phrases.into_iter().map(|phrase| phrase.folder).collect()));
            }
            RecorderEvent::Trouble(text) => self.trouble(text),
            RecorderEvent::Began { folder, .. } => self.writing_started(folder),
            RecorderEvent::Cancelled | RecorderEvent::Pruned(_) => {}
        }
    }

    /// The recorder works in order, so the phrase that it starts to write is the oldest unfinished one.
    fn writing_started(&mut self, folder: PathBuf) {
        match (self.jobs.unsettled(), &mut self.running) {
            (Some(job), _) => job.folder = folder,
            (None, Some(running)) => running.folder = folder,
            (None, None) => {}
        }
    }

    /// The recorder's thread has ended: phrases that it was still writing are lost.
    fn recorder_lost(&mut self) {
        self.devices.recording.lost();
        while self.jobs.unsettled().is_some() {
            self.saving_failed(
                "the recorder stopped because of a defect in the program; start it again and report this".into(),
            );
        }
    }

    fn saved(&mut self, saved: &SavedPhrase) {
        if let Some(text) = &saved.cut_off {
            self.trouble(text.clone());
        }
        let Some(job) = self.jobs.unsettled() else { return };
        let recorded = Arc::new(super::recording_control::recorded(saved, job.weapon));
        job.recorded = Some(Arc::clone(&recorded));
        job.meta = Some(saved.meta.clone());
        job.is_settled = true;
        if saved.zero.secs_since(job.zero).abs() > SAME_ZERO_SECS {
            tracing::warn!("recorder and live judge disagree about the first frame of a phrase");
            job.judge_again(saved);
        }
        let (id, weapon) = (job.id, job.weapon.as_str().to_owned());
        let (idle, pending) = (job.is_idle(), job.pending.take());
        let change = Box::new(move |notes: &mut PhraseNotes| notes.weapon = Some(weapon));
        self.write(Artifact::Notes { folder: recorded.folder.clone(), change });
        self.send_event(Event::Recorded(recorded));
        match pending {
            Some(event) => self.settle(event),
            None if idle => self.judge_from_recording(id),
            None => {}
        }
    }

    /// There will be no recording: the live judge's verdict is final, or there is none.
    fn judge_without_recording(&mut self, id: u64) {
        if self.jobs.by_id(id).is_some_and(|job| job.is_idle()) {
            self.failed(id, "there was neither a camera nor an engine for this phrase; choose a camera".into());
        }
    }

    /// Saving the phrase failed; it is still judged.
    fn saving_failed(&mut self, text: String) {
        self.trouble(text.clone());
        let Some(job) = self.jobs.unsettled() else { return };
        job.is_settled = true;
        let id = job.id;
        let idle = job.is_idle();
        match job.pending.take() {
            Some(event) => self.settle(event),
            None if idle => self.settle(JudgeEvent::failed(id, text)),
            None => {}
        }
    }

    /// Handles an event of a judge.
    fn judge_event(&mut self, event: JudgeEvent) {
        if matches!(event.kind, JudgeEventKind::Provisional(_)) {
            return self.on_first_verdict(&event);
        }
        let Some(job) = self.jobs.by_id(event.phrase) else { return };
        if job.judge.is_none() && job.rejudging.is_none() {
            return;
        }
        match &event.kind {
            // An earlier verdict stays visible until the better one is there.
            JudgeEventKind::Progress { .. } if matches!(job.progress, Progress::Judged { .. }) => {}
            JudgeEventKind::Progress { stage, share } => job.progress = Progress::Judging { stage, share: *share },
            _ if job.is_settled => self.settle(event),
            JudgeEventKind::Final(_) => {
                self.announce(&event);
                if let Some(job) = self.jobs.by_id(event.phrase) {
                    job.pending = Some(event);
                }
            }
            _ => job.pending = Some(event),
        }
    }

    /// Handles the first verdict, made while the post-roll is still being recorded.
    fn on_first_verdict(&mut self, event: &JudgeEvent) {
        let (now, id) = (self.now(), event.phrase);
        let announced = match (&mut self.running, self.jobs.by_id(id)) {
            (Some(running), _) if running.id == id => {
                let delay_secs = running.decided.map_or(0.0, |decided| now.secs_since(decided));
                let announced = event.announced(running.folder.clone(), false, (delay_secs, true));
                running.first_verdict = Some(Arc::clone(&announced));
                announced
            }
            // On a slow machine the verdict may come after the whole phrase was fed.
            (running, Some(job)) if job.judge.is_some() && matches!(job.progress, Progress::Judging { .. }) => {
                let timing = (now.secs_since(job.decided), running.is_none());
                let announced = event.announced(job.folder(), false, timing);
                job.progress = Progress::Judged { event: Arc::clone(&announced), is_first: true };
                announced
            }
            _ => return,
        };
        self.send_event(Event::Judge(announced));
    }

    /// Announces a judge's last verdict, unless it was announced already.
    fn announce(&mut self, event: &JudgeEvent) {
        let id = event.phrase;
        let (now, is_current) = (self.now(), self.running.is_none() && self.jobs.is_latest(id));
        let Some(job) = self.jobs.by_id(id) else { return };
        let is_final = job.is_final(event);
        if job.has_announced(event, is_final) {
            return;
        }
        let announced = event.announced(job.folder(), is_final, (now.secs_since(job.decided), is_current));
        job.progress = Progress::Judged { event: Arc::clone(&announced), is_first: false };
        if let Some(judgement) = event.own_judgement() {
            job.signals = judgement.signals.clone();
        }
        self.send_event(Event::Judge(announced));
    }

    /// Handles a judge's last event about a phrase that the recorder has finished.
    fn settle(&mut self, event: JudgeEvent) {
        let id = event.phrase;
        if let Some(job) = self.jobs.by_id(id) {
            job.judge = None;
            job.rejudging = None;
        }
        match event.kind {
            JudgeEventKind::Final(_) => self.judged(event),
            JudgeEventKind::Failed { text, falls_back: true } => {
                tracing::info!(why = text, "the phrase is judged from its recording");
                self.judge_from_recording(id);
            }
            JudgeEventKind::Failed { text, falls_back: false } => self.failed(id, text),
            JudgeEventKind::Progress { .. } | JudgeEventKind::Provisional(_) => {}
        }
    }

    /// Handles a verdict about a phrase that the recorder has finished.
    fn judged(&mut self, event: JudgeEvent) {
        self.announce(&event);
        let (id, language) = (event.phrase, self.settings.language);
        let Some(job) = self.jobs.by_id(id) else { return };
        if !job.is_final(&event) {
            return self.judge_from_recording(id);
        }
        for artifact in artifacts_of(job, event, language) {
            self.write(artifact);
        }
    }

    fn failed(&mut self, id: u64, text: String) {
        let Some(job) = self.jobs.by_id(id) else { return };
        // A failed second analysis does not undo a verdict from all frames.
        if !matches!(&job.progress, Progress::Judged { is_first: false, .. }) {
            job.progress = Progress::Failed(text.clone());
        }
        let folder = job.folder();
        self.send_failure(id, text, folder);
    }

    fn send_failure(&self, id: u64, text: String, folder: PathBuf) {
        self.send_event(Event::Judge(JudgeEvent::failed(id, text).announced(folder, false, (0.0, true))));
    }

    /// Judges a phrase of this session from its recording.
    fn judge_from_recording(&mut self, id: u64) {
        let Some(job) = self.jobs.by_id(id) else { return };
        job.cancel();
        let Some(recorded) = &job.recorded else {
            return self.failed(id, "the phrase is not on disk and cannot be judged again; check the disk".into());
        };
        let signals = ClipSignals::Given(PhraseSignals::new(job.signals.clone(), job.clock));
        let request = ClipRequest { signals, ..request_for(&recorded.clip, job.weapon) };
        let events = JudgeEventSender { phrase: id, events: self.judge_events.0.clone() };
        match self.devices.recording_judge.judge(FromRecording { engine: self.devices.engine.clone(), request }, events)
        {
            Ok(cancel) => {
                job.rejudging = Some(cancel);
                if !matches!(job.progress, Progress::Judged { .. }) {
                    job.progress = Progress::Judging { stage: "stage-opening", share: 0.0 };
                }
            }
            Err(text) => self.failed(id, text),
        }
    }

    /// Judges a phrase of an earlier session from its folder.
    fn judge_folder(&mut self, folder: &Path) {
        let Some(clip) = clip_in(folder) else {
            let text = format!("there is no clip in the folder; choose another phrase: {}", folder.display());
            return self.send_failure(self.phrases, text, folder.to_owned());
        };
        let logged = match logged_beside(&clip) {
            Ok(signals) => signals,
            Err(text) => return self.send_failure(self.phrases, text, folder.to_owned()),
        };
        self.phrases += 1;
        let notes = PhraseNotes::read(folder);
        let weapon = notes.weapon.and_then(|w| w.parse().ok()).unwrap_or(self.settings.weapon);
        self.jobs.add(PhraseJob::of_folder(self.phrases, folder, clip, &logged, weapon, self.now()));
        self.judge_from_recording(self.phrases);
    }

    /// Publishes the current status.
    fn show(&self) {
        let observation = *self.channels.shared_state.observation.lock();
        let status = Status {
            phase: self.phase(),
            camera: self.devices.cameras.status(),
            apparatus: self.devices.sources.state(),
            recorder: self.devices.recording.status(),
            lamps: self.lamps,
            in_frame: self.devices.analyzer.as_ref().and_then(|_| observation.in_frame(self.now())),
            analysed_frames: observation.analysed_frames(),
            engine: self.devices.engine.state(),
            longest_step_secs: self.longest_step_secs,
        };
        *self.channels.shared_state.status.lock() = status;
    }

    fn phase(&self) -> Phase {
        match (self.machine.stage(), &self.running) {
            (Stage::Recording { since }, _) => Phase::Recording { since },
            (Stage::Ending, _) | (Stage::Ready, Some(_)) => Phase::Ending,
            (Stage::Ready, None) => self.jobs.phase(),
        }
    }
}

/// Runs `step` and returns when it began.
fn timed(step: impl FnOnce()) -> (LoopControl, Instant) {
    let begun = Instant::now();
    step();
    (LoopControl::Continue, begun)
}

/// The state machine's part of the settings.
fn phrase_timings(settings: &PisteSettings) -> PhraseTimings {
    PhraseTimings {
        weapon: settings.weapon,
        pre_roll_secs: settings.pre_roll_secs,
        post_roll_secs: settings.post_roll_secs,
    }
}
