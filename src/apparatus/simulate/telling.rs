//! How boxes that tell what happens, once, put it into bytes.

use super::{
    piste::Piste,
    script::{Happening, Target, Timed},
};
use crc::{CRC_16_XMODEM, Crc, Table};
use fencing::{PerSide, Side};
use serde_json::{Value, json};
use std::fmt::Write;

/// The lines of the reference's newer firmware: the lamp at once, the log line of a touch after the window. `booted` is
/// the box's clock at the script's zero, in seconds.
pub(super) fn reference_box(piste: &Piste, timed: Timed, booted: f64) -> Vec<u8> {
    let since = |at: f64| ((at - piste.started_at) * 1e6).max(0.0) as u64;
    let micros = since(timed.at_secs);
    let mut text = String::new();
    match timed.what {
        Happening::Start => {
            let millis = ((timed.at_secs + booted) * 1000.0) as u64;
            let _infallible = write!(
                text,
                "SCORE:RESET\r\nPHRASE_START_MS:{millis}\r\nSTATE:RECORDING\r\nLOG:0|Phrase recording started\r\n"
            );
        }
        Happening::BladesMeet => {
            let _infallible = write!(text, "CONTACT:A0,A2\r\nLOG:{micros}|Off-Target: Blade-to-blade contact.\r\n");
        }
        Happening::Touch(side, _) => {
            let _infallible = write!(text, "SCORE:{}_ON\r\nSTATE:LOCKOUT_PERIOD\r\n", fencer_of(side));
        }
        Happening::LockoutOver => {
            for side in Side::BOTH.into_iter().filter(|side| piste.lamps[*side].coloured) {
                let words = if side == Side::Right { "Left scores on Right!" } else { "Right scores on Left!" };
                let _infallible = write!(text, "LOG:{}|HIT: {words}\r\n", since(piste.touched_at[side]));
            }
            let _infallible = write!(text, "LOG:{micros}|Phrase recording ended\r\nSTATE:DISPLAYING_RESULTS\r\n");
        }
        Happening::Dark => text.push_str("SCORE:F1_OFF\r\nSCORE:F2_OFF\r\n"),
        Happening::BladesPart => {}
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
        Happening::Touch(Side::Left, Target::Valid) => b"A".to_vec(),
        Happening::Touch(Side::Right, Target::Valid) => b"B".to_vec(),
        Happening::Touch(Side::Left, Target::OffTarget) => b"C".to_vec(),
        Happening::Touch(Side::Right, Target::OffTarget) => b"D".to_vec(),
        Happening::Dark => b"R".to_vec(),
        _ => Vec::new(),
    }
}

fn fight_of(what: Happening) -> Option<u8> {
    match what {
        Happening::BladesMeet => Some(3),
        Happening::Touch(Side::Left, Target::Valid) => Some(8),
        Happening::Touch(Side::Right, Target::Valid) => Some(9),
        Happening::Touch(Side::Left, Target::OffTarget) => Some(6),
        Happening::Touch(Side::Right, Target::OffTarget) => Some(7),
        _ => None,
    }
}

/// PisteLink's microcontroller; main frames go out three times.
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
        Happening::Start => main_frame(sequence, 0x50, &[]).repeat(3),
        Happening::LockoutOver => main_frame(sequence, 0x52, &[code(Side::Left), code(Side::Right)]).repeat(3),
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

/// A line of PisteLink's socket; `id` counts up.
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
        Happening::Start => say("match_begin_ack", json!({ "begin_ts": ts })),
        Happening::LockoutOver => {
            let lit = piste.lamps.map(|lamp| lamp.coloured);
            let lights = json!({ "A": lit.left, "B": lit.right });
            say("signal", json!({ "source": "light", "signal_ts": ts, "terminal": true, "final_lights": lights }))
        }
        _ => Vec::new(),
    }
}

/// The simulated wall clock: any fixed day will do.
fn epoch_millis(secs: f64) -> u64 {
    1_790_000_000_000 + (secs * 1000.0) as u64
}

/// OPP2 messages of a happening: last topic segment and JSON. Stamps count from boot, as a box without NTP sends them.
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
        Happening::Start => vec![clock()],
        Happening::BladesMeet | Happening::BladesPart => {
            vec![("blade_contact", head(json!({ "active": piste.blades_touch })))]
        }
        Happening::Touch(..) => vec![lights(), clock()],
        Happening::LockoutOver => Vec::new(),
        Happening::Dark => vec![lights(), ("score", head(openpiste_score(piste, seq + 1)))],
    }
}

fn openpiste_score(piste: &Piste, seq: u64) -> Value {
    let fencer = |side: Side| json!({ "score": piste.score[side], "status": "U", "yellow_card": false, "red_cards": 0, "black_card": false });
    json!({ "seq": seq, "right": fencer(Side::Right), "left": fencer(Side::Left), "priority": "N" })
}
