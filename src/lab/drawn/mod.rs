//! Drawn fencers: phrases made to order, in images that the shipped pose models really follow.
//!
//! A [`Script`] says who does what and when, and what the apparatus reports; [`Studio`] says how it is filmed (size, frame
//! times, noise, camera move, bystanders). [`DrawnPhrase`] puts both together: it is a
//! [`FrameSource`](vision::video::FrameSource) like any clip, and besides knows the truth: where every joint is at any
//! moment ([`DrawnPhrase::true_joints`]) and what the apparatus said ([`DrawnPhrase::signal_log`]).
//!
//! Hides the whole craft: a small skeleton with inverse kinematics, tapered capsules with a depth buffer, one lamp's
//! shading on smoothed normals, a hall. Correct occlusion with shading is what makes a pose model tell left from right;
//! the rest is for the eye. Drawn fencers are far easier than real ones: they test plumbing and are never a figure of
//! accuracy. The same script and studio give the same bytes every time.

mod apparatus;
mod blur;
mod bystander;
mod camera;
mod canvas;
mod choreography;
mod demo;
mod figure;
mod hall;
mod noise;
mod phrase;
mod script;
mod shading;
mod skeleton;
mod studio;
mod vector;

pub use bystander::Bystander;
pub use demo::{DEMO_NAME, demo_script, demo_studio};
pub use phrase::DrawnPhrase;
pub use script::{Action, Hand, Move, Script};
pub use studio::{FrameTimes, Pan, Studio};
