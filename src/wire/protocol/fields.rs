//! Reading fields the way a duck-typed peer writes them: a number in quotes, a float that is whole, an id that is a number.
//!
//! The reference never checks types, so neither may we where the meaning is plain. A field that is missing yields its
//! key in quotes, which is the reference's own error text.

use serde_json::{Map, Value};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// What JSON has no word for and Python writes all the same, longest first.
const NO_NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Reads JSON, with Python's words for what is no number as `null`: its clients write them, and the reference reads them.
pub(super) fn json(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text).or_else(|error| match without_no_numbers(text) {
        Some(plain) => serde_json::from_str(&plain).map_err(|_| error),
        None => Err(error),
    })
}

/// The text with `null` for those words outside of quotes; `None` when there are none.
fn without_no_numbers(text: &str) -> Option<String> {
    let (mut plain, mut rest, mut is_quoted, mut is_changed) = (String::new(), text, false, false);
    while let Some(next) = rest.chars().next() {
        let word = NO_NUMBERS.iter().find(|word| !is_quoted && rest.starts_with(*word));
        let length = match word {
            Some(word) => word.len(),
            // What follows a backslash in quotes ends nothing.
            None if is_quoted && next == '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            None => next.len_utf8(),
        };
        plain.push_str(if word.is_some() { "null" } else { &rest[..length] });
        is_changed |= word.is_some();
        is_quoted ^= next == '"';
        rest = &rest[length..];
    }
    is_changed.then_some(plain)
}

/// The key in quotes, as Python words a missing one.
fn missing(key: &str) -> String {
    format!("'{key}'")
}

fn required<'a>(object: &'a Object, key: &str) -> Result<&'a Value, String> {
    object.get(key).ok_or_else(|| missing(key))
}

/// Fails unless the key is there, whatever its value.
pub(super) fn present(object: &Object, key: &str) -> Result<(), String> {
    required(object, key).map(|_| ())
}

/// A required text; numbers are taken as they are written.
pub(super) fn text(object: &Object, key: &str) -> Result<String, String> {
    match required(object, key)? {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("'{key}' must be a text")),
    }
}

/// A required finite number.
pub(super) fn number(object: &Object, key: &str) -> Result<f64, String> {
    as_number(required(object, key)?).ok_or_else(|| format!("'{key}' must be a number"))
}

/// A number that must be there; `None` where what is there is none.
pub(super) fn number_or_none(object: &Object, key: &str) -> Result<Option<f64>, String> {
    required(object, key).map(as_number)
}

/// A required whole number.
pub(super) fn whole(object: &Object, key: &str) -> Result<i64, String> {
    as_whole(required(object, key)?).ok_or_else(|| format!("'{key}' must be a whole number"))
}

/// A required positive whole number that a picture's side can have.
pub(super) fn side_length(object: &Object, key: &str) -> Result<u32, String> {
    let length = whole(object, key)?;
    u32::try_from(length).ok().filter(|l| *l > 0).ok_or_else(|| format!("'{key}' must be above 0, not {length}"))
}

/// An optional whole number; anything unreadable counts as absent.
pub(super) fn optional_whole(object: &Object, key: &str) -> Option<i64> {
    object.get(key).and_then(as_whole)
}

/// An optional text; anything else counts as absent.
pub(super) fn optional_text(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// An optional switch; only `true` is on.
pub(super) fn flag(object: &Object, key: &str) -> bool {
    object.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|n| n.is_finite())
}

fn as_whole(value: &Value) -> Option<i64> {
    let exact = value.as_i64();
    exact.or_else(|| as_number(value).filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64))
}
