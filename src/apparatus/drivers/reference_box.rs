//! The reference's Arduino box: 115200 8-N-1, ASCII lines with CR LF, single letters to it.
//!
//! | to the box | meaning |
//! |---|---|
//! | `s` | start a phrase |
//! | `c` | cancel it |
//! | `u` | request the clock |
//!
//! | from the box | meaning |
//! |---|---|
//! | `STATE:WAITING_FOR_COMMAND`, `RECORDING`, `LOCKOUT_PERIOD`, `DISPLAYING_RESULTS` | its state |
//! | `SCORE:F1_ON`, `F1_OFF`, `F2_ON`, `F2_OFF`, `RESET` | lamps, at once; **F1 is the box's left = the picture's right** |
//! | `PHRASE_START_MS:<millis>`, `TIME_MS:<millis>` | the box's clock |
//! | `LOG:<µs since start>\|<text>` (older firmware: seconds with a point, or no time) | what happened, exactly |
//! | `CONTACT:A0,A3`, `[EVENT] ...`, `=== ...`, `Baselines: ...`, `raw ...` | for people |
//!
//! *Time.* A lamp is sent at once, its log line possibly only after the lockout: the lamp triggers, the log line then
//! corrects the time. The box scans the blades once in 62 to 66 ms (newer firmware; 23 ms in the older one), and its
//! timestamps are late by up to that; nothing is subtracted, so that a live phrase and an archived one agree. The box's
//! clock is mapped to the host's by eight quick `u` requests, later one every two seconds outside a phrase.
//!
//! There is no checksum, so a line has to match exactly. Both firmware generations are read: the newer one stamps its log
//! lines in microseconds since the phrase's start, the older one in seconds with a decimal point or not at all.

use crate::clock_offset::BoxClock;
use crate::decoder::{Arrival, Command, Decoder, LampBits, Outbox, Reading, Report, Stamp, Tally};
use crate::drivers::framing::{Line, Lines};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalKind};
use std::collections::VecDeque;

const MAX_LINE: usize = 200;
/// One scan of the newer firmware, in seconds.
const SCAN_SECS: f64 = 0.066;
/// A line of 20 to 40 characters takes 2 to 4 ms; the rest is the port's buffering.
const LINE_UNCERTAINTY_SECS: f64 = 0.010;
/// Without the phrase's start a log line is only known to be younger than the lockout.
const UNPLACED_UNCERTAINTY_SECS: f64 = 0.2;
const QUICK_REQUESTS: u32 = 8;
const QUICK_EVERY_SECS: f64 = 0.1;
const LATER_EVERY_SECS: f64 = 2.0;
/// Time-out of a clock request, in seconds.
const ANSWER_TIMEOUT_SECS: f64 = 1.0;

/// Decoder of the box, with the state of the current phrase.
#[derive(Debug)]
pub struct ReferenceBox {
    lines: Lines,
    tally: Tally,
    clock: BoxClock,
    asked: VecDeque<Timestamp>,
    last_asked: Option<Timestamp>,
    questions: u32,
    state: BoxState,
    /// Start of the phrase on the host clock with its uncertainty.
    zero: Option<(Timestamp, f64)>,
    started: bool,
    lit: PerSide<bool>,
    touched: PerSide<bool>,
}

impl Default for ReferenceBox {
    fn default() -> Self {
        Self {
            lines: Lines::up_to(MAX_LINE),
            tally: Tally::default(),
            clock: BoxClock::default(),
            asked: VecDeque::new(),
            last_asked: None,
            questions: 0,
            state: BoxState::Waiting,
            zero: None,
            started: false,
            lit: PerSide::default(),
            touched: PerSide::default(),
        }
    }
}

impl ReferenceBox {
    fn line(&mut self, line: BoxLine, received: Timestamp, out: &mut Vec<Reading>) {
        let now = Stamp::aged(received, 0.0, LINE_UNCERTAINTY_SECS);
        match line {
            BoxLine::Time(secs) => self.answer(secs, received),
            BoxLine::PhraseStart(secs) => self.zero = Some(self.clock.host_time(secs).unwrap_or((received, 0.01))),
            BoxLine::State(state) => self.enter(state, now, out),
            BoxLine::Lamp(side, lit) => self.lamp(side, lit, received, out),
            BoxLine::AllDark => {
                self.lit = PerSide::default();
                out.push(now.reading(self.lamps()));
            }
            BoxLine::Log(secs, text) => self.log(secs, text, received, out),
            BoxLine::Other => {}
        }
    }

    fn answer(&mut self, box_secs: f64, received: Timestamp) {
        while let Some(asked) = self.asked.pop_front() {
            if received.secs_since(asked) < ANSWER_TIMEOUT_SECS {
                self.clock.round_trip(asked, received, box_secs);
                return;
            }
        }
    }

    fn enter(&mut self, state: BoxState, now: Stamp, out: &mut Vec<Reading>) {
        let before = std::mem::replace(&mut self.state, state);
        match state {
            BoxState::Recording if before != BoxState::Recording => {
                self.touched = PerSide::default();
                self.begin(now, out);
            }
            BoxState::Results if self.started => self.end(now, out),
            BoxState::Waiting => self.started = false,
            _ => {}
        }
    }

    /// Reports the beginning of the phrase, once, at the most precise time known.
    fn begin(&mut self, now: Stamp, out: &mut Vec<Reading>) {
        if self.started {
            return;
        }
        self.started = true;
        let (at, uncertainty_secs) = *self.zero.get_or_insert((now.at, now.uncertainty_secs));
        out.push(Stamp { at, uncertainty_secs }.reading(Report::Signal(SignalKind::PhraseStart)));
    }

    fn end(&mut self, stamp: Stamp, out: &mut Vec<Reading>) {
        self.started = false;
        self.zero = None;
        let bits = self.touched.map(|coloured| LampBits { coloured, ..LampBits::default() });
        out.push(stamp.reading(Report::FinalLamps(bits)));
        out.push(stamp.reading(Report::Signal(SignalKind::PhraseEnd)));
    }

    fn lamp(&mut self, side: Side, lit: bool, received: Timestamp, out: &mut Vec<Reading>) {
        self.lit[side] = lit;
        self.touched[side] |= lit;
        let stamp = Stamp::aged(received, 0.0, SCAN_SECS);
        out.push(stamp.reading(self.lamps()));
    }

    fn lamps(&self) -> Report {
        Report::Lamps(self.lit.map(|coloured| LampBits { coloured, ..LampBits::default() }))
    }

    fn log(&mut self, secs: Option<f64>, text: LogText, received: Timestamp, out: &mut Vec<Reading>) {
        let stamp = self.log_stamp(secs, received);
        match text {
            LogText::Started => self.begin(stamp, out),
            LogText::BladeContact => out.push(stamp.reading(Report::Signal(SignalKind::BladeContact))),
            LogText::SelfContact(side) => out.push(stamp.reading(Report::Signal(SignalKind::SelfContact { side }))),
            LogText::LockoutStarted => out.push(stamp.reading(Report::Signal(SignalKind::LockoutStart))),
            LogText::Hit(side) => self.hit(side, stamp, out),
            LogText::Simultaneous => self.simultaneous(stamp, out),
            LogText::Ended if self.started => self.end(stamp, out),
            LogText::Ended => {}
            LogText::Cancelled => {
                self.started = false;
                self.zero = None;
                out.push(stamp.reading(Report::Signal(SignalKind::Cancelled)));
            }
        }
    }

    /// A touch with its exact time: new when the lamp was not reported, otherwise a correction.
    fn hit(&mut self, side: Side, stamp: Stamp, out: &mut Vec<Reading>) {
        if !self.lit[side] && !self.touched[side] {
            self.lit[side] = true;
            self.touched[side] = true;
            out.push(stamp.reading(self.lamps()));
        } else {
            out.push(stamp.reading(Report::Corrected(SignalKind::Lamp { side, lamp: Lamp::Valid })));
        }
    }

    /// The second touch came within the lockout: a side that is still dark gets its lamp now.
    fn simultaneous(&mut self, stamp: Stamp, out: &mut Vec<Reading>) {
        for side in Side::BOTH {
            if !self.touched[side] {
                self.hit(side, stamp, out);
            }
        }
    }

    fn log_stamp(&self, secs: Option<f64>, received: Timestamp) -> Stamp {
        match (secs, self.zero) {
            (Some(secs), Some((zero, uncertainty))) => {
                let at = zero.plus_secs(secs * self.clock.host_secs_per_box_sec()).min(received);
                Stamp { at, uncertainty_secs: uncertainty + SCAN_SECS }
            }
            _ => Stamp::aged(received, 0.0, UNPLACED_UNCERTAINTY_SECS),
        }
    }
}

impl Decoder for ReferenceBox {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        for byte in arrival.bytes {
            let Some(line) = self.lines.push(*byte) else { continue };
            let (length, known) = match line {
                Line::Whole(line, length) => (length, std::str::from_utf8(&line).ok().and_then(read)),
                Line::Overlong => (0, None),
            };
            match known {
                Some(line) => {
                    self.tally.good_frame(length);
                    self.line(line, arrival.at, out);
                }
                None => self.tally.bad += 1,
            }
        }
    }

    fn poll(&mut self, now: Timestamp, outbox: &mut Outbox) {
        let fencing = matches!(self.state, BoxState::Recording | BoxState::Lockout);
        let every = if self.questions < QUICK_REQUESTS { QUICK_EVERY_SECS } else { LATER_EVERY_SECS };
        let due = self.last_asked.is_none_or(|last| now.secs_since(last) >= every);
        let stale = |asked: &Timestamp| now.secs_since(*asked) > ANSWER_TIMEOUT_SECS + LATER_EVERY_SECS;
        while self.asked.front().is_some_and(stale) {
            self.asked.pop_front();
        }
        if due && !fencing {
            self.asked.push_back(now);
            self.last_asked = Some(now);
            self.questions += 1;
            outbox.push(b"u".to_vec());
        }
    }

    fn command(&mut self, command: Command, _now: Timestamp, outbox: &mut Outbox) {
        outbox.push(match command {
            Command::StartPhrase => b"s".to_vec(),
            Command::CancelPhrase => b"c".to_vec(),
        });
    }

    /// Opening the port resets the Arduino, so its clock and phrase are gone too.
    fn reconnected(&mut self) {
        let tally = self.tally;
        *self = Self { tally, ..Self::default() };
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

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
    /// A line of the box without meaning here.
    Other,
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

/// The box's left fencer is the camera's right.
const BOX_LEFT: Side = Side::Right;
const BOX_RIGHT: Side = Side::Left;

/// Parses a line; `None` when it is not a line of this box.
pub(super) fn read(line: &str) -> Option<BoxLine> {
    let line = line.trim();
    if line.starts_with("[EVENT]") || line.starts_with("===") || line.starts_with("raw ") {
        return Some(BoxLine::Other);
    }
    let (head, rest) = line.split_once(':')?;
    match head {
        "STATE" => state(rest).map(BoxLine::State),
        "SCORE" => score(rest),
        "LOG" => log(rest),
        "TIME_MS" => millis(rest).map(BoxLine::Time),
        "PHRASE_START_MS" => millis(rest).map(BoxLine::PhraseStart),
        "CONTACT" | "Baselines" => Some(BoxLine::Other),
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
        Some((time, reports)) => Some(BoxLine::Log(Some(log_secs(time)?), text(reports)?)),
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

fn text(message: &str) -> Option<LogText> {
    let message = message.trim();
    let exact = match message {
        "Phrase recording started" => LogText::Started,
        "Phrase recording ended" => LogText::Ended,
        "Phrase cancelled by controller." => LogText::Cancelled,
        "Off-Target: Blade-to-blade contact." => LogText::BladeContact,
        "HIT: Left scores on Right!" => LogText::Hit(BOX_LEFT),
        "HIT: Right scores on Left!" => LogText::Hit(BOX_RIGHT),
        "HIT: Simultaneous valid hits!" => LogText::Simultaneous,
        "Self contact detected on Left fencer." => LogText::SelfContact(BOX_LEFT),
        "Self contact detected on Right fencer." => LogText::SelfContact(BOX_RIGHT),
        _ if message.starts_with("Lockout period started (") && message.ends_with("s window)") => {
            LogText::LockoutStarted
        }
        _ => return None,
    };
    Some(exact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::reports;

    /// A phrase as the newer firmware sends it: the touch is logged after the lockout, with its earlier time.
    const NEWER: &str = "SCORE:RESET\r\nPHRASE_START_MS:18001\r\nSTATE:RECORDING\r\nLOG:0|Phrase recording started\r\n\
        CONTACT:A0,A2\r\nLOG:733212|Off-Target: Blade-to-blade contact.\r\n[EVENT] Left valid (LB <-> RL)\r\n\
        CONTACT:A0,A3\r\nSCORE:F1_ON\r\nSTATE:LOCKOUT_PERIOD\r\nLOG:1284520|Lockout period started (0.200s window)\r\n\
        LOG:1221400|HIT: Left scores on Right!\r\nLOG:1486100|Phrase recording ended\r\nSTATE:DISPLAYING_RESULTS\r\n";
    const RIGHT: PerSide<LampBits> =
        PerSide::new(LampBits { coloured: false, white: false, yellow: false }, LampBits::COLOURED);

    fn touch(side: Side) -> SignalKind {
        SignalKind::Lamp { side, lamp: Lamp::Valid }
    }

    #[test]
    fn golden_exchange_of_the_newer_firmware() {
        assert_eq!(
            reports(&mut ReferenceBox::default(), NEWER.as_bytes()),
            [
                Report::Lamps(PerSide::default()),
                Report::Signal(SignalKind::PhraseStart),
                Report::Signal(SignalKind::BladeContact),
                Report::Lamps(RIGHT),
                Report::Signal(SignalKind::LockoutStart),
                Report::Corrected(touch(Side::Right)),
                Report::FinalLamps(RIGHT),
                Report::Signal(SignalKind::PhraseEnd),
            ]
        );
    }

    #[test]
    fn a_log_line_is_placed_by_the_boxs_clock() {
        let mut box_ = ReferenceBox::default();
        let mut outbox = Vec::new();
        let at = Timestamp::from_secs;
        box_.poll(at(10.0), &mut outbox);
        assert_eq!(outbox, [b"u".to_vec()]);
        let feed = |box_: &mut ReferenceBox, secs: f64, text: &str| {
            let mut out = Vec::new();
            box_.feed(Arrival::of(at(secs), text.as_bytes()), &mut out);
            out
        };
        feed(&mut box_, 10.004, "TIME_MS:8000\r\n");
        feed(&mut box_, 12.3, "PHRASE_START_MS:10000\r\nSTATE:RECORDING\r\n");
        let contact = feed(&mut box_, 13.0, "LOG:733212|Off-Target: Blade-to-blade contact.\r\n");
        assert!((contact[0].at.secs() - (12.002 + 0.733_212)).abs() < 1e-6, "{contact:?}");
    }

    #[test]
    fn the_older_firmware_logs_seconds_and_the_second_touch_as_simultaneous() {
        let older = "STATE:RECORDING\r\nLOG:0.000|Phrase recording started\r\nLOG:1.380|HIT: Right scores on Left!\r\n\
            LOG:1.403|Lockout period started (0.200s window)\r\nLOG:1.501|HIT: Simultaneous valid hits!\r\n\
            LOG:1.590|Phrase recording ended\r\nSTATE:DISPLAYING_RESULTS\r\n";
        let both = PerSide::new(LampBits::COLOURED, LampBits::COLOURED);
        let left = PerSide::new(LampBits::COLOURED, LampBits::default());
        assert_eq!(
            reports(&mut ReferenceBox::default(), older.as_bytes()),
            [
                Report::Signal(SignalKind::PhraseStart),
                Report::Lamps(left),
                Report::Signal(SignalKind::LockoutStart),
                Report::Lamps(both),
                Report::FinalLamps(both),
                Report::Signal(SignalKind::PhraseEnd),
            ]
        );
    }

    #[test]
    fn the_clock_is_asked_for_eight_times_and_then_rarely() {
        let mut box_ = ReferenceBox::default();
        let mut asked = 0;
        for step in 0..1000 {
            let now = Timestamp::from_secs(f64::from(step) * 0.01);
            let mut outbox = Vec::new();
            box_.poll(now, &mut outbox);
            for _ in outbox {
                asked += 1;
                box_.feed(Arrival::of(now, b"TIME_MS:1\r\n"), &mut Vec::new());
            }
        }
        assert!((11..=13).contains(&asked), "{asked} questions in ten seconds");
    }

    #[test]
    fn commands_are_single_letters() {
        let mut outbox = Vec::new();
        let mut box_ = ReferenceBox::default();
        box_.command(Command::StartPhrase, Timestamp::ZERO, &mut outbox);
        box_.command(Command::CancelPhrase, Timestamp::ZERO, &mut outbox);
        assert_eq!(outbox, [b"s".to_vec(), b"c".to_vec()]);
    }

    #[test]
    fn lines_of_both_firmwares() {
        let hit = |secs| Some(BoxLine::Log(secs, LogText::Hit(Side::Right)));
        assert_eq!(read("LOG:1221400|HIT: Left scores on Right!"), hit(Some(1.2214)));
        assert_eq!(read("LOG:1.221|HIT: Left scores on Right!"), hit(Some(1.221)));
        assert_eq!(read("LOG: 1.221s | HIT: Left scores on Right!"), hit(Some(1.221)));
        assert_eq!(read("LOG:HIT: Left scores on Right!"), hit(None));
        assert_eq!(read("SCORE:F2_ON"), Some(BoxLine::Lamp(Side::Left, true)));
        assert_eq!(read("TIME_MS:15234"), Some(BoxLine::Time(15.234)));
        assert_eq!(read("Baselines: 12 13"), Some(BoxLine::Other));
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
