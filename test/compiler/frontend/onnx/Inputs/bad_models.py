"""ONNX models that must be refused (E, I1)."""
import copy
import os

import numpy as np
import onnx
from cases import Case, run_all
from onnx import TensorProto, helper, numpy_helper
from onnx_kit import Gru

rng = np.random.default_rng(0)
I, H = 3, 2


def node(D=1, **said):
    return Gru(*(rng.standard_normal(shape).astype(np.float32)
                 for shape in ((D, 3 * H, I), (D, 3 * H, H), (D, 6 * H))),
               direction="bidirectional" if D == 2 else "forward", **said)


def changed(change, D=1, **said):
    """A good model after `change`, which may return another one."""
    model = node(D, **said).model()
    return (change(model) or model).SerializeToString()


def attribute(name, value, D=1):
    def change(model):
        gru = model.graph.node[-1]
        kept = [one for one in gru.attribute if one.name != name]
        del gru.attribute[:]
        gru.attribute.extend([*kept, helper.make_attribute(name, value)])
    return changed(change, D)


def tensor(name, array):
    """Another tensor in place of W, R or B."""
    def change(model):
        for one in model.graph.initializer:
            if one.name == name:
                one.CopyFrom(array if isinstance(array, TensorProto) else
                             numpy_helper.from_array(array, name))
    return changed(change)


def external(**entries):
    """W in another file; {key: value}."""
    w = TensorProto(name="W", data_type=TensorProto.FLOAT, dims=[1, 3 * H, I],
                    data_location=TensorProto.EXTERNAL)
    for key, value in entries.items():
        w.external_data.add(key=key, value=value)
    return tensor("W", w)


def two(names=("a", "b")):
    """Two networks side by side."""
    model = node().model(name=names[0])
    other = copy.deepcopy(model.graph.node[-1])
    other.name, other.output[0], other.output[1] = names[1], "Z", "Z_h"
    model.graph.node.append(other)
    return model


def instead(op, **said):
    """Another kind of node."""
    def change(model):
        gru = model.graph.node[-1]
        gru.op_type = op
        for key, value in said.items():
            setattr(gru, key, value)
    return changed(change)


def nested(levels):
    """Byte by byte: the library refuses to make it."""
    def field(number, value):
        size, length = [], len(value)
        while length > 127:
            size.append(length & 127 | 128)
            length >>= 7
        return bytes([number << 3 | 2, *size, length]) + value

    model = node().model()
    graph = model.graph.SerializeToString()
    for level in range(levels):
        branch = field(1, b"then_branch") + field(6, graph)  # AttributeProto: name, g
        graph = field(1, field(2, b"o%d" % level) + field(4, b"If") + field(5, branch))
    model.ClearField("graph")
    return model.SerializeToString() + field(7, graph)


def circle(model):
    """W is made of itself."""
    kept = [one for one in model.graph.initializer if one.name != "W"]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    model.graph.node.insert(0, helper.make_node("Identity", ["W"], ["V"]))
    model.graph.node.insert(0, helper.make_node("Identity", ["V"], ["W"]))


def computed(model):
    model.graph.node.insert(0, helper.make_node("Neg", ["W0"], ["W"]))
    for one in model.graph.initializer:
        if one.name == "W":
            one.name = "W0"


def given(model):
    kept = [one for one in model.graph.initializer if one.name != "W"]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    model.graph.input.append(helper.make_tensor_value_info("W", TensorProto.FLOAT, [1, 3 * H, I]))


def twice(model):
    model.graph.initializer.append(copy.deepcopy(model.graph.initializer[0]))


def made_twice(model):
    model.graph.node.append(copy.deepcopy(model.graph.node[-1]))


def opset(version):
    def change(model):
        del model.opset_import[:]
        if version:
            model.opset_import.append(helper.make_opsetid("", version))
    return changed(change)


def without(index):
    def change(model):
        model.graph.node[-1].input[index] = ""
    return changed(change)


def sized(**said):
    w = TensorProto(name="W", data_type=TensorProto.FLOAT, raw_data=b"\0" * 72)
    w.dims.extend(said["dims"])
    return tensor("W", w)


good = node().model().SerializeToString()
FLOATS = np.zeros((1, 3 * H, I), np.float32)
cases, M = [], "m.onnx"


def bad(name, content, expect, args=(), **options):
    cases.append(Case(name, {M: content, **options.pop("files", {})}, [M, *args], expect, **options))


for length in (0, 1, 3, 40, len(good) // 2, len(good) - 1):
    bad(f"the first {length} bytes", good[:length], r"INPUT: found ")
bad("noise", bytes(rng.integers(0, 256, 4096, np.uint8)), r"INPUT: found a damaged or foreign file")
bad("a web page", b"<!DOCTYPE html><html>", r"INPUT: found a web page, expected an ONNX model")
bad("a zip", b"PK\3\4" + bytes(100), r"INPUT: found a zip, expected an ONNX model")
bad("a safetensors file", b"\x02\0\0\0\0\0\0\0{}", r"INPUT: found a damaged or foreign file")
bad("no graph", onnx.ModelProto(ir_version=8).SerializeToString(), r"INPUT: found no model in it")
bad("no opset", opset(0), r"opset: found none of ai\.onnx, expected 7 or more")
bad("an old opset", opset(6), r"opset: found 6, expected 7 or more")
bad("no GRU", instead("RNN"), r"GRU: found no such node in the graph, expected at least one")
bad("an LSTM", instead("LSTM"), r"GRU: found no such node in the graph, but LSTM, expected")
bad("a GRU of another domain", instead("GRU", domain="com.example"), r"GRU: found no such node")
bad("nothing named", two().SerializeToString(),
    r"--node: found none, and 2 networks, expected one of a, b", notes=["m.onnx: note: --list shows what they are"])
bad("another node", two().SerializeToString(), r"--node: found 'c', expected one of a, b", ["--node=c"])
bad("a name of two", two(("a", "a")).SerializeToString(),
    r"--node: found 'a', a name of several nodes, expected the name of what one of them makes", ["--node=a"])
bad("a name twice", changed(twice), r"graph: found two values named 'W', expected one of a name")
bad("a result twice", changed(made_twice), r"graph: found two values named 'Y', expected")
bad("graphs inside of many", nested(40), r"INPUT: found a damaged|graph: found graphs inside of 32 others")
bad("weights in a circle", changed(circle), r"GRU gru: W: found W, which Identity gives, expected a constant")
bad("computed weights", changed(computed), r"GRU gru: W: found W, which Neg gives, expected a constant")
bad("weights as an input", changed(given), r"GRU gru: W: found W, which an input gives, expected a constant")
bad("no X", without(0), r"GRU gru: X: found nothing, expected an input")
bad("no W", without(1), r"GRU gru: W: found nothing, expected a tensor")
bad("no R", without(2), r"GRU gru: R: found nothing, expected a tensor")
bad("integers", tensor("W", FLOATS.astype(np.int8)), r"W: found dtype INT8, expected float32, float64, float16 or bfloat16")
bad("texts", tensor("W", np.full((1, 6, 3), "a", object)), r"W: found dtype STRING, expected")
bad("W too narrow", tensor("W", FLOATS[:, :4]), r"W: found shape \[1, 4, 3\], expected \[1, 6, input_size\]")
bad("W of rank 2", tensor("W", FLOATS[0]), r"W: found shape \[6, 3\], expected \[1, 6, input_size\]")
bad("W without columns", tensor("W", FLOATS[:, :, :0]), r"W: found shape \[1, 6, 0\], expected")
bad("R of an LSTM", tensor("R", np.zeros((1, 4 * H, H), np.float32)), r"R: found shape \[1, 8, 2\], expected \[1, 3 \* hidden_size, hidden_size\]")
bad("R of two directions", tensor("R", np.zeros((2, 3 * H, H), np.float32)), r"R: found shape \[2, 6, 2\], expected \[1,")
bad("half of the biases", tensor("B", np.zeros((1, 3 * H), np.float32)), r"B: found shape \[1, 6\], expected \[1, 12\]")
bad("fewer bytes", sized(dims=[1, 6, 4]), r"W: found 72 bytes of numbers, expected 96, as its shape says")
bad("a negative size", sized(dims=[1, -6, 3]), r"W: found a shape of negative or too large sizes")
bad("overflowing sizes", sized(dims=[1, 2**40, 2**40]), r"W: found a shape of negative or too large sizes")
bad("too large for float32", tensor("W", np.full((1, 6, 3), 1e300)), r"W: found a value too large for float32 at element 6", ["--dtype=float32"])
bad("external data without a place", external(), r"W: found external data at '', expected a path inside of the model's folder")
bad("an absolute place", external(location="/etc/passwd"), r"W: found external data at '/etc/passwd', expected")
bad("a place above", external(location="a/../../w.bin"), r"W: found external data at 'a/\.\./\.\./w\.bin', expected")
bad("a missing place", external(location="w.bin"), r"w\.bin: error: file: found ")
bad("a folder", external(location="w"), r"w: error: file: found ", prepare=lambda folder: os.mkdir(os.path.join(folder, "w")))
bad("beyond the end", external(location="w.bin", offset="80"), r"W: found external data from byte 80 of 'w\.bin', which has 72", files={"w.bin": bytes(72)})
bad("longer than the file", external(location="w.bin", offset="8", length="72"), r"W: found external data from byte 8", files={"w.bin": bytes(72)})
bad("a negative offset", external(location="w.bin", offset="-8"), r"W: found offset '-8' of external data, expected a number", files={"w.bin": bytes(72)})
bad("fewer external bytes", external(location="w.bin", length="8"), r"W: found 8 bytes of numbers, expected 72", files={"w.bin": bytes(72)})
bad("an unknown activation", attribute("activations", ["Sigmoid", "Mish"]), r"activations: found 'Mish', expected one of ONNX's GRU")
bad("one activation", attribute("activations", ["Sigmoid"]), r"activations: found 1 of them, expected two for each of 1 directions")
bad("two of four", attribute("activations", ["Sigmoid", "Tanh"], D=2), r"activations: found 2 of them, expected two for each of 2")
bad("others in reverse", attribute("activations", ["Sigmoid", "Tanh", "Sigmoid", "Relu"], D=2), r"activations: found others for the reverse direction than for the forward one, expected the same")
bad("alpha for none", attribute("activation_alpha", [0.5]), r"activation_alpha: found 1 numbers, expected 0, one for each activation")
bad("an alpha without a default", attribute("activations", ["Sigmoid", "ScaledTanh"]), r"activation_alpha: found none for ScaledTanh, expected one")
bad("clip 0", attribute("clip", 0.0), r"clip: found 0, expected a finite number above 0")
bad("clip below 0", attribute("clip", -3.0), r"clip: found -3, expected")
bad("clip NaN", attribute("clip", float("nan")), r"clip: found -?nan, expected")
bad("another direction", attribute("direction", "sideways"), r"direction: found 'sideways', expected forward, reverse or bidirectional")
bad("layout 2", attribute("layout", 2), r"layout: found 2, expected 0 or 1")
bad("linear_before_reset 2", attribute("linear_before_reset", 2), r"linear_before_reset: found 2, expected 0 or 1")
bad("another hidden_size", attribute("hidden_size", 4), r"hidden_size: found 4, expected 2, as R says")
bad("an unknown attribute", attribute("input_forget", 1), r"attribute: found 'input_forget', expected one of ONNX's GRU")
bad("reset contradicted", good, r"reset: found after \(--reset\), expected before \(GRU gru\)", ["--reset=after"])
bad("size contradicted", good, r"hidden_size: found 3 \(--hidden-size\), expected 2 \(GRU gru\)", ["--hidden-size=3"])
bad("direction contradicted", good, r"(bidirectional|direction): found .*, expected .* \(GRU gru\)", ["--direction=bidirectional"])
bad("clip contradicted", good, r"clip: found 2 \(--clip\), expected 0", ["--clip=2"])
bad("--init with weights", good, r"--init: found weights in 'm\.onnx', expected a network without weights", ["--init=uniform"], code=2)
bad("--prefix", good, r"--prefix: found an ONNX model, expected a weights file", ["--prefix=a."], code=2)
cases += [
    Case("--node of flags", {}, ["--node=a", "--input-size=2", "--hidden-size=2", "--init=uniform"],
         r"--node: found no ONNX model, expected MODEL\.onnx", code=2),
    Case("--list of JSON", {"n.json": "{}"}, ["n.json", "--list"], r"INPUT: found 'n\.json', expected MODEL\.onnx to list", code=2, outputs=False),
    Case("--list and a target", {M: good}, [M, "--list", "--target=native"], r"--target: found --list too, expected one of the two", code=2, outputs=False),
    Case("--list in both forms", {M: good}, [M, "--list", "--list=json"], r"--list: found words and JSON, expected one of the two", code=2, outputs=False),
    Case("--list of nothing", {}, ["gone.onnx", "--list"], r"gone\.onnx: error: file: found ", outputs=False),
    Case("a good one", {M: good}, [M], r"^$", code=0),
    Case("its list", {M: good}, [M, "--list"], r"1 network of GRU nodes\ngru\n  GRU 3 -> 2, hidden 2, 1 layer, forward, bias, \[T, B, ...\]\n  reset before, gates sigmoid, candidate tanh, no clip", code=0, outputs=False),
    Case("NaN in the weights", {M: tensor("W", np.full((1, 6, 3), np.nan, np.float32))}, [M], r"warning: W: found nan at element 6, expected finite values", code=0),
]
run_all(cases)
