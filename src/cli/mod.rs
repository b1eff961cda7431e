//! The command line: one file per command, with its `Args` and its `run`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "talking to the person at the terminal is this room's job"
)]

mod analyze;
mod box_command;
mod cameras;
mod clip_time;
mod collect;
mod collect_list;
mod doctor;
mod evaluate;
#[cfg(test)]
mod guide_commands;
mod lamp_args;
mod library;
mod manual;
mod panic_report;
mod record;
mod serve;
mod stream;
mod submit;
mod train;
mod version;

#[cfg(feature = "gui")]
mod window;

pub(crate) use panic_report::install as install_panic_hook;

use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use version::VERSION;

/// Text below the list of commands.
const FIRST_STEPS: &str = "Without a command the window opens, `referee CLIP` opens it on a clip. Begin with `referee doctor`, which tells what is missing on this \
     machine, or with `referee analyze CLIP`.";

/// An AI fencing referee.
#[derive(Debug, Parser)]
#[command(name = "referee", version = VERSION.as_str(), about, propagate_version = true, after_help = FIRST_STEPS)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

impl Cli {
    /// The command. A clip alone opens the window on it, as file managers do.
    pub fn of_process() -> Self {
        Self::parse_from(with_window(std::env::args_os().collect()))
    }
}

fn with_window(mut args: Vec<OsString>) -> Vec<OsString> {
    let is_command = |name: &OsString| Cli::command().find_subcommand(name).is_some();
    if cfg!(feature = "gui") && args.get(1).is_some_and(|first| !is_command(first) && Path::new(first).is_file()) {
        args.insert(1, "window".into());
    }
    args
}

/// The commands, most used first. Their help is in their own files; doc comments here would replace it.
#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "gui")]
    Window(window::Args),
    Analyze(Box<analyze::Args>),
    Record(record::Args),
    Library(library::Args),
    Box(box_command::Args),
    Cameras(cameras::Args),
    Doctor(doctor::Args),
    Serve(Box<serve::Args>),
    Stream(stream::Args),
    Submit(submit::Args),
    Collect(collect::Args),
    Evaluate(evaluate::Args),
    Train(train::Args),
    Completions(manual::Args),
    #[command(hide = true)]
    Manual(manual::ManualArgs),
    /// Moved to `referee-lab`, the program of the developers
    #[command(hide = true, disable_help_flag = true)]
    Bench(MovedToLab),
    /// Moved to `referee-lab`, the program of the developers
    #[command(hide = true, disable_help_flag = true)]
    Draw(MovedToLab),
    /// Moved to `referee-lab`, the program of the developers
    #[command(hide = true, disable_help_flag = true)]
    MeasurePose(MovedToLab),
}

/// A command that moved to `referee-lab`, with any arguments.
#[derive(Debug, clap::Args)]
struct MovedToLab {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    typed: Vec<String>,
}

impl MovedToLab {
    fn refuse(&self, command: &str) -> anyhow::Result<ExitCode> {
        let typed = [&[command.to_owned()], self.typed.as_slice()].concat().join(" ");
        anyhow::bail!(
            "`{command}` belongs to the laboratory now, which is built from the sources: cargo run --release -p referee-lab -- {typed}"
        )
    }
}

/// Prints an error.
pub fn print_error(error: &anyhow::Error) {
    eprintln!("referee: {}", error_text(error));
}

/// An error with its causes in one line. Causes that a message already contains are not repeated, and the system's error
/// numbers are removed.
fn error_text(error: &anyhow::Error) -> String {
    let mut error_text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !error_text.contains(&cause) {
            error_text = if error_text.is_empty() { cause } else { format!("{error_text}: {cause}") };
        }
    }
    without_numbers(&error_text)
}

fn without_numbers(text: &str) -> String {
    const MARK: &str = " (os error ";
    let Some((before, after)) = text.split_once(MARK) else { return text.to_owned() };
    match after.split_once(')') {
        Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            before.to_owned() + &without_numbers(rest)
        }
        _ => text.to_owned(),
    }
}

/// Runs the command.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Some(command) => run_command(command),
        None => run_without_command(),
    }
}

/// Opens the window; a build without it prints the commands.
fn run_without_command() -> anyhow::Result<ExitCode> {
    #[cfg(feature = "gui")]
    return window::run(&window::Args::default());
    #[cfg(not(feature = "gui"))]
    anyhow::bail!("this build has no window; see referee --help for the commands");
}

fn run_command(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Box(args) => box_command::run(&args),
        Command::Analyze(args) => analyze::run(&args),
        Command::Bench(args) => args.refuse("bench"),
        Command::Cameras(args) => cameras::run(&args),
        Command::Collect(args) => collect::run(&args),
        Command::Completions(args) => manual::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Draw(args) => args.refuse("draw"),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Library(args) => library::run(&args),
        Command::Manual(args) => manual::run_manual(&args),
        Command::MeasurePose(args) => args.refuse("measure-pose"),
        Command::Record(args) => record::run(&args),
        Command::Serve(args) => serve::run(*args),
        Command::Stream(args) => stream::run(&args),
        Command::Submit(args) => submit::run(&args),
        Command::Train(args) => train::run(&args),
        #[cfg(feature = "gui")]
        Command::Window(args) => window::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_alone_opens_the_window_on_it() {
        let clip = tempfile::NamedTempFile::new().unwrap();
        let typed = |first: &std::ffi::OsStr| vec!["referee".into(), first.to_owned()];
        let path = clip.path().as_os_str();
        assert_eq!(with_window(typed(path)), ["referee".into(), OsString::from("window"), path.to_owned()]);
        for other in ["analyze", "analise", "--help"] {
            assert_eq!(with_window(typed(other.as_ref())).len(), 2, "{other}");
        }
    }

    #[test]
    fn a_cause_is_reported_once_and_without_the_systems_number() {
        let missing = || std::io::Error::from_raw_os_error(2);
        let cause = without_numbers(&missing().to_string());
        let own = anyhow::anyhow!("no file ({}): /x", missing());
        assert_eq!(error_text(&own), format!("no file ({cause}): /x"));
        let chained = anyhow::Error::new(missing()).context(format!("no file ({}): /x", missing()));
        assert_eq!(error_text(&chained), format!("no file ({cause}): /x"));
        let plain = anyhow::Error::new(missing()).context("it failed");
        assert_eq!(error_text(&plain), format!("it failed: {cause}"));
        assert_eq!(without_numbers("a (os error x) b (os error 3"), "a (os error x) b (os error 3");
    }
}
