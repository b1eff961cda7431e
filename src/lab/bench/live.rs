//! `referee-lab bench --live`: how long after the lamp of a live phrase its verdict is there, and what it costs that the eyes are
//! always open, with a clip as camera and a simulated box on the network.
//!
//! The drawn clip shows no lamps: they would have nothing to do with the box's, and lamps in the picture set the touch right.
//! The whole machine runs as beside a piste: capture, recording, eyes, papers. The box says to the microsecond when its lamps
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
use piste::{ApparatusChoice, CameraChoice, Command, Event, JudgedBy, Piste, PisteSettings, Pruning, Ruling, Standing};
use std::net::UdpSocket;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vision::engine::{Engine, EngineConfig};

/// Phrases that are fenced with each pre-roll.
const PHRASES: u32 = 12;
/// How much is kept from before the phrase began, in seconds.
const PRE_ROLLS: [f64; 2] = [2.0, 5.0];
/// Post-roll, in seconds.
const POST_ROLL_SECS: f64 = 0.5;
/// How long the idle piste is looked at.
const IDLE: Duration = Duration::from_secs(10);
/// How long things settle before that: eyes that saw somebody move look closely for two seconds more.
const SETTLE: Duration = Duration::from_secs(4);
/// Seconds of the drawn clip in which both fencers move, and of the one in which nobody does.
const MOVING_SECS: f64 = 6.0;
const STILL_SECS: f64 = 4.0;
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_mins(2);

/// Measures and prints.
pub(super) fn run(clip: Option<&Path>, config: &EngineConfig) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let drawn = |moves, name| filmed(DrawnPhrase::new(moves, Studio::default()), folder.path().join(name));
    let clip = clip.map_or_else(|| drawn(steps(MOVING_SECS), "moving.mp4"), |clip| Ok(clip.to_owned()))?;
    let still = drawn(Moves::new([], []).lasting(STILL_SECS), "still.mp4")?;
    let engine = Engine::load(config)?;
    engine.warm_up()?;
    println!("memory with the models loaded: {}", memory("VmRSS:"));
    for (what, clip, judged_by) in [
        ("nobody judges", &clip, JudgedBy::Nobody),
        ("eyes open, both fencers stand", &still, JudgedBy::Here),
        ("eyes open, both fencers move", &clip, JudgedBy::Here),
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
    first: Arc<Ruling>,
    first_secs: f64,
    last: Arc<Ruling>,
    last_secs: f64,
    recorded_secs: f64,
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
            if begun.elapsed() > PATIENCE {
                bail!(status.camera.trouble.unwrap_or_else(|| "no picture comes from the clip".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Fences the phrases of the box's script and prints what came of them.
    fn bout(self, pre_roll_secs: f64) -> anyhow::Result<()> {
        println!("pre-roll {pre_roll_secs} s, post-roll {POST_ROLL_SECS} s, {PHRASES} phrases of sabre by a box");
        println!(
            "{:>6} {:>9} {:>9} {:>15} {:>18} {:>15} {:>15}  judged",
            "phrase", "pictures", "analysed", "lamp to verdict", "lockout to verdict", "lamp to final", "lamp to disk"
        );
        // Rest enough that the pre-roll does not reach into the phrase before.
        let script =
            ScriptSettings { phrases: PHRASES, lit_secs: 1.5, rest_secs: pre_roll_secs, ..ScriptSettings::default() };
        let simulation = SimulationSettings { script, ..SimulationSettings::of(Protocol::Cyrano) };
        let lockout_secs = script.weapon.timings().lockout_secs;
        let (before, cpu, begun) = (memory("VmRSS:"), cpu_secs(), Instant::now());
        let mut wire = self.wire;
        let playing = std::thread::Builder::new()
            .name("bench-box".into())
            .spawn(move || play(SimulatedBox::new(&simulation), &mut wire, |_: &Sent| Playback::Continue))?;
        let (mut from_lamp, mut from_lockout) = (Vec::new(), Vec::new());
        for (number, phrase) in Script::new(script).enumerate() {
            let at = |wanted: fn(ScriptEvent) -> bool| phrase.iter().find(|timed| wanted(timed.what));
            let start = at(|what| what == ScriptEvent::Start).context("a phrase has a start")?;
            let lamp = at(|what| matches!(what, ScriptEvent::Touch(..))).context("a phrase has a touch")?;
            std::thread::sleep(
                (begun + Duration::from_secs_f64(start.at_secs)).saturating_duration_since(Instant::now()),
            );
            self.piste.send(Command::Start);
            let outcome = hear(&self.events, begun + Duration::from_secs_f64(lamp.at_secs))?;
            print_row(number + 1, &outcome, lockout_secs);
            from_lamp.push(outcome.first_secs);
            from_lockout.push(outcome.first_secs - lockout_secs);
        }
        let share = share_of(cpu, begun);
        summary("from the lamp to the verdict", from_lamp);
        summary("from the last picture that counts to the verdict", from_lockout);
        println!("while fencing {share}; memory {before} at the beginning, {} at the end", memory("VmRSS:"));
        drop(playing);
        Ok(())
    }
}

/// Waits for the verdict that stands and for the recording; `lamp` is when the first lamp lit up.
fn hear(events: &Receiver<Event>, lamp: Instant) -> anyhow::Result<Outcome> {
    let (mut first, mut last, mut recorded) = (None, None, None);
    loop {
        let event = events.recv_timeout(PATIENCE).context("no verdict came")?;
        let secs = lamp.elapsed().as_secs_f64();
        match event {
            Event::Judged(ruling) => {
                first.get_or_insert((Arc::clone(&ruling), secs));
                if ruling.standing == Standing::Final {
                    last.get_or_insert((ruling, secs));
                }
            }
            Event::Recorded(_) => recorded = Some(secs),
            Event::JudgeFailed { text, .. } => bail!(text),
            Event::Trouble(text) => eprintln!("referee: {text}"),
            _ => {}
        }
        if let (Some((first, first_secs)), Some((last, last_secs)), Some(recorded_secs)) = (&first, &last, recorded) {
            let (first, last) = (Arc::clone(first), Arc::clone(last));
            return Ok(Outcome { first, first_secs: *first_secs, last, last_secs: *last_secs, recorded_secs });
        }
    }
}

fn print_row(number: usize, outcome: &Outcome, lockout_secs: f64) {
    let seen = outcome.last.judgement.as_ref().map(|j| j.completeness).unwrap_or_default();
    let (received, analysed) = (seen.frames_received, seen.frames_analysed);
    let millis = |secs: f64| format!("{:.0} ms", secs * 1e3);
    let changed = if outcome.first.call == outcome.last.call { "" } else { ", THE CALL CHANGED" };
    println!(
        "{number:>6} {received:>9} {analysed:>9} {:>15} {:>18} {:>15} {:>15}  {:?}, then {:?}{changed}",
        millis(outcome.first_secs),
        millis(outcome.first_secs - lockout_secs),
        millis(outcome.last_secs),
        millis(outcome.recorded_secs),
        outcome.first.standing,
        outcome.last.origin,
    );
}

fn summary(what: &str, mut secs: Vec<f64>) {
    secs.sort_by(f64::total_cmp);
    let median = secs.get(secs.len() / 2).copied().unwrap_or(f64::NAN);
    let longest = secs.last().copied().unwrap_or(f64::NAN);
    println!("{what}: median {:.0} ms, longest {:.0} ms", median * 1e3, longest * 1e3);
}

/// Share of a core that the idle piste takes; the camera's clip is decoded by a process of its own and not in it.
fn idle_share(bench: &Bench) -> String {
    std::thread::sleep(SETTLE);
    let (looks, cpu, begun) = (bench.piste.status().looks, cpu_secs(), Instant::now());
    std::thread::sleep(IDLE);
    let status = bench.piste.status();
    let per_sec = (status.looks - looks) as f64 / begun.elapsed().as_secs_f64();
    let seen = status
        .in_picture
        .map_or("nobody looks", |seen| if seen.left && seen.right { "both seen" } else { "not both seen" });
    format!("{}, {per_sec:.1} looks a second, {seen}", share_of(cpu, begun))
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
