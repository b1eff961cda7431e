//! `/stream`: the WebSocket, its connection and the session.

mod connection;
mod session;
mod socket;

pub(super) use connection::serve;
pub(super) use session::{Session, SpooledFrames};
pub(super) use socket::Upgrade;
