//! A real video device, with no camera on the machine: the program in a small Linux under software emulation, whose kernel
//! has a webcam of its own. Slow and emulated: what is shown is that it works, never how fast.

use crate::support::shared;
use crate::support::skip::{Lack, skip};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the tool keeps its kernel between runs, and the program's libraries are laid out.
const WORK: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/camera-vm");
/// Every coding of the emulated camera, small enough for an emulated processor. It has no MJPEG.
const FORMATS: [&str; 4] = ["640x360@30 YUYV", "640x360@30 NV12", "640x360@30 RGB", "640x360@30 BGR"];
/// The camera comes back with a second one beside it.
const LOAD: &str = "busybox insmod /modules/vivid.ko n_devs=2 node_types=0x1,0x1 num_inputs=1,1 input_types=0x0,0x0";

/// What the machine needs besides the tool; names the first that is missing.
fn missing() -> Option<&'static str> {
    const PROGRAMS: [&str; 5] =
        ["/usr/bin/qemu-system-x86_64", "/bin/busybox", "/usr/bin/cpio", "/usr/bin/v4l2-ctl", "/bin/dash"];
    PROGRAMS.into_iter().find(|program| !Path::new(program).exists())
}

/// Lays a file out where the tool can take it from under its own name.
fn lay_out(file: &Path) -> PathBuf {
    let place = Path::new(WORK).join("files").join(file.file_name().unwrap());
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::copy(file, &place).unwrap();
    place
}

/// Shared libraries of a program, as the loader finds them.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let said = Command::new("ldd").arg(program).output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    text.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect()
}

/// What the program does inside: each part begins with `@@ name` and ends with `@@ exit N`.
fn script(program: &Path) -> String {
    let files = program.parent().unwrap().display().to_string();
    let part = |name: &str, command: &str| format!("echo '@@ {name}'\n{command}\necho \"@@ exit $?\"\n");
    // The kernel talks on the same console, in the middle of lines.
    let quiet = "busybox dmesg -n 1";
    let mut script = format!("{quiet}\nexport PATH=/bin LD_LIBRARY_PATH={files}\nr={}\n", program.display());
    script += &part("list", "$r cameras --json");
    for format in FORMATS {
        script += &part(format, &format!("$r cameras --json --try 0 --format '{format}' --duration 2"));
    }
    script += &part("best", "$r cameras --json --try VIVID --duration 1 --set Brightness=99 --set Nonsense=1");
    script += &part("no such format", "$r cameras --try 0 --format '1280x720@60 MJPEG' 2>&1");
    let record = "$r record --camera 0 --format '640x360@30 YUYV' --duration 10 --output /tmp/recordings 2>&1";
    script += &part("record", &format!("{record} && busybox find /tmp/recordings -name '*.mkv'"));
    script +=
        "$r cameras --try 0 --format '640x360@30 YUYV' --duration 25 > /tmp/told 2>&1 &\ntried=$!\nbusybox sleep 10\n";
    script +=
        &part("unplug", "echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind; busybox sleep 2; busybox rmmod vivid");
    script += &part("gone", "$r cameras 2>&1");
    script += &part("replug", &format!("{LOAD}; wait $tried; busybox cat /tmp/told"));
    script += "$r cameras --json --try vivid-001 --duration 4 > /tmp/other &\nother=$!\n";
    script += &part("one of two", "$r cameras --json --try vivid-000 --duration 4");
    script += &part("the other", "wait $other; busybox cat /tmp/other");
    script
}

fn run_inside(tool: &Path) -> Output {
    let program = lay_out(Path::new(env!("CARGO_BIN_EXE_referee")));
    let inside = program.parent().unwrap().join("inside.sh");
    std::fs::write(&inside, script(&program)).unwrap();
    let mut files = vec![program.clone(), inside.clone()];
    files.extend(libraries(&program).iter().map(|library| lay_out(library)));
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    Command::new("bash")
        .args([tool, Path::new(WORK), Path::new("/bin/dash"), &inside])
        .env("CAMERA_VM_FILES", files.join(" "))
        .env("CAMERA_VM_SECONDS", "1200")
        .output()
        .unwrap()
}

/// Text and exit status of one part of the console.
fn part<'a>(console: &'a str, name: &str) -> (&'a str, &'a str) {
    let after = console.split_once(&format!("@@ {name}\n")).unwrap_or_else(|| panic!("no part {name}:\n{console}")).1;
    let (text, rest) = after.split_once("@@ exit ").unwrap_or_else(|| panic!("{name} did not end:\n{console}"));
    (text, rest.lines().next().unwrap_or_default())
}

/// The JSON in a part; the kernel may have talked in between, before or after it.
fn json(text: &str) -> Value {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("[ ") && !line.starts_with("referee: ")).collect();
    serde_json::from_str(&lines.join("\n")).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

#[test]
fn a_real_video_device_is_listed_captured_recorded_unplugged_and_replugged() {
    let Some(tool) = shared("tools/camera-vm/run") else { return };
    if let Some(program) = missing() {
        skip(
            Lack::Optional,
            &format!("{program} is not installed (Debian: qemu-system-x86 busybox-static cpio v4l-utils)"),
        );
        return;
    }
    if WORK.contains(' ') || !cfg!(feature = "camera") {
        skip(Lack::Optional, "needs the feature `camera` and a project folder without spaces");
        return;
    }
    let run = run_inside(&tool);
    let console = String::from_utf8_lossy(&run.stdout).replace('\r', "");
    if !console.contains("@@ list") && !Path::new(WORK).join("initrd.gz").exists() {
        skip(Lack::Optional, &format!("no kernel could be fetched: {}", String::from_utf8_lossy(&run.stderr)));
        return;
    }
    it_is_listed(part(&console, "list"));
    for format in FORMATS {
        it_delivers(format, part(&console, format));
    }
    it_takes_what_is_set(part(&console, "best"));
    let (text, exit) = part(&console, "no such format");
    assert!(exit == "1" && text.contains("has no format 1280x720@60 MJPEG; it has"), "{text}");
    let (text, exit) = part(&console, "record");
    assert!(exit == "0" && text.contains(".mkv"), "{text}");
    it_comes_back(&console);
    both_deliver_at_once(&console);
}

fn it_is_listed((text, exit): (&str, &str)) {
    let cameras = json(text);
    let formats = cameras[0]["formats"].as_array().unwrap();
    assert!(exit == "0" && formats.len() > 20, "{text}");
    assert!(FORMATS.iter().all(|wanted| formats.iter().any(|format| format == wanted)), "{text}");
    let controls = cameras[0]["controls"].as_array().unwrap();
    assert!(controls.iter().any(|control| control["name"] == "Brightness"), "{text}");
    assert!(controls.iter().any(|control| control["role"] == "gain"), "{text}");
}

fn it_delivers(format: &str, (text, exit): (&str, &str)) {
    let report = json(text);
    assert_eq!((exit, report["format"].as_str()), ("0", Some(format)), "{text}");
    // The processor is emulated and the machine may be busy: that pictures come is what counts.
    assert!(report["pictures"].as_u64().unwrap() >= 3, "{text}");
    assert!(report["damaged"] == 0 && report["lost"] == 0, "{text}");
    assert_eq!((report["width"].as_u64(), report["height"].as_u64()), (Some(640), Some(360)));
}

fn it_takes_what_is_set((text, exit): (&str, &str)) {
    let report = json(text);
    assert!(exit == "0" && report["pictures"].as_u64() > Some(0), "{text}");
    assert!(report["trouble"].as_str().is_some_and(|told| told.contains("Nonsense")), "{text}");
}

fn it_comes_back(console: &str) {
    assert_eq!(part(console, "unplug").1, "0", "the module could not be unloaded: somebody still holds the device");
    let (text, exit) = part(console, "gone");
    assert!(exit == "1" && text.contains("no camera on this machine"), "{text}");
    let (text, exit) = part(console, "replug");
    assert!(exit == "0" && text.contains("opened 2 times"), "{text}");
    assert!(text.contains("plug") && text.contains("is well again"), "{text}");
}

fn both_deliver_at_once(console: &str) {
    let reports = ["one of two", "the other"].map(|name| json(part(console, name).0));
    assert!(reports.iter().all(|report| report["pictures"].as_u64() >= Some(3)), "{reports:?}");
    assert_ne!(reports[0]["name"], reports[1]["name"]);
}
