//! The pictures that decide, for whoever doubts the call: the frames of the facts, with both fencers' joints and the lamps.

use crate::overlay::{OverlayWords, Part, Raster, scene_at};
use crate::report::{DecidingMoment, Still, deciding_moments};
use fencing::time::Timestamp;
use fencing::wording::Words;
use vision::engine::Judgement;
use vision::video::{Cancel, ClipInfo, Frame, Tools, encode_jpeg, still_at};

/// Wide enough for half a sheet of paper, small enough to be mailed.
pub const STILL_WIDTH: u32 = 960;
/// What is drawn on them: who is who, where the joints are, which lamps are lit.
const PARTS: [Part; 3] = [Part::PisteLine, Part::Skeletons, Part::Lamps];

/// Takes them out of the clip, in order of time. Those that the clip does not give are left out: a page with fewer
/// pictures is still a page.
pub fn deciding_stills(
    info: &ClipInfo,
    judgement: &Judgement,
    words: &Words,
    tools: &Tools,
    cancel: &Cancel,
) -> Vec<Still> {
    stills_from(&|at| still_at(info, at, STILL_WIDTH, tools, cancel).ok(), judgement, words)
}

/// The same from wherever pictures are had: `picture` gives the one that is shown at a moment.
pub(super) fn stills_from(
    picture: &dyn Fn(Timestamp) -> Option<Frame>,
    judgement: &Judgement,
    words: &Words,
) -> Vec<Still> {
    let Ok(raster) = Raster::new() else { return Vec::new() };
    let drawn = OverlayWords::new(judgement, words);
    let still = |moment: DecidingMoment| {
        let frame = picture(moment.at)?;
        let mut rgb = frame.rgb.to_vec();
        raster.paint(&scene_at(judgement, &drawn, moment.at, &PARTS), &mut rgb, frame.size).ok()?;
        Some(Still { jpeg: encode_jpeg(&rgb, frame.size).ok()?, moment })
    };
    deciding_moments(judgement, words).into_iter().filter_map(still).collect()
}
