//! From a listening socket to a stopped server: accept, serve, drain.
//!
//! [`run`] takes a bound listener and any future as the wish to stop, so a test passes port 0 and a channel. Stopping
//! closes the door first, lets open phrases and uploads reach their verdict, then writes what waits on disk and carries away
//! what waits for the store; all of that has to end within the drain time.

use super::http::{router, sweep};
use super::service::{Service, ServiceSetup};
use super::store::StoreError;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use settings::TlsFiles;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A connection that has not said what it wants by then is closed.
const FIRST_REQUEST: Duration = Duration::from_secs(10);
/// How often sessions whose client has gone are looked through, at most.
const CLEAN_EVERY: Duration = Duration::from_mins(1);

/// The part of the drain time that phrases leave to papers and store, however late they end: six seconds of the usual thirty.
/// The video of a long phrase, whose frames are nowhere else, is on disk in two.
const FOR_PAPERS: f64 = 0.2;
/// Connections that are cut off end at once, but for one whose client does not take what is sent.
const CUT_OFF_WITHIN: Duration = Duration::from_secs(1);

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The socket, a thread or the accept loop failed.
    #[error("the server cannot run: {0}")]
    Io(#[from] std::io::Error),
    /// The artifact store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Certificate or key cannot be used.
    #[error("the TLS {what} cannot be used ({reason}); give a PEM file: {path}")]
    Tls {
        /// Certificate or key.
        what: &'static str,
        /// Why not.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
}

/// Serves on `listener` until `shutdown` is ready and running phrases have ended or the drain time is over.
pub async fn run(
    listener: TcpListener,
    setup: ServiceSetup,
    tls: Option<&TlsFiles>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServerError> {
    listener.set_nonblocking(true)?;
    let service = Service::new(setup)?;
    let output = service.output.clone();
    tokio::task::spawn_blocking(move || sweep(&output));
    let handle: Handle<SocketAddr> = Handle::new();
    let app = router(Arc::clone(&service)).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum_server::from_tcp(listener)?.handle(handle.clone()).first_request_timeout(FIRST_REQUEST);
    let cleaning = tokio::spawn(clean(Arc::clone(&service)));
    let serving = match tls {
        Some(files) => {
            let acceptor = RustlsAcceptor::new(tls_config(files)?).acceptor(service.door.clone());
            tokio::spawn(server.acceptor(acceptor).serve(app))
        }
        None => tokio::spawn(server.acceptor(service.door.clone()).serve(app)),
    };
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended.map_err(std::io::Error::other)?.map_err(Into::into),
        () = shutdown => {}
    }
    stop(&service, &handle).await;
    cleaning.abort();
    let _ = serving.await;
    Ok(())
}

async fn stop(service: &Service, handle: &Handle<SocketAddr>) {
    let drain = service.limits.drain;
    let deadline = Instant::now() + drain;
    tracing::info!(phrases = service.sessions.active(), drain_secs = drain.as_secs_f64(), "stopping");
    service.stopping.cancel();
    handle.graceful_shutdown(Some(drain));
    service.connections.close();
    if timeout_at(deadline - drain.mul_f64(FOR_PAPERS), service.connections.wait()).await.is_err() {
        tracing::warn!(phrases = service.sessions.active(), "phrases are cut off: the drain time is over");
        service.killed.cancel();
        let cut_off = deadline.min(Instant::now() + CUT_OFF_WITHIN);
        let _some_still_send = timeout_at(cut_off, service.connections.wait()).await;
    }
    if !service.archive.finish(deadline).await {
        tracing::warn!("some papers are not written: the drain time is over");
    }
    if let Some(courier) = service.archive.dismiss()
        && !courier.finish(deadline).await
    {
        tracing::warn!("some phrases are not in the artifact store: the drain time is over; they are on disk");
    }
    handle.shutdown();
}

async fn clean(service: Arc<Service>) {
    let every = CLEAN_EVERY.min(service.limits.session_timeout / 2).max(Duration::from_millis(20));
    let mut tick = tokio::time::interval(every);
    loop {
        tick.tick().await;
        let expired = service.sessions.expire();
        if expired > 0 {
            service.metrics.dropped.add(expired as u64);
            tracing::info!(expired, "sessions whose client did not come back are dropped");
        }
    }
}

/// Refuses certificate and key that cannot be used, before anything is started.
pub fn check_tls(files: &TlsFiles) -> Result<(), ServerError> {
    tls_config(files).map(drop)
}

fn tls_config(files: &TlsFiles) -> Result<RustlsConfig, ServerError> {
    let bad = |what, path: &Path| {
        let path = path.to_owned();
        move |reason: String| ServerError::Tls { what, reason, path }
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&files.cert)
        .map_err(|e| e.to_string())
        .and_then(|certs| certs.collect::<Result<_, _>>().map_err(|e| e.to_string()));
    let chain = chain.map_err(bad("certificate", &files.cert))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| bad("key", &files.key)(e.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let made = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut config = made.map_err(|e| bad("certificate", &files.cert)(e.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
