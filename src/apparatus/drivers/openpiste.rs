//! OpenPiste OPP2: JSON over MQTT 3.1.1, topic `openpiste/{piste}/{publisher}/{message}` (draft 1.0 of May 2026).
//!
//! Tournaments put the event between `openpiste` and the piste, so only the last three parts of a topic are fixed; the part before
//! them is the *root*.
//!
//! | message | fields read |
//! |---|---|
//! | `connection` (QoS 1, retained) | `online`; `{"online": false}` is the last will that the broker publishes for the box |
//! | `efp1` (level 1) | an EFP1.1 text instead of JSON, see [`super::cyrano`] |
//! | `lights` (QoS 1, retained) | `seq`, `ts`, `right.{green,white}`, `left.{red,white}` |
//! | `blade_contact` (QoS 0) | `ts`, `active` |
//! | `clock` (QoS 0, retained) | `ts`, `running`, `time_ms` |
//! | `score` (QoS 1, retained) | `seq`, `right` / `left` `.{score,yellow_card,red_cards}`, `priority` `N` `R` `L` |
//! | `state` (QoS 1, retained) | `state` `F` `H` `P` `W` `E` |
//! | `fencers` | `left` / `right` `.fencer.{name,nation}` |
//! | `match` | `weapon` `F` `E` `S` |
//!
//! *Time.* `ts` is a 64-bit number: top byte `00` = UTC in ms, `01` = ms since boot. Both are converted to the host clock by
//! the fastest message (`DelayFloor`), so no clock has to be right.
//! *Publisher.* Lamps, contacts, clock and state count only from `apparatus`; `software` may name fencers and weapon and correct
//! the score, which is passed on as a correction.
//! *Retained messages* describe a state; they are never an event. Captures made before the retain flag was recorded lack
//! that mark: there clock and state of the first quarter of a second are treated as retained.
//! *Duplicates.* QoS 1 may deliver a message again: the same `seq` on the same topic is dropped; a smaller one is a restarted
//! box. *Piste.* Only one piste is used: the one set, otherwise the first one whose box is received; a piste of that name under
//! another root is another piste and is reported with its root.

use crate::clock_offset::DelayFloor;
use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::drivers::cyrano::{Cyrano, run_of};
use crate::drivers::framing::is_same_piste;
use crate::event::{BoutClock, Cards, ClockRun, FencerName};
use fencing::time::Timestamp;
use fencing::{PerSide, Side, SignalKind, Weapon};
use serde_json::Value;
use std::collections::BTreeMap;

/// Without a timestamp: a box on a wireless network behind a broker.
const AGE_SECS: f64 = 0.010;
const UNCERTAINTY_SECS: f64 = 0.030;
/// Far above the fullest message of the draft.
const MAX_LENGTH: usize = 64 * 1024;
/// Topics whose `seq` is remembered.
const MAX_TOPICS: usize = 64;

/// The draft's topic prefix; tournaments may put more in front of the piste.
const PLATFORM: &str = "openpiste";
/// A message this soon after the link was opened may be retained although it has no mark (a capture), in seconds.
const JOINING_SECS: f64 = 0.25;

/// Decoder of OPP2 messages.
#[derive(Debug, Default)]
pub struct OpenPiste {
    tally: Tally,
    /// The configured piste: its name, or root and name where several events share a broker.
    chosen: Option<String>,
    ours: Option<PisteTopic>,
    clock: DelayFloor,
    seen: BTreeMap<String, u64>,
    joined_at: Option<Timestamp>,
    blades_touch: bool,
    run: ClockRun,
    shown_secs: f64,
    weapon_by_apparatus: bool,
    /// Decoder of EFP1.1 texts, for a box that publishes nothing else.
    level_1: Cyrano,
    speaks_level_2: bool,
}

/// A piste at a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PisteTopic {
    root: String,
    piste: String,
}

/// Who published a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Publisher {
    Apparatus,
    Software,
    /// A remote control and other publishers of the draft: ignored.
    Other,
}

/// `{root}/{piste}/{publisher}/{message}`; the root may have any number of parts.
#[derive(Clone, Copy, Debug)]
struct Topic<'a> {
    root: &'a str,
    piste: &'a str,
    publisher: Publisher,
    kind: &'a str,
}

impl<'a> Topic<'a> {
    fn parse(topic: &'a str) -> Option<Self> {
        let mut parts = topic.rsplitn(4, '/');
        let (kind, publisher, piste) = (parts.next()?, parts.next()?, parts.next()?);
        let publisher = match publisher {
            "apparatus" => Publisher::Apparatus,
            "software" => Publisher::Software,
            "remote" | "var" | "scoresheet" => Publisher::Other,
            _ => return None,
        };
        let root = parts.next()?;
        (!piste.is_empty() && !root.is_empty()).then_some(Self { root, piste, publisher, kind })
    }

    fn is_at(&self, place: &PisteTopic) -> bool {
        self.root == place.root && is_same_piste(self.piste, &place.piste)
    }

    /// Whether this is the configured piste, by its name or by root and name.
    fn is_chosen(&self, chosen: &str) -> bool {
        let full =
            chosen.rsplit_once('/').is_some_and(|(root, piste)| root == self.root && is_same_piste(piste, self.piste));
        full || is_same_piste(chosen, self.piste)
    }

    /// Its display name beside `ours`: with the root where that differs.
    fn name_beside(&self, ours: Option<&PisteTopic>) -> String {
        let root = ours.map_or(PLATFORM, |ours| &ours.root);
        if self.root == root { self.piste.to_owned() } else { format!("{}/{}", self.root, self.piste) }
    }
}

impl OpenPiste {
    /// A decoder of one piste's messages; of the first one received when `piste` is `None`. Where several events share a broker,
    /// `piste` may be root and piste (`openpiste/BEL/2026/ghent/3`).
    pub fn new(piste: Option<String>) -> Self {
        Self { chosen: piste, ..Self::default() }
    }

    /// Topics to subscribe to: the publishers that are used, under roots of one to twelve parts. `#` would work too, but a broker may
    /// transport anything, frames included.
    pub fn topics() -> impl Iterator<Item = String> {
        let under = |publisher: &'static str| (2..=13).map(move |parts| format!("{}{publisher}/+", "+/".repeat(parts)));
        ["apparatus", "software"].into_iter().flat_map(under)
    }

    fn message(&mut self, arrival: Arrival<'_>) -> Option<Vec<Reading>> {
        let topic = Topic::parse(arrival.topic)?;
        if topic.kind == "efp1" {
            return self.level_1(topic, arrival);
        }
        let json =
            (arrival.bytes.len() <= MAX_LENGTH).then(|| serde_json::from_slice::<Value>(arrival.bytes).ok())??;
        let marked = json.get("protocol").and_then(Value::as_str) == Some("OPP2");
        if !self.is_ours(topic, marked)? {
            let name = topic.name_beside(self.ours.as_ref());
            return Some(vec![Stamp::aged(arrival.at, 0.0, UNCERTAINTY_SECS).reading(Report::OtherPiste(name))]);
        }
        if self.is_repeat(arrival.topic, &json) {
            return Some(Vec::new());
        }
        let stamp = self.stamp(topic, &json, arrival);
        let joined_at = *self.joined_at.get_or_insert(arrival.at);
        let joining = matches!(topic.kind, "clock" | "state") && arrival.at.secs_since(joined_at) < JOINING_SECS;
        let standing = arrival.retained || joining;
        let mut reports = vec![Report::Piste(topic.piste.to_owned())];
        reports.extend(match topic.publisher {
            Publisher::Apparatus => self.reports(topic.kind, &json)?,
            Publisher::Software => self.correction(topic.kind, &json)?,
            Publisher::Other => Vec::new(),
        });
        let reading = |report| if standing { stamp.standing(report) } else { stamp.reading(report) };
        Some(reports.into_iter().map(reading).collect())
    }

    /// Whether a message is of the piste in use. The first box received there fixes the root. `None` for a message that is not OPP2:
    /// under a foreign root it must contain the protocol's name until its box is known.
    fn is_ours(&mut self, topic: Topic<'_>, marked: bool) -> Option<bool> {
        if let Some(ours) = &self.ours {
            let known = topic.is_at(ours) || marked || topic.root.starts_with(PLATFORM);
            return known.then(|| topic.is_at(ours));
        }
        if !marked && !topic.root.starts_with(PLATFORM) {
            return None;
        }
        let chosen = self.chosen.as_ref().is_none_or(|chosen| topic.is_chosen(chosen));
        if chosen && topic.publisher == Publisher::Apparatus {
            self.ours = Some(PisteTopic { root: topic.root.to_owned(), piste: topic.piste.to_owned() });
        }
        Some(chosen)
    }

    /// EFP1.1 as payload (level 1 of the platform, for boxes that are not yet updated). Such a message has no piste but its topic's,
    /// and is ignored when the same box sends level 2 as well.
    fn level_1(&mut self, topic: Topic<'_>, arrival: Arrival<'_>) -> Option<Vec<Reading>> {
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        let reports = self.level_1.of_our_box(arrival.bytes);
        if topic.publisher != Publisher::Apparatus || self.speaks_level_2 {
            return reports.map(|_| Vec::new());
        }
        let reports = reports?;
        if !self.is_ours(topic, true)? {
            let name = topic.name_beside(self.ours.as_ref());
            return Some(vec![stamp.reading(Report::OtherPiste(name))]);
        }
        let piste = Report::Piste(topic.piste.to_owned());
        Some(std::iter::once(piste).chain(reports).map(|report| stamp.reading(report)).collect())
    }

    /// Only a live message of the apparatus is timed by its timestamp: another publisher has another clock, and a retained message is
    /// old.
    fn stamp(&mut self, topic: Topic<'_>, json: &Value, arrival: Arrival<'_>) -> Stamp {
        let live = topic.publisher == Publisher::Apparatus && !arrival.retained;
        match json.get("ts").and_then(Value::as_u64).and_then(stamp_secs).filter(|_| live) {
            Some(sent_secs) => {
                let (at, uncertainty_secs) = self.clock.place(sent_secs, arrival.at);
                Stamp { at, uncertainty_secs }
            }
            None => Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS),
        }
    }

    fn is_repeat(&mut self, topic: &str, json: &Value) -> bool {
        let Some(seq) = json.get("seq").and_then(Value::as_u64) else { return false };
        if self.seen.get(topic) == Some(&seq) {
            return true;
        }
        if self.seen.len() < MAX_TOPICS || self.seen.contains_key(topic) {
            self.seen.insert(topic.to_owned(), seq);
        }
        false
    }

    /// Reports of the apparatus.
    fn reports(&mut self, kind: &str, json: &Value) -> Option<Vec<Report>> {
        match kind {
            "lights" => {
                self.speaks_level_2 = true;
                lights(json).map(|lamps| vec![Report::Lamps(lamps)])
            }
            "blade_contact" => Some(self.blades(json.get("active")?.as_bool()?)),
            "clock" => {
                let running = json.get("running")?.as_bool()?;
                self.run = if running { ClockRun::Running } else { ClockRun::Stopped };
                self.shown_secs = json.get("time_ms")?.as_f64()? / 1000.0;
                Some(vec![self.clock_report()])
            }
            "score" => score(json, Report::Score),
            "state" => {
                self.run = run_of(json.get("state")?.as_str()?)?;
                Some(vec![self.clock_report()])
            }
            "connection" => {
                let online = json.get("online")?.as_bool()?;
                if !online {
                    // A box that was switched off counts its messages from the start again.
                    self.seen.clear();
                }
                Some(vec![Report::Online(online)])
            }
            "fencers" => Some(fencers(json)),
            "match" => {
                let weapon = weapon(json);
                self.weapon_by_apparatus |= weapon.is_some();
                Some(weapon.map(Report::Weapon).into_iter().collect())
            }
            _ => Some(Vec::new()),
        }
    }

    /// What the competition's software may change: names, weapon, and corrections of the score. Lamps, clock, state and contacts count
    /// from the apparatus only.
    fn correction(&mut self, kind: &str, json: &Value) -> Option<Vec<Report>> {
        match kind {
            "score" => score(json, Report::ScoreCorrected),
            "fencers" => Some(fencers(json)),
            "match" if !self.weapon_by_apparatus => Some(weapon(json).map(Report::Weapon).into_iter().collect()),
            _ => Some(Vec::new()),
        }
    }

    fn clock_report(&self) -> Report {
        Report::Clock(BoutClock { shown_secs: self.shown_secs, run: self.run })
    }

    fn blades(&mut self, touching: bool) -> Vec<Report> {
        let met = touching && !self.blades_touch;
        self.blades_touch = touching;
        if met { vec![Report::Signal(SignalKind::BladeContact)] } else { Vec::new() }
    }
}

impl Decoder for OpenPiste {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        match self.message(arrival) {
            Some(readings) => {
                self.tally.good_frame(arrival.bytes.len());
                out.extend(readings);
            }
            None => self.tally.bad += 1,
        }
    }

    /// After a broken link the broker sends its retained messages again, with known `seq`s: they have to be decoded, because a lamp may
    /// have changed meanwhile.
    fn reconnected(&mut self) {
        self.seen.clear();
        self.joined_at = None;
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

/// Seconds of a timestamp; the top byte selects the clock and is no part of the number. `None` for unknown clocks.
fn stamp_secs(ts: u64) -> Option<f64> {
    let millis = ts & 0x00FF_FFFF_FFFF_FFFF;
    matches!(ts >> 56, 0 | 1).then_some(millis as f64 / 1000.0)
}

fn lights(json: &Value) -> Option<PerSide<LampBits>> {
    let lamp = |side: &str, colour: &str| json.get(side)?.get(colour)?.as_bool();
    let bits =
        |side, colour| Some(LampBits { coloured: lamp(side, colour)?, white: lamp(side, "white")?, yellow: false });
    Some(PerSide::new(bits("left", "red")?, bits("right", "green")?))
}

/// Score, and cards and priority where they are present: a correction may contain the score only.
fn score(json: &Value, report: fn(PerSide<u16>) -> Report) -> Option<Vec<Report>> {
    let side_of = |side: &str, field: &str| json.get(side)?.get(field).cloned();
    let points = |side| side_of(side, "score").and_then(|n| n.as_u64()).and_then(|n| u16::try_from(n).ok());
    let cards = |side: &str| {
        let (yellow, red) = (side_of(side, "yellow_card"), side_of(side, "red_cards"));
        let has_cards = yellow.is_some() || red.is_some();
        let yellow = yellow.and_then(|yellow| yellow.as_bool()).unwrap_or(false);
        let red = red.and_then(|red| red.as_u64()).and_then(|red| u8::try_from(red).ok()).unwrap_or(0);
        has_cards.then_some(Cards { yellow: u8::from(yellow), red })
    };
    let mut reports = vec![report(PerSide::new(points("left")?, points("right")?))];
    if let (Some(left), Some(right)) = (cards("left"), cards("right")) {
        reports.push(Report::Cards(PerSide::new(left, right)));
    }
    reports.extend(match json.get("priority").and_then(Value::as_str) {
        Some("L") => Some(Report::Priority(Some(Side::Left))),
        Some("R") => Some(Report::Priority(Some(Side::Right))),
        Some(_) => Some(Report::Priority(None)),
        None => None,
    });
    Some(reports)
}

fn fencers(json: &Value) -> Vec<Report> {
    let text = |side: &str, field: &str| json.get(side)?.get("fencer")?.get(field)?.as_str().map(str::to_owned);
    let fencer = |side: Side| {
        let name = text(side.as_str(), "name")?;
        let nation = text(side.as_str(), "nation").unwrap_or_default();
        Some(Report::Fencer(side, FencerName { name, nation }))
    };
    Side::BOTH.into_iter().filter_map(fencer).collect()
}

fn weapon(json: &Value) -> Option<Weapon> {
    match json.get("weapon")?.as_str()? {
        "F" => Some(Weapon::Foil),
        "E" => Some(Weapon::Epee),
        "S" => Some(Weapon::Sabre),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(opp2: &mut OpenPiste, kind: &str, at_secs: f64, json: &str) -> Vec<Reading> {
        let topic = format!("openpiste/17/apparatus/{kind}");
        let mut out = Vec::new();
        opp2.feed(Arrival::from_origin(Timestamp::from_secs(at_secs), &topic, json.as_bytes()), &mut out);
        out.retain(|r| !matches!(r.report, Report::Piste(_)));
        out
    }

    const LIGHTS: &str = r#"{"protocol":"OPP2","version":"1.0","seq":42,"ts":1715539200123,
        "right":{"green":false,"white":true},"left":{"red":true,"white":false}}"#;

    #[test]
    fn golden_lights_and_their_repetition() {
        let mut opp2 = OpenPiste::default();
        let reports: Vec<_> = read(&mut opp2, "lights", 1.0, LIGHTS).into_iter().map(|r| r.report).collect();
        assert_eq!(reports, [Report::Lamps(PerSide::new(LampBits::COLOURED, LampBits::WHITE))]);
        assert_eq!(read(&mut opp2, "lights", 1.1, LIGHTS), [], "the same seq again");
        opp2.reconnected();
        assert_eq!(read(&mut opp2, "lights", 9.0, LIGHTS).len(), 1, "a retained message after a broken link counts");
    }

    #[test]
    fn both_clocks_put_the_contact_where_it_happened() {
        for base in [1_715_539_200_000u64, (1 << 56) + 5_000] {
            let contact = |ts: u64, active: bool| format!(r#"{{"protocol":"OPP2","ts":{ts},"active":{active}}}"#);
            let mut opp2 = OpenPiste::default();
            read(&mut opp2, "blade_contact", 10.0, &contact(base, true));
            read(&mut opp2, "blade_contact", 10.1, &contact(base + 100, false));
            let late = read(&mut opp2, "blade_contact", 11.3, &contact(base + 1000, true));
            assert_eq!(late.len(), 1);
            assert!((late[0].at.secs() - 11.0).abs() < 1e-3, "arrived 300 ms late, happened at 11.0: {late:?}");
        }
    }

    #[test]
    fn other_messages_and_nonsense() {
        let mut opp2 = OpenPiste::default();
        let score = r#"{"seq":43,"right":{"score":8,"yellow_card":false,"red_cards":1},
            "left":{"score":6,"yellow_card":true,"red_cards":0},"priority":"L"}"#;
        let reports: Vec<_> = read(&mut opp2, "score", 0.0, score).into_iter().map(|r| r.report).collect();
        let cards = PerSide::new(Cards { yellow: 1, red: 0 }, Cards { yellow: 0, red: 1 });
        assert_eq!(
            reports,
            [Report::Score(PerSide::new(6, 8)), Report::Cards(cards), Report::Priority(Some(Side::Left))]
        );
        for nonsense in ["", "{}", "[1,2]", r#"{"right":{"green":1},"left":{}}"#] {
            assert_eq!(read(&mut opp2, "lights", 0.0, nonsense), []);
        }
        assert_eq!(opp2.tally().bad, 4);
    }

    fn words_on(opp2: &mut OpenPiste, topic: &str, at_secs: f64, json: &str) -> Vec<Report> {
        let mut out = Vec::new();
        opp2.feed(Arrival::from_origin(Timestamp::from_secs(at_secs), topic, json.as_bytes()), &mut out);
        out.into_iter().map(|reading| reading.report).filter(|report| !matches!(report, Report::Piste(_))).collect()
    }

    #[test]
    fn any_root_is_read_and_a_second_one_is_reported() {
        let mut opp2 = OpenPiste::new(Some("03".into()));
        let ghent = "openpiste/BEL/2026/10/04/ghent-test/3/apparatus/lights";
        assert_eq!(words_on(&mut opp2, ghent, 0.0, LIGHTS).len(), 1);
        let other = words_on(&mut opp2, "openpiste/3/apparatus/lights", 0.1, LIGHTS);
        assert_eq!(other, [Report::OtherPiste("openpiste/3".into())]);
        assert_eq!(
            words_on(&mut opp2, "openpiste/BEL/2026/10/04/ghent-test/4/apparatus/lights", 0.2, LIGHTS),
            [Report::OtherPiste("4".into())]
        );
        let mut full = OpenPiste::new(Some("hall/B/3".into()));
        assert_eq!(words_on(&mut full, ghent, 0.0, LIGHTS).len(), 1, "another root");
        assert_eq!(words_on(&mut full, "hall/B/3/apparatus/lights", 0.0, LIGHTS).len(), 1);
    }

    #[test]
    fn subscriptions_reach_plain_and_tournament_topics() {
        let parts: Vec<usize> = OpenPiste::topics().map(|topic| topic.split('/').count()).collect();
        assert!(parts.contains(&4) && parts.contains(&9), "{parts:?}");
    }

    #[test]
    fn what_the_software_says_is_a_correction_and_never_a_halt() {
        let mut opp2 = OpenPiste::default();
        words_on(&mut opp2, "openpiste/3/apparatus/lights", 0.0, LIGHTS);
        let clock = r#"{"protocol":"OPP2","ts":2000,"running":false,"time_ms":180000}"#;
        assert_eq!(words_on(&mut opp2, "openpiste/3/software/clock", 1.0, clock), []);
        assert_eq!(words_on(&mut opp2, "openpiste/3/software/lights", 1.0, &LIGHTS.replace("42", "43")), []);
        assert_eq!(words_on(&mut opp2, "openpiste/3/software/state", 1.0, r#"{"state":"H"}"#), []);
        let score = r#"{"seq":19,"left":{"score":9},"right":{"score":8}}"#;
        let corrected = words_on(&mut opp2, "openpiste/3/software/score", 1.1, score);
        assert_eq!(corrected, [Report::ScoreCorrected(PerSide::new(9, 8))], "cards that are not said stay");
        assert_eq!(words_on(&mut opp2, "openpiste/3/remote/control", 1.2, r#"{"command":"HALT"}"#), []);
    }

    #[test]
    fn the_last_will_says_that_the_box_is_gone_and_its_counter_starts_anew() {
        let mut opp2 = OpenPiste::default();
        let online = r#"{"protocol":"OPP2","seq":1,"online":true}"#;
        assert_eq!(words_on(&mut opp2, "openpiste/3/apparatus/connection", 0.0, online), [Report::Online(true)]);
        let will = words_on(&mut opp2, "openpiste/3/apparatus/connection", 2.0, r#"{"online":false}"#);
        assert_eq!(will, [Report::Online(false)]);
        assert_eq!(words_on(&mut opp2, "openpiste/3/apparatus/connection", 2.6, online), [Report::Online(true)]);
    }

    #[test]
    fn retained_messages_only_tell_how_things_stand() {
        let mut opp2 = OpenPiste::default();
        let mut retained = |kind: &str, json: &str| {
            let topic = format!("openpiste/3/apparatus/{kind}");
            let arrival = Arrival::from_origin(Timestamp::from_secs(9.0), &topic, json.as_bytes());
            let mut out = Vec::new();
            opp2.feed(Arrival { retained: true, ..arrival }, &mut out);
            out
        };
        for (kind, json) in [("lights", LIGHTS), ("state", r#"{"seq":2,"state":"H"}"#)] {
            let readings = retained(kind, json);
            assert!(readings.len() == 2 && readings.iter().all(|reading| reading.standing), "{readings:?}");
        }
    }

    #[test]
    fn a_box_that_speaks_efp1_over_the_broker_is_read_until_it_speaks_level_2() {
        let info = "|EFP1.1|INFO|9|efj-eq|1|A32|12|2|10:30|2:41|I|S|N|H||||%|28|P. Martin|FRA|1|U|0|0|1|0|%|32|B|ITA|0|U|0|0|0|0|%|";
        let mut opp2 = OpenPiste::default();
        let output = words_on(&mut opp2, "openpiste/3/apparatus/efp1", 0.0, info);
        assert!(output.contains(&Report::Lamps(PerSide::new(LampBits::default(), LampBits::COLOURED))), "{output:?}");
        words_on(&mut opp2, "openpiste/3/apparatus/lights", 0.0, LIGHTS);
        assert_eq!(words_on(&mut opp2, "openpiste/3/apparatus/efp1", 0.1, info), []);
        assert_eq!(opp2.tally().bad, 0);
    }

    #[test]
    fn a_stranger_under_another_root_is_not_taken_for_a_box() {
        let mut opp2 = OpenPiste::default();
        assert_eq!(words_on(&mut opp2, "home/kitchen/apparatus/state", 0.0, r#"{"state":"F"}"#), []);
        assert_eq!((opp2.tally().good, opp2.tally().bad), (0, 1));
    }

    #[test]
    fn another_piste_is_named_and_not_believed() {
        let mut opp2 = OpenPiste::new(Some("podium".into()));
        let output = read(&mut opp2, "lights", 0.0, LIGHTS);
        assert_eq!(output.into_iter().map(|r| r.report).collect::<Vec<_>>(), [Report::OtherPiste("17".into())]);
    }
}
