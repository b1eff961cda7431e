//! Errors in settings, with their remedies.

use std::path::PathBuf;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// An environment variable has a wrong value.
    #[error("{name}={value} is not {wanted}; correct or unset it")]
    Variable {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// Description of a right value.
        wanted: &'static str,
    },
    /// The configuration file cannot be read.
    #[error("the configuration file cannot be read ({source}); correct the path or leave --config out: {path}")]
    Unreadable {
        /// The cause.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The configuration file has wrong content.
    #[error("the configuration file is invalid: {reason}\ncorrect it or leave it out: {path}")]
    Invalid {
        /// Position and cause.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// An address that others can reach, without access control.
    #[error("{0} can be reached by others; set a token (--token-file or REFEREE_TOKEN) or use --allow-anonymous")]
    OpenToAll(String),
    /// TLS with certificate or key only.
    #[error("TLS needs both --tls-cert and --tls-key")]
    HalfTls,
    /// Store settings without a bucket.
    #[error("an artifact store needs --store-bucket")]
    HalfStore,
    /// A bucket without credentials.
    #[error("an artifact store needs its key in the environment: set {0}")]
    StoreKey(&'static str),
    /// A token that is too short or has other characters.
    #[error("the token must be 8 or more visible ASCII characters")]
    WeakToken,
    /// The token file cannot be read.
    #[error("the token file cannot be read ({source}); correct --token-file: {path}")]
    TokenFile {
        /// The cause.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// A pose model in a training format.
    #[error(
        "a .{extension} model cannot be run here; export it (yolo export model=FILE format=onnx), or leave --model and \
         REFEREE_YOLO_MODEL out for the shipped one: {path}"
    )]
    NotExported {
        /// Its extension.
        extension: String,
        /// The file.
        path: PathBuf,
    },
    /// A value outside its range.
    #[error("{name} must be {wanted}, not {value}")]
    Range {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: String,
        /// The allowed range.
        wanted: &'static str,
    },
}
