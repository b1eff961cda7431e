//! Simulated boxes: phrases with exact times in every protocol, over real pseudo-terminals, sockets and brokers, with faults on the
//! wire. For tests, demonstrations and people without a box.
//!
//! The script ([`Script`]) generates the events; [`SimulatedBox`] encodes them; [`play`] sends them in real time. All of it is
//! determined by the seed.

pub mod latency;
mod messages;
mod play;
#[cfg(unix)]
mod play_unix;
mod script;
mod wire;

pub use play::{MqttWire, Playback, UdpWire, Wire, play};
#[cfg(unix)]
pub use play_unix::{ClockQuery, PtyWire, UnixWire};
pub use script::{Script, ScriptEvent, ScriptSettings, Target, Timed};
pub use wire::{BadWire, Faults, Sent, SimulatedBox, SimulationSettings, WrongBaud, both};

#[cfg(test)]
mod tests;
