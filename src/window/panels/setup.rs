//! The setup assistant: camera, source of the touches, weapon, sound and a test touch on one page, each with what was found.

use crate::command::Command;
use crate::model::{ApparatusKind, Setting, Setup};
use crate::panels::{settings, settings_live};
use crate::theme::Size;
use crate::view::View;
use crate::widgets::paint_glass;
use egui::{Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use fencing::wording::weapon_key;
use fencing::{Lamp, Side, Weapon};

/// Age above which a camera's last frame does not count as live, in seconds.
const STALE_SECS: f64 = 1.0;
/// Width of the page, in points.
const WIDTH: f32 = 760.0;

/// Shows the assistant over the screen.
pub(crate) fn show_setup(ui: &Ui, view: &mut View<'_>) {
    let Some(setup) = view.model.setup else { return };
    egui::Modal::new(egui::Id::unique("setup")).show(ui.ctx(), |ui| {
        let screen = ui.ctx().input(egui::InputState::content_rect);
        ui.set_width(WIDTH.min(screen.width() - 80.0));
        ui.label(view.rich(view.text("setup-title"), Size::Title, view.tokens.text));
        ScrollArea::vertical().max_height(screen.height() - 200.0).show(ui, |ui| steps(ui, setup, view));
        ui.separator();
        view.button(ui, "setup-done", Command::ToggleSetup);
    });
}

fn steps(ui: &mut Ui, setup: Setup, view: &mut View<'_>) {
    let camera = &view.model.piste.status.camera;
    let is_live = camera.trouble.is_none() && camera.age_secs.is_some_and(|age| age < STALE_SECS);
    heading(ui, 1, "setup-camera", is_live, view);
    settings::row(ui, "settings-camera-judged", view, settings_live::show_main_camera);
    let by_box = view.model.settings.live.apparatus == ApparatusKind::Box;
    heading(ui, 2, "setup-touches", !by_box || view.model.piste.box_is_heard(), view);
    settings_live::show_apparatus(ui, view);
    heading(ui, 3, "setup-weapon", true, view);
    settings::row(ui, "settings-weapon", view, |ui, view| {
        for weapon in Weapon::ALL {
            let on = view.model.settings.weapon() == weapon;
            view.toggle(ui, weapon_key(weapon), on, Command::Set(Setting::Weapon(weapon)));
        }
    });
    heading(ui, 4, "setup-sound", true, view);
    settings_live::show_cues(ui, view);
    heading(ui, 5, "setup-test", setup.touched.left && setup.touched.right, view);
    test_touch(ui, setup, view);
}

/// Number and name of a step, and whether it is ready.
fn heading(ui: &mut Ui, number: u8, key: &str, is_ready: bool, view: &View<'_>) {
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.label(view.rich(format!("{number}  {}", view.text(key)), Size::Large, view.tokens.text));
        let (state, ink) =
            if is_ready { ("setup-ready", view.tokens.accent) } else { ("setup-missing", view.tokens.warning) };
        ui.label(view.rich(view.text(state), Size::Body, ink));
    });
}

/// Both lights: lit once each side was seen to touch.
fn test_touch(ui: &mut Ui, setup: Setup, view: &View<'_>) {
    ui.label(view.rich(view.text("setup-test-how"), Size::Body, view.tokens.muted));
    ui.horizontal(|ui| {
        for side in Side::BOTH {
            let (place, response) = ui.allocate_exact_size(vec2(220.0, 56.0), Sense::hover());
            let lamp = if setup.touched[side] { Lamp::Valid } else { Lamp::Off };
            paint_glass(ui.painter(), place, side, lamp, view.tokens);
            let text = format!("{}: {}", view.words.side_at_start(side), view.words.lamp(lamp));
            let ink = if setup.touched[side] { view.tokens.on_lamp } else { view.tokens.text };
            let font = view.tokens.font(Size::Body);
            ui.painter().text(place.center(), egui::Align2::CENTER_CENTER, &text, font, ink);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        }
    });
}
