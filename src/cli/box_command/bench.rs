//! `box bench`: measures the time from the last byte on the wire to the application, without the wire's own time.

use apparatus::{Protocol, simulate::latency};
use clap::Args as ClapArgs;
use std::process::ExitCode;

/// Arguments of `box bench`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Only this protocol (default: all that need no broker)
    #[arg(long)]
    protocol: Option<Protocol>,
    /// A broker for OpenPiste, host:port
    #[arg(long)]
    broker: Option<String>,
    /// Lamp changes per protocol
    #[arg(long, default_value_t = 300)]
    changes: u32,
}

/// Runs `box bench`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    println!("{:<14} {:>8} {:>9} {:>9} {:>9}  over", "protocol", "changes", "p50 ms", "p99 ms", "max ms");
    for protocol in Protocol::ALL.into_iter().filter(|p| args.protocol.is_none_or(|only| only == *p)) {
        if protocol == Protocol::OpenPiste && args.broker.is_none() {
            println!("{:<14} not measured: give --broker host:port", protocol.as_str());
            continue;
        }
        let measured = latency::measure(protocol, args.broker.as_deref(), args.changes)?;
        let ms = |quantile: f64| measured.quantile_secs(quantile) * 1000.0;
        println!(
            "{:<14} {:>8} {:>9.3} {:>9.3} {:>9.3}  {}",
            protocol.as_str(),
            measured.count(),
            ms(0.5),
            ms(0.99),
            ms(1.0),
            measured.over
        );
    }
    Ok(ExitCode::SUCCESS)
}
