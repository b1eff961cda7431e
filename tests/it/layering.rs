//! The walls of the building: who may import whom, as a test.
//!
//! One crate has no walls that the compiler enforces, so this reads every `crate::<room>` path in `src/` and checks it
//! against the table. It also wants the `//!` header on every file and caps the length of a file.

use crate::support::in_project;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const VOCABULARY: &[&str] = &["fencing", "geometry", "time"];

/// What each room may import besides the vocabulary and itself. A room that is not listed does not exist.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("fencing", &[]),
    ("geometry", &[]),
    ("time", &[]),
    // perception
    // Files that are whole or not there, renamed as every system allows.
    ("video", &["recording"]),
    // Corrected pictures and the corrected video are made of frames; the formula itself needs none.
    ("lens", &["video"]),
    ("inference", &[]),
    ("pose", &["video", "inference"]),
    ("tracking", &["pose", "video"]),
    ("lamps", &["video"]),
    // judgement
    ("kinematics", &["tracking", "pose"]),
    ("actions", &["kinematics"]),
    ("right_of_way", &["actions", "kinematics"]),
    ("learned", &["inference", "kinematics", "actions"]),
    ("wording", &["actions", "right_of_way"]),
    // the one front door
    (
        "engine",
        &[
            "actions",
            "inference",
            "kinematics",
            "lamps",
            "learned",
            "lens",
            "pose",
            "right_of_way",
            "tracking",
            "video",
        ],
    ),
    // presentation
    ("overlay", &["actions", "engine", "pose", "right_of_way", "tracking", "video", "wording"]),
    ("report", &["actions", "engine", "pose", "recording", "right_of_way", "tracking", "wording"]),
    ("recording", &[]),
    // demonstration and measurement
    ("drawn", &["pose", "recording", "video"]),
    (
        "evaluation",
        &["actions", "engine", "kinematics", "learned", "pose", "recording", "right_of_way", "tracking", "wording"],
    ),
    ("library", &["evaluation", "recording", "video"]),
    // devices
    ("camera", &["video"]),
    ("apparatus", &["recording"]),
    ("recorder", &["camera", "recording", "sound", "video"]),
    ("sound", &["video"]),
    // all that stands beside a piste, joined
    (
        "piste",
        &[
            "analysis",
            "apparatus",
            "camera",
            "client",
            "config",
            "engine",
            "lamps",
            "overlay",
            "recorder",
            "recording",
            "report",
            "right_of_way",
            "sound",
            "video",
            "wording",
        ],
    ),
    // the wire
    ("protocol", &[]),
    (
        "server",
        &[
            "analysis",
            "config",
            "engine",
            "lamps",
            // The corrected video of a phrase, where it is wanted.
            "lens",
            "overlay",
            "protocol",
            "recording",
            "report",
            "right_of_way",
            "video",
            "wording",
        ],
    ),
    ("client", &["protocol", "video"]),
    // front ends
    ("analysis", &["engine", "lens", "overlay", "recording", "report", "video", "wording"]),
    ("config", &["engine", "lens", "recording", "video"]),
    (
        "gui",
        &[
            "analysis",
            "actions",
            "apparatus",
            "camera",
            "client",
            "config",
            "engine",
            // The plot of distance and speed shows the motion that was judged.
            "kinematics",
            "lens",
            "library",
            "overlay",
            "piste",
            "pose",
            "recorder",
            "recording",
            "report",
            "right_of_way",
            "sound",
            "tracking",
            "video",
            "wording",
        ],
    ),
    (
        "cli",
        &[
            "analysis",
            "apparatus",
            "camera",
            "client",
            "config",
            "drawn",
            "engine",
            "evaluation",
            "gui",
            "inference",
            "lamps",
            "learned",
            "lens",
            "library",
            "overlay",
            "piste",
            "pose",
            // The bench of the server sends frames when they are due, which the client's own window would not.
            "protocol",
            "recorder",
            "recording",
            "report",
            "right_of_way",
            "server",
            "sound",
            "tracking",
            "video",
            "wording",
        ],
    ),
];

/// The longest a file may grow before it must be split (the house aims at 400).
const MAX_LINES: usize = 450;

#[test]
fn rooms_import_only_what_the_table_allows() {
    let table: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut broken = Vec::new();
    for_each_source(&mut |path, text| {
        let Some(room) = room_of(path) else { return };
        let Some(allowed) = table.get(room.as_str()) else {
            broken.push(format!("{}: room `{room}` is not in the table", path.display()));
            return;
        };
        for used in imported_rooms(text) {
            let permitted = used == room || VOCABULARY.contains(&used.as_str()) || allowed.contains(&used.as_str());
            if !permitted && table.contains_key(used.as_str()) {
                broken.push(format!("{}: `{room}` may not import `{used}`", path.display()));
            }
        }
    });
    assert!(broken.is_empty(), "walls broken:\n{}", broken.join("\n"));
}

#[test]
fn the_vocabulary_imports_nothing_but_itself() {
    for room in VOCABULARY {
        let row = MAY_IMPORT.iter().find(|(name, _)| name == room).expect("the vocabulary is in the table");
        assert!(row.1.is_empty(), "`{room}` is vocabulary and may import no room");
    }
}

#[test]
fn every_file_says_why_it_exists_and_stays_short() {
    let mut broken = Vec::new();
    for_each_source(&mut |path, text| {
        if !text.starts_with("//!") {
            broken.push(format!("{}: no `//!` header", path.display()));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            broken.push(format!("{}: {lines} lines, more than {MAX_LINES}", path.display()));
        }
    });
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Egui stays in the window's painting rooms, tokio at the wire.
#[test]
fn toolkits_stay_in_their_rooms() {
    let fences: &[(&str, &[&str])] = &[
        ("egui", &["gui"]),
        ("eframe", &["gui"]),
        ("tokio", &["server", "client", "cli"]),
        ("axum", &["server"]),
        ("ort", &["inference"]),
        ("nokhwa", &["camera"]),
        ("serialport", &["apparatus"]),
        ("cpal", &["sound"]),
    ];
    let mut broken = Vec::new();
    for_each_source(&mut |path, text| {
        let Some(room) = room_of(path) else { return };
        for (toolkit, rooms) in fences {
            if !rooms.contains(&room.as_str()) && code_lines(text).any(|line| mentions_path(line, toolkit)) {
                broken.push(format!("{}: `{toolkit}` outside {rooms:?}", path.display()));
            }
        }
    });
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn mentions_path(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

/// Rooms named in `crate::room` or `crate::{room, other::...}` outside comments.
fn imported_rooms(text: &str) -> BTreeSet<String> {
    let code: String = code_lines(text).collect::<Vec<_>>().join("\n");
    let mut rooms = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(group) => rooms.extend(first_segments(group)),
            None => rooms.extend(leading_identifier(rest)),
        }
    }
    rooms
}

/// First path segment of every entry of a brace group that has just been opened.
fn first_segments(group: &str) -> Vec<String> {
    let mut depth = 1;
    let mut found = Vec::new();
    let mut at_entry = true;
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => at_entry = true,
            c if at_entry && depth == 1 && c.is_alphabetic() => {
                found.extend(leading_identifier(&group[i..]));
                at_entry = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn leading_identifier(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

fn room_of(path: &Path) -> Option<String> {
    let relative = path.strip_prefix(in_project("src")).ok()?;
    let first = relative.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib" && name != "main").then(|| name.to_owned())
}

fn for_each_source(visit: &mut dyn FnMut(&Path, &str)) {
    let files = walkdir::WalkDir::new(in_project("src")).sort_by_file_name();
    let mut seen = 0;
    for file in files.into_iter().filter_map(Result::ok).filter(|f| f.path().extension().is_some_and(|e| e == "rs")) {
        let text = std::fs::read_to_string(file.path()).expect("a source file can be read");
        visit(file.path(), &text);
        seen += 1;
    }
    assert!(seen > 10, "the walk found only {seen} files");
}

#[test]
fn the_reader_of_imports_sees_groups_and_paths() {
    let text = "use crate::{time::Timestamp, pose::{Pose, joint}};\n// crate::gui\nlet x = crate::video::Frame;";
    let rooms: Vec<_> = imported_rooms(text).into_iter().collect();
    assert_eq!(rooms, ["pose", "time", "video"]);
}
