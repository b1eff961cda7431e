//! What a person types about the lamps of a clip: a log of the box, or which were lit and when, or nothing.

use super::clip_time::clip_time;
use anyhow::bail;
use fencing::PerSide;
use fencing::time::Timestamp;
use recording::HitSides;
use records::analysis::{ClipSignals, TouchByHand};
use std::path::PathBuf;

/// A fencer's lamp, as `--lights` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Light {
    /// The fencer on the left of the picture.
    Left,
    /// The fencer on the right of the picture.
    Right,
    /// No lamp was lit.
    None,
}

/// Where the lamps come from; with none of these they are looked for in the picture.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct LampArgs {
    /// Signal log of the scoring box (.txt)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["lights", "touch_at"])]
    pub(super) signal: Option<PathBuf>,
    /// Lamps that were lit: left, right, left,right or none
    #[arg(long, value_delimiter = ',', value_name = "SIDES")]
    lights: Vec<Light>,
    /// When the first lamp lit up, from the start of the clip: seconds such as 3.533, or minutes and seconds such as 0:03.5
    #[arg(long, value_name = "TIME", requires = "lights", allow_negative_numbers = true, value_parser = clip_time)]
    touch_at: Option<f64>,
}

impl LampArgs {
    /// What they mean for a clip that is judged here. Refuses what contradicts itself.
    /// `speed` is how many seconds of the scene a second of the clip shows.
    pub(super) fn clip_signals(&self, sides: HitSides, speed: f64) -> anyhow::Result<ClipSignals> {
        let of_scene = |touch: TouchByHand| TouchByHand { at: Timestamp::from_secs(touch.at.secs() * speed), ..touch };
        Ok(ClipSignals::of(self.by_hand()?.map(of_scene), self.signal.as_deref(), sides))
    }

    /// What `--lights` and `--touch-at` say; `None` when they were not typed. Refuses what contradicts itself.
    pub(super) fn by_hand(&self) -> anyhow::Result<Option<TouchByHand>> {
        if self.touch_at.is_some_and(|at| !(0.0..f64::INFINITY).contains(&at)) {
            bail!("--touch-at must be a number of seconds, 0 or more");
        }
        if self.lights.is_empty() {
            return Ok(None);
        }
        let lit = PerSide::new(self.lights.contains(&Light::Left), self.lights.contains(&Light::Right));
        match (self.touch_at, lit.left || lit.right, self.lights.contains(&Light::None)) {
            (_, true, true) => bail!("--lights none cannot be combined with a side"),
            (None, true, _) => bail!("--lights needs --touch-at: the second at which the first lamp lit up"),
            (at, _, _) => Ok(Some(TouchByHand { lit, at: Timestamp::from_secs(at.unwrap_or(0.0)) })),
        }
    }
}
