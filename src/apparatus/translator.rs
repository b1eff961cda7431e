//! Reader and changes in one, without port or thread: bytes in, events out.
//!
//! What a session does with a link, a recording, a test or a fuzzer can do in memory.

use super::{
    changes::{Changes, OnChangeOnly},
    decoder::{Arrival, Decoder, Tally},
    event::ApparatusEvent,
    protocol::Protocol,
    settings::{ReaderSettings, SideOrder},
};
use fencing::time::Timestamp;

/// Bytes of a known protocol to events.
pub struct Translator {
    reader: Box<dyn Decoder>,
    changes: Changes,
}

impl Translator {
    /// A translator that has heard nothing yet.
    pub fn new(protocol: Protocol, settings: &ReaderSettings) -> Self {
        let reader = protocol.reader(settings);
        Self { reader, changes: changes_of(protocol, settings, SideOrder::AsWired) }
    }

    /// Takes bytes that arrived at `at` from `topic` (an MQTT topic, `@address:port` of a datagram's sender, or nothing); what changed by them.
    pub fn feed(&mut self, at: Timestamp, topic: &str, bytes: &[u8]) -> Vec<ApparatusEvent> {
        let mut readings = Vec::new();
        self.reader.feed(Arrival::from_origin(at, topic, bytes), &mut readings);
        let mut events = Vec::new();
        for reading in readings {
            self.changes.take(reading, at, &mut events);
        }
        events
    }

    /// How well the bytes fitted so far.
    pub fn tally(&self) -> Tally {
        self.reader.tally()
    }
}

/// What is known of a box of this protocol before it has said anything.
pub(crate) fn changes_of(protocol: Protocol, settings: &ReaderSettings, sides: SideOrder) -> Changes {
    let on_change = if protocol.speaks_on_change() { OnChangeOnly::Yes } else { OnChangeOnly::No };
    Changes::new(sides, settings.weapon, on_change)
}
