//! Bad input: a clear error with its exit code, or a judgement that says what is uncertain; never a file left behind.

use super::{caution_keys, demo, listed, referee, result_of, said};
use crate::clips::Folder;
use crate::support::in_project;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// One frame of the demo's size, for what goes wrong before or after the watching.
fn one_frame(folder: &Folder) -> PathBuf {
    folder.make("-f lavfi -i testsrc2=size=320x240:rate=30:duration=1 -frames:v 1 -c:v libx264", "one.mp4")
}

/// Runs in an empty folder with `args` split at spaces; checks exit code, complaint, and that nothing is left behind.
fn check(args: &[&OsStr], code: i32, complaint: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (found, stdout, stderr) = said(&referee(folder.path()).args(args).output().unwrap());
    assert_eq!(found, Some(code), "{args:?}: {stdout}{stderr}");
    assert!(stderr.contains(complaint) && !stderr.contains("panicked"), "{args:?}: {stderr}");
    assert_eq!(stdout, "", "{args:?}: a verdict in spite of the error");
    assert!(listed(folder.path()).is_empty(), "{args:?} left {:?}", listed(folder.path()));
}

#[test]
fn what_is_no_clip_is_refused() {
    let folder = Folder::new();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path(name), bytes).unwrap();
        folder.path(name)
    };
    // Without its index, which such a file has at its end.
    let whole = folder.make("-f lavfi -i testsrc2=size=320x240:rate=30:duration=1 -c:v libx264", "whole.mp4");
    let whole = std::fs::read(whole).unwrap();
    let song = folder.make("-f lavfi -i sine=frequency=440:duration=1 -c:a aac", "song.m4a");
    for (clip, complaint) in [
        (file("text.mp4", b"no video at all"), "not a video"),
        (file("empty.mp4", b""), "empty"),
        (file("cut.mp4", &whole[..whole.len() / 2]), "cut off"),
        (song, "no video"),
        (folder.path("absent.mp4"), "cannot be read"),
        (folder.path(""), "not a file"),
    ] {
        check(&[clip.as_os_str()], 1, complaint);
    }
}

#[test]
fn a_clip_that_breaks_off_is_judged_as_far_as_it_goes_and_says_so() {
    let folder = Folder::new();
    let whole = std::fs::read(demo("mp4")).unwrap();
    let cut = folder.path("cut.mp4");
    std::fs::write(&cut, &whole[..whole.len() / 3]).unwrap();
    let result = result_of(&folder.path(""), &[], &cut);
    assert!(caution_keys(&result).contains(&"clip_broken"), "{}", result["verdict"]["cautions"]);
    assert_eq!(result["winner"], "none");
}

#[test]
fn what_contradicts_itself_is_a_wrong_argument() {
    let clip = demo("mp4");
    let log = demo("txt");
    let with = |args: &str| {
        let args: Vec<String> = args.split(' ').map(str::to_owned).collect();
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).chain([clip.as_os_str()]).collect();
        check(&args, 2, "-");
    };
    with("--lights left");
    with("--lights none,left --touch-at 1");
    with("--touch-at 1");
    with("--lights up");
    with("--lights left --touch-at NaN");
    with("--lights left --touch-at -1");
    with("--from 3 --to 2");
    with("--from NaN");
    with("--weapon rapier");
    with("--min-confidence 7");
    with("--fisheye-balance 7");
    let signal: Vec<&OsStr> = vec!["--signal".as_ref(), log.as_ref(), "--lights".as_ref(), "left".as_ref()];
    check(&[&signal[..], &[clip.as_os_str()]].concat(), 2, "cannot be used with");
    check(&[], 2, "Usage");
}

#[test]
fn a_signal_log_that_is_none_is_refused() {
    let folder = Folder::new();
    let clip = one_frame(&folder);
    let log = |name: &str, bytes: &[u8], complaint: &str| {
        std::fs::write(folder.path(name), bytes).unwrap();
        let log = folder.path(name);
        check(&["--no-files".as_ref(), "--signal".as_ref(), log.as_ref(), clip.as_ref()], 1, complaint);
    };
    log("empty.txt", b"", "empty");
    log("binary.txt", &[0, 159, 146, 150, 0, 1], "not a text file");
    log("diary.txt", b"Dear diary,\ntoday I fenced.\n", "no line of the signal log");
    let absent = folder.path("absent.txt");
    check(&["--no-files".as_ref(), "--signal".as_ref(), absent.as_ref(), clip.as_ref()], 1, "cannot read");
}

#[test]
fn a_signal_log_of_another_phrase_is_noticed() {
    let folder = Folder::new();
    let clip = one_frame(&folder);
    let log = demo("txt");
    let result = result_of(&folder.path(""), &["--signal", &log.to_string_lossy()], &clip);
    let cautions = caution_keys(&result);
    assert!(cautions.contains(&"other_phrase") && cautions.contains(&"no_fencers"), "{cautions:?}");
    assert_eq!(result["winner"], "none");
    let outside = ["--no-files", "--lights", "left", "--touch-at", "99"].map(OsStr::new);
    check(&[&outside[..], &[clip.as_os_str()]].concat(), 1, "outside the clip");
}

#[test]
fn a_place_that_takes_no_files_is_reported_before_the_clip_is_watched() {
    let folder = Folder::new();
    let clip = one_frame(&folder);
    std::fs::write(folder.path("file"), b"").unwrap();
    let inside = folder.path("file/results");
    check(&["--output".as_ref(), inside.as_ref(), clip.as_ref()], 1, "choose another output folder");
    check(&["--output".as_ref(), "/proc/results".as_ref(), clip.as_ref()], 1, "output folder");
    let json = folder.path("nowhere/result.json");
    check(&["--no-files".as_ref(), "--json".as_ref(), json.as_ref(), clip.as_ref()], 1, "a folder that exists");
}

#[test]
fn missing_and_damaged_models_are_refused_with_a_remedy() {
    let folder = Folder::new();
    let clip = one_frame(&folder);
    let models = folder.path("models");
    std::fs::create_dir(&models).unwrap();
    let with = |option: &str, path: &Path, complaint: &str| {
        check(&["--no-files".as_ref(), option.as_ref(), path.as_ref(), clip.as_ref()], 1, complaint);
    };
    with("--models-dir", &models, "models");
    for entry in std::fs::read_dir(in_project("models")).unwrap().flatten().filter(|e| e.path().is_file()) {
        std::fs::copy(entry.path(), models.join(entry.file_name())).unwrap();
    }
    std::fs::write(models.join("movenet_singlepose_lightning_192.onnx"), b"damaged").unwrap();
    with("--models-dir", &models, "movenet_singlepose_lightning_192.onnx");
    with("--model", &folder.path("absent.onnx"), "absent.onnx");
    std::fs::write(folder.path("text.onnx"), b"not a model").unwrap();
    with("--model", &folder.path("text.onnx"), "text.onnx");
    with("--model", &in_project("models/movenet_singlepose_lightning_192.onnx"), "[1,56,N]");
}

#[test]
fn without_ffmpeg_the_remedy_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, stderr) = said(&referee(folder.path()).env("PATH", folder.path()).arg(demo("mp4")).output().unwrap());
    assert!(code == Some(1) && stderr.contains("apt install ffmpeg"), "{stderr}");
    assert!(listed(folder.path()).is_empty());
}

#[test]
#[cfg(unix)]
fn odd_file_names_are_only_names() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let clip = one_frame(&folder);
    for name in [&b"-i.mp4"[..], b"two words; $(x) %03d.mp4", b"line\nbreak.mp4", b"\xff\xfe.mp4", b"..mp4"] {
        let name = OsStr::from_bytes(name);
        let home = tempfile::tempdir().unwrap();
        std::fs::copy(&clip, home.path().join(name)).unwrap();
        let run = referee(home.path()).args(["--no-overlay", "--output", "results", "--"]).arg(name).output().unwrap();
        let (code, stdout, stderr) = said(&run);
        assert_eq!(code, Some(0), "{name:?}: {stdout}{stderr}");
        let phrases = listed(&home.path().join("results"));
        let safe = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        assert!(matches!(&phrases[..], [one] if one.chars().all(safe)), "{phrases:?}");
        assert_eq!(listed(&home.path().join("results").join(&phrases[0])).len(), 4);
    }
}
