//! The window without a display, and how a test waits for its workers.

use egui_kittest::{Harness, HarnessBuilder};
use std::time::{Duration, Instant};
use window::{App, EngineMaker, WindowOptions, engine_maker, make_app};

/// A window in a test.
pub(crate) type Window = Harness<'static, App>;

/// Longest that judging the demo phrase, or reading ten thousand, may take on a machine that is busy with other tests.
const TIMEOUT: Duration = Duration::from_mins(3);

/// A window of 1280 x 720 that judges by the real engine.
pub(crate) fn window(options: WindowOptions) -> Window {
    window_judging_by(options, engine_maker())
}

/// The same with a judge of the test's own.
pub(crate) fn window_judging_by(options: WindowOptions, make: EngineMaker) -> Window {
    window_built(Harness::builder(), options, make)
}

/// The same on a harness that is begun already.
pub(crate) fn window_built(builder: HarnessBuilder<App>, options: WindowOptions, make: EngineMaker) -> Window {
    let builder = builder.with_size(egui::vec2(1280.0, 720.0)).with_accessibility_check(false);
    builder.build_eframe(move |cc| make_app(&cc.egui_ctx, options, make).expect("the window's workers start"))
}

/// Steps the window until `done` returns true; the workers run on their own threads.
pub(crate) fn wait(window: &mut Window, what: &str, done: impl Fn(&App) -> bool) {
    let started = Instant::now();
    while !done(window.state()) {
        let status = &window.state().model().piste.status;
        assert!(started.elapsed() < TIMEOUT, "still waiting: {what}; the piste: {status:?}");
        window.run_steps(2);
        std::thread::sleep(Duration::from_millis(20));
    }
    window.run_steps(3);
}
