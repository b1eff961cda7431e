//! Examples for training: labelled double lights, read from files of records.

use super::judge::observe;
use super::record::{Answer, Label, Question, RecordError, open};
use fencing::learned::Example;
use fencing::right_of_way::DecisionSettings;
use fencing::{Lamp, Weapon};
use std::path::Path;

/// Reads the examples of a file of records, plain or gzip. Single lights, épée and phrases without frames or label are left out;
/// `refused` gets every record that cannot be used.
///
/// # Errors
/// The file cannot be opened.
pub fn read_examples(path: &Path, mut refused: impl FnMut(RecordError)) -> Result<Vec<Example>, RecordError> {
    let mut examples = Vec::new();
    for (number, line) in (1..).zip(open(path)?) {
        match line.and_then(|line| example(&line, number)) {
            Ok(one) => examples.extend(one),
            Err(error) => refused(error),
        }
    }
    Ok(examples)
}

/// The example of a line; `None` for single lights, épée, and phrases without frames or label.
fn example(line: &str, number: usize) -> Result<Option<Example>, RecordError> {
    let (question, answer) = (Question::read(line, number)?, Answer::read(line, number)?);
    let both_lit = question.signals.lamps().iter().all(|(_, lamp)| *lamp == Lamp::Valid);
    if question.weapon == Weapon::Epee || !both_lit {
        return Ok(None);
    }
    let Some(label) = answer.label else { return Ok(None) };
    let Some((motion, signals, evidence)) = observe(&question, &DecisionSettings::default())? else { return Ok(None) };
    let winner = match label {
        Label::Touch(side) => Some(side),
        Label::Simultaneous => None,
    };
    Ok(Example::new(&question.group, &motion, &signals, evidence, winner))
}
