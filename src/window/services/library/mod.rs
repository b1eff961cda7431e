//! The library's workers: looking for phrases, small pictures, judging many, saving lists.

mod batch;
mod lists;
mod look;
mod thumbnails;

pub(super) use thumbnails::Thumbnailer;

use super::engine_shelf::EngineShelf;
use super::{Outlet, dialogs, spawn};
use crate::effect::LibraryEffect;
use crate::event::{Event, LibraryEvent};
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::Cancel;

/// What runs for the library now.
pub(super) struct LibraryWorkers {
    shelf: Arc<EngineShelf>,
    looking: Cancel,
    judging: Cancel,
}

impl LibraryWorkers {
    pub(super) fn new(shelf: Arc<EngineShelf>) -> Self {
        Self { shelf, looking: Cancel::new(), judging: Cancel::new() }
    }

    /// Starts a piece of work.
    pub(super) fn run(&mut self, effect: LibraryEffect, outlet: &Outlet) {
        match effect {
            LibraryEffect::Look { places, number } => {
                self.looking.cancel();
                self.looking = Cancel::new();
                look::start(places, number, self.looking.clone(), outlet);
            }
            LibraryEffect::AskForFolder => dialogs::ask_for_folder(outlet),
            LibraryEffect::SortOut(paths) => sort_out(paths, outlet),
            LibraryEffect::Judge(request) => {
                self.judging = Cancel::new();
                batch::start(*request, Arc::clone(&self.shelf), self.judging.clone(), outlet);
            }
            LibraryEffect::StopJudging => self.judging.cancel(),
            LibraryEffect::Export { format, entries, folder } => lists::start(format, entries, folder, outlet),
        }
    }
}

impl Drop for LibraryWorkers {
    fn drop(&mut self) {
        self.looking.cancel();
        self.judging.cancel();
    }
}

/// Files and folders told apart: asking the disk may take a while where it is a network's.
fn sort_out(paths: Vec<PathBuf>, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("library-drop", outlet, move || {
        let without_links = |path: PathBuf| dunce::canonicalize(&path).unwrap_or(path);
        let (folders, clips) = paths.into_iter().map(without_links).partition(|path: &PathBuf| path.is_dir());
        teller.send(Event::Library(LibraryEvent::SortedOut { clips, folders }));
    });
}
