//! The wire over real sockets on port 0: the server with a judge that never looks, raw sockets and our own client against it.

mod client;
mod command;
mod deploy;
mod descriptions;
mod faults;
mod foreign;
mod full_disk;
mod fuzzed;
mod guide;
mod hostile;
mod http;
mod lamps;
mod load;
mod network;
mod proxy;
mod recovery;
mod restart;
pub(crate) mod server;
mod serving;
mod shares;
mod stopping;
mod store;
mod stream;
mod tls;
mod uploads;
