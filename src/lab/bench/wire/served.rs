//! The server that is measured: a process of its own on a free port of loopback, its artifacts in a temporary folder.

use anyhow::{Context, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How often the artifacts are looked at, and how often at most: two minutes in all.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 1200;
/// Memory has settled when it changes by less than this from one look to the next.
const SETTLED_MIB: f64 = 0.5;
const SETTLE_EVERY: Duration = Duration::from_secs(2);
const SETTLE_LOOKS: u32 = 15;
/// Ticks per second in which Linux counts processor time, on every machine it supports.
const TICKS_PER_SEC: f64 = 100.0;

/// A running server; killed when it is dropped.
pub(super) struct Served {
    child: Child,
    output: TempDir,
    /// Where it listens.
    pub(super) address: String,
    /// Its output.
    pub(super) announced: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// Starts the server with the settings of this machine and waits until it listens.
    pub(super) fn start() -> anyhow::Result<Self> {
        let output = tempfile::tempdir()?;
        let lab = std::env::current_exe().context("this program cannot be found")?;
        let program = lab.with_file_name(format!("referee{}", std::env::consts::EXE_SUFFIX));
        if !program.is_file() {
            bail!(
                "the server is not built; run `cargo build --release --bins` first: {} is missing",
                program.display()
            );
        }
        let mut command = Command::new(program);
        command.args(["serve", "--host", "127.0.0.1", "--port", "0", "--log-level", "error", "--output"]);
        let mut child = command.arg(output.path()).stdout(Stdio::piped()).spawn()?;
        let mut announced = String::new();
        let stdout = child.stdout.take().context("the server has no output")?;
        BufReader::new(stdout).read_line(&mut announced)?;
        let address = announced.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let Some(address) = address.map(str::to_owned) else {
            let _ = child.kill();
            bail!("the server does not start: {announced}");
        };
        Ok(Self { child, output, address, announced: announced.trim().to_owned() })
    }

    /// Processor time of the server and of the children it has waited for, in seconds; 0 where the system does not report it.
    pub(super) fn cpu_secs(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name may contain anything, so counting starts after its bracket: utime, stime, cutime, cstime.
        let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(4);
        fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS_PER_SEC
    }

    /// Memory in use, in MiB; 0 where the system does not report it.
    pub(super) fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kib =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?.trim().parse().ok());
        kib.map_or(0.0, |kib: f64| kib / 1024.0)
    }

    /// Memory in use once it no longer changes: models are loaded behind the first clients' back, artifacts written after
    /// them.
    pub(super) async fn settled_mib(&self) -> f64 {
        let mut before = self.memory_mib();
        for _ in 0..SETTLE_LOOKS {
            tokio::time::sleep(SETTLE_EVERY).await;
            let now = self.memory_mib();
            if (now - before).abs() < SETTLED_MIB {
                return now;
            }
            before = now;
        }
        before
    }

    /// Megabytes that the server holds for frames.
    pub(super) async fn held_mb(&self) -> anyhow::Result<f64> {
        let url = format!("http://{}/streaming/stats", self.address);
        let stats: Value = serde_json::from_str(&reqwest::get(url).await?.text().await?)?;
        stats["total_memory_mb"].as_f64().context("the server does not say what it holds")
    }

    /// Waits until every phrase has its artifacts: they are written after the verdicts.
    pub(super) async fn artifacts_written(&self) -> anyhow::Result<()> {
        for _ in 0..LOOKS {
            let mut folders = std::fs::read_dir(self.output.path())?.filter_map(Result::ok);
            if folders.all(|folder| is_complete(&folder.path())) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("the server does not finish its artifacts")
    }
}

fn is_complete(folder: &Path) -> bool {
    let result = std::fs::read(folder.join(recording::RESULT_FILE)).ok();
    let result: Option<Value> = result.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    result.is_some_and(|result| result["artifacts_complete"] == true)
}
