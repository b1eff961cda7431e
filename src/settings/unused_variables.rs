//! Warnings about environment variables that are set but not used: the reference's that have no counterpart here, and names with
//! our prefix that do not exist, mostly typing mistakes. Unknown keys in the file are errors; the environment is shared with
//! other programs, so a warning in the log has to do.

use super::analysis::is_absent_default;
use super::{Environment, ServerArgs};

/// Prefix of the variables of the reference and of this program.
const FAMILY: &str = "REFEREE_";

/// Variables of the reference's service that have no effect here, with the reason.
const WITHOUT_EFFECT: [(&str, &str); 2] = [
    ("REFEREE_FISHEYE_PROGRESS", "the lens is corrected while the frames arrive, so no progress can be shown"),
    ("REFEREE_INIT_REFERENCE_XLSX", "the two fencers are found without a reference workbook"),
];

/// Prefixes of variables of the reference's piste program and voice cue, which may run on the same machine.
const PISTE_PREFIXES: [&str; 12] = [
    "REFEREE_INCLUDE_KEYPOINTS",
    "REFEREE_LOCAL_ANALYZER_",
    "REFEREE_REQUEST_",
    "REFEREE_SAVE_LOCAL",
    "REFEREE_SEND_TO_SERVER",
    "REFEREE_SERVER_URL",
    "REFEREE_STREAMING_ENCODING",
    "REFEREE_STREAMING_JPEG_QUALITY",
    "REFEREE_STREAMING_SAVE_LOCAL",
    "REFEREE_TRANSCODE_",
    "REFEREE_USE_",
    "REFEREE_VOICE_",
];

/// Variables of all commands except those of the server.
const OTHER_VARIABLES: [&str; 16] = [
    "REFEREE_ACCURATE",
    "REFEREE_BUILT_IN_INFERENCE",
    "REFEREE_CALL_MODELS",
    "REFEREE_CONFIG",
    "REFEREE_DOUBT",
    "REFEREE_FISHEYE_BALANCE",
    "REFEREE_FISHEYE_ENABLED",
    "REFEREE_FISHEYE_KEEP_AUDIO",
    "REFEREE_FISHEYE_STRENGTH",
    "REFEREE_HIT_SIDES",
    "REFEREE_MIN_CONFIDENCE",
    "REFEREE_MODELS_DIR",
    "REFEREE_NO_TOUCH",
    "REFEREE_OUTPUT_DIR",
    "REFEREE_WEAPON",
    "REFEREE_YOLO_MODEL",
];

impl Environment {
    /// One warning per variable that is set but not used.
    pub fn unused_variables(&self) -> Vec<String> {
        let family = self.names().filter(|name| name.starts_with(FAMILY) && self.text(name).is_some());
        let default_model = self.path("REFEREE_YOLO_MODEL").filter(|path| is_absent_default(path));
        let default_model = default_model.map(|path| {
            format!("REFEREE_YOLO_MODEL names the reference's model, which does not exist here; the bundled one is used instead of {}", path.display())
        });
        family.filter_map(sentence).chain(default_model).collect()
    }
}

fn sentence(name: &str) -> Option<String> {
    if let Some((_, reason)) = WITHOUT_EFFECT.iter().find(|(known, _)| *known == name) {
        return Some(format!("{name} is set but has no effect: {reason}"));
    }
    let is_known = OTHER_VARIABLES.contains(&name) || ServerArgs::VARIABLES.contains(&name);
    let is_pistes = PISTE_PREFIXES.iter().any(|start| name.starts_with(start));
    (!is_known && !is_pistes).then(|| {
        format!("{name} is set but is not a variable of this program; see `referee serve --help` for the names")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn warns_about_unused_variables_only() {
        let check = |name: &str, expected: Option<&str>| {
            let warnings = Environment::from_pairs([(name, "1")]).unused_variables();
            assert_eq!(warnings.first().map(String::as_str), expected, "{name}");
        };
        let warnings = Environment::from_pairs([("REFEREE_YOLO_MODEL", "models/yolo11x-pose.pt")]).unused_variables();
        assert!(
            warnings.len() == 1 && warnings[0].ends_with("is used instead of models/yolo11x-pose.pt"),
            "{warnings:?}"
        );
        check("REFEREE_PORT", None);
        check("REFEREE_USE_STREAMING", None);
        check("PATH", None);
        for of_the_piste in ["REFEREE_SERVER_URL", "REFEREE_STREAMING_SAVE_LOCAL", "REFEREE_LOCAL_ANALYZER_ROOT"] {
            check(of_the_piste, None);
        }
        check(
            "REFEREE_INIT_REFERENCE_XLSX",
            Some(
                "REFEREE_INIT_REFERENCE_XLSX is set but has no effect: the two fencers are found without a reference \
                 workbook",
            ),
        );
        check(
            "REFEREE_MAX_SESSIONS",
            Some(
                "REFEREE_MAX_SESSIONS is set but is not a variable of this program; see `referee serve --help` for the \
                 names",
            ),
        );
        assert!(
            Environment::from_pairs([("REFEREE_FISHEYE_PROGRESS", "")]).unused_variables().is_empty(),
            "empty is unset"
        );
    }

    /// Names in string literals of this crate's sources.
    fn names_in_sources() -> BTreeSet<String> {
        let sources = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let sources = sources.map(|entry| entry.unwrap().path()).filter(|path| !path.ends_with("unheeded.rs"));
        let text: String = sources.map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let text = text.split("[env: ").map(|rest| rest.split(']').next().unwrap_or_default());
        let words =
            text.flat_map(|text| text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_'));
        words.filter(|word| word.starts_with(FAMILY)).map(str::to_owned).collect()
    }

    #[test]
    fn every_variable_that_the_help_names_is_in_the_list() {
        let named = names_in_sources();
        assert!(named.len() > 30, "{named:?}");
        let missing: Vec<_> = named.iter().filter(|name| sentence(name).is_some()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
