//! A club's own labelled phrases: models trained on them, doubt fitted on them, both measured on phrases they never saw.

use crate::support::in_project;
use crate::support::phrases::phrase;
use fencing::learned::{FoldTable, Models};
use learning::doubt::{FittingExample, fitted, left_out};
use learning::{Answer, Judge, JudgeKind, Judged, ModelSets, Question};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

/// Phrases of four evenings; whoever set off earlier got the touch.
fn evening_phrases(count: usize) -> Vec<Value> {
    let made = |i: usize| {
        let lead = [-0.2, -0.1, 0.1, 0.2][(i * 3) % 4] + 0.005 * i as f64;
        let mut record = phrase(30.0, lead);
        record["id"] = json!(format!("club-{i}"));
        record["group"] = json!(format!("evening{}", i % 4));
        record["label"] = json!(if lead > 0.0 { "left" } else { "right" });
        if i.is_multiple_of(2) {
            record["blade_contacts_s"] = json!([]);
        }
        record
    };
    (0..count).map(made).collect()
}

fn written(records: &[Value], folder: &Path) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("club.jsonl"), lines.join("\n")).expect("written");
}

fn referee(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_referee")).args(args).current_dir(folder).output().expect("the program runs")
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file());
    all.map(|e| {
        let name = e.path().strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
        (name, std::fs::read(e.path()).expect("a file"))
    })
    .collect()
}

#[test]
fn one_command_trains_the_same_models_again_and_folds_never_saw_what_they_judge() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = evening_phrases(20);
    written(&records, folder.path());
    let train = |name: &str, seed: &str| {
        let (models, folds) = (format!("{name}/models"), format!("{name}/folds"));
        let args =
            [".", "--only", "club", "--folds", "2", "--seed", seed, "--output", &models, "--fold-models", &folds];
        succeeded(&referee(&[&["train", "--anew"], &args[..]].concat(), folder.path()));
        files(&folder.path().join(name))
    };
    let (one, again) = (train("one", "3"), train("again", "3"));
    assert!(one == again, "the same phrases and seed give other models");
    assert!(one != train("other", "4"), "the seed does nothing");
    let folds = folder.path().join("one/folds");
    let table = FoldTable::load(&folds).expect("a table of folds");
    assert_eq!(table.fold_of_group.len(), 4);
    for (fold, name) in table.folders.iter().enumerate() {
        let unseen = records.iter().filter(|r| table.fold_of_group[r["group"].as_str().expect("a group")] == fold);
        let manifest = std::fs::read_to_string(folds.join(name).join("call.toml")).expect("a list of files");
        assert!(manifest.contains(&format!("phrases = {}\n", records.len() - unseen.count())), "{manifest}");
    }
    assert!(Models::load(&folder.path().join("one/models")).is_ok());
    let demo = |ending: &str| in_project(&format!("assets/demo/demo-phrase.{ending}")).display().to_string();
    let (clip, log) = (demo("mp4"), demo("txt"));
    let analysed = |models: &[&str]| {
        let args = [&["analyze", &clip, "--signal", &log, "--json", "-", "--no-files"], models].concat();
        let result: Value = serde_json::from_str(&succeeded(&referee(&args, folder.path()))).expect("JSON");
        result["verdict"]["p_left"].as_f64().expect("a share")
    };
    assert!(
        (analysed(&["--call-models", "one/models"]) - analysed(&[])).abs() > 1e-6,
        "the club's models are not asked"
    );
    let refused = referee(&["analyze", &clip, "--call-models", "elsewhere"], folder.path());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("referee train"), "{said}");
    let figures = succeeded(&referee(&["evaluate", "club.jsonl", "--folds", "one/folds"], folder.path()));
    assert!(figures.contains("two-way (forced)") && figures.contains("/20 ="), "{figures}");
}

/// A club whose referee calls against the judge moves it; one that says what the judge says gets no new judge.
#[test]
fn a_clubs_phrases_are_added_to_the_judge_only_where_they_make_it_better() {
    let folder = tempfile::tempdir().expect("a folder");
    let judged = |record: &Value| record["label"] == "left";
    let mut records = evening_phrases(64);
    let train = || referee(&["train", ".", "--only", "club", "--output", "taught"], folder.path());
    let taught = folder.path().join("taught");
    for record in &mut records {
        let other = if judged(record) { "right" } else { "left" };
        record["label"] = other.into();
    }
    written(&records, folder.path());
    let said = succeeded(&train());
    assert!(said.contains("days that were left out (64 phrases, 4 days"), "{said}");
    assert!(Models::load(&taught).is_ok(), "{said}");
    let agrees = |models: &[&str]| {
        let figures = succeeded(&referee(&[&["evaluate", "club.jsonl"], models].concat(), folder.path()));
        let line =
            figures.lines().find_map(|line| line.strip_prefix("two-way (forced)")).expect("a line").trim().to_owned();
        line.split('/').next().and_then(|n| n.parse::<u32>().ok()).expect("a number")
    };
    assert!(agrees(&["--call-models", "taught"]) > agrees(&[]), "the corrections count");
    std::fs::remove_dir_all(&taught).expect("removed");
    written(&evening_phrases(8), folder.path());
    assert!(!train().status.success() && !taught.exists(), "too few phrases");
}

#[test]
fn doubt_is_fitted_by_one_command_and_its_numbers_can_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    written(&evening_phrases(16), folder.path());
    let figures = succeeded(&referee(&["evaluate", "club.jsonl", "--fit-doubt"], folder.path()));
    assert!(figures.contains("doubt fitted without the phrase's own group"), "{figures}");
    assert!(figures.contains("doubt fitted on all 16 phrases of 4 groups"), "{figures}");
    let numbers = figures.lines().find_map(|line| line.strip_prefix("to judge by them")).expect("the numbers");
    let args: Vec<&str> = ["evaluate", "club.jsonl"].into_iter().chain(numbers.split_whitespace()).collect();
    assert!(args.contains(&"--doubt") && args.contains(&"--min-confidence"), "{numbers}");
    succeeded(&referee(&args, folder.path()));
    let one_evening: Vec<Value> = evening_phrases(16).into_iter().filter(|r| r["group"] == "evening1").collect();
    written(&one_evening, folder.path());
    let refused = referee(&["evaluate", "club.jsonl", "--fit-doubt"], folder.path());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("at least two groups"), "{said}");
    for wrong in ["0.5", "1,2,x", "1,1,-1", "9,9,9"] {
        let refused = referee(&["evaluate", "club.jsonl", "--doubt", wrong], folder.path());
        assert_eq!(refused.status.code(), Some(2), "{wrong}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("three factors"), "{wrong}");
    }
}

/// Whatever the referees said on an evening, it never enters what is said about that evening.
#[test]
fn the_doubt_about_an_evening_never_saw_its_answers() {
    let general = Some(Models::embedded().expect("the compiled-in models load"));
    let opinions = ModelSets { general, ..ModelSets::default() };
    let judge = Judge { kind: JudgeKind::Full, models: opinions, ..Judge::default() };
    let fitting_examples = |turned: Option<&str>| -> Vec<FittingExample> {
        let of = |mut record: Value| {
            if turned.is_some_and(|evening| record["group"] == evening) {
                record["label"] = json!(if record["label"] == "left" { "right" } else { "left" });
            }
            let line = record.to_string();
            let question = Question::read(&line, 1).expect("a good record");
            let observation = judge.observe(&question).expect("a good record is looked at");
            FittingExample { question, observation, answer: Answer::read(&line, 1).expect("an answer") }
        };
        evening_phrases(16).into_iter().map(of).collect()
    };
    let (straight, turned) = (fitting_examples(None), fitting_examples(Some("evening2")));
    let (a, b) = (fitted(&judge, straight.iter()), fitted(&judge, turned.iter()));
    assert_ne!(a.pooling, b.pooling, "the answers do matter to the fit on all");
    // Judged group by group, in order of their names: the third quarter is the evening that was turned.
    let (a, b) = (left_out(&judge, &straight), left_out(&judge, &turned));
    let said = |judged: &[Judged]| judged[8..12].iter().map(|j| (j.confidence, j.call)).collect::<Vec<_>>();
    assert_eq!(said(&a), said(&b), "an evening's own answers changed what is said about it");
    assert_ne!(a[0].confidence, b[0].confidence, "another evening's answers change nothing");
}
