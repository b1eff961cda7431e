//! Arguments of `referee stream`, and what they mean.

use crate::cli::lamp_args::LampArgs;
use anyhow::Context;
use recording::{HitSides, parse_signal_log};
use records::analysis::TouchByHand;
use settings::Environment;
use std::path::{Path, PathBuf};
use wire::client::{Authority, Encoding, ServerAddress};

/// Coding of frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Packing {
    #[default]
    Jpeg,
    Png,
    Raw,
}

/// What to do when the server cannot judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Fallback {
    /// Report it and stop
    #[default]
    None,
    /// Judge on this machine
    Local,
}

/// Stream a clip or a camera to a server and print its verdict.
///
/// The lamps are given with --signal, or with --lights and --touch-at; otherwise they are looked for in the video. The phrase is kept
/// on this machine until it is judged; --resume sends one that was not. Exit codes: 0 judged, 1 no verdict, 2 wrong
/// arguments, 130 interrupted.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Server, such as http://192.168.1.20:8080
    pub(super) server: String,
    /// Clip to send
    #[arg(long, value_name = "FILE", required_unless_present_any = ["resume", "camera"])]
    pub(super) video: Option<PathBuf>,
    /// Send the frames of a camera, for --duration seconds: number or part of its name, or rtsp:// address
    #[arg(long, value_name = "CAMERA", conflicts_with_all = ["video", "resume"])]
    pub(super) camera: Option<String>,
    /// Format of the camera, such as "1280x720@60 MJPEG" [default: the best that it has]
    #[arg(long, value_name = "FORMAT", requires = "camera")]
    pub(super) format: Option<String>,
    /// Send a phrase that an earlier call kept
    #[arg(long, value_name = "COPY", conflicts_with = "video")]
    pub(super) resume: Option<PathBuf>,
    #[command(flatten)]
    pub(super) lamps: LampArgs,
    /// Send at most this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, allow_negative_numbers = true)]
    pub(super) duration: f64,
    /// Name of the phrase [default: the clip's name and the time]
    #[arg(long, value_name = "ID")]
    pub(super) session_id: Option<String>,
    /// Coding of the frames
    #[arg(long, value_enum, default_value_t)]
    pub(super) encoding: Packing,
    /// Quality of JPEG frames
    #[arg(long, value_name = "1..100", default_value_t = 85, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(super) jpeg_quality: u8,
    /// Send at most this many frames per second [default: the clip's own rate]
    #[arg(long, value_name = "FPS", allow_negative_numbers = true)]
    pub(super) fps: Option<f64>,
    /// Also write the result to this file
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Token of the server [env: REFEREE_TOKEN]
    #[arg(long)]
    pub(super) token: Option<String>,
    /// Authority that signed the server's certificate, if not one of the system's (PEM)
    #[arg(long, value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    /// What to do when the server cannot judge
    #[arg(long, value_enum, default_value_t)]
    pub(super) fallback: Fallback,
    /// Print more
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// Source of the lamps.
pub(super) enum Lamps {
    /// A signal log: its name and bytes.
    Log { filename: String, bytes: Vec<u8> },
    /// A person.
    ByHand(TouchByHand),
    /// The video.
    Picture,
}

impl Args {
    /// The server with its token and certificate authority.
    pub(super) fn server(&self, environment: &Environment) -> anyhow::Result<ServerAddress> {
        server(&self.server, self.token.as_ref(), self.ca.as_deref(), environment)
    }

    /// The lamps from the arguments. Rejects contradictory arguments; reads the log.
    pub(super) fn lamps(&self) -> anyhow::Result<Lamps> {
        if let Some(path) = &self.lamps.signal {
            let bytes = std::fs::read(path)
                .with_context(|| format!("the signal log cannot be read; correct --signal: {}", path.display()))?;
            check_log(&bytes).with_context(|| format!("correct --signal: {}", path.display()))?;
            let filename = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Ok(Lamps::Log { filename, bytes });
        }
        Ok(self.lamps.by_hand()?.map_or(Lamps::Picture, Lamps::ByHand))
    }

    /// The coding in the protocol's words.
    pub(super) const fn encoding(&self) -> Encoding {
        match self.encoding {
            Packing::Jpeg => Encoding::Jpeg,
            Packing::Png => Encoding::Png,
            Packing::Raw => Encoding::Raw,
        }
    }

    /// Rejects impossible numbers and missing files.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let sound = |value: f64| value > 0.0 && value.is_finite();
        if !sound(self.duration) || self.fps.is_some_and(|fps| !sound(fps)) {
            anyhow::bail!("--duration and --fps must be numbers above 0");
        }
        let mut files = [&self.video, &self.lamps.signal, &self.resume].into_iter().flatten();
        match files.find(|file| !file.is_file()) {
            Some(missing) => anyhow::bail!("there is no such file: {}", missing.display()),
            None => Ok(()),
        }
    }
}

/// Rejects an unusable log before a phrase is sent with it. An empty one means a phrase without a box.
fn check_log(bytes: &[u8]) -> anyhow::Result<()> {
    if !bytes.iter().all(u8::is_ascii_whitespace) {
        parse_signal_log(bytes, HitSides::Auto)?;
    }
    Ok(())
}

/// The server, its token (from the argument or the environment), and its certificate authority.
pub(in crate::cli) fn server(
    typed: &str,
    token: Option<&String>,
    ca: Option<&Path>,
    environment: &Environment,
) -> anyhow::Result<ServerAddress> {
    let token = token.cloned().or_else(|| environment.text("REFEREE_TOKEN"));
    let server = ServerAddress::parse(typed, token)?;
    Ok(match ca {
        Some(path) => server.with_authority(Authority::read(path)?),
        None => server,
    })
}
