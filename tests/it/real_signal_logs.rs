//! The 329 recorded logs of a real scoring box, where they are present: all are read, and as their records say.

use crate::support::shared;
use fencing::{Lamp, Side};
use flate2::read::GzDecoder;
use recording::{HitSides, HumanAnswer, ParsedSignalLog, TimeBase, read_signal_log};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

fn records(folder: &Path) -> BTreeMap<String, Value> {
    let lines = ["B", "C", "D"].into_iter().flat_map(|set| {
        let file = File::open(folder.join(format!("{set}.jsonl.gz"))).expect("a set of phrases");
        BufReader::new(GzDecoder::new(file)).lines().map(|line| line.expect("a line"))
    });
    let parsed = lines.map(|line| serde_json::from_str::<Value>(&line).expect("a record"));
    parsed.map(|record| (record["id"].as_str().expect("an id").to_owned(), record)).collect()
}

fn check(record: &Value, log: &ParsedSignalLog) {
    let id = &record["id"];
    let lamps = log.signals.lamps();
    for (side, key) in [(Side::Left, "light_left"), (Side::Right, "light_right")] {
        assert_eq!(lamps[side] == Lamp::Valid, record[key].as_bool().unwrap(), "{id} {key}");
        let alone = lamps[side] == Lamp::Valid && lamps[side.opponent()] == Lamp::Off;
        assert!(!alone || log.signals.first_lit(side).is_some(), "{id}: a single light has its time");
    }
    let millis = |secs: f64| (secs * 1e3).round() as i64;
    let touch = log.signals.first_touch().expect("a touch").at.secs();
    assert_eq!(millis(touch), millis(record["hit_time_s"].as_f64().unwrap()), "{id} hit_time_s");
    let contacts: Vec<_> = log.signals.blade_contacts().map(|at| millis(at.secs())).collect();
    let recorded = record["blade_contacts_s"].as_array().unwrap().iter();
    assert_eq!(contacts, recorded.map(|t| millis(t.as_f64().unwrap())).collect::<Vec<_>>(), "{id} contacts");
    let human = match log.answers.human {
        Some(HumanAnswer::Winner(side)) => Some(side.as_str()),
        _ => None,
    };
    if record["label_line"].is_string() {
        assert_eq!(human, record["label"].as_str(), "{id} label");
    }
    assert_eq!(log.answers.machine.is_some(), record["ai_verdict_in_log"].as_bool().unwrap(), "{id} machine");
}

#[test]
fn every_recorded_log_is_read_as_its_record_says() {
    let Some(folder) = shared("data/phrases") else { return };
    let records = records(&folder);
    let mut broken = Vec::new();
    for (id, record) in &records {
        let log = read_signal_log(&folder.join(format!("signals/{id}.txt")), HitSides::Auto).expect("a readable log");
        assert_eq!(log.facts.unknown_lines, 0, "{id} has lines that were not understood");
        if log.facts.time_base != TimeBase::PhraseStart {
            broken.push(id.clone());
        }
        check(record, &log);
    }
    assert_eq!(records.len(), 329);
    assert!(broken.len() == 1 && broken[0].ends_with("20260127_194321_phrase02"), "foreign zero: {broken:?}");
}
