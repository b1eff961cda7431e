//! `referee submit`: a whole clip and its signal log to a server, the result as JSON.
//!
//! Takes what the reference's three upload clients take; what only their recording and transcoding needed is refused with
//! what to use instead, or changes nothing where it changed nothing there.

use settings::Environment;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use wire::client::{ServerAddress, SubmitError, SubmitRequest, health, submit};

/// What was typed makes no sense; clap uses the same for what it refuses.
const WRONG_ARGUMENTS: u8 = 2;

/// Upload a clip with its signal log to a server and print its verdict.
///
/// An address that ends in /judge gets the fields of that endpoint (video, txt, request_id), any other one those of /analyze.
/// Exit 0 with a result, 1 when the server cannot be reached, 2 for wrong arguments, otherwise the HTTP status of the refusal (modulo 256), as the reference's client does.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Server, such as http://192.168.1.20:8080
    #[arg(required_unless_present = "server_flag", conflicts_with = "server_flag")]
    server: Option<String>,
    /// Clip
    video: Option<PathBuf>,
    /// Signal log of the scoring box
    signal: Option<PathBuf>,
    /// Clip, instead of by position
    #[arg(long = "video", value_name = "FILE", conflicts_with = "video")]
    video_flag: Option<PathBuf>,
    /// Signal log, instead of by position
    #[arg(long = "signal", visible_alias = "txt", value_name = "FILE", conflicts_with = "signal")]
    signal_flag: Option<PathBuf>,
    /// Server, instead of by position
    #[arg(long = "server", value_name = "URL")]
    server_flag: Option<String>,
    /// Ask whether the server is well, and upload nothing
    #[arg(long)]
    health: bool,
    /// Your name for the upload; the result gives it back
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// List every joint in the result
    #[arg(long)]
    include_keypoints: bool,
    /// Make no overlay video
    #[arg(long)]
    no_overlay: bool,
    /// Wait so many seconds for the answer
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Token of the server [env: REFEREE_TOKEN]
    #[arg(long)]
    token: Option<String>,
    /// Authority that signed the server's certificate, if not one of the system's (PEM)
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    #[command(flatten)]
    recording: RecordingArgs,
}

/// What the reference's client knows for clips that it records or transcodes itself.
#[derive(Debug, clap::Args)]
struct RecordingArgs {
    #[arg(long, hide = true)]
    camera: Option<String>,
    #[arg(long, hide = true)]
    transcode_video: bool,
    /// These four describe what is recorded or transcoded: for a clip that lies there they change nothing, here as there.
    #[arg(long, hide = true)]
    duration: Option<f64>,
    #[arg(long, hide = true)]
    fps: Option<f64>,
    #[arg(long, hide = true)]
    width: Option<u32>,
    #[arg(long, hide = true)]
    height: Option<u32>,
}

/// Uploads, prints the result.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (server, request) = match args.server().and_then(|server| Ok((server, args.request()?))) {
        Ok(resolved) => resolved,
        Err(error) => return Ok(failed(&error, WRONG_ARGUMENTS)),
    };
    let answer = match &request {
        Some(request) => submit(&server, request),
        None => health(&server, args.timeout()),
    };
    match answer {
        Ok(result) => {
            println!("{}", serde_json::to_string_pretty(&result)?);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let code = match &error {
                SubmitError::File { .. } => WRONG_ARGUMENTS,
                SubmitError::Status { status, .. } => (status % 256) as u8,
                SubmitError::Network(_) => 1,
            };
            Ok(failed(&error.into(), code))
        }
    }
}

impl Args {
    fn server(&self) -> anyhow::Result<ServerAddress> {
        let typed = self.server.as_ref().or(self.server_flag.as_ref()).map_or("", String::as_str);
        super::stream::server(typed, self.token.as_ref(), self.ca.as_deref(), &Environment::of_process())
    }

    /// What to upload; `None` when only the server's health is asked for.
    fn request(&self) -> anyhow::Result<Option<SubmitRequest>> {
        if self.health {
            return Ok(None);
        }
        self.recording.check()?;
        let video = self.video.as_ref().or(self.video_flag.as_ref());
        let signal = self.signal.as_ref().or(self.signal_flag.as_ref());
        let (Some(video), Some(signal)) = (video, signal) else {
            anyhow::bail!(
                "a clip and its signal log are needed: referee submit SERVER CLIP LOG, or --video and --signal"
            );
        };
        Ok(Some(SubmitRequest {
            video: video.clone(),
            signal: signal.clone(),
            include_keypoints: self.include_keypoints,
            save_overlay: !self.no_overlay,
            request_id: self.request_id.clone(),
            timeout: self.timeout(),
        }))
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

impl RecordingArgs {
    fn check(&self) -> anyhow::Result<()> {
        if let Some(camera) = &self.camera {
            anyhow::bail!(
                "submit uploads clips that lie there; to send what a camera sees use \
                 `referee stream SERVER --camera {camera}`"
            );
        }
        if self.transcode_video {
            anyhow::bail!(
                "clips are uploaded as they are; leave --transcode-video out, or transcode first with \
                 `ffmpeg -i CLIP -c:v libx264 -crf 28 SMALLER.mp4`"
            );
        }
        Ok(())
    }
}

fn failed(error: &anyhow::Error, code: u8) -> ExitCode {
    super::print_error(error);
    ExitCode::from(code)
}
