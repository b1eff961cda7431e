//! Beside the picture: the facts that decided, the referee's own call, opinions and procedure, exports.

use crate::command::{Appeal, Command, Export, OwnCall, ReviewCommand as R, TouchByHand};
use crate::fonts::Icon;
use crate::model::{DrawCommand, Drawn, Figure, Judging, LONGEST_TEXT, MAX_REPETITIONS, Tool};
use crate::theme::Size;
use crate::view::View;
use egui::{ScrollArea, Ui};
use fencing::time::Span;
pub(crate) use fencing::wording::weapon_key;
use fencing::{PerSide, Side, Weapon};
use vision::engine::Judgement;

/// Shows the column.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    ScrollArea::vertical().show(ui, |ui| {
        title(ui, view);
        fencers(ui, view);
        verdict_or_remedy(ui, view);
        own_call(ui, view);
        procedure(ui, view);
        drawing(ui, view);
        compare(ui, view);
        exports(ui, view);
    });
}

fn heading(ui: &mut Ui, key: &str, view: &View<'_>) {
    ui.add_space(8.0);
    ui.label(view.rich(view.text(key), Size::Small, view.tokens.muted));
}

fn title(ui: &mut Ui, view: &mut View<'_>) {
    let name = view.model.review.clip.as_ref().map(|c| c.title.clone()).unwrap_or_default();
    ui.label(view.rich(name, Size::Large, view.tokens.text));
    ui.horizontal_wrapped(|ui| {
        for weapon in Weapon::ALL {
            let on = view.model.review.weapon == weapon;
            view.toggle(ui, weapon_key(weapon), on, Command::Review(R::Weapon(weapon)));
        }
    });
    if view.model.review.weapon_guessed {
        let weapon = view.text(weapon_key(view.model.review.weapon));
        let text = view.words.with("weapon-guessed", &[("weapon", &weapon)]);
        ui.label(view.rich(text, Size::Small, view.tokens.warning));
    }
}

/// Who the fencers are: a wrong one is mended by a click on the picture.
fn fencers(ui: &mut Ui, view: &mut View<'_>) {
    if view.model.review.judgement().is_none() {
        return;
    }
    heading(ui, "fencers", view);
    let sides = [("own-left", "cmd-fencer-left", Side::Left), ("own-right", "cmd-fencer-right", Side::Right)];
    ui.horizontal_wrapped(|ui| {
        for (short, key, side) in sides {
            let command = Command::Review(R::PickFencer(side));
            let on = view.model.review.picking == Some(side);
            let hint = view.hint(key, &command);
            let button = egui::Button::new(view.text(short)).selected(on).min_size(egui::vec2(72.0, 28.0));
            let response = ui.add(button).on_hover_text(hint);
            view.named(&response, key);
            if response.clicked() {
                view.send(command);
            }
        }
        ui.add_enabled_ui(!view.model.review.corrections.is_empty(), |ui| {
            view.icon_button(ui, Icon::Undo, "cmd-draw-undo", Command::Review(R::Undo));
        });
    });
}

fn verdict_or_remedy(ui: &mut Ui, view: &mut View<'_>) {
    let judgement = view.model.review.judgement().cloned();
    if let Judging::Failed(text) = &view.model.review.judging {
        ui.label(view.rich(text.clone(), Size::Body, view.tokens.warning));
    }
    if matches!(view.model.review.judging, Judging::Failed(_)) || judgement.is_none() {
        let runs = matches!(view.model.review.judging, Judging::Running { .. });
        ui.add_enabled_ui(!runs, |ui| view.button(ui, "cmd-judge-again", Command::Review(R::JudgeAgain)));
    }
    if let Some(judgement) = judgement.as_ref().filter(|_| view.model.review.verdict_allowed(view.model.blind())) {
        cautions(ui, judgement, view);
    }
    let failed = matches!(view.model.review.judging, Judging::Failed(_));
    if failed || judgement.is_some_and(|judgement| judgement.signals.first_touch().is_none()) {
        by_hand(ui, view);
    }
}

/// What to take with care; the facts themselves stand under the picture.
fn cautions(ui: &mut Ui, judgement: &Judgement, view: &View<'_>) {
    if let Some(missing) = view.words.missing(&judgement.verdict) {
        ui.label(view.rich(missing, Size::Small, view.tokens.warning));
    }
    for caution in &judgement.cautions {
        ui.label(view.rich(view.words.caution(caution.key, caution.value), Size::Small, view.tokens.warning));
    }
}

/// No lamp was found: the user names the lamps at the playhead.
fn by_hand(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "touch-by-hand", view);
    ui.horizontal_wrapped(|ui| {
        view.button(ui, "cmd-touch-left", Command::Review(R::TouchHere(TouchByHand::One(Side::Left))));
        view.button(ui, "cmd-touch-both", Command::Review(R::TouchHere(TouchByHand::Both)));
        view.button(ui, "cmd-touch-right", Command::Review(R::TouchHere(TouchByHand::One(Side::Right))));
    });
}

/// Three buttons in the order of the piste: left, neither, right. The heading says whose call it is; the accessible name
/// says all of it.
fn own_call(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "own-call", view);
    let weapon = view.model.review.weapon;
    let calls = [
        ("own-left", "cmd-call-left", OwnCall::For(Side::Left)),
        (if weapon.has_right_of_way() { "own-none" } else { "own-double" }, "cmd-call-none", OwnCall::None),
        ("own-right", "cmd-call-right", OwnCall::For(Side::Right)),
    ];
    ui.horizontal_wrapped(|ui| {
        for (short, key, call) in calls {
            let command = Command::Review(R::OwnCall(call));
            let on = view.model.review.own_call == Some(call.call(weapon));
            let hint = view.hint(key, &command);
            let button = egui::Button::new(view.text(short)).selected(on).min_size(egui::vec2(72.0, 32.0));
            let response = ui.add(button).on_hover_text(hint);
            view.named(&response, key);
            if response.clicked() {
                view.send(command);
            }
        }
    });
    let opinions = view.model.review.procedure.opinions.clone();
    for opinion in opinions {
        if opinion.who == "opinion-machine" && !view.model.review.verdict_allowed(view.model.blind()) {
            continue;
        }
        let text = format!("{}: {}", view.text(opinion.who), view.words.call(opinion.call));
        ui.label(view.rich(text, Size::Small, view.tokens.text));
    }
}

fn procedure(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "procedure", view);
    let looks = view.model.review.procedure.repetitions;
    ui.horizontal_wrapped(|ui| {
        ui.label(view.rich(format!("{looks} / {MAX_REPETITIONS}"), Size::Large, view.tokens.text));
        view.button(ui, "cmd-repetition", Command::Review(R::Repetition));
    });
    heading(ui, "appeals", view);
    let spent: PerSide<u8> = view.model.review.procedure.appeals_spent;
    for side in Side::BOTH {
        // A line wraps where its words are long: a column that grew would lose its left edge.
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().button_padding.x = 8.0;
            let key = if side == Side::Left { "own-left" } else { "own-right" };
            let text = format!("{}  {}", view.text(key), spent[side]);
            ui.add_sized([64.0 * view.tokens.scale(), 28.0], egui::Label::new(text));
            for (key, outcome) in [("appeal-upheld", Appeal::Upheld), ("appeal-rejected", Appeal::Rejected)] {
                view.button(ui, key, Command::Review(R::Appeal { side, outcome }));
            }
        });
    }
}

/// The drawing tools in the order of their buttons.
const TOOLS: [(Icon, &str, Tool); 7] = [
    (Icon::Line, "cmd-draw-line", Tool::Line),
    (Icon::Arrow, "cmd-draw-arrow", Tool::Arrow),
    (Icon::Circle, "cmd-draw-circle", Tool::Circle),
    (Icon::Angle, "cmd-draw-angle", Tool::Angle),
    (Icon::Text, "cmd-draw-text", Tool::Text),
    (Icon::Stopwatch, "cmd-draw-stopwatch", Tool::Stopwatch),
    (Icon::Magnifier, "cmd-draw-magnifier", Tool::Magnifier),
];
/// Lengths on a piste in metres: its whole, and its least and greatest width (FIE technical rules, t.13).
const PISTE_METRES: [f32; 3] = [14.0, 1.5, 2.0];

/// Drawing tools: the tool in hand is lit; what was chosen on the picture can be taken away.
fn drawing(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "drawing", view);
    let drawings = &view.model.review.drawings;
    let (tool, empty) = (drawings.tool(), drawings.is_empty());
    ui.horizontal_wrapped(|ui| {
        for (icon, key, of) in TOOLS {
            let command = Command::Review(R::Draw(DrawCommand::Take(of)));
            view.icon_toggle(ui, icon, key, (tool == Some(of)).into(), command);
        }
        ui.add_enabled_ui(!empty, |ui| {
            view.icon_button(ui, Icon::Undo, "cmd-draw-undo", Command::Review(R::Undo));
            view.icon_button(ui, Icon::Delete, "cmd-draw-delete", Command::Review(R::Draw(DrawCommand::Delete)));
        });
    });
    chosen_drawing(ui, view);
    let hint = match tool {
        Some(Tool::Line) => "draw-hint-line",
        Some(Tool::Angle) => "draw-hint-angle",
        Some(Tool::Arrow) => "draw-hint-arrow",
        Some(Tool::Circle) => "draw-hint-circle",
        Some(Tool::Text) => "draw-hint-text",
        Some(Tool::Stopwatch) => "draw-hint-stopwatch",
        Some(Tool::Magnifier) => "draw-hint-magnifier",
        None => return,
    };
    ui.label(view.rich(view.text(hint), Size::Small, view.tokens.muted));
}

/// On which frames the chosen drawing is shown, and how long a chosen line is in metres.
fn chosen_drawing(ui: &mut Ui, view: &mut View<'_>) {
    let Some(drawn) = view.model.review.drawings.chosen_drawing().cloned() else { return };
    text_of_chosen(ui, &drawn, view);
    clock_of_chosen(ui, &drawn, view);
    let now = view.model.review.playback.now();
    let frame = Span::between(now, now);
    let spans = [
        ("draw-on-clip", Some(None)),
        ("draw-on-frame", Some(Some(frame))),
        ("draw-on-loop", view.model.review.playback.running_loop().map(Some)),
    ];
    ui.horizontal_wrapped(|ui| {
        for (key, shown) in spans.into_iter().filter_map(|(key, shown)| Some((key, shown?))) {
            let button =
                egui::Button::new(view.text(key)).selected(drawn.shown == shown).min_size(egui::vec2(28.0, 28.0));
            if ui.add(button).clicked() {
                view.review(R::Draw(DrawCommand::ShowOn(shown)));
            }
        }
    });
    let Some(length) = drawn.figure.length().filter(|length| *length > 0.0) else { return };
    ui.label(view.rich(view.text("draw-length-of-line"), Size::Small, view.tokens.muted));
    ui.horizontal_wrapped(|ui| {
        for metres in PISTE_METRES {
            let on = view.model.review.drawings.chosen_metres().is_some_and(|m| (m - metres).abs() < 0.005);
            let text = format!("{} m", view.number(f64::from(metres), usize::from(metres.fract() > 0.0)));
            if ui.add(egui::Button::new(text).selected(on).min_size(egui::vec2(28.0, 28.0))).clicked() {
                view.review(R::Draw(DrawCommand::Calibrate(metres)));
            }
        }
        let mut typed = view.model.review.drawings.chosen_metres().unwrap_or(length);
        let field = egui::DragValue::new(&mut typed)
            .range(0.01..=100.0)
            .max_decimals(2)
            .suffix(" m")
            .update_while_editing(false);
        if ui.add(field).changed() {
            view.review(R::Draw(DrawCommand::Calibrate(typed)));
        }
    });
}

/// The words of a chosen text. A text that was just placed waits for them.
fn text_of_chosen(ui: &mut Ui, drawn: &Drawn, view: &mut View<'_>) {
    if !matches!(drawn.figure, Figure::Text(_)) {
        return;
    }
    let mut text = drawn.text.clone();
    let hint = view.text("draw-text-hint");
    let width = ui.available_width();
    let field = egui::TextEdit::singleline(&mut text).char_limit(LONGEST_TEXT).hint_text(hint).desired_width(width);
    let response = view.field(ui, field);
    response.widget_info(|| egui::WidgetInfo::text_edit(true, &drawn.text, &text, view.text("cmd-draw-text")));
    // Only once: a field that took the keyboard again could not be left.
    let chosen = view.model.review.drawings.chosen();
    let id = egui::Id::unique("text-being-written");
    if ui.data(|d| d.get_temp::<Option<usize>>(id)).flatten() != chosen {
        ui.data_mut(|d| d.insert_temp(id, chosen));
        if drawn.text.is_empty() {
            response.request_focus();
        }
    }
    if response.changed() {
        view.review(R::Draw(DrawCommand::Write(text)));
    }
}

/// Where a chosen stopwatch starts and stops.
fn clock_of_chosen(ui: &mut Ui, drawn: &Drawn, view: &mut View<'_>) {
    if !matches!(drawn.figure, Figure::Stopwatch(_)) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (key, command) in
            [("draw-clock-start", DrawCommand::StartClock), ("draw-clock-stop", DrawCommand::StopClock)]
        {
            view.button(ui, key, Command::Review(R::Draw(command)));
        }
    });
}

/// Two clips side by side, and by how many frames the second was moved.
fn compare(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "compare", view);
    let Some(nudge) = view.model.review.beside.as_ref().map(|b| b.nudge_frames) else {
        view.icon_text_button(ui, Icon::Compare, "cmd-compare", Command::Review(R::AskForBeside));
        return;
    };
    let aligned = view.model.review.beside.as_ref().is_some_and(|b| b.touch().is_some());
    let hint = if aligned { "compare-at-touch" } else { "compare-at-start" };
    ui.label(view.rich(view.text(hint), Size::Small, view.tokens.muted));
    ui.horizontal_wrapped(|ui| {
        view.icon_button(ui, Icon::StepBack, "cmd-nudge-back", Command::Review(R::NudgeBeside(-1)));
        view.figures(ui, &format!("{nudge:+}"), "+0000", Size::Large);
        view.icon_button(ui, Icon::StepForward, "cmd-nudge-forward", Command::Review(R::NudgeBeside(1)));
        view.icon_button(ui, Icon::Close, "cmd-compare-close", Command::Review(R::CloseBeside));
    });
}

fn exports(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "exports", view);
    if let Some(share) = view.model.review.exporting {
        saving(ui, share, view);
        return;
    }
    let all = [
        ("cmd-export-clip", Export::Clip),
        ("cmd-export-overlay", Export::ClipWithOverlay),
        ("cmd-export-still", Export::Still),
        ("cmd-export-report", Export::Report),
        ("cmd-export-json", Export::Json),
    ];
    ui.horizontal_wrapped(|ui| {
        for (key, what) in all {
            view.button(ui, key, Command::Review(R::Export(what)));
        }
    });
    if view.model.review.playback.running_loop().is_some() {
        ui.label(view.rich(view.text("export-loop-only"), Size::Small, view.tokens.muted));
    }
}

fn saving(ui: &mut Ui, share: f32, view: &mut View<'_>) {
    let name = view.text("export-runs");
    let bar = egui::ProgressBar::new(share).fill(view.tokens.accent).corner_radius(4.0).desired_height(10.0);
    ui.label(view.rich(format!("{name}  {:.0} %", share * 100.0), Size::Body, view.tokens.text));
    ui.add(bar);
    view.icon_text_button(ui, Icon::Close, "cmd-export-cancel", Command::Review(R::CancelExport));
}
