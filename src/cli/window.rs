//! `referee` or `referee window`: opens the window, on the clips that were named or on the demo phrase at the first start.

use crate::config::{Environment, Places};
use crate::gui::{WindowOptions, run as open_window};
use crate::sound::SpeechProgram;
use std::path::PathBuf;
use std::process::ExitCode;

/// Open the window: judge clips and review them frame by frame
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Clips to open
    clips: Vec<PathBuf>,
}

/// Opens the window and waits until it is closed.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let places = Places::of_this_machine(&environment);
    let options = WindowOptions {
        clips: args.clips.clone(),
        settings_file: places.user_data_dir.as_ref().map(|dir| dir.join("window.toml")),
        demo: places.demo_clip(),
        recordings: places.user_data_dir.as_ref().map_or_else(|| "recordings".into(), |dir| dir.join("recordings")),
        cache_folder: places.user_cache_dir.clone(),
        speech: SpeechProgram::find(|name| environment.program(name)),
    };
    open_window(options)?;
    Ok(ExitCode::SUCCESS)
}
