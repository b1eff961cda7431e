//! `referee box`: finds, watches, records, replays or simulates a scoring apparatus.

mod bench;
mod simulate;
mod watch;

use apparatus::{ApparatusSettings, DecoderSettings, Link, OrderSetting, Pace, Protocol, SideOrder, list_ports};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use fencing::Weapon;
use settings::{Environment, PisteDefaults};
use std::{path::PathBuf, process::ExitCode};

/// Find, watch, record, replay or simulate a scoring apparatus.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: BoxCommand,
}

#[derive(Debug, Subcommand)]
enum BoxCommand {
    /// List the serial ports and the supported protocols
    List,
    /// Listen on every port and detect what sends there
    Detect {
        /// How long to listen on each port, in seconds; the unknown serial rates take 2 s each
        #[arg(long, default_value_t = 12.0)]
        secs: f64,
        /// A port to listen on, e.g. `/dev/ttyACM0`, `udp:50100`, `mqtt://host:1883`; repeat for several (default: all serial ports, Cyrano and RS422-FPA on UDP)
        #[arg(long)]
        port: Vec<Address>,
    },
    /// Print the events of an apparatus
    Watch(Source),
    /// Watch, and record every byte with its time
    Record {
        /// The file to write
        file: PathBuf,
        #[command(flatten)]
        source: Source,
    },
    /// Print the events of a recording
    Replay {
        /// A file of `box record`
        file: PathBuf,
        /// Protocol, if the file does not name it
        #[arg(long)]
        protocol: Option<Protocol>,
        /// As fast as possible; the printed times are the recording's
        #[arg(long)]
        fast: bool,
        #[command(flatten)]
        reading: Reading,
    },
    /// Play phrases as a box would, with exact times and, if wanted, faults
    Simulate(simulate::Args),
    /// Measure the time from the wire to the application, per protocol
    Bench(bench::Args),
}

/// Parses an address here and not in clap, whose error message would repeat the password in it.
#[derive(Clone, Debug)]
struct Address(Result<Link, String>);

impl std::str::FromStr for Address {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse()))
    }
}

impl Address {
    fn link(&self) -> anyhow::Result<Link> {
        self.0.clone().map_err(anyhow::Error::msg)
    }
}

/// Arguments that name an apparatus.
#[derive(Debug, ClapArgs)]
struct Source {
    /// Where it is: `/dev/ttyACM0`, `COM3`, `udp:50100`, `udp:239.0.0.1:50100` (a group or a sender), `mqtt://host:1883`, `mqtts://user@host?password-file=PATH&ca=PATH` (else the password is in `FENCING_MQTT_PASSWORD`), `unix:/run/pistelink/ai.sock` (default: the variable `FENCING_SERIAL_PORT` with its `FENCING_BAUD_RATE`, else the only serial port there is)
    #[arg(long)]
    port: Option<Address>,
    /// Protocol (default: detected); PisteLink's AI socket is only listened to: it gets no camera state and no verdict
    #[arg(long)]
    protocol: Option<Protocol>,
    /// Serial rate, if it differs from the protocol's
    #[arg(long)]
    baud: Option<u32>,
    /// Stop after so many seconds
    #[arg(long)]
    secs: Option<f64>,
    #[command(flatten)]
    reading: Reading,
}

/// Arguments for interpreting the messages.
#[derive(Debug, ClapArgs)]
struct Reading {
    /// Weapon, until the apparatus sends one
    #[arg(long, default_value = "sabre")]
    weapon: Weapon,
    /// The piste to listen to on a shared network (default: the first one found)
    #[arg(long)]
    piste: Option<String>,
    /// The camera is on the other side of the piste: exchange left and right
    #[arg(long)]
    exchange_sides: bool,
    /// Favero: whose score comes first
    #[arg(long, value_enum, default_value_t = OrderArg::Learn)]
    score_order: OrderArg,
    /// RS422-FPA: whose white lamp W is
    #[arg(long, value_enum, default_value_t = OrderArg::Learn)]
    white_order: OrderArg,
}

/// An order on which documents disagree.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderArg {
    /// Start as documented; the messages may correct it
    Learn,
    /// As documented
    Documented,
    /// The other way round
    Reversed,
}

impl From<OrderArg> for OrderSetting {
    fn from(order: OrderArg) -> Self {
        match order {
            OrderArg::Learn => Self::Learn,
            OrderArg::Documented => Self::AsDocumented,
            OrderArg::Reversed => Self::Reversed,
        }
    }
}

/// Runs `referee box`.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        BoxCommand::List => list(),
        BoxCommand::Detect { secs, port } => {
            let links = port.iter().map(Address::link).collect::<anyhow::Result<Vec<Link>>>()?;
            watch::detect(&links, *secs)
        }
        BoxCommand::Watch(source) => watch::watch(settings_of(source, None)?, source.secs),
        BoxCommand::Record { file, source } => watch::watch(settings_of(source, Some(file.clone()))?, source.secs),
        BoxCommand::Replay { file, protocol, fast, reading } => {
            let pace = if *fast { Pace::Fast } else { Pace::Original };
            let link = Link::Replay { path: file.clone(), pace };
            watch::watch(
                with_reading(ApparatusSettings { protocol: *protocol, ..ApparatusSettings::for_link(link) }, reading),
                None,
            )
        }
        BoxCommand::Simulate(args) => simulate::run(args),
        BoxCommand::Bench(args) => bench::run(args),
    }
}

fn list() -> anyhow::Result<ExitCode> {
    println!("serial ports:");
    let ports = list_ports()?;
    if ports.is_empty() {
        println!("  none; plug the box in and try again");
    }
    for port in ports {
        println!("  {:<24} {}", port.path, port.about);
    }
    println!("\nprotocols:");
    for protocol in Protocol::ALL {
        let line = match (protocol.baud(), protocol.udp_port()) {
            (Some(baud), Some(port)) => format!("serial {baud}, UDP {port}"),
            (Some(baud), None) => format!("serial {baud}"),
            (None, Some(port)) => format!("UDP {port}"),
            (None, None) if protocol == Protocol::OpenPiste => "MQTT broker".to_owned(),
            (None, None) => "Unix socket".to_owned(),
        };
        println!("  {:<14} {:<44} {line}", protocol.as_str(), protocol.title());
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the settings; without a port the only serial port is used.
fn settings_of(source: &Source, capture: Option<PathBuf>) -> anyhow::Result<ApparatusSettings> {
    let environment = Environment::of_process();
    let piste = PisteDefaults::of(&environment)?;
    environment.unused_piste_variables().iter().for_each(|sentence| eprintln!("referee: {sentence}"));
    let mut link = match (&source.port, source.protocol, piste.serial_port) {
        (Some(address), ..) => address.link()?,
        (None, None | Some(Protocol::ReferenceBox), Some(path)) => Link::Serial { path, baud: piste.baud },
        (None, protocol, _) => usual_link(protocol)?,
    };
    if let Link::Serial { baud, .. } = &mut link {
        *baud = source.baud.or(*baud);
    }
    let settings = ApparatusSettings { protocol: source.protocol, capture, ..ApparatusSettings::for_link(link) };
    Ok(with_reading(settings, &source.reading))
}

fn with_reading(settings: ApparatusSettings, reading: &Reading) -> ApparatusSettings {
    let sides = if reading.exchange_sides { SideOrder::Exchanged } else { SideOrder::AsWired };
    let decoder = DecoderSettings {
        weapon: reading.weapon,
        piste: reading.piste.clone(),
        white_order: reading.white_order.into(),
        score_order: reading.score_order.into(),
    };
    ApparatusSettings { sides, decoder, ..settings }
}

fn usual_link(protocol: Option<Protocol>) -> anyhow::Result<Link> {
    match protocol {
        Some(Protocol::Cyrano) => Ok(Link::Udp { port: 50_100, from: None }),
        Some(Protocol::OpenPiste) => "mqtt://openpiste.local:1883".parse().map_err(anyhow::Error::msg),
        Some(Protocol::PisteLink) => Ok(Link::Unix { path: "/run/pistelink/ai.sock".into() }),
        _ => {
            let ports = list_ports()?;
            match ports.as_slice() {
                [only] => Ok(Link::Serial { path: only.path.clone(), baud: None }),
                [] => anyhow::bail!("no serial port is there; plug the box in, or say where it is with --port"),
                _ => anyhow::bail!(
                    "there are {} serial ports; say which with --port (see 'referee box list')",
                    ports.len()
                ),
            }
        }
    }
}
