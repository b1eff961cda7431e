//! RS422-FPA 3.04a: Allstar/Uhlmann FMA21 class, the FA-07's option, OpenPiste's wire (serial and UDP 50112).
//!
//! 38400 8-N-1. Changed data is sent at once, message 1 first; messages 1-3 are repeated every 1.2 s, 5-8 every 12 s.
//! `01` opens and `04` closes a message; there is no checksum, so every fixed byte is checked.
//!
//! | message | bytes |
//! |---|---|
//! | 1 lamps | `01 14 'R' r 'G' g 'W' w 'w' w 04`, each `'0'` or `'1'` |
//! | 2 clock | `01 13 st 02 ' ' M ':' SS '.' hh 04`; st `R` runs, `N` stopped, `J` injury, `B` break |
//! | 3 score | `01 13 'D' 02 RR ':' LL 02 yy rr b 02 yy rr b 02 prio 02 round 02 vR vL 04`, right block first |
//! | 4 status | `01 13 'I' 02 state 02 weapon 02 service 02 request 04`; weapon 1 épée, 2 sabre, 3 foil |
//! | 5, 6 names | `01 13 'N' 'L' or 'R' 02 id 02 name 02 NOC 04` |
//! | 8 passivity | `01 13 'U' 'F' ...`, accepted and ignored |
//! | 10 Cyrano status | `01 13 'C' 'S' 02 PPP 02 c 02 s 02 a.b.c.d 04`, PPP the piste; the address in raw bytes (OpenPiste) |
//! | 20 blades | `01 13 'B' 'C' 02 '0' or '1' 04` (OpenPiste) |
//!
//! *Disputed:* which of `W` and `w` is the left fencer's. Two sources name `W`; one summary puts the right one first.
//! [`OrderSetting::Learn`] votes whenever exactly one coloured and exactly one white lamp are lit together outside sabre: in
//! foil a fencer registers only once, so the white one belongs to the fencer whose coloured lamp is dark.

use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::drivers::framing;
use crate::drivers::framing::{DC3, DC4, STX, SohFrames, clock_secs, decoded, flag, number};
use crate::event::{BoutClock, Cards, ClockRun, FencerName};
use crate::settings::{LearnedOrder, OrderSetting};
use fencing::{PerSide, Side, SignalKind, Weapon};

/// The lamp message takes 2.9 ms on the wire and is sent at once; the box itself scans every few milliseconds.
const AGE_SECS: f64 = 0.004;
const UNCERTAINTY_SECS: f64 = 0.004;

/// Decoder of RS422-FPA messages.
#[derive(Debug)]
pub struct Fpa {
    frames: SohFrames,
    tally: Tally,
    state: FpaState,
}

/// State from earlier messages that the next one depends on.
#[derive(Debug)]
struct FpaState {
    white_order: LearnedOrder,
    weapon: Option<Weapon>,
    blades_touch: bool,
}

impl Fpa {
    /// A decoder without any input yet.
    pub fn new(white_order: OrderSetting) -> Self {
        let state = FpaState { white_order: LearnedOrder::new(white_order), weapon: None, blades_touch: false };
        Self { frames: SohFrames::default(), tally: Tally::default(), state }
    }
}

impl FpaState {
    fn message(&mut self, body: &[u8]) -> Option<Vec<Report>> {
        match body {
            [DC4, b'R', r, b'G', g, b'W', upper, b'w', lower] => {
                let coloured = PerSide::new(flag(*r)?, flag(*g)?);
                Some(vec![Report::Lamps(self.lamps(coloured, PerSide::new(flag(*upper)?, flag(*lower)?)))])
            }
            [DC3, rest @ ..] => {
                let fields: Vec<&[u8]> = rest.split(|b| *b == STX).collect();
                self.control(&fields)
            }
            _ => None,
        }
    }

    /// The lamps of `W` (left) and `w` (right) as documented, unless the data have shown the opposite.
    fn lamps(&mut self, coloured: PerSide<bool>, white: PerSide<bool>) -> PerSide<LampBits> {
        let one_of_each = coloured.left != coloured.right && white.left != white.right;
        if one_of_each && self.weapon != Some(Weapon::Sabre) {
            // The white lamp is the dark fencer's: the right one's when red is lit.
            if white.right == coloured.left {
                self.white_order.saw_documented();
            } else {
                self.white_order.saw_reversed();
            }
        }
        let white = if self.white_order.is_reversed() { white.swapped() } else { white };
        PerSide::from_fn(|side| LampBits { coloured: coloured[side], white: white[side], yellow: false })
    }

    fn control(&mut self, fields: &[&[u8]]) -> Option<Vec<Report>> {
        match fields {
            [[b'B', b'C'], [touching]] => Some(self.blades(flag(*touching)?)),
            [[run], clock] => {
                Some(vec![Report::Clock(BoutClock { shown_secs: clock_secs(clock)?, run: run_of(*run)? })])
            }
            [b"D", score, right, left, priority, ..] => score_reports(score, right, left, priority),
            [b"I", _, weapon, ..] => {
                self.weapon = weapon_of(weapon);
                self.weapon.map(|weapon| vec![Report::Weapon(weapon)])
            }
            [[b'N', side], _, name, nation] => {
                let side = side_of(*side)?;
                Some(vec![Report::Fencer(side, FencerName { name: text(name), nation: text(nation) })])
            }
            [[b'U', b'F'], ..] => Some(Vec::new()),
            [b"CS", piste, ..] => Some(vec![Report::Piste(number(piste)?.to_string())]),
            _ => None,
        }
    }

    /// The message is repeated; only the moment of contact is a signal.
    fn blades(&mut self, touching: bool) -> Vec<Report> {
        let met = touching && !self.blades_touch;
        self.blades_touch = touching;
        if met { vec![Report::Signal(SignalKind::BladeContact)] } else { Vec::new() }
    }
}

impl Decoder for Fpa {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        let Self { frames, tally, state } = self;
        let readings = |reports: Vec<Report>| reports.into_iter().map(|report| stamp.reading(report)).collect();
        framing::feed((frames, tally), arrival, |body| state.message(body).map(readings), out);
    }

    fn reconnected(&mut self) {
        self.frames.clear();
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

fn run_of(byte: u8) -> Option<ClockRun> {
    match byte {
        b'R' => Some(ClockRun::Running),
        b'N' => Some(ClockRun::Stopped),
        b'J' => Some(ClockRun::Injury),
        b'B' => Some(ClockRun::Break),
        _ => None,
    }
}

fn weapon_of(field: &[u8]) -> Option<Weapon> {
    match field {
        b"1" => Some(Weapon::Epee),
        b"2" => Some(Weapon::Sabre),
        b"3" => Some(Weapon::Foil),
        _ => None,
    }
}

fn side_of(byte: u8) -> Option<Side> {
    match byte {
        b'L' => Some(Side::Left),
        b'R' => Some(Side::Right),
        _ => None,
    }
}

fn text(field: &[u8]) -> String {
    decoded(field).trim().to_owned()
}

fn score_reports(score: &[u8], right: &[u8], left: &[u8], priority: &[u8]) -> Option<Vec<Report>> {
    let colon = score.iter().position(|b| *b == b':')?;
    let points = PerSide::new(number(&score[colon + 1..])?, number(&score[..colon])?);
    let priority = priority.iter().find_map(|b| side_of(*b));
    let cards = PerSide::new(cards_of(left)?, cards_of(right)?);
    Some(vec![Report::Score(points), Report::Cards(cards), Report::Priority(priority)])
}

/// `yy rr b`: two digits yellow, two digits red, one black; a shorter block carries one digit each.
fn cards_of(block: &[u8]) -> Option<Cards> {
    let (yellow, red) = match block {
        [y1, y2, r1, r2, _] => (number(&[*y1, *y2])?, number(&[*r1, *r2])?),
        [y, r, _] => (number(&[*y])?, number(&[*r])?),
        _ => return None,
    };
    Some(Cards { yellow: u8::try_from(yellow).ok()?, red: u8::try_from(red).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::reports;

    fn read(wire: &[u8]) -> Vec<Report> {
        reports(&mut Fpa::new(OrderSetting::Learn), wire)
    }

    fn lamps(left: LampBits, right: LampBits) -> Vec<Report> {
        vec![Report::Lamps(PerSide::new(left, right))]
    }

    #[test]
    fn golden_vector_red_only() {
        let wire = [0x01, 0x14, 0x52, 0x31, 0x47, 0x30, 0x57, 0x30, 0x77, 0x30, 0x04];
        assert_eq!(read(&wire), lamps(LampBits::COLOURED, LampBits::default()));
    }

    #[test]
    fn every_message_is_read() {
        let clock = Report::Clock(BoutClock { shown_secs: 9.25, run: ClockRun::Running });
        assert_eq!(read(b"\x01\x13R\x02 0:09.25\x04"), [clock]);
        assert_eq!(read(b"\x01\x13I\x02F\x023\x020\x020\x04"), [Report::Weapon(Weapon::Foil)]);
        let name = FencerName { name: "MARTIN P.".into(), nation: "FRA".into() };
        assert_eq!(read(b"\x01\x13NL\x0228\x02MARTIN P.           \x02FRA\x04"), [Report::Fencer(Side::Left, name)]);
        assert_eq!(
            read(b"\x01\x13D\x02 4:12\x0201000\x0200020\x02L\x02 1\x02 2 2\x04"),
            [
                Report::Score(PerSide::new(12, 4)),
                Report::Cards(PerSide::new(Cards { yellow: 0, red: 2 }, Cards { yellow: 1, red: 0 })),
                Report::Priority(Some(Side::Left)),
            ]
        );
    }

    #[test]
    fn names_of_both_encodings_and_the_piste_of_the_status_message() {
        let name = |name: &str| [Report::Fencer(Side::Right, FencerName { name: name.into(), nation: "POL".into() })];
        assert_eq!(read("\x01\x13NR\x0232\x02ŁUKASIK\x02POL\x04".as_bytes()), name("ŁUKASIK"));
        assert_eq!(read(b"\x01\x13NR\x0232\x02M\xDCLLER\x02POL\x04"), name("MÜLLER"));
        assert_eq!(read(b"\x01\x13CS\x02007\x021\x02F\x02\xC0.\xA8.\x10.\x20\x04"), [Report::Piste("7".into())]);
    }

    #[test]
    fn blades_are_reported_once_per_meeting() {
        let (on, off) = (b"\x01\x13BC\x021\x04".as_slice(), b"\x01\x13BC\x020\x04".as_slice());
        assert_eq!(read(&[on, on, off, on].concat()), [const { Report::Signal(SignalKind::BladeContact) }; 2]);
    }

    #[test]
    fn the_white_order_is_learnt_from_a_mixed_double() {
        let mut fpa = Fpa::new(OrderSetting::Learn);
        let mixed = b"\x01\x14R1G0W1w0\x04"; // red stands, so the white one is the right fencer's
        reports(&mut fpa, mixed);
        assert_eq!(reports(&mut fpa, mixed), lamps(LampBits::COLOURED, LampBits::WHITE));
        assert_eq!(reports(&mut fpa, b"\x01\x14R0G0W0w1\x04"), lamps(LampBits::WHITE, LampBits::default()));
    }

    #[test]
    fn a_damaged_message_costs_only_itself() {
        let wire = b"\x01\x14R1G0W\x01\x14R0G1W0w0\x04\x01\x14R0X1W0w0\x04\x01\x14R1G0W0w0\x04";
        let mut fpa = Fpa::new(OrderSetting::Learn);
        assert_eq!(reports(&mut fpa, wire).len(), 2);
        assert_eq!((fpa.tally().good, fpa.tally().bad), (2, 2));
    }
}
