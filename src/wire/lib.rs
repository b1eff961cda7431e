//! Network: the [`protocol`] of `/stream`, used by both ends; the [`server`], which judges streamed and uploaded phrases; and the
//! [`client`] for a remote server, used by the command line and the piste.

pub mod client;
pub mod protocol;
pub mod server;
