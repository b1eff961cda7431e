//! `/stream`: one connection at a time through the protocol, one open phrase per connection.

mod connection;
mod frames;
mod judging;
mod outbox;
mod session;

pub(super) use connection::serve;
pub(super) use session::Session;
