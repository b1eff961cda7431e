//! What summary and page say besides the judgement: their language, the notes of the phrase, stills of the deciding moments.

use fencing::right_of_way::{Fact, Truth};
use fencing::time::{Span, Timestamp};
use fencing::wording::{Language, Words};
use recording::PhraseNotes;
use vision::engine::Judgement;

/// Most stills on a page: two rows of two, so that one sheet holds everything.
const MAX_MOMENTS: usize = 4;
/// Moments closer together than this share a still, in seconds: they would look the same.
const SAME_STILL_SECS: f64 = 0.05;

/// What goes into summary and page besides the judgement.
#[derive(Clone, Debug, Default)]
pub struct ReportContext {
    /// Language of both.
    pub language: Language,
    /// Names, score, the referee's own call, as far as they are known.
    pub notes: PhraseNotes,
    /// Stills of the deciding moments, in order of time.
    pub stills: Vec<Still>,
}

/// A frame that shows a deciding moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Still {
    /// What it shows.
    pub moment: DecidingMoment,
    /// The frame as JPEG.
    pub jpeg: Vec<u8>,
}

/// A moment of the phrase that the call rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidingMoment {
    /// When, on the clip's clock.
    pub at: Timestamp,
    /// What it shows, in the reader's language.
    pub caption: String,
}

/// The moments that decided: those of the first facts of the verdict, and the touch. In order of time.
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

/// The moment that shows a fact best: the middle of what lasts, the end of what is over by then, otherwise the start.
fn moment_of(fact: &Fact) -> Option<Timestamp> {
    let Span { start, end } = fact.span.filter(|_| fact.truth == Truth::Yes)?;
    match fact.key {
        "fact_lamp_valid" | "fact_lamp_off_target" | "fact_lamp_fault" => None,
        "fact_stopped" | "fact_retreated" => Some(start.plus_secs(end.secs_since(start) / 2.0)),
        "fact_fell_short" | "fact_arm_back" | "fact_slow_start" | "fact_parry" | "fact_beat" => Some(end),
        _ => Some(start),
    }
}
