//! Errors of the link to an apparatus. None of them is fatal: the session waits and retries.

use std::path::PathBuf;

/// A link that could not be opened or kept.
#[derive(Debug, thiserror::Error)]
pub enum ApparatusError {
    /// The serial port could not be opened.
    #[error("the serial port did not open ({reason}); check the cable and that no other program uses it: {path}")]
    Port {
        /// The system's message.
        reason: String,
        /// The port.
        path: String,
    },
    /// The UDP port could not be opened.
    #[error("UDP port {port} cannot be listened to ({reason}); close the other program that does")]
    Udp {
        /// The port.
        port: u16,
        /// The system's message.
        reason: String,
    },
    /// The broker did not answer or went away.
    #[error("no MQTT broker at {host}:{port} ({reason}); start it or set another address")]
    Broker {
        /// Name or address.
        host: String,
        /// Port.
        port: u16,
        /// The client's message.
        reason: String,
    },
    /// The Unix socket could not be created.
    #[error("the socket could not be created ({reason}); check the permissions of the folder: {path}")]
    Socket {
        /// The system's message.
        reason: String,
        /// Its path.
        path: PathBuf,
    },
    /// A capture could not be read or written.
    #[error("the capture cannot be used ({reason}); give a file that `referee box record` wrote: {path}")]
    Capture {
        /// The cause.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The link broke.
    #[error("the link broke: {0}")]
    Broken(String),
    /// The link type does not exist on this system.
    #[error("{0} is not available on this system")]
    Unsupported(&'static str),
    /// The thread could not be started.
    #[error("no thread could be started for the apparatus ({0}); close other programs")]
    Thread(String),
}
