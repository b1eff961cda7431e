//! The models that ship, compiled into the program so that it judges wherever it stands.

/// Name and bytes of every file of `models/call`.
pub(super) const FILES: &[(&str, &[u8])] = &[
    ("call.toml", include_bytes!("../../../models/call/call.toml")),
    ("trees.bin", include_bytes!("../../../models/call/trees.bin")),
    ("outline0.bin", include_bytes!("../../../models/call/outline0.bin")),
    ("joints0.bin", include_bytes!("../../../models/call/joints0.bin")),
    ("outline1.bin", include_bytes!("../../../models/call/outline1.bin")),
];
