//! Skewered scoring boxes (state protocol of build 324): RS-485, 115200 8-N-1, state up to every 5 ms.
//!
//! | state frame (16 bytes) | meaning |
//! |---|---|
//! | 0 | `EE` |
//! | 1 flags | `0000RPLS`: review, preview, **L** lockout has started, sleep |
//! | 2 match | `PPWWpppp`: priority (1 left, 2 right), weapon (0 sabre, 1 épée, 2 foil), period 1-9 |
//! | 3-5 clock | `00ebcrTT TTTTTTTT pppppppp`: expired, break, centiseconds, running, time left, passivity |
//! | 6 strip | `0XSSFFVV`: **X** blade contact, short, fault, valid; left bit high |
//! | 7 lamps | `00LLLRRR`: 0 off, 1 valid, 2 not valid, 3 short or whip-over, 4 late |
//! | 8-10 times | `0LLLLLLL LLL00RRR RRRRRRR0`: for lamps 1 and 2 the hit's age in ms, at most 999 |
//! | 11, 12 scores | left, right; top bit = last changed |
//! | 13 cards | left nibble low, right nibble high: bit 0 yellow, bit 1 red, bits 2-3 P-cards |
//! | 14 | CRC-8 of bytes 0..=13 |
//! | 15 | `FF` |
//!
//! Event frame: `ED`, event, data, dropped count, CRC-8, `FF`; event `30` toggles the video replay.
//!
//! *Not published:* which CRC-8. All those of the catalogue are tried on frames whose markers and reserved bits are right;
//! the one that fits `FITS_TO_LOCK` different frames, twice as many as any other, is used from then on. Until then the
//! reserved bits are the only check. Never verified on a real box.

use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::event::{BoutClock, Cards, ClockRun};
use crc::{Algorithm, Crc, Table};
use fencing::{Lamp, PerSide, Side, SignalKind, Weapon};

const STATE: usize = 16;
const EVENT: usize = 6;
/// One frame takes 1.4 ms on the wire and follows the box's state by at most 5 ms.
const AGE_SECS: f64 = 0.004;
const UNCERTAINTY_SECS: f64 = 0.004;
/// The hit's own age is in whole milliseconds.
const AGED_UNCERTAINTY_SECS: f64 = 0.002;
/// Maximum of the age field.
const MAX_AGE_MS: u16 = 999;
/// Different frames a CRC has to fit before it is used; by chance one does in 256.
const FITS_TO_LOCK: u32 = 4;

const CANDIDATES: [&Algorithm<u8>; 20] = [
    &crc::CRC_8_SMBUS,
    &crc::CRC_8_MAXIM_DOW,
    &crc::CRC_8_AUTOSAR,
    &crc::CRC_8_BLUETOOTH,
    &crc::CRC_8_CDMA2000,
    &crc::CRC_8_DARC,
    &crc::CRC_8_DVB_S2,
    &crc::CRC_8_GSM_A,
    &crc::CRC_8_GSM_B,
    &crc::CRC_8_HITAG,
    &crc::CRC_8_I_432_1,
    &crc::CRC_8_I_CODE,
    &crc::CRC_8_LTE,
    &crc::CRC_8_MIFARE_MAD,
    &crc::CRC_8_NRSC_5,
    &crc::CRC_8_OPENSAFETY,
    &crc::CRC_8_ROHC,
    &crc::CRC_8_SAE_J1850,
    &crc::CRC_8_TECH_3250,
    &crc::CRC_8_WCDMA,
];

/// Finds out which CRC-8 the box uses.
struct LearnedCrc {
    candidates: Vec<(Crc<u8, Table<1>>, u32)>,
    last: Vec<u8>,
}

impl LearnedCrc {
    fn new() -> Self {
        Self { candidates: CANDIDATES.map(|a| (Crc::<u8, Table<1>>::new(a), 0)).into(), last: Vec::new() }
    }

    /// The CRC in use, if it is known.
    fn locked(&self) -> Option<&Crc<u8, Table<1>>> {
        let (best, fits) = self.candidates.iter().max_by_key(|(_, fits)| *fits)?;
        let rivals = self.candidates.iter().filter(|(_, f)| f * 2 > *fits).count();
        (*fits >= FITS_TO_LOCK && rivals == 1).then_some(best)
    }

    /// Whether a frame (without CRC and terminator) matches its CRC, as far as known. Learns from frames that differ from the previous
    /// one.
    fn accepts(&mut self, body: &[u8], crc: u8) -> bool {
        if let Some(locked) = self.locked() {
            return locked.checksum(body) == crc;
        }
        if self.last != body {
            body.clone_into(&mut self.last);
            for (candidate, fits) in &mut self.candidates {
                *fits += u32::from(candidate.checksum(body) == crc);
            }
        }
        true
    }
}

/// Decoder of Skewered frames.
pub struct Skewered {
    pending: Vec<u8>,
    tally: Tally,
    crc: LearnedCrc,
    in_step: bool,
    blades_touch: bool,
    lockout: bool,
    timed: PerSide<bool>,
}

impl Default for Skewered {
    fn default() -> Self {
        Self {
            pending: Vec::new(),
            tally: Tally::default(),
            crc: LearnedCrc::new(),
            in_step: false,
            blades_touch: false,
            lockout: false,
            timed: PerSide::default(),
        }
    }
}

impl Skewered {
    /// Whether the box's CRC is known.
    pub fn knows_crc(&self) -> bool {
        self.crc.locked().is_some()
    }

    fn drain(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        while let Some(first) = self.pending.first() {
            let length = match first {
                0xEE => STATE,
                0xED => EVENT,
                _ => 1,
            };
            if self.pending.len() < length {
                return;
            }
            let frame: Vec<u8> = self.pending.iter().take(length).copied().collect();
            let good = length > 1 && self.is_good(&frame);
            if good {
                self.tally.good_frame(length);
                self.read(&frame, arrival, out);
            } else {
                self.tally.bad += u64::from(self.in_step);
            }
            self.in_step = good;
            self.pending.drain(..if good { length } else { 1 });
        }
    }

    fn is_good(&mut self, frame: &[u8]) -> bool {
        let [body @ .., crc, 0xFF] = frame else { return false };
        let shaped = match body {
            [0xEE, flags, game, clock, _, _, strip, lamps, t1, t2, t3, _, _, _] => {
                let reserved_clear = flags < &0x10 && clock < &0x40 && strip < &0x80 && lamps < &0x40;
                let times_clear = t1 & 0x80 == 0 && t2 & 0x18 == 0 && t3 & 1 == 0;
                let lamps_known = lamps >> 3 <= 4 && lamps & 7 <= 4;
                reserved_clear && times_clear && lamps_known && (1..=9).contains(&(game & 15))
            }
            [0xED, event, _, dropped] => *event <= 0x30 && *dropped <= 250,
            _ => false,
        };
        shaped && self.crc.accepts(body, *crc)
    }

    fn read(&mut self, frame: &[u8], arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        match frame {
            [0xEE, flags, game, c1, c2, _, strip, lamps, t1, t2, t3, left, right, cards, ..] => {
                let weapon = weapon_of(*game);
                self.strip(*strip, *flags, stamp, out);
                out.push(stamp.reading(Report::Lamps(lamps_of(*strip, *lamps))));
                self.exact_times(weapon, *lamps, [*t1, *t2, *t3], arrival, out);
                out.extend(weapon.map(|weapon| stamp.reading(Report::Weapon(weapon))));
                out.push(stamp.reading(Report::Clock(clock_of(*c1, *c2))));
                out.push(stamp.reading(Report::Score(PerSide::new(left & 0x7F, right & 0x7F).map(u16::from))));
                out.push(stamp.reading(Report::Cards(PerSide::new(cards_of(*cards), cards_of(cards >> 4)))));
                out.push(stamp.reading(Report::Priority(priority_of(*game))));
            }
            [0xED, 0x30, ..] => out.push(stamp.reading(Report::ReplayWanted)),
            _ => {}
        }
    }

    fn strip(&mut self, strip: u8, flags: u8, stamp: Stamp, out: &mut Vec<Reading>) {
        let (touching, lockout) = (strip & 0x40 != 0, flags & 0x02 != 0);
        if touching && !self.blades_touch {
            out.push(stamp.reading(Report::Signal(SignalKind::BladeContact)));
        }
        if lockout && !self.lockout {
            out.push(stamp.reading(Report::Signal(SignalKind::LockoutStart)));
        }
        self.blades_touch = touching;
        self.lockout = lockout;
    }

    /// The first frame with a lamp contains the hit's age to the millisecond.
    fn exact_times(
        &mut self,
        weapon: Option<Weapon>,
        lamps: u8,
        [t1, t2, t3]: [u8; 3],
        arrival: Arrival<'_>,
        out: &mut Vec<Reading>,
    ) {
        let packed = u32::from_be_bytes([0, t1, t2, t3]);
        let ages = PerSide::new(packed >> 13 & 0x3FF, packed >> 1 & 0x3FF);
        for (side, code) in [(Side::Left, lamps >> 3), (Side::Right, lamps & 7)] {
            let first = matches!(code, 1 | 2) && !self.timed[side];
            self.timed[side] = matches!(code, 1 | 2);
            let age_ms = ages[side] as u16;
            if first && age_ms < MAX_AGE_MS {
                let lamp = if code == 1 { Lamp::Valid } else { white_means(weapon) };
                let stamp = Stamp::aged(arrival.at, f64::from(age_ms) / 1000.0 + 0.0014, AGED_UNCERTAINTY_SECS);
                out.push(stamp.reading(Report::Corrected(SignalKind::Lamp { side, lamp })));
            }
        }
    }
}

impl Decoder for Skewered {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        for piece in arrival.bytes.chunks(STATE) {
            self.pending.extend_from_slice(piece);
            self.drain(arrival, out);
        }
    }

    fn reconnected(&mut self) {
        self.pending.clear();
        self.in_step = false;
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

fn lamps_of(strip: u8, lamps: u8) -> PerSide<LampBits> {
    let bits = |code: u8, short: u8| LampBits { coloured: code == 1, white: code == 2, yellow: short != 0 };
    PerSide::new(bits(lamps >> 3, strip & 0x20), bits(lamps & 7, strip & 0x10))
}

fn white_means(weapon: Option<Weapon>) -> Lamp {
    if weapon == Some(Weapon::Foil) { Lamp::OffTarget } else { Lamp::Fault }
}

fn weapon_of(game: u8) -> Option<Weapon> {
    match game >> 4 & 3 {
        0 => Some(Weapon::Sabre),
        1 => Some(Weapon::Epee),
        2 => Some(Weapon::Foil),
        _ => None,
    }
}

fn priority_of(game: u8) -> Option<Side> {
    match game >> 6 {
        1 => Some(Side::Left),
        2 => Some(Side::Right),
        _ => None,
    }
}

fn clock_of(c1: u8, c2: u8) -> BoutClock {
    let left = f64::from(u16::from(c1 & 3) << 8 | u16::from(c2));
    let shown_secs = if c1 & 0x08 != 0 { left / 100.0 } else { left };
    let run = match (c1 & 0x10 != 0, c1 & 0x04 != 0) {
        (true, _) => ClockRun::Break,
        (false, true) => ClockRun::Running,
        (false, false) => ClockRun::Stopped,
    };
    BoutClock { shown_secs, run }
}

fn cards_of(nibble: u8) -> Cards {
    Cards { yellow: nibble & 1, red: nibble >> 1 & 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::{feed_all, reports};
    use fencing::time::Timestamp;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the crate's constructor wants a static reference")]
    fn framed(algorithm: &'static Algorithm<u8>, body: &[u8]) -> Vec<u8> {
        let crc = Crc::<u8, Table<1>>::new(algorithm).checksum(body);
        [body, &[crc, 0xFF]].concat()
    }

    /// Sabre, left valid 183 ms ago, blades apart, 2:56 running, 12:6, left yellow card.
    const BODY: [u8; 14] = [0xEE, 2, 0x01, 0x04, 176, 0, 0, 0x08, 0x16, 0xE0, 0, 12, 6, 1];

    #[test]
    fn built_vector() {
        let mut box_ = Skewered::default();
        let mut out = Vec::new();
        let wire = framed(&crc::CRC_8_SMBUS, &BODY);
        box_.feed(Arrival::of(Timestamp::from_secs(10.0), &wire), &mut out);
        let reports: Vec<_> = out.iter().map(|r| r.report.clone()).collect();
        assert_eq!(
            reports,
            [
                Report::Signal(SignalKind::LockoutStart),
                Report::Lamps(PerSide::new(LampBits::COLOURED, LampBits::default())),
                Report::Corrected(SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid }),
                Report::Weapon(Weapon::Sabre),
                Report::Clock(BoutClock { shown_secs: 176.0, run: ClockRun::Running }),
                Report::Score(PerSide::new(12, 6)),
                Report::Cards(PerSide::new(Cards { yellow: 1, red: 0 }, Cards::default())),
                Report::Priority(None),
            ]
        );
        assert!((out[2].at.secs() - (10.0 - 0.1844)).abs() < 1e-6, "{:?}", out[2]);
    }

    #[test]
    fn every_crc_of_the_catalogue_is_learnt_and_then_enforced() {
        for algorithm in CANDIDATES {
            let mut box_ = Skewered::default();
            for secs in 0..12u8 {
                let mut body = BODY;
                body[4] = 100 + secs;
                body[11] = secs;
                feed_all(&mut box_, &framed(algorithm, &body));
            }
            assert!(box_.knows_crc());
            let mut wrong = framed(algorithm, &BODY);
            wrong[14] ^= 0x10;
            assert_eq!(reports(&mut box_, &wrong), []);
        }
    }

    #[test]
    fn a_lost_byte_costs_at_most_two_frames() {
        for lost in 0..16 {
            let mut wire = framed(&crc::CRC_8_SMBUS, &BODY).repeat(6);
            wire.remove(32 + lost);
            let mut box_ = Skewered::default();
            feed_all(&mut box_, &wire);
            assert!(box_.tally().good >= 4, "byte {lost}: {:?}", box_.tally());
        }
    }

    #[test]
    fn the_replay_button_is_handled() {
        let wire = framed(&crc::CRC_8_SMBUS, &[0xED, 0x30, 0, 0]);
        assert_eq!(reports(&mut Skewered::default(), &wire), [Report::ReplayWanted]);
    }
}
