//! Decoders for fencing scoring apparatus: bytes of any supported box in, one type of event out.
//!
//! ```text
//! port, socket, broker, capture --link--> bytes --decoder--> readings --changes--> ApparatusEvent --trigger--> phrase
//! ```
//!
//! Decoders ([`drivers`]) are pure: bytes in, readings out, no IO. *Links* transport bytes and timestamp them on the host clock. A
//! *session* ([`LiveApparatus`]) owns a thread, a link and a decoder, reconnects automatically and keeps the state for a display.
//! The *trigger* ([`trigger`]) turns events into phrases, with [`SignalEvent`]s on the phrase's own clock. The *simulator*
//! ([`simulate`]) emulates boxes for tests, demonstrations and people without one.
//!
//! # Invariants
//! - Left is the left of the picture: each driver's file states how its box's sides map to it.
//! - Nothing is ever sent on a competition's network.
//! - A self test, a retained message, a last will or another piste's box is never a touch, halt, score or clock.
//! - Every event has a time on the host clock and a half-width of its uncertainty, with the source of that figure in the driver.
//! - No password is printed, logged or stored.
//!
//! The README beside this file lists the boxes, how each is read and how certain that is.
//!
//! [`SignalEvent`]: fencing::SignalEvent

mod changes;
mod clock_offset;
pub mod decoder;
mod detection;
pub mod drivers;
mod error;
mod event;
mod injected;
mod link;
mod live;
pub mod protocol;
pub mod settings;
pub mod simulate;
mod state;
pub mod trigger;

pub use decoder::{Command, Translator};
pub use error::ApparatusError;
pub use event::{ApparatusEvent, BoutClock, Cards, ClockRun, Fact, FencerName};
pub use injected::InjectedApparatus;
pub use link::{Port, list_ports};
pub use live::LiveApparatus;
pub use protocol::Protocol;
pub use settings::{
    ApparatusSettings, DecoderSettings, Link, MqttAccess, OrderSetting, Pace, PasswordSource, SideOrder,
};
pub use state::{ApparatusState, Connection, LineHint};
pub use trigger::{CompletedPhrase, Trigger, TriggerEvent, TriggerSettings};

use crossbeam_channel::Receiver;
pub use fencing::time::HostClock;

/// A source of signals: a box on a cable, lamps detected in the video, keys.
pub trait Apparatus: Send {
    /// The events, oldest first. Bounded: when the queue is full new events are dropped, and the state counts them.
    fn events(&self) -> &Receiver<ApparatusEvent>;

    /// Snapshot for display.
    fn state(&self) -> ApparatusState;

    /// Sends a request; apparatus without the function ignore it.
    fn command(&self, _command: Command) {}
}
