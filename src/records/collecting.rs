//! Collecting: turns phrases that a referee called into records, for measuring and teaching the judge.
//!
//! A record holds both fencers' joints, the signals, the call and the day: no frame and no name. The call is added only after the analysis.

use crate::analysis::{AnalysisError, ClipRequest, ClipSignals, judge_clip};
use crate::library::{Catalogue, Entry, Query, SortBy, select};
use fencing::Weapon;
use flate2::Compression;
use flate2::write::GzEncoder;
use learning::{Label, NotCollected, Seen, record_line};
use recording::{AtomicFile, FolderError, HitSides};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::engine::Engine;
use vision::video::{Cancel, ClipOptions};

/// Number of phrases from which teaching is worthwhile: with 200 the share of agreement is known to 7 points (95 %).
pub const WANTED_PHRASES: usize = 200;

/// Why a phrase gives no record.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The clip was removed since the library was scanned.
    #[error("its clip is gone")]
    NoClip,
    /// The clip cannot be judged.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// It teaches nothing about right of way.
    #[error(transparent)]
    NotCollected(#[from] NotCollected),
}

/// What holds for phrases that do not say it themselves.
#[derive(Clone, Copy, Debug)]
pub struct CollectDefaults {
    /// Weapon of phrases that do not state theirs.
    pub weapon: Weapon,
    /// Whose left and right the HIT lines of signal logs use.
    pub hit_sides: HitSides,
}

/// Analyses a called phrase and returns its record, one line without its end.
///
/// # Errors
/// [`CollectError`] says why the phrase gives none.
pub fn phrase_record(
    entry: &Entry,
    label: Label,
    engine: &Engine,
    defaults: CollectDefaults,
    cancel: &Cancel,
) -> Result<String, CollectError> {
    let clip = entry.clip.clone().ok_or(CollectError::NoClip)?;
    let weapon = entry.weapon.unwrap_or(defaults.weapon);
    let signals = ClipSignals::of(None, entry.log.as_deref(), defaults.hit_sides);
    let request = ClipRequest { clip, signals, weapon, options: ClipOptions::default() };
    let seen = judge_clip(engine, &request, cancel, &mut |_| ())?.judgement;
    let (tracks, signals) = (&seen.corrected_tracks, &seen.signals);
    Ok(record_line(Seen { id: &entry.title, group: &group(entry), weapon, tracks, signals }, label)?)
}

/// The called phrases of a library with their labels, oldest first.
pub fn called_phrases(library: &Catalogue) -> Vec<(Arc<Entry>, Label)> {
    let oldest_first = Query { sort: SortBy::Oldest, ..Query::default() };
    select(library, &oldest_first)
        .into_iter()
        .filter_map(|entry| label_of(&entry).map(|label| (entry, label)))
        .collect()
}

/// The label of a phrase that a referee called and that can be analysed.
pub fn label_of(entry: &Entry) -> Option<Label> {
    let usable = entry.clip.is_some() && entry.trouble.is_none();
    entry.own_call.filter(|_| usable).and_then(Label::of)
}

/// The group of a phrase: its day, because the same people fence before the same referee; without a date, its folder.
pub fn group(entry: &Entry) -> String {
    entry.recorded_at.map_or_else(|| entry.folder.clone(), |at| at.date().to_string())
}

/// A file of records; it gets its name when it is complete. Dropped before, it leaves nothing.
pub struct RecordFile {
    file: AtomicFile,
    place: PathBuf,
    out: Lines,
}

/// Destination of the lines.
enum Lines {
    Plain(BufWriter<File>),
    Zipped(Box<GzEncoder<BufWriter<File>>>),
}

impl RecordFile {
    /// Opens a file beside `place`: JSON lines, compressed if the name ends in `.gz`.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn create(place: &Path) -> Result<Self, FolderError> {
        let mut file = AtomicFile::create(place)?;
        let plain = BufWriter::new(file.file().try_clone().map_err(|e| FolderError::at(place, e))?);
        let zipped = place.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
        let out = if zipped {
            Lines::Zipped(Box::new(GzEncoder::new(plain, Compression::default())))
        } else {
            Lines::Plain(plain)
        };
        Ok(Self { file, place: place.to_owned(), out })
    }

    /// Adds a record.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn write(&mut self, line: &str) -> Result<(), FolderError> {
        let written = match &mut self.out {
            Lines::Plain(out) => writeln!(out, "{line}"),
            Lines::Zipped(out) => writeln!(out, "{line}"),
        };
        written.map_err(|e| FolderError::at(&self.place, e))
    }

    /// Gives the complete file its name, replacing an earlier one.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn commit(self) -> Result<(), FolderError> {
        let rest = match self.out {
            Lines::Plain(out) => Ok(out),
            Lines::Zipped(out) => out.finish(),
        };
        rest.and_then(|mut rest| rest.flush()).map_err(|e| FolderError::at(&self.place, e))?;
        self.file.commit()
    }
}
