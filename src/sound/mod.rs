//! What is heard at a piste: the microphone beside the pictures, the referee's cues, the buzzer of the lamps.
//!
//! Without a sound device, and in a build without sound (feature `audio`), everything here is silent and nothing is an
//! error: a phrase is never held up by a loudspeaker.

mod piece;

pub use piece::SoundPiece;
