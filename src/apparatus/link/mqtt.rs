//! MQTT subscription through `rumqttc`'s blocking client on a thread of its own.
//!
//! The client's loop must not be interrupted half-way, so it blocks on that thread and passes messages over a bounded channel;
//! dropping the link disconnects the client, which ends the loop.

use super::{OpenLink, Received};
use crate::{HostClock, decoder::Arrival, drivers::openpiste::OpenPiste, error::ApparatusError, settings::MqttAccess};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use fencing::time::Timestamp;
use rumqttc::{
    Client, Connection, Event, MqttOptions, NetworkOptions, Packet, QoS, SubscribeFilter, TlsConfiguration, Transport,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// Capacity of the message queue: far above what one piste sends in a second.
const MESSAGE_QUEUE: usize = 256;
/// Largest accepted message, above the draft's fullest one.
const MAX_MESSAGE: usize = 128 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Time-out of the first answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes client names unique: a broker drops the older of two clients with one name.
static CLIENTS: AtomicU32 = AtomicU32::new(0);

enum BrokerEvent {
    Connected,
    Message { at: Timestamp, topic: String, payload: Vec<u8>, retained: bool },
    Broken(String),
}

/// A subscription.
pub(super) struct MqttLink {
    client: Client,
    events: Receiver<BrokerEvent>,
}

impl MqttLink {
    /// Connects and subscribes; waits for the broker's answer.
    pub(super) fn open(host: &str, port: u16, access: &MqttAccess, clock: HostClock) -> Result<Self, ApparatusError> {
        let failed = |reason: String| ApparatusError::Broker { host: host.to_owned(), port, reason };
        let number = CLIENTS.fetch_add(1, Ordering::Relaxed);
        let mut options = MqttOptions::new(format!("referee-{}-{number}", std::process::id()), host, port);
        options.set_keep_alive(KEEP_ALIVE).set_max_packet_size(MAX_MESSAGE, MAX_MESSAGE);
        if let Some(user) = &access.user {
            options.set_credentials(user, access.password.read().map_err(failed)?);
        }
        if access.tls {
            options.set_transport(encrypted(access.ca.as_deref()).map_err(failed)?);
        }
        let (client, mut connection) = Client::new(options, 16);
        connection.eventloop.set_network_options(nodelay_options());
        let (sender, events) = bounded(MESSAGE_QUEUE);
        std::thread::Builder::new()
            .name("apparatus-mqtt".into())
            .spawn(move || listen(connection, clock, &sender))
            .map_err(|e| ApparatusError::Thread(e.to_string()))?;
        match events.recv_timeout(CONNECT_TIMEOUT) {
            Ok(BrokerEvent::Connected) => {}
            Ok(BrokerEvent::Broken(reason)) => return Err(failed(reason)),
            Ok(BrokerEvent::Message { .. }) | Err(_) => return Err(failed("no answer".into())),
        }
        let filters = OpenPiste::topics().map(|topic| SubscribeFilter::new(topic, QoS::AtLeastOnce));
        client.subscribe_many(filters).map_err(|e| failed(e.to_string()))?;
        Ok(Self { client, events })
    }
}

impl Drop for MqttLink {
    fn drop(&mut self) {
        let _ending = self.client.try_disconnect();
    }
}

/// TLS through `rustls` with the system's trusted roots, and those in `ca` (PEM) for a hall's own broker.
fn encrypted(ca: Option<&Path>) -> Result<Transport, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca {
        let unreadable =
            |e: &dyn std::fmt::Display| format!("the certificate cannot be read ({e}): {}", path.display());
        for certificate in CertificateDer::pem_file_iter(path).map_err(|e| unreadable(&e))? {
            roots.add(certificate.map_err(|e| unreadable(&e))?).map_err(|e| unreadable(&e))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(|e| e.to_string())?.with_root_certificates(roots).with_no_client_auth();
    Ok(Transport::Tls(TlsConfiguration::Rustls(Arc::new(config))))
}

/// Disables Nagle's algorithm: waiting to fill a packet costs 40 ms with most systems' delayed acknowledgement.
pub(crate) fn nodelay_options() -> NetworkOptions {
    let mut options = NetworkOptions::new();
    options.set_tcp_nodelay(true);
    options
}

/// The client's loop: runs until the connection breaks or the receiver is gone.
fn listen(mut connection: Connection, clock: HostClock, sender: &Sender<BrokerEvent>) {
    loop {
        let event = match connection.recv() {
            Ok(Ok(Event::Incoming(Packet::ConnAck(_)))) => BrokerEvent::Connected,
            Ok(Ok(Event::Incoming(Packet::Publish(message)))) => {
                let (topic, payload) = (message.topic, message.payload.to_vec());
                BrokerEvent::Message { at: clock.now(), topic, payload, retained: message.retain }
            }
            Ok(Ok(_)) => continue,
            Ok(Err(error)) => BrokerEvent::Broken(error.to_string()),
            Err(_) => BrokerEvent::Broken("the client ended".into()),
        };
        let last = matches!(event, BrokerEvent::Broken(_));
        if sender.send(event).is_err() || last {
            return;
        }
    }
}

impl OpenLink for MqttLink {
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError> {
        match self.events.recv_timeout(wait) {
            Ok(BrokerEvent::Message { at, topic, payload, retained }) => {
                take(Arrival { topic: &topic, retained, ..Arrival::of(at, &payload) });
                Ok(Received::Bytes)
            }
            Ok(BrokerEvent::Connected) | Err(RecvTimeoutError::Timeout) => Ok(Received::Nothing),
            Ok(BrokerEvent::Broken(reason)) => Err(ApparatusError::Broken(reason)),
            Err(RecvTimeoutError::Disconnected) => Err(ApparatusError::Broken("the client ended".into())),
        }
    }

    /// Does nothing: the broker belongs to others.
    fn send(&mut self, _bytes: &[u8]) -> Result<(), ApparatusError> {
        Ok(())
    }
}
