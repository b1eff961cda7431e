//! Plays a simulated box to the outside, in real time: a pseudo-terminal, datagrams, a broker, a socket.

use super::wire::{BOOTED_SECS, Sent};
use crate::{error::ApparatusError, link::at_once};
use rumqttc::{Client, MqttOptions, QoS};
use std::{
    io::Write,
    net::{SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How often the other side is listened to while nothing is due.
const LISTEN: Duration = Duration::from_millis(2);

/// Where a simulated box' bytes go.
pub trait Wire {
    /// Sends bytes. Nobody listening is no error.
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError>;

    /// Waits up to `wait`, answering what the other side asks. `now_secs` is the script's time.
    fn answer(&mut self, wait: Duration, _now_secs: f64) {
        std::thread::sleep(wait);
    }
}

/// Whether the player goes on.
pub enum Go {
    /// On.
    On,
    /// No further.
    Stop,
}

/// Plays in real time until the stream or `go` ends; `told` hears of each message just after it left.
pub fn play(
    stream: impl Iterator<Item = Sent>,
    wire: &mut dyn Wire,
    mut told: impl FnMut(&Sent) -> Go,
) -> Result<(), ApparatusError> {
    let start = Instant::now();
    for sent in stream {
        loop {
            let now_secs = start.elapsed().as_secs_f64();
            let ahead = sent.at_secs - now_secs;
            if ahead <= 0.0 {
                break;
            }
            wire.answer(Duration::from_secs_f64(ahead).min(LISTEN), now_secs);
        }
        wire.send(&sent)?;
        if matches!(told(&sent), Go::Stop) {
            return Ok(());
        }
    }
    Ok(())
}

/// What a simulated box does with the letters that are sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The reference box' clock query `u` is answered.
    TellsTheTime,
    /// They are not heard, as by all other boxes.
    Deaf,
}

/// A pseudo-terminal: the program under test opens [`PtyWire::path`] like any serial port.
#[cfg(unix)]
pub struct PtyWire {
    master: serialport::TTYPort,
    path: String,
    link: Option<PathBuf>,
    asked: Asked,
}

#[cfg(unix)]
impl PtyWire {
    /// Opens a pair; with `link`, a symbolic link of that name always points to the present one (unplug and plug in).
    pub fn open(link: Option<&Path>, asked: Asked) -> Result<Self, ApparatusError> {
        use serialport::SerialPort;
        let failed = |reason: String| ApparatusError::Port { reason, path: "pseudo-terminal".into() };
        let (mut master, slave) = serialport::TTYPort::pair().map_err(|e| failed(e.to_string()))?;
        let path = slave.name().ok_or_else(|| failed("it has no name".into()))?;
        master.set_timeout(LISTEN).map_err(|e| failed(e.to_string()))?;
        drop(slave);
        if let Some(link) = link {
            let _none_before = std::fs::remove_file(link);
            std::os::unix::fs::symlink(&path, link).map_err(|e| failed(e.to_string()))?;
        }
        Ok(Self { master, path, link: link.map(Path::to_owned), asked })
    }

    /// The device to open.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Sends bytes as they are; nobody listening is no error.
    pub fn write(&mut self, bytes: &[u8]) {
        let _nobody_listens = self.master.write_all(bytes);
    }
}

#[cfg(unix)]
impl Wire for PtyWire {
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError> {
        self.write(&sent.bytes);
        Ok(())
    }

    fn answer(&mut self, wait: Duration, now_secs: f64) {
        use std::io::Read;
        let begun = Instant::now();
        let mut asked = [0; 64];
        let count = self.master.read(&mut asked).unwrap_or(0);
        let heard = if self.asked == Asked::TellsTheTime { count } else { 0 };
        let questions = asked.iter().take(heard).filter(|b| **b == b'u').count();
        for _ in 0..questions {
            let millis = ((now_secs + BOOTED_SECS) * 1000.0) as u64;
            self.write(format!("TIME_MS:{millis}\r\n").as_bytes());
        }
        std::thread::sleep(wait.saturating_sub(begun.elapsed()));
    }
}

#[cfg(unix)]
impl Drop for PtyWire {
    fn drop(&mut self) {
        if let Some(link) = &self.link {
            let _gone_already = std::fs::remove_file(link);
        }
    }
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

/// A broker.
pub struct MqttWire {
    client: Client,
}

impl MqttWire {
    /// Publishes to a broker; messages wait in the client while it is away.
    pub fn open(host: &str, port: u16) -> Result<Self, ApparatusError> {
        let mut options = MqttOptions::new(format!("referee-simulator-{}-{port}", std::process::id()), host, port);
        options.set_keep_alive(Duration::from_secs(5));
        let (client, mut connection) = Client::new(options, 64);
        connection.eventloop.set_network_options(at_once());
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
    /// Blade contacts go out at most once and are not retained; everything else as the draft says.
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

/// The backend's end of PisteLink's socket.
#[cfg(unix)]
pub struct UnixWire {
    stream: std::os::unix::net::UnixStream,
    heard: Vec<u8>,
    answers: u64,
}

#[cfg(unix)]
impl UnixWire {
    /// Connects to a listening referee.
    pub fn open(path: &Path) -> Result<Self, ApparatusError> {
        let failed = |e: std::io::Error| ApparatusError::Socket { reason: e.to_string(), path: path.to_owned() };
        let stream = std::os::unix::net::UnixStream::connect(path).map_err(failed)?;
        stream.set_read_timeout(Some(LISTEN)).map_err(failed)?;
        Ok(Self { stream, heard: Vec::new(), answers: 1_000_000 })
    }
}

#[cfg(unix)]
impl Wire for UnixWire {
    fn send(&mut self, sent: &Sent) -> Result<(), ApparatusError> {
        self.stream.write_all(&sent.bytes).map_err(|e| ApparatusError::Broken(e.to_string()))
    }

    /// Answers pings at once.
    fn answer(&mut self, _wait: Duration, now_secs: f64) {
        use std::io::Read;
        let mut portion = [0; 1024];
        let count = self.stream.read(&mut portion).unwrap_or(0);
        self.heard.extend(portion.iter().take(count));
        while let Some(end) = self.heard.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            let Ok(message) = serde_json::from_slice::<serde_json::Value>(&line) else { continue };
            if message["type"] == "ping" {
                let payload = serde_json::json!({ "ref_id": message["id"] });
                self.answers += 1;
                let pong = super::telling::pistelink_line("pong", &payload, self.answers, now_secs);
                let _peer_gone = self.stream.write_all(&pong);
            }
        }
    }
}
