//! The cameras of a piste: each picture goes to the recorder and, of the main one, to the desk; the latest to the lookout.
//!
//! One thread per camera takes pictures from a queue that loses nothing and turns what is no JPEG into JPEG once, for
//! everybody. It waits for the recorder before it waits for anything else; while it waits the camera's own queue grows. The
//! lookout is served past that queue, by a thread of its own: what is painted is never older than the camera makes it.

use super::lookout::Lookout;
use super::{CameraChoice, CameraStatus};
use capture::camera::{Captured, LiveCamera, PictureReceiver, PixelCoding, Preview, RECORDER_ROOM_BYTES, Received};
use crossbeam_channel::{Receiver, Sender, bounded, never};
use fencing::time::{HostClock, Timestamp};
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;
use vision::video::{guarded, spawn_worker};

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
    /// Held as long as the camera is in use: the lookout's thread ends without it.
    _in_use: Arc<()>,
}

/// The cameras.
pub(super) struct Eye {
    clock: HostClock,
    lookout: Arc<Lookout>,
    main: Option<Seat>,
    second: Option<Seat>,
    recent: VecDeque<Captured>,
}

impl Eye {
    /// Opens the chosen cameras; `lookout` looks at the main one.
    pub(super) fn open(
        main: Option<&CameraChoice>,
        second: Option<&CameraChoice>,
        clock: HostClock,
        lookout: Arc<Lookout>,
    ) -> Self {
        let main = main.map(|choice| Seat::open(choice, clock, Some(&lookout)));
        let second = second.map(|choice| Seat::open(choice, clock, None));
        Self { clock, lookout, main, second, recent: VecDeque::new() }
    }

    /// Other cameras; the same one goes on undisturbed. Whether main and second changed.
    pub(super) fn set(&mut self, main: Option<&CameraChoice>, second: Option<&CameraChoice>) -> (bool, bool) {
        let differs = |seat: &Option<Seat>, wanted: Option<&CameraChoice>| seat.as_ref().map(|s| &s.choice) != wanted;
        let changed = (differs(&self.main, main), differs(&self.second, second));
        // First out, then in: both may be the same device with another format.
        if changed.0 {
            self.main = None;
            self.recent.clear();
            self.main = main.map(|choice| Seat::open(choice, self.clock, Some(&self.lookout)));
        }
        if changed.1 {
            self.second = None;
            self.second = second.map(|choice| Seat::open(choice, self.clock, None));
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

impl Seat {
    /// Opens a camera; the desk and the lookout see the pictures of one that is looked at.
    fn open(choice: &CameraChoice, clock: HostClock, lookout: Option<&Arc<Lookout>>) -> Self {
        let camera = LiveCamera::start(choice, clock);
        let pictures = camera.subscribe_recorder(RECORDER_ROOM_BYTES);
        let (recorder, for_recorder) = bounded(ON_THE_WAY);
        let (desk, for_desk) = bounded(ON_THE_WAY);
        let desk = lookout.map(|_| desk);
        let in_use = Arc::new(());
        if let Some(lookout) = lookout.map(Arc::clone) {
            let (preview, in_use) = (camera.preview(), Arc::downgrade(&in_use));
            start("piste-latest", move || show_latest(&preview, &lookout, &in_use));
        }
        start("piste-pictures", move || hand_out(&pictures, &recorder, desk.as_ref()));
        Self { choice: choice.clone(), camera, for_recorder: Some(for_recorder), for_desk, _in_use: in_use }
    }
}

fn start(name: &str, body: impl FnOnce() + Send + 'static) {
    // Both steps that touch a frame's content are guarded; what is left only passes frames on.
    if let Err(error) = spawn_worker(name, || (), body) {
        tracing::error!(%error, name, "no thread for the pictures of a camera");
    }
}

/// Shows the lookout the latest picture as long as the camera is in use.
fn show_latest(preview: &Preview, lookout: &Lookout, in_use: &Weak<()>) {
    let mut seen = None;
    while in_use.strong_count() > 0 {
        if let Some(picture) = preview.newer_than(seen, NOTICE) {
            seen = Some(picture.index);
            lookout.picture(&picture);
        }
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
    let bytes = guarded("piste-pictures", || picture.jpeg())?
        .inspect_err(|error| tracing::warn!(%error, "a picture is left out"))
        .ok()?;
    Some(Captured { coding: PixelCoding::Jpeg, bytes, ..picture })
}
