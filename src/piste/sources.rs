//! Everybody who may say that there was a touch: the chosen apparatus and, always, a person's keys.

use super::{ApparatusChoice, PisteSettings};
use apparatus::{Apparatus, ApparatusEvent, ApparatusState, Command, FedApparatus, HostClock, LiveApparatus};
use crossbeam_channel::{Receiver, never};
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalEvent, SignalKind, SignalSource};

/// The chosen apparatus.
enum Chosen {
    Keys,
    Picture(FedApparatus),
    Box(LiveApparatus),
    /// It could not be opened at all.
    Nothing,
    /// It has said its last word (a capture at its end).
    Ended(Box<ApparatusState>),
}

/// All sources of one piste.
pub(super) struct Sources {
    choice: ApparatusChoice,
    chosen: Chosen,
    keys: FedApparatus,
    clock: HostClock,
}

impl Sources {
    /// Opens what the settings name; a finished sentence beside it when that failed.
    pub(super) fn open(settings: &PisteSettings, clock: HostClock) -> (Self, Option<String>) {
        let (chosen, trouble) = open(&settings.apparatus, clock);
        let keys = FedApparatus::manual(clock);
        (Self { choice: settings.apparatus.clone(), chosen, keys, clock }, trouble)
    }

    /// Another choice; the same one goes on undisturbed.
    pub(super) fn set(&mut self, choice: &ApparatusChoice) -> Option<String> {
        if *choice == self.choice {
            return None;
        }
        self.choice = choice.clone();
        // The port must be free again before it is opened anew.
        if let Chosen::Box(old) = std::mem::replace(&mut self.chosen, Chosen::Nothing) {
            old.close();
        }
        let (chosen, trouble) = open(choice, self.clock);
        self.chosen = chosen;
        trouble
    }

    /// What the chosen apparatus says; silence where it is the keys.
    pub(super) fn events(&self) -> Receiver<ApparatusEvent> {
        match &self.chosen {
            Chosen::Keys | Chosen::Nothing | Chosen::Ended(_) => never(),
            Chosen::Picture(fed) => fed.events().clone(),
            Chosen::Box(live) => live.events().clone(),
        }
    }

    /// What the window shows.
    pub(super) fn state(&self) -> ApparatusState {
        match &self.chosen {
            Chosen::Keys | Chosen::Nothing => self.keys.state(),
            Chosen::Picture(fed) => fed.state(),
            Chosen::Box(live) => live.state(),
            Chosen::Ended(state) => state.as_ref().clone(),
        }
    }

    /// The chosen apparatus will never say anything again.
    pub(super) fn ended(&mut self) {
        self.chosen = Chosen::Ended(Box::new(self.state()));
    }

    /// Whether lamps are looked for in the picture.
    pub(super) fn looks_for_lamps(&self) -> bool {
        matches!(self.chosen, Chosen::Picture(_))
    }

    /// A key was pressed: what the keys have to say about that.
    pub(super) fn press(&self, kind: SignalKind) -> Vec<ApparatusEvent> {
        self.keys.press(kind);
        self.keys.events().try_iter().collect()
    }

    /// A lamp was seen, on the host clock.
    pub(super) fn seen(&self, lamp: SignalEvent) {
        if let Chosen::Picture(fed) = &self.chosen {
            fed.take(lamp, Timestamp::ZERO);
        }
    }

    /// Passes a command on to a box.
    pub(super) fn command(&self, command: Command) {
        if let Chosen::Box(live) = &self.chosen {
            live.command(command);
        }
    }

    /// Keys and seen lamps never say that a lamp went dark: at the end of a phrase they are. What the keys say about that.
    pub(super) fn darken(&self) -> Vec<ApparatusEvent> {
        let fed = match &self.chosen {
            Chosen::Picture(fed) => Some((fed, SignalSource::Picture)),
            _ => None,
        };
        for (fed, source) in fed.into_iter().chain([(&self.keys, SignalSource::Manual)]) {
            for side in Side::BOTH {
                let kind = SignalKind::Lamp { side, lamp: Lamp::Off };
                fed.take(SignalEvent { at: self.clock.now(), uncertainty_secs: 0.0, source, kind }, Timestamp::ZERO);
            }
        }
        self.keys.events().try_iter().collect()
    }
}

fn open(choice: &ApparatusChoice, clock: HostClock) -> (Chosen, Option<String>) {
    match choice {
        ApparatusChoice::Keys => (Chosen::Keys, None),
        ApparatusChoice::Picture => (Chosen::Picture(FedApparatus::picture(clock)), None),
        ApparatusChoice::Box(settings) => match LiveApparatus::open(settings.as_ref().clone(), clock, || ()) {
            Ok(live) => (Chosen::Box(live), None),
            Err(error) => (Chosen::Nothing, Some(error.to_string())),
        },
    }
}
