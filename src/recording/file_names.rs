//! What files in a phrase's folder are called that do not begin with the phrase's name: one list for who writes them and for
//! who must know them again, because a folder is only removed when everything in it is known.

use super::NOTES_FILE;
use super::folder::PART;

/// How the name of a video begins that is not whole yet.
pub const UNFINISHED: &str = ".unfinished-";
/// The result of the latest judgement, for programs.
pub const RESULT_FILE: &str = "analysis_result.json";
/// The verdict in words.
pub const SUMMARY_FILE: &str = "summary.txt";
/// The report.
pub const PAGE_FILE: &str = "report.html";

/// Whether a file without the phrase's name is one that this program writes there: notes, result, report, or one that it was
/// writing when it was cut off.
pub fn is_of_a_phrase(file: &str) -> bool {
    let named = [NOTES_FILE, RESULT_FILE, SUMMARY_FILE, PAGE_FILE].contains(&file);
    named || [PART, UNFINISHED].iter().any(|beginning| file.starts_with(beginning))
}
