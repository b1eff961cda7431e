//! Mixes words and buzzer sample by sample. Independent of devices and clocks: the device asks for samples when it needs them.

use super::{Cue, SoundSettings};
use std::f32::consts::TAU;

/// Pitch of the buzzer in hertz, like that of common scoring boxes.
const BUZZ_HERTZ: f32 = 900.0;
/// Amplitude of the buzzer relative to the words.
const BUZZ_LEVEL: f32 = 0.3;
/// Attack and release time of the buzzer, so that it does not click.
const FADE_SECS: f32 = 0.01;
/// Longest buzz: no lamp is lit for longer, so a buzzer that was never stopped ends.
const MAX_BUZZ_SECS: f32 = 10.0;

/// Mixer of one output device.
#[derive(Debug)]
pub(super) struct Mixer {
    rate: f32,
    settings: SoundSettings,
    words: Vec<f32>,
    /// Samples of `words` already played.
    played: usize,
    /// Samples that the buzzer may still sound.
    buzz_left: usize,
    buzz_level: f32,
    phase: f32,
}

impl Mixer {
    pub(super) fn new(rate: u32, settings: SoundSettings) -> Self {
        let rate = rate.max(1) as f32;
        Self { rate, settings, words: Vec::new(), played: 0, buzz_left: 0, buzz_level: 0.0, phase: 0.0 }
    }

    pub(super) fn set(&mut self, settings: SoundSettings) {
        self.settings = settings;
    }

    /// Starts a cue and cuts off the one that is playing.
    pub(super) fn say(&mut self, cue: Cue) {
        if self.settings.cues {
            (self.words, self.played) = (samples(cue, self.rate as u32), 0);
        }
    }

    pub(super) fn buzz(&mut self) {
        if self.settings.buzzer {
            self.buzz_left = (MAX_BUZZ_SECS * self.rate) as usize;
        }
    }

    pub(super) fn hush(&mut self) {
        self.buzz_left = 0;
    }

    /// Whether the output is silent.
    pub(super) fn is_quiet(&self) -> bool {
        self.played >= self.words.len() && self.buzz_left == 0 && self.buzz_level == 0.0
    }

    /// Writes the next samples, the same on every channel, within -1..1.
    pub(super) fn fill(&mut self, out: &mut [f32], channels: usize) {
        for frame in out.chunks_mut(channels.max(1)) {
            frame.fill(self.next());
        }
    }

    fn next(&mut self) -> f32 {
        let word = self.words.get(self.played).copied().unwrap_or(0.0);
        self.played = (self.played + 1).min(self.words.len());
        let volume = if self.settings.volume.is_finite() { self.settings.volume.clamp(0.0, 1.0) } else { 0.0 };
        ((word + self.next_buzz()) * volume).clamp(-1.0, 1.0)
    }

    fn next_buzz(&mut self) -> f32 {
        let swell = 1.0 / (FADE_SECS * self.rate);
        self.buzz_level =
            if self.buzz_left > 0 { self.buzz_level + swell } else { self.buzz_level - swell }.clamp(0.0, 1.0);
        self.buzz_left = self.buzz_left.saturating_sub(1);
        self.phase = (self.phase + BUZZ_HERTZ / self.rate).fract();
        (self.phase * TAU).sin() * self.buzz_level * BUZZ_LEVEL
    }
}

const BEGIN: &[u8] = include_bytes!("../../../assets/sounds/begin.wav");
const HALT: &[u8] = include_bytes!("../../../assets/sounds/halte.wav");

/// Samples (-1..1) of a cue at a device's rate; empty if the bundled file is damaged.
pub(super) fn samples(cue: Cue, rate: u32) -> Vec<f32> {
    let file = match cue {
        Cue::Begin => BEGIN,
        Cue::Halt => HALT,
    };
    let Ok(mut wav) = hound::WavReader::new(file) else { return Vec::new() };
    let own_rate = wav.spec().sample_rate;
    let own: Vec<f32> = wav.samples::<i16>().map_while(Result::ok).map(|s| f32::from(s) / 32_768.0).collect();
    resampled(&own, own_rate, rate)
}

/// Linear interpolation, which is good enough for a voice.
fn resampled(own: &[f32], from: u32, to: u32) -> Vec<f32> {
    let step = f64::from(from) / f64::from(to.max(1));
    let count = (own.len() as f64 / step) as usize;
    let between = |i: usize| {
        let place = i as f64 * step;
        let (before, share) = (place as usize, place.fract() as f32);
        let at = |k: usize| own.get(k).copied().unwrap_or(0.0);
        at(before) * (1.0 - share) + at(before + 1) * share
    };
    (0..count).map(between).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 8_000;

    fn mixer(settings: SoundSettings) -> Mixer {
        Mixer::new(RATE, settings)
    }

    /// Peak of the next `secs`.
    fn loudest(mixer: &mut Mixer, secs: f32) -> f32 {
        let mut out = vec![9.0; (secs * RATE as f32) as usize * 2];
        mixer.fill(&mut out, 2);
        assert!(out.chunks(2).all(|frame| frame[0] == frame[1] && frame[0].abs() <= 1.0));
        out.iter().fold(0.0, |most, s| most.max(s.abs()))
    }

    #[test]
    fn words_end_by_themselves_and_the_buzzer_when_asked() {
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
        loudest(&mut mixer, MAX_BUZZ_SECS + 0.1);
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

    #[test]
    fn the_words_are_there_and_keep_their_length_at_every_rate() {
        for (cue, secs) in [(Cue::Begin, 2.0..3.5), (Cue::Halt, 0.2..1.0)] {
            for rate in [8_000, 22_050, 48_000] {
                let samples = samples(cue, rate);
                let lasting = samples.len() as f64 / f64::from(rate);
                assert!(secs.contains(&lasting), "{cue:?} lasts {lasting} s");
                let loudest = samples.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
                assert!((0.3..1.0).contains(&loudest), "{cue:?}: {loudest}");
            }
        }
    }
}
