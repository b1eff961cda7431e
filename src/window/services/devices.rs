//! What the window asks the machine for: cameras, ports, a scoring box, a server, a file. Each on a thread of its own.

use crate::effect::{Event, LiveEvent};
use crate::model::{CameraOffer, Devices, PathFor, Trial};
use crate::services::workers::{self, EventSender};
use apparatus::{Apparatus, ApparatusSettings, Connection, Link, LiveApparatus, Port, list_ports};
use capture::camera::{CameraListing, list_cameras};
use capture::sound::list_sound_devices;
use fencing::Side;
use fencing::time::HostClock;
use piste::ServerChoice;
use records::library::CLIP_ENDINGS;
use std::time::{Duration, Instant};
use wire::client::{ServerAddress, check_health};

/// The library's clip endings in lower and in upper case: some dialogs distinguish `mp4` from the `MP4` that cameras write.
fn clip_endings() -> Vec<String> {
    CLIP_ENDINGS.iter().flat_map(|ending| [(*ending).to_owned(), ending.to_uppercase()]).collect()
}

/// Nobody closes a dialog this fast: without a portal and without zenity the answer comes after about 0.15 s.
const NO_DIALOG: Duration = Duration::from_millis(600);
/// A server that has not answered for so long would be too far away to judge.
const SERVER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a port is listened to: every box repeats itself at least once a second, Saint-George and FPA every 1.2 s.
const BOX_TIMEOUT: Duration = Duration::from_secs(4);
/// A protocol is believed from this confidence on.
const BOX_CONFIDENCE: f64 = 0.8;

/// Looks for cameras, ports and sound devices.
pub(super) fn list(events: &EventSender) -> Option<Event> {
    let found = |devices| Event::Live(LiveEvent::DevicesFound(Box::new(devices)));
    let lost = move |_| found(Devices::default());
    workers::start("device-search", events, lost, move |events| events.send(found(devices())))
}

/// Asks a server whether it is there.
pub(super) fn test_server(server: ServerChoice, events: &EventSender) -> Option<Event> {
    let tried = |trial| Event::Live(LiveEvent::ServerTried(trial));
    let lost = move |text| tried(Trial::Fails(text));
    workers::start("server-test", events, lost, move |events| events.send(tried(try_server(&server))))
}

/// Listens on every serial port for a scoring box.
pub(super) fn find_scoring_box(events: &EventSender) -> Option<Event> {
    let found = |answer| Event::Live(LiveEvent::BoxFound(answer));
    workers::start("box-search", events, move |text| found(Err(text)), move |events| events.send(found(find_box())))
}

/// A side by lot.
pub(super) fn draw_lot() -> Event {
    let side = if rand::random() { Side::Left } else { Side::Right };
    Event::Live(LiveEvent::PriorityDrawn(side))
}

fn devices() -> Devices {
    let ports = list_ports().unwrap_or_default().into_iter().map(|p| (p.path, p.about)).collect();
    let sound = list_sound_devices();
    Devices { cameras: cameras(), ports, microphones: sound.inputs, loudspeakers: sound.outputs, ..Devices::default() }
}

/// Every camera that can be used, by its name; two of one name by their numbers.
fn cameras() -> Vec<CameraOffer> {
    let found: Vec<_> = list_cameras().unwrap_or_default().into_iter().filter(|c| c.trouble.is_none()).collect();
    let twins = |name: &str| found.iter().filter(|c| c.name == name).count() > 1;
    let offer = |camera: &CameraListing| CameraOffer {
        name: if twins(&camera.name) { camera.number.clone() } else { camera.name.clone() },
        formats: camera.formats.iter().map(ToString::to_string).collect(),
    };
    found.iter().map(offer).collect()
}

fn try_server(choice: &ServerChoice) -> Trial {
    let address =
        match ServerAddress::parse(&choice.address, choice.token.as_ref().map(|token| token.reveal().to_owned())) {
            Ok(address) => address,
            Err(error) => return Trial::Fails(error.to_string()),
        };
    match check_health(&address, SERVER_TIMEOUT) {
        Ok(secs) => Trial::Works(format!("{:.0} ms", secs * 1000.0)),
        Err(error) => Trial::Fails(error.to_string()),
    }
}

/// Listens on all serial ports at once and takes the first box that is understood.
fn find_box() -> Result<(String, String), String> {
    let ports = list_ports().map_err(|e| e.to_string())?;
    if ports.is_empty() {
        return Err(
            "No serial port was found. Plug the box's cable in and search again, or type a network port such as \
                    udp:50100."
                .to_owned(),
        );
    }
    let (bell, rings) = crossbeam_channel::bounded(1);
    let listeners = listen(&ports, &bell);
    let started = Instant::now();
    while started.elapsed() < BOX_TIMEOUT {
        if let Some(found) = listeners.iter().find_map(|(path, live)| understood(path, live)) {
            return Ok(found);
        }
        let _rang = rings.recv_timeout(Duration::from_millis(200));
    }
    let paths: Vec<_> = ports.iter().map(|p| p.path.as_str()).collect();
    Err(format!(
        "No box was understood on {}. Switch it on, check the cable, or choose port and protocol.",
        paths.join(", ")
    ))
}

/// One listener for each port that can be opened; each rings the bell when something came.
fn listen(ports: &[Port], bell: &crossbeam_channel::Sender<()>) -> Vec<(String, LiveApparatus)> {
    let clock = HostClock::start();
    let open = |port: &Port| {
        let link = Link::Serial { path: port.path.clone(), baud: None };
        let bell = bell.clone();
        let wake = move || {
            let _rung_already = bell.try_send(());
        };
        LiveApparatus::open(ApparatusSettings::for_link(link), clock, wake).ok().map(|live| (port.path.clone(), live))
    };
    ports.iter().filter_map(open).collect()
}

/// Port and protocol of a box that is understood.
fn understood(path: &str, live: &LiveApparatus) -> Option<(String, String)> {
    let state = live.state();
    let sure = state.connection == Connection::Open && state.confidence >= BOX_CONFIDENCE;
    state.protocol.filter(|_| sure).map(|protocol| (path.to_owned(), protocol.as_str().to_owned()))
}

/// Asks for a path with the system's dialog, on a thread of its own so that the live view never stands still. The answer
/// distinguishes a closed dialog from a system without one.
pub(super) fn ask_for_path(purpose: PathFor, events: &EventSender) -> Option<Event> {
    workers::start(
        "file-dialog",
        events,
        move |_| Event::NoDialog(purpose),
        move |events| {
            let asked = Instant::now();
            let dialog = rfd::FileDialog::new();
            let chosen = match purpose {
                PathFor::Clip | PathFor::SecondClip | PathFor::CameraClip => {
                    dialog.add_filter("Video", &clip_endings()).add_filter("*.*", &["*"]).pick_file()
                }
                PathFor::LibraryFolder | PathFor::Recordings | PathFor::ClubJudge => dialog.pick_folder(),
                PathFor::List(format) => dialog.set_file_name(format!("phrases.{}", format.extension())).save_file(),
                PathFor::Records => dialog.set_file_name("phrases.jsonl.gz").save_file(),
            };
            let none = if asked.elapsed() < NO_DIALOG { Event::NoDialog(purpose) } else { Event::NothingChosen };
            events.send(chosen.map_or(none, |path| Event::PathChosen(purpose, path)));
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialog_shows_what_the_library_lists_however_the_camera_spells_it() {
        let endings = clip_endings();
        for ending in ["MOV", "MP4", "MTS", "mkv", "m2ts"] {
            assert!(endings.iter().any(|offered| offered == ending), "{ending}");
        }
    }
}
