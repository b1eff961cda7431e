//! Arguments for the lamps of a clip: a signal log, or the lamps and their time, or nothing.

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
    /// The fencer on the left
    Left,
    /// The fencer on the right
    Right,
    /// No lamp was lit
    None,
}

/// Source of the lamps; without arguments they are looked for in the video.
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
    /// The signals for a clip that is judged here; rejects contradictory arguments. `speed` is the number of seconds of the scene per
    /// second of the clip.
    pub(super) fn clip_signals(&self, sides: HitSides, speed: f64) -> anyhow::Result<ClipSignals> {
        let of_scene = |touch: TouchByHand| TouchByHand { at: Timestamp::from_secs(touch.at.secs() * speed), ..touch };
        Ok(ClipSignals::of(self.by_hand()?.map(of_scene), self.signal.as_deref(), sides))
    }

    /// The touch from `--lights` and `--touch-at`; `None` without them. Rejects contradictory arguments.
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
