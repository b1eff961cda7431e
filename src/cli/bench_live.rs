//! `referee bench --live`: how long after the end of a live phrase's pictures its verdict is there, with a clip as camera.
//!
//! The whole machine runs as beside a piste: capture, recording, analysis while pictures come. Phrases begin and end by keys.

use crate::config::{AnalysisSettings, Places};
use crate::engine::Engine;
use crate::fencing::{Lamp, Side, SignalKind};
use crate::piste::{
    ApparatusChoice, CameraChoice, Command, Event, JudgedBy, Piste, PisteSettings, Pruning, Ruling, Standing,
};
use crate::time::HostClock;
use crate::wording::Language;
use anyhow::{Context, bail};
use crossbeam_channel::Receiver;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Phrases that are fenced.
const PHRASES: usize = 7;
/// From "Allez!" to the first lamp, in seconds.
const FENCED_SECS: f64 = 3.5;
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_mins(2);

/// Fences phrases before the clip and prints the delays.
pub(super) fn run(clip: Option<&Path>, settings: &AnalysisSettings, places: &Places) -> anyhow::Result<ExitCode> {
    let clip = clip.map(Path::to_owned).or_else(|| places.demo_clip()).context("there is no demo clip; give --clip")?;
    let folder = tempfile::tempdir()?;
    let config = settings.engine_config(places, 1)?;
    let source = Arc::new(move || Engine::load(&config).map_err(|e| e.to_string()));
    let (piste, events) =
        Piste::start(piste_settings(clip.clone(), folder.path()), source, HostClock::start(), Arc::new(|| ()))?;
    wait_until_ready(&piste)?;
    println!("live phrases of {FENCED_SECS} s before {}", clip.display());
    println!("{:>6} {:>10} {:>10} {:>12}  judged", "phrase", "pictures", "analysed", "delay ms");
    let mut delays = Vec::new();
    for number in 1..=PHRASES {
        let first = fence(&piste, &events)?;
        let seen = first.judgement.as_ref().map(|j| j.completeness).unwrap_or_default();
        let standing = if first.standing == Standing::Provisional { ", provisional" } else { "" };
        let millis = first.delay_secs * 1e3;
        let (received, analysed) = (seen.frames_received, seen.frames_analysed);
        println!("{number:>6} {received:>10} {analysed:>10} {millis:>12.0}  {:?}{standing}", first.origin);
        delays.push(millis);
    }
    delays.sort_by(f64::total_cmp);
    let median = delays.get(delays.len() / 2).copied().unwrap_or(f64::NAN);
    println!(
        "delay from the last picture to the verdict: median {median:.0} ms, longest {:.0} ms",
        delays.last().copied().unwrap_or(f64::NAN)
    );
    Ok(ExitCode::SUCCESS)
}

fn piste_settings(clip: PathBuf, recordings: &Path) -> PisteSettings {
    PisteSettings {
        weapon: crate::fencing::Weapon::Sabre,
        camera: Some(CameraChoice::Clip { path: clip, repeats: true }),
        second_camera: None,
        apparatus: ApparatusChoice::Keys,
        judged_by: JudgedBy::Here,
        recordings: recordings.to_owned(),
        pre_roll_secs: 2.0,
        post_roll_secs: 0.5,
        memory_secs: 60.0,
        microphone: None,
        pruning: Pruning::Never,
        language: Language::English,
    }
}

fn wait_until_ready(piste: &Piste) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let status = piste.status();
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

/// One phrase: its first verdict, once the one that stands is there too.
fn fence(piste: &Piste, events: &Receiver<Event>) -> anyhow::Result<Arc<Ruling>> {
    piste.send(Command::Start);
    std::thread::sleep(Duration::from_secs_f64(FENCED_SECS));
    piste.send(Command::Signal(SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid }));
    let mut first = None;
    loop {
        match events.recv_timeout(PATIENCE).context("no verdict came")? {
            Event::Judged(ruling) => {
                let is_final = ruling.standing == Standing::Final;
                let told = Arc::clone(first.get_or_insert(ruling));
                if is_final {
                    return Ok(told);
                }
            }
            Event::JudgeFailed { text, .. } => bail!(text),
            Event::Trouble(text) => eprintln!("referee: {text}"),
            _ => {}
        }
    }
}
