//! Lifecycle of the server: accept, serve, drain, stop.
//!
//! [`run`] takes a bound listener and any future as shutdown signal, so a test passes port 0 and a channel. Stopping first closes the
//! listener, lets open phrases and uploads reach their verdicts, then writes their artifacts and uploads them to the store; all
//! of that within the drain time.

use super::artifact_store::StoreError;
use super::connections::Acceptor;
use super::http::{router, sweep};
use super::recovery::{conclude, recover};
use super::service::{Service, ServiceSetup};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use settings::TlsFiles;
use std::future::Future;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longest interval between two checks for sessions whose client has gone.
const CLEAN_INTERVAL: Duration = Duration::from_mins(1);

/// Share of the drain time reserved for artifacts and uploads, however late phrases end: six seconds of the default thirty. The video of
/// a long phrase, whose frames are nowhere else, is saved in two.
const ARTIFACT_SHARE: f64 = 0.2;
/// Time-out of aborted connections, for those whose client does not accept data.
const ABORT_TIMEOUT: Duration = Duration::from_secs(1);

/// Time-out of answers in progress at the end.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(300);

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
        /// The cause.
        reason: String,
        /// The file.
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
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let tls = tls.map(tls_config).transpose()?.map(TlsAcceptor::from);
    let service = Service::new(setup)?;
    let output = service.output.clone();
    tokio::task::spawn_blocking(move || sweep(&output));
    let acceptor = Acceptor {
        limits: service.connection_limits.clone(),
        tls,
        app: router(Arc::clone(&service)),
        stopping: service.stopping.clone(),
        killed: CancellationToken::new(),
        open: TaskTracker::new(),
    };
    // A token of its own, not that of the phrases: aborted phrases are still answered.
    let (open, cut) = (acceptor.open.clone(), acceptor.killed.clone());
    recover(&service);
    let cleaning = tokio::spawn(clean(Arc::clone(&service)));
    let accepting = tokio::spawn(acceptor.run(listener));
    shutdown.await;
    stop(&service, &open, &cut).await;
    cleaning.abort();
    accepting.await.map_err(std::io::Error::other)?;
    Ok(())
}

/// Stops in this order, within the drain time: the listener closes; phrases and uploads reach their verdicts, and are aborted when only
/// [`ARTIFACT_SHARE`] of the time is left; the artifacts are written; they are uploaded to the store; remaining connections end.
async fn stop(service: &Service, open: &TaskTracker, cut: &CancellationToken) {
    let drain = service.limits.drain;
    let deadline = Instant::now() + drain;
    tracing::info!(phrases = service.sessions.active(), drain_secs = drain.as_secs_f64(), "stopping");
    service.stopping.cancel();
    open.close();
    service.connections.close();
    if timeout_at(deadline - drain.mul_f64(ARTIFACT_SHARE), service.connections.wait()).await.is_err() {
        tracing::warn!(phrases = service.sessions.active(), "phrases are cut off: the drain time is over");
        service.killed.cancel();
        let cut_off = deadline.min(Instant::now() + ABORT_TIMEOUT);
        let _some_still_send = timeout_at(cut_off, service.connections.wait()).await;
    }
    if !service.artifacts.finish(deadline).await {
        tracing::warn!("some artifacts are not written: the drain time is over");
    }
    if let Some(uploader) = service.artifacts.take_uploader()
        && !uploader.finish(deadline).await
    {
        tracing::warn!("some phrases are not in the artifact store: the drain time is over; they are on disk");
    }
    let _answers_are_out = timeout_at(Instant::now() + ANSWER_TIMEOUT, open.wait()).await;
    cut.cancel();
    let _ended = timeout_at(Instant::now() + ABORT_TIMEOUT, open.wait()).await;
}

async fn clean(service: Arc<Service>) {
    let every = CLEAN_INTERVAL.min(service.limits.session_timeout / 2).max(Duration::from_millis(20));
    let mut tick = tokio::time::interval(every);
    loop {
        tick.tick().await;
        let expired = service.sessions.expire();
        if !expired.is_empty() {
            tracing::info!(expired = expired.len(), "the clients of these sessions did not come back");
        }
        for session in expired {
            // Every acknowledged phrase of a killed server is judged, whether its client comes back or not.
            if session.session_stats().is_restored {
                let service = Arc::clone(&service);
                let tracker = service.connections.clone();
                tracker.spawn(async move { conclude(&service, session).await });
            } else {
                service.metrics.dropped.add(1);
            }
        }
    }
}

/// Checks certificate and key before anything is started.
pub fn check_tls(files: &TlsFiles) -> Result<(), ServerError> {
    tls_config(files).map(drop)
}

fn tls_config(files: &TlsFiles) -> Result<Arc<ServerConfig>, ServerError> {
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
    Ok(Arc::new(config))
}
