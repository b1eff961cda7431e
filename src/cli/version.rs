//! Version of the program as `--version`, the doctor, panic reports and the window tell it.

use std::sync::LazyLock;

/// Commit that a release was built from. The packaging scripts set it; other builds come from a tree that may hold anything.
const COMMIT: Option<&str> = option_env!("REFEREE_COMMIT");

/// `0.1.0 (commit 1a2b3c4d5e)`, or `0.1.0 (built from source)`.
pub(crate) static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{} ({})", env!("CARGO_PKG_VERSION"), origin(COMMIT)));

fn origin(commit: Option<&str>) -> String {
    commit.filter(|commit| !commit.is_empty()).map_or("built from source".into(), |commit| format!("commit {commit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_names_its_commit() {
        assert_eq!(origin(Some("1a2b3c")), "commit 1a2b3c");
        assert_eq!((origin(None), origin(Some(""))), ("built from source".into(), "built from source".into()));
        assert!(VERSION.starts_with(env!("CARGO_PKG_VERSION")));
    }
}
