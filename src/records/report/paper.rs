//! What papers for people say besides the judgement: the language, what is known of the phrase, pictures that show why.

use fencing::right_of_way::{Fact, Truth};
use fencing::time::{Span, Timestamp};
use fencing::wording::{Language, Words};
use recording::PhraseNotes;
use vision::engine::Judgement;

/// Most pictures on a page: two rows of two, so that a page of paper holds everything.
const MAX_MOMENTS: usize = 4;
/// Moments nearer to each other than this share a picture, in seconds: the eye would see the same.
const SAME_PICTURE_SECS: f64 = 0.05;

/// What goes into summary and page besides the judgement.
#[derive(Clone, Debug, Default)]
pub struct PaperContext {
    /// Language of both.
    pub language: Language,
    /// Names, score, the referee's own call, as far as they are known.
    pub notes: PhraseNotes,
    /// Pictures of the moments that decided, in order of time.
    pub stills: Vec<Still>,
}

/// A picture that shows why.
#[derive(Clone, Debug, PartialEq)]
pub struct Still {
    /// What it shows.
    pub moment: DecidingMoment,
    /// The picture as JPEG.
    pub jpeg: Vec<u8>,
}

/// A moment of the phrase that somebody who doubts the call wants to see.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidingMoment {
    /// When, on the clip's clock.
    pub at: Timestamp,
    /// What is to be seen, in the reader's language.
    pub caption: String,
}

/// The moments that decided: those of the first facts of the verdict, and the touch. In order of time.
pub fn deciding_moments(judgement: &Judgement, words: &Words) -> Vec<DecidingMoment> {
    let touch = judgement.signals.first_touch().map(|event| (event.at, words.text("paper-touch")));
    let facts = judgement.verdict.facts.iter().filter_map(|fact| Some((moment_of(fact)?, words.fact(fact)?)));
    let mut moments: Vec<DecidingMoment> = Vec::new();
    for (at, caption) in touch.into_iter().chain(facts) {
        if let Some(near) = moments.iter_mut().find(|m| m.at.secs_since(at).abs() < SAME_PICTURE_SECS) {
            near.caption = format!("{}; {caption}", near.caption);
        } else if moments.len() < MAX_MOMENTS {
            moments.push(DecidingMoment { at, caption });
        }
    }
    moments.sort_by_key(|moment| moment.at);
    moments
}

/// When a fact is seen best: what lasts in its middle, what is over at its end, anything else where it begins.
fn moment_of(fact: &Fact) -> Option<Timestamp> {
    let Span { start, end } = fact.span.filter(|_| fact.truth == Truth::Yes)?;
    match fact.key {
        "fact_lamp_valid" | "fact_lamp_off_target" | "fact_lamp_fault" => None,
        "fact_stopped" | "fact_retreated" => Some(start.plus_secs(end.secs_since(start) / 2.0)),
        "fact_fell_short" | "fact_arm_back" | "fact_slow_start" | "fact_parry" | "fact_beat" => Some(end),
        _ => Some(start),
    }
}
