//! Serial ports, USB adapters and pseudo-terminals, through `serialport`.

use super::{Heard, OpenLink};
use crate::{HostClock, decoder::Arrival, error::ApparatusError};
use serialport::SerialPort;
use std::{
    io::{ErrorKind, Read, Write},
    time::Duration,
};

/// Bytes taken at once: 44 ms at the fastest rate in use, so a flood is still handed over in small portions.
const PORTION: usize = 512;

/// An open port.
pub(super) struct SerialLink {
    port: Box<dyn SerialPort>,
    wait: Duration,
    clock: HostClock,
}

impl SerialLink {
    /// Opens a port, 8 data bits, no parity, one stop bit.
    pub(super) fn open(path: &str, baud: u32, clock: HostClock) -> Result<Self, ApparatusError> {
        let wait = Duration::from_millis(50);
        let opened = serialport::new(path, baud).timeout(wait).open();
        let port = opened.map_err(|e| ApparatusError::Port { reason: e.to_string(), path: path.to_owned() })?;
        Ok(Self { port, wait, clock })
    }
}

impl OpenLink for SerialLink {
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Heard, ApparatusError> {
        if wait != self.wait {
            self.port.set_timeout(wait).map_err(|e| ApparatusError::Broken(e.to_string()))?;
            self.wait = wait;
        }
        let mut portion = [0; PORTION];
        match self.port.read(&mut portion) {
            Ok(0) => Err(ApparatusError::Broken("the port is gone".into())),
            Ok(count) => {
                take(Arrival::of(self.clock.now(), portion.get(..count).unwrap_or(&portion)));
                Ok(Heard::Something)
            }
            Err(e) if matches!(e.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                Ok(Heard::Nothing)
            }
            Err(e) => Err(ApparatusError::Broken(e.to_string())),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), ApparatusError> {
        self.port.write_all(bytes).map_err(|e| ApparatusError::Broken(e.to_string()))
    }
}
