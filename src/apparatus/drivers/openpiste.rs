//! OpenPiste OPP2: JSON over MQTT 3.1.1, topic `openpiste/{piste}/{publisher}/{message}` (draft 1.0 of May 2026).
//!
//! | message | fields read |
//! |---|---|
//! | `lights` (QoS 1, retained) | `seq`, `ts`, `right.{green,white}`, `left.{red,white}` |
//! | `blade_contact` (QoS 0) | `ts`, `active` |
//! | `clock` (QoS 0, retained) | `ts`, `running`, `time_ms` |
//! | `score` (QoS 1, retained) | `seq`, `right` / `left` `.{score,yellow_card,red_cards}`, `priority` `N` `R` `L` |
//! | `state` (QoS 1, retained) | `state` `F` `H` `P` `W` `E` |
//! | `fencers` | `left` / `right` `.fencer.{name,nation}` |
//! | `match` | `weapon` `F` `E` `S` |
//!
//! *Time.* `ts` is a 64-bit number: top byte `00` = UTC in ms, `01` = ms since boot. Either is placed on the host clock by
//! the quickest message (`DelayFloor`), so nobody's clock has to be right.
//! *Twice.* QoS 1 may deliver a message again: the same `seq` on the same topic is dropped; a smaller one is a restarted
//! box. *Whose.* Only one piste is listened to: the one set, else the first one heard.

use super::cyrano::run_of;
use crate::{
    decoder::{Arrival, Decoder, Stamp, Tally},
    delay_floor::DelayFloor,
    event::{BoutClock, Cards, ClockRun, FencerName},
    reading::{LampBits, Reading, Word},
};
use fencing::time::Timestamp;
use fencing::{PerSide, Side, SignalKind, Weapon};
use serde_json::Value;
use std::collections::BTreeMap;

/// Without a stamp: a box on a wireless network behind a broker.
const AGE_SECS: f64 = 0.010;
const UNCERTAINTY_SECS: f64 = 0.030;
/// Far above the fullest message of the draft.
const LONGEST: usize = 64 * 1024;
/// Topics whose `seq` is remembered.
const MOST_TOPICS: usize = 64;

/// Reader of OPP2 messages.
#[derive(Debug, Default)]
pub struct OpenPiste {
    tally: Tally,
    piste: Option<String>,
    clock: DelayFloor,
    seen: BTreeMap<String, u64>,
    blades_touch: bool,
    run: ClockRun,
    shown_secs: f64,
}

impl OpenPiste {
    /// A reader of one piste's messages; of the first one heard when `piste` is `None`.
    pub fn new(piste: Option<String>) -> Self {
        Self { piste, ..Self::default() }
    }

    /// What to subscribe to.
    pub const TOPICS: &'static str = "openpiste/+/+/+";

    fn message(&mut self, arrival: Arrival<'_>) -> Option<Vec<Reading>> {
        let (piste, kind) = topic_parts(arrival.topic)?;
        let json = (arrival.bytes.len() <= LONGEST).then(|| serde_json::from_slice::<Value>(arrival.bytes).ok())??;
        let stamp = self.stamp(&json, arrival.at);
        let ours = self.piste.get_or_insert_with(|| piste.to_owned());
        if ours != piste {
            return Some(vec![stamp.reading(Word::OtherPiste(piste.to_owned()))]);
        }
        if self.is_repeat(arrival.topic, &json) {
            return Some(Vec::new());
        }
        let mut words = vec![Word::Piste(piste.to_owned())];
        words.extend(self.words(kind, &json)?);
        Some(words.into_iter().map(|word| stamp.reading(word)).collect())
    }

    fn stamp(&mut self, json: &Value, received: Timestamp) -> Stamp {
        match json.get("ts").and_then(Value::as_u64).and_then(stamp_secs) {
            Some(sent_secs) => {
                let (at, uncertainty_secs) = self.clock.place(sent_secs, received);
                Stamp { at, uncertainty_secs }
            }
            None => Stamp::aged(received, AGE_SECS, UNCERTAINTY_SECS),
        }
    }

    fn is_repeat(&mut self, topic: &str, json: &Value) -> bool {
        let Some(seq) = json.get("seq").and_then(Value::as_u64) else { return false };
        if self.seen.get(topic) == Some(&seq) {
            return true;
        }
        if self.seen.len() < MOST_TOPICS || self.seen.contains_key(topic) {
            self.seen.insert(topic.to_owned(), seq);
        }
        false
    }

    fn words(&mut self, kind: &str, json: &Value) -> Option<Vec<Word>> {
        match kind {
            "lights" => lights(json).map(|lamps| vec![Word::Lamps(lamps)]),
            "blade_contact" => Some(self.blades(json.get("active")?.as_bool()?)),
            "clock" => {
                let running = json.get("running")?.as_bool()?;
                self.run = if running { ClockRun::Running } else { ClockRun::Stopped };
                self.shown_secs = json.get("time_ms")?.as_f64()? / 1000.0;
                Some(vec![self.clock_word()])
            }
            "score" => score(json),
            "state" => {
                self.run = run_of(json.get("state")?.as_str()?)?;
                Some(vec![self.clock_word()])
            }
            "fencers" => Some(fencers(json)),
            "match" => Some(weapon(json).map(Word::Weapon).into_iter().collect()),
            _ => Some(Vec::new()),
        }
    }

    fn clock_word(&self) -> Word {
        Word::Clock(BoutClock { shown_secs: self.shown_secs, run: self.run })
    }

    fn blades(&mut self, touching: bool) -> Vec<Word> {
        let met = touching && !self.blades_touch;
        self.blades_touch = touching;
        if met { vec![Word::Signal(SignalKind::BladeContact)] } else { Vec::new() }
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

    /// After a broken link the broker sends its retained messages again, with `seq`s that were seen: they have to be
    /// read, because a lamp may have changed meanwhile.
    fn reconnected(&mut self) {
        self.seen.clear();
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

/// Piste and message of `openpiste/{piste}/{publisher}/{message}`.
fn topic_parts(topic: &str) -> Option<(&str, &str)> {
    let mut parts = topic.split('/');
    let (root, piste, publisher, kind) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let known = matches!(publisher, "apparatus" | "software" | "remote" | "var" | "scoresheet");
    (root == "openpiste" && known && !piste.is_empty()).then_some((piste, kind))
}

/// Seconds of a stamp; the top byte says which clock and is no part of the number. `None` for clocks we do not know.
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

fn score(json: &Value) -> Option<Vec<Word>> {
    let number = |side: &str, field: &str| json.get(side)?.get(field)?.as_u64();
    let points = |side| number(side, "score").and_then(|n| u16::try_from(n).ok());
    let cards = |side: &str| {
        let yellow = json.get(side).and_then(|s| s.get("yellow_card")).and_then(Value::as_bool).unwrap_or(false);
        let red = number(side, "red_cards").and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
        Cards { yellow: u8::from(yellow), red }
    };
    let priority = match json.get("priority").and_then(Value::as_str) {
        Some("L") => Some(Side::Left),
        Some("R") => Some(Side::Right),
        _ => None,
    };
    Some(vec![
        Word::Score(PerSide::new(points("left")?, points("right")?)),
        Word::Cards(PerSide::new(cards("left"), cards("right"))),
        Word::Priority(priority),
    ])
}

fn fencers(json: &Value) -> Vec<Word> {
    let text = |side: &str, field: &str| json.get(side)?.get("fencer")?.get(field)?.as_str().map(str::to_owned);
    let fencer = |side: Side| {
        let name = text(side.as_str(), "name")?;
        let nation = text(side.as_str(), "nation").unwrap_or_default();
        Some(Word::Fencer(side, FencerName { name, nation }))
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
        let arrival = Arrival { at: Timestamp::from_secs(at_secs), topic: &topic, bytes: json.as_bytes() };
        opp2.feed(arrival, &mut out);
        out.retain(|r| !matches!(r.word, Word::Piste(_)));
        out
    }

    const LIGHTS: &str = r#"{"protocol":"OPP2","version":"1.0","seq":42,"ts":1715539200123,
        "right":{"green":false,"white":true},"left":{"red":true,"white":false}}"#;

    #[test]
    fn golden_lights_and_their_repetition() {
        let mut opp2 = OpenPiste::default();
        let words: Vec<_> = read(&mut opp2, "lights", 1.0, LIGHTS).into_iter().map(|r| r.word).collect();
        assert_eq!(words, [Word::Lamps(PerSide::new(LampBits::COLOURED, LampBits::WHITE))]);
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
        let words: Vec<_> = read(&mut opp2, "score", 0.0, score).into_iter().map(|r| r.word).collect();
        let cards = PerSide::new(Cards { yellow: 1, red: 0 }, Cards { yellow: 0, red: 1 });
        assert_eq!(words, [Word::Score(PerSide::new(6, 8)), Word::Cards(cards), Word::Priority(Some(Side::Left))]);
        for nonsense in ["", "{}", "[1,2]", r#"{"right":{"green":1},"left":{}}"#] {
            assert_eq!(read(&mut opp2, "lights", 0.0, nonsense), []);
        }
        assert_eq!(opp2.tally().bad, 4);
    }

    #[test]
    fn another_piste_is_named_and_not_believed() {
        let mut opp2 = OpenPiste::new(Some("podium".into()));
        let said = read(&mut opp2, "lights", 0.0, LIGHTS);
        assert_eq!(said.into_iter().map(|r| r.word).collect::<Vec<_>>(), [Word::OtherPiste("17".into())]);
    }
}
