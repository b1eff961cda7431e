//! What is known of a camera while it is used, and how that is put into words.

use super::stamps::Stamper;
use super::state::{Rate, in_words};
use super::{CameraControl, CameraFormat, CameraPhase, CameraState, PixelCoding};
use fencing::geometry::PictureSize;
use fencing::time::{HostClock, Timestamp};

/// A camera that sends less than this share of the promised rate does not keep its word.
const KEPT_SHARE: f64 = 0.75;

/// Everything that is known of one camera.
pub(super) struct Facts {
    pub(super) name: String,
    /// Which opening delivers now; what an abandoned one still delivers is thrown away.
    pub(super) generation: u64,
    pub(super) openings: u64,
    pub(super) phase: CameraPhase,
    pub(super) promised: Option<CameraFormat>,
    pub(super) delivered: Option<(PictureSize, PixelCoding)>,
    pub(super) stamper: Stamper,
    pub(super) rate: Rate,
    pub(super) arrived: u64,
    pub(super) damaged: u64,
    /// Lost by recorders that have gone since.
    pub(super) lost_before: u64,
    pub(super) last_usable: Option<Timestamp>,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) came_since_opening: u64,
    pub(super) trouble: Option<String>,
    pub(super) notice: Option<String>,
    /// A control that could not be set.
    pub(super) refused: Option<String>,
    pub(super) controls: Vec<CameraControl>,
    pub(super) wishes: Vec<Wish>,
    pub(super) is_closed: bool,
}

/// A control that somebody wants set; kept, so that a camera that comes back is set as before.
pub(super) struct Wish {
    pub(super) control: String,
    pub(super) value: f64,
    pub(super) is_done: bool,
}

impl Facts {
    pub(super) fn new(name: String, clock: HostClock) -> Self {
        Self {
            name,
            generation: 0,
            openings: 0,
            phase: CameraPhase::Opening,
            promised: None,
            delivered: None,
            stamper: Stamper::new(clock),
            rate: Rate::default(),
            arrived: 0,
            damaged: 0,
            lost_before: 0,
            last_usable: None,
            opened_at: None,
            came_since_opening: 0,
            trouble: None,
            notice: None,
            refused: None,
            controls: Vec::new(),
            wishes: Vec::new(),
            is_closed: false,
        }
    }

    /// A usable picture came.
    pub(super) fn came(&mut self, at: Timestamp, arrived: Timestamp, size: PictureSize, coding: PixelCoding) {
        self.rate.count(at);
        self.last_usable = Some(arrived);
        self.came_since_opening += 1;
        self.phase = CameraPhase::Running;
        let before = self.delivered.replace((size, coding));
        if before == Some((size, coding)) {
            return;
        }
        let promised = self.promised.map(|promised| (promised.size, promised.coding));
        let name = &self.name;
        let words = |(size, coding)| in_words(size, None, coding);
        self.notice = match (before, promised) {
            (Some(before), _) => {
                let now = words((size, coding));
                Some(format!(
                    "{name} changed its picture from {} to {now} on its own; choose its format again",
                    words(before)
                ))
            }
            (None, Some(promised)) if promised != (size, coding) => {
                let (promised, now) = (words(promised), words((size, coding)));
                Some(format!("{name} promised {promised} and sends {now}; choose another format if that is not wanted"))
            }
            (None, _) => None,
        };
    }

    pub(super) fn state(&self, now: Timestamp, noticed_secs: f64, lost: u64) -> CameraState {
        let age_secs = self.last_usable.map(|last| now.secs_since(last).max(0.0));
        let is_silent = self.phase == CameraPhase::Running && age_secs.is_some_and(|age| age > noticed_secs);
        let phase = if is_silent { CameraPhase::Stalled } else { self.phase };
        let measured_fps = if age_secs.is_some_and(|age| age < 1.0) { self.rate.per_sec() } else { 0.0 };
        let fps = self.promised.map(|promised| promised.fps);
        let size = self.delivered.map_or_else(PictureSize::default, |(size, _)| size);
        CameraState {
            name: self.name.clone(),
            phase,
            format: self.delivered.map(|(size, coding)| in_words(size, fps, coding)).unwrap_or_default(),
            promised_fps: fps,
            size,
            measured_fps,
            age_secs,
            arrived: self.arrived,
            damaged: self.damaged,
            lost: self.lost_before + lost,
            repaired_times: self.stamper.repaired(),
            openings: self.openings,
            trouble: self.trouble_in_words(phase, age_secs.unwrap_or_default(), measured_fps),
        }
    }

    fn trouble_in_words(&self, phase: CameraPhase, age_secs: f64, fps: f64) -> Option<String> {
        let silent = || {
            format!("no picture from {} for {age_secs:.0} s; check its cable, it is opened again by itself", self.name)
        };
        let stalled = (phase == CameraPhase::Stalled).then(silent);
        self.trouble
            .clone()
            .or(stalled)
            .or_else(|| self.refused.clone())
            .or_else(|| self.notice.clone())
            .or_else(|| self.slow(fps))
    }

    /// A camera that is slower than promised, as cheap ones are in the dark.
    fn slow(&self, fps: f64) -> Option<String> {
        let promised = f64::from(self.promised?.fps);
        let is_slow = self.came_since_opening > 2 * promised as u64 && fps > 0.0 && fps < KEPT_SHARE * promised;
        let name = &self.name;
        is_slow.then(|| {
            format!("{name} sends fewer than the {promised:.0} pictures per second it promised; give it more light, or a shorter exposure")
        })
    }
}
