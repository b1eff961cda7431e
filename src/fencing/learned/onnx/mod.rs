//! A net as an ONNX file: the few operators it needs, written with a protobuf encoder of forty lines.
//!
//! Input `motion` `[2][channels][steps]`, the left fencer before the right; output `logits` `[3]`: left, right, none. The
//! first operators only use what both inference libraries run: convolution, normalisation spelled out, matrix products.

mod encode;
mod graph;

use super::net::{Conv, Net, Norm, head};
use encode::Message;
use graph::Graph;

/// The oldest operator set that has all that is used.
const OPERATOR_SET: i64 = 13;
/// Version of the file format that goes with it.
const FORMAT: i64 = 8;

/// The file's bytes.
pub(crate) fn to_onnx(net: &Net) -> Vec<u8> {
    let graph = graph_of(net);
    let mut operators = Message::default();
    operators.text(1, "").number(2, OPERATOR_SET);
    let mut model = Message::default();
    model.number(1, FORMAT).text(2, "referee").message(7, &graph).message(8, &operators);
    model.bytes()
}

fn graph_of(net: &Net) -> Message {
    let (channels, steps, width) = (net.shape.channels, net.shape.steps, net.shape.width);
    let mut g = Graph::new(&net.weights);
    let mixed = conv(&mut g, &net.first.0, "motion", channels);
    let mut x = norm(&mut g, &net.first.1, &mixed, [width, steps]);
    for (c, n) in &net.blocks {
        let both = with_the_other(&mut g, &x);
        let mixed = conv(&mut g, c, &both, width);
        let change = norm(&mut g, n, &mixed, [width, steps]);
        x = g.node("Add", &[&x, &change]);
    }
    let described = describe(&mut g, net, &x, [width, steps]);
    answers(&mut g, net, &described, width * head::PARTS);
    g.finished(&[2, channels as i64, steps as i64], &[1, 3])
}

/// A convolution; the rows of the kernel are taps, own channels before the other's.
fn conv(g: &mut Graph, c: &Conv, input: &str, channels: usize) -> String {
    let (outputs, taps) = (c.bias.columns, c.taps);
    let list = c.kernel.list(g.weights);
    let mut kernel = Vec::with_capacity(list.len());
    for output in 0..outputs {
        for input in 0..c.inputs {
            kernel.extend((0..taps).map(|tap| list[(tap * c.inputs + input) * outputs + output]));
        }
    }
    debug_assert!(c.inputs == channels || c.inputs == 2 * channels);
    let kernel = g.floats(&c.kernel.name, &[outputs, c.inputs, taps], &kernel);
    let bias = g.floats(&c.bias.name, &[outputs], c.bias.list(g.weights));
    let reach = (taps / 2 * c.dilation) as i64;
    g.node_with("Conv", &[input, &kernel, &bias], |node| {
        node.integers("dilations", &[c.dilation as i64]);
        node.integers("pads", &[reach, reach]);
        node.integers("kernel_shape", &[taps as i64]);
    })
}

/// Group normalisation, gain, offset, ramp.
fn norm(g: &mut Graph, n: &Norm, x: &str, [width, steps]: [usize; 2]) -> String {
    let groups = super::net::GROUPS;
    let grouped = g.reshaped(x, &[2, groups as i64, (width / groups * steps) as i64]);
    let mean = g.node_with("ReduceMean", &[&grouped], |node| node.integers("axes", &[2]));
    let centred = g.node("Sub", &[&grouped, &mean]);
    let squared = g.node("Mul", &[&centred, &centred]);
    let spread = g.node_with("ReduceMean", &[&squared], |node| node.integers("axes", &[2]));
    let epsilon = g.floats("epsilon", &[1], &[super::net::EPSILON]);
    let away = g.node("Add", &[&spread, &epsilon]);
    let root = g.node("Sqrt", &[&away]);
    let normal = g.node("Div", &[&centred, &root]);
    let back = g.reshaped(&normal, &[2, width as i64, steps as i64]);
    let gain = g.floats(&n.gain.name, &[1, width, 1], n.gain.list(g.weights));
    let offset = g.floats(&n.offset.name, &[1, width, 1], n.offset.list(g.weights));
    let scaled = g.node("Mul", &[&back, &gain]);
    let shifted = g.node("Add", &[&scaled, &offset]);
    g.node("Relu", &[&shifted])
}

/// Own channels, then the other fencer's.
fn with_the_other(g: &mut Graph, x: &str) -> String {
    let left = g.sliced(x, 0, [0, 1]);
    let right = g.sliced(x, 0, [1, 2]);
    let turned = g.concatenated(&[&right, &left], 0);
    g.concatenated(&[x, &turned], 1)
}

/// `[2][parts * width]`.
fn describe(g: &mut Graph, net: &Net, x: &str, [width, steps]: [usize; 2]) -> String {
    let slot = &net.head.attention;
    let list = slot.list(g.weights);
    let turned: Vec<f32> = (0..head::MAPS * width).map(|i| list[i % width * head::MAPS + i / width]).collect();
    let maps = g.floats(&slot.name, &[1, head::MAPS, width], &turned);
    let scores = g.node("MatMul", &[&maps, x]);
    let attention = g.node_with("Softmax", &[&scores], |node| node.integer("axis", 2));
    let by_step = g.node_with("Transpose", &[x], |node| node.integers("perm", &[0, 2, 1]));
    let means = g.node("MatMul", &[&attention, &by_step]);
    let means = g.reshaped(&means, &[2, (head::MAPS * width) as i64]);
    let reduced = |node: &mut graph::Node| {
        node.integers("axes", &[2]);
        node.integer("keepdims", 0);
    };
    let greatest = g.node_with("ReduceMax", &[x], reduced);
    let closing = g.sliced(x, 2, [steps.saturating_sub(head::CLOSING) as i64, steps as i64]);
    let closing = g.node_with("ReduceMean", &[&closing], reduced);
    g.concatenated(&[&means, &greatest, &closing], 1)
}

/// `[left, right, none]`.
fn answers(g: &mut Graph, net: &Net, described: &str, wide: usize) {
    let left = g.sliced(described, 0, [0, 1]);
    let right = g.sliced(described, 0, [1, 2]);
    let turned = g.concatenated(&[&right, &left], 0);
    let both = g.concatenated(&[described, &turned], 1);
    let scores = answer(g, &net.head.score, &both, 2 * wide);
    let scores = g.reshaped(&scores, &[1, 2]);
    let sum = g.node("Add", &[&left, &right]);
    let none = answer(g, &net.head.none, &sum, wide);
    g.output(&[&scores, &none]);
}

fn answer(g: &mut Graph, a: &head::Answerer, input: &str, wide: usize) -> String {
    let hidden = a.bias.columns;
    let into = g.floats(&a.into.name, &[wide, hidden], a.into.list(g.weights));
    let bias = g.floats(&a.bias.name, &[hidden], a.bias.list(g.weights));
    let out = g.floats(&a.out.name, &[hidden, 1], a.out.list(g.weights));
    let out_bias = g.floats(&a.out_bias.name, &[1], a.out_bias.list(g.weights));
    let product = g.node("MatMul", &[input, &into]);
    let shifted = g.node("Add", &[&product, &bias]);
    let ramp = g.node("Relu", &[&shifted]);
    let answered = g.node("MatMul", &[&ramp, &out]);
    g.node("Add", &[&answered, &out_bias])
}

#[cfg(test)]
mod tests {
    use crate::learned::net::{Net, Shape};
    use ndarray::Array2;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::path::Path;
    use vision::inference::{BackendChoice, Input, Runtime, Session};

    /// The engine that runs the file against the pass that trained it: whatever library is in use must say the same.
    #[test]
    fn the_file_says_what_the_net_says() {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let shape = Shape { channels: 5, steps: 9, width: 16 };
        let net = Net::new(shape, &mut rng);
        let input = Array2::from_shape_simple_fn((2 * shape.steps, shape.channels), || rng.random_range(-1.0..1.0_f32));
        let mut turned = Vec::new();
        for fencer in 0..2 {
            for channel in 0..shape.channels {
                turned.extend((0..shape.steps).map(|step| input[[fencer * shape.steps + step, channel]]));
            }
        }
        let runtime = Runtime::start(&BackendChoice::BuiltIn).unwrap();
        let mut session = Session::from_bytes(&runtime, &super::to_onnx(&net), Path::new("test.onnx"), 1).unwrap();
        let dims = [2, shape.channels as i64, shape.steps as i64];
        let from_file = session.run(Input::Float32(&dims, &turned)).unwrap().data;
        let from_net = net.answer(&input).row(0).to_vec();
        let worst = from_file.iter().zip(&from_net).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(from_file.len() == 3 && worst < 1e-4, "{from_file:?} {from_net:?}");
    }
}
