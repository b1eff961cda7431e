//! What a clip's own properties mean for its verdict: damage, repeated frames, slow motion, a picture that lies on its side.
//! Each is handled, or named in a caution and counted as doubt.

use super::{AnalysisError, cautions};
use fencing::time::Timestamp;
use vision::engine::{Caution, Engine, PhraseSetup, SeenPhrase, SourceQuality};
use vision::video::{Cancel, ClipEnding, ClipInfo, ClipOptions, ClipReader, ClipView, FrameSource};

/// Of a clip that may lie on its side every so many frames are looked at.
const TURNED_EVERY: u64 = 6;
/// Damaged frames further before the touch than this decide nothing, in seconds.
const CALLED_ON_SECS: f64 = 2.0;
/// Share of the frames in which both fencers must be seen for a clip to stand upright.
const UPRIGHT_SHARE: f64 = 0.2;

/// Hands what the reader learnt of its clip to the phrase, once all frames were read: quality and cautions.
pub(super) fn hand_in(reader: &ClipReader, options: &ClipOptions, phrase: &mut SeenPhrase, touch: Option<Timestamp>) {
    let until = touch.or(phrase.end()).unwrap_or_default();
    let slow_by_metadata = reader.info().speed_by_metadata().filter(|_| !options.speed_is_known);
    let damaged = reader.damaged_frames();
    let called_on = |at: Timestamp| at <= until && until.secs_since(at) <= CALLED_ON_SECS;
    let frames = phrase.frames_between(until.plus_secs(-CALLED_ON_SECS), until).max(1);
    let damaged_share = damaged.iter().filter(|at| called_on(**at)).count() as f64 / frames as f64;
    let quality = SourceQuality {
        new_frame_secs: reader.repeated_interval_secs(until),
        doubt: 0.0,
        may_be_slow: !options.speed_is_known,
    };
    let quality = quality.doubted(damaged_share).doubted(if slow_by_metadata.is_some() { 1.0 } else { 0.0 });
    let mut all = Vec::new();
    if let ClipEnding::Early { missing_secs, .. } = reader.ending() {
        all.extend((*missing_secs > 0.0).then(|| cautions::broken(*missing_secs)));
    }
    all.extend((!damaged.is_empty()).then(|| cautions::damaged(damaged.len())));
    all.extend(quality.new_frame_secs.map(cautions::repeated));
    all.extend(slow_by_metadata.map(|speed| cautions::slow_capture(1.0 / speed)));
    all.extend(of_info(reader.info()));
    for caution in all {
        phrase.add_caution(caution);
    }
    phrase.set_source(quality);
}

/// What the file says of itself, and how it was looked at.
fn of_info(info: &ClipInfo) -> Vec<Caution> {
    let slow = (info.view.speed - 1.0).abs() > f64::EPSILON;
    let told = [
        (info.other_streams > 0).then(|| cautions::other_streams(info.other_streams)),
        info.interlaced.then(cautions::interlaced),
        slow.then(|| cautions::scene_speed(info.view.speed)),
    ];
    told.into_iter().flatten().collect()
}

/// Quarter turns after which two fencers are seen in a clip in which none were: it lies on its side. `None` when turning does
/// not help, and when it was turned by hand already.
pub(super) fn turns_to_upright(
    engine: &Engine,
    setup: PhraseSetup,
    clip: &ClipInfo,
    options: &ClipOptions,
    cancel: &Cancel,
) -> Result<Option<u8>, AnalysisError> {
    if options.turning_is_known {
        return Ok(None);
    }
    let mut best = None;
    for quarter_turns in [1, 3] {
        let view = ClipView { quarter_turns, ..options.view };
        let mut reader = ClipReader::open_probed(clip.clone(), &ClipOptions { view, ..options.clone() }, cancel)?;
        let mut analyzer = engine.begin_phrase(setup);
        while let Some(frame) = reader.next_frame()? {
            if cancel.is_cancelled() {
                return Err(AnalysisError::Cancelled);
            }
            if frame.index.0.is_multiple_of(TURNED_EVERY) {
                analyzer.push_frame(&frame)?;
            }
        }
        let seen = analyzer.finish().both_seen_share();
        if seen > UPRIGHT_SHARE && best.is_none_or(|(_, other)| seen > other) {
            best = Some((quarter_turns, seen));
        }
    }
    Ok(best.map(|(turns, _)| turns))
}

/// Whether so little was seen of two fencers that the clip may lie on its side.
pub(super) fn may_lie_on_its_side(phrase: &SeenPhrase) -> bool {
    phrase.both_seen_share() < UPRIGHT_SHARE
}
