//! Simulated boxes: phrases with exact times in every protocol, over real pseudo-terminals, sockets and brokers, with
//! faults on the wire. For tests, demonstrations and people without a box.
//!
//! The script ([`Script`]) says what happens; [`SimulatedBox`] puts it into bytes; [`play`] sends them in real time. All
//! of it follows from the seed.

mod faults;
pub mod latency;
mod piste;
mod play;
mod repeating;
mod script;
mod telling;
mod wire;

pub use faults::{BadWire, Faults, WrongBaud};
pub use play::{Asked, Go, MqttWire, UdpWire, Wire, play};
#[cfg(unix)]
pub use play::{PtyWire, UnixWire};
pub use script::{Happening, Script, ScriptSettings, Target, Timed};
pub use wire::{Sent, SimulatedBox, SimulationSettings, both};

#[cfg(test)]
mod tests;
