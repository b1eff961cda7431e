//! Serial ports, USB adapters and pseudo-terminals through `serialport`; and the list of this machine's ports.

use crate::HostClock;
use crate::decoder::Arrival;
use crate::error::ApparatusError;
use crate::link::{OpenLink, Received};
use serialport::{SerialPort, SerialPortType};
use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

/// Bytes read at once: 44 ms at the fastest rate in use, so a flood is still delivered in small chunks.
const CHUNK: usize = 512;

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
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError> {
        if wait != self.wait {
            self.port.set_timeout(wait).map_err(|e| ApparatusError::Broken(e.to_string()))?;
            self.wait = wait;
        }
        let mut portion = [0; CHUNK];
        match self.port.read(&mut portion) {
            Ok(0) => Err(ApparatusError::Broken("the port is gone".into())),
            Ok(count) => {
                take(Arrival::of(self.clock.now(), portion.get(..count).unwrap_or(&portion)));
                Ok(Received::Bytes)
            }
            Err(e) if matches!(e.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                Ok(Received::Nothing)
            }
            Err(e) => Err(ApparatusError::Broken(e.to_string())),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), ApparatusError> {
        self.port.write_all(bytes).map_err(|e| ApparatusError::Broken(e.to_string()))
    }
}

/// A serial port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Device path or name, for [`crate::Link::Serial`].
    pub path: String,
    /// Description by the system.
    pub about: String,
}

/// All serial ports, sorted by name.
///
/// # Errors
/// When the system cannot list them.
pub fn list_ports() -> Result<Vec<Port>, ApparatusError> {
    let found = serialport::available_ports()
        .map_err(|e| ApparatusError::Port { reason: e.to_string(), path: "list of ports".into() })?;
    let describe = |kind: &SerialPortType| match kind {
        SerialPortType::UsbPort(usb) => {
            let product = usb.product.as_deref().unwrap_or("USB serial adapter");
            format!("{product} ({:04x}:{:04x})", usb.vid, usb.pid)
        }
        SerialPortType::BluetoothPort => "Bluetooth".to_owned(),
        SerialPortType::PciPort => "built in".to_owned(),
        SerialPortType::Unknown => String::new(),
    };
    let mut ports: Vec<Port> =
        found.into_iter().map(|p| Port { about: describe(&p.port_type), path: p.port_name }).collect();
    ports.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(ports)
}
