//! The library of phrases on disk: scan, catalogue, search, statistics, export; shared by the window and `referee library`.
//!
//! Hides the folder layouts: recorded phrases, folders of results, plain clips with or without a log. [`scan`] passes every
//! [`Finding`] to a callback in a fixed order and never fails as a whole: what cannot be read is a finding too. A [`Catalogue`] joins
//! findings into entries. The library never judges or changes a phrase.

mod catalogue;
mod entry;
mod export;
mod folder;
mod query;
mod result_file;
mod scan;
mod statistics;
mod thumbnail;
mod when;

pub use catalogue::Catalogue;
pub use entry::{Agreement, Entry, EntryKind, MachineCall};
pub use export::{ExportFormat, write_entries};
/// A count with its confidence interval.
pub use fencing::share::Share;

pub use query::{CallFilter, Query, SortBy, select};
pub use result_file::{FoundResult, RESULT_FILE, read_result};
pub use scan::{Finding, LibraryFolders, Trouble, TroubleKind, scan};
pub use statistics::{FencerFigures, Statistics, WeaponFigures, statistics};
pub use thumbnail::{Probed, ThumbnailStore, look_at};
/// What the library takes for a clip.
pub use vision::video::{CLIP_ENDINGS, is_clip_name};
