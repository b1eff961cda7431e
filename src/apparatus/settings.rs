//! What a person may set about an apparatus. Everything has a default that finds and understands an ordinary box.

use super::{learned::OrderSetting, protocol::Protocol};
use fencing::Weapon;
use std::{net::IpAddr, path::PathBuf};

/// Settings of one apparatus.
#[derive(Clone, Debug, PartialEq)]
pub struct ApparatusSettings {
    /// What it speaks; `None` to find out.
    pub protocol: Option<Protocol>,
    /// Where it is.
    pub link: Link,
    /// Whether its left is the picture's left.
    pub sides: SideOrder,
    /// What the readers need.
    pub reader: ReaderSettings,
    /// Where to keep everything that arrives, for [`Link::Replay`]; `None` to keep nothing.
    pub capture: Option<PathBuf>,
}

impl ApparatusSettings {
    /// Ordinary settings for a link; the protocol is found out.
    pub fn for_link(link: Link) -> Self {
        Self { protocol: None, link, sides: SideOrder::default(), reader: ReaderSettings::default(), capture: None }
    }

    /// The same with a known protocol.
    #[must_use]
    pub fn speaking(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }
}

/// What a protocol's reader may need to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderSettings {
    /// The weapon, until the apparatus says which: decides whether a white lamp is off target or a fault.
    pub weapon: Weapon,
    /// The piste to listen to on a shared network; `None` for the first one heard.
    pub piste: Option<String>,
    /// RS422-FPA: whose white lamp `W` is.
    pub white_order: OrderSetting,
    /// Favero: whose score comes first.
    pub score_order: OrderSetting,
}

/// How the apparatus' sides lie in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SideOrder {
    /// Red is left in the picture (the protocol's own mapping).
    #[default]
    AsWired,
    /// The camera stands on the other side of the piste.
    Exchanged,
}

/// Where an apparatus is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A serial port or pseudo-terminal; without `baud` the protocol's own (all in turn while it is unknown).
    Serial {
        /// Device path or name.
        path: String,
        /// Bits per second.
        baud: Option<u32>,
    },
    /// Datagrams to this port, listened to only.
    Udp {
        /// Local port.
        port: u16,
        /// Only from this sender, or whatever is sent to this multicast group; `None` for the first one heard, until it is
        /// silent.
        from: Option<IpAddr>,
    },
    /// An MQTT broker.
    Mqtt {
        /// Name or address.
        host: String,
        /// Usually 1883.
        port: u16,
    },
    /// A Unix socket on which we are the server.
    Unix {
        /// Path of the socket; an old one is replaced.
        path: PathBuf,
    },
    /// A capture.
    Replay {
        /// The file.
        path: PathBuf,
        /// How fast.
        pace: Pace,
    },
}

/// How fast a capture is replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As it was.
    #[default]
    Original,
    /// As fast as it is taken; the times of the capture are kept.
    Fast,
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Serial { path, .. } => f.write_str(path),
            Self::Udp { port, from: Some(from) } => write!(f, "udp:{from}:{port}"),
            Self::Udp { port, from: None } => write!(f, "udp:{port}"),
            Self::Mqtt { host, port } => write!(f, "mqtt://{host}:{port}"),
            Self::Unix { path } => write!(f, "unix:{}", path.display()),
            Self::Replay { path, .. } => write!(f, "replay:{}", path.display()),
        }
    }
}

impl std::str::FromStr for Link {
    type Err = String;

    /// `/dev/ttyACM0`, `COM3`, `udp:50100`, `udp:239.0.0.1:50100` (a sender or a group), `mqtt://host:1883`,
    /// `unix:/run/ai.sock`.
    fn from_str(text: &str) -> Result<Self, String> {
        let port =
            |digits: &str| digits.parse::<u16>().map_err(|_| format!("'{digits}' is no port number, in: {text}"));
        if let Some(rest) = text.strip_prefix("udp:") {
            let Some((host, digits)) = rest.rsplit_once(':') else {
                return Ok(Self::Udp { port: port(rest)?, from: None });
            };
            let from = host.parse().map_err(|_| format!("'{host}' is no address such as 192.168.1.20, in: {text}"))?;
            return Ok(Self::Udp { port: port(digits)?, from: Some(from) });
        }
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix { path: path.into() });
        }
        if let Some(rest) = text.strip_prefix("mqtt://") {
            let (host, digits) = rest.rsplit_once(':').unwrap_or((rest, "1883"));
            return Ok(Self::Mqtt { host: host.to_owned(), port: port(digits)? });
        }
        if text.is_empty() {
            return Err("no port given; say /dev/ttyACM0, COM3, udp:50100, mqtt://host:1883 or unix:/path".into());
        }
        Ok(Self::Serial { path: text.to_owned(), baud: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Link>();
        assert_eq!(read("udp:50100"), Ok(Link::Udp { port: 50_100, from: None }));
        let from = Some(IpAddr::from([239, 0, 0, 1]));
        assert_eq!(read("udp:239.0.0.1:50100"), Ok(Link::Udp { port: 50_100, from }));
        assert_eq!(read("udp:239.0.0.1:50100").map(|link| link.to_string()), Ok("udp:239.0.0.1:50100".to_owned()));
        assert_eq!(read("mqtt://box.local"), Ok(Link::Mqtt { host: "box.local".into(), port: 1883 }));
        assert_eq!(read("mqtt://[::1]:1884"), Ok(Link::Mqtt { host: "[::1]".into(), port: 1884 }));
        assert_eq!(read("COM3"), Ok(Link::Serial { path: "COM3".into(), baud: None }));
        assert!(read("udp:99999").is_err() && read("udp:box:50100").is_err() && read("").is_err());
    }
}
