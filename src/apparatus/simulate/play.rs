//! Plays a simulated box in real time over a pseudo-terminal, datagrams, a broker or a socket.

use super::wire::Sent;
use crate::{error::ApparatusError, link::nodelay_options};
use rumqttc::{Client, MqttOptions, QoS};
use std::{
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

/// Polling interval of the other side while nothing is due.
pub(super) const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Transport of a simulated box's bytes.
pub trait Wire {
    /// Sends bytes. Not an error when there is no receiver.
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError>;

    /// Waits up to `wait` and answers requests of the other side. `now_secs` is the script's time.
    fn answer(&mut self, wait: Duration, _now_secs: f64) {
        std::thread::sleep(wait);
    }
}

/// Whether playback continues.
pub enum Playback {
    /// Continue.
    Continue,
    /// Stop.
    Stop,
}

/// Plays in real time until the stream or `go` ends; calls `on_sent` with each message just after it was sent.
pub fn play(
    stream: impl Iterator<Item = Sent>,
    wire: &mut dyn Wire,
    mut on_sent: impl FnMut(&Sent) -> Playback,
) -> Result<(), ApparatusError> {
    let start = Instant::now();
    for sent in stream {
        loop {
            let now_secs = start.elapsed().as_secs_f64();
            let ahead = sent.at_secs - now_secs;
            if ahead <= 0.0 {
                break;
            }
            wire.answer(Duration::from_secs_f64(ahead).min(POLL_INTERVAL), now_secs);
        }
        wire.send(&sent)?;
        if matches!(on_sent(&sent), Playback::Stop) {
            return Ok(());
        }
    }
    Ok(())
}

/// Datagrams to one address.
pub struct UdpWire {
    socket: UdpSocket,
    to: SocketAddr,
}

impl UdpWire {
    /// Sends from a free port; broadcast addresses are allowed.
    pub fn open(to: SocketAddr) -> Result<Self, ApparatusError> {
        let failed = |e: std::io::Error| ApparatusError::Udp { port: to.port(), reason: e.to_string() };
        let socket = UdpSocket::bind(("0.0.0.0", 0)).map_err(failed)?;
        socket.set_broadcast(true).map_err(failed)?;
        Ok(Self { socket, to })
    }
}

impl Wire for UdpWire {
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError> {
        let _nobody_listens = self.socket.send_to(&sent.bytes, self.to);
        Ok(())
    }
}

/// An MQTT broker.
pub struct MqttWire {
    client: Client,
}

impl MqttWire {
    /// Publishes to a broker; the client queues messages while the broker is away.
    pub fn open(host: &str, port: u16) -> Result<Self, ApparatusError> {
        let mut options = MqttOptions::new(format!("referee-simulator-{}-{port}", std::process::id()), host, port);
        options.set_keep_alive(Duration::from_secs(5));
        let (client, mut connection) = Client::new(options, 64);
        connection.eventloop.set_network_options(nodelay_options());
        let pump = move || {
            while let Ok(outcome) = connection.recv() {
                if outcome.is_err() {
                    std::thread::sleep(Duration::from_millis(200));
                }
            }
        };
        std::thread::Builder::new()
            .name("simulator-mqtt".into())
            .spawn(pump)
            .map_err(|e| ApparatusError::Thread(e.to_string()))?;
        Ok(Self { client })
    }
}

impl Wire for MqttWire {
    /// Blade contacts are sent at most once and not retained; everything else as the draft requires.
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError> {
        let once = sent.topic.ends_with("/blade_contact");
        let quality = if once || sent.topic.ends_with("/clock") { QoS::AtMostOnce } else { QoS::AtLeastOnce };
        let published = self.client.publish(&sent.topic, quality, !once, sent.bytes.clone());
        published.map_err(|e| ApparatusError::Broken(e.to_string()))
    }
}

impl Drop for MqttWire {
    fn drop(&mut self) {
        let _ending = self.client.try_disconnect();
    }
}
