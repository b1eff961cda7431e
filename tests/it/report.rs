//! What is written after the verdict: keys of every generation, a workbook that reads back, nothing half written.

use crate::support::judgement::judgement;
use fencing::actions::{Action, ActionKind};
use fencing::right_of_way::Fact;
use fencing::time::{Span, Timestamp};
use fencing::wording::{Language, Words};
use fencing::{Call, Lamp, PerSide, Side, SignalLog};
use recording::{HumanAnswer, PhraseNotes};
use records::library::read_result;
use records::overlay::OverlayWords;
use records::report::{
    Artifact, ArtifactNames, DecidingMoment, KeypointDetail, ReportContext, ResultContext, ResultPaths, Still,
    analysis_result, deciding_moments, page, summary, write_all, write_result,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use vision::engine::Judgement;

/// Top level of the first generation (`phrase`, timing and artifacts) and of the second (decision keys).
const FIRST_AND_SECOND: &[&str] = &[
    "status",
    "processing_time_seconds",
    "wall_time_seconds",
    "phrase",
    "artifacts",
    "inputs",
    "winner",
    "reason",
    "natural_language_reason",
    "video_angle",
    "frames_analyzed",
    "normalisation_constant",
    "left_pauses",
    "right_pauses",
    "left_arm_extensions",
    "right_arm_extensions",
    "lunge_detected",
    "blade_analysis",
    "blade_details",
    "speed_comparison",
    "artifact_dir",
];
const NESTED: &[(&str, &[&str])] = &[
    (
        "phrase",
        &[
            "start_time",
            "start_frame",
            "simultaneous_hit_time",
            "simultaneous_hit_frame",
            "blade_contacts",
            "lockout_start",
            "declared_winner",
            "fps",
        ],
    ),
    (
        "artifacts",
        &[
            "original_video",
            "corrected_video",
            "analysis_video",
            "excel",
            "overlay_video",
            "video",
            "signal",
            "result_json",
        ],
    ),
    ("inputs", &["video", "signal"]),
    ("lunge_detected", &["left", "right", "latest"]),
    ("speed_comparison", &["left_speed", "left_accel", "right_speed", "right_accel"]),
    ("blade_details", &["contact_frame", "left_features", "right_features", "logistic_available", "rationale"]),
    (
        "decision",
        &[
            "winner",
            "reason",
            "left_pauses",
            "right_pauses",
            "blade_analysis",
            "blade_details",
            "speed_comparison",
            "lunge_detected",
        ],
    ),
    ("metadata", &["video_angle", "normalisation_constant", "frames_processed"]),
];
const PAUSE: &[&str] = &["start_frame", "end_frame", "start_time", "end_time", "duration", "is_retreat"];
const EXTENSION: &[&str] = &[
    "start_frame",
    "end_frame",
    "start_time",
    "end_time",
    "duration",
    "avg_distance",
    "avg_angle",
    "effective_start_frame",
    "effective_start_time",
    "near_hit",
];

fn json_of(judgement: &Judgement, context: &ResultContext) -> Value {
    serde_json::from_str(&analysis_result(judgement, context).to_json().unwrap()).unwrap()
}

fn assert_keys(value: &Value, keys: &[&str], what: &str) {
    let object = value.as_object().unwrap_or_else(|| panic!("{what} is an object"));
    for key in keys {
        assert!(object.contains_key(*key), "{what} lacks `{key}`");
    }
}

#[test]
fn every_generation_of_keys_is_there() {
    let context = ResultContext {
        human_answer: Some(HumanAnswer::Winner(Side::Right)),
        streaming_stats: Some(serde_json::json!({"session_id": "a"})),
        ..ResultContext::default()
    };
    let value = json_of(&judgement(), &context);
    assert_keys(&value, FIRST_AND_SECOND, "the result");
    assert_keys(&value, &["input_video", "input_signal", "streaming_stats", "verdict"], "the result");
    for (part, keys) in NESTED {
        assert_keys(&value[part], keys, part);
    }
    assert_keys(&value["right_pauses"][0], PAUSE, "a pause");
    assert_keys(&value["left_arm_extensions"][0], EXTENSION, "an extension");
    assert_keys(&value["lunge_detected"]["latest"], &["side", "start_frame", "start_time"], "the latest lunge");
    assert_eq!(value["phrase"]["declared_winner"], "right");
    let abstained = ResultContext { human_answer: Some(HumanAnswer::Abstain), ..ResultContext::default() };
    assert_eq!(json_of(&judgement(), &abstained)["phrase"]["declared_winner"], Value::Null);
}

#[test]
fn values_are_the_judgements() {
    let value = json_of(&judgement(), &ResultContext::default());
    assert_eq!((&value["status"], &value["winner"]), (&"success".into(), &"left".into()));
    assert_eq!(value["decision"]["winner"], "left");
    assert_eq!(value["phrase"]["simultaneous_hit_time"], 1.67);
    assert_eq!(value["phrase"]["simultaneous_hit_frame"], 50);
    assert_eq!(value["phrase"]["fps"], 30.0);
    assert_eq!(value["right_pauses"].as_array().unwrap().len(), 2);
    assert_eq!(value["right_pauses"][1]["is_retreat"], true);
    assert_eq!(value["video_angle"], "middle");
    assert_eq!(value["decision"]["blade_analysis"], "none");
    assert_eq!(value["verdict"]["margin_ms"], 120.0);
    assert_eq!(value["verdict"]["confidence_word"], "likely");
    assert_eq!(value["verdict"]["cautions"][0]["value"], Value::Null, "infinity is null");
    assert!(value["speed_comparison"]["left_speed"].as_f64().unwrap() > 0.05);
    assert!(value.get("keypoints").is_none() && value.get("streaming_stats").is_none());
    assert!(value["left_arm_extensions"][0]["near_hit"].as_bool().unwrap());
}

#[test]
fn a_single_light_is_a_success_with_a_declared_winner() {
    let mut single = judgement();
    single.signals.set_final_lamps(PerSide::new(Lamp::Off, Lamp::Valid));
    single.verdict.call = Call::Touch(Side::Right);
    let value = json_of(&single, &ResultContext::default());
    assert_eq!((&value["status"], &value["declared_winner"]), (&"success".into(), &"right".into()));
    single.verdict.call = Call::TooClose;
    assert_eq!(json_of(&single, &ResultContext::default())["winner"], "none");
}

#[test]
fn a_result_without_any_lamp_names_nobody_and_says_why() {
    let judgement = Judgement { signals: SignalLog::default(), ..judgement() };
    let value = json_of(&judgement, &ResultContext::default());
    let words = Words::new(Language::English);
    let [call, reason] = ["call_open", "reason_open"].map(|key| words.text(key));
    assert_eq!((&value["reason"], &value["decision"]["reason"]), (&json!(reason), &json!(reason)));
    assert_eq!(value["natural_language_reason"], json!(format!("{call}. {reason}")));
}

#[test]
fn the_order_of_keys_never_changes() {
    let text = || analysis_result(&judgement(), &ResultContext::default()).to_json().unwrap();
    assert_eq!(text(), text());
    let first: Vec<_> = text().lines().take(5).map(|l| l.trim().split(':').next().unwrap().to_owned()).collect();
    assert_eq!(first, ["{", "\"status\"", "\"winner\"", "\"declared_winner\"", "\"reason\""]);
}

#[test]
fn a_clip_of_hours_still_fits_a_message() {
    let mut long = judgement();
    let pause = |i: u32| {
        let start = Timestamp::from_secs(f64::from(i));
        Action { kind: ActionKind::Pause, span: Span::between(start, start.plus_secs(0.5)), confidence: 0.5 }
    };
    long.timeline.actions = PerSide::from_fn(|_| (0..14_400).map(pause).collect());
    let size = analysis_result(&long, &ResultContext::default()).to_json().unwrap().len();
    assert!(size < 1 << 20, "{size} bytes");
}

#[test]
fn an_empty_judgement_is_written_too() {
    let mut empty = judgement();
    empty.tracks.samples.clear();
    empty.corrected_tracks.samples.clear();
    empty.signals = fencing::SignalLog::default();
    empty.pixels_per_metre = Some(f32::NAN);
    let context = ResultContext { keypoints: KeypointDetail::Included, ..ResultContext::default() };
    let value = json_of(&empty, &context);
    assert_eq!(value["speed_comparison"], Value::Null);
    assert_eq!(value["normalisation_constant"], Value::Null);
    assert!(summary(&empty, "", &ReportContext::default()).contains("none signalled"));
    assert!(page(&empty, "x", &ReportContext::default()).ends_with("</html>\n"));
}

fn names() -> ArtifactNames {
    ArtifactNames::for_clip(Path::new("/some/where/20260127 phrase.mp4"))
}

#[test]
fn everything_is_written_under_the_references_names() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ResultPaths { input_video: Some(PathBuf::from("in.mp4")), ..ResultPaths::default() };
    let context = ResultContext { paths, ..ResultContext::default() };
    let written = write_all(folder.path(), &names(), &judgement(), &context);
    assert!(written.failures.is_empty(), "{:?}", written.failures);
    let mut found: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, ["20260127_phrase_keypoints.xlsx", "analysis_result.json", "report.html", "summary.txt"]);
    assert_eq!(names().overlay(), "20260127_phrase_overlay.mp4");
    let result = std::fs::read_to_string(folder.path().join("analysis_result.json")).unwrap();
    let result: Value = serde_json::from_str(&result).unwrap();
    assert!(result["artifacts"]["excel"].as_str().unwrap().ends_with("_keypoints.xlsx"));
    assert_eq!(result["artifacts"]["overlay_video"], Value::Null);
}

#[test]
fn a_written_result_is_read_back_by_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analysis_result.json");
    let paths = ResultPaths { input_video: Some(PathBuf::from("in.mp4")), ..ResultPaths::default() };
    let judgement = judgement();
    write_result(&path, &judgement, &ResultContext { paths, ..ResultContext::default() }).unwrap();
    let read = read_result(&path).unwrap();
    assert_eq!((read.clip, read.weapon, read.touch_secs), (Some("in.mp4".into()), Some(judgement.weapon), Some(1.67)));
    assert_eq!(read.machine.call, judgement.verdict.call);
    assert_eq!(read.machine.rule.as_deref(), Some(judgement.verdict.rule.0));
    let confidence = read.machine.confidence.unwrap().0;
    assert!((confidence - judgement.verdict.confidence.0).abs() < 1e-6, "{confidence}");
    assert!(read.duration_secs.is_some_and(|secs| secs > 1.0));
}

#[test]
fn one_artifact_that_fails_does_not_take_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("summary.txt")).unwrap();
    let written = write_all(folder.path(), &names(), &judgement(), &ResultContext::default());
    assert_eq!(written.failures.len(), 1);
    assert_eq!(written.failures[0].artifact, Artifact::Summary);
    assert!(written.failures[0].error.to_string().contains("in the way"));
    assert_eq!(written.files.len(), 3);
    let leftovers = std::fs::read_dir(folder.path()).unwrap();
    assert_eq!(leftovers.count(), 4, "no temporary file stays");
}

#[test]
fn a_folder_that_is_not_there_fails_every_artifact_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let written = write_all(&file, &names(), &judgement(), &ResultContext::default());
    assert_eq!((written.files.len(), written.failures.len()), (0, 4));
    let error = write_result(&folder.path().join("none/analysis_result.json"), &judgement(), &ResultContext::default());
    assert!(error.unwrap_err().to_string().ends_with("analysis_result.json"));
}

#[test]
fn summary_and_page_say_who_why_and_how_sure() {
    let context = ReportContext::default();
    let text = summary(&judgement(), "phrase", &context);
    for wanted in ["Touch left", "t.106.3", "86 %", "1.500 s", "120", "Right stopped from 0.70 to 1.10 s"] {
        assert!(text.contains(wanted), "summary lacks {wanted}:\n{text}");
    }
    let page = page(&judgement(), "<script>", &context);
    for wanted in ["Touch left", "likely · 86 %", "t.106.3", "<svg", "&lt;script&gt;", "blades met", "120 ms"] {
        assert!(page.contains(wanted), "page lacks {wanted}");
    }
    assert!(!page.contains("<script") && !page.contains("http"), "self-contained");
}

#[test]
fn the_page_names_the_fencers_the_bout_and_the_referees_call() {
    let notes = PhraseNotes {
        left: Some("Rossi".into()),
        right: Some("Kim & Lee".into()),
        bout: Some("Table of 16".into()),
        number: Some(7),
        period: Some(2),
        score: Some((4, 3)),
        clock_secs: Some(82.4),
        own_call: Some("right".into()),
        own_call_first: true,
        ..PhraseNotes::default()
    };
    let page = page(&judgement(), "clip", &ReportContext { notes, ..ReportContext::default() });
    let wanted =
        ["<title>Rossi – Kim &amp; Lee</title>", "Sabre · Table of 16 · Phrase 7 · Period 2 · Clock 1:23", "4 : 3"];
    for wanted in wanted.into_iter().chain(["Referee: Touch right (called before", "The machine disagrees."]) {
        assert!(page.contains(wanted), "page lacks {wanted}:\n{page}");
    }
}

#[test]
fn artifacts_speak_the_readers_language_and_files_for_programs_stay_english() {
    for (language, wanted) in [
        (Language::German, ["Treffer links", "Gegenangriff", "Säbel", "0,70", "Ausfall"]),
        (Language::French, ["Touche à gauche", "contre-attaque", "Sabre", "0,70", "fente"]),
        (Language::Chinese, ["左方得分", "反攻", "佩剑", "0.70", "弓步"]),
    ] {
        let papers = ReportContext { language, ..ReportContext::default() };
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), &names(), &judgement(), &ResultContext { report: papers, ..ResultContext::default() });
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let (page, summary) = (read("report.html"), read("summary.txt"));
        assert!(page.contains(&format!("<html lang=\"{}\">", language.code())));
        for word in wanted {
            assert!(page.contains(word), "{language:?}: page lacks {word}");
        }
        assert!(summary.contains(wanted[0]) && summary.contains(wanted[1]), "{summary}");
        assert!(!page.contains("report-") && !summary.contains("report-"), "a word is missing in {language:?}");
        assert!(read("analysis_result.json").contains("Attack from the left"));
    }
}

#[test]
fn the_moments_that_decided_are_few_in_order_and_each_once() {
    let words = Words::new(Language::English);
    let mut phrase = judgement();
    let seen = |phrase: &Judgement| -> Vec<(i64, String)> {
        deciding_moments(phrase, &words).into_iter().map(|m| ((m.at.secs() * 1e3).round() as i64, m.caption)).collect()
    };
    let stopped = "Right stopped from 0.70 to 1.10 s".to_owned();
    let arm = "Left: arm started at 0.70 s".to_owned();
    assert_eq!(seen(&phrase), [(700, arm), (900, stopped), (1500, "Touch".to_owned())]);
    // A fact whose picture is that of the touch shares it; more than four pictures nobody looks at.
    let fact = phrase.verdict.facts[1];
    let at = |secs: f64| Some(Span::between(Timestamp::from_secs(secs), Timestamp::from_secs(secs)));
    phrase.verdict.facts.extend([1.52, 1.2, 1.3, 1.4].map(|secs| Fact { span: at(secs), ..fact }));
    let seen = seen(&phrase);
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[3], (1500, "Touch; Left: arm started at 1.52 s".to_owned()));
    assert!(seen.is_sorted_by(|a, b| a.0 < b.0));
}

#[test]
fn pictures_are_within_the_page() {
    let moment = DecidingMoment { at: Timestamp::from_secs(1.5), caption: "Touch".into() };
    let stills = vec![Still { moment, jpeg: b"foobar".to_vec() }];
    let page = page(&judgement(), "clip", &ReportContext { stills, ..ReportContext::default() });
    assert!(page.contains("src=\"data:image/jpeg;base64,Zm9vYmFy\"") && page.contains("<b>1.50 s</b> Touch"));
}

#[test]
fn without_any_lamp_nothing_is_called_and_nobody_is_sure() {
    let judgement = Judgement { signals: SignalLog::default(), ..judgement() };
    for language in Language::ALL {
        let (words, context) = (Words::new(language), ReportContext { language, ..ReportContext::default() });
        let (html, text) = (page(&judgement, "a clip", &context), summary(&judgement, "a clip", &context));
        for paper in [&html, &text] {
            assert!(paper.contains(&words.text("call_open")), "{language:?}: {paper}");
            for found in [words.call(judgement.verdict.call), words.text("report-chances")] {
                assert!(!paper.contains(&found), "{language:?}: {found}");
            }
        }
        let told = OverlayWords::new(&judgement, &words);
        assert_eq!((told.call, told.confidence), (words.text("overlay-open"), String::new()));
    }
}
