//! Saint-George SG12/SG21 class: 9600 8-N-1, ASCII between SOH (`01`) and EOT (`04`).
//!
//! | message | bytes |
//! |---|---|
//! | lamps | `01 13 'L' 'R' r 'G' g 'W' w 'w' w 04`; `W` is the red side's white, `w` the green side's; sent on change only |
//! | score | `01 13 'S' RR ':' LL 04` |
//! | score, cards, priority | `01 13 'S' 'T' 02 RRR ':' LLL 02 cards right 02 cards left 02 p 02 .. 04`; older firmware ends earlier |
//! | clock | `01 13 'T' MM ':' SS 04` and `01 13 'R' '_' 'F' '$' 02 10 '0000__:' MM ':' SS '.___' 04`: the same time twice |
//! | cards, older form | `01 13 'C' ...`: partly never initialised by the box, ignored; `ST` contains the same |
//! | unknown | `01 12 'P' ...`, one after each round: accepted and ignored |
//!
//! Cards: four digits, `0 f nn`; `f` 1 yellow, 2 red, 3 both, `nn` the number of red ones. Priority `p`: 1 right, 2 left,
//! 3 nobody. *Source:* the recording of a real box, and the notes on cards and priority in mwwhited/BinaryDataDecoders.
//!
//! *The clock.* No message states whether it runs: `T` and `R_F$` both repeat, about nine rounds a second. It runs
//! while the shown time goes down (`MovingClock`), so start and halt are known to a second only.
//!
//! *The lamps.* A real box sends them when it is switched on and on change, and never repeats them. So when other messages
//! have arrived for a while without lamps, nothing was lit, and the first lamp after that has just lit.
//!
//! No checksum: every fixed byte is checked, and a message that does not match exactly is dropped.

use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::drivers::framing;
use crate::drivers::framing::{DC3, STX, SohFrames, clock_secs, flag, number};
use crate::event::{BoutClock, Cards, ClockRun};
use fencing::time::Timestamp;
use fencing::{PerSide, Side};

/// The lamp message has 12 bytes: 12.5 ms on the wire.
const AGE_SECS: f64 = 0.015;
const UNCERTAINTY_SECS: f64 = 0.010;
/// The display shows whole seconds: a clock that runs changes it once a second, with half a second to spare.
const STILL_AFTER_SECS: f64 = 1.5;
/// The two clock messages of one round may show different seconds.
const LATE_COPY_SECS: f64 = 0.5;
/// Between two changes of the display lies a second, and the clock may start or stop anywhere in it.
const DISPLAY_UNCERTAINTY_SECS: f64 = 1.0;
/// A round of all messages takes about a tenth of a second; lamps that have not arrived by now are not repeated.
const LAMPS_TIMEOUT_SECS: f64 = 2.0;
const DC2: u8 = 0x12;

/// Decoder of Saint-George messages.
#[derive(Debug, Default)]
pub struct SaintGeorge {
    frames: SohFrames,
    tally: Tally,
    display: Display,
}

/// What the box has shown so far; the next message depends on it.
#[derive(Debug, Default)]
struct Display {
    clock: MovingClock,
    lamps: Option<PerSide<LampBits>>,
    first_heard: Option<Timestamp>,
}

impl Decoder for SaintGeorge {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        let Self { frames, tally, display } = self;
        framing::feed((frames, tally), arrival, |body| display.message(body, arrival.at), out);
    }

    fn reconnected(&mut self) {
        self.frames.clear();
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

impl Display {
    /// Readings of a message, possibly none; `None` when it is not a message of this box.
    fn message(&mut self, body: &[u8], received: Timestamp) -> Option<Vec<Reading>> {
        let stamp = Stamp::aged(received, AGE_SECS, UNCERTAINTY_SECS);
        let mut readings = match body {
            [DC3, b'L', b'R', r, b'G', g, b'W', left_white, b'w', right_white] => {
                let lamps = PerSide::new(
                    LampBits { coloured: flag(*r)?, white: flag(*left_white)?, yellow: false },
                    LampBits { coloured: flag(*g)?, white: flag(*right_white)?, yellow: false },
                );
                self.lamps = Some(lamps);
                vec![stamp.reading(Report::Lamps(lamps))]
            }
            [DC3, b'S', b'T', STX, rest @ ..] => {
                match_data(rest)?.into_iter().map(|report| stamp.reading(report)).collect()
            }
            [DC3, b'S', rest @ ..] => vec![stamp.reading(score(rest)?)],
            [DC3, b'R', b'_', b'F', b'$', STX, rest @ ..] | [DC3, b'T', rest @ ..] => {
                vec![self.clock(shown_secs(rest)?, received)]
            }
            [DC3, b'C', _, ..] | [DC2, b'P', ..] => Vec::new(),
            _ => return None,
        };
        readings.extend(self.missing_lamps(received).map(|report| stamp.reading(report)));
        Some(readings)
    }

    fn clock(&mut self, shown_secs: f64, received: Timestamp) -> Reading {
        let lit = self.lamps.is_some_and(|lamps| lamps.iter().any(|(_, lamp)| lamp.coloured || lamp.white));
        let (run, stamp) = self.clock.take(shown_secs, received, lit);
        stamp.reading(Report::Clock(BoutClock { shown_secs, run }))
    }

    /// Reports dark lamps, once, when the box has sent other messages for long enough and never its lamps.
    fn missing_lamps(&mut self, received: Timestamp) -> Option<Report> {
        let since = *self.first_heard.get_or_insert(received);
        if self.lamps.is_some() || received.secs_since(since) < LAMPS_TIMEOUT_SECS {
            return None;
        }
        self.lamps = Some(PerSide::default());
        Some(Report::Lamps(PerSide::default()))
    }
}

/// Whether a clock runs, from its display only: it does while the shown time goes down by a second at a time.
#[derive(Debug, Default)]
struct MovingClock {
    shown: Option<(f64, Timestamp)>,
    /// First and last decrement of the current run, and their number.
    steps: Option<(Timestamp, Timestamp, u32)>,
    run: ClockRun,
}

impl MovingClock {
    /// Takes the shown time; returns whether the clock runs, and since when. While a lamp is lit one decrement is not enough: the
    /// display may show the last second of the phrase only after its touch.
    fn take(&mut self, shown_secs: f64, received: Timestamp, lit: bool) -> (ClockRun, Stamp) {
        let before = self.shown.replace((shown_secs, received));
        let down = before.map_or(0.0, |(before, _)| before - shown_secs);
        let unseen = before.map_or(0.0, |(_, at)| received.secs_since(at).max(0.0));
        let was = self.run;
        let last = self.steps.map(|(_, last, _)| last);
        let just_stepped = last.is_some_and(|last| received.secs_since(last) < LATE_COPY_SECS);
        if (-1.0..0.0).contains(&down) && just_stepped {
            // One of the two clock messages still contains the previous second.
            self.shown = before;
        } else if down > 0.0 && down <= 1.0 + unseen {
            let (first, count) = self.steps.map_or((received, 0), |(first, _, count)| (first, count));
            self.steps = Some((first, received, count + 1));
        } else if down != 0.0 || last.is_some_and(|last| received.secs_since(last) > STILL_AFTER_SECS) {
            // Set by hand, or stopped.
            self.steps = None;
        }
        let enough = if lit { 2 } else { 1 };
        let runs = |(_, _, count)| count >= enough || was == ClockRun::Running;
        self.run = if self.steps.is_some_and(runs) { ClockRun::Running } else { ClockRun::Stopped };
        let turned_at = match (was == self.run, self.steps, last) {
            (false, Some((first, ..)), _) => Some(first.plus_secs(-DISPLAY_UNCERTAINTY_SECS / 2.0)),
            (false, None, Some(last)) => Some(last.plus_secs(DISPLAY_UNCERTAINTY_SECS / 2.0).min(received)),
            _ => None,
        };
        let uncertainty_secs = if turned_at.is_some() { DISPLAY_UNCERTAINTY_SECS } else { UNCERTAINTY_SECS };
        (self.run, Stamp { at: turned_at.unwrap_or(received), uncertainty_secs })
    }
}

fn score(field: &[u8]) -> Option<Report> {
    let colon = field.iter().position(|b| *b == b':')?;
    Some(Report::Score(PerSide::new(number(&field[colon + 1..])?, number(&field[..colon])?)))
}

/// Score, then cards and priority where the firmware sends them.
fn match_data(fields: &[u8]) -> Option<Vec<Report>> {
    let mut fields = fields.split(|b| *b == STX);
    let mut reports = vec![score(fields.next()?)?];
    if let (Some(right), Some(left)) = (fields.next().and_then(cards), fields.next().and_then(cards)) {
        reports.push(Report::Cards(PerSide::new(left, right)));
    }
    reports.extend(fields.next().and_then(priority));
    Some(reports)
}

fn cards(field: &[u8]) -> Option<Cards> {
    let [_, kinds, count @ ..] = field else { return None };
    let kinds = kinds.checked_sub(b'0').filter(|kinds| *kinds <= 3)?;
    let counted = number(count).and_then(|count| u8::try_from(count).ok()).unwrap_or(0);
    Some(Cards { yellow: kinds & 1, red: counted.max(kinds >> 1) })
}

fn priority(field: &[u8]) -> Option<Report> {
    match field {
        b"1" => Some(Report::Priority(Some(Side::Right))),
        b"2" => Some(Report::Priority(Some(Side::Left))),
        b"3" => Some(Report::Priority(None)),
        _ => None,
    }
}

/// The seconds follow the *last* colon and the minutes precede it; the rest differs between models.
fn shown_secs(field: &[u8]) -> Option<f64> {
    let colon = field.iter().rposition(|b| *b == b':')?;
    let minutes = field[..colon].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let rest = field[colon + 1..].iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    clock_secs(&field[colon - minutes..=colon + rest])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::reports;

    fn read(wire: &[u8]) -> Vec<Report> {
        reports(&mut SaintGeorge::default(), wire)
    }

    /// One round of a real box, as recorded.
    fn round(clock: &str) -> Vec<u8> {
        let text = format!(
            "\x01\x13S05:16\x04\x01\x13T{clock}\x04\x01\x13R_F$\x02\x100000__:{clock}.___\x04\
             \x01\x13ST\x02005:016\x020301\x020100\x023\x0200\x04\x01\x12P?\0\x02\0AA8G\x04"
        );
        text.into_bytes()
    }

    #[test]
    fn golden_vector_green_only() {
        let wire = [0x01, 0x13, 0x4C, 0x52, 0x30, 0x47, 0x31, 0x57, 0x30, 0x77, 0x30, 0x04];
        assert_eq!(read(&wire), [Report::Lamps(PerSide::new(LampBits::default(), LampBits::COLOURED))]);
    }

    #[test]
    fn a_round_of_a_real_box_is_read_whole() {
        let clock = Report::Clock(BoutClock { shown_secs: 28.0, run: ClockRun::Stopped });
        let score = Report::Score(PerSide::new(16, 5));
        let mut sg = SaintGeorge::default();
        let output = reports(&mut sg, &round("00:28"));
        let cards = Report::Cards(PerSide::new(Cards { yellow: 1, red: 0 }, Cards { yellow: 1, red: 1 }));
        assert_eq!(output, [score.clone(), clock.clone(), clock, score, cards, Report::Priority(None)]);
        assert_eq!((sg.tally().good, sg.tally().bad, sg.tally().unreadable()), (5, 0, 0));
    }

    #[test]
    fn scores_clocks_and_priority_of_other_firmware() {
        let score = Report::Score(PerSide::new(11, 5));
        assert_eq!(read(b"\x01\x13ST\x02005:011\x02000\x02\x04")[0], score);
        assert_eq!(read(b"\x01\x13S05:11\x04"), [score]);
        let clock = Report::Clock(BoutClock { shown_secs: 176.0, run: ClockRun::Stopped });
        assert_eq!(read(b"\x01\x13R_F$\x02  2:56.\x04"), std::slice::from_ref(&clock));
        assert_eq!(read(b"\x01\x13T02:56\x04"), [clock]);
        let output = read(b"\x01\x13ST\x02000:000\x020201\x020000\x021\x0200\x04");
        assert_eq!(output.last(), Some(&Report::Priority(Some(Side::Right))));
        assert_eq!(output[1], Report::Cards(PerSide::new(Cards::default(), Cards { yellow: 0, red: 1 })));
    }

    /// Plays rounds ten times a second, with the display as `shown` returns it; the reported runs and their times.
    fn runs(shown: impl Fn(f64) -> u32, until_secs: f64) -> Vec<(ClockRun, f64, f64)> {
        let mut sg = SaintGeorge::default();
        let mut output: Vec<(ClockRun, f64, f64)> = Vec::new();
        for step in 0..(until_secs * 10.0) as u32 {
            let now = f64::from(step) / 10.0;
            let secs = shown(now);
            let mut out = Vec::new();
            let wire = round(&format!("{:02}:{:02}", secs / 60, secs % 60));
            sg.feed(Arrival::of(Timestamp::from_secs(now), &wire), &mut out);
            for reading in out {
                if let Report::Clock(clock) = reading.report
                    && output.last().is_none_or(|last| last.0 != clock.run)
                {
                    output.push((clock.run, reading.at.secs(), reading.uncertainty_secs));
                }
            }
        }
        output
    }

    #[test]
    fn the_clock_runs_while_the_shown_time_goes_down() {
        // From 3:00 at 5.0 s to 2:55 at 10.0 s, then still.
        let shown = |now: f64| 180 - (now.clamp(5.0, 10.0) - 5.0).floor() as u32;
        let output = runs(shown, 15.0);
        assert_eq!(
            output.iter().map(|s| s.0).collect::<Vec<_>>(),
            [ClockRun::Stopped, ClockRun::Running, ClockRun::Stopped]
        );
        assert!((output[1].1 - 5.0).abs() <= 1.0 && output[1].2 == 1.0, "{output:?}");
        assert!((output[2].1 - 10.0).abs() <= 1.0 && output[2].2 == 1.0, "{output:?}");
    }

    #[test]
    fn setting_the_clock_by_hand_is_no_phrase() {
        assert_eq!(runs(|now| if now < 3.0 { 12 } else { 180 }, 8.0).len(), 1);
        assert_eq!(runs(|now| if now < 3.0 { 180 } else { 60 }, 8.0).len(), 1);
    }

    #[test]
    fn the_first_lamp_after_seconds_without_any_has_just_lit() {
        let mut sg = SaintGeorge::default();
        let mut out = Vec::new();
        for tenth in 0..30 {
            sg.feed(Arrival::of(Timestamp::from_secs(f64::from(tenth) / 10.0), &round("03:00")), &mut out);
        }
        let lamps = out.iter().filter(|reading| matches!(reading.report, Report::Lamps(_))).count();
        assert_eq!(lamps, 1, "once, as dark");
    }

    #[test]
    fn what_is_not_understood_is_counted_and_skipped() {
        let mut sg = SaintGeorge::default();
        assert_eq!(reports(&mut sg, b"\x01\x13Lxx\x04\x01\x12P1\x04\x01\x13S:\x04"), []);
        assert_eq!((sg.tally().good, sg.tally().bad), (1, 2));
    }
}
