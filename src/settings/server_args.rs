//! Server settings as given: each declared once with flag, variable and help; the key in the file is the name of the flag.

use super::{ConfigError, Environment};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// Declares a struct of optional settings: for each its help, its flag, its environment variable, and the function that parses the
/// variable.
macro_rules! typed_settings {
    ($(#[$about:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty = $variable:literal as $read:expr,)* }) => {
        $(#[$about])*
        pub struct $name {
            $($(#[$attribute])* pub $field: Option<$kind>,)*
        }

        impl $name {
            /// Every variable that is read.
            pub(super) const VARIABLES: &'static [&'static str] = &[$($variable),*];

            /// Reads the environment.
            pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
                Ok(Self { $($field: $read(environment, $variable)?,)* })
            }

            /// These settings, with `lower` as fallback for those that are not set.
            fn merged_with(self, lower: Self) -> Self {
                Self { $($field: self.$field.or(lower.$field),)* }
            }
        }
    };
}

typed_settings! {
/// Server settings as given on the command line or in the file, all of them optional.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, clap::Args)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
ServerArgs {
    /// Address to listen on; others than loopback need a token or --allow-anonymous [env: REFEREE_HOST] [default: 127.0.0.1]
    #[arg(long)]
    host: String = "REFEREE_HOST" as text,
    /// Port to listen on, 0 for any free one [env: REFEREE_PORT] [default: 8080]
    #[arg(long)]
    port: u16 = "REFEREE_PORT" as parsed("a port number"),
    /// Token that clients must send [env: REFEREE_TOKEN]
    #[arg(long)]
    token: String = "REFEREE_TOKEN" as text,
    /// File whose first line is the token [env: REFEREE_TOKEN_FILE]
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf = "REFEREE_TOKEN_FILE" as path,
    /// Allow access without a token from every address that can reach the server [env: REFEREE_ALLOW_ANONYMOUS]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    allow_anonymous: bool = "REFEREE_ALLOW_ANONYMOUS" as switch,
    /// TLS certificate chain (PEM) [env: REFEREE_TLS_CERT]
    #[arg(long, value_name = "FILE")]
    tls_cert: PathBuf = "REFEREE_TLS_CERT" as path,
    /// TLS private key (PEM) [env: REFEREE_TLS_KEY]
    #[arg(long, value_name = "FILE")]
    tls_key: PathBuf = "REFEREE_TLS_KEY" as path,
    /// Origin of web pages that may connect, besides the server's own; may be repeated [env: REFEREE_ALLOWED_ORIGINS, with commas]
    #[arg(long, value_name = "ORIGIN")]
    allowed_origin: Vec<String> = "REFEREE_ALLOWED_ORIGINS" as list,
    /// Address of a proxy whose X-Forwarded-For is trusted; may be repeated [env: REFEREE_TRUSTED_PROXIES, with commas]
    #[arg(long, value_name = "IP")]
    trusted_proxy: Vec<IpAddr> = "REFEREE_TRUSTED_PROXIES" as addresses,
    /// Whether to serve /stream [env: REFEREE_STREAMING_ENABLED] [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    streaming: bool = "REFEREE_STREAMING_ENABLED" as switch,
    /// Most phrases streamed at the same time, 0 turns streaming off [env: REFEREE_MAX_STREAMING_SESSIONS] [default: 10]
    #[arg(long, value_name = "N")]
    max_sessions: usize = "REFEREE_MAX_STREAMING_SESSIONS" as parsed("a whole number"),
    /// Memory for the frames of all phrases together, in MB [env: REFEREE_MAX_STREAMING_MEMORY_MB] [default: 2048]
    #[arg(long, value_name = "MB")]
    max_memory_mb: u64 = "REFEREE_MAX_STREAMING_MEMORY_MB" as parsed("a whole number"),
    /// Lag of running phrases in seconds up to which new ones are admitted [env: REFEREE_MAX_LAG_SECONDS] [default: 0.24]
    #[arg(long, value_name = "SECONDS")]
    max_lag: f64 = "REFEREE_MAX_LAG_SECONDS" as parsed("a number of seconds"),
    /// Share of all processors used by running phrases up to which new ones are admitted [env: REFEREE_MAX_LOAD] [default: 0.9]
    #[arg(long, value_name = "PART")]
    max_load: f64 = "REFEREE_MAX_LOAD" as parsed("a number"),
    /// Seconds without a message after which a phrase is dropped [env: REFEREE_STREAMING_SESSION_TIMEOUT] [default: 300]
    #[arg(long, value_name = "SECONDS")]
    session_timeout: f64 = "REFEREE_STREAMING_SESSION_TIMEOUT" as parsed("a number of seconds"),
    /// Largest upload, in MB [env: REFEREE_MAX_UPLOAD_MB] [default: 512]
    #[arg(long, value_name = "MB")]
    max_upload_mb: u64 = "REFEREE_MAX_UPLOAD_MB" as parsed("a whole number"),
    /// Largest message on /stream, in MB; a larger one closes the connection [env: REFEREE_MAX_MESSAGE_MB] [default: 32]
    #[arg(long, value_name = "MB")]
    max_message_mb: u64 = "REFEREE_MAX_MESSAGE_MB" as parsed("a whole number"),
    /// Most connections at the same time [env: REFEREE_MAX_CONNECTIONS] [default: 256]
    #[arg(long, value_name = "N")]
    max_connections: usize = "REFEREE_MAX_CONNECTIONS" as parsed("a whole number"),
    /// Most connections from one address [env: REFEREE_MAX_CONNECTIONS_PER_ADDRESS] [default: 64]
    #[arg(long, value_name = "N")]
    max_connections_per_address: usize = "REFEREE_MAX_CONNECTIONS_PER_ADDRESS" as parsed("a whole number"),
    /// Longest shutdown in seconds, most of it for running phrases [env: REFEREE_DRAIN_SECONDS] [default: 30]
    #[arg(long, value_name = "SECONDS")]
    drain: f64 = "REFEREE_DRAIN_SECONDS" as parsed("a number of seconds"),
    /// Bucket of an S3-compatible store that gets a copy of every phrase; credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY [env: REFEREE_STORE_BUCKET]
    #[arg(long, value_name = "NAME")]
    store_bucket: String = "REFEREE_STORE_BUCKET" as text,
    /// Address of the store, if not Amazon's [env: REFEREE_STORE_ENDPOINT]
    #[arg(long, value_name = "URL")]
    store_endpoint: String = "REFEREE_STORE_ENDPOINT" as text,
    /// Region of the bucket [env: REFEREE_STORE_REGION] [default: us-east-1]
    #[arg(long, value_name = "REGION")]
    store_region: String = "REFEREE_STORE_REGION" as text,
    /// Folder in the bucket [env: REFEREE_STORE_PREFIX]
    #[arg(long, value_name = "PATH")]
    store_prefix: String = "REFEREE_STORE_PREFIX" as text,
    /// Also write a lens-corrected video of each phrase, after its other artifacts; costs an encoding [env: REFEREE_CORRECTED_VIDEO] [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    corrected_video: bool = "REFEREE_CORRECTED_VIDEO" as switch,
    /// debug, info, warning or error [env: REFEREE_LOG_LEVEL] [default: INFO]
    #[arg(long, value_name = "LEVEL")]
    log_level: String = "REFEREE_LOG_LEVEL" as text,
    /// Write the log as JSON lines [env: REFEREE_LOG_JSON]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    log_json: bool = "REFEREE_LOG_JSON" as switch,
}
}

impl ServerArgs {
    /// These settings, with `lower` as fallback. A token and a token file count as one setting.
    #[must_use]
    pub fn with_fallback(self, lower: Self) -> Self {
        let secret_is_typed = self.token.is_some() || self.token_file.is_some();
        let lower = if secret_is_typed { Self { token: None, token_file: None, ..lower } } else { lower };
        self.merged_with(lower)
    }
}

/// Result of reading a variable.
type Read<T> = Result<Option<T>, ConfigError>;

#[allow(clippy::unnecessary_wraps, reason = "some readers fail")]
fn text(environment: &Environment, name: &'static str) -> Read<String> {
    Ok(environment.text(name))
}

#[allow(clippy::unnecessary_wraps, reason = "some readers fail")]
fn path(environment: &Environment, name: &'static str) -> Read<PathBuf> {
    Ok(environment.path(name))
}

#[allow(clippy::unnecessary_wraps, reason = "some readers fail")]
fn switch(environment: &Environment, name: &'static str) -> Read<bool> {
    Ok(environment.switch(name))
}

/// Comma-separated texts.
#[allow(clippy::unnecessary_wraps, reason = "some readers fail")]
fn list(environment: &Environment, name: &'static str) -> Read<Vec<String>> {
    Ok(environment.text(name).map(|text| text.split(',').map(|one| one.trim().to_owned()).collect()))
}

fn addresses(environment: &Environment, name: &'static str) -> Read<Vec<IpAddr>> {
    let wrong = |value: &String| ConfigError::Variable { name, value: value.clone(), wanted: "addresses with commas" };
    let read = |all: Vec<String>| all.iter().map(|text| text.parse().map_err(|_| wrong(text))).collect();
    list(environment, name)?.map(read).transpose()
}

/// Parses a value; `wanted` describes what it should be, for the error.
fn parsed<T: FromStr>(wanted: &'static str) -> impl Fn(&Environment, &'static str) -> Read<T> {
    move |environment, name| environment.parsed(name, wanted)
}
