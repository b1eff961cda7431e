//! Server settings, resolved and checked: address, access, limits.

use super::server_args::ServerArgs;
use super::{ConfigError, Environment, StoreSettings};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

const MEGABYTE: u64 = 1024 * 1024;
/// Shorter tokens can be guessed.
const MIN_TOKEN_LENGTH: usize = 8;

/// An access token. Its `Debug` output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Checks that the token has 8 or more visible ASCII characters.
    pub fn new(text: &str) -> Result<Self, ConfigError> {
        let good = text.len() >= MIN_TOKEN_LENGTH && text.bytes().all(|b| b.is_ascii_graphic());
        if good { Ok(Self(text.to_owned())) } else { Err(ConfigError::WeakToken) }
    }

    /// Its bytes, for a comparison in constant time.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Certificate chain and private key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain.
    pub cert: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Access control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Token that clients must send; `None` allows everyone who can reach the address.
    pub token: Option<Token>,
    /// Origins of web pages that may connect, besides the server's own.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Resource limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Most phrases streamed at the same time; 0 turns streaming off.
    pub max_sessions: usize,
    /// Bytes for the frames of all phrases together.
    pub max_memory_bytes: u64,
    /// Analysis lag of running phrases up to which new ones are admitted.
    pub max_lag: Duration,
    /// Share of the machine's processors used by running phrases up to which new ones are admitted.
    pub max_load: f64,
    /// Silence after which a phrase is dropped.
    pub session_timeout: Duration,
    /// Largest upload in bytes.
    pub max_upload_bytes: u64,
    /// Largest WebSocket message in bytes.
    pub max_message_bytes: usize,
    /// Most connections at the same time.
    pub max_connections: usize,
    /// Most connections from one address.
    pub max_connections_per_address: usize,
    /// Longest shutdown, most of it for running phrases.
    pub drain: Duration,
}

/// Server settings, resolved and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerSettings {
    /// Address to listen on.
    pub host: String,
    /// Port to listen on; 0 for any.
    pub port: u16,
    /// Access control.
    pub access: Access,
    /// TLS, if enabled.
    pub tls: Option<TlsFiles>,
    /// Resource limits.
    pub limits: Limits,
    /// Store that gets a copy of the artifacts.
    pub store: Option<StoreSettings>,
    /// Whether every phrase also gets a lens-corrected video.
    pub corrected_video: bool,
    /// Most detailed level that is logged.
    pub log_level: tracing::Level,
    /// Whether the log is written as JSON lines.
    pub logs_json: bool,
}

impl Default for Limits {
    /// The reference's limits, where it has any.
    fn default() -> Self {
        Self {
            max_sessions: 10,
            max_memory_bytes: 2048 * MEGABYTE,
            // With this lag `pace` analyses every fourth frame: seven per second, half of what the reference analyses.
            max_lag: Duration::from_millis(240),
            max_load: 0.9,
            session_timeout: Duration::from_mins(5),
            max_upload_bytes: 512 * MEGABYTE,
            // The reference's 16 MiB cannot carry a raw 4K frame (24.9 MB), though its clients may send one.
            max_message_bytes: 32 * MEGABYTE as usize,
            max_connections: 256,
            max_connections_per_address: 64,
            drain: Duration::from_secs(30),
        }
    }
}

impl ServerSettings {
    /// Resolves flags over environment over file over defaults, and checks the result. Reads the token file, nothing else.
    pub fn resolve(flags: ServerArgs, environment: &Environment, file: ServerArgs) -> Result<Self, ConfigError> {
        let args = flags.with_fallback(ServerArgs::from_environment(environment)?).with_fallback(file);
        let host = args.host.clone().unwrap_or_else(|| "127.0.0.1".to_owned());
        let access = access(&args)?;
        if access.token.is_none() && !is_loopback(&host) && args.allow_anonymous != Some(true) {
            return Err(ConfigError::OpenToAll(host));
        }
        Ok(Self {
            host,
            port: args.port.unwrap_or(8080),
            access,
            tls: tls(&args)?,
            limits: limits(&args)?,
            store: StoreSettings::resolve(&args, environment)?,
            corrected_video: args.corrected_video.unwrap_or(false),
            log_level: log_level(args.log_level.as_deref())?,
            logs_json: args.log_json.unwrap_or(false),
        })
    }
}

fn access(args: &ServerArgs) -> Result<Access, ConfigError> {
    let token = match (&args.token, &args.token_file) {
        (Some(token), _) => Some(token.clone()),
        (None, Some(path)) => {
            let read = std::fs::read_to_string(path);
            let text = read.map_err(|source| ConfigError::TokenFile { source, path: path.clone() })?;
            Some(text.lines().next().unwrap_or_default().trim().to_owned())
        }
        (None, None) => None,
    };
    Ok(Access {
        token: token.as_deref().map(Token::new).transpose()?,
        allowed_origins: args.allowed_origin.clone().unwrap_or_default(),
        trusted_proxies: args.trusted_proxy.clone().unwrap_or_default(),
    })
}

fn tls(args: &ServerArgs) -> Result<Option<TlsFiles>, ConfigError> {
    match (&args.tls_cert, &args.tls_key) {
        (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert: cert.clone(), key: key.clone() })),
        (None, None) => Ok(None),
        _ => Err(ConfigError::HalfTls),
    }
}

fn limits(args: &ServerArgs) -> Result<Limits, ConfigError> {
    let default = Limits::default();
    let streaming = args.streaming.unwrap_or(true);
    let bytes = |megabytes: Option<u64>, default: u64| megabytes.map_or(default, |mb| mb.saturating_mul(MEGABYTE));
    let message = bytes(args.max_message_mb, default.max_message_bytes as u64);
    Ok(Limits {
        max_sessions: if streaming { args.max_sessions.unwrap_or(default.max_sessions) } else { 0 },
        max_memory_bytes: bytes(args.max_memory_mb, default.max_memory_bytes),
        max_lag: seconds("max-lag", args.max_lag, default.max_lag)?,
        max_load: args.max_load.unwrap_or(default.max_load),
        session_timeout: seconds("session-timeout", args.session_timeout, default.session_timeout)?,
        max_upload_bytes: bytes(args.max_upload_mb, default.max_upload_bytes),
        max_message_bytes: usize::try_from(message).unwrap_or(usize::MAX),
        max_connections: at_least_one("max-connections", args.max_connections, default.max_connections)?,
        max_connections_per_address: at_least_one(
            "max-connections-per-address",
            args.max_connections_per_address,
            default.max_connections_per_address,
        )?,
        drain: seconds("drain", args.drain, default.drain)?,
    })
}

fn at_least_one(name: &'static str, args: Option<usize>, default: usize) -> Result<usize, ConfigError> {
    match args.unwrap_or(default) {
        0 => Err(ConfigError::Range { name, value: "0".to_owned(), wanted: "1 or more" }),
        count => Ok(count),
    }
}

fn seconds(name: &'static str, args: Option<f64>, default: Duration) -> Result<Duration, ConfigError> {
    let Some(value) = args else { return Ok(default) };
    let usable = Duration::try_from_secs_f64(value).ok().filter(|d| !d.is_zero());
    usable.ok_or_else(|| ConfigError::Range { name, value: value.to_string(), wanted: "a number of seconds above 0" })
}

fn log_level(args: Option<&str>) -> Result<tracing::Level, ConfigError> {
    let text = args.unwrap_or("info").to_lowercase();
    match text.as_str() {
        "trace" => Ok(tracing::Level::TRACE),
        "debug" => Ok(tracing::Level::DEBUG),
        "info" => Ok(tracing::Level::INFO),
        "warn" | "warning" => Ok(tracing::Level::WARN),
        "error" | "critical" | "fatal" => Ok(tracing::Level::ERROR),
        _ => Err(ConfigError::Range { name: "log-level", value: text, wanted: "debug, info, warning or error" }),
    }
}

/// Whether a host name or address can be reached from this machine only.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(flags: ServerArgs, pairs: &[(&str, &str)]) -> Result<ServerSettings, ConfigError> {
        let environment = Environment::from_pairs(pairs.iter().copied());
        ServerSettings::resolve(flags, &environment, ServerArgs::default())
    }

    #[test]
    fn the_defaults_are_the_references_but_for_loopback() {
        let settings = resolve(ServerArgs::default(), &[]).unwrap();
        assert_eq!((settings.host.as_str(), settings.port), ("127.0.0.1", 8080));
        assert_eq!(settings.limits, Limits::default());
        assert_eq!(settings.log_level, tracing::Level::INFO);
    }

    #[test]
    fn every_variable_of_the_reference_is_read_and_defaults_to_its_value() {
        let limits = |pairs: &[_]| resolve(ServerArgs::default(), pairs).unwrap().limits;
        let unset = limits(&[]);
        assert_eq!((unset.max_sessions, unset.session_timeout.as_secs()), (10, 300));
        assert_eq!(unset.max_memory_bytes, 2048 * 1024 * 1024);
        let set = limits(&[
            ("REFEREE_MAX_STREAMING_SESSIONS", "4"),
            ("REFEREE_MAX_STREAMING_MEMORY_MB", "512"),
            ("REFEREE_STREAMING_SESSION_TIMEOUT", "60.5"),
        ]);
        assert_eq!((set.max_sessions, set.session_timeout), (4, Duration::from_millis(60_500)));
        assert_eq!(set.max_memory_bytes, 512 * 1024 * 1024);
        let pairs = [("REFEREE_HOST", "::1"), ("REFEREE_PORT", "9000"), ("REFEREE_LOG_LEVEL", "WARNING")];
        let settings = resolve(ServerArgs::default(), &pairs).unwrap();
        assert_eq!((settings.host.as_str(), settings.port), ("::1", 9000));
        assert_eq!(settings.log_level, tracing::Level::WARN);
    }

    #[test]
    fn an_address_others_can_reach_needs_a_lock_or_a_word() {
        let open = [("REFEREE_HOST", "0.0.0.0")];
        let error = resolve(ServerArgs::default(), &open).unwrap_err().to_string();
        assert_eq!(
            error,
            "0.0.0.0 can be reached by others; set a token (--token-file or REFEREE_TOKEN) or use --allow-anonymous"
        );
        assert!(resolve(ServerArgs { allow_anonymous: Some(true), ..ServerArgs::default() }, &open).is_ok());
        assert!(resolve(ServerArgs { token: Some("longenough".into()), ..ServerArgs::default() }, &open).is_ok());
        for host in ["localhost", "127.0.0.9", "::1", "[::1]"] {
            assert!(resolve(ServerArgs::default(), &[("REFEREE_HOST", host)]).is_ok(), "{host}");
        }
    }

    #[test]
    fn switches_of_the_reference_turn_streaming_off() {
        let sessions = |pairs: &[_]| resolve(ServerArgs::default(), pairs).unwrap().limits.max_sessions;
        assert_eq!(sessions(&[("REFEREE_MAX_STREAMING_SESSIONS", "0")]), 0);
        assert_eq!(sessions(&[("REFEREE_STREAMING_ENABLED", "no")]), 0);
        assert_eq!(sessions(&[("REFEREE_STREAMING_ENABLED", "1"), ("REFEREE_MAX_STREAMING_SESSIONS", "3")]), 3);
    }

    #[test]
    fn wrong_settings_say_what_would_be_right() {
        let check = |pair, text: &str| {
            let error = resolve(ServerArgs::default(), &[pair]).unwrap_err().to_string();
            assert_eq!(error, text);
        };
        check(("REFEREE_PORT", "80800"), "REFEREE_PORT=80800 is not a port number; correct or unset it");
        check(("REFEREE_TOKEN", "short"), "the token must be 8 or more visible ASCII characters");
        check(("REFEREE_TLS_CERT", "c.pem"), "TLS needs both --tls-cert and --tls-key");
        check(
            ("REFEREE_STREAMING_SESSION_TIMEOUT", "-1"),
            "session-timeout must be a number of seconds above 0, not -1",
        );
        check(("REFEREE_LOG_LEVEL", "loud"), "log-level must be debug, info, warning or error, not loud");
        check(
            ("REFEREE_TRUSTED_PROXIES", "a,b"),
            "REFEREE_TRUSTED_PROXIES=a is not addresses with commas; correct or unset it",
        );
        check(("REFEREE_MAX_CONNECTIONS", "0"), "max-connections must be 1 or more, not 0");
    }

    #[test]
    fn a_token_never_shows_itself() {
        assert_eq!(format!("{:?}", Token::new("very-secret").unwrap()), "Token(..)");
    }
}
