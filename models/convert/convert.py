#!/usr/bin/env python3
"""Turn a TensorFlow.js MoveNet (model.json and its .bin) into the ONNX file that ships.

The TensorFlow.js export fuses bias and activation into its convolutions, which no converter reads. This takes them apart again,
lets tf2onnx do the rest, names the tensors `input` and `output`, and keeps weights in half precision where they were stored so.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from google.protobuf import json_format
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
PLAIN_NAME = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}
CONVOLUTION_ATTRIBUTES = ("strides", "padding", "data_format", "dilations", "explicit_paddings")
SMALLEST_HALVED = 256


def read_weights(description, folder):
    """Every weight by name, as full-size arrays."""
    weights = {}
    for group in description["weightsManifest"]:
        data = b"".join((folder / part).read_bytes() for part in group["paths"])
        offset = 0
        for spec in group["weights"]:
            stored = spec.get("quantization", {}).get("dtype", spec["dtype"])
            count = int(np.prod(spec["shape"], dtype=np.int64))
            array = np.frombuffer(data, np.dtype(stored), count, offset)
            offset += array.nbytes
            if stored in ("uint8", "uint16") and "quantization" in spec:
                array = array * spec["quantization"]["scale"] + spec["quantization"]["min"]
            weights[spec["name"]] = array.astype(spec["dtype"]).reshape(spec["shape"])
        if offset != len(data):
            raise SystemExit(f"{len(data) - offset} bytes of weights are left over: not the files that belong together")
    return weights


def constant(node, weights):
    """A Const node with its value put back in."""
    filled = tf.compat.v1.NodeDef(name=node.name, op="Const")
    kind = tf.dtypes.as_dtype(node.attr["dtype"].type)
    value = weights[node.name].astype(kind.as_numpy_dtype)
    filled.attr["dtype"].type = kind.as_datatype_enum
    filled.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value, dtype=kind, shape=value.shape))
    return filled


def unfused(node):
    """A fused convolution as the chain of nodes it stands for; the last one has its name."""
    steps = [name.decode() for name in node.attr["fused_ops"].list.s]
    names = [f"{node.name}/step{i}" for i in range(len(steps))] + [node.name]
    head = tf.compat.v1.NodeDef(name=names[0], op=PLAIN_NAME[node.op], input=node.input[:2])
    for key in CONVOLUTION_ATTRIBUTES:
        if key in node.attr:
            head.attr[key].CopyFrom(node.attr[key])
    chain, extra = [head], list(node.input[2:])
    for step, name in zip(steps, names[1:]):
        follower = tf.compat.v1.NodeDef(name=name, op=step, input=[chain[-1].name])
        if step == "BiasAdd":
            follower.input.append(extra.pop(0))
        elif step not in ("Relu", "Relu6"):
            raise SystemExit(f"unknown fused step {step} in {node.name}")
        chain.append(follower)
    for made in chain:
        made.attr["T"].type = tf.float32.as_datatype_enum
    return chain


def plain_graph(description, weights):
    """The graph without fused nodes and with its weights inside."""
    source = json_format.ParseDict(
        {"node": description["modelTopology"]["node"]}, tf.compat.v1.GraphDef(), ignore_unknown_fields=True
    )
    graph = tf.compat.v1.GraphDef()
    for node in source.node:
        if node.op == "Const":
            graph.node.append(constant(node, weights))
        elif node.op in PLAIN_NAME:
            graph.node.extend(unfused(node))
        else:
            graph.node.append(node)
    return graph


def with_plain_names(model):
    """One input called `input`, one output called `output`."""
    graph = model.graph
    names = {graph.input[0].name: "input", graph.output[0].name: "output"}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    graph.input[0].name, graph.output[0].name = "input", "output"


def with_halved_weights(model):
    """Weights that survive the round trip through half precision are stored so, with a cast in front of their users."""
    graph, casts = model.graph, []
    for tensor in [t for t in graph.initializer if t.data_type == TensorProto.FLOAT]:
        full = numpy_helper.to_array(tensor)
        half = full.astype(np.float16)
        if full.size < SMALLEST_HALVED or not np.array_equal(half.astype(np.float32), full):
            continue
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(half, f"{tensor.name}_half"))
        casts.append(helper.make_node("Cast", [f"{tensor.name}_half"], [tensor.name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("model_json", type=Path)
    arguments.add_argument("onnx_file", type=Path)
    given = arguments.parse_args()
    description = json.loads(given.model_json.read_text())
    graph = plain_graph(description, read_weights(description, given.model_json.parent))
    inputs = [f"{node.name}:0" for node in graph.node if node.op == "Placeholder"]
    outputs = [tensor["name"] for tensor in description["signature"]["outputs"].values()]
    outputs = [name if ":" in name else f"{name}:0" for name in outputs]
    model, _ = tf2onnx.convert.from_graph_def(graph, input_names=inputs, output_names=outputs, opset=OPSET)
    with_plain_names(model)
    with_halved_weights(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(given.onnx_file))
    print(f"{given.onnx_file}: {given.onnx_file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
