//! `referee completions` and `referee manual`: shell completions, man pages and the table of settings, generated from the commands.

use super::Cli;
use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Print completions for a shell
///
/// bash: referee completions bash > ~/.local/share/bash-completion/completions/referee
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Runs `completions`.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "referee", &mut script);
    std::io::stdout().write_all(&script).or_else(ignore_closed_pipe)?;
    Ok(ExitCode::SUCCESS)
}

/// Print the manual page, or write the pages of all commands
#[derive(Debug, clap::Args)]
pub(crate) struct ManualArgs {
    /// Folder for the pages of all commands (referee.1, referee-analyze.1, ...); it is created
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print the settings of the server and of judging as a Markdown table
    #[arg(long, conflicts_with = "output")]
    configuration: bool,
}

/// Runs `manual`.
pub(crate) fn run_manual(args: &ManualArgs) -> anyhow::Result<ExitCode> {
    if args.configuration {
        std::io::stdout().write_all(settings_table().as_bytes()).or_else(ignore_closed_pipe)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(folder) = &args.output else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        std::io::stdout().write_all(&page).or_else(ignore_closed_pipe)?;
        return Ok(ExitCode::SUCCESS);
    };
    let cannot = || format!("the manual cannot be written; choose another folder: {}", folder.display());
    std::fs::create_dir_all(folder).with_context(cannot)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(cannot)?;
    Ok(ExitCode::SUCCESS)
}

/// The settings of `serve`, which include those of judging: flag, variable, default, meaning.
fn settings_table() -> String {
    let mut table = "| flag | variable | default | meaning |\n|---|---|---|---|\n".to_owned();
    let serve = Cli::command().find_subcommand("serve").cloned().unwrap_or_default();
    for argument in serve.get_arguments().filter(|argument| !argument.is_hide_set()) {
        let Some(flag) = argument.get_long().filter(|flag| *flag != "help" && *flag != "version") else { continue };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let (variable, rest) = noted(&help, "env");
        let (default, meaning) = noted(&rest, "default");
        let as_code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
        let meaning = meaning.trim().replace('|', "or");
        let _infallible =
            writeln!(table, "| `--{flag}` | {} | {} | {meaning} |", as_code(&variable), as_code(&default));
    }
    table
}

/// Splits a help text into the content of `[name: ...]` and the rest.
fn noted(help: &str, name: &str) -> (String, String) {
    let found = help.split_once(&format!("[{name}: ")).and_then(|(before, rest)| {
        let (noted, after) = rest.split_once(']')?;
        Some((noted.to_owned(), format!("{}{}", before.trim_end(), after)))
    });
    found.unwrap_or_else(|| (String::new(), help.to_owned()))
}

/// The reader may close the pipe early, as `head` does.
fn ignore_closed_pipe(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_guide_lists_every_setting() {
        let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/guide/configuration.md");
        let (guide, table) = (std::fs::read_to_string(guide).unwrap(), settings_table());
        let missing: Vec<&str> = table.lines().filter(|row| !guide.contains(row)).collect();
        let rows = |text: &str| text.lines().filter(|line| line.starts_with("| `--")).count();
        assert!(missing.is_empty(), "put what `referee manual --configuration` prints into the guide: {missing:#?}");
        assert_eq!(rows(&guide), rows(&table), "the guide has settings that do not exist");
        assert!(rows(&table) > 30);
    }

    #[test]
    fn notes_are_taken_out_of_a_help_text() {
        assert_eq!(
            noted("Port [env: X, with commas] [default: 1]", "env"),
            ("X, with commas".into(), "Port [default: 1]".into())
        );
        assert_eq!(noted("Port", "env"), (String::new(), "Port".into()));
    }

    #[test]
    fn every_shown_command_has_a_page_and_every_shell_completes_it() {
        let folder = tempfile::tempdir().unwrap();
        run_manual(&ManualArgs { output: Some(folder.path().join("man")), configuration: false }).unwrap();
        let shells = [Shell::Bash, Shell::Zsh, Shell::Fish].map(|shell| {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "referee", &mut script);
            String::from_utf8(script).unwrap()
        });
        let shown: Vec<_> = Cli::command().get_subcommands().filter(|c| !c.is_hide_set()).cloned().collect();
        assert!(shown.len() > 10);
        for command in shown {
            let page = folder.path().join("man").join(format!("referee-{}.1", command.get_name()));
            assert!(page.is_file(), "{}", page.display());
            assert!(shells.iter().all(|script| script.contains(command.get_name())), "{}", command.get_name());
        }
    }
}
