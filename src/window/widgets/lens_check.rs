//! The straight-line check of the lens: the picture as the lens setting corrects it, painted as a mesh in the same moment
//! as the setting changes, with a straight cross under the mouse to hold against an edge that is straight in the hall.

use crate::command::Command;
use crate::model::Setting;
use crate::view::View;
use egui::{Color32, Mesh, Rect, Sense, Shape, Stroke, TextureHandle, Ui, WidgetInfo, pos2, vec2};
use fencing::geometry::{FrameSize, ImagePoint};
use vision::lens::{Lens, LensSettings};

/// Columns of the mesh: with 48 the error of a straight piece is below half a pixel at 1080p.
const COLUMNS: u32 = 48;
/// Rows of the mesh.
const ROWS: u32 = 27;
/// Strength that a drag over the whole width changes.
const DRAG_RANGE: f64 = 0.5;

/// One corner of the mesh: where it is painted and what part of the picture belongs there, both as shares.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Corner {
    shown: (f32, f32),
    raw: (f32, f32),
}

/// Row by row, `COLUMNS + 1` corners each; empty when the setting describes no lens.
fn corners(settings: LensSettings, size: FrameSize) -> Vec<Corner> {
    let Ok(lens) = Lens::new(settings, size) else { return Vec::new() };
    let (width, height) = (size.width as f32, size.height as f32);
    let corner = |column: u32, row: u32| {
        let shown = (column as f32 / COLUMNS as f32, row as f32 / ROWS as f32);
        let raw = lens.distort(ImagePoint::new(shown.0 * width, shown.1 * height));
        Corner { shown, raw: (raw.x / width, raw.y / height) }
    };
    (0..=ROWS).flat_map(|row| (0..=COLUMNS).map(move |column| corner(column, row))).collect()
}

/// Shows the corrected picture; dragging over it changes the strength.
pub(crate) fn show_lens_check(ui: &mut Ui, texture: &TextureHandle, view: &mut View<'_>) {
    let settings = &view.model.settings;
    let lens = LensSettings {
        enabled: settings.lens_enabled,
        strength: settings.lens_strength,
        balance: settings.lens_balance,
    };
    let [columns, rows] = texture.size();
    let size = FrameSize::new(columns as u32, rows as u32);
    let width = ui.available_width().min(640.0);
    let (place, response) =
        ui.allocate_exact_size(vec2(width, width * rows as f32 / columns.max(1) as f32), Sense::click_and_drag());
    let name = view.text("settings-lens-check");
    response.widget_info(|| WidgetInfo::slider(lens.enabled, lens.strength, &name));
    paint(ui, place, texture, &corners(lens, size), view);
    cross(ui, place, response.hover_pos(), view.tokens.mark);
    if response.dragged() && lens.enabled {
        let change = f64::from(response.drag_delta().x / place.width()) * DRAG_RANGE;
        let strength = lens.strength + change;
        view.send(Command::Set(Setting::Lens { enabled: true, strength, balance: lens.balance }));
    }
    view.focus_ring(ui, &response);
    response.on_hover_cursor(egui::CursorIcon::ResizeHorizontal);
}

fn paint(ui: &Ui, place: Rect, texture: &TextureHandle, corners: &[Corner], view: &View<'_>) {
    ui.painter().rect_filled(place, 0.0, view.tokens.picture);
    let mut mesh = Mesh::with_texture(texture.id());
    for corner in corners {
        let at = place.min + vec2(corner.shown.0, corner.shown.1) * place.size();
        let uv = pos2(corner.raw.0, corner.raw.1);
        mesh.vertices.push(egui::epaint::Vertex { pos: at, uv, color: Color32::WHITE });
    }
    let stride = COLUMNS + 1;
    let cells = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| row * stride + column));
    for first in cells.take_while(|_| !corners.is_empty()) {
        mesh.add_triangle(first, first + 1, first + stride);
        mesh.add_triangle(first + 1, first + stride + 1, first + stride);
    }
    ui.painter_at(place).add(Shape::mesh(mesh));
}

/// Straight lines through the mouse, otherwise through the upper and lower third, where a bent edge shows most.
fn cross(ui: &Ui, place: Rect, pointer: Option<egui::Pos2>, colour: Color32) {
    let painter = ui.painter_at(place);
    let stroke = Stroke::new(1.0, colour);
    match pointer {
        Some(at) => {
            painter.hline(place.x_range(), at.y, stroke);
            painter.vline(at.x, place.y_range(), stroke);
        }
        None => {
            for share in [0.2, 0.8] {
                painter.hline(place.x_range(), place.top() + place.height() * share, stroke);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: FrameSize = FrameSize::new(1280, 720);

    #[test]
    fn without_a_correction_everything_stays_in_its_place() {
        let off = LensSettings { enabled: false, ..LensSettings::default() };
        let all = corners(off, SIZE);
        assert_eq!(all.len() as u32, (COLUMNS + 1) * (ROWS + 1));
        for corner in all {
            assert!((corner.shown.0 - corner.raw.0).abs() < 1e-6 && (corner.shown.1 - corner.raw.1).abs() < 1e-6);
        }
    }

    #[test]
    fn a_straight_line_of_the_check_is_a_bent_one_of_the_picture() {
        let all = corners(LensSettings::default(), SIZE);
        let top: Vec<f32> = all[..=COLUMNS as usize].iter().map(|c| c.raw.1).collect();
        let (edge, middle) = (top[0], top[COLUMNS as usize / 2]);
        assert!((edge - middle).abs() > 0.005, "edge {edge}, middle {middle}");
        assert!((top[0] - top[COLUMNS as usize]).abs() < 1e-5, "both ends bend alike");
    }

    #[test]
    fn a_setting_that_is_no_lens_shows_nothing_and_does_not_fail() {
        let wild = LensSettings { enabled: true, strength: f64::NAN, balance: 0.0 };
        assert!(corners(wild, SIZE).is_empty() && corners(LensSettings::default(), FrameSize::new(0, 0)).is_empty());
    }
}
