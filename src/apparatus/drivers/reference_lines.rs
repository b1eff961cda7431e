//! The lines of the reference's Arduino box, read into an enum; what they mean together is [`super::reference_box`]'s job.
//!
//! There is no checksum, so a line has to match exactly. Both firmware generations are read: the newer one stamps its log
//! lines in microseconds since the phrase's start, the older one in seconds with a decimal point or not at all.

use fencing::Side;

/// One line of the box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum BoxLine {
    /// `STATE:...`
    State(BoxState),
    /// `SCORE:F1_ON` and so on.
    Lamp(Side, bool),
    /// `SCORE:RESET`
    AllDark,
    /// `LOG:<time>|<text>`; the time in seconds since the phrase's start.
    Log(Option<f64>, LogText),
    /// `TIME_MS:<millis>`, in seconds.
    Time(f64),
    /// `PHRASE_START_MS:<millis>`, in seconds.
    PhraseStart(f64),
    /// A line that belongs to the box and says nothing to us.
    Chatter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BoxState {
    Waiting,
    Recording,
    Lockout,
    Results,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LogText {
    Started,
    BladeContact,
    Hit(Side),
    Simultaneous,
    LockoutStarted,
    SelfContact(Side),
    Ended,
    Cancelled,
}

/// A fencer as the box calls him: its left is the camera's right.
const BOX_LEFT: Side = Side::Right;
const BOX_RIGHT: Side = Side::Left;

/// Reads a line; `None` when it is no line of this box.
pub(super) fn read(line: &str) -> Option<BoxLine> {
    let line = line.trim();
    if line.starts_with("[EVENT]") || line.starts_with("===") || line.starts_with("raw ") {
        return Some(BoxLine::Chatter);
    }
    let (head, rest) = line.split_once(':')?;
    match head {
        "STATE" => state(rest).map(BoxLine::State),
        "SCORE" => score(rest),
        "LOG" => log(rest),
        "TIME_MS" => millis(rest).map(BoxLine::Time),
        "PHRASE_START_MS" => millis(rest).map(BoxLine::PhraseStart),
        "CONTACT" | "Baselines" => Some(BoxLine::Chatter),
        _ => None,
    }
}

fn state(name: &str) -> Option<BoxState> {
    match name {
        "WAITING_FOR_COMMAND" => Some(BoxState::Waiting),
        "RECORDING" => Some(BoxState::Recording),
        "LOCKOUT_PERIOD" => Some(BoxState::Lockout),
        "DISPLAYING_RESULTS" => Some(BoxState::Results),
        _ => None,
    }
}

fn score(what: &str) -> Option<BoxLine> {
    match what {
        "F1_ON" => Some(BoxLine::Lamp(BOX_LEFT, true)),
        "F1_OFF" => Some(BoxLine::Lamp(BOX_LEFT, false)),
        "F2_ON" => Some(BoxLine::Lamp(BOX_RIGHT, true)),
        "F2_OFF" => Some(BoxLine::Lamp(BOX_RIGHT, false)),
        "RESET" => Some(BoxLine::AllDark),
        _ => None,
    }
}

/// The box's clock wraps after 49.7 days; anything beyond 32 bits is damage.
fn millis(digits: &str) -> Option<f64> {
    digits.parse::<u32>().ok().map(|ms| f64::from(ms) / 1000.0)
}

fn log(rest: &str) -> Option<BoxLine> {
    match rest.split_once('|') {
        Some((time, words)) => Some(BoxLine::Log(Some(log_secs(time)?), text(words)?)),
        None => Some(BoxLine::Log(None, text(rest)?)),
    }
}

/// Microseconds as a whole number (newer firmware) or seconds with a decimal point (older).
fn log_secs(time: &str) -> Option<f64> {
    let time = time.trim();
    let time = time.strip_suffix('s').unwrap_or(time);
    let secs = if time.contains('.') { time.parse::<f64>().ok()? } else { f64::from(time.parse::<u32>().ok()?) / 1e6 };
    (secs.is_finite() && secs >= 0.0).then_some(secs)
}

fn text(words: &str) -> Option<LogText> {
    let words = words.trim();
    let exact = match words {
        "Phrase recording started" => LogText::Started,
        "Phrase recording ended" => LogText::Ended,
        "Phrase cancelled by controller." => LogText::Cancelled,
        "Off-Target: Blade-to-blade contact." => LogText::BladeContact,
        "HIT: Left scores on Right!" => LogText::Hit(BOX_LEFT),
        "HIT: Right scores on Left!" => LogText::Hit(BOX_RIGHT),
        "HIT: Simultaneous valid hits!" => LogText::Simultaneous,
        "Self contact detected on Left fencer." => LogText::SelfContact(BOX_LEFT),
        "Self contact detected on Right fencer." => LogText::SelfContact(BOX_RIGHT),
        _ if words.starts_with("Lockout period started (") && words.ends_with("s window)") => LogText::LockoutStarted,
        _ => return None,
    };
    Some(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_firmwares() {
        let hit = |secs| Some(BoxLine::Log(secs, LogText::Hit(Side::Right)));
        assert_eq!(read("LOG:1221400|HIT: Left scores on Right!"), hit(Some(1.2214)));
        assert_eq!(read("LOG:1.221|HIT: Left scores on Right!"), hit(Some(1.221)));
        assert_eq!(read("LOG: 1.221s | HIT: Left scores on Right!"), hit(Some(1.221)));
        assert_eq!(read("LOG:HIT: Left scores on Right!"), hit(None));
        assert_eq!(read("SCORE:F2_ON"), Some(BoxLine::Lamp(Side::Left, true)));
        assert_eq!(read("TIME_MS:15234"), Some(BoxLine::Time(15.234)));
        assert_eq!(read("Baselines: 12 13"), Some(BoxLine::Chatter));
    }

    #[test]
    fn damaged_lines_are_refused() {
        for line in
            ["", "STATE:RECORDIN", "SCORE:F3_ON", "LOG:12x|Phrase recording ended", "LOG:NaN.|HIT", "TIME_MS:-4"]
        {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
