//! Beside the picture: the facts that decided, the referee's own call, opinions and procedure, exports.

use crate::engine::Judgement;
use crate::fencing::{Call, PerSide, Side, Weapon};
use crate::gui::command::{Appeal, Command, Export, ReviewCommand as R, TouchByHand};
use crate::gui::model::{Judging, MAX_REPETITIONS};
use crate::gui::theme::Size;
use crate::gui::view::View;
use egui::{ScrollArea, Ui};

/// Shows the column.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    ScrollArea::vertical().show(ui, |ui| {
        title(ui, view);
        verdict_or_remedy(ui, view);
        own_call(ui, view);
        procedure(ui, view);
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
}

/// Message key of a weapon.
pub(crate) const fn weapon_key(weapon: Weapon) -> &'static str {
    match weapon {
        Weapon::Foil => "weapon-foil",
        Weapon::Epee => "weapon-epee",
        Weapon::Sabre => "weapon-sabre",
    }
}

fn verdict_or_remedy(ui: &mut Ui, view: &mut View<'_>) {
    match &view.model.review.judging {
        Judging::Done(judgement) => {
            let judgement = std::sync::Arc::clone(judgement);
            if view.model.review.verdict_visible(view.model.settings.blind_mode) {
                facts(ui, &judgement, view);
            }
            if judgement.signals.first_touch().is_none() {
                by_hand(ui, view);
            }
        }
        Judging::Failed(text) => {
            let text = text.clone();
            ui.label(view.rich(text, Size::Body, view.tokens.warning));
            view.button(ui, "cmd-judge-again", Command::Review(R::JudgeAgain));
            by_hand(ui, view);
        }
        Judging::Idle => {
            view.button(ui, "cmd-judge-again", Command::Review(R::JudgeAgain));
        }
        Judging::Running { .. } => {}
    }
}

fn facts(ui: &mut Ui, judgement: &Judgement, view: &mut View<'_>) {
    heading(ui, "facts-title", view);
    for fact in &judgement.verdict.facts {
        let Some(text) = view.words.fact(fact) else { continue };
        let button = egui::Button::new(text).wrap().min_size(egui::vec2(0.0, 28.0));
        if let (true, Some(span)) = (ui.add(button).clicked(), fact.span) {
            view.review(R::Seek(span.start));
        }
    }
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

fn own_call(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "own-call", view);
    let calls = [
        ("cmd-call-left", Call::Touch(Side::Left)),
        ("cmd-call-none", Call::Simultaneous),
        ("cmd-call-right", Call::Touch(Side::Right)),
    ];
    ui.horizontal_wrapped(|ui| {
        for (key, call) in calls {
            let on = view.model.review.own_call == Some(call);
            view.toggle(ui, key, on, Command::Review(R::OwnCall(call)));
        }
    });
    let opinions = view.model.review.procedure.opinions.clone();
    for opinion in opinions {
        if opinion.who == "opinion-machine" && !view.model.review.verdict_visible(view.model.settings.blind_mode) {
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
    let spent: PerSide<u8> = view.model.review.procedure.appeals_spent;
    for side in Side::BOTH {
        ui.horizontal_wrapped(|ui| {
            let key = if side == Side::Left { "appeal-left" } else { "appeal-right" };
            ui.label(format!("{}: {}", view.text(key), spent[side]));
            for (key, outcome) in [("appeal-upheld", Appeal::Upheld), ("appeal-rejected", Appeal::Rejected)] {
                view.button(ui, key, Command::Review(R::Appeal { side, outcome }));
            }
        });
    }
}

fn exports(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "exports", view);
    let all = [
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
}
