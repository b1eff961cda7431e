//! Reads the part of an `analysis_result.json`, ours or of any generation of the reference, that a list needs.

use super::MachineCall;
use fencing::{Call, Confidence, Side, Weapon};
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub use recording::RESULT_FILE;

/// Largest result that is read, in bytes; one with every joint of a ten-minute clip is smaller.
const MAX_BYTES: u64 = 64 << 20;

/// Contents of a result file.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundResult {
    /// The file.
    pub path: PathBuf,
    /// The judged clip, if the result names it.
    pub clip: Option<PathBuf>,
    /// The machine's call.
    pub machine: MachineCall,
    /// Weapon.
    pub weapon: Option<Weapon>,
    /// Length of the judged part, in seconds.
    pub duration_secs: Option<f64>,
    /// Time of the touch on the clip's clock, in seconds.
    pub touch_secs: Option<f64>,
}

/// Reads a result file; the error is a finished sentence.
pub fn read_result(path: &Path) -> Result<FoundResult, String> {
    let failure =
        |what: String| format!("the result cannot be read ({what}); judge the phrase again: {}", path.display());
    let size = std::fs::metadata(path).map_err(|e| failure(e.to_string()))?.len();
    if size > MAX_BYTES {
        return Err(failure(format!("{} MB is larger than any result", size / 1_000_000)));
    }
    let bytes = std::fs::read(path).map_err(|e| failure(e.to_string()))?;
    let file: ResultFile = serde_json::from_slice(&bytes).map_err(|e| failure(e.to_string()))?;
    let machine = file.machine().ok_or_else(|| failure("it names no winner".to_owned()))?;
    let phrase = file.phrase.unwrap_or_default();
    let fps = phrase.fps.filter(|fps| fps.is_finite() && *fps > 0.0);
    Ok(FoundResult {
        path: path.to_owned(),
        clip: file.input_video.or(file.inputs.unwrap_or_default().video).map(PathBuf::from),
        machine,
        weapon: file.metadata.unwrap_or_default().weapon.and_then(|w| w.parse().ok()),
        duration_secs: file
            .verdict
            .as_ref()
            .and_then(|v| v.completeness.as_ref())
            .and_then(|completeness| completeness.secs(fps)),
        touch_secs: phrase.simultaneous_hit_time.filter(|t| t.is_finite()),
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ResultFile {
    winner: Option<String>,
    verdict: Option<VerdictPart>,
    decision: Option<Decision>,
    phrase: Option<Phrase>,
    metadata: Option<Metadata>,
    inputs: Option<Inputs>,
    input_video: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VerdictPart {
    call: Option<String>,
    confidence: Option<f64>,
    rule: Option<String>,
    completeness: Option<Completeness>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Completeness {
    frames_received: Option<f64>,
    frame_interval_seconds: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decision {
    winner: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Phrase {
    simultaneous_hit_time: Option<f64>,
    fps: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    weapon: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inputs {
    video: Option<String>,
}

impl Completeness {
    /// Length of the phrase in seconds; `fps` is the rate of received frames, not all of which may have been analysed.
    fn secs(&self, fps: Option<f64>) -> Option<f64> {
        let secs = self.frames_received? * fps.map_or(self.frame_interval_seconds?, f64::recip);
        (secs.is_finite() && secs > 0.0).then_some(secs)
    }
}

impl ResultFile {
    /// Our own verdict if there is one, otherwise the winner of an older result.
    fn machine(&self) -> Option<MachineCall> {
        if let Some(verdict) = &self.verdict
            && let Some(call) = verdict.call.as_deref().and_then(|c| c.parse().ok())
        {
            let confidence = verdict.confidence.filter(|c| (0.0..=1.0).contains(c)).map(Confidence);
            return Some(MachineCall { call, confidence, rule: verdict.rule.clone() });
        }
        let winner = self.winner.as_deref().or_else(|| self.decision.as_ref()?.winner.as_deref())?;
        winner_alone(winner).map(|call| MachineCall { call, confidence: None, rule: None })
    }
}

/// The reference has three winners, one of them "none" for no touch.
fn winner_alone(word: &str) -> Option<Call> {
    match word.to_ascii_lowercase().as_str() {
        "left" => Some(Call::Touch(Side::Left)),
        "right" => Some(Call::Touch(Side::Right)),
        "none" | "simultaneous" | "abstain" => Some(Call::Simultaneous),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FoundResult, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(RESULT_FILE);
        std::fs::write(&path, text).unwrap();
        read_result(&path)
    }

    #[test]
    fn every_generation_names_its_call() {
        for (text, call) in [
            (r#"{"winner":"left"}"#, Call::Touch(Side::Left)),
            (r#"{"decision":{"winner":"right"}}"#, Call::Touch(Side::Right)),
            (r#"{"winner":"none","verdict":{"call":"too_close","confidence":0.5}}"#, Call::TooClose),
            (r#"{"winner":"none","verdict":{"call":"hologram"}}"#, Call::Simultaneous),
        ] {
            assert_eq!(read(text).unwrap().machine.call, call, "{text}");
        }
    }

    #[test]
    fn details_are_read_and_nonsense_among_them_is_left_out() {
        let found = read(
            r#"{"winner":"left","input_video":"/a/b.mp4","metadata":{"weapon":"foil"},
                "phrase":{"simultaneous_hit_time":1.5},
                "verdict":{"call":"left","confidence":7,"rule":"B13",
                           "completeness":{"frames_received":60,"frame_interval_seconds":0.05}}}"#,
        )
        .unwrap();
        assert_eq!((found.weapon, found.touch_secs, found.duration_secs), (Some(Weapon::Foil), Some(1.5), Some(3.0)));
        assert_eq!((found.machine.confidence, found.clip), (None, Some("/a/b.mp4".into())));
    }

    #[test]
    fn a_phrase_is_as_long_as_its_frames_though_few_were_analysed() {
        let found = read(
            r#"{"winner":"left","phrase":{"fps":20.0},
                "verdict":{"completeness":{"frames_received":60,"frame_interval_seconds":0.2}}}"#,
        );
        assert_eq!(found.unwrap().duration_secs, Some(3.0));
    }

    #[test]
    fn a_broken_result_says_so_with_its_path_last() {
        for text in ["", "{half", "[]", r#"{"status":"error"}"#] {
            let failure = read(text).unwrap_err();
            assert!(failure.contains("judge the phrase again") && failure.ends_with(RESULT_FILE), "{failure}");
        }
    }
}
