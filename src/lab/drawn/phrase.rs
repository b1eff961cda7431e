//! A script filmed in a studio: a source of frames that also knows the truth.

use super::apparatus::{paint_apparatus, paint_lamps, touch_lamp};
use super::camera::Camera;
use super::canvas::Canvas;
use super::choreography::Stance;
use super::figure::{Outfit, paint_person, paint_shadow};
use super::hall::paint_hall;
use super::noise::Grain;
use super::script::Script;
use super::skeleton::Skeleton;
use super::studio::Studio;
use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use fencing::time::{FrameIndex, Timestamp};
use fencing::{PerSide, Side, SignalLog};
use std::convert::Infallible;
use vision::pose::{Keypoint, Pose};
use vision::video::{Frame, FrameSource};

/// A phrase with two drawn fencers. See the [room's documentation](crate::drawn).
#[derive(Clone, Debug)]
pub struct DrawnPhrase {
    script: Script,
    studio: Studio,
    /// The empty hall, wide enough for the whole camera move.
    hall: Canvas,
    /// Metres of camera move at the hall picture's left edge.
    hall_left_metres: f32,
    grain: Grain,
    times: Vec<Timestamp>,
    next: usize,
}

impl DrawnPhrase {
    /// Sets the stage. Frames are drawn one by one as they are asked for.
    pub fn new(script: Script, studio: Studio) -> Self {
        let pans = || studio.pan.stops.iter().map(|stop| stop.1);
        let (leftmost, rightmost) = (pans().fold(0.0, f32::min), pans().fold(0.0, f32::max));
        let home = Camera { ..studio.camera_at(Timestamp::ZERO) };
        let home = home.shifted((studio.pan.metres_at(0.0) - leftmost) * studio.pixels_per_metre);
        let extra = ((rightmost - leftmost) * studio.pixels_per_metre).ceil() as u32 + 1;
        let mut hall = paint_hall(FrameSize::new(studio.size.width + extra, studio.size.height), &home);
        paint_apparatus(&mut hall, &home);
        let grain = Grain::new(studio.noise_levels, studio.seed);
        let times = studio.times(script.secs());
        Self { script, studio, hall, hall_left_metres: leftmost, grain, times, next: 0 }
    }

    /// Size of every frame.
    pub fn size(&self) -> FrameSize {
        self.studio.size
    }

    /// The exact moments of all frames.
    pub fn frame_times(&self) -> &[Timestamp] {
        &self.times
    }

    /// What the apparatus reported.
    pub fn signal_log(&self) -> SignalLog {
        self.script.signal_log()
    }

    /// Where every joint of both fencers really is, in pixels, scores 1; hidden joints and joints outside the image too.
    pub fn true_joints(&self, at: Timestamp) -> PerSide<Pose> {
        let camera = self.studio.camera_at(at);
        self.skeletons(at).map(|fencer| {
            let seen = |joint| Keypoint { point: camera.project(joint).point(), score: 1.0 };
            Pose { keypoints: fencer.coco().map(seen), score: 1.0 }
        })
    }

    /// Where a fixed point of the hall has moved to since the first frame, in pixels.
    pub fn true_camera_shift(&self, at: Timestamp) -> ImagePoint {
        let first = self.times.first().copied().unwrap_or_default();
        let (then, now) = (self.studio.camera_at(first).origin, self.studio.camera_at(at).origin);
        ImagePoint::new(now.x - then.x, now.y - then.y)
    }

    /// Where the coloured lamps of the apparatus are, in pixels.
    pub fn lamp_areas(&self, at: Timestamp) -> PerSide<ImageRect> {
        let camera = self.studio.camera_at(at);
        PerSide::from_fn(|side| touch_lamp(&camera, side))
    }

    /// The image at any moment; `index` gives it its noise.
    pub fn frame_at(&self, at: Timestamp, index: FrameIndex) -> Option<Frame> {
        let camera = self.studio.camera_at(at);
        let left = (self.studio.pan.metres_at(at.secs()) - self.hall_left_metres) * self.studio.pixels_per_metre;
        let mut canvas = self.hall.window(left, self.studio.size);
        paint_lamps(&mut canvas, &camera, self.script.lamps_at(at));
        self.paint_bystanders(&mut canvas, &camera, at, |nearer| nearer < 0.0);
        self.paint_fencers(&mut canvas, &camera, at);
        self.paint_bystanders(&mut canvas, &camera, at, |nearer| nearer >= 0.0);
        self.grain.add(&mut canvas.rgb, self.studio.size.width as usize, index.0);
        Frame::from_rgb(at, index, self.studio.size, self.studio.size, canvas.rgb)
    }

    /// From the first frame again.
    pub fn rewind(&mut self) {
        self.next = 0;
    }

    fn skeletons(&self, at: Timestamp) -> PerSide<Skeleton> {
        let half = self.script.gap_metres / 2.0;
        PerSide::from_fn(|side| {
            let front = -half + self.script.centre_metres * side.forward_sign();
            let stance = Stance::at(&self.script.moves[side], front, at.secs());
            Skeleton::fencer(&stance, side, self.script.hands[side])
        })
    }

    fn paint_fencers(&self, canvas: &mut Canvas, camera: &Camera, at: Timestamp) {
        let fencers = self.skeletons(at);
        fencers.iter().for_each(|(_, fencer)| paint_shadow(canvas, camera, fencer));
        fencers.iter().for_each(|(side, fencer)| paint_person(canvas, camera, fencer, &outfit_of(side)));
    }

    fn paint_bystanders(&self, canvas: &mut Canvas, camera: &Camera, at: Timestamp, here: impl Fn(f32) -> bool) {
        let people = self.studio.bystanders.iter().filter(|person| here(person.nearer_metres));
        for person in people.map(|person| person.skeleton(at)) {
            paint_shadow(canvas, camera, &person);
            paint_person(canvas, camera, &person, &Outfit::official());
        }
    }
}

fn outfit_of(side: Side) -> Outfit {
    match side {
        Side::Left => Outfit::fencer([150.0, 40.0, 44.0]),
        Side::Right => Outfit::fencer([36.0, 62.0, 128.0]),
    }
}

impl FrameSource for DrawnPhrase {
    type Error = Infallible;

    fn next_frame(&mut self) -> Result<Option<Frame>, Infallible> {
        let Some(at) = self.times.get(self.next).copied() else { return Ok(None) };
        let index = FrameIndex(self.next as u64);
        self.next += 1;
        Ok(self.frame_at(at, index))
    }
}
