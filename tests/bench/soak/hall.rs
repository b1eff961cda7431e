//! The machines of a soak test: a headless window with camera, box and recorder, and a server as a process of its own.

use super::checks::Violations;
use apparatus::Protocol;
use apparatus::simulate::{
    Playback, Script, ScriptEvent, ScriptSettings, Sent, SimulatedBox, SimulationSettings, UdpWire, play,
};
use egui_kittest::Harness;
use fencing::Side;
use lab::drawn::{DrawnPhrase, Move, Script as Moves, Studio};
use piste::Phase;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vision::video::{Cancel, FrameSource, VideoWriter, WriterOptions};
use window::command::{Command, PisteCommand};
use window::model::{ApparatusKind, CameraPick, JudgeKind, LivePhrase, LiveSettings, Screen, Setting, Settings};
use window::{App, WindowOptions, engine_maker, make_app};

/// Longest wait for a phrase's verdict and recording; a busy laptop needs some seconds.
const TIMEOUT: Duration = Duration::from_mins(2);
/// Time between two of the window's frames.
const TURN: Duration = Duration::from_millis(16);
/// Seconds of the clips that stand for cameras.
const CLIP_SECS: f64 = 6.0;
/// Datagrams of the nonsense fault.
const NONSENSE: usize = 200;

/// What is done to the machines during a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The box stops sending after its lamps were lit.
    BoxFallsSilent,
    /// Datagrams that are no messages come with the box's.
    Nonsense,
    /// The server is killed while the phrase is streamed, and started again.
    ServerKilled,
    /// The camera is exchanged after the phrase.
    CameraExchanged,
    /// The referee walks through all screens while the phrase is fenced.
    OtherScreens,
    /// The phrase before is dropped in the middle.
    Cancelled,
}

impl Fault {
    /// Every fault.
    pub(super) const ALL: [Self; 6] = [
        Self::BoxFallsSilent,
        Self::Nonsense,
        Self::ServerKilled,
        Self::CameraExchanged,
        Self::OtherScreens,
        Self::Cancelled,
    ];

    /// Its description.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::BoxFallsSilent => "a box that falls silent",
            Self::Nonsense => "datagrams that are no messages",
            Self::ServerKilled => "a server that is killed",
            Self::CameraExchanged => "a camera that is exchanged",
            Self::OtherScreens => "other screens while it is fenced",
            Self::Cancelled => "a phrase cancelled before it",
        }
    }
}

/// A server process; killed when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(output: &Path) -> Self {
        let mut child = Process::new(env!("CARGO_BIN_EXE_referee"))
            .args(["serve", "--host", "127.0.0.1", "--port", "0", "--log-level", "error", "--output"])
            .arg(output)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server can be started");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("the server has an output");
        BufReader::new(stdout).read_line(&mut line).expect("the server tells where it listens");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address = address.unwrap_or_else(|| panic!("the server does not start: {line}")).to_owned();
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_before = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The machines.
pub(super) struct Hall {
    window: Harness<'static, App>,
    folder: TempDir,
    cameras: [PathBuf; 2],
    camera: usize,
    port: u16,
    server: Server,
    seed: u64,
    panics: Arc<AtomicU64>,
    /// Seconds from the first lamp to the first verdict, of phrases judged here and by the server.
    latencies: [Vec<f64>; 2],
}

impl Hall {
    /// Draws the clips, starts the server and opens the window.
    pub(super) fn open(seed: u64) -> Self {
        let panics = Arc::new(AtomicU64::new(0));
        let (counted, print) = (Arc::clone(&panics), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |info| {
            counted.fetch_add(1, Ordering::Relaxed);
            print(info);
        }));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cameras = [("near.mp4", 0.5), ("far.mp4", 0.3)].map(|(name, metres)| {
            let path = folder.path().join(name);
            film(&path, metres);
            path
        });
        let port = UdpSocket::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr()).expect("a port").port();
        let server = Server::start(&folder.path().join("server"));
        let file = folder.path().join("window.toml");
        let live = live_settings(&cameras[0], port);
        let settings = Settings { live, welcomed: true, ..Settings::default() };
        std::fs::write(&file, toml::to_string(&settings).expect("settings have a text")).expect("a file");
        let recordings = folder.path().join("recordings");
        let options = WindowOptions { settings_file: Some(file), recordings, ..WindowOptions::default() };
        let window = Harness::builder().with_size(egui::vec2(1280.0, 720.0)).build_eframe(move |cc| {
            make_app(&cc.egui_ctx, options, engine_maker()).expect("the window's workers start")
        });
        let latencies = [Vec::new(), Vec::new()];
        let mut hall = Self { window, folder, cameras, camera: 0, port, server, seed, panics, latencies };
        hall.window.state_mut().send(Command::Show(Screen::Piste));
        hall.wait("camera and engine", |app| {
            let status = &app.model().piste.status;
            status.engine.is_some() && status.recorder.memory_secs > 1.0
        });
        hall
    }

    /// Fences one phrase and checks what became of it.
    pub(super) fn fence(&mut self, number: u32, fault: Option<Fault>, violations: &mut Violations) {
        let by_server = number.is_multiple_of(3) || fault == Some(Fault::ServerKilled);
        self.prepare(fault, by_server);
        let before = self.recorded();
        self.window.state_mut().send(Command::Piste(PisteCommand::Go));
        let started =
            self.wait("the phrase begins", |app| matches!(app.model().piste.status.phase, Phase::Recording { .. }));
        violations.check(started, || format!("phrase {number} does not begin"));
        if !started {
            return;
        }
        let script = self.script(number);
        let lit = lit_sides(script);
        let fenced = fence_by_box(script, self.port, fault);
        if fault == Some(Fault::OtherScreens) {
            self.walk_through_screens();
        }
        if fault == Some(Fault::ServerKilled) {
            self.turn_for(Duration::from_secs(1));
            self.server = Server::start(&self.folder.path().join("server"));
        }
        let lamp = self.wait("a lamp", |app| {
            app.model().piste.status.lamps.left.is_touch() || app.model().piste.status.lamps.right.is_touch()
        });
        let lamp_at = Instant::now();
        violations.check(lamp, || format!("phrase {number}: no lamp was seen"));
        if self.wait("a verdict", |app| phrase(app).is_some_and(|phrase| phrase.ruling.is_some()) || has_failed(app)) {
            self.latencies[usize::from(by_server)].push(lamp_at.elapsed().as_secs_f64());
        }
        self.wait("the end", |app| is_over(app, before.as_deref()));
        if has_failed(self.window.state()) {
            violations.check(by_server, || format!("phrase {number}: not judged here: {:?}", self.phase()));
            self.window.state_mut().send(Command::Piste(PisteCommand::JudgeHere));
        }
        let has_stood = self.wait("the verdict that stands", |app| {
            phrase(app).and_then(|phrase| phrase.ruling.as_ref()).is_some_and(|ruling| ruling.is_final())
        });
        let text = self.phase();
        violations.check(has_stood, || format!("phrase {number}: no verdict stands: {text}"));
        fenced.join().expect("the box ends");
        self.check_phrase(number, &lit, violations);
    }

    /// Settings and faults before the phrase.
    fn prepare(&mut self, fault: Option<Fault>, by_server: bool) {
        if fault == Some(Fault::CameraExchanged) {
            self.camera = 1 - self.camera;
        }
        let judged_by = if by_server { JudgeKind::Server } else { JudgeKind::Here };
        let mut live = live_settings(&self.cameras[self.camera], self.port);
        live.judged_by = judged_by;
        live.server_address.clone_from(&self.server.address);
        self.window.state_mut().send(Command::Set(Setting::Live(Box::new(live))));
        self.window.state_mut().send(Command::Show(Screen::Piste));
        self.turn_for(Duration::from_millis(500));
        self.wait("frames of the camera", |app| app.model().piste.status.recorder.memory_secs > 1.0);
        if fault == Some(Fault::Cancelled) {
            self.window.state_mut().send(Command::Piste(PisteCommand::Go));
            self.turn_for(Duration::from_secs(1));
            self.window.state_mut().send(Command::Piste(PisteCommand::Cancel));
            self.wait("the phrase is dropped", |app| {
                !matches!(app.model().piste.status.phase, Phase::Recording { .. } | Phase::Ending)
            });
        }
    }

    fn check_phrase(&mut self, number: u32, lit: &[Side], violations: &mut Violations) {
        let Some(phrase) = phrase(self.window.state()).cloned() else {
            return violations.check(false, || format!("phrase {number} is gone"));
        };
        violations.check_call(number, phrase.ruling.as_ref().and_then(|ruling| ruling.call()), lit);
        match &phrase.recorded {
            Some(recorded) => {
                violations.check_recording(number, recorded);
                let result = recorded.folder.join(recording::RESULT_FILE);
                let is_written = self.wait("the result", |_| result.exists());
                violations.check(is_written, || format!("phrase {number}: no result in its folder"));
                violations.check_nothing_unfinished(&recorded.folder);
            }
            None => violations.check(false, || format!("phrase {number} was not recorded")),
        }
    }

    /// Checks that no thread panicked.
    pub(super) fn check_for_panics(&self, violations: &mut Violations) {
        let panics = self.panics.load(Ordering::Relaxed);
        violations.check(panics == 0, || format!("{panics} panics"));
    }

    /// Longest step of the session loop so far, in seconds.
    pub(super) fn longest_step_secs(&self) -> f64 {
        self.window.state().model().piste.status.longest_step_secs
    }

    /// Prints how soon verdicts came.
    pub(super) fn print_latencies(&mut self) {
        for (judge, secs) in ["here", "by the server"].iter().zip(&mut self.latencies) {
            secs.sort_by(f64::total_cmp);
            let at = |share: f64| {
                secs.get(((secs.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(f64::NAN)
            };
            println!(
                "  lamp to first verdict, judged {judge:<14} median {:.2} s, p95 {:.2} s, longest {:.2} s of {}",
                at(0.5),
                at(0.95),
                at(1.0),
                secs.len()
            );
        }
    }

    /// Ends the machines in their order.
    pub(super) fn close(self) {
        drop(self.window);
        drop(self.server);
    }

    fn script(&self, number: u32) -> ScriptSettings {
        let seed = self.seed.wrapping_mul(100_003).wrapping_add(u64::from(number));
        ScriptSettings { seed, phrases: 1, lit_secs: 1.0, rest_secs: 0.5, ..ScriptSettings::default() }
    }

    fn phase(&self) -> String {
        format!("{:?}", self.window.state().model().piste.status.phase)
    }

    /// Folder of the last recorded phrase.
    fn recorded(&self) -> Option<PathBuf> {
        let recorded = phrase(self.window.state())?.recorded.as_ref()?;
        Some(recorded.folder.clone())
    }

    fn walk_through_screens(&mut self) {
        for screen in [Screen::Library, Screen::Review, Screen::Bout, Screen::Settings, Screen::Piste] {
            self.window.state_mut().send(Command::Show(screen));
            self.window.key_press(egui::Key::Escape);
            self.turn_for(Duration::from_millis(300));
        }
    }

    /// Paints the window for a time, as a screen would.
    fn turn_for(&mut self, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            self.window.step();
            std::thread::sleep(TURN);
        }
    }

    /// Paints the window until `done`; false when that does not come in time.
    fn wait(&mut self, what: &str, done: impl Fn(&App) -> bool) -> bool {
        let begun = Instant::now();
        while !done(self.window.state()) {
            if begun.elapsed() > TIMEOUT {
                println!("  still waiting: {what}; {}", self.phase());
                return false;
            }
            self.window.step();
            std::thread::sleep(TURN);
        }
        true
    }
}

fn phrase(app: &App) -> Option<&LivePhrase> {
    app.model().piste.phrase.as_ref()
}

fn has_failed(app: &App) -> bool {
    matches!(app.model().piste.status.phase, Phase::Failed { .. })
}

/// Whether the phrase is recorded, in another folder than the one before, and judged or failed.
fn is_over(app: &App, before: Option<&Path>) -> bool {
    let recorded = phrase(app).and_then(|phrase| phrase.recorded.as_ref());
    let is_new = recorded.is_some_and(|recorded| Some(recorded.folder.as_path()) != before);
    is_new && (has_failed(app) || matches!(app.model().piste.status.phase, Phase::Judged(_)))
}

fn live_settings(camera: &Path, port: u16) -> LiveSettings {
    LiveSettings {
        camera: Some(CameraPick::Clip { path: camera.to_owned() }),
        apparatus: ApparatusKind::Box,
        box_link: format!("udp:{port}"),
        box_protocol: Protocol::Cyrano.as_str().to_owned(),
        pre_roll_secs: 1.0,
        post_roll_secs: 0.5,
        memory_secs: 20.0,
        cues: false,
        buzzer: false,
        ..LiveSettings::default()
    }
}

/// A clip of two fencers who advance and retreat by `metres`; no lamps in it, they would have nothing to do with the box's.
fn film(path: &Path, metres: f32) {
    let steps = (0..CLIP_SECS as usize).flat_map(|_| [Move::advance(0.5, metres), Move::retreat(0.5, metres)]);
    let answers = (0..CLIP_SECS as usize).flat_map(|_| [Move::retreat(0.5, metres), Move::advance(0.5, metres)]);
    let moves = Moves::new(steps.collect::<Vec<_>>(), answers.collect::<Vec<_>>()).lasting(CLIP_SECS);
    let mut phrase = DrawnPhrase::new(moves, Studio::default().with_size(960, 540));
    let mut writer =
        VideoWriter::create(path, phrase.size(), &WriterOptions::default(), &Cancel::new()).expect("ffmpeg runs");
    while let Some(frame) = phrase.next_frame().expect("frames are drawn") {
        writer.write(&frame).expect("a frame is written");
    }
    writer.finish().expect("the clip is complete");
}

/// The sides whose lamps the script lights.
fn lit_sides(settings: ScriptSettings) -> Vec<Side> {
    let touches = Script::new(settings).flatten().filter_map(|timed| match timed.what {
        ScriptEvent::Touch(side, _) => Some(side),
        _ => None,
    });
    touches.collect()
}

/// Plays the box's script on a thread of its own; `fault` is done to what it sends.
fn fence_by_box(settings: ScriptSettings, port: u16, fault: Option<Fault>) -> JoinHandle<()> {
    let simulation = SimulationSettings { script: settings, ..SimulationSettings::of(Protocol::Cyrano) };
    let over = Script::new(settings).flatten().find(|timed| timed.what == ScriptEvent::LockoutOver);
    let silent_from_secs =
        over.filter(|_| fault == Some(Fault::BoxFallsSilent)).map_or(f64::INFINITY, |over| over.at_secs + 0.1);
    let to = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let fencing = move || {
        let mut wire = UdpWire::open(to).expect("a socket");
        if fault == Some(Fault::Nonsense) {
            shout(to);
        }
        let stop = |sent: &Sent| if sent.at_secs > silent_from_secs { Playback::Stop } else { Playback::Continue };
        play(SimulatedBox::new(&simulation), &mut wire, stop).expect("datagrams are sent");
    };
    std::thread::Builder::new().name("soak-box".into()).spawn(fencing).expect("a thread")
}

/// Datagrams that no box sends.
fn shout(to: std::net::SocketAddr) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    for number in 0..NONSENSE {
        let bytes: Vec<u8> = (0..number).map(|at| (at * 31 + number) as u8).collect();
        let _nobody_listens = socket.send_to(&bytes, to);
    }
}
