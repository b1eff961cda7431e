//! Writes a phrase's signals in the grammar of older tools, with what these lack appended to each line.
//!
//! Older readers take the first time on a line and search for fixed words, so the appendix in braces does not disturb them.
//! `HIT:` uses the box's side convention, as in every archived log.

use super::answers::HumanAnswer;
use super::line::{OWN_HEADER, lamp_word, source_word};
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog};
use std::fmt::Write;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// Content of a log besides the signals.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalLogMeta {
    /// Number or name of the phrase, one line.
    pub phrase: String,
    /// Wall-clock time at which the recording started, local time.
    pub started_at: PrimitiveDateTime,
    /// Wall-clock time at which the phrase ended, local time.
    pub ended_at: PrimitiveDateTime,
    /// The person's decision, if there is one.
    pub answer: Option<HumanAnswer>,
}

/// The log as text. Parsing it gives the same signals, to the nanosecond.
pub fn write_signal_log(signals: &SignalLog, meta: &SignalLogMeta) -> String {
    let mut out = String::new();
    let started = wall_clock_text(meta.started_at);
    let phrase: String = meta.phrase.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "Phrase {} initialized at {started}", phrase.trim());
    let _ = writeln!(out, "{OWN_HEADER}");
    let _ = writeln!(out, "Recording started at {started}");
    let started_by_signal = signals.first_time_of(SignalKind::PhraseStart).is_some();
    if !started_by_signal {
        out.push_str(" 0.000s | Phrase recording started\n");
    }
    let both = second_light(signals);
    for (position, event) in signals.events().iter().enumerate() {
        write_event(&mut out, event);
        if both == Some(position) {
            let _ = writeln!(out, "{:6.3}s | HIT: Simultaneous valid hits!", event.at.secs());
        }
    }
    write_lamps(&mut out, signals, meta);
    out
}

/// Index of the event that made it a double.
fn second_light(signals: &SignalLog) -> Option<usize> {
    let first_of = |side| {
        let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
        signals.events().iter().position(|e| e.kind == kind)
    };
    Some(first_of(Side::Left)?.max(first_of(Side::Right)?))
}

fn write_event(out: &mut String, event: &SignalEvent) {
    let text = event_text(event.kind);
    let (source, nanos, off) = (source_word(event.source), event.at.nanos(), event.uncertainty_secs);
    let _ = writeln!(out, "{:6.3}s | {text} {{{source} {nanos}ns off {off}s}}", event.at.secs());
}

fn event_text(kind: SignalKind) -> String {
    match kind {
        SignalKind::PhraseStart => "Phrase recording started".to_owned(),
        SignalKind::Lamp { side: Side::Right, lamp: Lamp::Valid } => "HIT: Left scores on Right!".to_owned(),
        SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid } => "HIT: Right scores on Left!".to_owned(),
        SignalKind::Lamp { side, lamp } => format!("Lamp: {} {}", side.as_str(), lamp_word(lamp)),
        SignalKind::BladeContact => "Off-Target: Blade-to-blade contact.".to_owned(),
        SignalKind::SelfContact { side } => {
            format!("Self contact detected on {} fencer.", capitalized(side.opponent()))
        }
        SignalKind::LockoutStart => "Lockout period started".to_owned(),
        SignalKind::PhraseEnd => "Phrase recording ended".to_owned(),
        SignalKind::Halt => "Halt".to_owned(),
        SignalKind::Cancelled => "Phrase cancelled by controller.".to_owned(),
    }
}

fn write_lamps(out: &mut String, signals: &SignalLog, meta: &SignalLogMeta) {
    let ended = wall_clock_text(meta.ended_at);
    let hit = PerSide::from_fn(|side| if signals.lamps()[side] == Lamp::Valid { "HIT" } else { "MISS" });
    let _ = writeln!(out, "Scores -> Fencer 1: {}, Fencer 2: {}", hit.right, hit.left);
    if let Some(lamps) = signals.final_lamps() {
        let _ = writeln!(out, "Final lamps: left {}, right {}", lamp_word(lamps.left), lamp_word(lamps.right));
    }
    out.push_str("Phrase ended\n");
    let _ = writeln!(out, "[{ended}] Interpretation -> Right Fencer: {}, Left Fencer: {}", hit.right, hit.left);
    if let Some(answer) = meta.answer {
        let _ = writeln!(out, "[{ended}] Confirmed result winner: {}", answer_text(answer));
    }
}

const fn answer_text(answer: HumanAnswer) -> &'static str {
    match answer {
        HumanAnswer::Winner(Side::Left) => "Left Fencer (Red Lamp)",
        HumanAnswer::Winner(Side::Right) => "Right Fencer (Green Lamp)",
        HumanAnswer::Abstain => "Abstain",
    }
}

const fn capitalized(side: Side) -> &'static str {
    match side {
        Side::Left => "Left",
        Side::Right => "Right",
    }
}

fn wall_clock_text(at: PrimitiveDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]")).unwrap_or_default()
}

/// A signal log for signals without wall-clock times: dated now, without an answer.
pub fn signal_log_of_now(signals: &SignalLog, phrase: &str) -> Vec<u8> {
    let now = OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc());
    let at = PrimitiveDateTime::new(now.date(), now.time());
    let meta = SignalLogMeta { phrase: phrase.to_owned(), started_at: at, ended_at: at, answer: None };
    write_signal_log(signals, &meta).into_bytes()
}
