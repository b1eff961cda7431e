//! The typefaces that ship with the program (SIL Open Font License, see `assets/fonts/OFL.txt`).

/// Noto Sans Regular: Latin, Greek and Cyrillic; then Noto Sans SC: the Chinese signs of the message files.
pub(super) const REGULAR: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../../assets/fonts/NotoSansSC-Regular-subset.otf"),
];

/// The same in bold.
pub(super) const BOLD: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../../assets/fonts/NotoSansSC-Bold-subset.otf"),
];
