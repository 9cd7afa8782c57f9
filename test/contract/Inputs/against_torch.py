# ===- against_torch.py - As accurate as PyTorch's float32 (N1) -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""Errors against torch.nn.GRU in float64, per shape, over 16 seeds: grucc's, PyTorch's and ONNX
Runtime's. One model of a shape, with external weights, serves all seeds. Without GRUCC_EXHAUSTIVE
the sequences of large networks are shorter.

Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers."""

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

import calls
import numpy as np
import onnxruntime
from compiled import has_fma, levels
from drawn_cases import Network
from onnx import TensorProto, helper
from torch_oracle import evaluate

SEEDS = 16
EXHAUSTIVE = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
SHAPES = (  # I, H, L, bidirectional, T, B
    (1, 8, 1, False, 300, 1), (16, 32, 2, False, 60, 4), (8, 64, 1, False, 200, 16),
    (48, 96, 1, False, 100, 1), (40, 128, 2, False, 100, 1), (40, 128, 2, True, 100, 2),
    (130, 65, 3, False, 40, 2), (80, 160, 3, True, 50, 3), (256, 256, 1, False, 200, 1),
    (256, 256, 3, False, 100, 1), (64, 384, 1, False, 100, 2), (300, 300, 1, True, 50, 8),
    (512, 512, 1, False, 100, 1), (768, 768, 1, False, 50, 1), (1024, 1024, 1, False, 200, 1))
if not EXHAUSTIVE:
    SHAPES = tuple((I, H, *forms, min(T, 20) if H >= 256 else T, B) for I, H, *forms, T, B in SHAPES)


class Errors:
    def __init__(self):
        self.squares, self.count, self.largest = 0.0, 0, 0.0

    def add(self, found, expected):
        error = np.abs(found - expected)
        self.squares, self.count = self.squares + (error**2).sum(), self.count + error.size
        self.largest = max(self.largest, error.max())

    @property
    def rms(self):
        return np.sqrt(self.squares / self.count)


class OnnxRuntime:
    """The network as ONNX's GRU operators, whose weights are inputs: gates in the order z, r, n."""

    def __init__(self, network):
        self.network, nodes, inputs = network, [], [self.value("x", 3)]
        shape = helper.make_tensor("shape", TensorProto.INT64, [3], [0, 0, network.D * network.H])
        below = "x"
        for l in range(network.L):
            weights = [f"{name}{l}" for name in ("W", "R", "B")]
            inputs += [self.value(name, rank) for name, rank in zip(weights, (3, 3, 2))]
            nodes += [helper.make_node(
                "GRU", [below, *weights], [f"y{l}"], hidden_size=network.H, linear_before_reset=1,
                direction="bidirectional" if network.bidirectional else "forward"),
                # [T, D, B, H] ==> [T, B, D*H]
                helper.make_node("Transpose", [f"y{l}"], [f"turned{l}"], perm=[0, 2, 1, 3]),
                helper.make_node("Reshape", [f"turned{l}", "shape"], [f"output{l}"])]
            below = f"output{l}"
        graph = helper.make_graph(nodes, "gru", inputs, [self.value(below, 3)], [shape])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                                    ["CPUExecutionProvider"])

    @staticmethod
    def value(name, rank):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * rank)

    def run(self, gru, x):
        given = {"x": x}
        ends = ("", "_reverse")[:self.network.D]
        for l in range(self.network.L):
            parts = {"W": [], "R": [], "B": []}
            for end in ends:
                w, r, *biases = [getattr(gru, f"{kind}_l{l}{end}").numpy() for kind in
                                 ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
                turned = [a.reshape(3, -1)[[1, 0, 2]].reshape(a.shape)
                          for a in (w, r, *biases)]
                parts["W"].append(turned[0])
                parts["R"].append(turned[1])
                parts["B"].append(np.concatenate(turned[2:]))
            given |= {f"{name}{l}": np.stack(values) for name, values in parts.items()}
        return self.session.run(None, given)[0]


def measure(shape, runnable):
    """{engine: Errors} of one shape."""
    I, H, L, bidirectional, T, B = shape
    networks = [Network(I, H, L, bidirectional=bidirectional, source="external", seed=seed)
                for seed in range(SEEDS)]
    with tempfile.TemporaryDirectory() as folder:
        models = {level: calls.compile_for(networks[0], level, folder) for level in runnable}
    other = OnnxRuntime(networks[0])
    errors = {name: Errors() for name in (*runnable, "PyTorch", "ONNX Runtime")}
    for seed, network in enumerate(networks):
        x = np.random.default_rng([seed, T]).standard_normal((T, B, I)).astype(np.float32)
        gru, expected = network.module(), evaluate(network.module("float64"), x)[0]
        for level, model in models.items():
            model.set_weights(gru)
            errors[level].add(model(x)[0], expected)
        errors["PyTorch"].add(evaluate(gru, x)[0], expected)
        errors["ONNX Runtime"].add(other.run(gru, x), expected)
    return errors


def main():
    runnable, bad = levels(), 0
    names = (*runnable, "PyTorch", "ONNX Runtime")
    wide = [max(10, len(name)) for name in names]
    titles = "".join(f"  {name:>{width}}" for name, width in zip(names, wide))
    print(f"log2 of RMS and of largest errors against float64, {SEEDS} seeds a shape")
    print(f"{'I':>5}{'H':>5}  L  D    T   B |{titles} |{titles}")
    with ProcessPoolExecutor() as pool:
        jobs = [(shape, pool.submit(measure, shape, runnable))
                for shape in sorted(SHAPES, key=lambda s: -s[1] * s[1] * s[4])]  # largest first
        results = {shape: job.result() for shape, job in jobs}
    for shape in SHAPES:
        (I, H, L, bidirectional, T, B), errors = shape, results[shape]
        judge = errors["PyTorch"]
        for level in runnable:
            own, factor = errors[level], 1.1 if has_fma(level) else 1.5
            if own.rms > max(factor * judge.rms, 2.0**-25):
                print(f"{shape} {level}: RMS {own.rms}, PyTorch's is {judge.rms}")
                bad = 1
            if has_fma(level) and own.largest > max(1.5 * judge.largest, 2.0**-23):
                print(f"{shape} {level}: largest {own.largest}, PyTorch's is {judge.largest}")
                bad = 1
        columns = ["".join(f"  {np.log2(getattr(errors[name], what)):{width}.2f}"
                           for name, width in zip(names, wide)) for what in ("rms", "largest")]
        print(f"{I:5}{H:5}{L:3}{1 + bidirectional:3}{T:5}{B:4} |{columns[0]} |{columns[1]}")
    return bad


if __name__ == "__main__":
    sys.exit(main())
