//! From places that lit up to lightings of the apparatus, and from those to the one that ends the phrase.

use super::grid::Colour;
use super::layer::Region;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalSource};

/// Longest time between the two lamps of one double: foil's window of 300 ms and a frame or two of the broadcast's delay.
const DOUBLE_SECS: f64 = 0.35;
/// What lights up within this time of a lighting is its echo: bars, score boards and masts lag behind one another.
const ECHO_SECS: f64 = 2.0;
/// Change of brightness per cell and frame before the lighting at which half the trust is gone; noise makes 1 or 2.
const RESTLESS: f32 = 12.0;
/// What a red and a green lamp of one size side by side are worth as a witness: clothes and bags do not come so.
const PAIR: f32 = 0.45;
/// What a second place of the same colour is worth, compared with the first.
const SECOND: f32 = 0.4;
/// Below this nothing is reported.
const LEAST_CONFIDENCE: f32 = 0.5;
/// The last lighting is believed when it is at least this sure compared with the surest.
const LAST_WORD: f32 = 0.8;
/// A region counts for the time of its side when it is at least this sure compared with the side's surest.
const COUNTS_FOR_TIME: f32 = 0.5;
/// A clip in which this many other moments look like lamps flickers, and none of them can be trusted.
const TOO_MANY: usize = 3;
/// From how sure, compared with the chosen one, another moment counts as one of those.
const RIVAL: f32 = 0.5;

/// The lamps of the apparatus going on once: one touch, a double, or a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lighting {
    /// When each side's lamp was first seen lit.
    pub at: PerSide<Option<Timestamp>>,
    /// How sure it is that these are lamps, 0..=1.
    pub confidence: f32,
}

impl Lighting {
    /// When the first lamp of it was seen.
    pub fn first(&self) -> Timestamp {
        [self.at.left, self.at.right].into_iter().flatten().min().unwrap_or_default()
    }
}

/// The lamps that were detected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LampReport {
    /// The lamps that ended the phrase, earliest first, with [`SignalSource::Picture`]; empty when none was found.
    pub events: Vec<SignalEvent>,
    /// How sure it is that these are lamps and the right ones, 0..=1; 0 when none was found.
    pub confidence: f32,
    /// Other lightings, earliest first: a test or an earlier touch.
    pub others: Vec<Lighting>,
}

/// Sorts what lit up. `uncertainty_secs` is the distance between frames.
pub(super) fn report(mut regions: Vec<Region>, uncertainty_secs: f64) -> LampReport {
    regions.sort_by(|a, b| a.onset.total_cmp(&b.onset).then(b.cells.cmp(&a.cells)));
    let mut lightings = Vec::new();
    while let Some(lighting) = surest_lighting(&regions) {
        let first = lighting.first().secs();
        regions.retain(|r| r.onset < first - DOUBLE_SECS || r.onset > first + ECHO_SECS);
        lightings.push(lighting);
    }
    if lightings.len() > TOO_MANY && lightings[TOO_MANY].confidence >= RIVAL * lightings[0].confidence {
        return LampReport { others: lightings, ..LampReport::default() };
    }
    lightings.sort_by_key(Lighting::first);
    choose(lightings, uncertainty_secs)
}

/// The surest lighting that begins with any of the regions; `None` when none is sure enough.
fn surest_lighting(regions: &[Region]) -> Option<Lighting> {
    let from = |first: usize| {
        let end = regions.partition_point(|r| r.onset <= regions[first].onset + DOUBLE_SECS);
        lighting_of(&regions[first..end])
    };
    let all = (0..regions.len()).map(from).filter(|l| l.confidence >= LEAST_CONFIDENCE);
    all.max_by(|a, b| a.confidence.total_cmp(&b.confidence).then(b.first().cmp(&a.first())))
}

/// The last lighting ends the phrase unless it is much less sure than another.
fn choose(mut lightings: Vec<Lighting>, uncertainty_secs: f64) -> LampReport {
    let surest = lightings.iter().map(|l| l.confidence).fold(0.0, f32::max);
    let Some(chosen) = lightings.iter().rposition(|l| l.confidence >= LAST_WORD * surest) else {
        return LampReport::default();
    };
    let lighting = lightings.remove(chosen);
    let mut events: Vec<SignalEvent> = Side::BOTH
        .into_iter()
        .filter_map(|side| {
            let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
            Some(SignalEvent { at: lighting.at[side]?, uncertainty_secs, source: SignalSource::Picture, kind })
        })
        .collect();
    events.sort_by_key(|e| e.at);
    LampReport { events, confidence: lighting.confidence, others: lightings }
}

/// One lighting from regions that lit up together.
fn lighting_of(regions: &[Region]) -> Lighting {
    let red = side_of(regions, Colour::Red);
    let green = side_of(regions, Colour::Green);
    let pair = if has_pair(regions) { PAIR } else { 0.0 };
    let with_pair = |sure: f32| 1.0 - (1.0 - sure) * (1.0 - pair);
    let (left, right) = (with_pair(red.0), with_pair(green.0));
    let time = |sure: f32, onset: Option<f64>| onset.filter(|_| sure >= LEAST_CONFIDENCE).map(Timestamp::from_secs);
    let at = PerSide::new(time(left, red.1), time(right, green.1));
    Lighting {
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

/// How sure one colour is, and when its first region that counts lit up.
fn side_of(regions: &[Region], colour: Colour) -> (f32, Option<f64>) {
    let own = || regions.iter().filter(|r| r.colour == colour).map(|r| (r.onset, region_confidence(r)));
    let (best, second) =
        own().fold(
            (0.0f32, 0.0f32),
            |(best, second), (_, sure)| {
                if sure > best { (sure, best) } else { (best, second.max(sure)) }
            },
        );
    let onset = own().filter(|(_, sure)| *sure > 0.0 && *sure >= COUNTS_FOR_TIME * best).map(|(onset, _)| onset);
    (1.0 - (1.0 - best) * (1.0 - SECOND * second), onset.min_by(f64::total_cmp))
}

/// How sure one region alone makes: large and compact ones are lamps, a few cells may be anything.
fn region_confidence(region: &Region) -> f32 {
    let size = (region.cells as f32 / 40.0).powf(0.7).min(1.0);
    let held = if region.held { 1.0 } else { 0.6 };
    let still = 1.0 / (1.0 + (region.unrest / RESTLESS).powi(2));
    0.95 * size * region.fill.min(1.0).powf(1.5) * held * still
}
