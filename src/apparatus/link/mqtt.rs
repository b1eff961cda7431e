//! An MQTT broker, listened to through `rumqttc`'s blocking client on a thread of its own.
//!
//! The client's loop must never be interrupted half-way, so it blocks on that thread and hands messages over a bounded
//! channel; dropping the link asks the client to disconnect, which ends the loop.

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

/// Messages that may wait: far above what one piste says in a second.
const WAITING: usize = 256;
/// Largest message accepted, above the draft's fullest one.
const LARGEST: usize = 128 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How long the broker may take to answer the first time.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Distinguishes this process' clients at a broker, which drops the older of two with one name.
static CLIENTS: AtomicU32 = AtomicU32::new(0);

enum BrokerEvent {
    Connected,
    Message { at: Timestamp, topic: String, payload: Vec<u8>, retained: bool },
    Broken(String),
}

/// A subscription.
pub(super) struct MqttLink {
    client: Client,
    said: Receiver<BrokerEvent>,
}

impl MqttLink {
    /// Connects and subscribes; waits for the broker's answer.
    pub(super) fn open(host: &str, port: u16, access: &MqttAccess, clock: HostClock) -> Result<Self, ApparatusError> {
        let failed = |reason: String| ApparatusError::Broker { host: host.to_owned(), port, reason };
        let number = CLIENTS.fetch_add(1, Ordering::Relaxed);
        let mut options = MqttOptions::new(format!("referee-{}-{number}", std::process::id()), host, port);
        options.set_keep_alive(KEEP_ALIVE).set_max_packet_size(LARGEST, LARGEST);
        if let Some(user) = &access.user {
            options.set_credentials(user, access.password.read().map_err(failed)?);
        }
        if access.tls {
            options.set_transport(encrypted(access.ca.as_deref()).map_err(failed)?);
        }
        let (client, mut connection) = Client::new(options, 16);
        connection.eventloop.set_network_options(at_once());
        let (tell, said) = bounded(WAITING);
        std::thread::Builder::new()
            .name("apparatus-mqtt".into())
            .spawn(move || listen(connection, clock, &tell))
            .map_err(|e| ApparatusError::Thread(e.to_string()))?;
        match said.recv_timeout(CONNECT_WITHIN) {
            Ok(BrokerEvent::Connected) => {}
            Ok(BrokerEvent::Broken(reason)) => return Err(failed(reason)),
            Ok(BrokerEvent::Message { .. }) | Err(_) => return Err(failed("no answer".into())),
        }
        let filters = OpenPiste::topics().map(|topic| SubscribeFilter::new(topic, QoS::AtLeastOnce));
        client.subscribe_many(filters).map_err(|e| failed(e.to_string()))?;
        Ok(Self { client, said })
    }
}

impl Drop for MqttLink {
    fn drop(&mut self) {
        let _ending = self.client.try_disconnect();
    }
}

/// TLS by `rustls` with the roots that this system trusts, and those of `ca` (PEM) for a hall's own broker.
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

/// Small messages leave at once: waiting to fill a packet costs 40 ms with most systems' delayed acknowledgement.
pub(crate) fn at_once() -> NetworkOptions {
    let mut options = NetworkOptions::new();
    options.set_tcp_nodelay(true);
    options
}

/// The client's loop: until it breaks or nobody listens any more.
fn listen(mut connection: Connection, clock: HostClock, tell: &Sender<BrokerEvent>) {
    loop {
        let said = match connection.recv() {
            Ok(Ok(Event::Incoming(Packet::ConnAck(_)))) => BrokerEvent::Connected,
            Ok(Ok(Event::Incoming(Packet::Publish(message)))) => {
                let (topic, payload) = (message.topic, message.payload.to_vec());
                BrokerEvent::Message { at: clock.now(), topic, payload, retained: message.retain }
            }
            Ok(Ok(_)) => continue,
            Ok(Err(error)) => BrokerEvent::Broken(error.to_string()),
            Err(_) => BrokerEvent::Broken("the client ended".into()),
        };
        let last = matches!(said, BrokerEvent::Broken(_));
        if tell.send(said).is_err() || last {
            return;
        }
    }
}

impl OpenLink for MqttLink {
    fn receive(&mut self, wait: Duration, take: &mut dyn FnMut(Arrival<'_>)) -> Result<Received, ApparatusError> {
        match self.said.recv_timeout(wait) {
            Ok(BrokerEvent::Message { at, topic, payload, retained }) => {
                take(Arrival { topic: &topic, retained, ..Arrival::of(at, &payload) });
                Ok(Received::Bytes)
            }
            Ok(BrokerEvent::Connected) | Err(RecvTimeoutError::Timeout) => Ok(Received::Nothing),
            Ok(BrokerEvent::Broken(reason)) => Err(ApparatusError::Broken(reason)),
            Err(RecvTimeoutError::Disconnected) => Err(ApparatusError::Broken("the client ended".into())),
        }
    }

    /// A listener at other people's broker says nothing.
    fn send(&mut self, _bytes: &[u8]) -> Result<(), ApparatusError> {
        Ok(())
    }
}
