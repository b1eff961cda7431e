//! From regions that lit up to lamp onsets of the apparatus, and to the one that ends the phrase.

use super::cell_states::Region;
use super::grid::Colour;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalSource};

/// Longest time between the two lamps of a double: foil's lockout of 300 ms and a frame or two of the broadcast's delay.
const DOUBLE_SECS: f64 = 0.35;
/// A region that lights up within this time of an onset is its echo: bars, score boards and masts lag behind each other.
const ECHO_SECS: f64 = 2.0;
/// Change of brightness per cell and frame before the onset that halves the confidence; noise makes 1 or 2.
const MOTION_HALF: f32 = 12.0;
/// Confidence added by a red and a green lamp of one size side by side: clothes and bags do not come in such pairs.
const PAIR_CONFIDENCE: f32 = 0.45;
/// Weight of a second region of the same colour, relative to the first.
const SECOND_REGION_WEIGHT: f32 = 0.4;
/// Lowest reported confidence.
const MIN_CONFIDENCE: f32 = 0.5;
/// The last onset is chosen when its confidence is at least this share of the highest.
const LAST_ONSET_SHARE: f32 = 0.8;
/// A region contributes to its side's time when its confidence is at least this share of the side's highest.
const TIME_SHARE: f32 = 0.5;
/// A clip with this many other lamp-like onsets flickers, and none of them can be trusted.
const MAX_RIVALS: usize = 3;
/// Share of the chosen onset's confidence from which another one counts as such.
const RIVAL_SHARE: f32 = 0.5;

/// The lamps of the apparatus switching on once: one touch, a double, or a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LampOnset {
    /// Time of each side's first lit lamp.
    pub at: PerSide<Option<Timestamp>>,
    /// Confidence that these are lamps, 0..=1.
    pub confidence: f32,
}

impl LampOnset {
    /// Time of its first lamp.
    pub fn first(&self) -> Timestamp {
        [self.at.left, self.at.right].into_iter().flatten().min().unwrap_or_default()
    }
}

/// The detected lamps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LampReport {
    /// The lamps that ended the phrase, earliest first, with [`SignalSource::Picture`]; empty when none was found.
    pub events: Vec<SignalEvent>,
    /// Confidence that these are lamps and the right ones, 0..=1; 0 when none was found.
    pub confidence: f32,
    /// Other onsets, earliest first: a test or an earlier touch.
    pub others: Vec<LampOnset>,
}

/// Groups regions into onsets. `uncertainty_secs` is the distance between frames.
pub(super) fn report(mut regions: Vec<Region>, uncertainty_secs: f64) -> LampReport {
    regions.sort_by(|a, b| a.onset.total_cmp(&b.onset).then(b.cells.cmp(&a.cells)));
    let mut onsets = Vec::new();
    while let Some(onset) = best_onset(&regions) {
        let first = onset.first().secs();
        regions.retain(|r| r.onset < first - DOUBLE_SECS || r.onset > first + ECHO_SECS);
        onsets.push(onset);
    }
    if onsets.len() > MAX_RIVALS && onsets[MAX_RIVALS].confidence >= RIVAL_SHARE * onsets[0].confidence {
        return LampReport { others: onsets, ..LampReport::default() };
    }
    onsets.sort_by_key(LampOnset::first);
    choose(onsets, uncertainty_secs)
}

/// The onset with the highest confidence that begins with any of the regions; `None` when it is too low.
fn best_onset(regions: &[Region]) -> Option<LampOnset> {
    let from = |first: usize| {
        let end = regions.partition_point(|r| r.onset <= regions[first].onset + DOUBLE_SECS);
        onset_of(&regions[first..end])
    };
    let all = (0..regions.len()).map(from).filter(|l| l.confidence >= MIN_CONFIDENCE);
    all.max_by(|a, b| a.confidence.total_cmp(&b.confidence).then(b.first().cmp(&a.first())))
}

/// The last onset ends the phrase unless its confidence is much lower than another's.
fn choose(mut onsets: Vec<LampOnset>, uncertainty_secs: f64) -> LampReport {
    let surest = onsets.iter().map(|l| l.confidence).fold(0.0, f32::max);
    let Some(chosen) = onsets.iter().rposition(|l| l.confidence >= LAST_ONSET_SHARE * surest) else {
        return LampReport::default();
    };
    let onset = onsets.remove(chosen);
    let mut events: Vec<SignalEvent> = Side::BOTH
        .into_iter()
        .filter_map(|side| {
            let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
            Some(SignalEvent { at: onset.at[side]?, uncertainty_secs, source: SignalSource::Picture, kind })
        })
        .collect();
    events.sort_by_key(|e| e.at);
    LampReport { events, confidence: onset.confidence, others: onsets }
}

/// One onset from regions that lit up together.
fn onset_of(regions: &[Region]) -> LampOnset {
    let red = side_of(regions, Colour::Red);
    let green = side_of(regions, Colour::Green);
    let pair = if has_pair(regions) { PAIR_CONFIDENCE } else { 0.0 };
    let with_pair = |sure: f32| 1.0 - (1.0 - sure) * (1.0 - pair);
    let (left, right) = (with_pair(red.0), with_pair(green.0));
    let time = |sure: f32, onset: Option<f64>| onset.filter(|_| sure >= MIN_CONFIDENCE).map(Timestamp::from_secs);
    let at = PerSide::new(time(left, red.1), time(right, green.1));
    LampOnset {
        at,
        confidence: f32::max(if red.1.is_some() { left } else { 0.0 }, if green.1.is_some() { right } else { 0.0 }),
    }
}

/// Whether a red and a green region of about one size lie side by side.
fn has_pair(regions: &[Region]) -> bool {
    let of = |colour: Colour| regions.iter().filter(move |r| r.colour == colour);
    of(Colour::Red).any(|red| of(Colour::Green).any(|green| are_pair(red, green)))
}

fn are_pair(red: &Region, green: &Region) -> bool {
    let (a, b) = (red.area, green.area);
    let shared = (a.bottom.min(b.bottom) + 1).saturating_sub(a.top.max(b.top));
    let height = (a.bottom - a.top + 1).max(b.bottom - b.top + 1);
    let apart = a.right < b.left || b.right < a.left;
    let alike = red.cells.max(green.cells) <= 2 * red.cells.min(green.cells);
    apart && alike && 2 * shared >= height && red.cells.min(green.cells) >= 6
}

/// Confidence of one colour, and the time of its first contributing region.
fn side_of(regions: &[Region], colour: Colour) -> (f32, Option<f64>) {
    let own = || regions.iter().filter(|r| r.colour == colour).map(|r| (r.onset, region_confidence(r)));
    let (best, second) =
        own().fold(
            (0.0f32, 0.0f32),
            |(best, second), (_, sure)| {
                if sure > best { (sure, best) } else { (best, second.max(sure)) }
            },
        );
    let onset = own().filter(|(_, sure)| *sure > 0.0 && *sure >= TIME_SHARE * best).map(|(onset, _)| onset);
    (1.0 - (1.0 - best) * (1.0 - SECOND_REGION_WEIGHT * second), onset.min_by(f64::total_cmp))
}

/// Confidence of a single region: large and compact ones are lamps, a few cells may be anything.
fn region_confidence(region: &Region) -> f32 {
    let size = (region.cells as f32 / 40.0).powf(0.7).min(1.0);
    let held = if region.held { 1.0 } else { 0.6 };
    let still = 1.0 / (1.0 + (region.motion / MOTION_HALF).powi(2));
    0.95 * size * region.fill.min(1.0).powf(1.5) * held * still
}
