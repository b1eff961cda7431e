//! The judge as a whole, on records as files keep them: what must never change a call, and what must be refused.

use crate::support::phrases::phrase;
use crate::support::{in_project, shared};
use fencing::learned::{MODELS_VERSION, Models};
use fencing::right_of_way::Verdict;
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalEvent, SignalKind, SignalLog, SignalSource};
use learning::{Agreement, Judge, JudgeKind, JudgedLine, ModelSets, Question, open};
use serde_json::{Value, json};
use std::process::Command;

fn judge() -> Judge {
    let models = Models::embedded().expect("the compiled-in models load");
    Judge {
        kind: JudgeKind::Full,
        models: ModelSets { general: Some(models), ..ModelSets::default() },
        ..Judge::default()
    }
}

/// Some records of the data beside the project, otherwise the made-up phrase alone.
fn records() -> Vec<Value> {
    let mut records = vec![phrase(30.0, 0.1), phrase(30.0, 0.0)];
    for set in ["B", "C"] {
        let Some(path) = shared(&format!("data/phrases/{set}.jsonl.gz")) else { continue };
        let lines = open(&path).expect("the data can be read").filter_map(Result::ok);
        records.extend(lines.step_by(9).filter_map(|line| serde_json::from_str(&line).ok()));
    }
    records.retain(|record| try_verdict(&judge_rules(), record).is_ok());
    assert!(records.len() >= 2);
    records
}

fn judge_rules() -> Judge {
    Judge { kind: JudgeKind::Rules, ..Judge::default() }
}

fn try_verdict(judge: &Judge, record: &Value) -> Result<Verdict, String> {
    let line = record.to_string();
    let question = Question::read(&line, 1).map_err(|e| e.to_string())?;
    judge.judge(&question).map_err(|e| e.to_string())
}

fn verdict(judge: &Judge, record: &Value) -> Verdict {
    try_verdict(judge, record).expect("a good record is judged")
}

fn each_point(record: &mut Value, change: impl Fn(&mut f64, &mut f64)) {
    for side in ["left", "right"] {
        for point in record[side].as_array_mut().into_iter().flatten().filter_map(|f| f.as_array_mut()).flatten() {
            let (Some(mut x), Some(mut y)) = (point[0].as_f64(), point[1].as_f64()) else { continue };
            change(&mut x, &mut y);
            *point = json!([x, y]);
        }
    }
}

#[test]
fn the_answer_is_never_read() {
    let judge = judge();
    for record in records() {
        let line = |record: &Value| {
            let verdict = verdict(&judge, record);
            serde_json::to_string(&JudgedLine::new("x", &verdict)).expect("a verdict can be written")
        };
        let told = line(&record);
        let mut deleted = record.clone();
        let fields = deleted.as_object_mut().expect("a record is an object");
        for key in ["label", "label_raw", "label_line", "baseline_winner", "baseline_reason", "ai_verdict_in_log"] {
            fields.remove(key);
        }
        let mut altered = record.clone();
        altered["label"] = json!("right");
        altered["baseline_winner"] = json!("left");
        altered["label_line"] = json!("Confirmed result winner: Right");
        assert_eq!(told, line(&deleted));
        assert_eq!(told, line(&altered));
    }
}

#[test]
fn a_mirrored_phrase_gets_the_mirrored_verdict_bit_by_bit() {
    let judge = judge();
    for record in records() {
        let mut mirrored = record.clone();
        each_point(&mut mirrored, |x, _| *x = -*x);
        let (left, right) = (mirrored["left"].take(), mirrored["right"].take());
        (mirrored["left"], mirrored["right"]) = (right, left);
        let (left, right) = (mirrored["light_left"].take(), mirrored["light_right"].take());
        (mirrored["light_left"], mirrored["light_right"]) = (right, left);
        let (one, other) = (verdict(&judge, &record), verdict(&judge, &mirrored));
        assert_eq!(one.call, other.call.mirrored(), "{}", record["id"]);
        let (p, q) = (one.probabilities, other.probabilities);
        assert_eq!((p.left, p.right, p.none), (q.right, q.left, q.none), "{}", record["id"]);
        assert_eq!((one.rule, one.confidence), (other.rule, other.confidence));
    }
}

#[test]
fn later_clocks_and_other_camera_places_change_nothing() {
    let judge = judge();
    for record in records() {
        let same = |changed: &Value, what: &str| {
            let (one, other) = (verdict(&judge, &record), verdict(&judge, changed));
            let moved = (one.probabilities.left - other.probabilities.left).abs();
            assert!(moved < 0.02, "{what} moved {} by {moved}", record["id"]);
        };
        let mut later = record.clone();
        let fps = record["fps"].as_f64().expect("a rate");
        let start = if record["source"] == "B" { 0.15 } else { 0.0 };
        let frames = record["left"].as_array().map_or(0, Vec::len);
        later["times_s"] = (0..frames).map(|i| start + 7.0 + i as f64 / fps).collect();
        for key in ["hit_time_s", "lockout_s"] {
            later[key] = json!(record[key].as_f64().map(|t| t + 7.0));
        }
        let contacts = record["blade_contacts_s"].as_array().into_iter().flatten().filter_map(Value::as_f64);
        later["blade_contacts_s"] = contacts.map(|t| t + 7.0).collect();
        same(&later, "a later clock");
        let mut shifted = record.clone();
        each_point(&mut shifted, |x, y| (*x, *y) = (*x + 3.0, *y - 1.0));
        same(&shifted, "another camera");
    }
}

/// A lunge that lands just before the touch among them: its foot stands after the touch, and that is no stop.
#[test]
fn the_frame_rate_hardly_matters() {
    for kind in [JudgeKind::Full, JudgeKind::Model, JudgeKind::Rules] {
        let judge = Judge { kind, ..judge() };
        for lead in [-0.15, 0.0, 0.15] {
            let p = [15.0, 30.0, 60.0].map(|fps| verdict(&judge, &phrase(fps, lead)).probabilities.left);
            let spread = p.iter().copied().fold(f64::MIN, f64::max) - p.iter().copied().fold(f64::MAX, f64::min);
            assert!(spread < 0.05, "{kind:?}, lead {lead}: {p:?}");
        }
    }
}

/// Real phrases at half their frame rate: hardly ever called for the other side.
#[test]
fn half_the_frames_of_real_phrases_give_the_same_call() {
    let judge = judge();
    let mut agreement = Agreement::default();
    for record in records() {
        let question = Question::read(&record.to_string(), 1).expect("a good record");
        let half = question.at_rate(record["fps"].as_f64().expect("a rate") / 2.0);
        let of = |question: &Question| judge.judge(question).expect("a good record is judged");
        agreement.count(&of(&question), &of(&half), judge.settings.min_confidence);
    }
    assert!(agreement.opposed.value() <= 0.02 && agreement.call.value() >= 0.9, "{agreement}");
}

#[test]
fn both_backends_give_the_same_opinion() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines: Vec<String> = [-0.2, 0.0, 0.1].map(|lead| phrase(30.0, lead).to_string()).to_vec();
    let records = folder.path().join("made-up.jsonl");
    std::fs::write(&records, lines.join("\n")).expect("written");
    let opinions = |name: &str, more: &[&str]| -> Vec<f64> {
        let json = folder.path().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
        let command = command.arg("evaluate").arg(&records).args(["--judge", "model", "--json"]).arg(&json).args(more);
        assert!(command.output().expect("the program runs").status.success());
        let text = std::fs::read_to_string(&json).expect("one line per record");
        let of = |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["p_left"].as_f64().expect("a number");
        text.lines().map(of).collect()
    };
    // Where no ONNX Runtime is installed both are the built-in engine, and this says nothing.
    let (found, built_in) = (opinions("found.json", &[]), opinions("built-in.json", &["--built-in"]));
    assert_eq!(found.len(), lines.len());
    for (a, b) in found.iter().zip(&built_in) {
        assert!((a - b).abs() < 1e-4, "{found:?} {built_in:?}");
    }
}

#[test]
fn frames_after_the_lockout_never_matter() {
    let judge = judge();
    for record in records() {
        let mut longer = record.clone();
        let fps = record["fps"].as_f64().expect("a rate");
        let start = if record["source"] == "B" { 0.15 } else { 0.0 };
        let frames = record["left"].as_array().map_or(0, Vec::len);
        let touch = record["hit_time_s"].as_f64().expect("a touch");
        let mut times: Vec<f64> = (0..frames).map(|i| start + i as f64 / fps).collect();
        for k in 1..10 {
            times.push(times[frames - 1].max(touch + 0.3) + f64::from(k) / fps);
            for side in ["left", "right"] {
                let last = record[side][frames - 1].clone();
                longer[side].as_array_mut().expect("frames").push(last);
            }
        }
        longer["times_s"] = json!(times);
        let mut plain = record.clone();
        plain["times_s"] = json!(times[..frames]);
        let (one, other) = (verdict(&judge, &plain), verdict(&judge, &longer));
        assert_eq!((one.call, one.probabilities), (other.call, other.probabilities), "{}", record["id"]);
    }
}

#[test]
fn the_order_of_the_lights_never_matters() {
    let judge = judge();
    for lead in [-0.2, 0.0, 0.2] {
        let mut question = Question::read(&phrase(30.0, lead).to_string(), 1).expect("a good record");
        let mut with_first = |first: Side| {
            let mut log = SignalLog::default();
            for (side, secs) in [(first, 2.0), (first.opponent(), 2.06)] {
                let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
                let at = Timestamp::from_secs(secs);
                log.push(SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Log, kind });
            }
            question.signals = log;
            judge.judge(&question).expect("a good record is judged")
        };
        let (one, other) = (with_first(Side::Left), with_first(Side::Right));
        assert_eq!((one.call, one.probabilities), (other.call, other.probabilities));
    }
}

#[test]
fn bad_records_are_refused_by_name() {
    let judge = judge_rules();
    let refused = |what: &str, change: &dyn Fn(&mut Value)| {
        let mut record = phrase(30.0, 0.1);
        change(&mut record);
        let error = try_verdict(&judge, &record).expect_err(what);
        assert!(error.contains("made-up"), "{what}: the error must name the record: {error}");
    };
    refused("a keypoint is missing", &|r| {
        let _ = r["left"][3].as_array_mut().map(Vec::pop);
    });
    refused("one fencer", &|r| r["right"] = Value::Null);
    refused("zero frames", &|r| (r["left"], r["right"]) = (json!([]), json!([])));
    refused("pixels for metres", &|r| each_point(r, |x, y| (*x, *y) = (*x * 150.0, *y * 150.0)));
    refused("wrong sides", &|r| {
        let (left, right) = (r["left"].take(), r["right"].take());
        (r["left"], r["right"]) = (right, left);
    });
    refused("times out of order", &|r| {
        r["times_s"] = (0..63).map(|i| f64::from(if i == 20 { 10 } else { i }) / 30.0).collect();
    });
    refused("too few times", &|r| r["times_s"] = json!([0.0, 0.1]));
    refused("no frame rate", &|r| r["fps"] = json!(0.0));
    refused("a touch in the year 5", &|r| r["hit_time_s"] = json!(1e9));
    refused("a fencer is never seen", &|r| {
        for frame in r["left"].as_array_mut().expect("frames") {
            *frame = json!(vec![Value::Null; 17]);
        }
    });
    let nan = phrase(30.0, 0.1).to_string().replacen("[[[", "[[[NaN,1.0],[", 1);
    let error = Question::read(&nan, 4).expect_err("NaN is no JSON").to_string();
    assert!(error.contains("made-up"), "{error}");
    assert!(Question::read("{", 4).expect_err("half a line").to_string().contains("line 4"));
}

#[test]
fn models_of_another_version_or_damaged_ones_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for file in std::fs::read_dir(in_project("models/call")).expect("the models are there").filter_map(Result::ok) {
        std::fs::copy(file.path(), folder.path().join(file.file_name())).expect("a copy");
    }
    assert!(Models::load(folder.path()).is_ok());
    let manifest = folder.path().join("call.toml");
    let text = std::fs::read_to_string(&manifest).expect("the list of files");
    std::fs::write(&manifest, text.replacen(&format!("version = {MODELS_VERSION}"), "version = 99", 1))
        .expect("written");
    let error = Models::load(folder.path()).expect_err("another version").to_string();
    assert!(error.contains("version 99") && error.contains("call.toml"), "{error}");
    std::fs::write(&manifest, text).expect("written");
    std::fs::write(folder.path().join("trees.bin"), b"FRTR").expect("written");
    assert!(Models::load(folder.path()).is_err());
}
