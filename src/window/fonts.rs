//! The window's typefaces: Noto Sans for Latin scripts, a subset of Noto Sans SC for Chinese. Both under the Open Font
//! Licence. Names in writing that is not shipped are taken from the system's own typefaces, where it has them.

use ab_glyph::{Font as _, FontVec};
use egui::{
    Context, FallbackRequest, FontData, FontDefinitions, FontFamily, FontInsert, FontPriority, FontProvider,
    InsertFontFamily,
};
use egui_material_icons::icons as set;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Where systems keep typefaces of many signs, the small ones first, with the face inside the file: simplified Chinese where
/// there is a choice.
const OF_THE_SYSTEM: [(&str, u32); 20] = [
    // Linux: Debian and Ubuntu, Fedora, Arch.
    ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0),
    ("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf", 0),
    ("/usr/share/fonts/TTF/DejaVuSans.ttf", 0),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-vf-fonts/NotoSansCJK-VF.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
    // macOS: Chinese and Japanese, Korean, everything else.
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/System/Library/Fonts/AppleSDGothicNeo.ttc", 0),
    ("/System/Library/Fonts/Supplemental/Arial Unicode.ttf", 0),
    // Windows: everything but East Asia, then Chinese, Japanese, Korean.
    ("C:\\Windows\\Fonts\\segoeui.ttf", 0),
    ("C:\\Windows\\Fonts\\msyh.ttc", 0),
    ("C:\\Windows\\Fonts\\YuGothM.ttc", 0),
    ("C:\\Windows\\Fonts\\msgothic.ttc", 0),
    ("C:\\Windows\\Fonts\\malgun.ttf", 0),
    ("C:\\Windows\\Fonts\\simsun.ttc", 0),
];

/// Gives the window its typefaces; the toolkit's own stay behind them for signs that neither has, then come the system's.
pub(super) fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 2] = [
        ("noto-sans", include_bytes!("../../assets/fonts/NotoSans-Regular.ttf")),
        ("noto-sans-sc", include_bytes!("../../assets/fonts/NotoSansSC-Regular-subset.otf")),
    ];
    for (place, (name, bytes)) in files.into_iter().enumerate() {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        let family = fonts.families.entry(FontFamily::Proportional).or_default();
        family.insert(place.min(family.len()), name.to_owned());
    }
    ctx.set_fonts(fonts);
    ctx.add_font(egui_material_icons::font_insert());
    ctx.add_font_provider(Arc::new(SystemFonts::of(&OF_THE_SYSTEM)));
}

/// Typefaces of the system. A file is read when a sign is first missing, and handed over once.
struct SystemFonts {
    places: Vec<(&'static str, u32)>,
    /// What was read: a typeface that waits for a sign that it has, or nothing more to have there.
    read: Mutex<BTreeMap<&'static str, Option<FontVec>>>,
}

impl SystemFonts {
    fn of(places: &[(&'static str, u32)]) -> Self {
        Self { places: places.to_vec(), read: Mutex::default() }
    }

    /// The first typeface with this sign; `None` where no file that was not handed over has it.
    fn with(&self, sign: char) -> Option<(&'static str, FontData)> {
        let mut read = self.read.lock();
        self.places.iter().find_map(|(path, index)| {
            let waiting = read.entry(path).or_insert_with(|| read_face(Path::new(path), *index));
            let face = waiting.take_if(|face| face.glyph_id(sign).0 != 0)?;
            Some((*path, FontData { index: *index, ..FontData::from_owned(face.into_vec()) }))
        })
    }
}

fn read_face(path: &Path, index: u32) -> Option<FontVec> {
    let bytes = std::fs::read(path).ok()?;
    FontVec::try_from_vec_and_index(bytes, index).ok()
}

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let sign = request.cluster.chars().next().filter(|sign| sign.is_alphanumeric())?;
        let (name, data) = self.with(sign)?;
        tracing::debug!(name, %sign, "a typeface of the system stands in");
        let priority = FontPriority::Lowest;
        let families = [FontFamily::Proportional, FontFamily::Monospace];
        let families = families.map(|family| InsertFontFamily { family, priority });
        Some(FontInsert::new(name, data, families.into()))
    }
}

/// An icon by meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// The live screen.
    Piste,
    /// The review.
    Review,
    /// The library.
    Library,
    /// The bout.
    Bout,
    /// The settings.
    Settings,
    /// List of commands.
    Commands,
    /// List of keys.
    Keys,
    /// First frame.
    ToStart,
    /// One frame back.
    StepBack,
    /// Play.
    Play,
    /// Stop playing.
    Pause,
    /// One frame forward.
    StepForward,
    /// Last frame.
    ToEnd,
    /// The touch.
    Touch,
    /// Play the touch by itself.
    Replay,
    /// The loop.
    Loop,
    /// Open something.
    Open,
    /// Stop or close.
    Close,
    /// A line.
    Line,
    /// An angle.
    Angle,
    /// An arrow.
    Arrow,
    /// A circle.
    Circle,
    /// A text.
    Text,
    /// A stopwatch.
    Stopwatch,
    /// A magnifier.
    Magnifier,
    /// Undo.
    Undo,
    /// Delete.
    Delete,
    /// Two clips.
    Compare,
    /// Information.
    Hint,
    /// A failure.
    Warning,
}

impl Icon {
    /// The sign in the icon typeface.
    pub(crate) const fn glyph(self) -> &'static str {
        let icon = match self {
            Self::Piste => set::ICON_VIDEOCAM,
            Self::Review => set::ICON_SLOW_MOTION_VIDEO,
            Self::Library => set::ICON_VIDEO_LIBRARY,
            Self::Bout => set::ICON_SCOREBOARD,
            Self::Settings => set::ICON_SETTINGS,
            Self::Commands => set::ICON_SEARCH,
            Self::Keys => set::ICON_KEYBOARD,
            Self::ToStart => set::ICON_SKIP_PREVIOUS,
            Self::StepBack => set::ICON_CHEVRON_LEFT,
            Self::Play => set::ICON_PLAY_ARROW,
            Self::Pause => set::ICON_PAUSE,
            Self::StepForward => set::ICON_CHEVRON_RIGHT,
            Self::ToEnd => set::ICON_SKIP_NEXT,
            Self::Touch => set::ICON_FLAG,
            Self::Replay => set::ICON_REPLAY,
            Self::Loop => set::ICON_REPEAT,
            Self::Open => set::ICON_FOLDER_OPEN,
            Self::Close => set::ICON_CLOSE,
            Self::Line => set::ICON_PEN_SIZE_2,
            Self::Angle => set::ICON_SQUARE_FOOT,
            Self::Arrow => set::ICON_NORTH_EAST,
            Self::Circle => set::ICON_RADIO_BUTTON_UNCHECKED,
            Self::Text => set::ICON_TITLE,
            Self::Stopwatch => set::ICON_TIMER,
            Self::Magnifier => set::ICON_ZOOM_IN,
            Self::Undo => set::ICON_UNDO,
            Self::Delete => set::ICON_DELETE,
            Self::Compare => set::ICON_COMPARE,
            Self::Hint => set::ICON_INFO,
            Self::Warning => set::ICON_WARNING,
        };
        icon.codepoint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typeface_is_handed_over_once_for_a_sign_that_it_has_and_a_missing_file_is_passed_over() {
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/NotoSans-Regular.ttf");
        let fonts = SystemFonts::of(&[("/nowhere/at/all.ttf", 0), (shipped, 0)]);
        assert!(fonts.with('佐').is_none(), "it does not have this one");
        assert_eq!(fonts.with('é').map(|(name, _)| name), Some(shipped));
        assert!(fonts.with('é').is_none(), "what was handed over is the toolkit's");
    }
}
