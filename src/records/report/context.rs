//! Contents of summary and page besides the judgement: language, notes of the phrase, stills of the deciding moments.

use fencing::right_of_way::{Fact, Truth};
use fencing::time::{Span, Timestamp};
use fencing::wording::{Language, Words};
use recording::PhraseNotes;
use vision::engine::Judgement;

/// Most stills on a page: two rows of two, so that the page fits on one sheet.
const MAX_MOMENTS: usize = 4;
/// Moments closer together than this share a still, in seconds.
const SAME_STILL_SECS: f64 = 0.05;

/// Contents of summary and page besides the judgement.
#[derive(Clone, Debug, Default)]
pub struct ReportContext {
    /// Language of both files.
    pub language: Language,
    /// Names, score, the referee's call, if known.
    pub notes: PhraseNotes,
    /// Stills of the deciding moments, in order of time.
    pub stills: Vec<Still>,
}

/// A frame of a deciding moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Still {
    /// The moment.
    pub moment: DecidingMoment,
    /// The frame as JPEG.
    pub jpeg: Vec<u8>,
}

/// A moment that the call is based on.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidingMoment {
    /// Time on the clip's clock.
    pub at: Timestamp,
    /// Caption in the reader's language.
    pub caption: String,
}

/// The deciding moments: those of the verdict's first facts, and the touch; in order of time.
pub fn deciding_moments(judgement: &Judgement, words: &Words) -> Vec<DecidingMoment> {
    let touch = judgement.signals.first_touch().map(|event| (event.at, words.text("report-touch")));
    let facts = judgement.verdict.facts.iter().filter_map(|fact| Some((moment_of(fact)?, words.fact(fact)?)));
    let mut moments: Vec<DecidingMoment> = Vec::new();
    for (at, caption) in touch.into_iter().chain(facts) {
        if let Some(near) = moments.iter_mut().find(|m| m.at.secs_since(at).abs() < SAME_STILL_SECS) {
            near.caption = format!("{}; {caption}", near.caption);
        } else if moments.len() < MAX_MOMENTS {
            moments.push(DecidingMoment { at, caption });
        }
    }
    moments.sort_by_key(|moment| moment.at);
    moments
}

/// The time that best represents a fact: its middle, its end if it must be over, otherwise its start.
fn moment_of(fact: &Fact) -> Option<Timestamp> {
    let Span { start, end } = fact.span.filter(|_| fact.truth == Truth::Yes)?;
    match fact.key {
        "fact_lamp_valid" | "fact_lamp_off_target" | "fact_lamp_fault" => None,
        "fact_stopped" | "fact_retreated" => Some(start.plus_secs(end.secs_since(start) / 2.0)),
        "fact_fell_short" | "fact_arm_back" | "fact_slow_start" | "fact_parry" | "fact_beat" => Some(end),
        _ => Some(start),
    }
}
