//! The window without a display, and the patience that its workers need.

use egui_kittest::Harness;
use fencing_referee::gui::{App, EngineMaker, WindowOptions, make_app};
use std::time::{Duration, Instant};

/// A window of 1280 x 720 that nobody sees.
pub(crate) type Window = Harness<'static, App>;

/// Longest that anything may take, judging the demo phrase too, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(3);

/// Opens one.
pub(crate) fn window(options: WindowOptions, make: EngineMaker) -> Window {
    let builder = Harness::builder().with_size(egui::vec2(1280.0, 720.0)).with_accessibility_check(false);
    builder.build_eframe(move |cc| make_app(&cc.egui_ctx, options, make).expect("the window's workers start"))
}

/// Steps the window until `done` says so; the workers run on their own threads.
pub(crate) fn wait(window: &mut Window, what: &str, done: impl Fn(&App) -> bool) {
    let started = Instant::now();
    while !done(window.state()) {
        assert!(started.elapsed() < PATIENCE, "still waiting: {what}");
        window.run_steps(2);
        std::thread::sleep(Duration::from_millis(20));
    }
    window.run_steps(3);
}
