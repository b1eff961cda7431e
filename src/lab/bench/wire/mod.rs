//! `referee-lab bench wire`: a real server under paced sessions on loopback, in one table: how soon frames are acknowledged,
//! how soon the verdict follows the signal, what a session costs, and whether memory comes back.
//!
//! The server is the program `referee` beside this one, as a process of its own, so its memory and processor time are its own; the
//! sessions run here and send a drawn phrase of 1280x720 at 30 frames per second as JPEG, each frame when it is due.

mod churn;
mod film;
mod paced;
mod reach;
mod served;

use film::Film;
use futures_util::future::join_all;
use paced::{Line, Opening, Streamed};
use served::Served;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Seconds of the two lengths of phrase whose verdicts are compared.
const LENGTHS_SECS: [f64; 2] = [2.0, 20.0];
/// Different phrases under load.
const LOAD_FILMS: u64 = 8;
/// How long a session that was refused waits before it asks again.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// Sessions that are open without anything happening, and how long.
const IDLE_SESSIONS: usize = 10;
const IDLE: Duration = Duration::from_secs(10);

/// Measure a server under paced sessions on loopback.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Sessions at the same time under load
    #[arg(long, value_name = "N", default_value_t = 2)]
    sessions: usize,
    /// Seconds that the load lasts
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    secs: f64,
    /// Verdicts of each length with one session
    #[arg(long, value_name = "N", default_value_t = 10)]
    phrases: usize,
    /// Sessions one after the other, after which memory should be back
    #[arg(long, value_name = "N", default_value_t = 200)]
    churn: usize,
    /// Also measure ten clients that start together, idle and slow clients beside an honest one, and hostile texts
    #[arg(long)]
    reach: bool,
}

/// Prints the table.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    // The HTTP client wants to know its cryptography, though nothing here is encrypted.
    let _chosen_before = rustls::crypto::ring::default_provider().install_default();
    let films: Vec<Film> = LENGTHS_SECS.into_iter().map(Film::draw).collect::<Result<_, _>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("bench").build()?;
    runtime.block_on(async {
        let server = Served::start()?;
        println!("{cores} cores, server and clients on the same machine, {}", server.announced);
        for film in &films {
            println!("film of {:.0} s: {} frames, {:.0} KiB each", film.secs, film.jpegs.len(), film.mean_kib());
        }
        let at_start = server.settled_mib().await;
        println!("memory of the server, models loaded            {at_start:.0} MiB");
        idle(&server).await?;
        one_session(args, &server, &films).await?;
        under_load(args, &server).await?;
        drop(server);
        let Some(film) = films.first() else { return anyhow::Ok(()) };
        if args.reach {
            reach::reach(film).await?;
        }
        if args.churn > 0 {
            churn::come_and_go(args.churn, film).await?;
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The value below which so much of all lies, by nearest rank; 0 of nothing.
fn percentile(values: &[Duration], share: f64) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

fn row(what: &str, values: &[Duration], high: f64) {
    let millis = |share| percentile(values, share).as_secs_f64() * 1e3;
    let (p50, top) = (millis(0.5), millis(high));
    println!("{what:<46} p50 {p50:>8.1} ms   p{:<3.0}{top:>8.1} ms   of {}", high * 100.0, values.len());
}

fn acks(streamed: &[&Streamed]) -> Vec<Duration> {
    streamed.iter().flat_map(|phrase| phrase.acks.iter().copied()).collect()
}

fn verdicts(streamed: &[&Streamed]) -> Vec<Duration> {
    streamed.iter().map(|phrase| phrase.verdict).collect()
}

async fn one_session(args: &Args, server: &Served, films: &[Film]) -> anyhow::Result<()> {
    println!("one session");
    for film in films {
        let mut streamed = Vec::new();
        for number in 0..args.phrases {
            let mut line = Line::open(server, &format!("one-{:.0}-{number}", film.secs), film).await?;
            streamed.push(line.phrase(film, film.jpegs.len()).await?);
        }
        let streamed: Vec<&Streamed> = streamed.iter().collect();
        row(&format!("  acknowledgement, phrases of {:.0} s", film.secs), &acks(&streamed), 0.99);
        row(&format!("  verdict after the signal, phrases of {:.0} s", film.secs), &verdicts(&streamed), 0.95);
        skipped(&streamed);
    }
    Ok(())
}

fn skipped(streamed: &[&Streamed]) {
    let (frames, skipped) = streamed.iter().fold((0, 0), |(f, s), phrase| (f + phrase.acks.len(), s + phrase.skipped));
    println!("  frames not looked at, to keep up               {skipped} of {frames}");
}

/// What one session under load has come to.
#[derive(Default)]
struct Load {
    streamed: Vec<Streamed>,
    /// Phrases whose verdict is that of the same phrase when every frame of it is seen.
    agreeing: usize,
    refused: usize,
}

/// Phrases one after the other in every session until the time is over.
async fn under_load(args: &Args, server: &Served) -> anyhow::Result<()> {
    if args.sessions == 0 {
        return Ok(());
    }
    let films: Vec<Film> = (0..LOAD_FILMS).map(Film::drawn_by_lot).collect::<Result<_, _>>()?;
    let unhurried = unhurried(server, &films).await?;
    server.artifacts_written().await?;
    println!("{} sessions for {:.0} s, {} different phrases in turn", args.sessions, args.secs, films.len());
    let (began, cpu) = (Instant::now(), server.cpu_secs());
    let session = async |session: usize| -> anyhow::Result<Load> {
        let mut load = Load::default();
        while began.elapsed().as_secs_f64() < args.secs {
            let number = session + load.streamed.len();
            let (film, winner) = (&films[number % films.len()], &unhurried[number % films.len()]);
            match Line::ask(server, &format!("load-{session}-{number}"), film).await? {
                Opening::Open(mut line) => load.streamed.push(line.phrase(film, film.jpegs.len()).await?),
                Opening::Busy(_) => {
                    load.refused += 1;
                    tokio::time::sleep(ASK_AGAIN).await;
                    continue;
                }
            }
            load.agreeing += usize::from(load.streamed.last().is_some_and(|phrase| phrase.winner == *winner));
        }
        Ok(load)
    };
    let ended: Result<Vec<Load>, _> = join_all((0..args.sessions).map(session)).await.into_iter().collect();
    let used = (server.cpu_secs() - cpu) / began.elapsed().as_secs_f64() / args.sessions as f64;
    print_loads(&ended?);
    println!("  processor per session, artifacts included      {used:.2} cores");
    println!("  memory of the server                           {:.0} MiB", server.memory_mib());
    Ok(())
}

/// Who wins each phrase when it is sent as a file, of which every frame is seen.
async fn unhurried(server: &Served, films: &[Film]) -> anyhow::Result<Vec<String>> {
    let mut winners = Vec::with_capacity(films.len());
    for (number, film) in films.iter().enumerate() {
        let mut line = Line::open(server, &format!("unhurried-{number}"), film).await?;
        winners.push(line.phrase_at_once(film, film.jpegs.len()).await?.winner);
    }
    Ok(winners)
}

fn print_loads(loads: &[Load]) {
    let (agreeing, refused) = loads.iter().fold((0, 0), |(a, r), load| (a + load.agreeing, r + load.refused));
    let streamed: Vec<&Streamed> = loads.iter().flat_map(|load| &load.streamed).collect();
    row("  acknowledgement", &acks(&streamed), 0.99);
    row("  verdict after the signal", &verdicts(&streamed), 0.95);
    skipped(&streamed);
    println!("  the verdict of the phrase seen whole           {agreeing} of {}", streamed.len());
    println!("  told that the server is busy                   {refused} times");
}

async fn idle(server: &Served) -> anyhow::Result<()> {
    let (cpu, memory) = (server.cpu_secs(), server.memory_mib());
    let film = Film::empty();
    let ids: Vec<String> = (0..IDLE_SESSIONS).map(|number| format!("idle-{number}")).collect();
    let opened = join_all(ids.iter().map(|id| Line::open(server, id, &film))).await;
    let lines: Vec<Line> = opened.into_iter().collect::<Result<_, _>>()?;
    let (cpu, opened) = (server.cpu_secs(), server.cpu_secs() - cpu);
    tokio::time::sleep(IDLE).await;
    let share = (server.cpu_secs() - cpu) / IDLE.as_secs_f64() * 100.0;
    println!("{} idle sessions", lines.len());
    println!("  processor                                      {share:.1} % of a core, {opened:.2} s to open all");
    let each = (server.memory_mib() - memory) / lines.len().max(1) as f64;
    println!("  memory per idle session                        {each:+.2} MiB");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let millis: Vec<_> = [5, 1, 4, 2, 3].map(Duration::from_millis).to_vec();
        let check =
            |share, expected| assert_eq!(percentile(&millis, share), Duration::from_millis(expected), "{share}");
        check(0.5, 3);
        check(0.95, 5);
        check(0.2, 1);
        check(0.0, 1);
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}
