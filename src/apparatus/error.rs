//! What can go wrong on the way to an apparatus. None of it is fatal: the session waits and tries again.

use std::path::PathBuf;

/// A link that could not be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum ApparatusError {
    /// The serial port did not open.
    #[error("the serial port did not open ({reason}); check the cable and that no other program uses it: {path}")]
    Port {
        /// What the system said.
        reason: String,
        /// Which port.
        path: String,
    },
    /// The UDP port could not be listened to.
    #[error("UDP port {port} cannot be listened to ({reason}); close the other program that does")]
    Udp {
        /// Which port.
        port: u16,
        /// What the system said.
        reason: String,
    },
    /// The broker did not answer or went away.
    #[error("no MQTT broker at {host}:{port} ({reason}); start it or set another address")]
    Broker {
        /// Name or address.
        host: String,
        /// Port.
        port: u16,
        /// What the client said.
        reason: String,
    },
    /// The Unix socket could not be made.
    #[error("the socket could not be made ({reason}); check the folder's rights: {path}")]
    Socket {
        /// What the system said.
        reason: String,
        /// Where.
        path: PathBuf,
    },
    /// A capture could not be read or written.
    #[error("the capture cannot be used ({reason}); give a file that `referee box record` wrote: {path}")]
    Capture {
        /// What is wrong.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// The link broke.
    #[error("the link broke: {0}")]
    Broken(String),
    /// This system has no such links.
    #[error("{0} is not available on this system")]
    Unsupported(&'static str),
    /// The thread did not start.
    #[error("no thread could be started for the apparatus ({0}); close other programs")]
    Thread(String),
}
