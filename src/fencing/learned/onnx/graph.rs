//! A graph of operators: nodes name their inputs, constants lie beside them. Field numbers are those of `onnx.proto`.

use super::encode::Message;

/// Element types of `onnx.proto`.
const FLOAT: i64 = 1;
const INT64: i64 = 7;
/// Kinds of attribute of `onnx.proto`.
const ONE_INTEGER: i64 = 2;
const MANY_INTEGERS: i64 = 7;

/// The attributes of a node.
#[derive(Default)]
pub(super) struct Node(Vec<Message>);

impl Node {
    /// An attribute that is one integer.
    pub(super) fn integer(&mut self, name: &str, value: i64) {
        let mut m = Message::default();
        m.text(1, name).number(3, value).number(20, ONE_INTEGER);
        self.0.push(m);
    }

    /// An attribute that is a list of integers.
    pub(super) fn integers(&mut self, name: &str, values: &[i64]) {
        let mut m = Message::default();
        m.text(1, name);
        for value in values {
            m.number(8, *value);
        }
        m.number(20, MANY_INTEGERS);
        self.0.push(m);
    }
}

/// A graph under construction.
pub(super) struct Graph<'a> {
    /// The net's weights.
    pub(super) weights: &'a [f32],
    message: Message,
    values: usize,
}

impl<'a> Graph<'a> {
    pub(super) fn new(weights: &'a [f32]) -> Self {
        Self { weights, message: Message::default(), values: 0 }
    }

    fn fresh(&mut self, name: &str) -> String {
        self.values += 1;
        format!("{name}.{}", self.values)
    }

    /// A constant of numbers.
    pub(super) fn floats(&mut self, name: &str, dims: &[usize], values: &[f32]) -> String {
        let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(name, dims, FLOAT, &raw)
    }

    fn integers(&mut self, values: &[i64]) -> String {
        let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant("integers", &[values.len()], INT64, &raw)
    }

    fn constant(&mut self, name: &str, dims: &[usize], kind: i64, raw: &[u8]) -> String {
        let name = self.fresh(name);
        let mut m = Message::default();
        for dim in dims {
            m.number(1, *dim as i64);
        }
        m.number(2, kind).text(8, &name).list(9, raw);
        self.message.message(5, &m);
        name
    }

    /// An operator without attributes; the name of its result.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str]) -> String {
        self.node_with(operator, inputs, |_| ())
    }

    /// An operator; the name of its result.
    pub(super) fn node_with(&mut self, operator: &str, inputs: &[&str], attributes: impl Fn(&mut Node)) -> String {
        let name = self.fresh(operator);
        self.named_node(operator, inputs, &name, attributes);
        name
    }

    fn named_node(&mut self, operator: &str, inputs: &[&str], output: &str, attributes: impl Fn(&mut Node)) {
        let mut m = Message::default();
        for input in inputs {
            m.text(1, input);
        }
        m.text(2, output).text(3, output).text(4, operator);
        let mut node = Node::default();
        attributes(&mut node);
        for attribute in &node.0 {
            m.message(5, attribute);
        }
        self.message.message(1, &m);
    }

    /// The same numbers in another shape.
    pub(super) fn reshaped(&mut self, x: &str, dims: &[i64]) -> String {
        let dims = self.integers(dims);
        self.node("Reshape", &[x, &dims])
    }

    /// From the first to before the second, along one axis.
    pub(super) fn sliced(&mut self, x: &str, axis: i64, [from, to]: [i64; 2]) -> String {
        let (from, to, axis) = (self.integers(&[from]), self.integers(&[to]), self.integers(&[axis]));
        self.node("Slice", &[x, &from, &to, &axis])
    }

    /// Laid side by side along an axis.
    pub(super) fn concatenated(&mut self, parts: &[&str], axis: i64) -> String {
        self.node_with("Concat", parts, |node| node.integer("axis", axis))
    }

    /// The graph's output: the parts side by side.
    pub(super) fn output(&mut self, parts: &[&str]) {
        self.named_node("Concat", parts, "logits", |node| node.integer("axis", 1));
    }

    /// The whole graph with the shapes of its input and output.
    pub(super) fn finished(mut self, input: &[i64], output: &[i64]) -> Message {
        self.message.text(2, "call");
        self.message.message(11, &described("motion", input));
        self.message.message(12, &described("logits", output));
        self.message
    }
}

/// Name, element type and shape of an input or output.
fn described(name: &str, dims: &[i64]) -> Message {
    let mut shape = Message::default();
    for dim in dims {
        let mut one = Message::default();
        one.number(1, *dim);
        shape.message(1, &one);
    }
    let (mut tensor, mut kind, mut value) = (Message::default(), Message::default(), Message::default());
    tensor.number(1, FLOAT).message(2, &shape);
    kind.message(1, &tensor);
    value.text(1, name).message(2, &kind);
    value
}
