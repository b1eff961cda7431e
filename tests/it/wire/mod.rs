//! The wire over real sockets on port 0: the server with a judge that never looks, raw sockets and our own client against it.

mod client;
mod descriptions;
mod faults;
mod foreign;
mod http;
mod server;
mod stream;
