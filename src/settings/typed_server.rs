//! Server settings as typed: one struct for flags, environment and file, laid over each other.

use super::{ConfigError, Environment};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;

/// Server settings as typed on the command line or in the file. Every one may be left out.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, clap::Args)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypedServer {
    /// Address to listen on; others than loopback need a token or --allow-anonymous [env: REFEREE_HOST] [default: 127.0.0.1]
    #[arg(long)]
    pub host: Option<String>,
    /// Port to listen on, 0 for any free one [env: REFEREE_PORT] [default: 8080]
    #[arg(long)]
    pub port: Option<u16>,
    /// Token that clients must show [env: REFEREE_TOKEN]
    #[arg(long)]
    pub token: Option<String>,
    /// File whose first line is the token [env: REFEREE_TOKEN_FILE]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Let anybody in who can reach the address [env: REFEREE_ALLOW_ANONYMOUS]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub allow_anonymous: Option<bool>,
    /// TLS certificate chain (PEM) [env: REFEREE_TLS_CERT]
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// TLS private key (PEM) [env: REFEREE_TLS_KEY]
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Origin of web pages that may connect, besides the server's own; may be repeated [env: REFEREE_ALLOWED_ORIGINS, with commas]
    #[arg(long, value_name = "ORIGIN")]
    pub allowed_origin: Option<Vec<String>>,
    /// Address of a proxy whose X-Forwarded-For is believed; may be repeated [env: REFEREE_TRUSTED_PROXIES, with commas]
    #[arg(long, value_name = "IP")]
    pub trusted_proxy: Option<Vec<IpAddr>>,
    /// Serve /stream at all [env: REFEREE_STREAMING_ENABLED] [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub streaming: Option<bool>,
    /// Phrases at the same time, 0 turns streaming off [env: REFEREE_MAX_STREAMING_SESSIONS] [default: 10]
    #[arg(long, value_name = "N")]
    pub max_sessions: Option<usize>,
    /// Memory for frames of all phrases together, in MB [env: REFEREE_MAX_STREAMING_MEMORY_MB] [default: 2048]
    #[arg(long, value_name = "MB")]
    pub max_memory_mb: Option<u64>,
    /// Seconds that running phrases may be behind while a new one is still taken [env: REFEREE_MAX_LAG_SECONDS] [default: 0.24]
    #[arg(long, value_name = "SECONDS")]
    pub max_lag: Option<f64>,
    /// Seconds without a message until a phrase is dropped [env: REFEREE_STREAMING_SESSION_TIMEOUT] [default: 300]
    #[arg(long, value_name = "SECONDS")]
    pub session_timeout: Option<f64>,
    /// Largest upload, in MB [env: REFEREE_MAX_UPLOAD_MB] [default: 512]
    #[arg(long, value_name = "MB")]
    pub max_upload_mb: Option<u64>,
    /// Largest message on /stream, in MB; larger closes the connection [env: REFEREE_MAX_MESSAGE_MB] [default: 32]
    #[arg(long, value_name = "MB")]
    pub max_message_mb: Option<u64>,
    /// Most connections at the same time [env: REFEREE_MAX_CONNECTIONS] [default: 256]
    #[arg(long, value_name = "N")]
    pub max_connections: Option<usize>,
    /// Most connections from one address [env: REFEREE_MAX_CONNECTIONS_PER_ADDRESS] [default: 64]
    #[arg(long, value_name = "N")]
    pub max_connections_per_address: Option<usize>,
    /// Seconds that a stop may take, most of them for running phrases [env: REFEREE_DRAIN_SECONDS] [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub drain: Option<f64>,
    /// Bucket of an S3-compatible store that gets a copy of every phrase; its key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY [env: REFEREE_STORE_BUCKET]
    #[arg(long, value_name = "NAME")]
    pub store_bucket: Option<String>,
    /// Address of that store, if not Amazon's own [env: REFEREE_STORE_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub store_endpoint: Option<String>,
    /// Region of the bucket [env: REFEREE_STORE_REGION] [default: us-east-1]
    #[arg(long, value_name = "REGION")]
    pub store_region: Option<String>,
    /// Folder in the bucket [env: REFEREE_STORE_PREFIX]
    #[arg(long, value_name = "PATH")]
    pub store_prefix: Option<String>,
    /// Also write each phrase's video with its lens corrected, after its other papers; costs an encoding [env: REFEREE_CORRECTED_VIDEO] [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub corrected_video: Option<bool>,
    /// debug, info, warning or error [env: REFEREE_LOG_LEVEL] [default: INFO]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Write the log as JSON lines [env: REFEREE_LOG_JSON]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub log_json: Option<bool>,
}

impl TypedServer {
    /// What the environment says.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        const COUNT: &str = "a whole number";
        let list = |name| environment.text(name).map(|text| text.split(',').map(|s| s.trim().to_owned()).collect());
        let proxies: Option<Vec<String>> = list("REFEREE_TRUSTED_PROXIES");
        Ok(Self {
            host: environment.text("REFEREE_HOST"),
            port: environment.parsed("REFEREE_PORT", "a port number")?,
            token: environment.text("REFEREE_TOKEN"),
            token_file: environment.path("REFEREE_TOKEN_FILE"),
            allow_anonymous: environment.switch("REFEREE_ALLOW_ANONYMOUS"),
            tls_cert: environment.path("REFEREE_TLS_CERT"),
            tls_key: environment.path("REFEREE_TLS_KEY"),
            allowed_origin: list("REFEREE_ALLOWED_ORIGINS"),
            trusted_proxy: proxies.map(|all| addresses("REFEREE_TRUSTED_PROXIES", &all)).transpose()?,
            streaming: environment.switch("REFEREE_STREAMING_ENABLED"),
            max_sessions: environment.parsed("REFEREE_MAX_STREAMING_SESSIONS", COUNT)?,
            max_memory_mb: environment.parsed("REFEREE_MAX_STREAMING_MEMORY_MB", COUNT)?,
            max_lag: environment.parsed("REFEREE_MAX_LAG_SECONDS", "a number of seconds")?,
            session_timeout: environment.parsed("REFEREE_STREAMING_SESSION_TIMEOUT", "a number of seconds")?,
            max_upload_mb: environment.parsed("REFEREE_MAX_UPLOAD_MB", COUNT)?,
            max_message_mb: environment.parsed("REFEREE_MAX_MESSAGE_MB", COUNT)?,
            max_connections: environment.parsed("REFEREE_MAX_CONNECTIONS", COUNT)?,
            max_connections_per_address: environment.parsed("REFEREE_MAX_CONNECTIONS_PER_ADDRESS", COUNT)?,
            drain: environment.parsed("REFEREE_DRAIN_SECONDS", "a number of seconds")?,
            store_bucket: environment.text("REFEREE_STORE_BUCKET"),
            store_endpoint: environment.text("REFEREE_STORE_ENDPOINT"),
            store_region: environment.text("REFEREE_STORE_REGION"),
            store_prefix: environment.text("REFEREE_STORE_PREFIX"),
            corrected_video: environment.switch("REFEREE_CORRECTED_VIDEO"),
            log_level: environment.text("REFEREE_LOG_LEVEL"),
            log_json: environment.switch("REFEREE_LOG_JSON"),
        })
    }

    /// This where it says something, `lower` elsewhere. A token and a token file are one setting.
    #[must_use]
    pub fn over(self, lower: Self) -> Self {
        let secret_is_typed = self.token.is_some() || self.token_file.is_some();
        let (token, token_file) =
            if secret_is_typed { (self.token, self.token_file) } else { (lower.token, lower.token_file) };
        Self {
            host: self.host.or(lower.host),
            port: self.port.or(lower.port),
            token,
            token_file,
            allow_anonymous: self.allow_anonymous.or(lower.allow_anonymous),
            tls_cert: self.tls_cert.or(lower.tls_cert),
            tls_key: self.tls_key.or(lower.tls_key),
            allowed_origin: self.allowed_origin.or(lower.allowed_origin),
            trusted_proxy: self.trusted_proxy.or(lower.trusted_proxy),
            streaming: self.streaming.or(lower.streaming),
            max_sessions: self.max_sessions.or(lower.max_sessions),
            max_memory_mb: self.max_memory_mb.or(lower.max_memory_mb),
            max_lag: self.max_lag.or(lower.max_lag),
            session_timeout: self.session_timeout.or(lower.session_timeout),
            max_upload_mb: self.max_upload_mb.or(lower.max_upload_mb),
            max_message_mb: self.max_message_mb.or(lower.max_message_mb),
            max_connections: self.max_connections.or(lower.max_connections),
            max_connections_per_address: self.max_connections_per_address.or(lower.max_connections_per_address),
            drain: self.drain.or(lower.drain),
            store_bucket: self.store_bucket.or(lower.store_bucket),
            store_endpoint: self.store_endpoint.or(lower.store_endpoint),
            store_region: self.store_region.or(lower.store_region),
            store_prefix: self.store_prefix.or(lower.store_prefix),
            corrected_video: self.corrected_video.or(lower.corrected_video),
            log_level: self.log_level.or(lower.log_level),
            log_json: self.log_json.or(lower.log_json),
        }
    }
}

fn addresses(name: &'static str, all: &[String]) -> Result<Vec<IpAddr>, ConfigError> {
    let wrong = |value: &String| ConfigError::Variable { name, value: value.clone(), wanted: "addresses with commas" };
    all.iter().map(|text| text.parse().map_err(|_| wrong(text))).collect()
}
