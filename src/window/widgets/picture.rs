//! A picture fitted into its place, magnified as the viewport says, and the map between the two.

use crate::model::Viewport;
use crate::theme::Tokens;
use egui::{Pos2, Rect, TextureHandle, Ui, Vec2, pos2, vec2};

/// Where a picture lies on the screen and which part of it is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    /// The visible part on the screen.
    pub screen: Rect,
    /// The visible part of the picture, as shares of its width and height.
    pub seen: Rect,
}

impl Placement {
    /// Fits a picture of `aspect` (width over height) into `room` and cuts it to the viewport.
    pub(crate) fn fit(room: Rect, aspect: f32, viewport: Viewport) -> Self {
        let wide = room.width() / room.height().max(1.0) > aspect;
        let size =
            if wide { vec2(room.height() * aspect, room.height()) } else { vec2(room.width(), room.width() / aspect) };
        let seen = Rect::from_center_size(pos2(viewport.centre.0, viewport.centre.1), Vec2::splat(1.0 / viewport.zoom));
        Self { screen: Rect::from_center_size(room.center(), size), seen }
    }

    /// A point given as shares of the picture, on the screen.
    pub(crate) fn screen_from_share(&self, x: f32, y: f32) -> Pos2 {
        let inside = vec2((x - self.seen.left()) / self.seen.width(), (y - self.seen.top()) / self.seen.height());
        self.screen.min + inside * self.screen.size()
    }

    /// A point on the screen as shares of the picture.
    pub(crate) fn share_from_screen(&self, at: Pos2) -> (f32, f32) {
        let inside = (at - self.screen.min) / self.screen.size();
        (self.seen.left() + inside.x * self.seen.width(), self.seen.top() + inside.y * self.seen.height())
    }
}

/// Paints the visible part of `texture`, or plain ground while there is none.
pub(crate) fn show_picture(ui: &Ui, placement: &Placement, texture: Option<&TextureHandle>, tokens: &Tokens) {
    let painter = ui.painter_at(placement.screen);
    painter.rect_filled(placement.screen, 0.0, tokens.picture);
    if let Some(texture) = texture {
        painter.image(texture.id(), placement.screen, placement.seen, egui::Color32::WHITE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_survives_the_way_to_the_screen_and_back() {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(1000.0, 400.0));
        let placement = Placement::fit(room, 16.0 / 9.0, Viewport { zoom: 3.0, centre: (0.4, 0.6) });
        let (x, y) = placement.share_from_screen(placement.screen_from_share(0.45, 0.55));
        assert!((x - 0.45).abs() < 1e-5 && (y - 0.55).abs() < 1e-5);
        assert!((placement.screen.width() / placement.screen.height() - 16.0 / 9.0).abs() < 1e-4);
    }
}
