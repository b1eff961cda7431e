//! Tests that every `referee ...` command line in guides, README and deployment notes is valid.

use super::Cli;
use clap::CommandFactory;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};

/// A command line in a text: complete in a code block; within a sentence arguments may be missing.
#[derive(Debug, PartialEq, Eq)]
struct Quoted {
    line: String,
    is_complete: bool,
}

fn texts() -> Vec<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["assets/guide", "assets/deploy"].map(|folder| project.join(folder));
    let listed =
        folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut texts: Vec<_> = listed.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    texts.push(project.join("README.md"));
    texts.sort();
    texts
}

fn quoted(text: &str) -> Vec<Quoted> {
    let mut found = Vec::new();
    for (place, part) in text.split("```").enumerate() {
        if place % 2 == 1 {
            let lines = part.lines().map(|line| line.trim().trim_start_matches("target/release/"));
            let commands = lines.filter(|line| line.split_whitespace().next() == Some("referee"));
            found.extend(commands.map(|line| Quoted { line: line.to_owned(), is_complete: true }));
        } else {
            let spans = part.split('`').skip(1).step_by(2).filter(|span| span.starts_with("referee "));
            found.extend(spans.map(|span| Quoted { line: span.to_owned(), is_complete: false }));
        }
    }
    found
}

/// Splits a command line like a shell: quotes hold words together, `#` begins a comment.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '#') if word.is_empty() => return words,
            (None, ' ') => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            _ => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Why a command line is invalid.
fn fault(quoted: &Quoted) -> Option<String> {
    let words = words(&quoted.line);
    let is_placeholder = |word: &String| word.chars().all(|c| c.is_ascii_uppercase());
    // `referee CLIP` opens the window; `referee help COMMAND` names none.
    if words.get(1).is_none_or(is_placeholder) || words.get(1).is_some_and(|word| word == "help") {
        return None;
    }
    let has_placeholder = words.iter().any(is_placeholder);
    let error = Cli::command().try_get_matches_from(words).err()?;
    let is_fine = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => !quoted.is_complete,
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => !quoted.is_complete && has_placeholder,
        _ => false,
    };
    (!is_fine).then(|| error.to_string())
}

#[test]
fn every_command_in_the_guides_is_understood() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for path in texts() {
        for quoted in quoted(&std::fs::read_to_string(&path).unwrap()) {
            seen += 1;
            let fault_text = fault(&quoted).map(|fault| format!("{}: {}\n{fault}", path.display(), quoted.line));
            faults.extend(fault_text);
        }
    }
    assert!(seen > 50, "only {seen} commands were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_command_that_does_not_exist_is_a_fault() {
    let text = "Type `referee analyse`, or `referee analyze`:\n```\nreferee doctor --no-such-flag\nreferee doctor # fine\n```\n";
    let faults: Vec<_> = quoted(text).iter().filter_map(fault).collect();
    assert_eq!((quoted(text).len(), faults.len()), (4, 2), "{faults:?}");
    assert_eq!(
        words("referee cameras --format \"1x1@1 MJPEG\" # note"),
        ["referee", "cameras", "--format", "1x1@1 MJPEG"]
    );
}
