//! User settings of an apparatus. The defaults find and decode an ordinary box.

use crate::protocol::Protocol;
use fencing::Weapon;
use std::net::IpAddr;
use std::path::PathBuf;

/// Settings of one apparatus.
#[derive(Clone, Debug, PartialEq)]
pub struct ApparatusSettings {
    /// Its protocol; `None` to detect it.
    pub protocol: Option<Protocol>,
    /// Its address.
    pub link: Link,
    /// Whether its left is the left of the picture.
    pub sides: SideOrder,
    /// Settings of the decoders.
    pub decoder: DecoderSettings,
    /// File that records everything received, for [`Link::Replay`]; `None` for no capture.
    pub capture: Option<PathBuf>,
}

impl ApparatusSettings {
    /// Default settings for a link; the protocol is detected.
    pub fn for_link(link: Link) -> Self {
        Self { protocol: None, link, sides: SideOrder::default(), decoder: DecoderSettings::default(), capture: None }
    }

    /// The same with a known protocol.
    #[must_use]
    pub fn speaking(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }
}

/// Settings of the protocol decoders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecoderSettings {
    /// The weapon, until the apparatus reports it: decides whether a white lamp is off target or a fault.
    pub weapon: Weapon,
    /// The piste to listen to on a shared network; `None` for the first one received.
    pub piste: Option<String>,
    /// RS422-FPA: whose white lamp `W` is.
    pub white_order: OrderSetting,
    /// Favero: whose score comes first.
    pub score_order: OrderSetting,
}

/// Orientation of the apparatus in the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SideOrder {
    /// Red is left in the frame (the protocol's own mapping).
    #[default]
    AsWired,
    /// The camera stands on the other side of the piste.
    Exchanged,
}

/// Address of an apparatus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A serial port or pseudo-terminal; without `baud` the protocol's own rate (all in turn while it is unknown).
    Serial {
        /// Device path or name.
        path: String,
        /// Bits per second.
        baud: Option<u32>,
    },
    /// Datagrams to this port; listens only.
    Udp {
        /// Local port.
        port: u16,
        /// Only from this sender, or sent to this multicast group; `None` for the first sender, until it is silent.
        from: Option<IpAddr>,
    },
    /// An MQTT broker.
    Mqtt {
        /// Name or address.
        host: String,
        /// Usually 1883, with TLS 8883.
        port: u16,
        /// Login.
        access: MqttAccess,
    },
    /// A Unix socket on which this program is the server.
    Unix {
        /// Path of the socket; a stale one is replaced.
        path: PathBuf,
    },
    /// A capture file.
    Replay {
        /// The file.
        path: PathBuf,
        /// Replay speed.
        pace: Pace,
    },
}

/// Speed of a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// In real time.
    #[default]
    Original,
    /// As fast as the consumer takes it; the times of the capture are kept.
    Fast,
}

/// Login at a broker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MqttAccess {
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// A file of certificates (PEM) that are trusted besides the system's, for a hall's own broker.
    pub ca: Option<PathBuf>,
    /// User name; `None` for a broker without login.
    pub user: Option<String>,
    /// Source of the password.
    pub password: PasswordSource,
}

/// Source of a password. Neither `Debug` nor any message shows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum PasswordSource {
    /// In the environment variable [`PASSWORD_VARIABLE`].
    #[default]
    Default,
    /// In this environment variable.
    Variable(String),
    /// The first line of this file.
    File(PathBuf),
    /// The password itself. It is visible wherever the address is, so the others are better.
    Inline(String),
}

/// The default environment variable of a broker's password.
pub const PASSWORD_VARIABLE: &str = "FENCING_MQTT_PASSWORD";

impl std::fmt::Debug for PasswordSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("Usual"),
            Self::Variable(name) => write!(f, "Variable({name})"),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Inline(_) => f.write_str("Given(hidden)"),
        }
    }
}

impl PasswordSource {
    /// Reads it when it is needed.
    ///
    /// # Errors
    /// A sentence for the user with the name of the variable or file, never the password.
    pub fn read(&self) -> Result<String, String> {
        match self {
            Self::Inline(password) => Ok(password.clone()),
            Self::Default => variable(PASSWORD_VARIABLE),
            Self::Variable(name) => variable(name),
            Self::File(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|e| format!("the password's file cannot be read ({e}): {}", path.display()))?;
                Ok(text.lines().next().unwrap_or_default().to_owned())
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a person named this variable as the place of the password; it is kept nowhere"
)]
fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| {
        format!("the broker needs a password: set the variable {name}, or name a file with ?password-file=PATH")
    })
}

/// The address without its password: for display, logs and storage.
impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Serial { path, .. } => f.write_str(path),
            Self::Udp { port, from: Some(from) } => write!(f, "udp:{from}:{port}"),
            Self::Udp { port, from: None } => write!(f, "udp:{port}"),
            Self::Mqtt { host, port, access } => {
                let scheme = if access.tls { "mqtts" } else { "mqtt" };
                let user = access.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
                write!(f, "{scheme}://{user}{host}:{port}")
            }
            Self::Unix { path } => write!(f, "unix:{}", path.display()),
            Self::Replay { path, .. } => write!(f, "replay:{}", path.display()),
        }
    }
}

const ADDRESSES: &str = "/dev/ttyACM0, COM3, serial:PATH, udp:50100, udp:192.168.1.20:50100, mqtt://host:1883, \
    mqtts://user@host:8883, unix:/path or replay:FILE";

impl std::str::FromStr for Link {
    type Err = String;

    /// `/dev/ttyACM0`, `COM3`, `udp:50100`, `udp:239.0.0.1:50100` (a sender or a group), `mqtt://host:1883`,
    /// `mqtts://user@host:8883?password-file=PATH&ca=PATH` (or `password-variable=NAME`), `unix:/run/ai.sock`,
    /// `replay:FILE` (a capture).
    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(format!("no address given; say {ADDRESSES}"));
        }
        let Some((scheme, rest)) = scheme_of(text) else {
            return Ok(Self::Serial { path: text.to_owned(), baud: None });
        };
        match scheme.to_ascii_lowercase().as_str() {
            "serial" => Ok(Self::Serial { path: rest.to_owned(), baud: None }),
            "udp" => udp(rest.strip_prefix("//").unwrap_or(rest)),
            "unix" => Ok(Self::Unix { path: rest.strip_prefix("//").unwrap_or(rest).into() }),
            "replay" => Ok(Self::Replay { path: rest.into(), pace: Pace::Original }),
            "mqtt" | "mqtts" => mqtt(scheme.eq_ignore_ascii_case("mqtts"), rest.strip_prefix("//").unwrap_or(rest)),
            other => Err(format!("'{other}:' is not a known kind of address; use {ADDRESSES}")),
        }
    }
}

/// Scheme and rest of an address. A path, a drive (`C:\\...`) and a DOS port (`COM3:`) have no scheme.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let letters = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let dos_port = scheme.to_ascii_uppercase().starts_with("COM") && rest.is_empty();
    (scheme.len() > 1 && letters && !dos_port && scheme.starts_with(|c: char| c.is_ascii_alphabetic()))
        .then_some((scheme, rest))
}

fn port_of(digits: &str) -> Result<u16, String> {
    digits.parse::<u16>().map_err(|_| "the port behind the last colon is no number from 0 to 65535".to_owned())
}

fn udp(rest: &str) -> Result<Link, String> {
    let Some((host, digits)) = rest.rsplit_once(':') else {
        return Ok(Link::Udp { port: port_of(rest)?, from: None });
    };
    let from = host.parse().map_err(|_| format!("'{host}' is no address such as 192.168.1.20"))?;
    Ok(Link::Udp { port: port_of(digits)?, from: Some(from) })
}

/// `user:password@host:port?password-file=..&password-variable=..&ca=..`, all but the host optional. No error message repeats a part
/// that may contain the password.
fn mqtt(tls: bool, rest: &str) -> Result<Link, String> {
    // A password may contain any other character, so it ends at the last '@'.
    let (login, place) = rest.rsplit_once('@').map_or((None, rest), |(login, place)| (Some(login), place));
    let (place, query) = place.split_once('?').unwrap_or((place, ""));
    let place = place.trim_end_matches('/');
    let usual = if tls { 8883 } else { 1883 };
    let in_brackets = place.ends_with(']');
    let (host, port) = match place.rsplit_once(':').filter(|_| !in_brackets) {
        Some((host, digits)) => (host, port_of(digits)?),
        None => (place, usual),
    };
    if host.is_empty() {
        return Err("the broker's name is missing; say mqtt://host:1883".into());
    }
    let mut access = MqttAccess { tls, ..MqttAccess::default() };
    if let Some(login) = login {
        let (user, password) = login.split_once(':').map_or((login, None), |(user, report)| (user, Some(report)));
        access.user = Some(user.to_owned());
        access.password = password.map_or(PasswordSource::Default, |report| PasswordSource::Inline(report.to_owned()));
    }
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("password-file", path)) => access.password = PasswordSource::File(path.into()),
            Some(("password-variable", name)) => access.password = PasswordSource::Variable(name.to_owned()),
            Some(("ca", path)) => access.ca = Some(path.into()),
            _ => return Err("behind '?' only password-file=, password-variable= and ca= are known".into()),
        }
    }
    Ok(Link::Mqtt { host: host.to_owned(), port, access })
}

/// How a disputed order is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderSetting {
    /// Start with the documented order and let the data correct it.
    #[default]
    Learn,
    /// As documented, whatever the data suggest.
    AsDocumented,
    /// The other way round.
    Reversed,
}

/// Lead in votes that replaces the documented order.
const VOTES_TO_CHANGE: i32 = 2;
/// Upper limit of the votes, so that a replaced box is learnt again soon.
const MAX_VOTES: i32 = 6;

/// The current order, with its votes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LearnedOrder {
    setting: OrderSetting,
    /// Positive: the documented order was seen more often.
    balance: i32,
}

impl LearnedOrder {
    pub(crate) fn new(setting: OrderSetting) -> Self {
        Self { setting, balance: 0 }
    }

    /// The data showed the documented order.
    pub(crate) fn saw_documented(&mut self) {
        self.balance = (self.balance + 1).min(MAX_VOTES);
    }

    /// The data showed the reversed order.
    pub(crate) fn saw_reversed(&mut self) {
        self.balance = (self.balance - 1).max(-MAX_VOTES);
    }

    /// Whether pairs have to be exchanged.
    pub(crate) fn is_reversed(self) -> bool {
        match self.setting {
            OrderSetting::AsDocumented => false,
            OrderSetting::Reversed => true,
            OrderSetting::Learn => self.balance <= -VOTES_TO_CHANGE,
        }
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
        let broker = |host: &str, port| Ok(Link::Mqtt { host: host.into(), port, access: MqttAccess::default() });
        assert_eq!(read("mqtt://box.local"), broker("box.local", 1883));
        assert_eq!(read("mqtt://[::1]:1884"), broker("[::1]", 1884));
        assert_eq!(read("MQTT://[::1]"), broker("[::1]", 1883));
        assert_eq!(
            read("/dev/serial/by-path/pci-0000:00"),
            Ok(Link::Serial { path: "/dev/serial/by-path/pci-0000:00".into(), baud: None })
        );
        assert_eq!(read("COM3:"), Ok(Link::Serial { path: "COM3:".into(), baud: None }));
        assert_eq!(read("COM3"), Ok(Link::Serial { path: "COM3".into(), baud: None }));
        assert!(read("udp:99999").is_err() && read("udp:box:50100").is_err() && read("").is_err());
    }

    fn access(text: &str) -> MqttAccess {
        match text.parse() {
            Ok(Link::Mqtt { access, .. }) => access,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_broker_with_a_login_is_read_and_its_password_never_shown() {
        let link: Link = "mqtts://hall:s3:cr@et@broker.local".parse().unwrap();
        assert_eq!(link.to_string(), "mqtts://hall@broker.local:8883");
        assert!(!format!("{link:?}").contains("s3"), "{link:?}");
        let given = access("mqtts://hall:s3:cr@et@broker.local");
        assert_eq!(
            (given.tls, given.user.as_deref(), given.password.read()),
            (true, Some("hall"), Ok("s3:cr@et".into()))
        );
        for wrong in [
            "mqtt://hall:s3cret@broker:port",
            "mqtt://hall:s3cret@",
            "mqtt://hall:s3cret@broker?x=s3cret",
            "ws://hall:s3cret@broker",
        ] {
            let error = wrong.parse::<Link>().unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_password_comes_from_a_file_or_a_variable() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("password");
        std::fs::write(&file, "geheim\nsecond line").unwrap();
        let from_file = access(&format!("mqtts://u@h?password-file={}&ca=/etc/hall.pem", file.display()));
        assert_eq!(from_file.password.read(), Ok("geheim".into()));
        assert_eq!(from_file.ca, Some("/etc/hall.pem".into()));
        let missing = access("mqtt://u@h?password-variable=FENCING_NO_SUCH_VARIABLE").password.read().unwrap_err();
        assert!(missing.contains("FENCING_NO_SUCH_VARIABLE"), "{missing}");
        assert_eq!(access("mqtt://u@h").password, PasswordSource::Default);
    }

    #[test]
    fn an_unknown_kind_of_address_is_refused_by_its_name() {
        for (text, name) in [("ws://host", "'ws:'"), ("amqp://u:p@h", "'amqp:'"), ("tcp:host:5000", "'tcp:'")] {
            let error = text.parse::<Link>().unwrap_err();
            assert!(error.contains(name) && error.contains("mqtts://"), "{error}");
        }
    }

    #[test]
    fn one_odd_vote_changes_nothing_and_a_majority_does() {
        let mut order = LearnedOrder::new(OrderSetting::Learn);
        order.saw_reversed();
        assert!(!order.is_reversed());
        order.saw_reversed();
        assert!(order.is_reversed());
        order.saw_documented();
        assert!(!order.is_reversed());
    }

    #[test]
    fn a_persons_choice_is_not_overruled() {
        let mut order = LearnedOrder::new(OrderSetting::AsDocumented);
        (0..10).for_each(|_| order.saw_reversed());
        assert!(!order.is_reversed());
    }
}
