//! The cameras of a piste: every frame goes to the recorder, those of the main camera also to the session loop, and its latest
//! one to the preview.
//!
//! One thread per camera takes frames from a queue that loses nothing and encodes frames as JPEG once if the camera has not.
//! When the recorder is slow it waits, and the camera's own queue grows. The preview gets its frames past that queue, on another
//! thread, so that it always displays the latest one.

use super::preview::PreviewWorker;
use super::{CameraChoice, CameraStatus};
use capture::camera::{CapturedFrame, FrameReceiver, LiveCamera, PixelCoding, Preview, RECORDER_QUEUE_BYTES, Received};
use crossbeam_channel::{Receiver, Sender, bounded, never};
use fencing::time::{HostClock, Timestamp};
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;
use vision::video::{guarded, spawn_worker};

/// Capacity of the queues to recorder and session loop, which both take frames many times a second.
const ON_THE_WAY: usize = 64;
/// Interval at which a thread without frames checks whether the camera is still in use.
const NOTICE: Duration = Duration::from_millis(200);
/// Number of frames kept here until the recorder surely has them.
const REMEMBERED: usize = 64;

/// An open camera.
struct CameraSlot {
    choice: CameraChoice,
    camera: LiveCamera,
    /// Frames for the recorder, until it takes the channel.
    for_recorder: Option<Receiver<CapturedFrame>>,
    for_desk: Receiver<CapturedFrame>,
    /// Ends the preview's thread when dropped.
    _in_use: Arc<()>,
}

/// The cameras.
pub(crate) struct CameraSet {
    clock: HostClock,
    preview_worker: Arc<PreviewWorker>,
    main: Option<CameraSlot>,
    second: Option<CameraSlot>,
    recent: VecDeque<CapturedFrame>,
}

impl CameraSet {
    /// Opens the chosen cameras; the preview displays the main one.
    pub(crate) fn open(
        main: Option<&CameraChoice>,
        second: Option<&CameraChoice>,
        clock: HostClock,
        preview_worker: Arc<PreviewWorker>,
    ) -> Self {
        let main = main.map(|choice| CameraSlot::open(choice, clock, Some(&preview_worker)));
        let second = second.map(|choice| CameraSlot::open(choice, clock, None));
        Self { clock, preview_worker, main, second, recent: VecDeque::new() }
    }

    /// Changes the cameras; unchanged ones stay open. Returns whether main and second changed.
    pub(crate) fn set(&mut self, main: Option<&CameraChoice>, second: Option<&CameraChoice>) -> (bool, bool) {
        let differs =
            |seat: &Option<CameraSlot>, wanted: Option<&CameraChoice>| seat.as_ref().map(|s| &s.choice) != wanted;
        let changed = (differs(&self.main, main), differs(&self.second, second));
        // Close both before opening: they may be the same device with another format.
        if changed.0 {
            self.main = None;
            self.recent.clear();
            self.main = main.map(|choice| CameraSlot::open(choice, self.clock, Some(&self.preview_worker)));
        }
        if changed.1 {
            self.second = None;
            self.second = second.map(|choice| CameraSlot::open(choice, self.clock, None));
        }
        changed
    }

    /// Whether there is a main camera.
    pub(crate) fn is_there(&self) -> bool {
        self.main.is_some()
    }

    /// The frames of main and second camera for the recorder; `None` if it has them already.
    pub(crate) fn for_recorder(&mut self) -> (Option<Receiver<CapturedFrame>>, Option<Receiver<CapturedFrame>>) {
        let take = |seat: &mut Option<CameraSlot>| seat.as_mut().and_then(|seat| seat.for_recorder.take());
        (take(&mut self.main), take(&mut self.second))
    }

    /// The frames of the main camera, as JPEG.
    pub(crate) fn pictures(&self) -> Receiver<CapturedFrame> {
        self.main.as_ref().map_or_else(never, |seat| seat.for_desk.clone())
    }

    /// Notes that the main camera has ended.
    pub(crate) fn ended(&mut self) {
        if let Some(seat) = &mut self.main {
            seat.for_desk = never();
        }
    }

    /// Keeps a frame until the recorder surely has it.
    pub(crate) fn remember(&mut self, picture: &CapturedFrame) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(picture.clone());
    }

    /// The kept frames after `after`.
    pub(crate) fn later_than(&self, after: Timestamp) -> Vec<CapturedFrame> {
        self.recent.iter().filter(|picture| picture.at > after).cloned().collect()
    }

    /// Status of the main camera.
    pub(crate) fn status(&self) -> CameraStatus {
        self.main.as_ref().map(|seat| seat.camera.state()).unwrap_or_default()
    }
}

impl CameraSlot {
    /// Opens a camera; only the main camera's frames go to session loop and preview.
    fn open(choice: &CameraChoice, clock: HostClock, preview_worker: Option<&Arc<PreviewWorker>>) -> Self {
        let camera = LiveCamera::start(choice, clock);
        let pictures = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
        let (recorder, for_recorder) = bounded(ON_THE_WAY);
        let (desk, for_desk) = bounded(ON_THE_WAY);
        let desk = preview_worker.map(|_| desk);
        let in_use = Arc::new(());
        if let Some(preview_worker) = preview_worker.map(Arc::clone) {
            let (preview, in_use) = (camera.preview(), Arc::downgrade(&in_use));
            start("piste-latest", move || show_latest(&preview, &preview_worker, &in_use));
        }
        start("piste-pictures", move || hand_out(&pictures, &recorder, desk.as_ref()));
        Self { choice: choice.clone(), camera, for_recorder: Some(for_recorder), for_desk, _in_use: in_use }
    }
}

fn start(name: &str, body: impl FnOnce() + Send + 'static) {
    // Both steps that touch a frame's content are guarded; the rest only passes frames on.
    if let Err(error) = spawn_worker(name, || (), body) {
        tracing::error!(%error, name, "no thread for the pictures of a camera");
    }
}

/// Passes the latest frame to the preview while the camera is open.
fn show_latest(preview: &Preview, preview_worker: &PreviewWorker, in_use: &Weak<()>) {
    let mut seen = None;
    while in_use.strong_count() > 0 {
        if let Some(picture) = preview.newer_than(seen, NOTICE) {
            seen = Some(picture.index);
            preview_worker.picture(&picture);
        }
    }
}

/// Distributes frames until the camera is closed.
fn hand_out(pictures: &FrameReceiver, recorder: &Sender<CapturedFrame>, desk: Option<&Sender<CapturedFrame>>) {
    loop {
        match pictures.next_within(NOTICE) {
            Received::Frame(picture) => {
                let Some(picture) = as_jpeg(picture) else { continue };
                // Without a recorder the session loop still gets its frames.
                let _gone = recorder.send(picture.clone());
                let _gone = desk.map(|desk| desk.send(picture));
            }
            Received::Nothing => {}
            Received::Closed => return,
        }
    }
}

/// The frame as JPEG; `None` if it is damaged.
fn as_jpeg(picture: CapturedFrame) -> Option<CapturedFrame> {
    if picture.coding == PixelCoding::Jpeg {
        return Some(picture);
    }
    let bytes = guarded("piste-pictures", || picture.jpeg())?
        .inspect_err(|error| tracing::warn!(%error, "a picture is left out"))
        .ok()?;
    Some(CapturedFrame { coding: PixelCoding::Jpeg, bytes, ..picture })
}
