//! The bundled words of the referee, as samples.

use super::Cue;

const BEGIN: &[u8] = include_bytes!("../../../assets/sounds/begin.wav");
const HALT: &[u8] = include_bytes!("../../../assets/sounds/halte.wav");

/// Samples (-1..1) of a cue at a device's rate; silence should the bundled file be damaged.
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

/// Between the samples a straight line is good enough for a voice.
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
