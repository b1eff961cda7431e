//! The guides in the window: F1, a page, a search, and a way there from a failure.

use crate::support::window::window;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use std::path::PathBuf;
use window::WindowOptions;
use window::guide::{PAGES, title};

fn options() -> WindowOptions {
    WindowOptions { version: "0.1.0 (commit 1a2b3c)".into(), ..WindowOptions::default() }
}

#[test]
fn f1_shows_every_guide_and_the_version() {
    let mut window = window(options());
    window.key_press_modifiers(Modifiers::NONE, Key::F1);
    window.run_steps(4);
    assert!(window.query_by_label("Fencing Referee 0.1.0 (commit 1a2b3c)").is_some());
    for (page, (name, _)) in PAGES.iter().enumerate() {
        // Most of the list has to be scrolled to: press them as a screen reader does.
        window.get_by_label(title(page)).click_accesskit();
        window.run_steps(4);
        // Once in the list and once as the page's heading.
        assert_eq!(window.query_all_by_label(title(page)).count(), 2, "{name}");
    }
    window.key_press_modifiers(Modifiers::NONE, Key::Escape);
    window.run_steps(3);
    assert!(!window.state().model().help_open);
}

#[test]
fn a_search_leads_to_the_place_on_its_page() {
    let mut window = window(options());
    window.key_press_modifiers(Modifiers::NONE, Key::F1);
    window.run_steps(4);
    window.get_by_label("Search the guides").focus();
    window.run_steps(2);
    window.get_by_label("Search the guides").type_text("dialout group");
    window.run_steps(4);
    assert!(window.query_by_label("All keys").is_none(), "the list gives way to what was found");
    let hit = window.query_all_by_label_contains("dialout").next().expect("something is found");
    hit.click();
    window.run_steps(4);
    let guide = &window.state().model().guide;
    assert!(guide.page.is_some() && guide.block > 0, "{guide:?}");
}

#[test]
fn a_report_of_a_panic_is_named_and_leads_to_what_to_do() {
    let report = PathBuf::from("/home/coach/panics/panic-1.txt");
    let mut window = window(WindowOptions { panic_report: Some(report), ..options() });
    window.run_steps(3);
    assert!(window.query_by_label_contains("/home/coach/panics/panic-1.txt").is_some());
    window.get_by_label("What to do").click();
    window.run_steps(4);
    assert!(window.query_all_by_label("When something is wrong").count() == 2);
}
