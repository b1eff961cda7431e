//! The cameras of a piste: each picture goes to the recorder and, of the main one, to the desk.
//!
//! One thread per camera takes pictures from a queue that loses nothing and turns what is no JPEG into JPEG once, for
//! everybody. It waits for the recorder before it waits for anything else; while it waits the camera's own queue grows.

use super::{CameraChoice, CameraStatus};
use crate::camera::{Captured, LiveCamera, PictureReceiver, PixelCoding, RECORDER_ROOM_BYTES, Received};
use crate::time::{HostClock, Timestamp};
use crossbeam_channel::{Receiver, Sender, bounded, never};
use std::collections::VecDeque;
use std::time::Duration;

/// Pictures on their way to the recorder, and to the desk: both take them many times a second.
const ON_THE_WAY: usize = 64;
/// Longest silence before the thread looks whether it is still wanted.
const NOTICE: Duration = Duration::from_millis(200);
/// Pictures that are remembered here until the recorder surely has them.
const REMEMBERED: usize = 64;

/// One camera in use.
struct Seat {
    choice: CameraChoice,
    camera: LiveCamera,
    /// What the recorder takes; taken by it once.
    for_recorder: Option<Receiver<Captured>>,
    for_desk: Receiver<Captured>,
}

/// The cameras.
pub(super) struct Eye {
    clock: HostClock,
    main: Option<Seat>,
    second: Option<Seat>,
    recent: VecDeque<Captured>,
}

impl Eye {
    /// Opens the chosen cameras.
    pub(super) fn open(main: Option<&CameraChoice>, second: Option<&CameraChoice>, clock: HostClock) -> Self {
        let main = main.map(|choice| Seat::open(choice, clock, Looks::AtAll));
        let second = second.map(|choice| Seat::open(choice, clock, Looks::AtNone));
        Self { clock, main, second, recent: VecDeque::new() }
    }

    /// Other cameras; the same one goes on undisturbed. Whether main and second changed.
    pub(super) fn set(&mut self, main: Option<&CameraChoice>, second: Option<&CameraChoice>) -> (bool, bool) {
        let differs = |seat: &Option<Seat>, wanted: Option<&CameraChoice>| seat.as_ref().map(|s| &s.choice) != wanted;
        let changed = (differs(&self.main, main), differs(&self.second, second));
        // First out, then in: both may be the same device with another format.
        if changed.0 {
            self.main = None;
            self.recent.clear();
            self.main = main.map(|choice| Seat::open(choice, self.clock, Looks::AtAll));
        }
        if changed.1 {
            self.second = None;
            self.second = second.map(|choice| Seat::open(choice, self.clock, Looks::AtNone));
        }
        changed
    }

    /// Whether there is a camera that phrases are judged by.
    pub(super) fn is_there(&self) -> bool {
        self.main.is_some()
    }

    /// What the recorder takes of the main camera, and of the second; `None` once it has it.
    pub(super) fn for_recorder(&mut self) -> (Option<Receiver<Captured>>, Option<Receiver<Captured>>) {
        let take = |seat: &mut Option<Seat>| seat.as_mut().and_then(|seat| seat.for_recorder.take());
        (take(&mut self.main), take(&mut self.second))
    }

    /// Pictures of the main camera, in JPEG.
    pub(super) fn pictures(&self) -> Receiver<Captured> {
        self.main.as_ref().map_or_else(never, |seat| seat.for_desk.clone())
    }

    /// The main camera delivers nothing any more.
    pub(super) fn ended(&mut self) {
        if let Some(seat) = &mut self.main {
            seat.for_desk = never();
        }
    }

    /// Keeps a picture until the recorder has it.
    pub(super) fn remember(&mut self, picture: &Captured) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(picture.clone());
    }

    /// Pictures later than `after` that are remembered here.
    pub(super) fn later_than(&self, after: Timestamp) -> Vec<Captured> {
        self.recent.iter().filter(|picture| picture.at > after).cloned().collect()
    }

    /// How the main camera stands.
    pub(super) fn status(&self) -> CameraStatus {
        self.main.as_ref().map(|seat| seat.camera.state()).unwrap_or_default()
    }
}

/// Whether the desk sees a camera's pictures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    AtAll,
    AtNone,
}

impl Seat {
    fn open(choice: &CameraChoice, clock: HostClock, looks: Looks) -> Self {
        let camera = LiveCamera::start(choice, clock);
        let pictures = camera.subscribe_recorder(RECORDER_ROOM_BYTES);
        let (recorder, for_recorder) = bounded(ON_THE_WAY);
        let (desk, for_desk) = bounded(ON_THE_WAY);
        let desk = (looks == Looks::AtAll).then_some(desk);
        let spawned = std::thread::Builder::new()
            .name("piste-pictures".into())
            .spawn(move || hand_out(&pictures, &recorder, desk.as_ref()));
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread for the pictures of a camera");
        }
        Self { choice: choice.clone(), camera, for_recorder: Some(for_recorder), for_desk }
    }
}

/// Hands pictures out until the camera is closed.
fn hand_out(pictures: &PictureReceiver, recorder: &Sender<Captured>, desk: Option<&Sender<Captured>>) {
    loop {
        match pictures.next_within(NOTICE) {
            Received::Picture(picture) => {
                let Some(picture) = as_jpeg(picture) else { continue };
                // A recorder that is gone takes nothing; the desk still looks.
                let _gone = recorder.send(picture.clone());
                let _gone = desk.map(|desk| desk.send(picture));
            }
            Received::Nothing => {}
            Received::Closed => return,
        }
    }
}

/// The picture in JPEG; `None` for one that is damaged.
fn as_jpeg(picture: Captured) -> Option<Captured> {
    if picture.coding == PixelCoding::Jpeg {
        return Some(picture);
    }
    let bytes = picture.jpeg().inspect_err(|error| tracing::warn!(%error, "a picture is left out")).ok()?;
    Some(Captured { coding: PixelCoding::Jpeg, bytes, ..picture })
}
