//! The typefaces that ship with the program (SIL Open Font License, see `assets/fonts/OFL.txt`).

/// Noto Sans Regular: Latin, Greek and Cyrillic.
pub(super) const REGULAR: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Regular.ttf");

/// Noto Sans Bold: Latin, Greek and Cyrillic.
pub(super) const BOLD: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Bold.ttf");

/// Noto Sans SC: the Chinese signs of the message files.
pub(super) const CHINESE: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-subset.otf");
