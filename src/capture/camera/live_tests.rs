//! Tests of [`LiveCamera`](super::LiveCamera) with cameras that fail.

use super::*;
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, HostClock, Timestamp};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vision::video::{Cancel, encode_jpeg};

const SMALL: FrameSize = FrameSize::new(64, 48);

/// What a fake camera does next.
#[derive(Clone)]
enum Step {
    Sends(RawFrame),
    /// Sends nothing until it is stopped.
    Stalls,
    /// Sends nothing and ignores the stop, until it is released.
    Hangs(Arc<AtomicBool>),
    Unplugged,
    Panics,
    Ends,
}

/// A camera that plays one script per opening; `None` for an opening that fails as busy.
struct ScriptedCamera {
    promised: Option<CameraFormat>,
    openings: Mutex<VecDeque<Option<Vec<Step>>>>,
}

struct ScriptedSource {
    promised: Option<CameraFormat>,
    steps: VecDeque<Step>,
    cancel: Cancel,
    gain: f64,
}

impl CameraOpener for ScriptedCamera {
    fn name(&self) -> String {
        "Fake".into()
    }

    fn open(&self, cancel: &Cancel) -> Result<Box<dyn CameraSource>, CameraError> {
        let script = self.openings.lock().pop_front();
        let steps = script.unwrap_or_else(|| Some(vec![Step::Ends]));
        let steps = steps.ok_or_else(|| CameraError::Busy { name: "Fake".into() })?.into();
        Ok(Box::new(ScriptedSource { promised: self.promised, steps, cancel: cancel.clone(), gain: 1.0 }))
    }
}

impl CameraSource for ScriptedSource {
    fn format(&self) -> Option<CameraFormat> {
        self.promised
    }

    fn next_frame(&mut self) -> Result<Option<RawFrame>, CameraError> {
        let nap = || std::thread::sleep(Duration::from_millis(1));
        let gone = || CameraError::Gone { name: "Fake".into(), reason: "unplugged".into() };
        match self.steps.pop_front() {
            None | Some(Step::Ends) => Ok(None),
            Some(Step::Sends(frame)) => Ok(Some(frame)),
            Some(Step::Unplugged) => Err(gone()),
            Some(Step::Panics) => panic!("a driver's assertion"),
            Some(Step::Stalls) => {
                while !self.cancel.is_cancelled() {
                    nap();
                }
                Err(gone())
            }
            Some(Step::Hangs(free)) => {
                while !free.load(Ordering::Relaxed) {
                    nap();
                }
                Ok(Some(jpeg(SMALL, Taken::Unknown)))
            }
        }
    }

    fn controls(&mut self) -> Vec<CameraControl> {
        let range = Some((0.0, 10.0, 1.0));
        let (name, role) = ("Gain".to_owned(), ControlRole::Gain);
        vec![CameraControl { name, role, value: self.gain, range, default: 1.0, is_settable: true }]
    }

    fn set_control(&mut self, control: &str, value: f64) -> Result<(), CameraError> {
        let (name, control) = ("Fake".to_owned(), control.to_owned());
        if control != "Gain" {
            return Err(CameraError::Control { name, control, value, reason: "there is none".into() });
        }
        self.gain = value;
        Ok(())
    }
}

fn jpeg(size: FrameSize, taken: Taken) -> RawFrame {
    let bytes = encode_jpeg(&vec![90; (size.width * size.height * 3) as usize], size).unwrap();
    RawFrame { taken, size, coding: PixelCoding::Jpeg, bytes }
}

fn sends(count: usize) -> Vec<Step> {
    vec![Step::Sends(jpeg(SMALL, Taken::Unknown)); count]
}

fn with(mut steps: Vec<Step>, last: Step) -> Vec<Step> {
    steps.push(last);
    steps
}

const QUICK: CameraTimeouts = CameraTimeouts {
    opening_secs: 30.0,
    stall_secs: 0.15,
    stuck_secs: 0.05,
    first_retry_secs: 0.01,
    longest_retry_secs: 0.02,
};

fn start(promised: Option<CameraFormat>, openings: Vec<Option<Vec<Step>>>) -> (LiveCamera, FrameReceiver) {
    // The first opening is refused, so that nothing is sent before the recorder has subscribed.
    let refused = std::iter::once(None);
    let openings = Mutex::new(refused.chain(openings).collect());
    let timeouts = CameraTimeouts { first_retry_secs: 0.05, ..QUICK };
    let camera = LiveCamera::start_with(Arc::new(ScriptedCamera { promised, openings }), HostClock::start(), timeouts);
    let recorder = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
    (camera, recorder)
}

/// All frames until the camera is closed.
fn all(recorder: &FrameReceiver) -> Vec<CapturedFrame> {
    let mut received = Vec::new();
    loop {
        match recorder.next_within(Duration::from_mins(1)) {
            Received::Frame(frame) => received.push(frame),
            Received::Closed => return received,
            Received::Nothing => panic!("nothing for a minute"),
        }
    }
}

/// Waits until the state meets the condition.
fn until(camera: &LiveCamera, wished: impl Fn(&CameraState) -> bool) -> CameraState {
    let begun = Instant::now();
    loop {
        let state = camera.state();
        if wished(&state) {
            return state;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "never as wished: {state:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_camera_that_is_unplugged_comes_back() {
    let (camera, recorder) = start(None, vec![Some(with(sends(3), Step::Unplugged)), None, None, Some(sends(4))]);
    let received = all(&recorder);
    assert_eq!(received.len(), 7);
    assert!(received.windows(2).all(|pair| pair[0].at < pair[1].at && pair[0].index < pair[1].index));
    let state = camera.state();
    assert_eq!((state.phase, state.openings, state.lost, state.trouble), (CameraPhase::Ended, 2, 0, None));
}

#[test]
fn while_it_is_away_the_state_reports_it() {
    let (camera, _) =
        start(None, vec![Some(with(sends(1), Step::Unplugged)); 1].into_iter().chain(vec![None; 500]).collect());
    let state = until(&camera, |state| state.trouble.as_deref().is_some_and(|t| t.contains("another program")));
    assert_eq!(state.phase, CameraPhase::Waiting);
    camera.stop();
    until(&camera, |state| state.phase == CameraPhase::Ended);
}

#[test]
fn a_stalled_camera_is_opened_again() {
    let (_camera, recorder) = start(None, vec![Some(with(sends(2), Step::Stalls)), Some(sends(2))]);
    assert_eq!(all(&recorder).len(), 4);
}

#[test]
fn a_camera_that_hangs_is_left_behind_and_what_it_sends_later_is_not_believed() {
    let free = Arc::new(AtomicBool::new(false));
    let (camera, recorder) = start(
        None,
        vec![Some(with(sends(2), Step::Hangs(Arc::clone(&free)))), Some(with(sends(1), Step::Stalls)), Some(sends(1))],
    );
    until(&camera, |state| state.openings == 2 && state.arrived == 3);
    free.store(true, Ordering::Relaxed);
    assert_eq!(all(&recorder).len(), 4);
    assert_eq!(camera.state().arrived, 4);
}

#[test]
fn a_driver_that_panics_is_one_more_way_to_fail() {
    let (_camera, recorder) = start(None, vec![Some(with(sends(1), Step::Panics)), Some(sends(1))]);
    assert_eq!(all(&recorder).len(), 2);
}

#[test]
fn damaged_frames_are_counted_and_leave_a_gap() {
    let whole = jpeg(SMALL, Taken::Unknown);
    let broken = |bytes: Vec<u8>| Step::Sends(RawFrame { bytes, ..whole.clone() });
    let steps = vec![
        Step::Sends(whole.clone()),
        broken(Vec::new()),
        broken(whole.bytes[..whole.bytes.len() - 20].to_vec()),
        broken(b"not an image".to_vec()),
        broken([whole.bytes.clone(), vec![7; 5000]].concat()),
    ];
    let (camera, recorder) = start(None, vec![Some(steps)]);
    let received = all(&recorder);
    let indices: Vec<_> = received.iter().map(|frame| frame.index).collect();
    assert_eq!(indices, [FrameIndex(0), FrameIndex(4)]);
    assert_eq!(received[1].bytes(), whole.bytes, "what follows the frame is cut off");
    assert_eq!((camera.state().damaged, camera.state().arrived), (3, 5));
}

#[test]
fn only_damage_is_reported_with_its_kind() {
    let empty = Step::Sends(RawFrame { bytes: Vec::new(), ..jpeg(SMALL, Taken::Unknown) });
    let (camera, _) = start(None, vec![Some(with(vec![empty; 5], Step::Stalls))]);
    let state = until(&camera, |state| state.damaged == 5);
    assert!(state.trouble.is_some_and(|text| text.contains("empty")) && state.age_secs.is_none());
}

#[test]
fn a_camera_that_lies_is_found_out() {
    let promised = |text: &str| Some(text.parse::<CameraFormat>().unwrap());
    let check = |promised: Option<CameraFormat>, steps: Vec<Step>, expected: &str| {
        let (camera, recorder) = start(promised, vec![Some(with(steps, Step::Stalls))]);
        assert!(matches!(recorder.next_within(Duration::from_mins(1)), Received::Frame(_)), "{expected}");
        let state = until(&camera, |state| state.trouble.as_ref().is_some_and(|text| text.contains("64x48")));
        assert!(state.trouble.unwrap().contains(expected), "{expected}");
    };
    check(promised("1280x720@60 MJPEG"), sends(1), "promised 1280x720 MJPEG and sends 64x48 MJPEG");
    let jpeg_as_yuyv = Step::Sends(RawFrame { coding: PixelCoding::Yuyv, ..jpeg(SMALL, Taken::Unknown) });
    check(promised("64x48@60 YUYV"), vec![jpeg_as_yuyv], "sends 64x48 MJPEG");
    let larger = jpeg(FrameSize::new(128, 96), Taken::Unknown);
    check(None, with(sends(1), Step::Sends(larger)), "changed its format from 64x48 MJPEG to 128x96 MJPEG");
}

#[test]
fn raw_frames_of_the_wrong_length_are_damaged() {
    let raw = |bytes| Step::Sends(RawFrame { taken: Taken::Unknown, size: SMALL, coding: PixelCoding::Rgb, bytes });
    let due = 64 * 48 * 3;
    let (camera, recorder) = start(
        None,
        vec![Some(vec![raw(vec![0; due - 1]), raw(vec![0; due]), raw(vec![0; due + 100]), raw(vec![0; due * 2])])],
    );
    let received = all(&recorder);
    assert!(received.len() == 2 && received.iter().all(|frame| frame.bytes().len() == due));
    assert_eq!(camera.state().damaged, 2);
}

#[test]
fn times_that_jump_or_repeat_are_repaired() {
    let clock = [5.0, 5.1, 5.1, 900.0, 0.0, 0.1];
    let steps = clock.map(|secs: f64| Step::Sends(jpeg(SMALL, Taken::OnSourceClock((secs * 1e9) as i64))));
    let (camera, recorder) = start(None, vec![Some(steps.to_vec())]);
    let received = all(&recorder);
    assert!(received.len() == 6 && received.windows(2).all(|pair| pair[0].at < pair[1].at));
    let spread = received[5].at.secs_since(received[0].at);
    assert!(spread < 5.0, "{spread}");
    assert!(camera.state().repaired_times >= 3);
}

#[test]
fn controls_are_set_and_set_again_after_the_camera_was_away() {
    let (camera, _) = start(
        None,
        vec![
            Some(with(sends(1), Step::Stalls)),
            Some(with(sends(1), Step::Stalls)),
            Some(with(sends(2), Step::Stalls)),
        ],
    );
    camera.set_control("Gain", 7.0);
    until(&camera, |state| state.openings >= 2);
    let begun = Instant::now();
    while camera.controls().first().is_none_or(|gain| gain.value != 7.0) {
        assert!(begun.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_slow_analyser_and_a_sleeping_preview_disturb_no_recorder() {
    let clock = HostClock::start();
    let source = SyntheticCamera::new(FrameSize::new(160, 96), 60, Pace::AtOnce, clock).ending_after(500);
    let camera = LiveCamera::start_with(Arc::new(source), clock, CameraTimeouts::default());
    let recorder = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
    let analyser = camera.subscribe_analyser(4);
    let received = all(&recorder);
    assert!(received.len() > 400, "{} frames", received.len());
    assert!(received.windows(2).all(|pair| pair[1].index.0 == pair[0].index.0 + 1));
    let step = received[1].at.secs_since(received[0].at);
    assert!((step - 1.0 / 60.0).abs() < 1e-6, "{step}");
    assert_eq!(recorder.lost(), 0);
    assert_eq!(analyser.backlog().0, 4);
    assert!(analyser.lost() > 400);
    assert_eq!(camera.preview().latest().unwrap().index, received[received.len() - 1].index);
}

#[test]
fn a_full_recorder_loses_and_the_state_counts_it() {
    let clock = HostClock::start();
    let source = SyntheticCamera::new(FrameSize::new(160, 96), 60, Pace::AtOnce, clock).ending_after(50);
    let camera = LiveCamera::start_with(Arc::new(source), clock, CameraTimeouts::default());
    let recorder = camera.subscribe_recorder(1);
    until(&camera, |state| state.phase == CameraPhase::Ended);
    let lost = recorder.lost();
    assert!(lost > 0);
    drop(recorder);
    assert_eq!(camera.state().lost, lost, "what a recorder lost stays counted after it has gone");
}

#[test]
fn two_cameras_do_not_know_of_each_other() {
    let clock = HostClock::start();
    let source = |fps| Arc::new(SyntheticCamera::new(SMALL, fps, Pace::AtOnce, clock).ending_after(100));
    let cameras = [60, 25].map(|fps| LiveCamera::start_with(source(fps), clock, CameraTimeouts::default()));
    for (camera, fps) in cameras.iter().zip([60.0, 25.0]) {
        let state = until(camera, |state| state.phase == CameraPhase::Ended);
        assert_eq!((state.arrived, state.damaged), (100, 0));
        assert!((camera.state().measured_fps - fps).abs() < 0.5 || camera.state().age_secs > Some(1.0));
    }
}

#[test]
fn what_cannot_get_better_is_not_tried_again() {
    for choice in [
        CameraChoice::Network("file:///etc/passwd".into()),
        CameraChoice::Clip { path: "no such clip.mp4".into(), repeats: true },
        CameraChoice::Device { name: "0".into(), format: Some("huge".into()) },
    ] {
        let camera = LiveCamera::start(&choice, HostClock::start());
        let state = until(&camera, |state| state.phase == CameraPhase::Ended);
        assert!(state.trouble.is_some(), "{choice}");
        assert!(matches!(camera.subscribe_recorder(1).next_within(Duration::from_mins(1)), Received::Closed));
    }
}

#[test]
fn a_camera_that_was_dropped_closes_its_queues() {
    let clock = HostClock::start();
    let source = SyntheticCamera::new(SMALL, 1000, Pace::RealTime, clock);
    let camera = LiveCamera::start_with(Arc::new(source), clock, CameraTimeouts::default());
    let recorder = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
    assert!(matches!(recorder.next_within(Duration::from_mins(1)), Received::Frame(p) if p.at > Timestamp::ZERO));
    drop(camera);
    all(&recorder);
}
