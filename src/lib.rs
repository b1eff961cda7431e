//! An AI fencing referee: watches a phrase, says who has right of way, why, and how sure it is.
//!
//! ```text
//! source -> frames -> poses -> two fencers' tracks -> actions -> right of way -> verdict -> window, overlay, report, wire
//! ```
//!
//! # Map of the building
//!
//! *Vocabulary* (no IO, no threads): [`fencing`] the referee's nouns, [`time`] moments on a phrase's clock,
//! [`geometry`] points and boxes with their space in the name.
//!
//! *Perception* (pixels to two fencers): [`video`], [`lens`], [`lamps`], [`inference`] running of models, [`pose`], [`tracking`].
//!
//! *Judgement* (pure functions): [`kinematics`], [`actions`], [`right_of_way`]; [`learned`] evidence beside the rules.
//!
//! *Front door*: [`engine`] frames and signals in, a judgement out; all vision is paid for while frames arrive.
//!
//! *The wire*: [`protocol`] the words of `/stream`, shared by both ends; [`server`] phrases stream in, verdicts go out;
//! [`client`] a remote judge for the command line and the window.
//!
//! *Beside the piste*: [`camera`] pictures as they are taken, [`apparatus`] every scoring box, [`recorder`] nothing is lost,
//! [`sound`] microphone, cues and buzzer,
//! [`piste`] all of them joined: a live phrase from the first step to the verdict.
//!
//! *Measurement*: [`evaluation`] the judge against labelled phrases; [`library`] phrases on disk, searched and counted.
//!
//! *Demonstration*: [`drawn`] fencers drawn to order, with the true joints known.
//!
//! *Papers*: [`recording`] one phrase on disk, [`report`] what is written after the verdict,
//! [`overlay`] what is drawn over the picture.
//!
//! *Front ends*: [`cli`] one file per command, [`config`] settings as typed, then resolved and checked once.

pub mod actions;
pub mod analysis;
pub mod apparatus;
pub mod camera;
pub mod cli;
pub mod client;
pub mod config;
pub mod drawn;
pub mod engine;
pub mod evaluation;
pub mod fencing;
pub mod geometry;
#[cfg(feature = "gui")]
pub mod gui;
pub mod inference;
pub mod kinematics;
pub mod lamps;
pub mod learned;
pub mod lens;
pub mod library;
pub mod overlay;
pub mod piste;
pub mod pose;
pub mod protocol;
pub mod recorder;
pub mod recording;
pub mod report;
pub mod right_of_way;
pub mod server;
pub mod sound;
pub mod time;
pub mod tracking;
pub mod video;
pub mod wording;
