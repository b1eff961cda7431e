//! The files that a tournament copies from `assets/deploy`, read by the programs that they are for.

use crate::support::in_project;
use crate::support::skip::{Lack, skip};
use std::process::Command;

/// `.ci/packages` installs HAProxy; the others are looked for only.
fn package_of(program: &str) -> Lack {
    if program == "haproxy" { Lack::Package } else { Lack::Optional }
}

/// Runs a checker; `None` after one line why the test is skipped.
fn checked(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let programs = [program.to_owned(), format!("/usr/sbin/{program}")];
    let output = programs.iter().find_map(|program| Command::new(program).args(arguments).output().ok());
    let Some(output) = output else {
        skip(package_of(program), &format!("{program} is not installed"));
        return None;
    };
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn haproxy_accepts_its_configuration() {
    let path = in_project("assets/deploy/haproxy.cfg");
    let Some((is_good, said)) = checked("haproxy", &["-c", "-f", path.to_str().unwrap()]) else { return };
    assert!(is_good, "{said}");
}

#[test]
fn systemd_accepts_the_unit() {
    // A copy that starts this very program: systemd wants to see the one that the unit names.
    let unit = std::fs::read_to_string(in_project("assets/deploy/referee.service")).unwrap();
    assert!(unit.contains("ExecStart=/usr/local/bin/referee serve "));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("referee.service");
    std::fs::write(&path, unit.replace("/usr/local/bin/referee ", concat!(env!("CARGO_BIN_EXE_referee"), " ")))
        .unwrap();
    let Some((is_good, said)) = checked("systemd-analyze", &["verify", "--man=no", path.to_str().unwrap()]) else {
        return;
    };
    let about_ours: Vec<_> = said.lines().filter(|line| line.contains("referee.service")).collect();
    assert!(is_good && about_ours.is_empty(), "{said}");
}

#[test]
fn what_the_unit_and_the_container_start_is_a_command_of_ours() {
    let program = env!("CARGO_BIN_EXE_referee");
    let help = Command::new(program).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.contains("--config"));
    let container = std::fs::read_to_string(in_project("assets/deploy/Containerfile")).unwrap();
    assert!(container.contains(r#"ENTRYPOINT ["referee", "serve"]"#));
    for variable in ["REFEREE_HOST", "REFEREE_TOKEN"] {
        assert!(container.contains(variable) && help.contains(variable), "{variable}");
    }
}
