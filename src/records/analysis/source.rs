//! Effects of a clip's properties on its verdict: damage, repeated frames, slow motion, a rotated video. Each is corrected, or named in
//! a caution and counted as doubt.

use super::AnalysisError;
use vision::engine::{Caution, PhraseJudge, SourceQuality};
use vision::video::{Cancel, ClipEnding, ClipInfo, ClipOptions, ClipReader, ClipView, FrameSource};

/// Of a clip that may be rotated, one frame in this many is analysed.
const TURNED_EVERY: u64 = 6;
/// Share of frames in which both fencers must be visible for a clip to count as upright.
const UPRIGHT_SHARE: f64 = 0.2;

/// Quality of the source after all frames were read, as far as the verdict depends on it.
pub(super) fn quality(reader: &ClipReader, options: &ClipOptions) -> SourceQuality {
    SourceQuality {
        damaged_frames: reader.damaged_frames().to_vec(),
        repeats: reader.repeats().clone(),
        slow_capture: reader.info().speed_by_metadata().filter(|_| !options.speed_is_stated),
        may_be_slow: !options.speed_is_stated,
    }
}

/// Cautions from the file and the way it was read: a clip that breaks off, several video streams, fields deinterlaced to frames, slow
/// motion with a stated speed.
pub(super) fn cautions(reader: &ClipReader) -> Vec<Caution> {
    let info = reader.info();
    let missing_secs = match reader.ending() {
        ClipEnding::Early { missing_secs, .. } => *missing_secs,
        ClipEnding::Running | ClipEnding::Complete => 0.0,
    };
    let is_slow = (info.view.speed - 1.0).abs() > f64::EPSILON;
    let all = [
        (missing_secs > 0.0).then_some(Caution { key: "clip_broken", value: Some(missing_secs) }),
        (info.other_streams > 0)
            .then_some(Caution { key: "other_streams", value: Some(f64::from(info.other_streams)) }),
        info.interlaced.then_some(Caution { key: "interlaced", value: None }),
        is_slow.then_some(Caution { key: "scene_speed", value: Some(info.view.speed) }),
    ];
    all.into_iter().flatten().collect()
}

/// The clip was rotated to find the fencers, by this many quarter turns clockwise.
pub(super) fn turned(quarter_turns: u8) -> Caution {
    Caution { key: "turned", value: Some(f64::from(quarter_turns) * 90.0) }
}

/// The clip would have to be rotated to find the fencers.
pub(super) fn sideways(quarter_turns: u8) -> Caution {
    Caution { key: "sideways", value: Some(f64::from(quarter_turns) * 90.0) }
}

/// Whether both fencers are visible in so small a share of the frames that the clip may be rotated.
pub(super) fn may_lie_on_its_side(both_seen_share: f64) -> bool {
    both_seen_share < UPRIGHT_SHARE
}

/// The number of quarter turns that makes both fencers visible in a rotated clip. `None` when no rotation helps or the rotation was
/// given by the user.
pub(super) fn turns_to_upright<J: PhraseJudge + ?Sized>(
    begin: &dyn Fn() -> Box<J>,
    clip: &ClipInfo,
    options: &ClipOptions,
    cancel: &Cancel,
) -> Result<Option<u8>, AnalysisError> {
    if options.rotation_is_stated {
        return Ok(None);
    }
    let mut best = None;
    for quarter_turns in [1, 3] {
        let view = ClipView { quarter_turns, ..options.view };
        let mut reader = ClipReader::open_probed(clip.clone(), &ClipOptions { view, ..options.clone() }, cancel)?;
        let mut phrase = begin();
        while let Some(frame) = reader.next_frame()? {
            if cancel.is_cancelled() {
                return Err(AnalysisError::Cancelled);
            }
            if frame.index.0.is_multiple_of(TURNED_EVERY) {
                phrase.push_frame(&frame);
            }
        }
        let seen = phrase.both_seen_share();
        if seen > UPRIGHT_SHARE && best.is_none_or(|(_, other)| seen > other) {
            best = Some((quarter_turns, seen));
        }
    }
    Ok(best.map(|(turns, _)| turns))
}
