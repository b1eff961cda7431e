//! `referee` or `referee window`: opens the window, on the clips that were named or on the demo phrase at the first start.

use super::panic_report;
use super::version::VERSION;
use capture::sound::SpeechProgram;
use fencing::wording::Language;
use settings::{Environment, SystemPaths, recordings};
use std::path::PathBuf;
use std::process::ExitCode;
use window::{WindowOptions, run as open_window};

/// Open the window: judge clips and review them frame by frame
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Clips to open
    clips: Vec<PathBuf>,
}

/// The language that the system is set to, where it is spoken here.
fn language_of(environment: &Environment) -> Option<Language> {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| environment.text(name));
    // Windows has no such variables, and a program from the Finder gets none.
    set.or_else(|| sys_locale::get_locale().filter(|_| cfg!(any(windows, target_os = "macos"))))?.parse().ok()
}

/// Opens the window and waits until it is closed.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let places = SystemPaths::of_this_machine(&environment);
    let in_user_data = places.recordings_dir.clone().unwrap_or_else(|| "recordings".into());
    let options = WindowOptions {
        clips: args.clips.clone(),
        settings_file: places.user_data_dir.as_ref().map(|dir| dir.join("window.toml")),
        demo: places.demo_clip(),
        recordings: recordings(&environment).unwrap_or(in_user_data),
        cache_folder: places.user_cache_dir.clone(),
        language: language_of(&environment),
        speech: SpeechProgram::find(|name| environment.program(name)),
        version: VERSION.clone(),
        panic_report: panic_report::folder(&places).and_then(|folder| panic_report::newest_unseen(&folder)),
    };
    if let Err(error) = open_window(options) {
        // Started from a menu or a double click nobody sees what is printed.
        window::show_failure(&error.to_string());
        return Err(error.into());
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_language_is_the_windows() {
        let of = |pairs: &[(&str, &str)]| language_of(&Environment::from_pairs(pairs.iter().copied()));
        assert_eq!(of(&[("LANG", "de_CH.UTF-8")]), Some(Language::German));
        assert_eq!(of(&[("LANG", "de_CH.UTF-8"), ("LC_ALL", "zh_CN")]), Some(Language::Chinese));
        assert_eq!(of(&[("LANG", "C.UTF-8")]), None);
        assert_eq!(of(&[]), None);
    }
}
