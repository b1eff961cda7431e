//! Reading fields the way a duck-typed peer writes them: a number in quotes, a float that is whole, an id that is a number.
//!
//! The reference never checks types, so neither may we where the meaning is plain. A field that is missing yields its
//! key in quotes, which is the reference's own error text.

use serde_json::{Map, Value};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

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
