//! The packages: made from this very program, unpacked, and run from where they were unpacked.
//!
//! A package that is installed for good is tried by `.packaging/try-deb` in a container; the Windows zip under Wine where
//! `TEST_WINDOWS_ZIP` names one.

use crate::support::in_project;
use crate::support::skip::{Lack, skip};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Who scores in the demo phrase, through every door.
const DEMO_WINNER: &str = "left";

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// Whether ONNX Runtime can be packed without network.
fn has_onnx_runtime() -> bool {
    let fetch = |path: &str| {
        let mut command = Command::new("bash");
        command.arg(in_project(".packaging/onnx-runtime")).arg("linux-x86_64");
        // A wheel that does not exist: only what is cached already is found.
        command.env("ONNX_RUNTIME_WHEEL", path).output()
    };
    fetch("/nowhere/at/all").is_ok_and(|output| output.status.success())
}

fn succeeded(mut command: Command) -> Output {
    let output = command.output().expect("the program starts");
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
    output
}

/// The package of this program, unpacked: its file and the root folder. `None` after one line why not.
fn unpacked(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    if let Some(missing) = ["dpkg-deb", "dpkg-shlibdeps"].into_iter().find(|tool| !is_installed(tool)) {
        skip(Lack::Optional, &format!("{missing} is not installed (Debian: dpkg-dev)"));
        return None;
    }
    if !has_onnx_runtime() {
        skip(Lack::Optional, "ONNX Runtime is not in the cache (bash .packaging/onnx-runtime linux-x86_64)");
        return None;
    }
    let mut make = Command::new("bash");
    make.arg(in_project(".packaging/deb")).args(["--binary", env!("CARGO_BIN_EXE_referee"), "--compression", "none"]);
    make.arg("--output").arg(folder);
    let output = succeeded(make);
    let package = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let root = folder.join("root");
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("-x").arg(&package).arg(&root);
    succeeded(unpack);
    Some((package, root))
}

/// The program of the package, with a home of its own and nothing of this machine's ONNX Runtime.
fn referee(root: &Path) -> Command {
    let mut command = Command::new(root.join("usr/bin/referee"));
    let home = root.join("home");
    command.env("HOME", &home).env("XDG_DATA_HOME", home.join("data")).env("XDG_CONFIG_HOME", home.join("config"));
    command.env_remove("ORT_DYLIB_PATH").env_remove("VIRTUAL_ENV");
    command
}

#[cfg(target_os = "linux")]
#[test]
fn the_debian_package_judges_the_demo_from_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let Some((package, root)) = unpacked(folder.path()) else { return };

    let mut doctor = referee(&root);
    doctor.args(["doctor", "--json"]);
    let findings: Value = serde_json::from_slice(&doctor.output().unwrap().stdout).unwrap();
    let found = |part: &str| {
        let finding = findings.as_array().unwrap().iter().find(|finding| finding["part"] == part);
        finding.unwrap_or_else(|| panic!("no {part}: {findings}"))["found"].as_str().unwrap().to_owned()
    };
    assert!(found("inference").contains("lib/fencing-referee/libonnxruntime.so"), "{}", found("inference"));
    for part in ["model: finder", "model: lightning", "model: thunder"] {
        assert!(found(part).contains("share/fencing-referee/models"), "{}", found(part));
    }

    let demo = root.join("usr/share/fencing-referee/assets/demo/demo-phrase");
    let mut analyze = referee(&root);
    analyze.arg("analyze").arg(demo.with_extension("mp4")).arg("--signal").arg(demo.with_extension("txt"));
    let result: Value = serde_json::from_slice(
        &succeeded({
            analyze.args(["--json", "-"]);
            analyze
        })
        .stdout,
    )
    .unwrap();
    assert_eq!(result["winner"], DEMO_WINNER, "{result}");

    holds_what_a_desktop_needs(&root);
    leaves_the_user_alone(&package);
}

#[cfg(target_os = "linux")]
fn holds_what_a_desktop_needs(root: &Path) {
    for file in [
        "share/applications/fencing-referee.desktop",
        "share/metainfo/fencing-referee.metainfo.xml",
        "share/icons/hicolor/scalable/apps/fencing-referee.svg",
        "share/icons/hicolor/48x48/apps/fencing-referee.png",
        "share/man/man1/referee.1.gz",
        "share/man/man1/referee-analyze.1.gz",
        "share/bash-completion/completions/referee",
        "share/zsh/vendor-completions/_referee",
        "share/fish/vendor_completions.d/referee.fish",
        "share/doc/fencing-referee/copyright",
        "share/doc/fencing-referee/THIRD-PARTY-LICENCES.txt.gz",
        "share/doc/fencing-referee/guide/quick-start.md",
        "share/doc/fencing-referee/ONNX-Runtime-ThirdPartyNotices.txt.gz",
    ] {
        assert!(root.join("usr").join(file).metadata().is_ok_and(|file| file.len() > 0), "{file}");
    }
    let entry = root.join("usr/share/applications/fencing-referee.desktop");
    let text = std::fs::read_to_string(&entry).unwrap();
    assert!(text.contains("Exec=referee window %F") && text.contains("video/mp4;"), "{text}");
    if is_installed("desktop-file-validate") {
        let mut validate = Command::new("desktop-file-validate");
        validate.arg(entry);
        succeeded(validate);
    } else {
        skip(Lack::Optional, "desktop-file-validate is not installed (Debian: desktop-file-utils)");
    }
}

/// Installing and removing touch `/usr` alone, and no script of ours runs as root.
#[cfg(target_os = "linux")]
fn leaves_the_user_alone(package: &Path) {
    let mut list = Command::new("dpkg-deb");
    list.arg("--contents").arg(package);
    let listed = String::from_utf8(succeeded(list).stdout).unwrap();
    let paths: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().nth(5)).collect();
    let elsewhere: Vec<_> = paths.iter().filter(|path| !path.starts_with("./usr/") && **path != "./").collect();
    assert!(paths.len() > 50 && elsewhere.is_empty(), "{elsewhere:?} of {}", paths.len());
    let mut info = Command::new("dpkg-deb");
    info.arg("--info").arg(package);
    let info = String::from_utf8(succeeded(info).stdout).unwrap();
    assert!(info.contains("ffmpeg (>= 7:5.1)"), "{info}");
    for script in ["preinst", "postinst", "prerm", "postrm"] {
        assert!(!info.contains(script), "{info}");
    }
}

#[test]
fn the_bundle_of_macos_asks_for_camera_microphone_and_network() {
    let text = std::fs::read_to_string(in_project(".packaging/bundle/Info.plist")).unwrap();
    for key in ["NSCameraUsageDescription", "NSMicrophoneUsageDescription", "NSLocalNetworkUsageDescription"] {
        let (_, rest) = text.split_once(&format!("<key>{key}</key>")).unwrap_or_else(|| panic!("{key}"));
        let said = rest.split_once("<string>").and_then(|(_, rest)| rest.split_once("</string>")).unwrap().0;
        assert!(said.len() > 20, "{key}: {said}");
    }
}

#[test]
fn the_windows_zip_judges_the_demo_under_wine() {
    let Some(zip) = std::env::var_os("TEST_WINDOWS_ZIP") else {
        skip(Lack::Optional, "TEST_WINDOWS_ZIP names no zip that .packaging/windows made (tests/README.md)");
        return;
    };
    let Some(wine) = ["wine", "/usr/lib/wine/wine64"].into_iter().find(|wine| is_installed(wine)) else {
        skip(Lack::Optional, "wine is not installed (Debian: wine wine64)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(zip).unwrap()).unwrap();
    archive.extract(folder.path()).unwrap();
    let program = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(wine);
        command.arg(program.join("referee.exe")).args(arguments).current_dir(&program);
        command.env("WINEPREFIX", folder.path().join("prefix")).env("WINEDEBUG", "-all");
        command.env("WINEDLLOVERRIDES", "mscoree,mshtml=");
        command.output().expect("wine starts")
    };
    let findings: Value = serde_json::from_slice(&run(&["doctor", "--json"]).stdout).unwrap();
    let inference = findings.as_array().unwrap().iter().find(|finding| finding["part"] == "inference").unwrap();
    assert!(inference["found"].as_str().unwrap().contains("onnxruntime.dll"), "{inference}");
    if run(&["doctor", "--json"]).status.code() != Some(0) {
        skip(
            Lack::Optional,
            "the Windows program finds no ffmpeg.exe here: put ffmpeg.exe and ffprobe.exe into the zip's folder",
        );
        return;
    }
    let demo = ["assets/demo/demo-phrase.mp4", "--signal", "assets/demo/demo-phrase.txt", "--json", "-"];
    for inference in [None, Some("--built-in-inference")] {
        let output = run(&[&["analyze"], demo.as_slice(), inference.as_slice()].concat());
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(result["winner"], DEMO_WINNER, "{inference:?}: {result}");
    }
}
