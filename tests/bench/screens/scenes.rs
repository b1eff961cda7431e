//! What is on the screens: a club's phrases on disk, a bout that runs, a phrase at the piste from its start to the verdict.

use crate::album::{Album, demo};
use fencing::Side;
use piste::Phase;
use std::path::Path;
use window::App;
use window::command::{BoutCommand, Command, LampsByHand, LibraryCommand, PisteCommand};
use window::model::{CameraPick, Card, LiveSettings, Screen, Settings};

/// Names as they come: long, accented, and in writing that is not shipped.
const FENCERS: [(&str, &str); 6] = [
    ("Kim Junho", "Rossi Alessandra"),
    ("Szilágyi Áron", "Bazadze Sandro"),
    ("王 伟明", "佐藤 陽菜"),
    ("Müller-Hohenberg Maximiliane", "O'Connor"),
    ("Łukasz Wiśniewski", "김정환"),
    ("", ""),
];

/// Settings of somebody who was here before, with the demo phrase for a camera.
pub(crate) fn settings() -> Settings {
    let camera = Some(CameraPick::Clip { path: demo() });
    let live = LiveSettings { camera, pre_roll_secs: 1.0, post_roll_secs: 0.5, ..LiveSettings::default() };
    Settings { live, welcomed: true, ..Settings::default() }
}

/// A folder of phrases; the first has a clip that can be shown.
pub(crate) fn club(root: &Path) {
    for number in 0..24_usize {
        let name = format!("20260127_{:06}_phrase{:02}", 183_000 + number * 47, number + 1);
        let folder = root.join(&name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let clip = folder.join(format!("{name}.mp4"));
        if number % 3 == 0 {
            std::fs::copy(demo(), &clip).expect("the demo phrase is there");
        } else {
            std::fs::write(&clip, "no clip").expect("a file");
        }
        let (left, right) = FENCERS[number % FENCERS.len()];
        let calls = ["left", "right", "simultaneous", "too_close"];
        let (own, machine) = (calls[number % 3], calls[(number / 2) % 4]);
        let weapon = ["sabre", "foil", "epee"][number / 8];
        let confidence = 0.55 + (number % 9) as f64 * 0.05;
        let notes = format!(
            r#"{{"left":"{left}","right":"{right}","weapon":"{weapon}","own_call":"{own}","machine_call":"{machine}","machine_confidence":{confidence},"bout":"Club evening","number":{number},"score":[{},{}]}}"#,
            number / 2,
            number / 3
        );
        std::fs::write(folder.join("phrase.json"), notes).expect("notes");
    }
}

/// The library lists the club's phrases with their small pictures.
pub(crate) fn fill_library(album: &mut Album, root: &Path) {
    album.show(Screen::Library);
    album.send(Command::Library(LibraryCommand::AddPlace(root.to_owned())));
    let listed = |app: &App| app.model().library.looking.is_none() && app.model().library.listed.len() >= 24;
    album.wait("the library", listed);
    // The small pictures come from a thread that tells nobody when it is done.
    let mut turns = 0;
    while turns < 150 {
        album.window.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(20));
        turns += 1;
    }
}

/// Names, touches and cards.
pub(crate) fn fill_bout(album: &mut Album) {
    use BoutCommand as B;
    let bout = [
        B::Title("Club evening, table of 16".into()),
        B::Name(Side::Left, "Szilágyi Áron".into()),
        B::Name(Side::Right, "王 伟明".into()),
        B::Score(Side::Left, 11),
        B::Score(Side::Right, 9),
        B::Card(Side::Left, Card::Yellow),
        B::Card(Side::Right, Card::Yellow),
        B::Card(Side::Right, Card::Red),
        B::Card(Side::Right, Card::Passivity),
        B::SetClock(101.0),
        B::Period(1),
    ];
    for command in bout {
        album.send(Command::Bout(command));
    }
}

/// A phrase at the piste from its start to a verdict that stands, with a picture of every state.
pub(crate) fn fence(album: &mut Album) {
    album.show(Screen::Piste);
    let ready = |app: &App| {
        let status = &app.model().piste.status;
        status.camera.measured_fps > 0.0 && status.engine.is_some() && status.recorder.memory_secs > 1.0
    };
    album.wait("pictures and the engine", ready);
    album.take("piste-ready");
    album.send(Command::Piste(PisteCommand::Go));
    let fenced = |app: &App| match app.model().piste.status.phase {
        Phase::Recording { since } => app.model().piste.now.secs_since(since) > 2.0,
        _ => false,
    };
    album.wait("two seconds of the phrase", fenced);
    album.take("piste-recording");
    album.send(Command::Piste(PisteCommand::Lamps(LampsByHand::Both)));
    let judging = |app: &App| matches!(app.model().piste.status.phase, Phase::Judging { .. } | Phase::Judged(_));
    album.wait("judging", judging);
    album.take("piste-judging");
    let stands = |app: &App| app.model().piste.phrase.as_ref().is_some_and(|phrase| phrase.ruling.is_some());
    album.wait("the verdict", stands);
    album.take("piste-verdict");
}
