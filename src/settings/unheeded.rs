//! Variables that are set and change nothing: those of the reference that nothing here needs, and names that look like
//! ours but are none, which mostly are typing mistakes. A file's unknown keys are errors; an environment is shared with
//! other programs, so here a word in the log has to do.

use super::analysis::is_absent_default;
use super::{Environment, TypedServer};

/// What every name of the reference and of this program begins with.
const FAMILY: &str = "REFEREE_";

/// Variables of the reference's service that are understood and have nothing left to do, with the reason.
const NOTHING_TO_DO: [(&str, &str); 2] = [
    ("REFEREE_FISHEYE_PROGRESS", "the lens is corrected while the frames arrive, so no progress can be shown"),
    ("REFEREE_INIT_REFERENCE_XLSX", "the two fencers are found without a reference workbook"),
];

/// Beginnings of variables of the reference's piste program and of a spoken cue, whose environment a server on the same machine may share.
const OF_THE_PISTE: [&str; 12] = [
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

/// Every variable that some command reads besides those of the server.
const BESIDES_THE_SERVER: [&str; 16] = [
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
    /// One sentence per variable that is set and changes nothing, for whoever expects something of it.
    pub fn unheeded(&self) -> Vec<String> {
        let family = self.names().filter(|name| name.starts_with(FAMILY) && self.text(name).is_some());
        let default_model = self.path("REFEREE_YOLO_MODEL").filter(|path| is_absent_default(path));
        let default_model = default_model.map(|path| {
            format!("REFEREE_YOLO_MODEL names the reference's model, which is not here: the shipped one is used instead of {}", path.display())
        });
        family.filter_map(sentence).chain(default_model).collect()
    }
}

fn sentence(name: &str) -> Option<String> {
    if let Some((_, reason)) = NOTHING_TO_DO.iter().find(|(known, _)| *known == name) {
        return Some(format!("{name} is set and changes nothing: {reason}"));
    }
    let is_known = BESIDES_THE_SERVER.contains(&name) || TypedServer::VARIABLES.contains(&name);
    let is_pistes = OF_THE_PISTE.iter().any(|start| name.starts_with(start));
    (!is_known && !is_pistes).then(|| {
        format!("{name} is set and is no variable of this program; see `referee serve --help` for their names")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn a_variable_that_changes_nothing_is_told_and_every_other_is_not() {
        let check = |name: &str, expected: Option<&str>| {
            let told = Environment::from_pairs([(name, "1")]).unheeded();
            assert_eq!(told.first().map(String::as_str), expected, "{name}");
        };
        let told = Environment::from_pairs([("REFEREE_YOLO_MODEL", "models/yolo11x-pose.pt")]).unheeded();
        assert!(told.len() == 1 && told[0].ends_with("is used instead of models/yolo11x-pose.pt"), "{told:?}");
        check("REFEREE_PORT", None);
        check("REFEREE_USE_STREAMING", None);
        check("PATH", None);
        for of_the_piste in ["REFEREE_SERVER_URL", "REFEREE_STREAMING_SAVE_LOCAL", "REFEREE_LOCAL_ANALYZER_ROOT"] {
            check(of_the_piste, None);
        }
        check(
            "REFEREE_INIT_REFERENCE_XLSX",
            Some(
                "REFEREE_INIT_REFERENCE_XLSX is set and changes nothing: the two fencers are found without a reference \
                 workbook",
            ),
        );
        check(
            "REFEREE_MAX_SESSIONS",
            Some(
                "REFEREE_MAX_SESSIONS is set and is no variable of this program; see `referee serve --help` for their \
                 names",
            ),
        );
        assert!(Environment::from_pairs([("REFEREE_FISHEYE_PROGRESS", "")]).unheeded().is_empty(), "empty is unset");
    }

    /// Names between quotes in the sources of this room.
    fn read_here() -> BTreeSet<String> {
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
        let named = read_here();
        assert!(named.len() > 30, "{named:?}");
        let missing: Vec<_> = named.iter().filter(|name| sentence(name).is_some()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
