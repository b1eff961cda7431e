//! An AI fencing referee: analyses a phrase and decides who has right of way, with reason and confidence. This is the program
//! `referee`; its commands are in `src/cli`, everything else in the crates under `src/`, one folder each.
//!
//! ```text
//! source -> frames -> poses -> two fencers' tracks -> actions -> right of way -> verdict -> window, overlay, report, wire
//! ```
//!
//! # Map
//!
//! Lowest layer first: a crate depends only on crates that are listed before it, where its `Cargo.toml` says so.
//!
//! | crate | what it holds | open first |
//! |---|---|---|
//! | `fencing` | sides, weapons, signals, calls; time and geometry; kinematics, actions, right of way, the learned judge, wording. Pure: no IO, no threads | `right_of_way/mod.rs` |
//! | `recording` | one phrase on disk: folder, signal log, notes, files that are complete or absent | `lib.rs` |
//! | `vision` | video, lens, inference, pose, tracking, lamps; `engine` turns frames and signals into a `Judgement` | `engine/mod.rs` |
//! | `apparatus` | scoring boxes: links, decoders, trigger, simulator. Published on its own | `lib.rs` |
//! | `capture` | cameras, the recorder, sound | `camera/mod.rs` |
//! | `settings` | arguments, environment and file, resolved once | `lib.rs` |
//! | `learning` | labelled phrases, for measuring and training the judge | `lib.rs` |
//! | `records` | judging clips, their artifacts, report, overlay video, library, records for training | `analysis/mod.rs` |
//! | `wire` | protocol of `/stream`, server, client | `server/mod.rs` |
//! | `piste` | the live session: camera, box, recorder and judge joined | `lib.rs` |
//! | `window` | the egui window | `lib.rs` |
//! | `lab` | synthetic fencers, benchmarks, measurement of pose models: the program `referee-lab`, which is not packaged | `lib.rs` |
//!
//! Why two small crates are separate: `recording` lies below `vision`, because the recorder, the
//! reports and the library all read and write phrase folders and none of them should be compiled for the others; `settings` is one because
//! server, piste and window resolve theirs from the same three sources. The simulator of scoring boxes stays in `apparatus`: it is the
//! other half of each protocol, and `referee box simulate` is a command that clubs rehearse with.
//!
//! # Invariants
//!
//! * Left is always the fencer on the left of the frame. Boxes and logs with other sides are translated where they are read.
//! * Every way in (analyze, window, live piste, upload, `/stream`) ends in the same function, `vision::engine::ObservedPhrase::judge`, so one clip
//!   with one log has one judgement.
//! * All vision happens while frames arrive. Concluding a phrase is arithmetic: no inference, no IO.
//! * `fencing` does not handle pixels, `apparatus` does not handle video. tokio is in `wire` alone, egui in `window` alone, ONNX in `vision` alone.
//! * All queues are bounded; queues of frames are bounded in bytes.
//! * Files are replaced atomically (`recording`); a result is on disk before it is announced.
//! * The judge never sees a person's answer: it gets only the lamps of a signal log.
//!
//! # Where a live touch is decided
//!
//! A lamp report of a scoring box becomes a lamp event in `apparatus/changes.rs` and a touch in `apparatus/trigger.rs`, which waits for the
//! lockout. How long the lockout is stands in `fencing/weapon.rs`. A light after it is recorded and counts: the box enforces its own lockout.
//!
//! # What looks alike and is not shared
//!
//! * Clock offsets are estimated in three ways, because three things are known: a box that answers is asked (round trips, `BoxClock`), a sender
//!   that cannot be asked shows its least delay among the last messages (`DelayFloor`, both in `apparatus/clock_offset.rs`), and a camera's frames come without
//!   pause, so that the least delay of all holds but for drift (`capture/camera/stamps.rs`). A window over the last messages would follow two
//!   seconds of a busy machine in the last case; a floor for all time would never recover from a clock that was set in the second.
//! * The result file is written by `records/report/analysis_result` in one shape and read by `records/library/result_file.rs` leniently,
//!   because it also reads those of every generation of the reference. A test reads what was written.
//! * A skipped frame means lag beside the piste (`piste/frame_pacing.rs`, by the age of a frame) and load on a server (`wire/server/phrase/frame_selection.rs`, by what
//!   all sessions ask of the processor).
//!
//! # Terms
//!
//! The *reference* (reference system) is the Python program whose protocol, files and commands this one takes over.
//!
//! | term | meaning |
//! |---|---|
//! | phrase | what happens between "Allez!" and "Halte!": one exchange of actions, at most one touch awarded |
//! | piste | the strip, 14 m long, on which both fence; fencers start 4 m apart |
//! | touch (hit) | contact of a weapon with the opponent's valid target that the scoring box registers |
//! | lamp, light | coloured: valid touch; white (foil): off target |
//! | lockout | time after the first touch in which the opponent's touch still registers: 170 ms in sabre, 300 ms in foil, 45 ms in épée |
//! | double light | both lamps within the lockout; in foil and sabre right of way decides who scores |
//! | right of way (priority) | the convention that the attacker's touch counts before the defender's counter-attack |
//! | attack | the first extension of the arm that threatens the target, usually with a lunge |
//! | lunge, flèche | the attacking step with the rear leg straightened; the running attack |
//! | parry, riposte | blocking the blade; the touch that answers from it |
//! | beat | striking the opponent's blade to open the line; it gives right of way |
//! | simultaneous | both attack at once: no touch is awarded |

mod cli;

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Allocator. Every phrase has its own threads, which pass on frames of megabytes. The C library keeps freed memory in an arena
/// per thread: a server grew by half with its first phrases and never shrank (`referee-lab bench wire` prints it). This allocator
/// returns freed pages whichever thread used them.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::install_panic_hook();
    let args = cli::Cli::of_process();
    match cli::run(args) {
        Ok(code) => code,
        Err(error) => {
            cli::print_error(&error);
            ExitCode::FAILURE
        }
    }
}
