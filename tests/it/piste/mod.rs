//! The live machine with a clip for a camera: phrases by box, key and server, and what may go wrong beside a piste.

mod analyzer;
mod faults;
mod phrases;
pub(crate) mod scene;
mod server;
