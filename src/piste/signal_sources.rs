//! The sources of signals: the chosen apparatus and, always, the keys.

use super::{ApparatusChoice, PisteSettings};
use apparatus::{Apparatus, ApparatusEvent, ApparatusState, Command, HostClock, InjectedApparatus, LiveApparatus};
use crossbeam_channel::{Receiver, never};
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalEvent, SignalKind, SignalSource};

/// The chosen apparatus.
enum Chosen {
    Keys,
    Picture(InjectedApparatus),
    Box(LiveApparatus),
    /// It could not be opened at all.
    Nothing,
    /// The apparatus has ended (a capture file at its end).
    Ended(Box<ApparatusState>),
}

/// The sources of signals of a piste.
pub(crate) struct Sources {
    choice: ApparatusChoice,
    chosen: Chosen,
    keys: InjectedApparatus,
    clock: HostClock,
}

impl Sources {
    /// Opens the apparatus in the settings. The second value is a finished sentence when that failed.
    pub(crate) fn open(settings: &PisteSettings, clock: HostClock) -> (Self, Option<String>) {
        let (chosen, trouble) = open(&settings.apparatus, clock);
        let keys = InjectedApparatus::manual(clock);
        (Self { choice: settings.apparatus.clone(), chosen, keys, clock }, trouble)
    }

    /// Changes the apparatus; the same one stays open. A finished sentence when opening failed.
    pub(crate) fn set(&mut self, choice: &ApparatusChoice) -> Option<String> {
        if *choice == self.choice {
            return None;
        }
        self.choice = choice.clone();
        // Close before opening: it may be the same port.
        if let Chosen::Box(old) = std::mem::replace(&mut self.chosen, Chosen::Nothing) {
            old.close();
        }
        let (chosen, trouble) = open(choice, self.clock);
        self.chosen = chosen;
        trouble
    }

    /// Events of the chosen apparatus; none if that is the keys.
    pub(crate) fn events(&self) -> Receiver<ApparatusEvent> {
        match &self.chosen {
            Chosen::Keys | Chosen::Nothing | Chosen::Ended(_) => never(),
            Chosen::Picture(injected) => injected.events().clone(),
            Chosen::Box(live) => live.events().clone(),
        }
    }

    /// State of the apparatus for the window.
    pub(crate) fn state(&self) -> ApparatusState {
        match &self.chosen {
            Chosen::Keys | Chosen::Nothing => self.keys.state(),
            Chosen::Picture(injected) => injected.state(),
            Chosen::Box(live) => live.state(),
            Chosen::Ended(state) => state.as_ref().clone(),
        }
    }

    /// Notes that the chosen apparatus has ended.
    pub(crate) fn ended(&mut self) {
        self.chosen = Chosen::Ended(Box::new(self.state()));
    }

    /// Whether to look for lamps in the video.
    pub(crate) fn looks_for_lamps(&self) -> bool {
        matches!(self.chosen, Chosen::Picture(_))
    }

    /// Handles a key press; returns the resulting events.
    pub(crate) fn press(&self, kind: SignalKind) -> Vec<ApparatusEvent> {
        self.keys.press(kind);
        self.keys.events().try_iter().collect()
    }

    /// Handles a lamp seen in the video, on the host clock.
    pub(crate) fn seen(&self, lamp: SignalEvent) {
        if let Chosen::Picture(injected) = &self.chosen {
            injected.take(lamp, Timestamp::ZERO);
        }
    }

    /// Sends a command to a box.
    pub(crate) fn command(&self, command: Command) {
        if let Chosen::Box(live) = &self.chosen {
            live.command(command);
        }
    }

    /// Turns off the lamps at the end of a phrase, because keys and video never report a lamp going out. Returns the events of
    /// the keys.
    pub(crate) fn darken(&self) -> Vec<ApparatusEvent> {
        let injected = match &self.chosen {
            Chosen::Picture(injected) => Some((injected, SignalSource::Picture)),
            _ => None,
        };
        for (injected, source) in injected.into_iter().chain([(&self.keys, SignalSource::Manual)]) {
            for side in Side::BOTH {
                let kind = SignalKind::Lamp { side, lamp: Lamp::Off };
                injected
                    .take(SignalEvent { at: self.clock.now(), uncertainty_secs: 0.0, source, kind }, Timestamp::ZERO);
            }
        }
        self.keys.events().try_iter().collect()
    }
}

fn open(choice: &ApparatusChoice, clock: HostClock) -> (Chosen, Option<String>) {
    match choice {
        ApparatusChoice::Keys => (Chosen::Keys, None),
        ApparatusChoice::Picture => (Chosen::Picture(InjectedApparatus::picture(clock)), None),
        ApparatusChoice::Box(settings) => match LiveApparatus::open(settings.as_ref().clone(), clock, || ()) {
            Ok(live) => (Chosen::Box(live), None),
            Err(error) => (Chosen::Nothing, Some(error.to_string())),
        },
    }
}
