//! How a phrase is filmed: size, times, noise, camera move, and who else is in the image.

use super::bystander::Bystander;
use super::camera::Camera;
use fencing::geometry::{FrameSize, ImagePoint};
use fencing::time::Timestamp;

/// When frames are taken.
#[derive(Clone, Debug, PartialEq)]
pub enum FrameTimes {
    /// So many frames in a second, the first at 0.
    PerSecond(f64),
    /// Exactly at these moments, ascending: a camera that stutters.
    Listed(Vec<Timestamp>),
}

/// A camera that turns along the piste: where it looks at given moments, moving smoothly between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pan {
    /// Seconds and metres right of the first view, ascending in time.
    pub stops: Vec<(f64, f32)>,
}

impl Pan {
    /// One turn by `metres` between two moments.
    pub fn sweep(from_secs: f64, to_secs: f64, metres: f32) -> Self {
        Self { stops: vec![(from_secs, 0.0), (to_secs, metres)] }
    }

    /// Metres to the right at a moment.
    pub fn metres_at(&self, secs: f64) -> f32 {
        let after = self.stops.partition_point(|stop| stop.0 <= secs);
        let before = after.checked_sub(1).and_then(|i| self.stops.get(i));
        match (before, self.stops.get(after)) {
            (Some(&(t0, from)), Some(&(t1, to))) => {
                let share = ((secs - t0) / (t1 - t0).max(1e-9)) as f32;
                from + (to - from) * share * share * (3.0 - 2.0 * share)
            }
            (Some(&(_, there)), None) | (None, Some(&(_, there))) => there,
            (None, None) => 0.0,
        }
    }
}

/// Camera and hall. Start from the default and change fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Studio {
    /// Size of the image.
    pub size: FrameSize,
    /// Pixels per metre; a fencer is 1.78 m tall.
    pub pixels_per_metre: f32,
    /// When frames are taken.
    pub frame_times: FrameTimes,
    /// Standard deviation of the sensor's noise in levels of 255.
    pub noise_levels: f32,
    /// The camera's movement.
    pub pan: Pan,
    /// Everybody who does not fence.
    pub bystanders: Vec<Bystander>,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for Studio {
    /// 1280x720 at 30 frames per second, fencers 300 pixels tall, a still camera with little noise, nobody else.
    fn default() -> Self {
        Self {
            size: FrameSize::new(1280, 720),
            pixels_per_metre: 168.0,
            frame_times: FrameTimes::PerSecond(30.0),
            noise_levels: 2.0,
            pan: Pan::default(),
            bystanders: Vec::new(),
            seed: 1,
        }
    }
}

impl Studio {
    /// The same view in another size: fencers shrink with the image's width.
    #[must_use]
    pub fn with_size(mut self, width: u32, height: u32) -> Self {
        self.pixels_per_metre *= width as f32 / self.size.width.max(1) as f32;
        self.size = FrameSize::new(width, height);
        self
    }

    /// The same view at another frame rate.
    #[must_use]
    pub fn with_rate(mut self, per_second: f64) -> Self {
        self.frame_times = FrameTimes::PerSecond(per_second);
        self
    }

    /// The moments of all frames of a phrase of `secs` seconds.
    pub fn times(&self, secs: f64) -> Vec<Timestamp> {
        match &self.frame_times {
            FrameTimes::Listed(times) => times.clone(),
            FrameTimes::PerSecond(rate) => {
                let frames = (secs * rate.max(0.0)).round().max(0.0) as u64;
                (0..frames).map(|i| Timestamp::from_secs(i as f64 / rate)).collect()
            }
        }
    }

    /// The camera as it stands at a moment.
    pub(super) fn camera_at(&self, at: Timestamp) -> Camera {
        let home = Camera {
            pixels_per_metre: self.pixels_per_metre,
            origin: ImagePoint::new(self.size.width as f32 / 2.0, self.size.height as f32 * 0.80),
        };
        home.shifted(-self.pan.metres_at(at.secs()) * self.pixels_per_metre)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_at_the_times_that_were_asked_for() {
        let times = Studio::default().with_rate(25.0).times(2.0);
        assert_eq!((times.len(), times[1]), (50, Timestamp::from_secs(0.04)));
        let listed = vec![Timestamp::ZERO, Timestamp::from_secs(0.7)];
        let studio = Studio { frame_times: FrameTimes::Listed(listed.clone()), ..Studio::default() };
        assert_eq!(studio.times(9.0), listed);
    }

    #[test]
    fn a_sweep_starts_and_ends_where_it_says() {
        let pan = Pan::sweep(1.0, 2.0, 0.8);
        let at = |s| pan.metres_at(s);
        assert!(at(0.0) == 0.0 && (at(1.5) - 0.4).abs() < 1e-5 && (at(5.0) - 0.8).abs() < 1e-6);
        assert!(Pan::default().metres_at(3.0) == 0.0);
    }
}
