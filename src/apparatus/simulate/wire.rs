//! A simulated box: the script's events and the box's own repetitions, as bytes with the time at which they are complete.
//! [`BadWire`] garbles, loses and inserts bytes, determined by a seed.

use crate::protocol::Protocol;
use crate::simulate::messages;
use crate::simulate::script::{Piste, Script, ScriptEvent, ScriptSettings, Timed};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::collections::VecDeque;

/// How long a box that repeats its state continues after the last phrase, in seconds.
const TAIL_SECS: f64 = 2.0;
/// The reference box's clock at the script's zero, in seconds.
pub(super) const BOOT_OFFSET_SECS: f64 = 18.0;

/// A simulated box.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulationSettings {
    /// Its protocol.
    pub protocol: Protocol,
    /// The phrases.
    pub script: ScriptSettings,
    /// Faults of the wire.
    pub faults: Faults,
    /// Name of its piste, where the protocol has one.
    pub piste: String,
    /// Repetition interval of its state, in seconds; `None` for the protocol's own. A real Saint-George box sends its lamps on change
    /// only; with an interval it repeats them too.
    pub repeat_secs: Option<f64>,
}

impl SimulationSettings {
    /// One phrase of sabre on a good wire, piste 1.
    pub fn of(protocol: Protocol) -> Self {
        let script = ScriptSettings::default();
        Self { protocol, script, faults: Faults::default(), piste: "1".into(), repeat_secs: None }
    }
}

/// Bytes sent by the box.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// When the last of them was sent, in seconds from the script's start.
    pub at_secs: f64,
    /// MQTT topic; empty elsewhere.
    pub topic: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Iterator over the messages of a simulated box, earliest first.
#[derive(Clone, Debug)]
pub struct SimulatedBox {
    protocol: Protocol,
    script: Script,
    pending: VecDeque<Timed>,
    piste: Piste,
    wire: BadWire,
    repeat_secs: Option<f64>,
    repeats_lamps: bool,
    next_repeat: f64,
    count: u64,
    queue: VecDeque<Sent>,
    ends_at: Option<f64>,
}

impl SimulatedBox {
    /// A box before its first message.
    pub fn new(settings: &SimulationSettings) -> Self {
        Self {
            protocol: settings.protocol,
            script: Script::new(settings.script),
            pending: VecDeque::new(),
            piste: Piste::new(&settings.piste, settings.script.weapon),
            wire: BadWire::new(settings.faults, settings.script.seed),
            repeat_secs: settings.repeat_secs.or_else(|| default_repeat(settings.protocol)),
            repeats_lamps: settings.repeat_secs.is_some(),
            next_repeat: 0.0,
            count: 0,
            queue: VecDeque::new(),
            ends_at: None,
        }
        .with_greeting()
    }

    /// Adds what is sent before the first event.
    fn with_greeting(mut self) -> Self {
        match self.protocol {
            Protocol::PisteLink => {
                let hello = json!({ "role": "backend", "app": "simulator", "version": "1", "protocol_v": 1 });
                let weapon = match self.piste.weapon {
                    fencing::Weapon::Foil => 1,
                    fencing::Weapon::Epee => 2,
                    fencing::Weapon::Sabre => 3,
                };
                let sides = json!({ "weapon": weapon, "sensor": 0, "side_map": { "A": "left", "B": "right" } });
                self.send(0.0, String::new(), &messages::pistelink_line("hello", &hello, 0, 0.0));
                self.send(0.0, String::new(), &messages::pistelink_line("match_pre_start", &sides, 1, 0.0));
                self.count = 2;
            }
            Protocol::ReferenceBox => self.send(0.0, String::new(), b"STATE:WAITING_FOR_COMMAND\r\n"),
            Protocol::SaintGeorge => self.send(0.0, String::new(), &messages::saint_george_lamps(&self.piste)),
            Protocol::Cyrano => self.send(0.0, String::new(), &messages::cyrano(&self.piste, 0.0)),
            Protocol::OpenPiste => self.openpiste(Timed { at_secs: 0.0, what: ScriptEvent::Dark }),
            _ => {}
        }
        self
    }

    /// One step: a repetition or an event, whichever is earlier. `false` at the end.
    fn step(&mut self) -> bool {
        if self.pending.is_empty() {
            self.pending.extend(self.script.next().unwrap_or_default());
        }
        let happening = self.pending.front().map(|timed| timed.at_secs);
        let horizon = happening.or(self.ends_at).unwrap_or(0.0);
        match self.repeat_secs {
            Some(every) if self.next_repeat < horizon => {
                let now = self.next_repeat;
                self.next_repeat += every;
                self.repeat(now);
            }
            _ => {
                let Some(timed) = self.pending.pop_front() else { return false };
                self.ends_at = Some(timed.at_secs + TAIL_SECS);
                self.piste.apply(timed);
                self.emit(timed);
            }
        }
        true
    }

    fn repeat(&mut self, now: f64) {
        let piste = &self.piste;
        let bytes = match self.protocol {
            Protocol::Favero => messages::favero(piste, now),
            Protocol::Fpa => [messages::fpa_lamps(piste), messages::fpa_rest(piste, now)].concat(),
            Protocol::SaintGeorge if self.repeats_lamps => {
                [messages::saint_george_lamps(piste), messages::saint_george_round(piste, now)].concat()
            }
            Protocol::SaintGeorge => messages::saint_george_round(piste, now),
            Protocol::Skewered => messages::skewered(piste, now),
            Protocol::NamedLines => messages::named_lines(piste),
            Protocol::Cyrano if piste.is_running() => messages::cyrano(piste, now),
            _ => return,
        };
        self.send(now, String::new(), &bytes);
    }

    fn emit(&mut self, timed: Timed) {
        self.count += 1;
        let lamps_change = matches!(timed.what, ScriptEvent::Touch(..) | ScriptEvent::Dark);
        let blades_change = matches!(timed.what, ScriptEvent::BladesMeet | ScriptEvent::BladesPart);
        let piste = &self.piste;
        let bytes = match self.protocol {
            Protocol::ReferenceBox => messages::reference_box(piste, timed, BOOT_OFFSET_SECS),
            Protocol::Letters => messages::letters(timed),
            Protocol::PisteLink => messages::pistelink(piste, timed, self.count),
            Protocol::PisteLinkMcu => messages::pistelink_mcu(piste, timed, self.count as u8),
            Protocol::Fpa if lamps_change => messages::fpa_lamps(piste),
            Protocol::Fpa if blades_change => messages::fpa_blades(piste),
            Protocol::SaintGeorge if lamps_change => messages::saint_george_lamps(piste),
            Protocol::NamedLines if lamps_change => messages::named_lines(piste),
            Protocol::Cyrano if !blades_change => messages::cyrano(piste, timed.at_secs),
            Protocol::OpenPiste => return self.openpiste(timed),
            _ => return,
        };
        self.send(timed.at_secs, String::new(), &bytes);
    }

    fn openpiste(&mut self, timed: Timed) {
        self.count += 2;
        for (kind, json) in messages::openpiste(&self.piste, timed, self.count) {
            let topic = format!("openpiste/{}/apparatus/{kind}", self.piste.name);
            self.send(timed.at_secs, topic, &json);
        }
    }

    fn send(&mut self, at_secs: f64, topic: String, bytes: &[u8]) {
        let wire_secs = self.protocol.baud().map_or(0.0, |baud| bytes.len() as f64 * 10.0 / f64::from(baud));
        let bytes = self.wire.carry(bytes);
        if !bytes.is_empty() {
            self.queue.push_back(Sent { at_secs: at_secs + wire_secs, topic, bytes });
        }
    }
}

impl Iterator for SimulatedBox {
    type Item = Sent;

    fn next(&mut self) -> Option<Sent> {
        while self.queue.is_empty() {
            if !self.step() {
                return None;
            }
        }
        self.queue.pop_front()
    }
}

/// Two boxes on one wire or network: both streams in time order.
pub fn both(one: SimulatedBox, other: SimulatedBox) -> Vec<Sent> {
    let mut all: Vec<Sent> = one.chain(other).collect();
    all.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
    all
}

/// Repetition interval of a protocol; from the documents of [`crate::drivers`], otherwise a guess.
fn default_repeat(protocol: Protocol) -> Option<f64> {
    match protocol {
        Protocol::Favero => Some(10.0 * 10.0 / 2400.0),
        Protocol::Fpa => Some(1.2),
        // One round after the other, as in the recording of a real box: 87 bytes at 9600.
        Protocol::SaintGeorge => Some(0.1),
        Protocol::Skewered => Some(0.005),
        Protocol::NamedLines => Some(0.05),
        Protocol::Cyrano => Some(1.0),
        _ => None,
    }
}

/// Faults of the wire. All rates are per byte, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// Bytes replaced by another one.
    pub garbled: f64,
    /// Bytes that never arrive.
    pub lost: f64,
    /// Bytes inserted between two others.
    pub noise: f64,
    /// The receiver samples at another rate: every byte is changed.
    pub wrong_baud: WrongBaud,
}

/// Whether the baud rate is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WrongBaud {
    /// It is right.
    #[default]
    No,
    /// It is wrong.
    Yes,
}

/// A faulty wire.
#[derive(Clone, Debug)]
pub struct BadWire {
    faults: Faults,
    random: ChaCha8Rng,
}

impl BadWire {
    /// A wire whose faults are determined by a seed.
    pub fn new(faults: Faults, seed: u64) -> Self {
        Self { faults, random: ChaCha8Rng::seed_from_u64(seed ^ 0x0BAD_3143) }
    }

    /// What the receiver gets of `bytes`.
    pub fn carry(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if self.hits(self.faults.noise) {
                out.push(self.random.random());
            }
            if self.hits(self.faults.lost) {
                continue;
            }
            out.push(self.damaged(*byte));
        }
        out
    }

    fn damaged(&mut self, byte: u8) -> u8 {
        if self.faults.wrong_baud == WrongBaud::Yes {
            return byte.rotate_left(3) ^ self.random.random::<u8>();
        }
        if self.hits(self.faults.garbled) { byte ^ self.random.random_range(1..=255u8) } else { byte }
    }

    fn hits(&mut self, rate: f64) -> bool {
        rate > 0.0 && self.random.random_bool(rate.min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_strike_as_often_as_they_should() {
        let bytes = vec![0x55u8; 100_000];
        let garbled = BadWire::new(Faults { garbled: 0.01, ..Faults::default() }, 1).carry(&bytes);
        let wrong = garbled.iter().filter(|b| **b != 0x55).count();
        assert!(garbled.len() == bytes.len() && (850..1150).contains(&wrong), "{wrong}");
        let lost = BadWire::new(Faults { lost: 0.01, ..Faults::default() }, 1).carry(&bytes);
        assert!((98_850..99_150).contains(&lost.len()));
        assert_eq!(BadWire::new(Faults::default(), 1).carry(&bytes), bytes);
    }
}
