//! `referee submit`: a whole clip and its signal log to a server, the result as JSON.

use crate::client::{SubmitError, SubmitRequest, submit};
use crate::config::Environment;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Upload a clip with its signal log to a server and print its verdict.
///
/// Exit 0 with a result, 1 when the server cannot be reached, 2 for wrong arguments, otherwise the HTTP status of the refusal (modulo 256), as the reference's client does.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Server, such as http://192.168.1.20:8080
    server: String,
    /// Clip
    video: PathBuf,
    /// Signal log of the scoring box
    signal: PathBuf,
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
}

/// Uploads, prints the result.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let server = match super::stream::server(&args.server, args.token.as_ref(), args.ca.as_deref(), &environment) {
        Ok(server) => server,
        Err(error) => return Ok(failed(&error, 2)),
    };
    let request = SubmitRequest {
        video: args.video.clone(),
        signal: args.signal.clone(),
        include_keypoints: args.include_keypoints,
        save_overlay: !args.no_overlay,
        timeout: Duration::from_secs(args.timeout),
    };
    match submit(&server, &request) {
        Ok(result) => {
            println!("{}", serde_json::to_string_pretty(&result)?);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let code = match &error {
                SubmitError::File { .. } => 2,
                SubmitError::Status { status, .. } => (status % 256) as u8,
                SubmitError::Network(_) => 1,
            };
            Ok(failed(&error.into(), code))
        }
    }
}

fn failed(error: &anyhow::Error, code: u8) -> ExitCode {
    super::complain(error);
    ExitCode::from(code)
}
