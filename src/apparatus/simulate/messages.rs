//! Encoders of the simulated boxes: the decoders' byte tables in reverse.
//!
//! First the boxes that repeat their whole state, then those that send each event once.

use crate::simulate::script::{Piste, ScriptEvent, Target, Timed};
use crc::{CRC_8_SMBUS, CRC_16_XMODEM, Crc, Table};
use fencing::{PerSide, Side, Weapon};
use serde_json::{Value, json};
use std::fmt::Write;

fn bcd(number: u16) -> u8 {
    let number = (number % 100) as u8;
    ((number / 10) << 4) | (number % 10)
}

fn bit(on: bool, index: u8) -> u8 {
    u8::from(on) << index
}

fn digit(on: bool) -> char {
    if on { '1' } else { '0' }
}

/// A Favero frame of ten bytes.
pub(super) fn favero(piste: &Piste, now_secs: f64) -> Vec<u8> {
    let (left, right) = (piste.lamps.left, piste.lamps.right);
    let lamps = bit(left.white, 0) | bit(right.white, 1) | bit(left.coloured, 2) | bit(right.coloured, 3);
    let clock = piste.clock_secs(now_secs) as u16;
    let mut frame =
        vec![0xFF, bcd(piste.score.right), bcd(piste.score.left), bcd(clock % 60), bcd(clock / 60), lamps, 0];
    frame.extend([u8::from(piste.is_running()), 0]);
    frame.push(frame.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)));
    frame
}

fn lamp_letters(piste: &Piste) -> String {
    let (left, right) = (piste.lamps.left, piste.lamps.right);
    let [r, g, upper, lower] = [left.coloured, right.coloured, left.white, right.white].map(digit);
    format!("R{r}G{g}W{upper}w{lower}")
}

fn clock_text(secs: f64) -> String {
    let hundredths = (secs * 100.0) as u64;
    format!("{}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
}

/// Message 1 of RS422-FPA.
pub(super) fn fpa_lamps(piste: &Piste) -> Vec<u8> {
    format!("\x01\x14{}\x04", lamp_letters(piste)).into_bytes()
}

/// Messages 4, 2 and 3.
pub(super) fn fpa_rest(piste: &Piste, now_secs: f64) -> Vec<u8> {
    let weapon = match piste.weapon {
        Weapon::Epee => '1',
        Weapon::Sabre => '2',
        Weapon::Foil => '3',
    };
    let run = if piste.is_running() { 'R' } else { 'N' };
    let clock = clock_text(piste.clock_secs(now_secs));
    let (left, right) = (piste.score.left, piste.score.right);
    let mut text = format!("\x01\x13I\x02F\x02{weapon}\x020\x020\x04\x01\x13{run}\x02 {clock}\x04");
    let _infallible = write!(text, "\x01\x13D\x02{right:2}:{left:2}\x0200000\x0200000\x02N\x02 1\x02 2 2\x04");
    text.into_bytes()
}

/// Message 20, OpenPiste's extension.
pub(super) fn fpa_blades(piste: &Piste) -> Vec<u8> {
    format!("\x01\x13BC\x02{}\x04", digit(piste.blades_touch)).into_bytes()
}

/// Saint-George's lamps.
pub(super) fn saint_george_lamps(piste: &Piste) -> Vec<u8> {
    format!("\x01\x13L{}\x04", lamp_letters(piste)).into_bytes()
}

/// One round of a real Saint-George box: score, clock, clock again, score with cards and priority, the undocumented message. It does
/// not contain the lamps.
pub(super) fn saint_george_round(piste: &Piste, now_secs: f64) -> Vec<u8> {
    let clock = piste.clock_secs(now_secs).ceil() as u64;
    let clock = format!("{:02}:{:02}", clock / 60, clock % 60);
    let (left, right) = (piste.score.left, piste.score.right);
    let mut text = format!("\x01\x13S{right:02}:{left:02}\x04\x01\x13T{clock}\x04");
    let _infallible = write!(text, "\x01\x13R_F$\x02\x100000__:{clock}.___\x04");
    let _infallible = write!(text, "\x01\x13ST\x02{right:03}:{left:03}\x020000\x020000\x023\x0200\x04");
    text.push_str("\x01\x12P?\0\x02\0AA8G\x04");
    text.into_bytes()
}

/// Skewered's state. Its CRC-8 is not published; the simulator uses the commonest one.
pub(super) fn skewered(piste: &Piste, now_secs: f64) -> Vec<u8> {
    let weapon = match piste.weapon {
        Weapon::Sabre => 0,
        Weapon::Epee => 1,
        Weapon::Foil => 2,
    };
    let code = |side: Side| u8::from(piste.lamps[side].coloured) | u8::from(piste.lamps[side].white) << 1;
    let age = |side: Side| {
        let age_ms = ((now_secs - piste.touched_at[side]) * 1000.0).clamp(0.0, 999.0) as u32;
        if code(side) == 0 { 0 } else { age_ms }
    };
    let [_, t1, t2, t3] = (age(Side::Left) << 13 | age(Side::Right) << 1).to_be_bytes();
    let clock = piste.clock_secs(now_secs) as u16;
    let mut frame = vec![0xEE, bit(piste.lockout, 1), weapon << 4 | 1];
    frame.extend([bit(piste.is_running(), 2) | (clock >> 8) as u8 & 3, clock as u8, 0]);
    frame.extend([bit(piste.blades_touch, 6), code(Side::Left) << 3 | code(Side::Right), t1, t2, t3]);
    frame.extend([piste.score.left as u8 & 0x7F, piste.score.right as u8 & 0x7F, 0]);
    frame.push(Crc::<u8, Table<1>>::new(&CRC_8_SMBUS).checksum(&frame));
    frame.push(0xFF);
    frame
}

/// The home-made box' block of lines.
pub(super) fn named_lines(piste: &Piste) -> Vec<u8> {
    let (left, right) = (piste.lamps.left, piste.lamps.right);
    let lit = [left.coloured, left.white, right.white, right.coloured].map(digit);
    let [on_a, off_a, off_b, on_b] = lit;
    let out = digit(lit.contains(&'1') && !piste.lockout);
    format!(
        "hitOnTargA : {on_a}\r\nhitOffTargA : {off_a}\r\nhitOffTargB : {off_b}\r\nhitOnTargB : {on_b}\r\nLocked Out : {out}\r\n"
    )
    .into_bytes()
}

/// A full INFO of Cyrano.
pub(super) fn cyrano(piste: &Piste, now_secs: f64) -> Vec<u8> {
    let weapon = match piste.weapon {
        Weapon::Foil => 'F',
        Weapon::Epee => 'E',
        Weapon::Sabre => 'S',
    };
    let state = if piste.is_running() { 'F' } else { 'H' };
    let fencer = |side: Side, name: &str| {
        let lamp = piste.lamps[side];
        let (score, light, white) = (piste.score[side], digit(lamp.coloured), digit(lamp.white));
        format!("|{name}|{score}|U|0|0|{light}|{white}|0|N|0|%")
    };
    let clock = clock_text(piste.clock_secs(now_secs));
    let general = format!("|EFP1.1|INFO|{}|demo|1|A32|12|1|10:30|{clock}|I|{weapon}|N|{state}||||%", piste.name);
    let (right, left) = (fencer(Side::Right, "28|P. Martin|FRA"), fencer(Side::Left, "32|B. Panini|ITA"));
    format!("{general}{right}{left}|").into_bytes()
}

/// The lines of the reference's newer firmware: the lamp at once, the log line of a touch after the lockout. `booted` is the box's
/// clock at the script's zero, in seconds.
pub(super) fn reference_box(piste: &Piste, timed: Timed, booted: f64) -> Vec<u8> {
    let since = |at: f64| ((at - piste.started_at) * 1e6).max(0.0) as u64;
    let micros = since(timed.at_secs);
    let mut text = String::new();
    match timed.what {
        ScriptEvent::Start => {
            let millis = ((timed.at_secs + booted) * 1000.0) as u64;
            let _infallible = write!(
                text,
                "SCORE:RESET\r\nPHRASE_START_MS:{millis}\r\nSTATE:RECORDING\r\nLOG:0|Phrase recording started\r\n"
            );
        }
        ScriptEvent::BladesMeet => {
            let _infallible = write!(text, "CONTACT:A0,A2\r\nLOG:{micros}|Off-Target: Blade-to-blade contact.\r\n");
        }
        ScriptEvent::Touch(side, _) => {
            let _infallible = write!(text, "SCORE:{}_ON\r\nSTATE:LOCKOUT_PERIOD\r\n", fencer_of(side));
        }
        ScriptEvent::LockoutOver => {
            for side in Side::BOTH.into_iter().filter(|side| piste.lamps[*side].coloured) {
                let outcome = if side == Side::Right { "Left scores on Right!" } else { "Right scores on Left!" };
                let _infallible = write!(text, "LOG:{}|HIT: {outcome}\r\n", since(piste.touched_at[side]));
            }
            let _infallible = write!(text, "LOG:{micros}|Phrase recording ended\r\nSTATE:DISPLAYING_RESULTS\r\n");
        }
        ScriptEvent::Dark => text.push_str("SCORE:F1_OFF\r\nSCORE:F2_OFF\r\n"),
        ScriptEvent::BladesPart => {}
    }
    text.into_bytes()
}

/// Fencer 1 is the box's left, the picture's right.
fn fencer_of(side: Side) -> &'static str {
    match side {
        Side::Right => "F1",
        Side::Left => "F2",
    }
}

/// The home-made box' letters.
pub(super) fn letters(timed: Timed) -> Vec<u8> {
    match timed.what {
        ScriptEvent::Touch(Side::Left, Target::Valid) => b"A".to_vec(),
        ScriptEvent::Touch(Side::Right, Target::Valid) => b"B".to_vec(),
        ScriptEvent::Touch(Side::Left, Target::OffTarget) => b"C".to_vec(),
        ScriptEvent::Touch(Side::Right, Target::OffTarget) => b"D".to_vec(),
        ScriptEvent::Dark => b"R".to_vec(),
        _ => Vec::new(),
    }
}

fn fight_of(what: ScriptEvent) -> Option<u8> {
    match what {
        ScriptEvent::BladesMeet => Some(3),
        ScriptEvent::Touch(Side::Left, Target::Valid) => Some(8),
        ScriptEvent::Touch(Side::Right, Target::Valid) => Some(9),
        ScriptEvent::Touch(Side::Left, Target::OffTarget) => Some(6),
        ScriptEvent::Touch(Side::Right, Target::OffTarget) => Some(7),
        _ => None,
    }
}

/// PisteLink's microcontroller; main frames are sent three times.
pub(super) fn pistelink_mcu(piste: &Piste, timed: Timed, sequence: u8) -> Vec<u8> {
    if let Some(fight) = fight_of(timed.what) {
        return format!("AT{fight}YZ").into_bytes();
    }
    let code = |side: Side| match (piste.lamps[side].coloured, piste.lamps[side].white) {
        (true, _) => 0,
        (false, true) => 2,
        (false, false) => 3,
    };
    match timed.what {
        ScriptEvent::Start => main_frame(sequence, 0x50, &[]).repeat(3),
        ScriptEvent::LockoutOver => main_frame(sequence, 0x52, &[code(Side::Left), code(Side::Right)]).repeat(3),
        _ => Vec::new(),
    }
}

fn main_frame(sequence: u8, command: u8, data: &[u8]) -> Vec<u8> {
    let mut frame = b"\x8E\x02SIM001\x01".to_vec();
    frame.extend([sequence, 0, 0, command]);
    frame.extend(data);
    frame.extend((data.len() as u16).to_be_bytes());
    let crc = Crc::<u16, Table<1>>::new(&CRC_16_XMODEM).checksum(&frame);
    frame.extend(crc.to_be_bytes());
    frame.push(0x8E);
    frame
}

/// A line of PisteLink's socket; `id` increases.
pub(super) fn pistelink_line(kind: &str, payload: &Value, id: u64, now_secs: f64) -> Vec<u8> {
    let message = json!({ "v": 1, "type": kind, "id": id, "ts": epoch_millis(now_secs), "payload": payload });
    format!("{message}\n").into_bytes()
}

/// PisteLink's backend.
pub(super) fn pistelink(piste: &Piste, timed: Timed, id: u64) -> Vec<u8> {
    let ts = epoch_millis(timed.at_secs);
    let say = |kind: &str, payload: Value| pistelink_line(kind, &payload, id, timed.at_secs);
    if let Some(fight) = fight_of(timed.what) {
        return say("signal", json!({ "fight": fight, "source": "hit", "signal_ts": ts, "terminal": false }));
    }
    match timed.what {
        ScriptEvent::Start => say("match_begin_ack", json!({ "begin_ts": ts })),
        ScriptEvent::LockoutOver => {
            let lit = piste.lamps.map(|lamp| lamp.coloured);
            let lights = json!({ "A": lit.left, "B": lit.right });
            say("signal", json!({ "source": "light", "signal_ts": ts, "terminal": true, "final_lights": lights }))
        }
        _ => Vec::new(),
    }
}

/// The simulated wall clock: an arbitrary fixed day.
fn epoch_millis(secs: f64) -> u64 {
    1_790_000_000_000 + (secs * 1000.0) as u64
}

/// OPP2 messages of an event: last topic segment and JSON. Timestamps count from boot, as a box without NTP sends them.
pub(super) fn openpiste(piste: &Piste, timed: Timed, seq: u64) -> Vec<(&'static str, Vec<u8>)> {
    let ts = 1u64 << 56 | ((timed.at_secs + 5.0) * 1000.0) as u64;
    let head = |mut body: Value| {
        body["protocol"] = json!("OPP2");
        body["version"] = json!("1.0");
        body["ts"] = json!(ts);
        body.to_string().into_bytes()
    };
    let lights = || {
        let PerSide { left, right } = piste.lamps;
        let (left, right) = (
            json!({ "red": left.coloured, "white": left.white }),
            json!({ "green": right.coloured, "white": right.white }),
        );
        ("lights", head(json!({ "seq": seq, "right": right, "left": left })))
    };
    let clock = || {
        let millis = (piste.clock_secs(timed.at_secs) * 1000.0) as u64;
        ("clock", head(json!({ "running": piste.is_running(), "time_ms": millis, "time": "0:00" })))
    };
    match timed.what {
        ScriptEvent::Start => vec![clock()],
        ScriptEvent::BladesMeet | ScriptEvent::BladesPart => {
            vec![("blade_contact", head(json!({ "active": piste.blades_touch })))]
        }
        ScriptEvent::Touch(..) => vec![lights(), clock()],
        ScriptEvent::LockoutOver => Vec::new(),
        ScriptEvent::Dark => vec![lights(), ("score", head(openpiste_score(piste, seq + 1)))],
    }
}

fn openpiste_score(piste: &Piste, seq: u64) -> Value {
    let fencer = |side: Side| json!({ "score": piste.score[side], "status": "U", "yellow_card": false, "red_cards": 0, "black_card": false });
    json!({ "seq": seq, "right": fencer(Side::Right), "left": fencer(Side::Left), "priority": "N" })
}
