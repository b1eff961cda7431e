//! The settings: six pages of cards and a search through all of them; a change counts at once and is kept.

use crate::command::{Chord, Clash, Command, Listed, Rebound};
use crate::fonts::Icon;
use crate::model::{Motion, Setting, SettingsPage, ThemeChoice};
use crate::panels::settings_live;
use crate::theme::Size;
use crate::view::View;
use crate::widgets::show_lens_check;
use egui::{CentralPanel, Frame, ScrollArea, Slider, TextEdit, Ui};
use fencing::Weapon;
use fencing::wording::Language;
use fencing::wording::weapon_key;

/// Widest a card gets: longer lines are hard to follow.
const WIDEST: f32 = 1100.0;

/// Shows the screen.
pub(crate) fn show_settings(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        search(ui, view);
        pages(ui, view);
        let (page, searching) = (view.model.settings_page, searching(view));
        ScrollArea::vertical().id_salt((page, searching)).auto_shrink(false).show(ui, |ui| {
            let mut found = false;
            for (of, title, content) in CARDS {
                if searching || of == page {
                    found |= card(ui, (of, title), view, content);
                }
            }
            if !found {
                ui.label(view.text("settings-none-found"));
            }
            if page == SettingsPage::Server && !searching {
                view.button(ui, "settings-reset", Command::Set(Setting::Reset));
            }
        });
    });
}

type Content = fn(&mut Ui, &mut View<'_>);

/// The cards in their order, each with its page and the key of its title.
const CARDS: [(SettingsPage, &str, Content); 11] = [
    (SettingsPage::Piste, "settings-apparatus", settings_live::show_apparatus),
    (SettingsPage::Piste, "settings-sound", settings_live::show_sound),
    (SettingsPage::Camera, "settings-camera", settings_live::show_camera),
    (SettingsPage::Camera, "settings-recording", settings_live::show_recording),
    (SettingsPage::Camera, "settings-lens", lens),
    (SettingsPage::Judge, "settings-judge", judging),
    (SettingsPage::Look, "settings-look", appearance),
    (SettingsPage::Keys, "settings-keys", keys),
    (SettingsPage::Server, "settings-live-judge", settings_live::show_judged_by),
    (SettingsPage::Server, "settings-folders", folders),
    (SettingsPage::Server, "settings-privacy", privacy),
];

/// A search goes through all pages and leaves the settings that have its words in their names.
fn search(ui: &mut Ui, view: &mut View<'_>) {
    let mut typed = view.model.settings_search.clone();
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(view.text("settings-search"));
        let field = view.field(ui, TextEdit::singleline(&mut typed).desired_width(280.0)).labelled_by(label.id);
        if field.changed() {
            view.send(Command::SearchSettings(typed.clone()));
        }
        if searching(view) {
            let page = view.model.settings_page;
            view.icon_button(ui, Icon::Close, "settings-search-end", Command::ShowSettings(page));
        }
    });
    ui.add_space(4.0);
}

fn searching(view: &View<'_>) -> bool {
    !view.model.settings_search.trim().is_empty()
}

/// One button a page.
fn pages(ui: &mut Ui, view: &mut View<'_>) {
    let shown = (!searching(view)).then_some(view.model.settings_page);
    ui.horizontal_wrapped(|ui| {
        for page in SettingsPage::ALL {
            view.toggle(ui, page.key(), shown == Some(page), Command::ShowSettings(page));
        }
    });
    ui.add_space(8.0);
}

/// Whether a name holds the words that are searched for.
fn wanted(key: &str, view: &View<'_>) -> bool {
    let searched = view.model.settings_search.to_lowercase();
    let name = view.text(key).to_lowercase();
    searched.split_whitespace().all(|word| name.contains(word))
}

/// Shows a card and its heading, if any of its rows is shown; returns whether it is.
fn card(ui: &mut Ui, (page, title): (SettingsPage, &str), view: &mut View<'_>, content: Content) -> bool {
    let title = view.text(title);
    // What a search finds also says on which page it is at home.
    view.heading = Some(if searching(view) { format!("{} › {title}", view.text(page.key())) } else { title });
    let mut frame = view.tokens.card().begin(ui);
    let width = frame.content_ui.available_width().min(WIDEST);
    frame.content_ui.set_width(width);
    content(&mut frame.content_ui, view);
    // A frame that is not ended takes no place and paints nothing.
    let shown = view.heading.take().is_none();
    if shown {
        frame.end(ui);
        ui.add_space(12.0);
    }
    shown
}

/// Shows the card's heading above its first row.
fn heading(ui: &mut Ui, view: &mut View<'_>) {
    if let Some(title) = view.heading.take() {
        ui.label(view.rich(title, Size::Large, view.tokens.text));
        ui.add_space(4.0);
    }
}

/// A name in a column of its own, so that everything beside it stands in line.
pub(super) fn row(ui: &mut Ui, key: &str, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    if !wanted(key, view) {
        return;
    }
    heading(ui, view);
    ui.horizontal_wrapped(|ui| {
        // All names have the same width, so that the values form a column; hovering shows a longer one in full.
        let width = 280.0 * view.tokens.font(Size::Body).size / 15.0;
        let (place, _) = ui.allocate_exact_size(egui::vec2(width, 28.0), egui::Sense::hover());
        let builder = egui::UiBuilder::new().max_rect(place).layout(egui::Layout::left_to_right(egui::Align::Center));
        ui.new_child(builder).add(egui::Label::new(view.text(key)).truncate());
        content(ui, view);
    });
}

fn on_off(ui: &mut Ui, view: &mut View<'_>, now: bool, setting: impl Fn(bool) -> Setting) {
    for (key, on) in [("on", true), ("off", false)] {
        view.toggle(ui, key, now == on, Command::Set(setting(on)));
    }
}

/// Shows the card.
fn appearance(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-language", view, |ui, view| {
        for language in Language::ALL {
            let on = view.model.settings.language == language.code();
            let button = egui::Button::new(language.native_name()).selected(on).min_size(egui::vec2(28.0, 28.0));
            if ui.add(button).clicked() {
                view.send(Command::Set(Setting::Language(language.code().to_owned())));
            }
        }
    });
    row(ui, "settings-theme", view, |ui, view| {
        let themes = [
            ("theme-dark", ThemeChoice::Dark),
            ("theme-light", ThemeChoice::Light),
            ("theme-contrast", ThemeChoice::HighContrast),
        ];
        for (key, theme) in themes {
            view.toggle(ui, key, view.model.settings.theme == theme, Command::Set(Setting::Theme(theme)));
        }
    });
    row(ui, "settings-motion", view, |ui, view| {
        for (key, motion) in [("motion-full", Motion::Full), ("motion-reduced", Motion::Reduced)] {
            view.toggle(ui, key, view.model.settings.motion == motion, Command::Set(Setting::Motion(motion)));
        }
    });
    row(ui, "settings-text-size", view, |ui, view| {
        for percent in [80_u8, 100, 120, 140, 160, 200] {
            let scale = f32::from(percent) / 100.0;
            let on = (view.model.settings.text_scale.0 - scale).abs() < 0.01;
            let button = egui::Button::new(format!("{percent} %")).selected(on).min_size(egui::vec2(28.0, 28.0));
            if ui.add(button).clicked() {
                view.send(Command::Set(Setting::TextScale(scale)));
            }
        }
    });
}

/// Shows the card.
fn judging(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-weapon", view, |ui, view| {
        for weapon in Weapon::ALL {
            let on = view.model.settings.weapon() == weapon;
            view.toggle(ui, weapon_key(weapon), on, Command::Set(Setting::Weapon(weapon)));
        }
    });
    row(ui, "settings-min-confidence", view, |ui, view| {
        let mut percent = view.model.settings.min_confidence * 100.0;
        let label = view.text("settings-min-confidence");
        let slider = ui.add(Slider::new(&mut percent, 50.0..=95.0).fixed_decimals(0).suffix(" %").text(""));
        slider.widget_info(|| egui::WidgetInfo::slider(true, percent, &label));
        if slider.changed() {
            view.send(Command::Set(Setting::MinConfidence(percent / 100.0)));
        }
    });
    row(ui, "settings-accurate", view, |ui, view| on_off(ui, view, view.model.settings.accurate, Setting::Accurate));
    row(ui, "settings-blind", view, |ui, view| on_off(ui, view, view.model.settings.blind_mode, Setting::BlindMode));
    let scores = view.model.settings.call_scores;
    row(ui, "settings-call-scores", view, |ui, view| on_off(ui, view, scores, Setting::CallScores));
    let replays = view.model.settings.auto_replay;
    row(ui, "settings-auto-replay", view, |ui, view| on_off(ui, view, replays, Setting::AutoReplay));
}

/// Shows the card.
fn lens(ui: &mut Ui, view: &mut View<'_>) {
    let settings = &view.model.settings;
    let (enabled, strength, balance) = (settings.lens_enabled, settings.lens_strength, settings.lens_balance);
    row(ui, "settings-lens-on", view, |ui, view| {
        on_off(ui, view, enabled, |enabled| Setting::Lens { enabled, strength, balance });
    });
    let mut value = (strength, balance);
    let (name_strength, name_balance) = (view.text("settings-lens-strength"), view.text("settings-lens-balance"));
    let mut changed = false;
    row(ui, "settings-lens-strength", view, |ui, _| {
        let slider = ui.add_enabled(enabled, Slider::new(&mut value.0, -0.5..=0.5).fixed_decimals(2));
        slider.widget_info(|| egui::WidgetInfo::slider(enabled, value.0, &name_strength));
        changed |= slider.changed();
    });
    row(ui, "settings-lens-balance", view, |ui, _| {
        let slider = ui.add_enabled(enabled, Slider::new(&mut value.1, 0.0..=1.0).fixed_decimals(2));
        slider.widget_info(|| egui::WidgetInfo::slider(enabled, value.1, &name_balance));
        changed |= slider.changed();
    });
    if changed {
        view.send(Command::Set(Setting::Lens { enabled, strength: value.0, balance: value.1 }));
    }
    if view.heading.is_none() {
        check(ui, view);
    }
}

/// The picture that is open, as the setting corrects it.
fn check(ui: &mut Ui, view: &mut View<'_>) {
    let texture = view.textures.review().cloned().filter(|_| !view.model.privacy);
    let hint = if texture.is_some() { "settings-lens-check-hint" } else { "settings-lens-no-picture" };
    ui.label(view.rich(view.text(hint), Size::Small, view.tokens.muted));
    if let Some(texture) = texture {
        show_lens_check(ui, &texture, view);
    }
}

/// Shows the card.
fn folders(ui: &mut Ui, view: &mut View<'_>) {
    let now = view.model.settings.results_folder.clone().unwrap_or_default();
    row(ui, "settings-results-folder", view, |ui, view| {
        let mut typed = now.display().to_string();
        let hint = view.text("settings-results-beside");
        let field = view.field(ui, TextEdit::singleline(&mut typed).hint_text(hint).desired_width(420.0));
        let name = view.text("settings-results-folder");
        let shown = typed.clone();
        field.widget_info(|| egui::WidgetInfo {
            label: Some(name.clone()),
            ..egui::WidgetInfo::text_edit(true, &shown, &shown, "")
        });
        if field.changed() {
            view.send(Command::Set(Setting::ResultsFolder(typed.into())));
        }
    });
}

/// Shows the card.
fn privacy(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-privacy-now", view, |ui, view| {
        view.toggle(ui, "cmd-privacy", view.model.privacy, Command::TogglePrivacy);
    });
    if view.heading.is_none() {
        ui.label(view.rich(view.text("settings-privacy-note"), Size::Small, view.tokens.muted));
    }
}

/// Every shortcut as a button: after a click the next chord becomes the shortcut.
fn keys(ui: &mut Ui, view: &mut View<'_>) {
    let rows: Vec<_> =
        view.model.keymap.rows().iter().filter(|(listed, _)| wanted(listed.key, view)).cloned().collect();
    if rows.is_empty() {
        return;
    }
    heading(ui, view);
    ui.label(view.rich(view.text("settings-keys-hint"), Size::Small, view.tokens.muted));
    let clashes = view.model.keymap.clashes();
    egui::Grid::new("keys").num_columns(4).spacing([24.0, 4.0]).show(ui, |ui| {
        for (listed, chord) in &rows {
            ui.label(view.text(listed.key));
            press(ui, listed.key, chord.as_ref(), view);
            ui.horizontal(|ui| restore(ui, listed, chord.as_ref(), view));
            ui.label(view.rich(remark(listed.key, &clashes, view), Size::Small, view.tokens.warning));
            ui.end_row();
        }
    });
}

/// The button with the shortcut on it.
fn press(ui: &mut Ui, key: &'static str, chord: Option<&Chord>, view: &mut View<'_>) {
    let waits = view.model.binding == Some(key);
    let none = || view.text("settings-key-none");
    let text = if waits { view.text("settings-key-waits") } else { chord.map_or_else(none, Chord::shown) };
    let response = ui.add(egui::Button::new(&text).selected(waits).min_size(egui::vec2(140.0, 28.0)));
    let name = format!("{}: {text}", view.text(key));
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, waits, &name));
    if response.clicked() {
        // The focus would keep Space and Enter for the button, which may be the very keys that are wanted.
        response.surrender_focus();
        view.send(Command::Bind(if waits { None } else { Some(key) }));
    }
}

/// Takes the shortcut away, or brings the shipped one back.
fn restore(ui: &mut Ui, listed: &Listed, chord: Option<&Chord>, view: &mut View<'_>) {
    let mut button = |icon: Icon, word: &str, command: Command| {
        let word = view.text(word);
        let glyph = egui::RichText::new(icon.glyph()).font(view.tokens.icon_font(Size::Body));
        let response = ui.add(egui::Button::new(glyph).min_size(egui::vec2(34.0, 28.0))).on_hover_text(&word);
        let name = format!("{}: {word}", view.text(listed.key));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if response.clicked() {
            view.send(command);
        }
    };
    if chord.is_some() {
        button(Icon::Delete, "settings-key-clear", Command::Set(Setting::Shortcut(listed.key.into(), String::new())));
    }
    if let Some(shipped) = listed.default_chord.as_ref().filter(|shipped| chord != Some(*shipped)) {
        button(Icon::Undo, "settings-key-restore", Command::Rebind(listed.key, shipped.clone()));
    }
}

/// What became of a chord that was pressed for this command; or what else its chord means, where a settings file says so.
fn remark(key: &str, clashes: &[Clash], view: &View<'_>) -> String {
    match &view.model.rebound {
        Some(Rebound::Swapped { key: of, chord, other, old }) if *of == key => {
            let (command, other) = (view.text(key), view.text(other));
            let values = [("command", &*command), ("chord", &chord.shown()), ("other", &other), ("old", &old.shown())];
            view.words.with("settings-key-swapped", &values)
        }
        Some(Rebound::Taken { key: of, chord, other }) if *of == key => {
            view.words.with("settings-key-taken", &[("chord", &chord.shown()), ("other", &view.text(other))])
        }
        Some(Rebound::Unknown { key: of, chord }) if *of == key => {
            view.words.with("settings-key-unknown", &[("chord", &chord.shown())])
        }
        _ => {
            let other = clashes.iter().find_map(|c| match c.commands {
                (a, b) if a == key => Some(b),
                (a, b) if b == key => Some(a),
                _ => None,
            });
            other.map_or_else(String::new, |other| view.words.with("settings-clash", &[("other", &view.text(other))]))
        }
    }
}
