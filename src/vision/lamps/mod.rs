//! Lamp detection: when the lamps of the apparatus, or of a broadcast's score bar, light up in the frames.
//!
//! A lamp is a compact place that stays where it is in the frame (a slow pan or a shaking hand is allowed for), was not
//! lit, turns to bright red or green all at once, and stays so. Clothes and people sweep over their surroundings instead; digits are too thin
//! or flicker; a shot change alters everything. Red is the left fencer's touch and green the right one's, wherever they
//! are shown. White lamps are not looked for: whites and ceiling lights look the same. Rather no lamp than a false one.
//!
//! [`LampWatcher::observe`] keeps a fixed amount of state whatever the length of the clip; [`LampWatcher::conclude`] sorts
//! what lit up into lightings and picks the one that ends the phrase.

mod grid;
mod layer;
mod lighting;
mod recent;
mod watcher;

pub use lighting::{LampReport, Lighting};
pub use watcher::LampWatcher;
