//! Tests from simulator to decoder in memory: every protocol reports what happened, also over faulty wires.

use super::*;
use crate::{Translator, event::Fact, protocol::Protocol, settings::DecoderSettings};
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalKind, Weapon};

/// What a lossless decoder must report: each touch, with its time.
fn touches(settings: ScriptSettings) -> Vec<(f64, Side)> {
    let touch = |t: Timed| if let ScriptEvent::Touch(side, _) = t.what { Some((t.at_secs, side)) } else { None };
    Script::new(settings).flatten().filter_map(touch).collect()
}

struct Decoded {
    touches: Vec<(f64, Side)>,
    contacts: usize,
}

fn decode(settings: &SimulationSettings) -> Decoded {
    let decoder = DecoderSettings { weapon: settings.script.weapon, ..DecoderSettings::default() };
    let mut translator = Translator::new(settings.protocol, &decoder);
    let mut decoded = Decoded { touches: Vec::new(), contacts: 0 };
    for sent in SimulatedBox::new(settings) {
        for event in translator.feed(Timestamp::from_secs(sent.at_secs), &sent.topic, &sent.bytes) {
            match event.fact {
                Fact::Signal(SignalKind::Lamp { side, lamp: Lamp::Valid | Lamp::OffTarget }) => {
                    decoded.touches.push((event.at.secs(), side));
                }
                Fact::Signal(SignalKind::BladeContact) => decoded.contacts += 1,
                _ => {}
            }
        }
    }
    decoded
}

/// For each true touch whether some lamp of that side lit within `window_secs` after it.
fn lost(truth: &[(f64, Side)], decoded: &[(f64, Side)], window_secs: f64) -> usize {
    let found = |(at, side): &(f64, Side)| {
        let from = decoded.partition_point(|(h, _)| *h < at - 0.2);
        decoded[from..].iter().take_while(|(h, _)| *h < at + window_secs).any(|(_, s)| s == side)
    };
    truth.iter().filter(|touch| !found(touch)).count()
}

#[test]
fn on_a_good_wire_every_protocol_says_every_touch_once_and_in_time() {
    for protocol in Protocol::ALL {
        for weapon in Weapon::ALL {
            let mut settings = SimulationSettings::of(protocol);
            settings.script = ScriptSettings { phrases: 40, seed: 3, weapon, ..settings.script };
            let truth = touches(settings.script);
            if protocol == Protocol::ReferenceBox && weapon == Weapon::Foil {
                continue; // the reference box has no off-target lamp
            }
            let mut decoded = decode(&settings);
            decoded.touches.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert_eq!(decoded.touches.len(), truth.len(), "{protocol} {weapon:?}");
            assert_eq!(lost(&truth, &decoded.touches, 0.1), 0, "{protocol} {weapon:?}");
        }
    }
}

#[test]
fn boxes_that_feel_the_blades_say_so() {
    let script = ScriptSettings { phrases: 40, seed: 5, ..ScriptSettings::default() };
    let truth = Script::new(script).flatten().filter(|t| t.what == ScriptEvent::BladesMeet).count();
    for protocol in [
        Protocol::ReferenceBox,
        Protocol::Fpa,
        Protocol::OpenPiste,
        Protocol::Skewered,
        Protocol::PisteLink,
        Protocol::PisteLinkMcu,
    ] {
        let mut settings = SimulationSettings::of(protocol);
        settings.script = script;
        let decoded = decode(&settings).contacts;
        // Two contacts closer than the repetition of the state are one.
        assert!(decoded <= truth && decoded + truth / 20 >= truth, "{protocol}: {decoded} of {truth}");
    }
}

/// Robustness: 10,000 touches with one byte in a hundred garbled, and no lamp is lost.
#[test]
fn ten_thousand_touches_with_one_percent_of_the_bytes_garbled() {
    for (protocol, repeat_secs) in [
        (Protocol::Favero, None),
        (Protocol::Fpa, None),
        (Protocol::SaintGeorge, Some(1.2)),
        (Protocol::NamedLines, None),
        (Protocol::Skewered, Some(0.05)),
    ] {
        let mut settings = SimulationSettings::of(protocol);
        settings.repeat_secs = repeat_secs;
        settings.script =
            ScriptSettings { phrases: 6_700, seed: 11, lit_secs: 10.0, rest_secs: 10.0, ..settings.script };
        settings.faults.garbled = 0.01;
        let truth = touches(settings.script);
        assert!(truth.len() >= 10_000, "{}", truth.len());
        let mut decoded = decode(&settings).touches;
        decoded.sort_by(|a, b| a.0.total_cmp(&b.0));
        let extra = decoded.len().saturating_sub(truth.len());
        println!(
            "{protocol}: {} touches, {} lost, {extra} lit more than once",
            truth.len(),
            lost(&truth, &decoded, 9.9)
        );
        assert_eq!(lost(&truth, &decoded, 9.9), 0, "{protocol}");
    }
}

#[test]
fn the_wrong_rate_and_pure_noise_light_no_lamp_where_frames_are_checked() {
    for protocol in Protocol::ALL {
        if protocol == Protocol::Letters {
            continue; // one letter is a whole message: any noise is one in 51 bytes
        }
        let mut settings = SimulationSettings::of(protocol);
        settings.script = ScriptSettings { phrases: 20, seed: 9, ..settings.script };
        settings.faults.wrong_baud = WrongBaud::Yes;
        assert_eq!(decode(&settings).touches, [], "{protocol}");
    }
}

#[test]
fn a_second_box_on_another_piste_is_not_listened_to() {
    for protocol in [Protocol::Cyrano, Protocol::OpenPiste] {
        let mut ours = SimulationSettings::of(protocol);
        ours.script = ScriptSettings { phrases: 10, seed: 1, ..ours.script };
        let mut other = SimulationSettings { piste: "4".into(), ..ours.clone() };
        other.script.seed = 2;
        let decoder = DecoderSettings { piste: Some("1".into()), ..DecoderSettings::default() };
        let mut translator = Translator::new(protocol, &decoder);
        let mut lit = 0;
        for sent in both(SimulatedBox::new(&ours), SimulatedBox::new(&other)) {
            let events = translator.feed(Timestamp::from_secs(sent.at_secs), &sent.topic, &sent.bytes);
            let valid = |f: &Fact| matches!(f, Fact::Signal(SignalKind::Lamp { lamp: Lamp::Valid, .. }));
            lit += events.iter().filter(|e| valid(&e.fact)).count();
        }
        assert_eq!(lit, touches(ours.script).len(), "{protocol}");
    }
}
