//! The message files: every key that the code uses exists in all six languages with the same variables, and none is unused.

use crate::support::in_project;
use fencing::right_of_way::{Fact, RuleId, Truth, Verdict, table};
use fencing::time::{Span, Timestamp};
use fencing::wording::{Language, Words};
use fencing::{Call, Confidence, Margin, Probabilities, Side};
use std::collections::{BTreeMap, BTreeSet};

/// Keys of a file with the variables of each message.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let path = in_project(&format!("assets/lang/{}.ftl", language.code()));
    let text = std::fs::read_to_string(path).expect("a message file can be read");
    let entry = |line: &str| line.split_once(" = ").map(|(key, value)| (key.to_owned(), variables(value)));
    text.lines().filter(|line| !line.starts_with(['#', ' '])).filter_map(entry).collect()
}

fn variables(message: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    message.split('$').skip(1).map(name).collect()
}

fn sources() -> String {
    let files = walkdir::WalkDir::new(in_project("src")).into_iter().filter_map(Result::ok);
    let rust = files.filter(|f| f.path().extension().is_some_and(|e| e == "rs"));
    rust.map(|f| std::fs::read_to_string(f.path()).expect("a source file can be read")).collect()
}

#[test]
fn all_languages_have_the_same_messages_with_the_same_variables() {
    let english = messages(Language::English);
    assert!(english.len() > 60, "only {} messages were read", english.len());
    for language in Language::ALL {
        let own = messages(language);
        let differing: Vec<_> = english.keys().chain(own.keys()).filter(|k| english.get(*k) != own.get(*k)).collect();
        assert!(differing.is_empty(), "{}: {differing:?}", language.code());
    }
}

#[test]
fn every_message_is_used() {
    let sources = sources();
    let rules: BTreeSet<String> = table().map(|rule| format!("reason_{}", rule.id.0.to_lowercase())).collect();
    let used = |key: &String| {
        let own = key.strip_prefix("caution_").unwrap_or(key);
        rules.contains(key) || sources.contains(&format!("\"{own}\"")) || sources.contains(&format!("`{own}`"))
    };
    let unused: Vec<String> = messages(Language::English).into_keys().filter(|key| !used(key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_key_in_the_code_has_a_message() {
    let known = messages(Language::English);
    let is_key = |text: &&str| {
        let prefixes = ["fact_", "missing_", "reason_", "call_", "confidence_", "side_"];
        let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        plain && !text.ends_with('_') && prefixes.iter().any(|prefix| text.starts_with(prefix))
    };
    let source_of = |room: &str| {
        let files = walkdir::WalkDir::new(in_project(&format!("src/{room}"))).into_iter().filter_map(Result::ok);
        let rust = files.filter(|f| f.path().extension().is_some_and(|e| e == "rs"));
        rust.map(|f| std::fs::read_to_string(f.path()).expect("a source file can be read")).collect::<String>()
    };
    let code = source_of("fencing/right_of_way") + &source_of("fencing/wording");
    assert!(code.len() > 10_000, "the sources of the keys have moved");
    let used: BTreeSet<&str> = code.split('"').skip(1).step_by(2).filter(is_key).collect();
    let rules = table().map(|rule| format!("reason_{}", rule.id.0.to_lowercase()));
    let lost: Vec<String> =
        used.into_iter().map(str::to_owned).chain(rules).filter(|key| !known.contains_key(key)).collect();
    assert!(lost.is_empty(), "no message for {lost:?}");
}

fn verdict() -> Verdict {
    let span = Some(Span { start: Timestamp::from_secs(1.2), end: Timestamp::from_secs(1.55) });
    let fact = |key, side| Fact { key, side: Some(side), truth: Truth::Yes, span, confidence: 0.9 };
    Verdict {
        call: Call::Touch(Side::Left),
        rule: RuleId("B13"),
        article: "t.106.3a",
        reason_code: "opponent_pause",
        confidence: Confidence(0.8),
        probabilities: Probabilities { left: 0.8, right: 0.17, none: 0.03 },
        margin: Some(Margin { ahead: Side::Left, secs: 0.12, uncertainty_secs: 0.017 }),
        facts: vec![fact("fact_stopped", Side::Right)],
        missing: vec!["missing_blade"],
    }
}

#[test]
fn a_verdict_is_reported_in_each_language_with_its_own_numbers() {
    let told = |language| Words::new(language).full(&verdict());
    let english = "Touch left (likely)\n\
                   Attack from the left; the counter-attack from the right is out of time. (t.106.3a)\n\
                   Right stopped from 1.20 to 1.55 s\n\
                   Left 120 ms ahead (± 17)\n\
                   Not seen: the blades";
    assert_eq!(told(Language::English), english);
    assert!(told(Language::French).contains("contre-attaque") && told(Language::French).contains("1,20"));
    assert!(told(Language::Italian).contains("contrattacco"));
    assert!(told(Language::Spanish).contains("contraataque"));
    assert!(told(Language::German).contains("Gegenangriff"));
    assert!(told(Language::Chinese).contains("反攻"));
    for language in Language::ALL {
        assert!(!told(language).contains("{ $") && !told(language).contains("reason_"), "{}", told(language));
    }
}

#[test]
fn the_call_is_spoken_with_the_action_that_had_the_right_and_nothing_else() {
    let said = |rule, call, language| {
        let verdict = Verdict { rule: RuleId(rule), call, ..verdict() };
        Words::new(language).said(&verdict)
    };
    let left = Call::Touch(Side::Left);
    assert_eq!(said("B13", left, Language::English), "Attack from the left. Touch left.");
    assert_eq!(said("B4", Call::Touch(Side::Right), Language::German), "Riposte von rechts. Treffer rechts.");
    assert_eq!(said("M1", left, Language::English), "Touch left.");
    assert_eq!(said("B13", Call::TooClose, Language::English), "Too close to call.");
    for language in Language::ALL {
        for row in table() {
            let text = said(row.id.0, left, language);
            assert!(text.chars().count() <= 60 && !text.contains(['_', '{']), "{language:?} {}: {text}", row.id.0);
        }
    }
}

#[test]
fn a_language_is_found_by_code_and_locale() {
    for language in Language::ALL {
        assert_eq!(language.code().parse(), Ok(language));
    }
    assert_eq!("fr_CH.UTF-8".parse(), Ok(Language::French));
    assert!("tlh".parse::<Language>().is_err());
    assert_eq!(Words::new(Language::English).caution("unheard_of", None), "Treat this verdict with caution.");
}
