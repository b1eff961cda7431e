//! What can be wrong with a setting, worded with its remedy.

use std::path::PathBuf;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable of the environment does not hold what it should.
    #[error("{name}={value} is not {wanted}; correct or unset it")]
    Variable {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// What would be right.
        wanted: &'static str,
    },
    /// The configuration file cannot be read.
    #[error("the configuration file cannot be read ({source}); correct the path or leave --config out: {path}")]
    Unreadable {
        /// Why.
        source: std::io::Error,
        /// Which file.
        path: PathBuf,
    },
    /// The configuration file is not what it should be.
    #[error("the configuration file is not understood: {reason}\ncorrect it or leave it out: {path}")]
    NotUnderstood {
        /// Where and why.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// An address that others can reach, without a lock on the door.
    #[error("{0} can be reached by others; set a token (--token-file or REFEREE_TOKEN) or say --allow-anonymous")]
    OpenToAll(String),
    /// Half of a TLS pair.
    #[error("TLS needs both --tls-cert and --tls-key")]
    HalfTls,
    /// A store without a bucket.
    #[error("an artifact store needs --store-bucket")]
    HalfStore,
    /// A bucket without a key.
    #[error("an artifact store needs its key in the environment: set {0}")]
    StoreKey(&'static str),
    /// A token that is not one.
    #[error("the token must be 8 or more visible ASCII characters")]
    WeakToken,
    /// A file with a secret cannot be read.
    #[error("the token file cannot be read ({source}); correct --token-file: {path}")]
    TokenFile {
        /// Why.
        source: std::io::Error,
        /// Which file.
        path: PathBuf,
    },
    /// A pose model in the form that it is trained in.
    #[error(
        "a .{ending} model cannot be run here; export it (yolo export model=FILE format=onnx), or leave --model and \
         REFEREE_YOLO_MODEL out for the shipped one: {path}"
    )]
    NotExported {
        /// Its ending.
        ending: String,
        /// Which file.
        path: PathBuf,
    },
    /// A value outside its range.
    #[error("{name} must be {wanted}, not {value}")]
    Range {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: String,
        /// What would be right.
        wanted: &'static str,
    },
}
