//! Fixes a dynamic input size in a model file before it is loaded.
//!
//! The built-in engine can only run a model with a static input size; an export may leave it dynamic. An ONNX file is a protobuf
//! message, so the size of its first input is replaced in memory: four nested fields, everything else is copied unchanged. A file
//! that cannot be parsed is returned unchanged, so that the loader reports the error.

use std::borrow::Cow;

/// Field numbers from the model to the dimensions of an input (ONNX 1.x `onnx.proto`).
const MODEL_GRAPH: u64 = 7;
const GRAPH_INPUT: u64 = 11;
const VALUE_TYPE: u64 = 2;
const TYPE_TENSOR: u64 = 1;
const TENSOR_SHAPE: u64 = 2;

/// The same model with the dimensions of its first input set to `dims`.
pub(super) fn with_input_dims<'a>(model: &'a [u8], dims: &[i64]) -> Cow<'a, [u8]> {
    let path = [MODEL_GRAPH, GRAPH_INPUT, VALUE_TYPE, TYPE_TENSOR, TENSOR_SHAPE];
    replaced(model, &path, &shape_message(dims)).map_or(Cow::Borrowed(model), Cow::Owned)
}

/// The message with the field at the end of `path` (its first occurrence at every level) replaced by `value`.
fn replaced(message: &[u8], path: &[u64], value: &[u8]) -> Option<Vec<u8>> {
    let (wanted, rest) = path.split_first()?;
    let mut at = 0;
    while at < message.len() {
        let field = Field::read(message, at)?;
        if field.number == *wanted && field.is_message() {
            let inner = if rest.is_empty() { value.to_vec() } else { replaced(field.body, rest, value)? };
            let mut out = message[..at].to_vec();
            write_message(&mut out, field.number, &inner);
            out.extend_from_slice(&message[field.end..]);
            return Some(out);
        }
        at = field.end;
    }
    None
}

/// One field of a protobuf message.
struct Field<'a> {
    number: u64,
    wire_type: u64,
    /// The payload of a length-delimited field; empty for the others.
    body: &'a [u8],
    end: usize,
}

impl<'a> Field<'a> {
    fn read(message: &'a [u8], at: usize) -> Option<Self> {
        let (key, start) = varint(message, at)?;
        let (wire_type, number) = (key & 7, key >> 3);
        let (body_start, end) = match wire_type {
            0 => (start, varint(message, start)?.1),
            1 => (start, start.checked_add(8)?),
            2 => {
                let (length, body) = varint(message, start)?;
                (body, body.checked_add(usize::try_from(length).ok()?)?)
            }
            5 => (start, start.checked_add(4)?),
            _ => return None,
        };
        let body = message.get(body_start..end)?;
        Some(Self { number, wire_type, body, end })
    }

    fn is_message(&self) -> bool {
        self.wire_type == 2
    }
}

/// A base-128 number at `at`, and its end.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (i, byte) in bytes.get(at..)?.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * i as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, at + i + 1));
        }
    }
    None
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn write_message(out: &mut Vec<u8>, number: u64, body: &[u8]) {
    write_varint(out, number << 3 | 2);
    write_varint(out, body.len() as u64);
    out.extend_from_slice(body);
}

/// `TensorShapeProto`: repeated field 1, each a `Dimension` with field 1 (the number).
fn shape_message(dims: &[i64]) -> Vec<u8> {
    let mut shape = Vec::new();
    for dim in dims {
        let mut dimension = vec![1 << 3];
        write_varint(&mut dimension, *dim as u64);
        write_message(&mut shape, 1, &dimension);
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(number: u64, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_message(&mut out, number, body);
        out
    }

    /// A model with a number, a graph with a name and one input of `dims`, and something after the graph.
    fn model(dims: &[i64]) -> Vec<u8> {
        let tensor = [vec![8, 1], message(TENSOR_SHAPE, &shape_message(dims))].concat();
        let value = [message(1, b"input"), message(VALUE_TYPE, &message(TYPE_TENSOR, &tensor))].concat();
        let graph = [message(2, b"graph"), message(GRAPH_INPUT, &value), message(12, b"out")].concat();
        [vec![8, 9], message(MODEL_GRAPH, &graph), message(8, b"opset")].concat()
    }

    #[test]
    fn only_the_dimensions_of_the_first_input_change() {
        let pinned = with_input_dims(&model(&[1, 5, 5, 3]), &[1, 288, 512, 3]).into_owned();
        assert_eq!(pinned, model(&[1, 288, 512, 3]));
    }

    #[test]
    fn what_is_not_a_model_is_left_alone() {
        for bytes in [&b""[..], b"not a model at all", &model(&[1])[..20]] {
            assert_eq!(with_input_dims(bytes, &[1, 2]).as_ref(), bytes);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = with_input_dims(&bytes, &[1, 288, 512, 3]);
        }
    }
}
