//! A phrase whose frames have all been analysed: takes its signals and returns the judgement, with completeness and cautions.
//! Plain data and arithmetic.

use super::fencer::FencerError;
use super::frame_analyzer::lens_corrected;
use super::judgement::{Caution, Completeness, Judgement};
use super::source::{SourceDoubt, is_implausibly_slow};
use super::{EngineError, PhraseEnding, PhraseSetup, SignalClock};
use crate::lens::{Lens, LensSettings};
use crate::tracking::{FencerAt, FollowTools, TrackCorrection, TrackDiagnostics, Tracks, follow_from};
use fencing::actions::{self, Timeline};
use fencing::kinematics::{Motion, MotionError, with_touch_placed};
use fencing::learned::Models;
use fencing::right_of_way::{DecisionSettings, Evidence, Verdict, decide, needs_right_of_way};
use fencing::time::{Span, Timestamp, median_interval_secs};
use fencing::{Confidence, PerSide, Probabilities, Side, SignalLog, Weapon};
use std::borrow::Cow;
use std::sync::Arc;

/// The frame interval is measured over this span before the end of the phrase, in seconds: calls are based on it, and a live
/// analysis takes fewer frames while nobody moves.
pub(super) const DECISION_SPAN_SECS: f64 = 2.0;

/// Below this share of frames a fencer counts as lost: most features then depend on interpolated gaps.
const MIN_DETECTED_SHARE: f32 = 0.6;
/// Slower than this, onsets within the 100 to 170 ms where calls are made cannot be ordered (`rules-and-apparatus`, 3.8: 15 fps is one frame per 67 ms).
const COARSE_INTERVAL_SECS: f64 = 0.060;
/// Gap between frames that is long enough to hide an action, in seconds.
const LONG_GAP_SECS: f64 = 0.25;

/// The verdict rests on fencers whom a person pointed out.
const BY_HAND: Caution = Caution { key: "fencer_by_hand", value: None };

/// Two people tracked together for less than this were not two fencers but one and a false detection: the shortest phrase, from
/// standing still to the lamp, lasts about a second.
const MIN_TOGETHER_SECS: f64 = 0.5;

/// Observations of one phrase, on the phrase's clock.
#[derive(Clone)]
pub(super) struct Observations {
    pub(super) tracks: Tracks,
    /// The same after lens correction.
    pub(super) corrected: Tracks,
    /// Lamps detected in the frames.
    pub(super) lamps: SignalLog,
    pub(super) diagnostics: TrackDiagnostics,
}

/// Inputs of the judge besides the observations.
#[derive(Clone)]
pub(super) struct PhraseInputs {
    pub(super) setup: PhraseSetup,
    pub(super) decision: DecisionSettings,
    pub(super) learned: Arc<Models>,
    pub(super) signals: SignalLog,
    /// Frames of the source that were not analysed.
    pub(super) skipped: u64,
    pub(super) cautions: Vec<Caution>,
    pub(super) source: SourceDoubt,
}

impl PhraseInputs {
    /// Without signals, skipped frames, cautions and doubts.
    pub(super) fn new(setup: PhraseSetup, decision: DecisionSettings, learned: Arc<Models>) -> Self {
        let (signals, cautions, source) = (SignalLog::default(), Vec::new(), SourceDoubt::default());
        Self { setup, decision, learned, signals, skipped: 0, cautions, source }
    }
}

/// One phrase whose frames have been analysed, ready for its signals. Kept, it is judged again with another weapon, other signals or
/// other fencers without looking at its frames.
#[derive(Clone)]
pub struct ObservedPhrase {
    pub(super) inputs: PhraseInputs,
    pub(super) observations: Observations,
}

impl ObservedPhrase {
    pub(super) fn new(inputs: PhraseInputs, observations: Observations) -> Self {
        Self { inputs, observations }
    }

    /// Time of the last analysed frame.
    pub fn end(&self) -> Option<Timestamp> {
        self.observations.tracks.samples.last().map(|sample| sample.at)
    }

    /// The same phrase at another weapon.
    #[must_use]
    pub fn at_weapon(mut self, weapon: Weapon) -> Self {
        self.inputs.setup.weapon = weapon;
        self
    }

    /// Both fencers in every analysed frame.
    pub fn tracks(&self) -> &Tracks {
        &self.observations.tracks
    }

    /// Makes the person at a point of one frame a fencer. `lens` is the one of the engine that analysed the phrase.
    pub(super) fn correct_fencer(
        &mut self,
        fencer: FencerAt,
        tools: &mut FollowTools<'_>,
        lens: LensSettings,
    ) -> Result<TrackCorrection, FencerError> {
        let observations = &mut self.observations;
        let mut tracks = observations.tracks.clone();
        let correction = follow_from(&mut tracks, &observations.diagnostics.shot_changes, fencer, tools)?;
        let lens = Lens::new(lens, tracks.frame_size)?;
        let samples = &tracks.samples;
        let changed = &samples[correction.samples.clone()];
        if let (Some(first), Some(last)) = (changed.first(), changed.last()) {
            let settled = Span::between(first.at, last.at);
            observations.diagnostics = observations.diagnostics.recounted(samples, settled);
        }
        observations.corrected.samples = samples.iter().map(|sample| lens_corrected(&lens, sample)).collect();
        observations.tracks = tracks;
        if !self.inputs.cautions.contains(&BY_HAND) {
            self.inputs.cautions.push(BY_HAND);
        }
        Ok(correction)
    }

    /// The judgement: aligns the signals to the lamps in the frames, then decides. No inference on frames, no IO. Without signals the
    /// detected lamps count.
    ///
    /// # Errors
    /// [`EngineError::TouchOutside`] when the user set a touch outside the phrase. A touch outside from an apparatus belongs to another
    /// phrase's log and gives a caution.
    pub fn judge(mut self, ending: PhraseEnding) -> Result<Judgement, EngineError> {
        let PhraseEnding { signals, end, skipped, cautions, source } = ending;
        self.inputs.skipped += skipped;
        let clock = signals.clock();
        let (aligned, caution) = signals.aligned(&self.observations.lamps, end);
        self.inputs.cautions.extend(caution);
        let outside = aligned
            .first_touch()
            .filter(|touch| touch.at > end.plus_secs(touch.uncertainty_secs) || touch.at < Timestamp::ZERO);
        match outside {
            Some(touch) if clock == SignalClock::Frames => {
                return Err(EngineError::TouchOutside { touch_secs: touch.at.secs(), end_secs: end.secs() });
            }
            Some(touch) => {
                self.inputs.cautions.push(Caution { key: "other_phrase", value: Some(touch.at.secs_since(end)) });
            }
            None => {}
        }
        self.inputs.cautions.extend(cautions);
        self.inputs.signals = aligned;
        let until = self.touch().or(self.end()).unwrap_or_default();
        let frames = self.frames_between(until.plus_secs(-DECISION_SPAN_SECS), until);
        self.inputs.source = source.doubt_at(until, frames);
        self.inputs.cautions.extend(source.cautions(&self.inputs.source));
        Ok(self.decided())
    }

    /// From observations and aligned signals to the judgement: motion, actions, right of way. A few milliseconds.
    fn decided(self) -> Judgement {
        let inputs = &self.inputs;
        let weapon = inputs.setup.weapon;
        let signals = self.signals().clone();
        let (corrected, decision) = (&self.observations.corrected, &inputs.decision);
        // Gaps are repaired once, up to the time after which nothing decides.
        let motion = match signals.first_touch() {
            Some(touch) => Motion::from_tracks_until(corrected, weapon.decided_by(touch)),
            None => Motion::from_tracks(corrected),
        };
        let placed = match &motion {
            Ok(motion) => with_touch_placed(&signals, motion),
            Err(_) => Cow::Borrowed(&signals),
        };
        let timeline = motion.as_ref().map_or_else(|_| Timeline::default(), |m| actions::detect(m, &placed, weapon));
        let slow = inputs.source.may_be_slow && is_implausibly_slow(&timeline);
        let mut evidence = Evidence::gather(&timeline, motion.as_ref().ok(), &placed, (weapon, decision));
        // The lamp times of the facts are those that are drawn and reported, wherever the touch is estimated to be.
        evidence.lit_at = signals.lit_at();
        evidence.source_doubt = if slow { 1.0 } else { inputs.source.doubt };
        let between_new = inputs.source.new_frame_secs.unwrap_or(0.0);
        evidence.timing_uncertainty_secs = evidence.timing_uncertainty_secs.max(between_new / 2.0);
        let prediction = match &motion {
            Ok(motion) if needs_right_of_way(&evidence, decision) => {
                inputs.learned.prediction(motion, &placed, &evidence)
            }
            _ => None,
        };
        let mut verdict = decide(&evidence, prediction.as_ref(), decision);
        let completeness = self.completeness(signals.first_touch().map(|touch| touch.at));
        let mut cautions = self.all_cautions(&completeness);
        if slow {
            cautions.push(Caution { key: "slow_motion", value: None });
        }
        if signals.is_empty() {
            set_touch_unknown(&mut verdict);
            cautions.push(Caution { key: "no_signal", value: None });
        }
        cautions.extend(motion.as_ref().err().and_then(motion_caution));
        Judgement {
            weapon,
            verdict,
            timeline,
            tracks: self.observations.tracks,
            corrected_tracks: self.observations.corrected,
            pixels_per_metre: motion.ok().and_then(|m| m.pixels_per_metre()),
            signals,
            completeness,
            cautions,
        }
    }

    /// The signals that count: the lamps in the frames only without signals.
    fn signals(&self) -> &SignalLog {
        if self.inputs.signals.is_empty() { &self.observations.lamps } else { &self.inputs.signals }
    }

    /// Time of the first touch.
    fn touch(&self) -> Option<Timestamp> {
        self.signals().first_touch().map(|touch| touch.at)
    }

    /// Number of frames analysed between two times.
    fn frames_between(&self, from: Timestamp, to: Timestamp) -> usize {
        self.observations.tracks.samples.iter().filter(|sample| (from..=to).contains(&sample.at)).count()
    }

    /// Completeness up to `end`.
    fn completeness(&self, end: Option<Timestamp>) -> Completeness {
        let samples: Vec<_> =
            self.observations.tracks.samples.iter().filter(|s| end.is_none_or(|end| s.at <= end)).collect();
        let times: Vec<_> = samples.iter().map(|s| s.at).collect();
        let share = |side| {
            let seen = samples.iter().filter(|s| s.poses[side].is_some()).count();
            seen as f32 / samples.len().max(1) as f32
        };
        let analysed = self.observations.tracks.samples.len() as u64;
        let called_on =
            times.last().map_or(0, |last| times.partition_point(|at| last.secs_since(*at) > DECISION_SPAN_SECS));
        Completeness {
            frames_received: analysed + self.inputs.skipped,
            frames_analysed: analysed,
            seen: PerSide::from_fn(share),
            longest_gap_secs: times.windows(2).map(|w| w[1].secs_since(w[0])).fold(0.0, f64::max),
            frame_interval_secs: median_interval_secs(&times[called_on..])
                .or_else(|| median_interval_secs(&times))
                .unwrap_or(0.0)
                .max(self.inputs.source.new_frame_secs.unwrap_or(0.0)),
        }
    }

    /// All cautions, the source's own first.
    fn all_cautions(&self, completeness: &Completeness) -> Vec<Caution> {
        let mut all = self.inputs.cautions.clone();
        all.extend(cautions_of(&self.observations.diagnostics, completeness, self.inputs.skipped));
        all
    }
}

/// Adjusts a verdict without signals: the lamps may be missing, not the touch.
fn set_touch_unknown(verdict: &mut Verdict) {
    verdict.confidence = Confidence(0.0);
    verdict.probabilities = Probabilities::EVEN;
}

/// The tracker's own cautions report a fencer who was not detected; this covers odd geometry.
fn motion_caution(error: &MotionError) -> Option<Caution> {
    match error {
        MotionError::SidesExchanged => Some(Caution { key: "sides_exchanged", value: None }),
        MotionError::AbsurdUnits { metres, .. } => {
            Some(Caution { key: "absurd_size", value: Some(f64::from(*metres)) })
        }
        _ => None,
    }
}

/// Cautions from tracking and completeness, most important first.
fn cautions_of(seen: &TrackDiagnostics, completeness: &Completeness, skipped: u64) -> Vec<Caution> {
    let mut all = Vec::new();
    all.extend(detection_cautions(seen, completeness));
    let mut add = |applies: bool, key, value| {
        if applies {
            all.push(Caution { key, value });
        }
    };
    add(!seen.shot_changes.is_empty(), "shot_change", Some(seen.shot_changes.len() as f64));
    add(!seen.pair_changes.is_empty(), "changed_fencers", seen.pair_changes.last().map(|t| t.secs()));
    add(skipped > 0, "frames_dropped", Some(skipped as f64));
    add(completeness.longest_gap_secs > LONG_GAP_SECS, "long_gap", Some(completeness.longest_gap_secs));
    add(
        completeness.frame_interval_secs > COARSE_INTERVAL_SECS,
        "coarse_frames",
        Some(completeness.frame_interval_secs),
    );
    all
}

fn detection_cautions(seen: &TrackDiagnostics, completeness: &Completeness) -> Vec<Caution> {
    let simple = |key| vec![Caution { key, value: None }];
    let nobody_followed = seen.seen.left == 0 && seen.seen.right == 0;
    match () {
        () if completeness.frames_analysed == 0 => simple("no_frames"),
        () if nobody_followed && seen.most_people == 0 => simple("no_fencers"),
        () if is_single_person(seen) => simple("one_fencer"),
        () if nobody_followed => simple("no_pair"),
        () => loss_cautions(completeness),
    }
}

/// Whether most searches of the whole frame found at most one person, and two were never tracked together for long.
fn is_single_person(seen: &TrackDiagnostics) -> bool {
    let lonely = seen.searches_with_one_person + seen.searches_without_people;
    seen.searches_with_one_person > 0 && 2 * lonely > seen.searches && seen.longest_together_secs < MIN_TOGETHER_SECS
}

fn loss_cautions(completeness: &Completeness) -> Vec<Caution> {
    let key = |side| if side == Side::Left { "left_lost" } else { "right_lost" };
    let hardly_seen = |side: &Side| completeness.seen[*side] < MIN_DETECTED_SHARE;
    let caution = |side| Caution { key: key(side), value: Some(f64::from(completeness.seen[side])) };
    Side::BOTH.into_iter().filter(hardly_seen).map(caution).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten frames in one second and ten searches, of which the first `lonely` found one person and the others `people`.
    fn check(seen: (u32, u32), together_secs: f64, lonely: u32, people: u32, expected: &[&str]) {
        let share = |n: u32| n as f32 / 10.0;
        let completeness = Completeness {
            frames_analysed: 10,
            seen: PerSide::new(share(seen.0), share(seen.1)),
            ..Completeness::default()
        };
        let noticed = TrackDiagnostics {
            frames: 10,
            seen: PerSide::new(seen.0, seen.1),
            longest_together_secs: together_secs,
            searches: 10,
            searches_with_one_person: lonely,
            searches_without_people: if people == 0 { 10 - lonely } else { 0 },
            most_people: people.max(u32::from(lonely > 0)),
            ..TrackDiagnostics::default()
        };
        let keys: Vec<_> = cautions_of(&noticed, &completeness, 0).iter().map(|c| c.key).collect();
        assert_eq!(keys, expected);
    }

    #[test]
    fn who_was_seen_is_distinguished() {
        check((0, 0), 0.0, 0, 0, &["no_fencers"]);
        check((0, 0), 0.0, 3, 0, &["one_fencer"]);
        check((8, 0), 0.0, 10, 1, &["one_fencer"]);
        check((0, 0), 0.0, 0, 5, &["no_pair"]);
        check((9, 3), 0.3, 2, 2, &["right_lost"]);
        check((9, 9), 0.9, 0, 3, &[]);
    }

    #[test]
    fn a_glimpse_of_a_second_person_makes_no_pair_but_a_second_fencer_who_leaves_does() {
        check((8, 1), 0.1, 9, 2, &["one_fencer"]);
        check((9, 5), 0.5, 8, 2, &["right_lost"]);
    }
}
