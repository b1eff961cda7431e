//! The machine's call said aloud, in the window's language, by the program that was found at the start.

use super::workers::EventSender;
use crate::effect::Event;
use crate::effect::SpokenCall;
use crate::model::{Settings, Trial};
use capture::sound::{Sentence, SpeechProgram, Voice};
use fencing::wording::{Language, Words};
use fencing::{Call, Side};

/// The voice, or the reason why there is none.
pub(super) struct Speech {
    voice: Result<Voice, String>,
    words: Words,
    volume: f32,
    /// A missing voice is reported once, not at every verdict.
    reported: bool,
}

impl Speech {
    /// Over a program, where one was found.
    pub(super) fn new(program: Option<SpeechProgram>, events: &EventSender) -> Self {
        let events = events.clone();
        let start =
            |program| Voice::start(program, move |text| events.send(Event::Trouble(text))).map_err(|e| e.to_string());
        let voice = program.ok_or_else(no_program).and_then(start);
        Self { voice, words: Words::new(Language::default()), volume: 0.0, reported: false }
    }

    /// Takes over language and loudness.
    pub(super) fn follow(&mut self, settings: &Settings) {
        self.volume = settings.live.volume;
        if self.words.language() != settings.language() {
            self.words = Words::new(settings.language());
        }
    }

    /// Says a call, with the action that had the right.
    pub(super) fn say(&mut self, spoken: &SpokenCall) -> Option<Event> {
        let call = || format!("{}.", self.words.call(spoken.call));
        let text = spoken.verdict.as_ref().map_or_else(call, |verdict| self.words.said(verdict));
        let text = if spoken.corrects { self.words.with("said_correction", &[("said", &text)]) } else { text };
        match &self.voice {
            Ok(voice) => {
                voice.say(Sentence { text, language: self.words.language().code(), volume: self.volume });
                None
            }
            Err(why) => (!std::mem::replace(&mut self.reported, true)).then(|| Event::Trouble(why.clone())),
        }
    }

    /// Speaks a text; returns which program spoke it, or why it failed.
    pub(super) fn test(&mut self) -> Trial {
        match &self.voice {
            Err(why) => Trial::Fails(why.clone()),
            Ok(voice) => {
                let name = voice.program().name().to_owned();
                let _said = self.say(&SpokenCall { call: Call::Touch(Side::Left), verdict: None, corrects: false });
                Trial::Works(name)
            }
        }
    }

    /// Falls silent.
    pub(super) fn hush(&self) {
        if let Ok(voice) = &self.voice {
            voice.hush();
        }
    }
}

fn no_program() -> String {
    "No speech program was found, so the call cannot be said aloud. Install eSpeak NG (Debian: apt-get install espeak-ng) and \
     start the window again."
        .to_owned()
}
