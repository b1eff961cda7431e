//! Ten thousand phrases: how long a look at the folders takes, and what the library costs per frame while it shows them.
//!
//! Prints medians and 95th percentiles; the frame is `logic` and `ui` of the whole window without painting.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark")]

use egui_kittest::Harness;
use records::library::{Catalogue, LibraryFolders, Query, scan, select, statistics};
use std::path::Path;
use std::time::{Duration, Instant};
use vision::video::Cancel;
use window::command::{Command, LibraryCommand, Narrow};
use window::{App, WindowOptions, engine_maker, make_app};

const PHRASES: u32 = 10_000;

fn main() {
    let dir = tempfile::tempdir().expect("a folder");
    (0..PHRASES).for_each(|number| phrase(dir.path(), number));
    looking(dir.path());
    frames(dir.path());
}

fn phrase(root: &Path, number: u32) {
    let name = format!("20260127_{:06}_phrase{number:02}", 100_000 + number % 100_000);
    let folder = root.join(&name);
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{name}.mkv")), "clip").expect("a clip");
    let log = " 0.000s | Phrase recording started\n 1.221s | HIT: Left scores on Right!\nScores -> Fencer 1: HIT, Fencer 2: MISS\n";
    std::fs::write(folder.join(format!("{name}.txt")), log).expect("a log");
    let notes = format!(
        r#"{{"left":"Fencer {}","right":"Rossi","weapon":"sabre","own_call":"left","machine_call":"right","machine_confidence":0.8}}"#,
        number % 100
    );
    std::fs::write(folder.join("phrase.json"), notes).expect("notes");
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!("{what:<44} median {:>8.2} ms   p95 {:>8.2} ms   n {}", at(0.5), at(0.95), times.len());
}

fn clocked(times: &mut Vec<Duration>, mut work: impl FnMut()) {
    let started = Instant::now();
    work();
    times.push(started.elapsed());
}

fn looking(root: &Path) {
    let places = LibraryFolders { listed: vec![root.to_owned()], results: None, ..LibraryFolders::default() };
    let (mut looks, mut lists) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let mut all = Catalogue::default();
        clocked(&mut looks, || {
            all.begin_look();
            scan(&places, &Cancel::new(), &mut |finding| all.add(finding));
            all.end_look();
        });
        let query = Query { text: "rossi 1".into(), ..Query::default() };
        for _ in 0..10 {
            clocked(&mut lists, || {
                let listed = select(&all, &query);
                std::hint::black_box(statistics(listed.iter().map(AsRef::as_ref)));
            });
        }
    }
    report("one look at 10,000 phrases", looks);
    report("search, sort and figures of 10,000", lists);
}

fn frames(root: &Path) {
    let builder = Harness::builder().with_size(egui::vec2(1920.0, 1080.0)).with_accessibility_check(false);
    let make = |cc: &mut eframe::CreationContext<'_>| {
        make_app(&cc.egui_ctx, WindowOptions::default(), engine_maker()).expect("the window opens")
    };
    let mut window: Harness<'static, App> = builder.build_eframe(make);
    window.run_steps(2);
    window.state_mut().send(Command::Library(LibraryCommand::AddPlace(root.to_owned())));
    let mut growing = Vec::new();
    while window.state().model().library.listed.len() < PHRASES as usize
        || window.state().model().library.looking.is_some()
    {
        clocked(&mut growing, || window.step());
        std::thread::sleep(Duration::from_millis(16));
    }
    let (mut still, mut scrolled, mut typed) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..200 {
        clocked(&mut still, || window.step());
        window.key_press(egui::Key::PageDown);
        clocked(&mut scrolled, || window.step());
        window.step();
        let text = if n % 2 == 0 { "rossi" } else { "rossi 1" };
        window.state_mut().send(Command::Library(LibraryCommand::Narrow(Narrow::Text(text.to_owned()))));
        clocked(&mut typed, || window.step());
    }
    report("frame while the list grows", growing);
    report("frame, list at rest", still);
    report("frame, a page further", scrolled);
    report("frame, a letter typed into the search", typed);
}
