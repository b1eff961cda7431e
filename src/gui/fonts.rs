//! The window's typefaces: Noto Sans for Latin scripts, a subset of Noto Sans SC for Chinese. Both under the Open Font Licence.

use egui::{Context, FontData, FontDefinitions, FontFamily};
use std::sync::Arc;

/// Gives the window its typefaces; the toolkit's own stay behind them for signs that neither has.
pub(super) fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 2] = [
        ("noto-sans", include_bytes!("../../assets/fonts/NotoSans-Regular.ttf")),
        ("noto-sans-sc", include_bytes!("../../assets/fonts/NotoSansSC-subset.otf")),
    ];
    for (place, (name, bytes)) in files.into_iter().enumerate() {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        let family = fonts.families.entry(FontFamily::Proportional).or_default();
        family.insert(place.min(family.len()), name.to_owned());
    }
    ctx.set_fonts(fonts);
    ctx.add_font(egui_material_icons::font_insert());
}
