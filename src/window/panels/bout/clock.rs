//! The bout's clock, in figures that do not shift: a click runs or stops it.

use crate::command::{BoutCommand, Command};
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// Below this the clock shows tenths, in seconds, as the apparatus does.
const TENTHS_BELOW_SECS: f64 = 10.0;

/// Minutes and seconds; tenths in the last ten seconds. A second that has begun is shown, as on the apparatus.
pub(super) fn face(secs: f64) -> String {
    if secs > 0.0 && secs < TENTHS_BELOW_SECS {
        return format!("0:{:04.1}", (secs * 10.0).floor() / 10.0);
    }
    let whole = secs.ceil().max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// Shows the clock in a size.
pub(crate) fn show_clock(ui: &mut Ui, size: Size, view: &mut View<'_>) {
    let bout = &view.model.bout;
    let text = face(bout.sheet.clock_secs);
    let font = view.tokens.font(size);
    let widest = ui.painter().layout_no_wrap("00:00".to_owned(), font.clone(), view.tokens.text).size();
    let (room, response) = ui.allocate_exact_size(vec2(widest.x + 24.0, widest.y.max(32.0) + 8.0), Sense::click());
    let (running, ended) = (bout.running, bout.sheet.clock_secs <= 0.0);
    let name = format!("{} {text}", view.text("bout-clock"));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let stroke = if running { Stroke::new(2.0, view.tokens.accent) } else { Stroke::new(1.0, view.tokens.line) };
    ui.painter().rect(room, 8.0, view.tokens.raised, stroke, StrokeKind::Inside);
    let ink = if ended { view.tokens.warning } else { view.tokens.text };
    ui.painter().text(room.center(), Align2::CENTER_CENTER, text, font, ink);
    let command = Command::Bout(BoutCommand::ToggleClock);
    let hint = view.hint("cmd-clock", &command);
    if response.on_hover_text(hint).clicked() {
        view.send(command);
    }
}

#[cfg(test)]
mod tests {
    use super::face;

    #[test]
    fn a_second_that_has_begun_is_shown_and_the_last_ten_have_tenths() {
        let check = |secs, text: &str| assert_eq!(face(secs), text, "{secs}");
        check(180.0, "3:00");
        check(179.2, "3:00");
        check(60.0, "1:00");
        check(9.96, "0:09.9");
        check(0.05, "0:00.0");
        check(0.0, "0:00");
    }
}
