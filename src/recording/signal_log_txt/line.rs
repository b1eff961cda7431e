//! Parser of a single line of a log, independent of the other lines.

use super::answers::{AnswerLine, BladeLabel, blade_labels};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalSource};
use time::PrimitiveDateTime;
use time::macros::format_description;

/// Largest plausible time on a line, in seconds.
const MAX_SECS: f64 = 1e9;

/// First line of a log written by this program: its lines are exact and `HIT:` uses the box's sides.
pub(super) const OWN_HEADER: &str = "Signal log of fencing-referee, version 1";

/// Event of a timed line. `named` is the side on the line, before any side convention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum LogEvent {
    Start,
    BladeContact,
    Hit { named: Side, with_simultaneous: bool },
    Simultaneous,
    SelfContact { named: Side },
    Lamp { side: Side, lamp: Lamp },
    Lockout,
    End,
    Halt,
    Cancelled,
}

/// Appendix of this program's lines: source, exact time, uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Exact {
    pub(super) source: SignalSource,
    pub(super) at: Timestamp,
    pub(super) uncertainty_secs: f64,
}

/// A line with a time and an event.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Timed {
    pub(super) at: Timestamp,
    pub(super) what: LogEvent,
    pub(super) exact: Option<Exact>,
    pub(super) labels: Vec<BladeLabel>,
}

/// Meaning of a wall-clock time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WallClock {
    Commanded,
    Recording,
    /// The host's first reaction after the phrase.
    Interpreted,
}

/// Lamps on a summary line; `None` where the word is neither hit nor miss.
pub(super) type NamedLamps = PerSide<Option<Lamp>>;

/// A parsed line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    Timed(Timed),
    /// `Scores -> Fencer 1: .., Fencer 2: ..`, already by sides of the picture.
    Scores(NamedLamps),
    /// `Interpretation -> Right Fencer: .., Left Fencer: ..`.
    Interpretation(NamedLamps, Option<PrimitiveDateTime>),
    /// The lamps of a log written by this program, without loss.
    FinalLamps(PerSide<Lamp>),
    Phrase(String, Option<PrimitiveDateTime>),
    WallClock(WallClock, Option<PrimitiveDateTime>),
    Answer(AnswerLine),
    /// The log was written by the frame-mapping adapter.
    AdapterMark,
    OwnHeader,
    /// Cancelled, without a time.
    Cancelled,
    /// Known but irrelevant.
    Irrelevant,
    Unknown,
}

/// Parses one line.
pub(super) fn read_line(raw: &str) -> Line {
    let text = raw.trim().trim_start_matches('\u{feff}');
    if text.is_empty() {
        return Line::Irrelevant;
    }
    let (stamp, body) = split_timestamp(text);
    let lower = body.to_lowercase();
    if let Some(answer) = AnswerLine::read(&lower) {
        return Line::Answer(answer);
    }
    timed(body).unwrap_or_else(|| untimed(body, &lower, stamp))
}

/// Splits `[2026-01-27 21:09:40] rest`.
fn split_timestamp(text: &str) -> (Option<PrimitiveDateTime>, &str) {
    let split = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match split.and_then(|(stamp, rest)| Some((wall_time(stamp)?, rest))) {
        Some((at, rest)) => (Some(at), rest.trim()),
        None => (None, text),
    }
}

fn wall_time(text: &str) -> Option<PrimitiveDateTime> {
    PrimitiveDateTime::parse(text.trim(), format_description!("[year]-[month]-[day] [hour]:[minute]:[second]")).ok()
}

/// `<secs>s | [frame N |] <event>`.
fn timed(text: &str) -> Option<Line> {
    let (time, rest) = text.split_once('|')?;
    let secs: f64 = time.trim().strip_suffix(['s', 'S'])?.trim_end().parse().ok()?;
    if !secs.is_finite() || secs.abs() > MAX_SECS * 10.0 {
        return Some(Line::Unknown);
    }
    let event = skip_frame_number(rest.trim()).to_lowercase();
    if event.contains("pistelink timestamp mapping") {
        return Some(Line::AdapterMark);
    }
    let Some(what) = log_event(&event) else { return Some(Line::Unknown) };
    let exact = exact(&event);
    Some(Line::Timed(Timed { at: Timestamp::from_secs(secs), what, exact, labels: blade_labels(&event).collect() }))
}

/// Skips the host's `frame 000022 |`.
fn skip_frame_number(rest: &str) -> &str {
    match rest.split_once('|') {
        Some((token, event)) if token.trim().to_lowercase().starts_with("frame") => event.trim(),
        _ => rest,
    }
}

fn log_event(event: &str) -> Option<LogEvent> {
    let contains = |words: &str| event.contains(words);
    if let Some(hit) = event.split_once("hit:").map(|(_, rest)| rest.trim()) {
        return hit_line(hit);
    }
    if contains("phrase recording started") {
        Some(LogEvent::Start)
    } else if contains("blade-to-blade contact") {
        Some(LogEvent::BladeContact)
    } else if contains("simultaneous valid hits") {
        Some(LogEvent::Simultaneous)
    } else if contains("lockout period started") {
        Some(LogEvent::Lockout)
    } else if contains("phrase recording ended") || event.starts_with("phrase ended") {
        Some(LogEvent::End)
    } else if contains("phrase cancelled") {
        Some(LogEvent::Cancelled)
    } else if event.starts_with("halt") {
        Some(LogEvent::Halt)
    } else if let Some(whose) = event.strip_prefix("self contact detected on ") {
        Some(LogEvent::SelfContact { named: side_word(whose)? })
    } else {
        event.strip_prefix("lamp: ").and_then(lamp_words).map(|(side, lamp)| LogEvent::Lamp { side, lamp })
    }
}

fn hit_line(hit: &str) -> Option<LogEvent> {
    if hit.starts_with("simultaneous") {
        return Some(LogEvent::Simultaneous);
    }
    let named = side_word(hit)?;
    let scores = hit.split_whitespace().nth(1) == Some("scores");
    scores.then(|| LogEvent::Hit { named, with_simultaneous: hit.contains("(simultaneous)") })
}

fn side_word(text: &str) -> Option<Side> {
    match text.split(|c: char| !c.is_alphanumeric()).next()? {
        "left" => Some(Side::Left),
        "right" => Some(Side::Right),
        _ => None,
    }
}

/// `left off_target`, by sides of the picture.
fn lamp_words(text: &str) -> Option<(Side, Lamp)> {
    let mut words = text.split_whitespace();
    let side = side_word(words.next()?)?;
    Some((side, lamp_from_word(words.next()?)?))
}

/// The word for a lamp in a log of this program.
pub(super) const fn lamp_word(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Off => "off",
        Lamp::Valid => "valid",
        Lamp::OffTarget => "off_target",
        Lamp::Fault => "fault",
    }
}

fn lamp_from_word(word: &str) -> Option<Lamp> {
    [Lamp::Off, Lamp::Valid, Lamp::OffTarget, Lamp::Fault].into_iter().find(|lamp| lamp_word(*lamp) == word)
}

/// `{apparatus 1221400000ns off 0.012s}` at the end of a line of this program.
fn exact(event: &str) -> Option<Exact> {
    let (_, tail) = event.trim_end().strip_suffix("s}")?.rsplit_once('{')?;
    let mut words = tail.split_whitespace();
    let source = source_from_word(words.next()?)?;
    let nanos: i64 = words.next()?.strip_suffix("ns")?.parse().ok()?;
    let uncertainty_secs: f64 = words.nth(1)?.parse().ok()?;
    (!uncertainty_secs.is_nan()).then_some(Exact { source, at: Timestamp::from_nanos(nanos), uncertainty_secs })
}

/// The word for a source in a log of this program.
pub(super) const fn source_word(source: SignalSource) -> &'static str {
    match source {
        SignalSource::Apparatus => "apparatus",
        SignalSource::Log => "log",
        SignalSource::Picture => "picture",
        SignalSource::Manual => "manual",
    }
}

fn source_from_word(word: &str) -> Option<SignalSource> {
    [SignalSource::Apparatus, SignalSource::Log, SignalSource::Picture, SignalSource::Manual]
        .into_iter()
        .find(|source| source_word(*source) == word)
}

fn untimed(body: &str, lower: &str, stamp: Option<PrimitiveDateTime>) -> Line {
    let packed: String = lower.chars().filter(|c| !c.is_whitespace()).collect();
    if packed.contains("scores->") {
        return Line::Scores(PerSide::new(lamp_after(&packed, "fencer2:"), lamp_after(&packed, "fencer1:")));
    }
    if packed.starts_with("interpretation->") {
        let lamps = PerSide::new(lamp_after(&packed, "leftfencer:"), lamp_after(&packed, "rightfencer:"));
        return Line::Interpretation(lamps, stamp);
    }
    if lower.starts_with("awaiting manual winner") {
        return Line::WallClock(WallClock::Interpreted, stamp);
    }
    if body == OWN_HEADER {
        return Line::OwnHeader;
    }
    if let Some(rest) = lower.strip_prefix("final lamps: ") {
        return final_lamps(rest).map_or(Line::Unknown, Line::FinalLamps);
    }
    wall_line(body, lower)
        .unwrap_or_else(|| if is_irrelevant(lower) || stamp.is_some() { Line::Irrelevant } else { Line::Unknown })
}

/// `left valid, right off`.
fn final_lamps(text: &str) -> Option<PerSide<Lamp>> {
    let (left, right) = text.split_once(',')?;
    match (lamp_words(left.trim())?, lamp_words(right.trim())?) {
        ((Side::Left, left), (Side::Right, right)) => Some(PerSide::new(left, right)),
        _ => None,
    }
}

/// The lamp after `key` in a text without blanks.
fn lamp_after(packed: &str, key: &str) -> Option<Lamp> {
    let (_, rest) = packed.split_once(key)?;
    if rest.starts_with("hit") {
        Some(Lamp::Valid)
    } else if rest.starts_with("miss") {
        Some(Lamp::Off)
    } else {
        None
    }
}

fn wall_line(body: &str, lower: &str) -> Option<Line> {
    let after = |words: &str| lower.strip_prefix(words).map(|rest| wall_time(rest.trim()));
    if let Some(rest) = lower.strip_prefix("phrase ")
        && let Some(at) = rest.find(" initialized")
    {
        let name = body.get("phrase ".len()..)?.get(..at)?;
        let when = rest.split_once(" initialized at ").and_then(|(_, when)| wall_time(when));
        return Some(Line::Phrase(name.trim().to_owned(), when));
    }
    if let Some(when) = after("start command issued at ") {
        return Some(Line::WallClock(WallClock::Commanded, when));
    }
    if let Some(when) = after("recording started at ") {
        return Some(Line::WallClock(WallClock::Recording, when));
    }
    lower.starts_with("phrase cancelled").then_some(Line::Cancelled)
}

/// Known lines that contain nothing about the phrase itself.
fn is_irrelevant(lower: &str) -> bool {
    const STARTS: &[&str] = &[
        "audio cue",
        "lockout active",
        "phrase ended",
        "frame timing:",
        "camera captured",
        "streaming session",
        "failed to start streaming",
        "local analyzer session",
        "serial connection lost",
        "failed to send start command",
        "tracking indices",
        "blade contacts:",
    ];
    STARTS.iter().any(|start| lower.starts_with(start))
}
