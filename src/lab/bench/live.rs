//! `referee-lab bench --live`: how long after the lamp of a live phrase its verdict is there, and what it costs that the analyzer is
//! always open, with a clip as camera and a simulated box on the network.
//!
//! The drawn clip shows no lamps: they would have nothing to do with the box's, and lamps in the video set the touch right.
//! The whole machine runs as beside a piste: capture, recording, analyzer, artifacts. The box says to the microsecond when its lamps
//! light; what is measured from there to the verdict holds everything that a referee waits for.

use super::{filmed, memory, recording::cpu_secs, steps};
use anyhow::{Context, bail};
use apparatus::simulate::{
    Playback, Script, ScriptEvent, ScriptSettings, Sent, SimulatedBox, SimulationSettings, UdpWire, play,
};
use apparatus::{ApparatusSettings, Link, Protocol};
use crossbeam_channel::Receiver;
use fencing::Weapon;
use fencing::time::HostClock;
use fencing::wording::Language;
use lab::drawn::{DrawnPhrase, Script as Moves, Studio};
use piste::{
    ApparatusChoice, CameraChoice, Command, Event, JudgeEvent, JudgeEventKind, JudgedBy, Piste, PisteSettings, Pruning,
    Thoroughness,
};
use std::net::UdpSocket;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vision::engine::{Engine, EngineConfig};

/// Phrases that are fenced with each pre-roll.
const PHRASES: u32 = 12;
/// How much is kept from before the phrase began, in seconds.
const PRE_ROLLS: [f64; 2] = [2.0, 5.0];
/// Post-roll, in seconds.
const POST_ROLL_SECS: f64 = 0.5;
/// Length of the measurement of the idle piste.
const IDLE: Duration = Duration::from_secs(10);
/// How long things settle before that: after movement the analyzer processes every frame for two more seconds.
const SETTLE: Duration = Duration::from_secs(4);
/// Seconds of the drawn clip in which both fencers move, and of the one in which nobody does.
const MOVING_SECS: f64 = 6.0;
const STILL_SECS: f64 = 4.0;
/// Longest wait for anything.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Measures and prints.
pub(super) fn run(clip: Option<&Path>, load: usize, config: &EngineConfig) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let drawn = |moves, name| filmed(DrawnPhrase::new(moves, Studio::default()), folder.path().join(name));
    let clip = clip.map_or_else(|| drawn(steps(MOVING_SECS), "moving.mp4"), |clip| Ok(clip.to_owned()))?;
    let still = drawn(Moves::new([], []).lasting(STILL_SECS), "still.mp4")?;
    let engine = Engine::load(config)?;
    engine.warm_up()?;
    println!("memory with the models loaded: {}", memory("VmRSS:"));
    if load > 0 {
        println!("beside {load} busy loops, whose time is in the shares of a core");
    }
    let _load = Load::start(load)?;
    for (what, clip, judged_by) in [
        ("nobody judges", &clip, JudgedBy::Nobody),
        ("analysis open, both fencers stand", &still, JudgedBy::Here),
        ("analysis open, both fencers move", &clip, JudgedBy::Here),
    ] {
        let bench = Bench::open(&engine, PisteSettings { judged_by, ..piste_settings(clip, folder.path()) })?;
        println!("idle, {what:<32} {}", idle_share(&bench));
    }
    for pre_roll_secs in PRE_ROLLS {
        let bench = Bench::open(&engine, PisteSettings { pre_roll_secs, ..piste_settings(&clip, folder.path()) })?;
        bench.bout(pre_roll_secs)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A piste with a box.
struct Bench {
    piste: Piste,
    events: Receiver<Event>,
    wire: UdpWire,
}

/// What became of one phrase; seconds from its first lamp.
struct Outcome {
    first: (Arc<JudgeEvent>, f64),
    last: (Arc<JudgeEvent>, f64),
    recorded_secs: f64,
}

/// The same while it is still under way; verdicts with the moment of each.
#[derive(Default)]
struct Partial {
    first: Option<(Arc<JudgeEvent>, Instant)>,
    last: Option<(Arc<JudgeEvent>, Instant)>,
    recorded: Option<Instant>,
}

/// When the phrases of the script start and touch.
struct Schedule {
    starts: Vec<Instant>,
    lamps: Vec<Instant>,
}

impl Schedule {
    fn new(script: ScriptSettings, begun: Instant) -> anyhow::Result<Self> {
        let (mut starts, mut lamps) = (Vec::new(), Vec::new());
        for phrase in Script::new(script) {
            let at = |wanted: fn(ScriptEvent) -> bool| phrase.iter().find(|timed| wanted(timed.what));
            let start = at(|what| what == ScriptEvent::Start).context("a phrase has a start")?;
            let lamp = at(|what| matches!(what, ScriptEvent::Touch(..))).context("a phrase has a touch")?;
            starts.push(begun + Duration::from_secs_f64(start.at_secs));
            lamps.push(begun + Duration::from_secs_f64(lamp.at_secs));
        }
        Ok(Self { starts, lamps })
    }
}

/// Busy loops on threads of their own, as other programs would be; they end with it.
struct Load {
    stop: Arc<AtomicBool>,
}

impl Load {
    fn start(loops: usize) -> anyhow::Result<Self> {
        let load = Self { stop: Arc::default() };
        for number in 0..loops {
            let stop = Arc::clone(&load.stop);
            let spin = move || {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            };
            std::thread::Builder::new().name(format!("bench-load-{}", number + 1)).spawn(spin)?;
        }
        Ok(load)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Bench {
    fn open(engine: &Engine, settings: PisteSettings) -> anyhow::Result<Self> {
        let port = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let link = Link::Udp { port, from: None };
        let apparatus = ApparatusSettings::for_link(link).speaking(Protocol::Cyrano);
        let settings = PisteSettings { apparatus: ApparatusChoice::Box(Box::new(apparatus)), ..settings };
        let engine = engine.clone();
        let source = Arc::new(move || Ok(engine.clone()));
        let (piste, events) = Piste::start(settings, source, HostClock::start(), Arc::new(|| ()))?;
        let bench = Self { piste, events, wire: UdpWire::open(([127, 0, 0, 1], port).into())? };
        bench.wait_until_ready()?;
        Ok(bench)
    }

    fn wait_until_ready(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let status = self.piste.status();
            if let Some(Err(text)) = status.engine {
                bail!(text);
            }
            if status.engine.is_some() && status.recorder.memory_secs > 2.0 {
                return Ok(());
            }
            if begun.elapsed() > TIMEOUT {
                bail!(status.camera.trouble.unwrap_or_else(|| "no frame comes from the clip".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Fences the phrases of the box's script and prints what came of them.
    fn bout(self, pre_roll_secs: f64) -> anyhow::Result<()> {
        println!("pre-roll {pre_roll_secs} s, post-roll {POST_ROLL_SECS} s, {PHRASES} phrases of sabre by a box");
        println!(
            "{:>6} {:>9} {:>9} {:>15} {:>18} {:>15} {:>15}  judged",
            "phrase", "frames", "analysed", "lamp to verdict", "lockout to verdict", "lamp to final", "lamp to disk"
        );
        // Rest enough that the pre-roll does not reach into the phrase before.
        let script =
            ScriptSettings { phrases: PHRASES, lit_secs: 1.5, rest_secs: pre_roll_secs, ..ScriptSettings::default() };
        let simulation = SimulationSettings { script, ..SimulationSettings::of(Protocol::Cyrano) };
        let lockout_secs = script.weapon.timings().lockout_secs;
        let (before, cpu, begun) = (memory("VmRSS:"), cpu_secs(), Instant::now());
        let schedule = Schedule::new(script, begun)?;
        let mut wire = self.wire;
        let (piste, events) = (&self.piste, &self.events);
        // The referee and the box keep their time, however late the machine is.
        let outcomes = std::thread::scope(|scope| {
            std::thread::Builder::new().name("bench-box".into()).spawn_scoped(scope, move || {
                play(SimulatedBox::new(&simulation), &mut wire, |_: &Sent| Playback::Continue)
            })?;
            let starts = &schedule.starts;
            let call = move || {
                for start in starts {
                    std::thread::sleep(start.saturating_duration_since(Instant::now()));
                    piste.send(Command::Start);
                }
            };
            std::thread::Builder::new().name("bench-referee".into()).spawn_scoped(scope, call)?;
            collect(events, &schedule.lamps)
        })?;
        for (index, outcome) in outcomes.iter().enumerate() {
            print_row(index + 1, outcome, lockout_secs);
        }
        let share = share_of(cpu, begun);
        let all = |secs: fn(&Outcome) -> f64| outcomes.iter().map(secs).collect::<Vec<_>>();
        summary("from the lamp to the verdict", all(|outcome| outcome.first.1));
        let lockout = outcomes.iter().map(|outcome| outcome.first.1 - lockout_secs).collect();
        summary("from the last frame that counts to the verdict", lockout);
        summary("from the lamp to the verdict that stands", all(|outcome| outcome.last.1));
        let coarse = outcomes.iter().filter(|outcome| outcome.first.0.thoroughness == Thoroughness::Coarse).count();
        let changed = outcomes.iter().filter(|outcome| outcome.first.0.call() != outcome.last.0.call()).count();
        println!("{coarse} of {PHRASES} first verdicts coarsely seen, {changed} calls changed afterwards");
        println!("longest step of the session loop: {:.0} ms", piste.status().longest_step_secs * 1e3);
        println!("while fencing {share}; memory {before} at the beginning, {} at the end", memory("VmRSS:"));
        Ok(())
    }
}

/// Waits until every phrase has its verdict that stands and is recorded. Phrases are numbered from 1.
fn collect(events: &Receiver<Event>, lamps: &[Instant]) -> anyhow::Result<Vec<Outcome>> {
    let mut phrases: Vec<Partial> = lamps.iter().map(|_| Partial::default()).collect();
    let (mut recorded, mut all) = (0, Vec::new());
    while all.len() < lamps.len() {
        let event = events.recv_timeout(TIMEOUT).with_context(|| format!("phrase {} has no end", all.len() + 1))?;
        let now = Instant::now();
        match event {
            Event::Judge(event) => {
                if let JudgeEventKind::Failed { text, .. } = &event.kind {
                    bail!(text.clone());
                }
                let Some(phrase) = phrases.get_mut((event.phrase as usize).wrapping_sub(1)) else {
                    bail!("a phrase began that the box did not send")
                };
                if event.is_final() {
                    phrase.last.get_or_insert((Arc::clone(&event), now));
                }
                phrase.first.get_or_insert((event, now));
            }
            // The recorder works in order.
            Event::Recorded(_) => {
                if let Some(phrase) = phrases.get_mut(recorded) {
                    phrase.recorded = Some(now);
                }
                recorded += 1;
            }
            Event::Trouble(text) => eprintln!("referee: {text}"),
            _ => {}
        }
        all = phrases.iter().zip(lamps).map_while(|(phrase, lamp)| phrase.outcome(*lamp)).collect();
    }
    Ok(all)
}

impl Partial {
    /// The outcome, once it is complete; `lamp` is when the first lamp lit up.
    fn outcome(&self, lamp: Instant) -> Option<Outcome> {
        let secs = |at: Instant| at.saturating_duration_since(lamp).as_secs_f64();
        let timed_event = |(event, at): &(Arc<JudgeEvent>, Instant)| (Arc::clone(event), secs(*at));
        Some(Outcome {
            first: timed_event(self.first.as_ref()?),
            last: timed_event(self.last.as_ref()?),
            recorded_secs: secs(self.recorded?),
        })
    }
}

fn print_row(number: usize, outcome: &Outcome, lockout_secs: f64) {
    let ((first, first_secs), (last, last_secs)) = (&outcome.first, &outcome.last);
    // What the first verdict rests on: the one that stands may have been judged from the recording.
    let seen = first.judgement().map(|judgement| judgement.completeness).unwrap_or_default();
    let (received, analysed) = (seen.frames_received, seen.frames_analysed);
    let millis = |secs: f64| format!("{:.0} ms", secs * 1e3);
    let changed = if first.call() == last.call() { "" } else { ", THE CALL CHANGED" };
    println!(
        "{number:>6} {received:>9} {analysed:>9} {:>15} {:>18} {:>15} {:>15}  {:?}, then {:?}{changed}",
        millis(*first_secs),
        millis(first_secs - lockout_secs),
        millis(*last_secs),
        millis(outcome.recorded_secs),
        first.thoroughness,
        last.origin,
    );
}

fn summary(what: &str, mut secs: Vec<f64>) {
    secs.sort_by(f64::total_cmp);
    let at = |index: usize| secs.get(index).copied().unwrap_or(f64::NAN) * 1e3;
    // The smallest value that 95 of 100 do not exceed.
    let p95 = (secs.len() * 95).div_ceil(100).saturating_sub(1);
    let longest = secs.len().saturating_sub(1);
    println!("{what}: median {:.0} ms, p95 {:.0} ms, longest {:.0} ms", at(secs.len() / 2), at(p95), at(longest));
}

/// Share of a core that the idle piste takes; the camera's clip is decoded by a process of its own and not in it.
fn idle_share(bench: &Bench) -> String {
    std::thread::sleep(SETTLE);
    let (analysed_frames, cpu, begun) = (bench.piste.status().analysed_frames, cpu_secs(), Instant::now());
    std::thread::sleep(IDLE);
    let status = bench.piste.status();
    let per_sec = (status.analysed_frames - analysed_frames) as f64 / begun.elapsed().as_secs_f64();
    let seen = status
        .in_frame
        .map_or("no analysis", |seen| if seen.left && seen.right { "both seen" } else { "not both seen" });
    format!("{}, {per_sec:.1} frames analysed a second, {seen}", share_of(cpu, begun))
}

fn share_of(cpu_before: Option<f64>, begun: Instant) -> String {
    let wall = begun.elapsed().as_secs_f64();
    let share = cpu_before.zip(cpu_secs()).map(|(before, now)| (now - before) / wall);
    share.map_or("processor time not told by this system".to_owned(), |share| {
        format!("{:.0} % of a core", share * 100.0)
    })
}

fn piste_settings(clip: &Path, recordings: &Path) -> PisteSettings {
    PisteSettings {
        weapon: Weapon::Sabre,
        camera: Some(CameraChoice::Clip { path: clip.to_owned(), repeats: true }),
        second_camera: None,
        apparatus: ApparatusChoice::Keys,
        judged_by: JudgedBy::Here,
        recordings: recordings.to_owned(),
        pre_roll_secs: PRE_ROLLS[0],
        post_roll_secs: POST_ROLL_SECS,
        memory_secs: 60.0,
        microphone: None,
        pruning: Pruning::Never,
        language: Language::English,
    }
}
