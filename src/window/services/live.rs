//! Work beside the live piste: looking for devices, trying a server, drawing lots. Each on a thread of its own.

use super::{Outlet, spawn};
use crate::effect::LiveEffect;
use crate::event::{Event, LiveEvent};
use crate::model::{CameraOffer, Devices, Trial};
use apparatus::{Apparatus, ApparatusSettings, Connection, Link, LiveApparatus, Port, list_ports};
use capture::camera::{CameraListing, list_cameras};
use capture::sound::list_sound_devices;
use fencing::Side;
use fencing::time::HostClock;
use piste::ServerChoice;
use std::time::{Duration, Instant};
use wire::client::{ServerAddress, greet};

/// A server that has not answered for so long would be too far away to judge.
const SERVER_PATIENCE: Duration = Duration::from_secs(5);
/// How long a port is listened to: every box repeats itself at least once a second, Saint-George and FPA every 1.2 s.
const BOX_PATIENCE: Duration = Duration::from_secs(4);
/// A protocol is believed from this confidence on.
const BOX_CONFIDENCE: f64 = 0.8;

/// Starts a piece of work. Sound, voice and closing are the window's own business.
pub(super) fn run(effect: LiveEffect, outlet: &Outlet) {
    let teller = outlet.clone();
    let tell = move |event| teller.send(Event::Live(event));
    match effect {
        LiveEffect::ListDevices => {
            spawn("device-search", outlet, move || tell(LiveEvent::DevicesFound(Box::new(devices()))));
        }
        LiveEffect::TryServer(server) => {
            spawn("server-trial", outlet, move || tell(LiveEvent::ServerTried(try_server(&server))));
        }
        LiveEffect::FindBox => spawn("box-search", outlet, move || tell(LiveEvent::BoxFound(find_box()))),
        LiveEffect::AskForRecordings => spawn("file-dialog", outlet, move || {
            if let Some(folder) = rfd::FileDialog::new().pick_folder() {
                tell(LiveEvent::RecordingsChosen(folder));
            }
        }),
        LiveEffect::AskForCameraClip => spawn("file-dialog", outlet, move || {
            if let Some(clip) = rfd::FileDialog::new().pick_file() {
                tell(LiveEvent::CameraClipChosen(clip));
            }
        }),
        LiveEffect::DrawPriority => {
            let side = if rand::random() { Side::Left } else { Side::Right };
            tell(LiveEvent::PriorityDrawn(side));
        }
        LiveEffect::Sound(_) | LiveEffect::Say(_) | LiveEffect::TryVoice | LiveEffect::CloseWindow => {}
    }
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
    match greet(&address, SERVER_PATIENCE) {
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
    while started.elapsed() < BOX_PATIENCE {
        if let Some(found) = listeners.iter().find_map(|(path, live)| understood(path, live)) {
            return Ok(found);
        }
        let _rang = rings.recv_timeout(Duration::from_millis(200));
    }
    let heard: Vec<_> = ports.iter().map(|p| p.path.as_str()).collect();
    Err(format!(
        "No box was understood on {}. Switch it on, check the cable, or choose port and protocol.",
        heard.join(", ")
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
