//! Exports a list of phrases as a table for spreadsheets or as lines of JSON for scripts, one row each in the list's order.

use super::Entry;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
use time::macros::format_description;

/// Format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated, UTF-8, one header line (RFC 4180).
    Csv,
    /// One JSON object per line.
    JsonLines,
}

impl ExportFormat {
    /// Extension of the file.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}

/// A row; empty fields for what is not known. Calls as in files, times in seconds, dates as ISO 8601.
#[derive(Debug, Serialize)]
struct RowOut<'a> {
    title: &'a str,
    folder: &'a str,
    recorded_at: Option<String>,
    bout: Option<&'a str>,
    left: Option<&'a str>,
    right: Option<&'a str>,
    weapon: Option<&'static str>,
    own_call: Option<&'static str>,
    machine_call: Option<&'static str>,
    machine_confidence: Option<f64>,
    rule: Option<&'a str>,
    agreement: &'static str,
    duration_secs: Option<f64>,
    clip: Option<String>,
    log: Option<String>,
    result: Option<String>,
    trouble: Option<&'a str>,
}

const COLUMNS: [&str; 17] = [
    "title",
    "folder",
    "recorded_at",
    "bout",
    "left",
    "right",
    "weapon",
    "own_call",
    "machine_call",
    "machine_confidence",
    "rule",
    "agreement",
    "duration_secs",
    "clip",
    "log",
    "result",
    "trouble",
];

impl<'a> RowOut<'a> {
    fn of(entry: &'a Entry) -> Self {
        let text = |path: &Option<std::path::PathBuf>| path.as_deref().map(Path::to_string_lossy).map(String::from);
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        let machine = entry.machine.as_ref();
        Self {
            title: &entry.title,
            folder: &entry.folder,
            recorded_at: entry.recorded_at.and_then(|at| at.format(format).ok()),
            bout: entry.bout.as_deref(),
            left: entry.fencers.left.as_deref(),
            right: entry.fencers.right.as_deref(),
            weapon: entry.weapon.map(fencing::Weapon::as_str),
            own_call: entry.own_call.map(fencing::Call::as_str),
            machine_call: machine.map(|m| m.call.as_str()),
            machine_confidence: machine.and_then(|m| m.confidence).map(|c| c.0),
            rule: machine.and_then(|m| m.rule.as_deref()),
            agreement: entry.agreement().as_str(),
            duration_secs: entry.duration_secs,
            clip: text(&entry.clip),
            log: text(&entry.log),
            result: text(&entry.result),
            trouble: entry.trouble.as_deref(),
        }
    }

    fn cells(&self) -> [String; COLUMNS.len()] {
        let word = |w: Option<&str>| w.map(guarded).unwrap_or_default();
        let number = |n: Option<f64>| n.map(|n| format!("{n}")).unwrap_or_default();
        [
            guarded(self.title),
            guarded(self.folder),
            self.recorded_at.clone().unwrap_or_default(),
            word(self.bout),
            word(self.left),
            word(self.right),
            word(self.weapon),
            word(self.own_call),
            word(self.machine_call),
            number(self.machine_confidence),
            word(self.rule),
            self.agreement.to_owned(),
            number(self.duration_secs),
            word(self.clip.as_deref()),
            word(self.log.as_deref()),
            word(self.result.as_deref()),
            word(self.trouble),
        ]
    }
}

/// Prefixes text that a spreadsheet would take for a formula with an apostrophe, which spreadsheets do not display.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Writes a list.
pub fn write_entries<'a>(
    out: &mut dyn Write,
    format: ExportFormat,
    entries: impl IntoIterator<Item = &'a Entry>,
) -> io::Result<()> {
    let mut rows = entries.into_iter().map(RowOut::of);
    match format {
        ExportFormat::Csv => write_csv(out, rows),
        ExportFormat::JsonLines => rows.try_for_each(|row| writeln!(out, "{}", serde_json::to_string(&row)?)),
    }
}

fn write_csv<'a>(out: &mut dyn Write, rows: impl Iterator<Item = RowOut<'a>>) -> io::Result<()> {
    // A byte order mark: without it Excel displays two characters for each accented letter.
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record(COLUMNS)?;
    for row in rows {
        table.write_record(row.cells())?;
    }
    table.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::EntryKind;
    use fencing::{Call, Side};
    use proptest::prelude::*;

    fn written(entry: &Entry, format: ExportFormat) -> String {
        let mut out = Vec::new();
        write_entries(&mut out, format, [entry]).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_begins_with_a_byte_order_mark_and_lines_of_json_do_not() {
        let mut out = Vec::new();
        write_entries(&mut out, ExportFormat::Csv, []).unwrap();
        assert!(out.starts_with(b"\xEF\xBB\xBFtitle,folder,"), "{out:?}");
        let mut lines = Vec::new();
        write_entries(&mut lines, ExportFormat::JsonLines, []).unwrap();
        assert!(lines.is_empty());
    }

    #[test]
    fn a_row_holds_what_is_known() {
        let mut entry = Entry::at("club/a.mp4".into(), EntryKind::Clip);
        entry.own_call = Some(Call::Touch(Side::Left));
        entry.fencers.left = Some("Rossi, \"Il Lampo\"".into());
        entry.fencers.right = Some("=cmd()".into());
        let csv = written(&entry, ExportFormat::Csv);
        assert!(csv.contains("a,club,,,\"Rossi, \"\"Il Lampo\"\"\",'=cmd(),,left,"), "{csv}");
        let json: serde_json::Value = serde_json::from_str(&written(&entry, ExportFormat::JsonLines)).unwrap();
        assert_eq!((json["right"].as_str(), json["agreement"].as_str()), (Some("=cmd()"), Some("unknown")));
        assert_eq!(json.as_object().unwrap().len(), COLUMNS.len());
    }

    proptest! {
        /// Whatever a name contains, a row keeps all its cells.
        #[test]
        fn quotes_keep_cells_apart(name in any::<String>()) {
            let mut entry = Entry::at("a.mp4".into(), EntryKind::Clip);
            entry.fencers.left = Some(name);
            let csv = written(&entry, ExportFormat::Csv);
            let (mut inside, mut cells, mut rows) = (false, 0, 0);
            for c in csv.chars() {
                match c {
                    '"' => inside = !inside,
                    ',' if !inside => cells += 1,
                    '\n' if !inside => rows += 1,
                    _ => {}
                }
            }
            prop_assert_eq!((cells, rows), (2 * (COLUMNS.len() - 1), 2));
        }
    }
}
