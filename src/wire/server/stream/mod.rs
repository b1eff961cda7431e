//! `/stream`: the WebSocket, the connection that serves it and the session it holds.

mod connection;
mod session;
mod socket;

pub(super) use connection::serve;
pub(super) use session::{Session, SpooledFrames};
pub(super) use socket::Upgrade;
