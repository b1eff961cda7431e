//! Cyrano, EFP1 and EFP1.1: one INFO datagram on UDP 50100, receive only. **Nothing is ever sent.**
//!
//! Text (UTF-8 where the datagram is valid UTF-8, else Latin-1), three areas separated by `%`, fields by `|`, a `|` at the start and end of each area:
//! `|EFP1.1|INFO|piste|...|%|right fencer...|%|left fencer...|%|`.
//!
//! | area | fields, from 1 |
//! |---|---|
//! | general | 1 protocol, 2 command, 3 piste, 4 competition, 5 phase, 6 pool, 7 match, 8 round, 9 time, 10 stopwatch, 11 type, 12 weapon `F` `E` `S`, 13 priority `N` `R` `L`, 14 state `F` `H` `P` `W` `E`, 15-17 referee |
//! | fencer, **right first** | 1 id, 2 name, 3 nation, 4 score, 5 status, 6 yellow, 7 red, 8 light, 9 white light, 10 medical, 11 reserve, 12 P-card (EFP1.1 only) |
//!
//! A partial INFO leaves unchanged fields empty or ends early; missing fields keep their values. There are no timestamps, and while
//! the clock stands the box sends on change only: the lamp's edge is a trigger, no measurement.
//! Only one piste is used: the one set, otherwise the first one received; `7` and `007` are one piste. A datagram with an empty piste
//! belongs to the piste last received from the same sender. From another sender it is ignored, unless no piste was received
//! at all: then an unnamed box that is alone on the network is used.

use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::drivers::framing::{clock_secs, decoded, is_same_piste};
use crate::event::{BoutClock, Cards, ClockRun, FencerName};
use fencing::{PerSide, Side, Weapon};
use std::collections::BTreeMap;

/// Sent on change over a local network by a box that polls its own lamps.
const AGE_SECS: f64 = 0.010;
const UNCERTAINTY_SECS: f64 = 0.025;
/// Far above the fullest INFO (41 short fields).
const MAX_LENGTH: usize = 4096;
/// Senders whose piste is remembered: more than a hall has.
const MAX_SENDERS: usize = 256;
/// Display name of a box without a piste.
const UNNAMED: &str = "(unnamed)";

/// Decoder of Cyrano datagrams.
#[derive(Debug, Default)]
pub struct Cyrano {
    tally: Tally,
    pistes: Pistes,
    lamps: PerSide<LampBits>,
    score: PerSide<u16>,
    cards: PerSide<Cards>,
    names: PerSide<FencerName>,
    clock: BoutClockKnown,
}

/// Origin of a datagram.
#[derive(Clone, Copy)]
enum Origin<'a> {
    /// Address and port, empty where they are not known.
    Sender(&'a str),
    /// The transport has already identified our box (an MQTT topic).
    OurBox,
}

/// Selects the datagrams of our piste.
#[derive(Debug, Default)]
struct Pistes {
    ours: Option<String>,
    /// The piste last received from each sender.
    of_sender: BTreeMap<String, String>,
    /// The sender without a piste, while no piste was received.
    unnamed: Option<String>,
}

impl Pistes {
    /// The name of the datagram's piste when it is not ours. The first one received becomes ours.
    fn other(&mut self, stated: Option<&str>, sender: &str) -> Option<String> {
        let known = self.of_sender.get(sender).cloned().filter(|_| !sender.is_empty());
        let Some(piste) = stated.map(str::to_owned).or(known) else {
            let alone = self.ours.is_none() && self.unnamed.get_or_insert_with(|| sender.to_owned()) == sender;
            return (!alone).then(|| UNNAMED.to_owned());
        };
        if self.of_sender.len() < MAX_SENDERS || self.of_sender.contains_key(sender) {
            self.of_sender.insert(sender.to_owned(), piste.clone());
        }
        if self.ours.is_none() && self.unnamed.as_ref().is_some_and(|unnamed| unnamed != sender) {
            return Some(piste);
        }
        let ours = self.ours.get_or_insert_with(|| piste.clone());
        (!is_same_piste(ours, &piste)).then_some(piste)
    }
}

#[derive(Debug, Default)]
struct BoutClockKnown {
    shown_secs: f64,
    run: ClockRun,
}

impl Cyrano {
    /// A decoder of one piste's datagrams; of the first one received when `piste` is `None`.
    pub fn new(piste: Option<String>) -> Self {
        Self { pistes: Pistes { ours: piste, ..Pistes::default() }, ..Self::default() }
    }

    /// Reports of a datagram that certainly comes from our box, whatever its piste field.
    pub(super) fn of_our_box(&mut self, bytes: &[u8]) -> Option<Vec<Report>> {
        self.datagram(bytes, Origin::OurBox)
    }

    fn datagram(&mut self, bytes: &[u8], origin: Origin<'_>) -> Option<Vec<Report>> {
        let text = decoded(bytes.get(..MAX_LENGTH).unwrap_or(bytes));
        let areas: Vec<Vec<&str>> = text.split('%').map(fields).collect();
        let general = areas.first()?;
        let field = |index: usize| general.get(index - 1).copied().filter(|f| !f.is_empty());
        if !matches!(field(1)?, "EFP1" | "EFP1.1") {
            return None;
        }
        if field(2)? != "INFO" {
            return Some(Vec::new()); // HELLO, DISP, ACK: not for listeners
        }
        let mut reports = Vec::new();
        if let Origin::Sender(sender) = origin {
            if let Some(other) = self.pistes.other(field(3), sender) {
                return Some(vec![Report::OtherPiste(other)]);
            }
            reports.extend(self.pistes.ours.clone().map(Report::Piste));
        }
        self.general(&field, &mut reports);
        for (area, side) in [(1, Side::Right), (2, Side::Left)] {
            self.fencer(areas.get(area).map_or(&[][..], Vec::as_slice), side);
        }
        reports.push(Report::Lamps(self.lamps));
        reports.push(Report::Score(self.score));
        reports.push(Report::Cards(self.cards));
        for (side, name) in self.names.iter().filter(|(_, name)| !name.name.is_empty()) {
            reports.push(Report::Fencer(side, name.clone()));
        }
        Some(reports)
    }

    fn general<'a>(&mut self, field: &impl Fn(usize) -> Option<&'a str>, reports: &mut Vec<Report>) {
        reports.extend(field(12).and_then(weapon_of).map(Report::Weapon));
        reports.extend(field(13).and_then(priority_of));
        if let Some(shown) = field(10).and_then(|f| clock_secs(f.as_bytes())) {
            self.clock.shown_secs = shown;
        }
        if let Some(run) = field(14).and_then(run_of) {
            self.clock.run = run;
        }
        reports.push(Report::Clock(BoutClock { shown_secs: self.clock.shown_secs, run: self.clock.run }));
    }

    fn fencer(&mut self, area: &[&str], side: Side) {
        let field = |index: usize| area.get(index - 1).copied().filter(|f| !f.is_empty());
        let number = |index| field(index).and_then(|f| f.parse::<u8>().ok());
        let light = |index| field(index).and_then(|f| if f.len() == 1 { f.parse::<u8>().ok() } else { None });
        let lamp = &mut self.lamps[side];
        lamp.coloured = light(8).map_or(lamp.coloured, |l| l == 1);
        lamp.white = light(9).map_or(lamp.white, |l| l == 1);
        if let Some(score) = field(4).and_then(|f| f.parse().ok()) {
            self.score[side] = score;
        }
        let cards = &mut self.cards[side];
        cards.yellow = number(6).unwrap_or(cards.yellow);
        cards.red = number(7).unwrap_or(cards.red);
        if let Some(name) = field(2) {
            self.names[side] = FencerName { name: name.to_owned(), nation: field(3).unwrap_or_default().to_owned() };
        }
    }
}

impl Decoder for Cyrano {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        match self.datagram(arrival.bytes, Origin::Sender(arrival.sender)) {
            Some(reports) => {
                self.tally.good_frame(arrival.bytes.len());
                out.extend(reports.into_iter().map(|report| stamp.reading(report)));
            }
            None => self.tally.bad += 1,
        }
    }

    fn reconnected(&mut self) {}

    fn tally(&self) -> Tally {
        self.tally
    }
}

/// The fields of one area without the bars at its start and end.
fn fields(area: &str) -> Vec<&str> {
    let inner = area.strip_prefix('|').unwrap_or(area);
    inner.strip_suffix('|').unwrap_or(inner).split('|').map(str::trim).collect()
}

fn weapon_of(field: &str) -> Option<Weapon> {
    match field {
        "F" => Some(Weapon::Foil),
        "E" => Some(Weapon::Epee),
        "S" => Some(Weapon::Sabre),
        _ => None,
    }
}

fn priority_of(field: &str) -> Option<Report> {
    match field {
        "N" => Some(Report::Priority(None)),
        "R" => Some(Report::Priority(Some(Side::Right))),
        "L" => Some(Report::Priority(Some(Side::Left))),
        _ => None,
    }
}

/// Whether the clock runs, by the state letter of EFP, which OpenPiste uses too.
pub(super) fn run_of(state: &str) -> Option<ClockRun> {
    match state {
        "F" => Some(ClockRun::Running),
        "H" | "W" | "E" => Some(ClockRun::Stopped),
        "P" => Some(ClockRun::Break),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::reports;
    use fencing::time::Timestamp;

    const GOLDEN: &str = "|EFP1.1|INFO|1|efj-eq|1|A32|12|2|10:30|2:41|I|S|N|H|132|J. Smith|GBR|%\
        |28|P. Martin|FRA|1|U|0|0|1|0|0|N|0|%|32|B. Panini|ITA|0|U|0|0|0|0|0|N|0|%|";

    fn lamps(output: &[Report]) -> Option<PerSide<LampBits>> {
        output.iter().find_map(|w| if let Report::Lamps(l) = w { Some(*l) } else { None })
    }

    #[test]
    fn golden_vector() {
        let output = reports(&mut Cyrano::default(), GOLDEN.as_bytes());
        let name = |name: &str, nation: &str| FencerName { name: name.into(), nation: nation.into() };
        assert_eq!(
            output,
            [
                Report::Piste("1".into()),
                Report::Weapon(Weapon::Sabre),
                Report::Priority(None),
                Report::Clock(BoutClock { shown_secs: 161.0, run: ClockRun::Stopped }),
                Report::Lamps(PerSide::new(LampBits::default(), LampBits::COLOURED)),
                Report::Score(PerSide::new(0, 1)),
                Report::Cards(PerSide::default()),
                Report::Fencer(Side::Left, name("B. Panini", "ITA")),
                Report::Fencer(Side::Right, name("P. Martin", "FRA")),
            ]
        );
    }

    #[test]
    fn a_partial_info_leaves_the_rest_as_it_was() {
        let mut cyrano = Cyrano::default();
        reports(&mut cyrano, GOLDEN.as_bytes());
        let output = reports(&mut cyrano, b"|EFP1|INFO|1||||||||||||%|||||||||1|%||||1|");
        let both = LampBits { coloured: true, white: true, yellow: false };
        assert_eq!(lamps(&output), Some(PerSide::new(LampBits::default(), both)));
        assert!(output.contains(&Report::Score(PerSide::new(1, 1))));
    }

    #[test]
    fn another_piste_is_named_and_not_believed() {
        let mut cyrano = Cyrano::new(Some("4".into()));
        assert_eq!(reports(&mut cyrano, GOLDEN.as_bytes()), [Report::OtherPiste("1".into())]);
    }

    fn from(cyrano: &mut Cyrano, sender: &str, text: &str) -> Vec<Report> {
        let mut out = Vec::new();
        cyrano.feed(Arrival { sender, ..Arrival::of(Timestamp::ZERO, text.as_bytes()) }, &mut out);
        out.into_iter().map(|reading| reading.report).collect()
    }

    #[test]
    fn a_datagram_without_a_piste_belongs_to_its_sender() {
        let mut cyrano = Cyrano::default();
        from(&mut cyrano, "10.0.0.1:50100", GOLDEN);
        let unnamed = "|EFP1.1|INFO||||||||2:00||S|N|H||||%||||3|U|0|0|1|0|%||||4|U|0|0|0|0|%|";
        for stranger in ["10.0.0.2:50100", ""] {
            assert_eq!(from(&mut cyrano, stranger, unnamed), [Report::OtherPiste(UNNAMED.into())], "{stranger}");
        }
        assert!(from(&mut cyrano, "10.0.0.1:50100", unnamed).contains(&Report::Score(PerSide::new(4, 3))));
        // Another piste's box that leaves it out now and then stays another piste's.
        let other = GOLDEN.replace("INFO|1|", "INFO|2|");
        assert_eq!(from(&mut cyrano, "10.0.0.3:50100", &other), [Report::OtherPiste("2".into())]);
        assert_eq!(from(&mut cyrano, "10.0.0.3:50100", unnamed), [Report::OtherPiste("2".into())]);
    }

    #[test]
    fn an_unnamed_box_alone_on_the_network_is_ours_unless_a_piste_was_chosen() {
        let unnamed = "|EFP1|INFO||||||||2:00||S|N|H||||%||||3|U|0|0|1|0|%||||4|U|0|0|0|0|%|";
        let mut alone = Cyrano::default();
        assert!(lamps(&from(&mut alone, "10.0.0.2:1", unnamed)).is_some());
        assert_eq!(from(&mut alone, "10.0.0.1:1", GOLDEN), [Report::OtherPiste("1".into())]);
        assert_eq!(
            from(&mut Cyrano::new(Some("1".into())), "10.0.0.2:1", unnamed),
            [Report::OtherPiste(UNNAMED.into())]
        );
    }

    #[test]
    fn zero_padded_pistes_are_the_same() {
        let mut cyrano = Cyrano::new(Some("007".into()));
        let seven = GOLDEN.replace("INFO|1|", "INFO|07|");
        assert!(lamps(&reports(&mut cyrano, seven.as_bytes())).is_some());
    }

    #[test]
    fn utf_8_names_are_read_as_such() {
        let output =
            reports(&mut Cyrano::default(), "|EFP1.1|INFO|1|%|28|MÜLLER Jörg|GER|%|32|ŁUKASIK Paweł|POL|%|".as_bytes());
        let name = |name: &str, nation: &str| FencerName { name: name.into(), nation: nation.into() };
        assert!(output.contains(&Report::Fencer(Side::Right, name("MÜLLER Jörg", "GER"))), "{output:?}");
        assert!(output.contains(&Report::Fencer(Side::Left, name("ŁUKASIK Paweł", "POL"))), "{output:?}");
    }

    #[test]
    fn latin_1_names_survive_and_nonsense_is_counted() {
        let mut cyrano = Cyrano::default();
        let output = reports(&mut cyrano, b"|EFP1|INFO|1|%|1|Andr\xE9|FRA|%|");
        assert!(
            output.contains(&Report::Fencer(Side::Right, FencerName { name: "André".into(), nation: "FRA".into() }))
        );
        assert_eq!(reports(&mut cyrano, b"|EFP2|INFO|1|"), []);
        assert_eq!(reports(&mut cyrano, b""), []);
        assert_eq!(cyrano.tally().bad, 2);
    }
}
