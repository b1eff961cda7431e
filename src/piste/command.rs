//! What can be asked of a piste.

use super::PisteSettings;
use fencing::{Lamp, PerSide, SignalKind};
use recording::PhraseNotes;
use std::path::PathBuf;

/// One thing to do. None of them waits.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// "Allez!": a phrase begins now, its pictures `pre_roll_secs` earlier.
    Start,
    /// "Halt!": the phrase ends after the post-roll and is judged. Without a running phrase it begins one that ends now,
    /// so that a phrase nobody started is still had from the memory.
    Halt,
    /// The running phrase is dropped: nothing is judged; what is on disk is removed. Without one the judgement of the last
    /// phrase is given up; that phrase stays on disk.
    Cancel,
    /// A key stands in for a lamp, or for another signal of the box.
    Signal(SignalKind),
    /// The lamps of the last phrase are set right by hand and it is judged again.
    CorrectLamps(PerSide<Lamp>),
    /// The last phrase is judged on this machine, whatever the settings say: the way on when a server fails.
    JudgeHere(PathBuf),
    /// What people know of a phrase is kept with it.
    Annotate(PathBuf, Box<PhraseNotes>),
    /// Other settings; what did not change goes on undisturbed.
    Set(Box<PisteSettings>),
}
