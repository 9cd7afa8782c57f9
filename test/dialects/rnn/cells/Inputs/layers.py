#===- layers.py - Layers of any cell, as text ------------------------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""Functions of one rnn.layer each, whose tensors are constants to the bit, and what
rnn-evaluate makes of them."""
import subprocess

import numpy as np

# The op, its row blocks and its states.
CELLS = {
    "gru": ("rnn.gru_cell", 3, 1),
    "rnn": ("test.rnn_cell", 1, 1),
    "mgu": ("test.mgu_cell", 2, 1),
    "lstm": ("test.lstm_cell", 4, 2),
    "reset_before": ("test.gru_reset_before_cell", 3, 1),
}
HOIST = ["--rnn-hoist-projection", "--rnn-fold-biases"]


class Layer:
    """Tensors drawn for one layer of a cell."""

    def __init__(self, rng, cell, steps, batch, inputs, hidden, bias=True, reverse=False,
                 dtype=np.float64):
        self.cell, self.hidden, self.reverse, self.dtype = cell, hidden, reverse, dtype
        self.op, self.gates, self.states = CELLS[cell]
        rows = self.gates * hidden

        def draw(*shape):
            return rng.standard_normal(shape).astype(dtype)

        self.x, self.h_0 = draw(steps, batch, inputs), draw(batch, self.states * hidden) / 2
        scale = dtype(1 / np.sqrt(hidden))
        self.w_ih, self.w_hh = draw(rows, inputs) * scale, draw(rows, hidden) * scale
        self.b_ih, self.b_hh = (draw(rows), draw(rows)) if bias else (None, None)

    def convert(self, dtype):
        self.dtype = dtype
        for name in ("x", "h_0", "w_ih", "w_hh", "b_ih", "b_hh"):
            if getattr(self, name) is not None:
                setattr(self, name, getattr(self, name).astype(dtype))

    def tensors(self):
        """Operands in the order of the op."""
        return [t for t in (self.x, self.h_0, self.w_ih, self.w_hh, self.b_ih, self.b_hh)
                if t is not None]

    def results(self):
        steps, batch = self.x.shape[:2]
        return (steps, batch, self.hidden), (batch, self.states * self.hidden)

    def body(self, values):
        biases = f" biases({', '.join(values[4:])})" if self.b_ih is not None else ""
        types = ", ".join(kind(t.shape, self.dtype) for t in self.tensors())
        results = ", ".join(kind(shape, self.dtype) for shape in self.results())
        return (f"  %y, %h_n = rnn.layer {values[0]} h_0({values[1]}) weights({values[2]}, "
                f"{values[3]}){biases}{' reverse' if self.reverse else ''} "
                f'{{cell = #rnn.cell<"{self.op}">}} : ({types}) -> ({results})\n'
                f"  return %y, %h_n : {results}\n")

    def as_network(self, name):
        """One that targets take: weights are constants, sizes of a call are the caller's."""
        inputs, width = self.x.shape[2], self.states * self.hidden
        dtype = "float32" if self.dtype == np.float32 else "float64"
        x, y, state, states = (kind(shape, self.dtype) for shape in (
            ("?", "?", inputs), ("?", "?", self.hidden), ("?", width), (1, "?", width)))
        weights = self.tensors()[2:]
        lines = [f"  %c{i} = arith.constant {dense(t)} : {kind(t.shape, self.dtype)}\n"
                 for i, t in enumerate(weights)]
        types = ", ".join([x, *(kind(t.shape, self.dtype) for t in weights)])
        biases = " biases(%c2, %c3)" if self.b_ih is not None else ""
        return (f"func.func @{name}(%x: {x}) -> ({y}, {states}) attributes {{rnn.network = "
                f"#rnn.network<input_size = {inputs}, hidden_size = {self.hidden}, "
                f"bias = {'true' if biases else 'false'}, dtype = {dtype}>}} {{\n" +
                "".join(lines) + f"  %y, %h = rnn.layer %x weights(%c0, %c1){biases} "
                f'{{cell = #rnn.cell<"{self.op}">}} : ({types}) -> ({y}, {state})\n'
                f"  %h_n = rnn.stack %h : {state} -> {states}\n"
                f"  return %y, %h_n : {y}, {states}\n}}\n")

    def of_constants(self, name):
        results = ", ".join(kind(shape, self.dtype) for shape in self.results())
        lines = [f"  %c{i} = arith.constant {dense(t)} : {kind(t.shape, self.dtype)}"
                 for i, t in enumerate(self.tensors())]
        values = [f"%c{i}" for i in range(len(lines))]
        return (f"func.func @{name}() -> ({results}) {{\n" + "\n".join(lines) + "\n" +
                self.body(values) + "}\n")

    def of_arguments(self, name):
        results = ", ".join(kind(shape, self.dtype) for shape in self.results())
        values = [f"%c{i}" for i in range(len(self.tensors()))]
        arguments = ", ".join(f"{value}: {kind(t.shape, self.dtype)}"
                              for value, t in zip(values, self.tensors()))
        return f"func.func @{name}({arguments}) -> ({results}) {{\n{self.body(values)}}}\n"


def kind(shape, dtype):
    return f"tensor<{'x'.join(map(str, shape))}x{'f32' if dtype == np.float32 else 'f64'}>"


def dense(array):
    return f'dense<"0x{np.ascontiguousarray(array).tobytes().hex().upper()}">'


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def evaluate(path, dtype, *options):
    """The results of every function, in order, by its name."""
    text = run("rnn-evaluate", path, "float32" if dtype == np.float32 else "float64", *options)
    found = {}
    for line in text.splitlines():
        head, values = line.split("]")
        name, shape = head[1:].split(" [")
        array = np.array(values.split(), dtype=np.float64).reshape(
            [int(n) for n in shape.split(",")])
        found.setdefault(name, []).append(array)
    return found


def hoisted(path):
    """The functions of a file as projections and scans, under other names."""
    text = run("cells-opt", path, *HOIST, "--canonicalize")
    return text.replace("module {", "", 1).rstrip().removesuffix("}").replace("@", "@hoisted_")
