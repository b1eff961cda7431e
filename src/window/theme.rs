//! Colours, sizes and fonts of the window as tokens. The only file that knows a colour by its number.
//!
//! Widgets ask for meaning (`left`, `warning`, `muted`); the theme answers. Text keeps a contrast of 4.5:1 against its
//! ground and marks 3:1, which a test computes for all three themes.

use super::model::{Motion, TextScale, ThemeChoice};
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2};

/// Size of body text in points; the others follow the scale 13, 15, 18, 24, 40, 64.
const SIZES: [(Size, f32); 6] = [
    (Size::Small, 13.0),
    (Size::Body, 15.0),
    (Size::Large, 18.0),
    (Size::Title, 24.0),
    (Size::Call, 40.0),
    (Size::Huge, 64.0),
];

/// Text sizes by use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// Status lines and hints.
    Small,
    /// Everything else.
    Body,
    /// Reasons of a verdict.
    Large,
    /// Titles and clocks.
    Title,
    /// The call.
    Call,
    /// The score.
    Huge,
}

/// The colours of one theme, by meaning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens {
    /// Behind everything.
    pub background: Color32,
    /// Panels and cards.
    pub surface: Color32,
    /// Buttons and fields on a panel.
    pub raised: Color32,
    /// Separators and frames.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text that matters less.
    pub muted: Color32,
    /// The one thing to do next, and what is selected.
    pub accent: Color32,
    /// Ring around what the keyboard is on, seen on panels and on `accent` alike.
    pub focus: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// The left fencer.
    pub left: Color32,
    /// The right fencer.
    pub right: Color32,
    /// Off target.
    pub white: Color32,
    /// Text on a lit lamp.
    pub on_lamp: Color32,
    /// Needs care, or failed.
    pub warning: Color32,
    /// A yellow card; the same in every theme, as the card in the referee's hand is.
    pub yellow: Color32,
    /// Around cards and lists, where their ground alone does not set them off.
    pub edge: Color32,
    /// Over the picture, behind the verdict.
    pub veil: Color32,
    /// Ground of every picture, and the dark edge of what is drawn on one.
    pub picture: Color32,
    /// Lines and angles drawn on a picture; the same in every theme, as the picture is.
    pub mark: Color32,
    scale: f32,
}

impl Tokens {
    /// The tokens of a theme at a text size.
    pub(crate) fn of(theme: ThemeChoice, scale: TextScale) -> Self {
        let base = match theme {
            ThemeChoice::Dark => Self::dark(),
            ThemeChoice::Light => Self::light(),
            ThemeChoice::HighContrast => Self::high_contrast(),
        };
        Self { scale: scale.0, ..base }
    }

    fn dark() -> Self {
        Self {
            background: hex(0x10_1317),
            surface: hex(0x18_1C22),
            raised: hex(0x23_2932),
            line: hex(0x3A_424D),
            text: hex(0xE8_ECF1),
            muted: hex(0x98_A2AE),
            accent: hex(0x4C_8DFF),
            focus: hex(0xFF_FFFF),
            on_accent: hex(0x06_0A10),
            left: hex(0xE5_383B),
            right: hex(0x2F_B344),
            white: hex(0xF4_F6F8),
            on_lamp: hex(0x0B_0D10),
            warning: hex(0xF2_A93B),
            yellow: hex(0xF7_CE2E),
            edge: Color32::TRANSPARENT,
            veil: Color32::from_rgba_unmultiplied(0x10, 0x13, 0x17, 0xEB),
            picture: hex(0x00_0000),
            mark: hex(0xFF_C24D),
            scale: 1.0,
        }
    }

    fn light() -> Self {
        Self {
            background: hex(0xF2_F4F7),
            surface: hex(0xFF_FFFF),
            raised: hex(0xE6_EAEF),
            line: hex(0x8B_95A1),
            text: hex(0x12_161B),
            muted: hex(0x52_5B66),
            accent: hex(0x1B_5FD9),
            focus: hex(0x00_0000),
            on_accent: hex(0xFF_FFFF),
            left: hex(0xC9_2125),
            right: hex(0x1C_7F30),
            white: hex(0xFF_FFFF),
            on_lamp: hex(0xFF_FFFF),
            warning: hex(0x96_5A00),
            veil: Color32::from_rgba_unmultiplied(0xFF, 0xFF, 0xFF, 0xF2),
            ..Self::dark()
        }
    }

    fn high_contrast() -> Self {
        Self {
            background: hex(0x00_0000),
            surface: hex(0x00_0000),
            raised: hex(0x1E_1E1E),
            line: hex(0xFF_FFFF),
            text: hex(0xFF_FFFF),
            muted: hex(0xD8_D8D8),
            accent: hex(0xFF_E600),
            focus: hex(0x2E_6BFF),
            on_accent: hex(0x00_0000),
            left: hex(0xFF_4D4D),
            right: hex(0x3D_FF5E),
            warning: hex(0xFF_B020),
            edge: hex(0xD8_D8D8),
            veil: hex(0x00_0000),
            ..Self::dark()
        }
    }

    /// Text size as a share of the normal one.
    pub(crate) fn scale(&self) -> f32 {
        self.scale
    }

    /// The same with larger type in a larger window, for what is read from across the hall.
    pub(crate) fn seen_from_afar(self, ctx: &egui::Context) -> Self {
        let room = ctx.content_rect().size() / egui::vec2(1280.0, 720.0);
        Self { scale: self.scale * room.min_elem().clamp(1.0, 1.6), ..self }
    }

    /// Font of a size, scaled as the user wants.
    pub(crate) fn font(&self, size: Size) -> FontId {
        let points = SIZES.iter().find(|(s, _)| *s == size).map_or(15.0, |(_, p)| *p);
        FontId::new(points * self.scale, FontFamily::Proportional)
    }

    /// The typeface of icons in a size.
    pub(crate) fn icon_font(&self, size: Size) -> FontId {
        FontId::new(self.font(size).size * 1.25, FontFamily::Name(egui_material_icons::FONT_FAMILY.into()))
    }

    /// A card: rounded, with room inside.
    pub(crate) fn card(&self) -> egui::Frame {
        let edge = Stroke::new(1.0, self.edge);
        egui::Frame::new().fill(self.surface).stroke(edge).corner_radius(8).inner_margin(12)
    }

    /// Dresses the whole window in these tokens.
    pub(crate) fn apply(&self, ctx: &egui::Context, motion: Motion) {
        let tokens = *self;
        ctx.all_styles_mut(move |style| {
            style.text_styles = [
                (TextStyle::Small, tokens.font(Size::Small)),
                (TextStyle::Body, tokens.font(Size::Body)),
                (TextStyle::Button, tokens.font(Size::Body)),
                (TextStyle::Heading, tokens.font(Size::Title)),
                (TextStyle::Monospace, FontId::new(14.0 * tokens.scale, FontFamily::Monospace)),
            ]
            .into();
            style.spacing.item_spacing = Vec2::splat(8.0);
            style.spacing.button_padding = Vec2::new(12.0, 6.0);
            style.spacing.interact_size = Vec2::new(40.0, 28.0);
            style.spacing.window_margin = Margin::same(12);
            style.animation_time = if motion == Motion::Reduced { 0.0 } else { 0.15 };
            tokens.dress(&mut style.visuals);
        });
    }

    fn dress(&self, visuals: &mut egui::Visuals) {
        visuals.dark_mode = self.background.r() < 128;
        // No override: a selected button takes `on_accent` from the selection, everything else `text` from its state.
        visuals.override_text_color = None;
        visuals.weak_text_color = Some(self.muted);
        visuals.panel_fill = self.background;
        visuals.window_fill = self.surface;
        visuals.window_stroke = Stroke::new(1.0, self.line);
        visuals.extreme_bg_color = self.background;
        visuals.faint_bg_color = self.surface;
        visuals.warn_fg_color = self.warning;
        visuals.error_fg_color = self.warning;
        visuals.hyperlink_color = self.accent;
        visuals.selection.bg_fill = self.accent;
        visuals.selection.stroke = Stroke::new(1.0, self.on_accent);
        let states = &mut visuals.widgets;
        for w in [
            &mut states.inactive,
            &mut states.hovered,
            &mut states.active,
            &mut states.open,
            &mut states.noninteractive,
        ] {
            w.corner_radius = CornerRadius::same(6);
            w.bg_fill = self.raised;
            w.weak_bg_fill = self.raised;
            w.bg_stroke = Stroke::new(1.0, self.line);
            w.fg_stroke = Stroke::new(1.0, self.text);
        }
        states.hovered.bg_stroke = Stroke::new(2.0, self.accent);
        // Pressed, and what the keyboard is on: seen on plain and on selected buttons alike.
        states.active.bg_stroke = Stroke::new(2.0, self.focus);
    }
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(c: Color32) -> f64 {
        let channel = |v: u8| {
            let s = f64::from(v) / 255.0;
            if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (high, low) = (luminance(a).max(luminance(b)), luminance(a).min(luminance(b)));
        (high + 0.05) / (low + 0.05)
    }

    const THEMES: [ThemeChoice; 3] = [ThemeChoice::Dark, ThemeChoice::Light, ThemeChoice::HighContrast];

    /// The visible colour where `over` is drawn on `ground`.
    fn laid_over(over: Color32, ground: Color32) -> Color32 {
        let rest = 1.0 - f32::from(over.a()) / 255.0;
        let mix = |o: u8, g: u8| (f32::from(o) + f32::from(g) * rest).round().min(255.0) as u8;
        Color32::from_rgb(mix(over.r(), ground.r()), mix(over.g(), ground.g()), mix(over.b(), ground.b()))
    }

    #[track_caller]
    fn check(theme: ThemeChoice, what: &str, ink: Color32, ground: Color32, least: f64) {
        let found = contrast(ink, ground);
        assert!(found >= least, "{theme:?}: {what} has {found:.2}, wants {least}");
    }

    #[test]
    fn text_and_marks_can_be_read_in_every_theme() {
        for theme in THEMES {
            let t = Tokens::of(theme, TextScale(1.0));
            for ground in [t.background, t.surface, t.raised] {
                check(theme, "text", t.text, ground, 4.5);
            }
            for ground in [t.background, t.surface] {
                check(theme, "muted text", t.muted, ground, 4.5);
                check(theme, "a warning", t.warning, ground, 4.5);
                check(theme, "a shortcut", t.accent, ground, 4.5);
                for mark in [t.left, t.right] {
                    check(theme, "a side's mark", mark, ground, 3.0);
                }
            }
            check(theme, "text on the accent", t.on_accent, t.accent, 4.5);
            for ground in [t.background, t.surface, t.raised, t.accent] {
                check(theme, "the ring around what the keyboard is on", t.focus, ground, 3.0);
            }
            for lamp in [t.left, t.right] {
                check(theme, "the word on a lit lamp", t.on_lamp, lamp, 4.5);
            }
            check(theme, "a drawn line against its edge", t.mark, t.picture, 4.5);
            check(theme, "the letter on a yellow card", t.picture, t.yellow, 4.5);
        }
    }

    #[test]
    fn the_verdict_can_be_read_over_the_brightest_and_the_darkest_picture() {
        for theme in THEMES {
            let t = Tokens::of(theme, TextScale(1.0));
            for picture in [Color32::WHITE, Color32::BLACK] {
                let ground = laid_over(t.veil, picture);
                check(theme, "the reason", t.text, ground, 4.5);
                check(theme, "the margin", t.muted, ground, 4.5);
                for side in [t.left, t.right, t.muted] {
                    check(theme, "the call, in large letters", side, ground, 3.0);
                }
            }
        }
    }
}
