//! Scoring apparatus: every box a club may own, heard through one trait and told as one kind of event.
//!
//! ```text
//! port, socket, broker, capture --link--> bytes --driver--> readings --changes--> ApparatusEvent --trigger--> phrase
//! ```
//!
//! *Drivers* ([`drivers`]) are pure: bytes in, readings out. *Links* carry bytes and stamp them with the host clock. A
//! *session* ([`LiveApparatus`]) owns a thread, a link and a driver, reconnects by itself and keeps the state for the
//! window. The *trigger* ([`trigger`]) turns events into phrases and hands the engine [`SignalEvent`]s on the phrase's
//! clock. The *simulator* ([`simulate`]) plays boxes for tests, demonstrations and people without one.
//!
//! Left is the picture's left: each driver's file says how its box's sides map to it.
//!
//! [`SignalEvent`]: fencing::SignalEvent

mod auto;
mod box_clock;
mod changes;
pub mod decoder;
mod delay_floor;
pub mod drivers;
mod error;
mod event;
mod fed;
mod judged;
mod learned;
mod lines;
mod link;
mod live;
mod outlet;
mod ports;
pub mod protocol;
pub mod reading;
mod session;
pub mod settings;
pub mod simulate;
mod state;
mod text;
mod translator;
pub mod trigger;

pub use decoder::Command;
pub use error::ApparatusError;
pub use event::{ApparatusEvent, BoutClock, Cards, ClockRun, Fact, FencerName};
pub use fed::FedApparatus;
pub use learned::OrderSetting;
pub use live::LiveApparatus;
pub use ports::{Port, list_ports};
pub use protocol::Protocol;
pub use settings::{ApparatusSettings, Link, MqttAccess, Pace, PasswordSource, ReaderSettings, SideOrder};
pub use state::{ApparatusState, Connection, LineHint};
pub use translator::Translator;
pub use trigger::{CompletedPhrase, Trigger, TriggerEvent, TriggerSettings};

use crossbeam_channel::Receiver;
pub use fencing::time::HostClock;

/// Anything that reports signals: a box on a cable, lamps in the picture, keys.
pub trait Apparatus: Send {
    /// The events, oldest first. Bounded: who does not take them loses the newest, and the state says how many.
    fn events(&self) -> &Receiver<ApparatusEvent>;

    /// What the window shows.
    fn state(&self) -> ApparatusState;

    /// Asks for something; apparatus that cannot do it ignore it.
    fn command(&self, _command: Command) {}
}
