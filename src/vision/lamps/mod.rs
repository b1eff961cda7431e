//! Lamp detection: when the lamps of the apparatus, or of a broadcast's score bar, light up in the frames.
//!
//! A lamp is a compact region that stays at its position in the frame (slow pans and shaking hands are tolerated), was dark, turns
//! bright red or green at once, and stays lit. Clothes and people move over their surroundings instead; digits are too thin or
//! flicker; a shot change alters everything. Red is the left fencer's touch and green the right one's, wherever they are shown.
//! White lamps are not detected: white clothes and ceiling lights look the same. Prefers missing a lamp to a false one.
//!
//! [`LampDetector::observe`] keeps a fixed amount of state whatever the length of the clip; [`LampDetector::conclude`] groups regions
//! into onsets and selects the one that ends the phrase.

mod cell_states;
mod detector;
mod grid;
mod onset;
mod recent_frames;

pub use detector::LampDetector;
pub use onset::{LampOnset, LampReport};
