//! `box simulate`: plays phrases like a box, for tests without one.

use super::watch::stop_on_ctrl_c;
use apparatus::{
    Protocol,
    simulate::{
        Faults, MqttWire, Playback, ScriptSettings, Sent, SimulatedBox, SimulationSettings, UdpWire, Wire, WrongBaud,
        both, play,
    },
};
use clap::{Args as ClapArgs, ValueEnum};
use fencing::Weapon;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::atomic::Ordering};

/// Arguments of `box simulate`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The protocol to speak (see 'box list')
    protocol: Protocol,
    /// Transport (default: the protocol's usual one)
    #[arg(long, value_enum)]
    to: Option<To>,
    /// UDP: where to send (default 127.0.0.1 and the protocol's port). MQTT: broker, host:port
    #[arg(long)]
    at: Option<String>,
    /// Pseudo-terminal: a link of this name points to it. Unix socket: its path
    #[arg(long)]
    link: Option<PathBuf>,
    /// How many phrases
    #[arg(long, default_value_t = 10)]
    phrases: u32,
    /// Seed: the same seed gives the same phrases and faults
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Weapon
    #[arg(long, default_value = "sabre")]
    weapon: Weapon,
    /// Name of the piste
    #[arg(long, default_value = "1")]
    piste: String,
    /// Share of corrupted bytes, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    garbled: f64,
    /// Share of lost bytes
    #[arg(long, default_value_t = 0.0)]
    lost: f64,
    /// Share of positions with an inserted byte
    #[arg(long, default_value_t = 0.0)]
    noise: f64,
    /// Serial rate at which the receiver is assumed to listen
    #[arg(long)]
    wrong_baud: bool,
    /// A second box on the same wire or network, on piste 2
    #[arg(long)]
    two_boxes: bool,
}

/// Transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    /// A pseudo-terminal, opened like a serial port
    Pty,
    /// Datagrams
    Udp,
    /// An MQTT broker
    Mqtt,
    /// A Unix socket on which the referee listens
    Unix,
}

/// Runs `box simulate`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut wire = open(args)?;
    let stop = stop_on_ctrl_c()?;
    let settings = settings_of(args);
    let mut sent = 0u64;
    let progress = |_: &Sent| {
        sent += 1;
        if stop.load(Ordering::Relaxed) { Playback::Stop } else { Playback::Continue }
    };
    let first = SimulatedBox::new(&settings);
    if args.two_boxes {
        let mut second = SimulationSettings { piste: "2".into(), ..settings };
        second.script.seed = second.script.seed.wrapping_add(1);
        play(both(first, SimulatedBox::new(&second)).into_iter(), wire.as_mut(), progress)?;
    } else {
        play(first, wire.as_mut(), progress)?;
    }
    println!("{sent} messages sent");
    Ok(ExitCode::SUCCESS)
}

fn settings_of(args: &Args) -> SimulationSettings {
    let wrong_baud = if args.wrong_baud { WrongBaud::Yes } else { WrongBaud::No };
    SimulationSettings {
        script: ScriptSettings {
            seed: args.seed,
            phrases: args.phrases,
            weapon: args.weapon,
            ..ScriptSettings::default()
        },
        faults: Faults { garbled: args.garbled, lost: args.lost, noise: args.noise, wrong_baud },
        piste: args.piste.clone(),
        ..SimulationSettings::of(args.protocol)
    }
}

fn open(args: &Args) -> anyhow::Result<Box<dyn Wire>> {
    match args.to.unwrap_or_else(|| usual(args.protocol)) {
        To::Udp => {
            let port = args.protocol.udp_port().unwrap_or(50_100);
            let to: SocketAddr = args.at.clone().unwrap_or_else(|| format!("127.0.0.1:{port}")).parse()?;
            println!("sending to udp:{to}");
            Ok(Box::new(UdpWire::open(to)?))
        }
        To::Mqtt => {
            let at = args.at.clone().unwrap_or_else(|| "127.0.0.1:1883".into());
            let (host, port) = at.rsplit_once(':').unwrap_or((&at, "1883"));
            println!("publishing to mqtt://{at}");
            Ok(Box::new(MqttWire::open(host, port.parse()?)?))
        }
        To::Pty => open_pty(args),
        To::Unix => open_unix(args),
    }
}

#[cfg(unix)]
fn open_pty(args: &Args) -> anyhow::Result<Box<dyn Wire>> {
    use apparatus::simulate::ClockQuery;
    let asked = if args.protocol == Protocol::ReferenceBox { ClockQuery::Answered } else { ClockQuery::Ignored };
    let wire = apparatus::simulate::PtyWire::open(args.link.as_deref(), asked)?;
    println!("speaking on {}", args.link.as_ref().map_or(wire.path().to_owned(), |link| link.display().to_string()));
    Ok(Box::new(wire))
}

#[cfg(unix)]
fn open_unix(args: &Args) -> anyhow::Result<Box<dyn Wire>> {
    let Some(path) = &args.link else { anyhow::bail!("say where the referee listens with --link PATH") };
    Ok(Box::new(apparatus::simulate::UnixWire::open(path)?))
}

#[cfg(not(unix))]
fn open_pty(_args: &Args) -> anyhow::Result<Box<dyn Wire>> {
    anyhow::bail!("this system has no pseudo-terminals; use --to udp or --to mqtt")
}

#[cfg(not(unix))]
fn open_unix(_args: &Args) -> anyhow::Result<Box<dyn Wire>> {
    anyhow::bail!("this system has no Unix sockets; use --to udp or --to mqtt")
}

fn usual(protocol: Protocol) -> To {
    match protocol {
        Protocol::Cyrano => To::Udp,
        Protocol::OpenPiste => To::Mqtt,
        Protocol::PisteLink => To::Unix,
        _ => To::Pty,
    }
}
