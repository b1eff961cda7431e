//! The table of protocols: names, transports, decoders, and the confidence in a detected protocol.
//!
//! Adding a protocol is one file in [`super::drivers`] and one line in each table here.

use crate::decoder::{Decoder, Tally};
use crate::drivers::cyrano::Cyrano;
use crate::drivers::favero::Favero;
use crate::drivers::fpa::Fpa;
use crate::drivers::homemade::{Letters, NamedLines};
use crate::drivers::openpiste::OpenPiste;
use crate::drivers::pistelink::PisteLink;
use crate::drivers::pistelink_mcu::PisteLinkMcu;
use crate::drivers::reference_box::ReferenceBox;
use crate::drivers::saint_george::SaintGeorge;
use crate::drivers::skewered::Skewered;
use crate::settings::DecoderSettings;

/// A supported protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// The reference's Arduino box.
    ReferenceBox,
    /// Favero FA-01, FA-05, FA-07.
    Favero,
    /// RS422-FPA.
    Fpa,
    /// Saint-George SG12/SG21.
    SaintGeorge,
    /// Cyrano EFP1 and EFP1.1.
    Cyrano,
    /// OpenPiste OPP2.
    OpenPiste,
    /// Skewered.
    Skewered,
    /// Home-made: one letter per lamp.
    Letters,
    /// Home-made: `name : 0|1` lines.
    NamedLines,
    /// PisteLink's AI socket.
    PisteLink,
    /// PisteLink's microcontroller.
    PisteLinkMcu,
}

impl Protocol {
    /// All of them, in menu order.
    pub const ALL: [Self; 11] = [
        Self::ReferenceBox,
        Self::Favero,
        Self::Fpa,
        Self::SaintGeorge,
        Self::Cyrano,
        Self::OpenPiste,
        Self::Skewered,
        Self::Letters,
        Self::NamedLines,
        Self::PisteLink,
        Self::PisteLinkMcu,
    ];

    /// Name in flags and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReferenceBox => "reference-box",
            Self::Favero => "favero",
            Self::Fpa => "fpa",
            Self::SaintGeorge => "saint-george",
            Self::Cyrano => "cyrano",
            Self::OpenPiste => "openpiste",
            Self::Skewered => "skewered",
            Self::Letters => "letters",
            Self::NamedLines => "named-lines",
            Self::PisteLink => "pistelink",
            Self::PisteLinkMcu => "pistelink-mcu",
        }
    }

    /// Display name.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ReferenceBox => "Arduino box of the reference system",
            Self::Favero => "Favero FA-01 / FA-05 / FA-07",
            Self::Fpa => "RS422-FPA (Allstar, Uhlmann, OpenPiste)",
            Self::SaintGeorge => "Saint-George SG12 / SG21",
            Self::Cyrano => "Cyrano EFP1 / EFP1.1",
            Self::OpenPiste => "OpenPiste OPP2",
            Self::Skewered => "Skewered",
            Self::Letters => "home-made box, letters A B C D R",
            Self::NamedLines => "home-made box, 'name : 0|1' lines",
            Self::PisteLink => "PisteLink AI socket",
            Self::PisteLinkMcu => "PisteLink microcontroller",
        }
    }

    /// Bits per second on a serial line (8 data bits, no parity, one stop bit); `None` for network protocols.
    pub const fn baud(self) -> Option<u32> {
        match self {
            Self::ReferenceBox | Self::Skewered | Self::PisteLinkMcu => Some(115_200),
            Self::Favero => Some(2_400),
            Self::Fpa => Some(38_400),
            Self::SaintGeorge | Self::Letters => Some(9_600),
            Self::NamedLines => Some(57_600),
            Self::Cyrano | Self::OpenPiste | Self::PisteLink => None,
        }
    }

    /// UDP port, for protocols that are broadcast.
    pub const fn udp_port(self) -> Option<u16> {
        match self {
            Self::Cyrano => Some(50_100),
            Self::Fpa => Some(50_112),
            _ => None,
        }
    }

    /// Whether the box sends changes only, so that the first lamp received is a touch and not an older state.
    pub(crate) const fn speaks_on_change(self) -> bool {
        matches!(self, Self::ReferenceBox | Self::Letters | Self::PisteLink | Self::PisteLinkMcu)
    }

    /// A new decoder.
    pub fn decoder(self, settings: &DecoderSettings) -> Box<dyn Decoder> {
        match self {
            Self::ReferenceBox => Box::new(ReferenceBox::default()),
            Self::Favero => Box::new(Favero::new(settings.score_order)),
            Self::Fpa => Box::new(Fpa::new(settings.white_order)),
            Self::SaintGeorge => Box::new(SaintGeorge::default()),
            Self::Cyrano => Box::new(Cyrano::new(settings.piste.clone())),
            Self::OpenPiste => Box::new(OpenPiste::new(settings.piste.clone())),
            Self::Skewered => Box::new(Skewered::default()),
            Self::Letters => Box::new(Letters::default()),
            Self::NamedLines => Box::new(NamedLines::default()),
            Self::PisteLink => Box::new(PisteLink::default()),
            Self::PisteLinkMcu => Box::new(PisteLinkMcu::default()),
        }
    }

    /// Bits of a good frame that are checked: what chance would have to produce.
    const fn evidence_bits(self) -> f64 {
        match self {
            // Checksum, fixed bytes and reserved bits of the byte table.
            Self::Favero | Self::Skewered => 24.0,
            Self::Fpa | Self::SaintGeorge | Self::PisteLinkMcu => 32.0,
            // Whole keywords of text or JSON.
            Self::ReferenceBox | Self::Cyrano | Self::OpenPiste | Self::NamedLines | Self::PisteLink => 48.0,
            // One of five letters out of 256 bytes, and every text contains them.
            Self::Letters => 5.0,
        }
    }

    /// Confidence, 0 to 1, that this is the protocol in use: the share of bytes in good frames, times how unlikely that many good
    /// frames are by chance (48 bits of evidence leave a doubt of one quarter, 96 of a sixteenth).
    pub fn confidence(self, tally: Tally) -> f64 {
        if tally.bytes == 0 {
            return 0.0;
        }
        let coverage = (tally.explained as f64 / tally.bytes as f64).min(1.0);
        let bits = self.evidence_bits() * tally.good as f64;
        coverage * (1.0 - (-bits / 24.0).exp2())
    }
}

impl std::fmt::Display for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|p| p.as_str() == wanted).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|p| p.as_str()).collect();
            format!("'{text}' is no protocol; say one of: {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip() {
        for protocol in Protocol::ALL {
            assert_eq!(protocol.as_str().parse(), Ok(protocol));
        }
        assert!("cyrano2".parse::<Protocol>().is_err());
    }

    #[test]
    fn confidence_needs_good_frames_and_their_share() {
        let tally = |good, explained| Tally { good, bad: 0, bytes: 100, explained };
        assert_eq!(Protocol::Favero.confidence(Tally::default()), 0.0);
        assert!(Protocol::Favero.confidence(tally(10, 100)) > 0.99);
        assert!(Protocol::Favero.confidence(tally(5, 50)) < 0.6);
        assert!(Protocol::Letters.confidence(tally(3, 100)) < 0.5);
    }
}
