//! The network: [`protocol`] of `/stream`, shared by both ends; [`server`] judges phrases that stream in or are uploaded;
//! [`client`] has a remote server judge, for the command line and the piste.

pub mod client;
pub mod protocol;
pub mod server;
