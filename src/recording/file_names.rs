//! Names of files in a phrase's folder that do not begin with the phrase's name: one list for writers and readers, because a folder is
//! removed only when every file in it is known.

use super::NOTES_FILE;
use super::folder::PART;

/// Prefix of an incomplete video.
pub const UNFINISHED: &str = ".unfinished-";
/// The result of the latest judgement, as JSON.
pub const RESULT_FILE: &str = "analysis_result.json";
/// The verdict as text.
pub const SUMMARY_FILE: &str = "summary.txt";
/// The report.
pub const PAGE_FILE: &str = "report.html";

/// Whether a file without the phrase's name is one that this program writes: notes, result, report, or an incomplete one left by a
/// crash.
pub fn is_of_a_phrase(file: &str) -> bool {
    let named = [NOTES_FILE, RESULT_FILE, SUMMARY_FILE, PAGE_FILE].contains(&file);
    named || [PART, UNFINISHED].iter().any(|beginning| file.starts_with(beginning))
}
