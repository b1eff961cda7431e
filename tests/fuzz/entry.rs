//! What the fuzzer and the generated inputs of the test suite both call.

use apparatus::{ApparatusEvent, DecoderSettings, Protocol, Translator, Trigger, TriggerSettings};
use fencing::Weapon;
use fencing::time::Timestamp;

/// The most events that one byte may cause: a Cyrano datagram of a few bytes says everything it knows at once.
const MOST_EVENTS_PER_CALL: usize = 4096;

/// First byte: protocol. Second: how many bytes come at once. The rest is what arrives.
pub(crate) fn any_bytes(data: &[u8]) {
    let [which, portion, rest @ ..] = data else { return };
    let protocol = Protocol::ALL[usize::from(*which) % Protocol::ALL.len()];
    let mut translator = Translator::new(protocol, &DecoderSettings::default());
    let mut trigger = Trigger::armed(TriggerSettings::for_weapon(Weapon::Foil), Timestamp::ZERO);
    for (i, bytes) in rest.chunks(usize::from(*portion).max(1)).enumerate() {
        let at = Timestamp::from_secs(i as f64 * 0.01);
        let events = translator.feed(at, "openpiste/1/apparatus/lights", bytes);
        assert!(events.len() <= MOST_EVENTS_PER_CALL);
        for event in &events {
            check(event, &mut trigger);
        }
    }
    let tally = translator.tally();
    assert!(tally.bytes == rest.len() as u64 && tally.explained <= tally.bytes + 2 * tally.good);
}

fn check(event: &ApparatusEvent, trigger: &mut Trigger) {
    assert!(event.uncertainty_secs.is_finite() && event.uncertainty_secs >= 0.0);
    trigger.take(event);
}
