//! Looks through the folders on a thread of its own and tells in handfuls, so that a list of ten thousand grows before the
//! eye and never blocks it.

use super::super::{Outlet, spawn};
use crate::event::{Event, LibraryEvent};
use records::library::{Finding, Places, scan};
use std::time::{Duration, Instant};
use vision::video::Cancel;

/// Findings told at once, at most.
const HANDFUL: usize = 1000;
/// How often the list grows.
const RHYTHM: Duration = Duration::from_millis(250);

/// Starts a look.
pub(super) fn start(places: Places, number: u64, cancel: Cancel, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("library-look", outlet, move || {
        let mut handful: Vec<Finding> = Vec::new();
        let mut told = Instant::now();
        let tell = |findings: Vec<Finding>| {
            teller.send(Event::Library(LibraryEvent::Found { number, findings }));
        };
        scan(&places, &cancel, &mut |finding| {
            handful.push(finding);
            if handful.len() >= HANDFUL || told.elapsed() >= RHYTHM {
                tell(std::mem::take(&mut handful));
                told = Instant::now();
            }
        });
        if !cancel.is_cancelled() {
            tell(handful);
            teller.send(Event::Library(LibraryEvent::Looked { number }));
        }
    });
}
