//! Any bytes into any decoder: nothing breaks, and good frames after bad bytes are read again at once.

#[path = "../fuzz/entry.rs"]
mod entry;

use apparatus::{
    DecoderSettings, Protocol, Translator,
    simulate::{BadWire, Faults, SimulatedBox, SimulationSettings},
};
use fencing::time::Timestamp;
use proptest::prelude::*;

/// Frames after the damage that may be lost.
const LOST_FRAMES: u64 = 2;

/// Whole frames of a protocol that anything can follow.
fn frame_of(protocol: Protocol) -> Vec<u8> {
    match protocol {
        Protocol::ReferenceBox => b"SCORE:F1_ON\r\n".to_vec(),
        Protocol::Favero => vec![0xFF, 0x06, 0x12, 0x56, 0x02, 0x14, 0x0A, 0x00, 0x38, 0xC5],
        Protocol::Fpa => b"\x01\x14R1G0W0w0\x04".to_vec(),
        Protocol::SaintGeorge => b"\x01\x13LR0G1W0w0\x04".to_vec(),
        Protocol::NamedLines => b"hitOnTargA : 1\r\n".to_vec(),
        Protocol::Letters => b"A".to_vec(),
        Protocol::PisteLink => b"{\"v\":1,\"type\":\"ping\",\"id\":1,\"ts\":5,\"payload\":{}}\n".to_vec(),
        Protocol::PisteLinkMcu => b"AT8YZ".to_vec(),
        // A state in which nothing is lit; the check is the one that the simulator uses.
        Protocol::Skewered => {
            let settings = SimulationSettings::of(Protocol::Skewered);
            SimulatedBox::new(&settings).next().map(|sent| sent.bytes).unwrap_or_default()
        }
        Protocol::Cyrano => b"|EFP1|INFO|1|%|%|".to_vec(),
        Protocol::OpenPiste => {
            b"{\"seq\":1,\"right\":{\"green\":false,\"white\":false},\"left\":{\"red\":true,\"white\":false}}".to_vec()
        }
    }
}

fn feed(translator: &mut Translator, bytes: &[u8]) {
    translator.feed(Timestamp::ZERO, "openpiste/1/apparatus/lights", bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_break_nothing(data in prop::collection::vec(any::<u8>(), 0..600)) {
        entry::any_bytes(&data);
    }

    /// Bytes of the protocol's own alphabet get much deeper than random ones.
    #[test]
    fn damaged_frames_break_nothing(which in 0..Protocol::ALL.len(), seed in any::<u64>(), garbled in 0.0..0.3f64, lost in 0.0..0.2f64) {
        let protocol = Protocol::ALL[which];
        let faults = Faults { garbled, lost, noise: lost, ..Faults::default() };
        let wire = BadWire::new(faults, seed).carry(&frame_of(protocol).repeat(40));
        let mut data = vec![which as u8, (seed % 31) as u8];
        data.extend(wire);
        entry::any_bytes(&data);
    }

    /// After any bytes at all, at most two good frames are lost.
    #[test]
    fn good_frames_after_bad_bytes_are_read_again(which in 0..Protocol::ALL.len(), bad in prop::collection::vec(any::<u8>(), 0..120)) {
        let protocol = Protocol::ALL[which];
        let mut translator = Translator::new(protocol, &DecoderSettings::default());
        feed(&mut translator, &bad);
        let before = translator.tally().good;
        let frames = 12;
        for _ in 0..frames {
            feed(&mut translator, &frame_of(protocol));
        }
        let read = translator.tally().good - before;
        prop_assert!(read + LOST_FRAMES >= frames, "{protocol}: {read} of {frames} after {bad:?}");
    }
}
