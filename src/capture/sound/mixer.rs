//! What is playing at the moment, put together sample by sample. No device and no clock: a device asks for samples when it
//! needs them.

use super::cues::samples;
use super::{Cue, SoundSettings};
use std::f32::consts::TAU;

/// Pitch of the buzzer in hertz, as the sound of common scoring boxes.
const BUZZ_HERTZ: f32 = 900.0;
/// Loudness of the buzzer beside the words.
const BUZZ_LEVEL: f32 = 0.3;
/// The buzzer swells and fades within this time, so that it does not click.
const SWELL_SECS: f32 = 0.01;
/// No lamp is lit for longer: a buzzer that nobody stopped ends by itself.
const MOST_BUZZ_SECS: f32 = 10.0;

/// Mixes words and buzzer for one device.
#[derive(Debug)]
pub(super) struct Mixer {
    rate: f32,
    settings: SoundSettings,
    words: Vec<f32>,
    /// Samples of `words` that were played.
    said: usize,
    /// Samples that the buzzer may still sound.
    buzz_left: usize,
    buzz_level: f32,
    turn: f32,
}

impl Mixer {
    pub(super) fn new(rate: u32, settings: SoundSettings) -> Self {
        let rate = rate.max(1) as f32;
        Self { rate, settings, words: Vec::new(), said: 0, buzz_left: 0, buzz_level: 0.0, turn: 0.0 }
    }

    pub(super) fn set(&mut self, settings: SoundSettings) {
        self.settings = settings;
    }

    /// Begins to say something; what was being said is cut short, as a referee does.
    pub(super) fn say(&mut self, cue: Cue) {
        if self.settings.cues {
            (self.words, self.said) = (samples(cue, self.rate as u32), 0);
        }
    }

    pub(super) fn buzz(&mut self) {
        if self.settings.buzzer {
            self.buzz_left = (MOST_BUZZ_SECS * self.rate) as usize;
        }
    }

    pub(super) fn hush(&mut self) {
        self.buzz_left = 0;
    }

    /// Whether nothing is heard.
    pub(super) fn is_quiet(&self) -> bool {
        self.said >= self.words.len() && self.buzz_left == 0 && self.buzz_level == 0.0
    }

    /// The next samples, the same on every channel, within -1..1.
    pub(super) fn fill(&mut self, out: &mut [f32], channels: usize) {
        for frame in out.chunks_mut(channels.max(1)) {
            frame.fill(self.next());
        }
    }

    fn next(&mut self) -> f32 {
        let word = self.words.get(self.said).copied().unwrap_or(0.0);
        self.said = (self.said + 1).min(self.words.len());
        let volume = if self.settings.volume.is_finite() { self.settings.volume.clamp(0.0, 1.0) } else { 0.0 };
        ((word + self.next_buzz()) * volume).clamp(-1.0, 1.0)
    }

    fn next_buzz(&mut self) -> f32 {
        let swell = 1.0 / (SWELL_SECS * self.rate);
        self.buzz_level =
            if self.buzz_left > 0 { self.buzz_level + swell } else { self.buzz_level - swell }.clamp(0.0, 1.0);
        self.buzz_left = self.buzz_left.saturating_sub(1);
        self.turn = (self.turn + BUZZ_HERTZ / self.rate).fract();
        (self.turn * TAU).sin() * self.buzz_level * BUZZ_LEVEL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 8_000;

    fn mixer(settings: SoundSettings) -> Mixer {
        Mixer::new(RATE, settings)
    }

    /// The loudest of so many seconds.
    fn loudest(mixer: &mut Mixer, secs: f32) -> f32 {
        let mut out = vec![9.0; (secs * RATE as f32) as usize * 2];
        mixer.fill(&mut out, 2);
        assert!(out.chunks(2).all(|frame| frame[0] == frame[1] && frame[0].abs() <= 1.0));
        out.iter().fold(0.0, |most, s| most.max(s.abs()))
    }

    #[test]
    fn words_end_by_themselves_and_the_buzzer_when_told() {
        let mut mixer = mixer(SoundSettings { volume: 1.0, ..SoundSettings::default() });
        assert_eq!(loudest(&mut mixer, 0.5), 0.0);
        mixer.say(Cue::Halt);
        assert!(loudest(&mut mixer, 1.0) > 0.3 && mixer.is_quiet());
        mixer.buzz();
        assert!((loudest(&mut mixer, 1.0) - BUZZ_LEVEL).abs() < 0.01 && !mixer.is_quiet());
        mixer.hush();
        loudest(&mut mixer, 0.1);
        assert!(mixer.is_quiet() && loudest(&mut mixer, 0.5) == 0.0);
        mixer.buzz();
        loudest(&mut mixer, MOST_BUZZ_SECS + 0.1);
        assert!(mixer.is_quiet(), "a buzzer that nobody stopped ends by itself");
    }

    #[test]
    fn settings_silence_what_they_name() {
        let quiet = |settings: SoundSettings| {
            let mut mixer = mixer(settings);
            mixer.say(Cue::Begin);
            mixer.buzz();
            loudest(&mut mixer, 2.0)
        };
        let all = SoundSettings::default();
        assert_eq!(quiet(SoundSettings { volume: 0.0, ..all.clone() }), 0.0);
        assert_eq!(quiet(SoundSettings { volume: f32::NAN, ..all.clone() }), 0.0);
        assert_eq!(quiet(SoundSettings { cues: false, buzzer: false, ..all.clone() }), 0.0);
        assert!(quiet(SoundSettings { volume: 99.0, ..all.clone() }) <= 1.0);
        assert!(quiet(all) > 0.1);
    }
}
