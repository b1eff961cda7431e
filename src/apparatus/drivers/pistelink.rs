//! PisteLink's AI socket, version 1.1: newline-delimited JSON over a Unix socket on which this program is the server.
//!
//! Envelope: `v` = 1, `type`, `id` (counts up), `ts` (epoch ms), `payload`. At most 64 KiB a line; a bad line is dropped and
//! the link kept; unknown types and fields are ignored.
//!
//! | backend sends | meaning here |
//! |---|---|
//! | `hello {protocol_v}` | `hello_ack` at once; another version ends the session |
//! | `ping` | `pong {ref_id}` at once |
//! | `match_pre_start {weapon 1 foil 2 épée 3 sabre, side_map {A, B}}` | weapon, which side A is |
//! | `match_begin_ack {begin_ts}` | the phrase starts |
//! | `signal {fight, signal_ts, terminal: false}` | a touch or a blade contact |
//! | `signal {terminal: true, final_lights {A, B}}` | the phrase ends, these coloured lamps count; the white ones as signalled before |
//! | `match_cancel` | the phrase is cancelled |
//!
//! This driver listens: `camera_ready`, `camera_error` and `match_result` are not sent. The only requests to an apparatus here are
//! start and cancel; a result would also need an MP4 in the backend's own folder of the match, where this program writes
//! nothing. The backend uses its lamps when its time is up.
//!
//! Sends `ping` after 2 s of silence and closes the link after 6 s. `signal_ts` is the backend's receive time: the microcontroller
//! has no clock, so the uncertainty is the serial line's and the backend's scheduling.
//!
//! The numbers of PisteLink's microcontroller events (`fight` 1 to 9), shared by both drivers:
//!
//! | number | meaning |
//! |---|---|
//! | 1, 2 | hit on the guard of A, B: counts for nothing |
//! | 3 | the blades met |
//! | 4, 5 | épée: hit on the ground by A, B: counts for nothing |
//! | 6, 7 | foil: off-target touch by A, B |
//! | 8, 9 | A scores, B scores (a double is both, one after the other) |
//!
//! A is the left fencer unless `side_map` says otherwise. That 6 is A's own touch, not one on him, follows the order of the
//! other pairs; it was never verified on a real box.

use crate::clock_offset::DelayFloor;
use crate::decoder::{Arrival, Decoder, LampBits, Outbox, Reading, Report, Stamp, Tally};
use crate::drivers::framing::{Line, Lines};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalKind, Weapon};
use serde_json::{Value, json};

const MAX_LINE: usize = 64 * 1024;
const PROTOCOL: u64 = 1;
const PING_AFTER_SECS: f64 = 2.0;
const DEAD_AFTER_SECS: f64 = 6.0;
/// Serial line, backend's event loop, socket.
const UNCERTAINTY_SECS: f64 = 0.020;

/// Decoder and responder of the AI socket.
#[derive(Debug)]
pub struct PisteLink {
    tally: Tally,
    lines: Lines,
    clock: DelayFloor,
    side_of_a: Side,
    /// Whose white lamp was signalled in this phrase: the final lights do not include white ones.
    off_target: PerSide<bool>,
    greeted: bool,
    refused: bool,
    last_received: Option<Timestamp>,
    last_ping: Option<Timestamp>,
    next_id: u64,
    answers: Outbox,
}

impl Default for PisteLink {
    fn default() -> Self {
        Self {
            tally: Tally::default(),
            lines: Lines::up_to(MAX_LINE),
            clock: DelayFloor::default(),
            side_of_a: Side::Left,
            off_target: PerSide::default(),
            greeted: false,
            refused: false,
            last_received: None,
            last_ping: None,
            next_id: 0,
            answers: Vec::new(),
        }
    }
}

impl PisteLink {
    /// Whether the backend has sent hello in a supported version.
    pub fn is_greeted(&self) -> bool {
        self.greeted
    }

    fn line(&mut self, line: &[u8], received: Timestamp) -> Option<Vec<Reading>> {
        let message: Value = serde_json::from_slice(line).ok()?;
        if message.get("v").and_then(Value::as_u64) != Some(PROTOCOL) {
            return None;
        }
        let kind = message.get("type")?.as_str()?;
        let sent = message.get("ts").and_then(Value::as_f64).map(|ms| ms / 1000.0);
        let (at, _) = sent.map_or((received, 0.0), |secs| self.clock.place(secs, received));
        let stamp = Stamp { at, uncertainty_secs: UNCERTAINTY_SECS };
        let payload = message.get("payload").unwrap_or(&Value::Null);
        let id = message.get("id").and_then(Value::as_u64);
        Some(self.message(kind, payload, id, stamp, received))
    }

    fn message(
        &mut self,
        kind: &str,
        payload: &Value,
        id: Option<u64>,
        stamp: Stamp,
        received: Timestamp,
    ) -> Vec<Reading> {
        match kind {
            "hello" => self.hello(payload, received),
            "ping" => self.answer("pong", &json!({ "ref_id": id }), received),
            "match_pre_start" => return self.pre_start(payload, stamp),
            "match_begin_ack" => {
                self.off_target = PerSide::default();
                let stamp = self.stamp_of(payload.get("begin_ts"), stamp, received);
                return vec![stamp.reading(Report::Signal(SignalKind::PhraseStart))];
            }
            "signal" => {
                let stamp = self.stamp_of(payload.get("signal_ts"), stamp, received);
                return self.signal(payload).into_iter().map(|report| stamp.reading(report)).collect();
            }
            "match_cancel" => {
                self.off_target = PerSide::default();
                return vec![stamp.reading(Report::Signal(SignalKind::Cancelled))];
            }
            _ => {}
        }
        Vec::new()
    }

    fn stamp_of(&self, millis: Option<&Value>, otherwise: Stamp, received: Timestamp) -> Stamp {
        let Some(millis) = millis.and_then(Value::as_f64) else { return otherwise };
        let (at, _) = self.clock.host_time(millis / 1000.0, received);
        Stamp { at, uncertainty_secs: UNCERTAINTY_SECS }
    }

    fn hello(&mut self, payload: &Value, received: Timestamp) {
        self.refused = payload.get("protocol_v").and_then(Value::as_u64).is_some_and(|v| v != PROTOCOL);
        self.greeted = !self.refused;
        let version = env!("CARGO_PKG_VERSION");
        let payload = json!({ "role": "ai", "app": "referee", "version": version, "protocol_v": PROTOCOL });
        self.answer("hello_ack", &payload, received);
    }

    fn pre_start(&mut self, payload: &Value, stamp: Stamp) -> Vec<Reading> {
        if let Some(side) = payload.get("side_map").and_then(|m| m.get("A")).and_then(Value::as_str) {
            self.side_of_a = if side == "right" { Side::Right } else { Side::Left };
        }
        let weapon = match payload.get("weapon").and_then(Value::as_u64) {
            Some(1) => Weapon::Foil,
            Some(2) => Weapon::Epee,
            Some(3) => Weapon::Sabre,
            _ => return Vec::new(),
        };
        vec![stamp.reading(Report::Weapon(weapon))]
    }

    fn signal(&mut self, payload: &Value) -> Vec<Report> {
        if payload.get("terminal").and_then(Value::as_bool) != Some(true) {
            let fight = payload.get("fight").and_then(Value::as_u64).unwrap_or(0);
            let signal = signal_of(fight, self.side_of_a);
            if let Some(SignalKind::Lamp { side, lamp: Lamp::OffTarget }) = signal {
                self.off_target[side] = true;
            }
            return signal.map(Report::Signal).into_iter().collect();
        }
        let lit = |name: &str| payload.get("final_lights").and_then(|l| l.get(name)).is_some_and(is_lit);
        let (a, b) = (lit("A"), lit("B"));
        let off_target = std::mem::take(&mut self.off_target);
        let lamps = PerSide::from_fn(|side| match if side == self.side_of_a { a } else { b } {
            true => LampBits::COLOURED,
            false if off_target[side] => LampBits::WHITE,
            false => LampBits::default(),
        });
        vec![Report::FinalLamps(lamps), Report::Signal(SignalKind::PhraseEnd)]
    }

    fn answer(&mut self, kind: &str, payload: &Value, now: Timestamp) {
        let ts = self.clock.sender_secs(now).map_or(0, |secs| (secs * 1000.0) as u64);
        let message = json!({ "v": PROTOCOL, "type": kind, "id": self.next_id, "ts": ts, "payload": payload });
        self.next_id += 1;
        self.answers.push(format!("{message}\n").into_bytes());
    }
}

impl Decoder for PisteLink {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        self.last_received = Some(arrival.at);
        for byte in arrival.bytes {
            let Some(line) = self.lines.push(*byte) else { continue };
            let output = match &line {
                Line::Whole(line, length) => self.line(line, arrival.at).map(|output| (*length, output)),
                Line::Overlong => None,
            };
            match output {
                Some((length, output)) => {
                    self.tally.good_frame(length);
                    out.extend(output);
                }
                None => self.tally.bad += 1,
            }
        }
    }

    fn poll(&mut self, now: Timestamp, outbox: &mut Outbox) {
        let quiet = |since: Option<Timestamp>| since.is_none_or(|s| now.secs_since(s) > PING_AFTER_SECS);
        if self.greeted && quiet(self.last_received) && quiet(self.last_ping) {
            self.last_ping = Some(now);
            self.answer("ping", &json!({}), now);
        }
        outbox.append(&mut self.answers);
    }

    fn reconnected(&mut self) {
        self.lines.clear();
        self.answers.clear();
        self.greeted = false;
        self.refused = false;
        self.last_received = None;
        self.next_id = 0;
    }

    fn tally(&self) -> Tally {
        self.tally
    }

    fn has_timed_out(&self, now: Timestamp) -> bool {
        self.refused || self.last_received.is_some_and(|last| now.secs_since(last) > DEAD_AFTER_SECS)
    }
}

/// `true`, `1` and the microcontroller's code 0 as `"lit"` are all documented somewhere; anything else is dark.
fn is_lit(value: &Value) -> bool {
    value.as_bool().unwrap_or(false) || value.as_u64() == Some(1) || value.as_str() == Some("lit")
}

/// The signal of a `fight` number; `None` for numbers without meaning for a phrase and unknown ones.
pub(super) fn signal_of(fight: u64, side_of_a: Side) -> Option<SignalKind> {
    let (a, b) = (side_of_a, side_of_a.opponent());
    match fight {
        3 => Some(SignalKind::BladeContact),
        6 => Some(SignalKind::Lamp { side: a, lamp: Lamp::OffTarget }),
        7 => Some(SignalKind::Lamp { side: b, lamp: Lamp::OffTarget }),
        8 => Some(SignalKind::Lamp { side: a, lamp: Lamp::Valid }),
        9 => Some(SignalKind::Lamp { side: b, lamp: Lamp::Valid }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::reports;

    fn say(kind: &str, payload: &Value) -> Vec<u8> {
        format!("{}\n", json!({"v": 1, "type": kind, "id": 7, "ts": 1_000_000, "payload": payload})).into_bytes()
    }

    fn sent(link: &mut PisteLink, now_secs: f64) -> Vec<Value> {
        let mut outbox = Vec::new();
        link.poll(Timestamp::from_secs(now_secs), &mut outbox);
        outbox.iter().map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    #[test]
    fn hello_ping_and_silence() {
        let mut link = PisteLink::default();
        reports(&mut link, &say("hello", &json!({"role": "backend", "protocol_v": 1})));
        reports(&mut link, &say("ping", &json!({})));
        let answers = sent(&mut link, 0.1);
        assert_eq!(answers[0]["type"], "hello_ack");
        assert_eq!((&answers[1]["type"], &answers[1]["payload"]["ref_id"]), (&json!("pong"), &json!(7)));
        assert_eq!((&answers[0]["id"], &answers[1]["id"]), (&json!(0), &json!(1)));
        assert_eq!(sent(&mut link, 1.0), [Value::Null; 0]);
        assert_eq!(sent(&mut link, 2.5)[0]["type"], "ping");
        assert!(!link.has_timed_out(Timestamp::from_secs(5.0)) && link.has_timed_out(Timestamp::from_secs(6.5)));
    }

    #[test]
    fn another_version_is_refused() {
        let mut link = PisteLink::default();
        reports(&mut link, &say("hello", &json!({"protocol_v": 2})));
        assert!(link.has_timed_out(Timestamp::ZERO) && !link.is_greeted());
    }

    #[test]
    fn a_phrase_with_exchanged_sides() {
        let mut link = PisteLink::default();
        let mut wire = say("match_pre_start", &json!({"weapon": 1, "side_map": {"A": "right", "B": "left"}}));
        wire.extend(say("match_begin_ack", &json!({"begin_ts": 1_000_000})));
        wire.extend(say("signal", &json!({"fight": 3, "source": "hit", "terminal": false})));
        wire.extend(say("signal", &json!({"fight": 8, "source": "hit", "terminal": false})));
        wire.extend(say("signal", &json!({"terminal": true, "final_lights": {"A": true, "B": false}})));
        assert_eq!(
            reports(&mut link, &wire),
            [
                Report::Weapon(Weapon::Foil),
                Report::Signal(SignalKind::PhraseStart),
                Report::Signal(SignalKind::BladeContact),
                Report::Signal(SignalKind::Lamp { side: Side::Right, lamp: Lamp::Valid }),
                Report::FinalLamps(PerSide::new(LampBits::default(), LampBits::COLOURED)),
                Report::Signal(SignalKind::PhraseEnd),
            ]
        );
    }

    #[test]
    fn an_off_target_lamp_stands_though_the_end_knows_coloured_ones_only() {
        let mut link = PisteLink::default();
        let finals = |link: &mut PisteLink, fights: &[u64]| {
            let mut wire = say("match_begin_ack", &json!({}));
            for fight in fights {
                wire.extend(say("signal", &json!({"fight": fight, "terminal": false})));
            }
            wire.extend(say("signal", &json!({"terminal": true, "final_lights": {"A": false, "B": true}})));
            let output = reports(link, &wire);
            output
                .into_iter()
                .find_map(|report| if let Report::FinalLamps(lamps) = report { Some(lamps) } else { None })
        };
        let expected = |left| Some(PerSide::new(left, LampBits::COLOURED));
        assert_eq!(finals(&mut link, &[6, 9]), expected(LampBits::WHITE));
        assert_eq!(finals(&mut link, &[9]), expected(LampBits::default()), "the next phrase begins dark");
        assert_eq!(finals(&mut link, &[7, 9]), expected(LampBits::default()), "what became a touch is one");
    }

    #[test]
    fn bad_and_overlong_lines_are_dropped_and_the_link_is_kept() {
        let mut link = PisteLink::default();
        let mut wire = b"{nonsense\n".to_vec();
        wire.extend(vec![b'x'; MAX_LINE + 10]);
        wire.push(b'\n');
        wire.extend(say("something_new", &json!({"field": 1})));
        wire.extend(say("match_cancel", &json!({})));
        assert_eq!(reports(&mut link, &wire), [Report::Signal(SignalKind::Cancelled)]);
        assert_eq!((link.tally().good, link.tally().bad), (2, 2));
    }
}
