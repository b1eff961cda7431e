//! Bars for the figures: a share with its interval, two numbers against each other. Lengths, never areas; zero is drawn.

use crate::theme::Tokens;
use egui::{Color32, Rect, Sense, Stroke, Ui, pos2, vec2};
use records::library::Share;

/// A share of all, with the range that the true share lies in (95 %) as a bracket: wide while little was counted.
pub(super) fn share(ui: &mut Ui, share: Share, spoken: &str, tokens: &Tokens) {
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, spoken));
    response.on_hover_text(spoken);
    let track = Rect::from_min_max(pos2(place.left(), place.top() + 4.0), pos2(place.right(), place.bottom() - 4.0));
    let at = |value: f64| track.left() + track.width() * value.clamp(0.0, 1.0) as f32;
    let painter = ui.painter_at(place);
    painter.rect_filled(track, 3.0, tokens.raised);
    painter.rect_filled(Rect::from_min_max(track.min, pos2(at(share.value()), track.bottom())), 3.0, tokens.accent);
    let (low, high) = share.interval();
    let stroke = Stroke::new(2.0, tokens.text);
    let middle = track.center().y;
    painter.line_segment([pos2(at(low), middle), pos2(at(high), middle)], stroke);
    for end in [at(low), at(high)] {
        let end = end.clamp(place.left() + 1.0, place.right() - 1.0);
        painter.line_segment([pos2(end, place.top() + 2.0), pos2(end, place.bottom() - 2.0)], stroke);
    }
}

/// Two counts from the middle outwards, on the scale of the largest count of the table.
pub(super) fn against(
    ui: &mut Ui,
    counts: (usize, usize),
    largest: usize,
    colours: (Color32, Color32),
    tokens: &Tokens,
) {
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), 10.0), Sense::hover());
    let painter = ui.painter_at(place);
    let middle = place.center().x;
    let length = |count: usize| (place.width() / 2.0 - 2.0) * count as f32 / largest.max(1) as f32;
    painter.rect_filled(place, 3.0, tokens.raised);
    let left = Rect::from_min_max(pos2(middle - length(counts.0), place.top()), pos2(middle - 1.0, place.bottom()));
    let right = Rect::from_min_max(pos2(middle + 1.0, place.top()), pos2(middle + length(counts.1), place.bottom()));
    for (bar, count, colour) in [(left, counts.0, colours.0), (right, counts.1, colours.1)] {
        if count > 0 {
            painter.rect_filled(bar, 2.0, colour);
        }
    }
    painter.line_segment([pos2(middle, place.top()), pos2(middle, place.bottom())], Stroke::new(1.0, tokens.line));
}
