//! Distance and speed as thin lines on the lanes' own time axis: the left fencer's speed drawn through, the right one's dashed.

use super::axis::Axis;
use crate::model::Curves;
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, Color32, Rect, Sense, Ui, UiBuilder, pos2};
use egui_plot::{HLine, Line, LineStyle, Plot, PlotBounds, PlotPoints};
use fencing::Side;

/// One line of a plot.
struct Curve<'a> {
    values: &'a [f32],
    colour: Color32,
    style: LineStyle,
}

/// Paints both plots; nothing but their names before the phrase is judged.
pub(super) fn paint(ui: &mut Ui, axis: &Axis, view: &View<'_>) {
    let curves = view.model.review.curves.clone();
    let shown = curves.as_deref().and_then(|c| c.at(view.model.review.playback.now()));
    let distance = shown.map_or(String::new(), |v| format!("{} m", view.number(f64::from(v.distance), 2)));
    let signed = |v: f32| {
        let text = view.number(f64::from(v), 1);
        if text.starts_with('-') { text } else { format!("+{text}") }
    };
    let speed = shown.map_or(String::new(), |v| format!("{} {} m/s", signed(v.speed.left), signed(v.speed.right)));
    name(ui, axis.plot(0), "plot-distance", &distance, view);
    name(ui, axis.plot(1), "plot-speed", &speed, view);
    let Some(curves) = curves else { return };
    let tokens = view.tokens;
    let colours = [(Side::Left, tokens.left, LineStyle::Solid), (Side::Right, tokens.right, LineStyle::dashed_dense())];
    let one = [Curve { values: &curves.distance, colour: tokens.text, style: LineStyle::Solid }];
    let both = colours.map(|(side, colour, style)| Curve { values: &curves.speed[side], colour, style });
    let limit = f64::from(curves.speed_limit());
    draw(ui, axis, 0, (0.0, f64::from(curves.distance_limit())), &one, &curves, view);
    draw(ui, axis, 1, (-limit, limit), &both, &curves, view);
}

/// The name above, the value at the playhead below; both have their own place, so nothing shifts when the value changes.
fn name(ui: &Ui, row: Rect, key: &str, value: &str, view: &View<'_>) {
    let font = view.tokens.font(Size::Small);
    let roomy = row.height() > 40.0;
    let x = row.left() + 12.0;
    let (first, second) = if roomy { (0.3, 0.7) } else { (0.26, 0.76) };
    let y = |share: f32| row.top() + row.height() * share;
    ui.painter().text(pos2(x, y(first)), Align2::LEFT_CENTER, view.text(key), font.clone(), view.tokens.muted);
    ui.painter().text(pos2(x, y(second)), Align2::LEFT_CENTER, value, font, view.tokens.text);
}

fn draw(
    ui: &mut Ui,
    axis: &Axis,
    number: usize,
    (low, high): (f64, f64),
    lines: &[Curve<'_>],
    curves: &Curves,
    view: &View<'_>,
) {
    let row = axis.plot(number);
    let place = Rect::from_x_y_ranges(axis.x_range(), row.y_range()).shrink2(egui::vec2(0.0, 1.0));
    let (start, end) = axis.secs_range();
    let id = ui.scope_id().with(("plot", number));
    ui.scope_builder(UiBuilder::new().max_rect(place).id_salt(id), |ui| {
        let plot = Plot::new(id)
            .width(place.width())
            .height(place.height())
            .show_axes(false)
            .show_grid(false)
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .sense(Sense::hover());
        plot.show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([start, low], [end, high]));
            plot.hline(HLine::new("", 0.0).color(view.tokens.line).width(1.0));
            for line in lines {
                let points = curves.times().iter().zip(line.values).map(|(t, v)| [t.secs(), f64::from(*v)]);
                let line_points = PlotPoints::from(points.collect::<Vec<_>>());
                plot.line(Line::new("", line_points).color(line.colour).width(1.5).style(line.style));
            }
        });
    });
}
