//! `referee serve`: runs the server, from settings to a clean stop.

use anyhow::Context;
use fencing::wording::Language;
use settings::{AnalysisArgs, AnalysisSettings, Environment, FileSettings, ServerArgs, ServerSettings, SystemPaths};
use std::io::IsTerminal;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use vision::engine::{Engine, PoseConfig};
use vision::video::spawn_worker;
use wire::server::{self, EngineJudge, ServiceSetup};

/// Judge phrases that stream in over the network, or are uploaded.
///
/// Exit 0 after a stop by signal, 1 when it cannot start.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration file [env: REFEREE_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Language of the reports and overlays: en, fr, it, es, de or zh
    #[arg(long, default_value = "en")]
    language: Language,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    analysis: AnalysisArgs,
}

/// Serves until a stop signal comes and running phrases have ended.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let file = FileSettings::find(args.config.as_deref(), &environment)?;
    let settings = ServerSettings::resolve(args.server, &environment, file.server)?;
    let analysis = AnalysisSettings::resolve(args.analysis, &environment, file.analysis)?;
    start_log(&settings);
    environment.unused_variables().iter().for_each(|sentence| tracing::warn!("{sentence}"));
    // Before the models are loaded, so that a wrong certificate or a used port is reported at once.
    settings.tls.as_ref().map_or(Ok(()), server::check_tls)?;
    let listener = bind(&settings)?;
    check_output(&analysis.output)?;
    let address = listener.local_addr().context("the address cannot be read")?;
    let engine = load_engine(&analysis, &environment)?;
    let model = analysis.model.as_ref().map_or_else(|| "bundled".to_owned(), |path| path.display().to_string());
    tracing::info!(backend = %engine.backend(), model, "engine loaded");
    let corrected = analysis.correction().filter(|_| settings.corrected_video);
    let setup = ServiceSetup {
        judge: Arc::new(EngineJudge::new(engine, model)),
        access: settings.access.clone(),
        limits: settings.limits.clone(),
        output: analysis.output,
        store: settings.store.clone(),
        weapon: analysis.weapon,
        hit_sides: analysis.hit_sides,
        language: args.language,
        corrected,
    };
    announce(address, &settings);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("wire").build()?;
    let served = runtime.block_on(server::run(listener, setup, settings.tls.as_ref(), stop_signal()));
    // Threads that still analyse a cancelled phrase end on their own.
    runtime.shutdown_background();
    served?;
    Ok(ExitCode::SUCCESS)
}

/// One model per core, one thread each; phrases share them frame by frame. All but the first are loaded in the background, so
/// that the first client need not wait.
fn load_engine(analysis: &AnalysisSettings, environment: &Environment) -> anyhow::Result<Engine> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut config = analysis.engine_config(&SystemPaths::of_this_machine(environment), cores)?;
    config.pose = PoseConfig { threads: 1, ..config.pose };
    let engine = Engine::load(&config)?;
    let cold = engine.clone();
    spawn_worker(
        "warm-up",
        || (),
        move || {
            if let Err(error) = cold.warm_up() {
                tracing::warn!(%error, "not every model could be loaded ahead");
            }
        },
    )?;
    Ok(engine)
}

/// Rejects a folder that is not writable, which would cost the artifacts of every phrase.
fn check_output(folder: &Path) -> anyhow::Result<()> {
    let probed = std::fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder));
    probed.map(drop).with_context(|| {
        format!("results cannot be written; make room, or choose another --output: {}", folder.display())
    })
}

fn bind(settings: &ServerSettings) -> anyhow::Result<TcpListener> {
    let host = settings.host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> = (host, settings.port)
        .to_socket_addrs()
        .with_context(|| format!("the address cannot be found; correct --host: {host}"))?
        .collect();
    TcpListener::bind(&addresses[..]).with_context(|| {
        format!("the port cannot be opened; stop what uses it or choose another --port: {host}:{}", settings.port)
    })
}

/// One line on standard output that a program can wait for; the log goes to standard error.
fn announce(address: SocketAddr, settings: &ServerSettings) {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let lock = if settings.access.token.is_some() { "a token is needed" } else { "no token is needed" };
    println!("listening on {scheme}://{address} ({lock})");
}

fn start_log(settings: &ServerSettings) {
    // The inference library logs every allocation at INFO; only its warnings are useful.
    let quiet = if settings.log_level > tracing::Level::INFO { settings.log_level } else { tracing::Level::WARN };
    let filter = EnvFilter::new(format!("{},ort={quiet}", settings.log_level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second subscriber in the same process is rejected; the first one stays.
    let _ = if settings.logs_json { log.json().try_init() } else { log.try_init() };
}

/// Completes when the process is asked to stop: by Ctrl-C, its service manager, a closed console, a shutdown.
async fn stop_signal() {
    #[cfg(windows)]
    if let (Ok(mut close), Ok(mut logoff), Ok(mut shutdown)) = (
        tokio::signal::windows::ctrl_close(),
        tokio::signal::windows::ctrl_logoff(),
        tokio::signal::windows::ctrl_shutdown(),
    ) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = close.recv() => {}
            _ = logoff.recv() => {}
            _ = shutdown.recv() => {}
        }
        return;
    }
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
