//! What can be done on the live screen.

use super::listed::row;
use super::{Command, Listed, Scope};
use fencing::time::Timestamp;
use fencing::{Call, Side};
use piste::ServerChoice;

/// One thing to do at the piste.
#[derive(Clone, Debug, PartialEq)]
pub enum PisteCommand {
    /// The big button: begins a phrase, the first or the next.
    Go,
    /// "Halt!"; without a running phrase it takes the last seconds out of the memory.
    Halt,
    /// Gives the running phrase, or its judgement, up.
    Cancel,
    /// A key stands in for the box; after the verdict it sets the lamps right and the phrase is judged again.
    Lamps(LampsByHand),
    /// The referee's own call.
    OwnCall(OwnCall),
    /// Banner shown or hidden.
    ToggleVerdict,
    /// Something over the live picture shown or hidden.
    Toggle(LivePart),
    /// Opens the phrase in the review at a moment; at its touch without one.
    Replay(Option<Timestamp>),
    /// The server failed: this machine judges.
    JudgeHere,
    /// What to do with a phrase that is being recorded while the window is to close.
    Close(CloseAnswer),
    /// Looks for cameras, ports and microphones.
    ListDevices,
    /// Asks the server for a sign of life.
    TryServer(ServerChoice),
    /// Says something aloud, to hear whether the voice works.
    TryVoice,
    /// Listens on every serial port for a box that is understood.
    FindBox,
    /// Asks for a folder of recordings with the system's dialog.
    AskForRecordings,
    /// Asks for a clip that stands in for a camera.
    AskForCameraClip,
}

/// Lamps named by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LampsByHand {
    /// One coloured lamp.
    One(Side),
    /// Both coloured lamps.
    Both,
    /// The white lamp of one side.
    White(Side),
}

/// The three calls that have a key; what "none" is called depends on the weapon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCall {
    /// Touch for a side.
    For(Side),
    /// Nobody alone: a double touch in épée, otherwise no touch.
    None,
}

impl OwnCall {
    /// The call in the words of a weapon.
    pub const fn call(self, weapon: fencing::Weapon) -> Call {
        match self {
            Self::For(side) => Call::Touch(side),
            Self::None if weapon.has_right_of_way() => Call::Simultaneous,
            Self::None => Call::Double,
        }
    }
}

/// Things over the live picture that can be switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LivePart {
    /// Skeletons and tags.
    Skeletons,
    /// The way that both fencers came.
    Tracks,
    /// The line under their feet.
    PisteLine,
    /// The lamps, over the picture as well.
    Lamps,
}

/// What to do with the running phrase when the window is to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAnswer {
    /// End the phrase, save it, then close.
    Save,
    /// Drop it and close.
    Discard,
    /// Go on fencing.
    Stay,
}

/// The rows with a name and a shortcut.
pub(super) fn rows() -> Vec<Listed> {
    use PisteCommand as P;
    let piste = |key, chord, command| row(key, Scope::Piste, chord, Command::Piste(command));
    vec![
        piste("cmd-go", "Space", P::Go),
        piste("cmd-halt", "Enter", P::Halt),
        piste("cmd-piste-cancel", "Delete", P::Cancel),
        piste("cmd-own-left", "ArrowLeft", P::OwnCall(OwnCall::For(Side::Left))),
        piste("cmd-own-none", "ArrowDown", P::OwnCall(OwnCall::None)),
        piste("cmd-own-right", "ArrowRight", P::OwnCall(OwnCall::For(Side::Right))),
        piste("cmd-lamp-left", "1", P::Lamps(LampsByHand::One(Side::Left))),
        piste("cmd-lamp-both", "2", P::Lamps(LampsByHand::Both)),
        piste("cmd-lamp-right", "3", P::Lamps(LampsByHand::One(Side::Right))),
        piste("cmd-white-left", "Shift+1", P::Lamps(LampsByHand::White(Side::Left))),
        piste("cmd-white-right", "Shift+3", P::Lamps(LampsByHand::White(Side::Right))),
        piste("cmd-replay", "R", P::Replay(None)),
        piste("cmd-judge-here", "Ctrl+J", P::JudgeHere),
        piste("cmd-live-verdict", "V", P::ToggleVerdict),
        piste("cmd-live-skeletons", "S", P::Toggle(LivePart::Skeletons)),
        piste("cmd-live-tracks", "T", P::Toggle(LivePart::Tracks)),
        piste("cmd-live-line", "L", P::Toggle(LivePart::PisteLine)),
        piste("cmd-live-lamps", "K", P::Toggle(LivePart::Lamps)),
    ]
}
