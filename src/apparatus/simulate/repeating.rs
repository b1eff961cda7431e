//! How boxes that repeat their whole state put it into bytes (the readers' byte tables, the other way round).

use super::piste::Piste;
use crc::{CRC_8_SMBUS, Crc, Table};
use fencing::{Side, Weapon};
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

/// Ten bytes of Favero.
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

/// One round of a real Saint-George box: score, clock, clock again, score with cards and priority, the unknown message. The
/// lamps are not in it.
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

/// Skewered's state. The CRC-8 is not published; the simulator's is the commonest one.
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
