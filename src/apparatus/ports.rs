//! The serial ports that this machine has.

use super::error::ApparatusError;
use serialport::SerialPortType;

/// A serial port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Device path or name, for [`super::Link::Serial`].
    pub path: String,
    /// What the system knows about it, in words.
    pub about: String,
}

/// All serial ports, by name.
///
/// # Errors
/// When the system does not tell.
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
