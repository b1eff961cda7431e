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
const QUEUE_CAPACITY: usize = 64;
/// Interval at which a thread without frames checks whether the camera is still in use.
const CHECK_INTERVAL: Duration = Duration::from_millis(200);
/// Number of frames kept here until the recorder surely has them.
const REMEMBERED: usize = 64;

/// An open camera.
struct CameraSlot {
    choice: CameraChoice,
    camera: LiveCamera,
    /// Frames for the recorder, until it takes the channel.
    for_recorder: Option<Receiver<CapturedFrame>>,
    for_session: Receiver<CapturedFrame>,
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
    pub(crate) fn frames(&self) -> Receiver<CapturedFrame> {
        self.main.as_ref().map_or_else(never, |seat| seat.for_session.clone())
    }

    /// Notes that the main camera has ended.
    pub(crate) fn ended(&mut self) {
        if let Some(seat) = &mut self.main {
            seat.for_session = never();
        }
    }

    /// Keeps a frame until the recorder surely has it.
    pub(crate) fn remember(&mut self, frame: &CapturedFrame) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(frame.clone());
    }

    /// The kept frames after `after`.
    pub(crate) fn remembered_after(&self, after: Timestamp) -> Vec<CapturedFrame> {
        self.recent.iter().filter(|frame| frame.at > after).cloned().collect()
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
        let frames = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
        let (recorder, for_recorder) = bounded(QUEUE_CAPACITY);
        let (session, for_session) = bounded(QUEUE_CAPACITY);
        let session = preview_worker.map(|_| session);
        let in_use = Arc::new(());
        if let Some(preview_worker) = preview_worker.map(Arc::clone) {
            let (preview, in_use) = (camera.preview(), Arc::downgrade(&in_use));
            start("piste-latest", move || show_latest(&preview, &preview_worker, &in_use));
        }
        start("piste-frames", move || distribute(&frames, &recorder, session.as_ref()));
        Self { choice: choice.clone(), camera, for_recorder: Some(for_recorder), for_session, _in_use: in_use }
    }
}

fn start(name: &str, body: impl FnOnce() + Send + 'static) {
    // Both steps that touch a frame's content are guarded; the rest only passes frames on.
    if let Err(error) = spawn_worker(name, || (), body) {
        tracing::error!(%error, name, "cannot start a thread for a camera");
    }
}

/// Passes the latest frame to the preview while the camera is open.
fn show_latest(preview: &Preview, preview_worker: &PreviewWorker, in_use: &Weak<()>) {
    let mut last_index = None;
    while in_use.strong_count() > 0 {
        if let Some(frame) = preview.newer_than(last_index, CHECK_INTERVAL) {
            last_index = Some(frame.index);
            preview_worker.frame(&frame);
        }
    }
}

/// Distributes frames until the camera is closed.
fn distribute(frames: &FrameReceiver, recorder: &Sender<CapturedFrame>, session: Option<&Sender<CapturedFrame>>) {
    loop {
        match frames.next_within(CHECK_INTERVAL) {
            Received::Frame(frame) => {
                let Some(frame) = as_jpeg(frame) else { continue };
                // Without a recorder the session loop still gets its frames.
                let _gone = recorder.send(frame.clone());
                let _gone = session.map(|session| session.send(frame));
            }
            Received::Nothing => {}
            Received::Closed => return,
        }
    }
}

/// The frame as JPEG; `None` if it is damaged.
fn as_jpeg(frame: CapturedFrame) -> Option<CapturedFrame> {
    if frame.coding == PixelCoding::Jpeg {
        return Some(frame);
    }
    let bytes = guarded("piste-frames", || frame.jpeg())?
        .inspect_err(|error| tracing::warn!(%error, "a damaged frame is left out"))
        .ok()?;
    Some(CapturedFrame { coding: PixelCoding::Jpeg, bytes, ..frame })
}
