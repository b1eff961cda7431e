//! Soak test: window, camera, scoring box, recorder, engine and a server, run together for as long as asked, with faults in
//! between. Prints what was fenced and which invariants did not hold; exits with 1 when one did not.
//!
//! `cargo bench --bench soak -- --minutes 30 [--seed 1]`. Needs ffmpeg, no display. The camera is a drawn clip in a loop, the box a
//! simulated one over UDP, the server the program `referee serve` as a process of its own. The same seed gives the same phrases and
//! faults.
//!
//! Invariants after every phrase: a verdict that stands; no touch for a side whose lamp was dark; a folder with clip, signal log,
//! notes and result, the clip readable with as many frames as the sidecar names, and no unfinished file. At the end: memory, threads
//! and open files as after the first phrases, no panic report, no step of the session loop above [`MAX_STEP_SECS`].

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a soak test that cannot go on stops there and says why")]

mod checks;
mod hall;

use checks::{Resources, Violations};
use hall::{Fault, Hall};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Phrases after which models are loaded and caches are full: memory is compared with what it is then.
const WARM_UP_PHRASES: u32 = 6;
/// Share of the phrases with a fault.
const FAULT_SHARE: f64 = 0.5;
/// Longest step of the session loop, in seconds: longer ones are seen as a stalled picture.
const MAX_STEP_SECS: f64 = 0.5;

struct Arguments {
    minutes: f64,
    seed: u64,
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else { return ExitCode::SUCCESS };
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(arguments.minutes * 60.0);
    let mut dice = ChaCha8Rng::seed_from_u64(arguments.seed);
    let mut hall = Hall::open(arguments.seed);
    let mut violations = Violations::default();
    let mut faults = [0_u32; Fault::ALL.len()];
    let (mut phrases, mut warm) = (0, None);
    println!("soak of {:.1} minutes, seed {}", arguments.minutes, arguments.seed);
    while Instant::now() < until {
        phrases += 1;
        let fault = dice.random_bool(FAULT_SHARE).then(|| dice.random_range(0..Fault::ALL.len()));
        if let Some(which) = fault {
            faults[which] += 1;
        }
        hall.fence(phrases, fault.map(|which| Fault::ALL[which]), &mut violations);
        if phrases == WARM_UP_PHRASES {
            warm = Some(Resources::now());
        }
    }
    let step_secs = hall.longest_step_secs();
    violations.check(step_secs <= MAX_STEP_SECS, || format!("a step of the session loop took {step_secs:.2} s"));
    hall.check_for_panics(&mut violations);
    println!("{phrases} phrases in {:.0} s", begun.elapsed().as_secs_f64());
    for (fault, count) in Fault::ALL.iter().zip(faults) {
        println!("  with {:<34} {count}", fault.name());
    }
    hall.print_latencies();
    let last = Resources::now();
    println!("  longest step of the session loop       {:.0} ms", step_secs * 1e3);
    match &warm {
        Some(warm) => {
            println!("  after {WARM_UP_PHRASES} phrases                        {warm}");
            last.check_against(warm, &mut violations);
        }
        None => println!("  fewer than {WARM_UP_PHRASES} phrases: memory is not compared"),
    }
    println!("  at the end                             {last}");
    hall.close();
    violations.print()
}

/// The arguments; `None` for what the test runner asks of a bench.
fn arguments() -> Option<Arguments> {
    let mut parsed = Arguments { minutes: 1.0, seed: 1 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--minutes" => parsed.minutes = words.next()?.parse().expect("--minutes takes a number"),
            "--seed" => parsed.seed = words.next()?.parse().expect("--seed takes a whole number"),
            "--test" | "--list" => return None,
            _ => {}
        }
    }
    Some(parsed)
}
