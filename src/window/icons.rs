//! The icons of the window: one set (Material Symbols), named by what they mean here. Every icon stands beside or instead
//! of a word that stays its accessible name.

use egui_material_icons::icons as set;

/// One icon by its meaning.
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
    /// Take back.
    Undo,
    /// Take away.
    Delete,
    /// Two clips.
    Compare,
    /// Something worth knowing.
    Hint,
    /// Something that failed.
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
            Self::Undo => set::ICON_UNDO,
            Self::Delete => set::ICON_DELETE,
            Self::Compare => set::ICON_COMPARE,
            Self::Hint => set::ICON_INFO,
            Self::Warning => set::ICON_WARNING,
        };
        icon.codepoint
    }
}
