//! Opens the given address or capture file and prints what the box reports until it ends or Ctrl-C.
//!
//! ```text
//! cargo run -p fencing-apparatus --example watch -- /dev/ttyUSB0
//! cargo run -p fencing-apparatus --example watch -- udp:50100
//! cargo run -p fencing-apparatus --example watch -- bout.capture
//! ```

#![allow(clippy::print_stdout, reason = "an example prints what it sees")]

use apparatus::{
    Apparatus, ApparatusSettings, ApparatusState, Connection, HostClock, Link, LiveApparatus, Pace, Protocol,
};
use std::{error::Error, path::Path, time::Duration};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(address) = std::env::args().nth(1) else {
        return Err("say an address (/dev/ttyUSB0, udp:50100, mqtt://host, ...) or a capture file".into());
    };
    let live = LiveApparatus::open(ApparatusSettings::for_link(link_of(&address)?), HostClock::start(), || {})?;
    let mut shown = String::new();
    loop {
        let state = live.state();
        let now = words_of(&state);
        if now != shown {
            println!("-- {now}");
            shown = now;
        }
        match live.events().recv_timeout(Duration::from_millis(50)) {
            Ok(event) => {
                println!("{:9.3} s ±{:<4.0} ms  {:?}", event.at.secs(), event.uncertainty_secs * 1000.0, event.fact);
            }
            Err(error) if error.is_disconnected() => break,
            Err(_) => {}
        }
    }
    let tally = live.state().tally;
    println!(
        "{} good frames, {} bad, {} of {} bytes unreadable",
        tally.good,
        tally.bad,
        tally.unreadable(),
        tally.bytes
    );
    Ok(())
}

/// An existing file that is not a device is a capture; it is replayed as fast as it can be read.
fn link_of(address: &str) -> Result<Link, String> {
    if Path::new(address).is_file() {
        return Ok(Link::Replay { path: address.into(), pace: Pace::Fast });
    }
    address.parse()
}

fn words_of(state: &ApparatusState) -> String {
    let protocol = state.protocol.map_or("unknown protocol", Protocol::title);
    let link = match &state.connection {
        Connection::Open if state.is_understood() => format!("{protocol} on {}", state.link),
        Connection::Open => format!("listening on {}, nothing understood yet", state.link),
        Connection::Waiting { reason, .. } | Connection::Failed { reason } => reason.clone(),
        Connection::Connecting => format!("connecting to {}", state.link),
        Connection::Closed => "closed".to_owned(),
    };
    state.hint.map_or(link.clone(), |hint| format!("{link}; {}", hint.advice()))
}
