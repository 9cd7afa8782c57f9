#===- forms.py - Every form of a call of networks of any cell ----------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""forms.py PREFIX: networks of one gate and of two rounds, of several layers and directions,
give Reference's bits (N4): rows of one length and of several, a single row, steps one by one,
and threads that share units, with a barrier and without, rows or layers."""
import ctypes
import sys
import threading

import numpy as np
from layers import Layer, evaluate, kind
from models import call, compiled, room, stepped

rng, prefix = np.random.default_rng(1), sys.argv[1]
STEPS, BATCH = 6, 5
BODY = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)
FOR = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, BODY, ctypes.c_void_p)
BARRIER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Network:
    """Layers of one cell, in torch's order: index l*D + d."""

    def __init__(self, cell, layers, directions, inputs, hidden, dtype):
        self.directions, self.dtype = directions, dtype
        sizes = [inputs] * directions + [directions * hidden] * directions * (layers - 1)
        self.cells = [Layer(rng, cell, STEPS, BATCH, size, hidden, reverse=i % directions == 1,
                            dtype=dtype) for i, size in enumerate(sizes)]
        self.x = self.cells[0].x
        self.h_0 = np.stack([cell.h_0 for cell in self.cells])

    def text(self, external):
        first, dtype = self.cells[0], self.dtype
        count, inputs, hidden = len(self.cells), first.x.shape[2], first.hidden
        layers, width = count // self.directions, self.directions * hidden
        weights = [t for cell in self.cells for t in cell.tensors()[2:]]
        kinds = [kind(t.shape, dtype) for t in weights]
        x, y, state, states, output = (kind(shape, dtype) for shape in (
            ("?", "?", inputs), ("?", "?", hidden), ("?", hidden), (count, "?", hidden),
            ("?", "?", width)))
        arguments = "".join(f", %c{i}: {k}" for i, k in enumerate(kinds)) if external else ""
        lines = [] if external else [
            f'  %c{i} = arith.constant dense<"0x{t.tobytes().hex().upper()}"> : {k}'
            for i, (t, k) in enumerate(zip(weights, kinds))]
        below, of = "%x", x
        for i, cell in enumerate(self.cells):
            lines.append(
                f"  %y{i}, %h{i} = rnn.layer {below} weights(%c{4 * i}, %c{4 * i + 1}) "
                f"biases(%c{4 * i + 2}, %c{4 * i + 3}){' reverse' if cell.reverse else ''} "
                f'{{cell = #rnn.cell<"{cell.op}">}} : ({", ".join([of, *kinds[4 * i:4 * i + 4]])}) '
                f"-> ({y}, {state})")
            if self.directions == 1:
                below, of = f"%y{i}", y
            elif i % 2 == 1:
                below, of = f"%o{i}", output
                lines.append(f"  {below} = rnn.concat %y{i - 1}, %y{i} : ({y}, {y}) -> {of}")
        lasts = ", ".join(f"%h{i}" for i in range(count))
        flag = {True: "true", False: "false"}
        name = "float32" if dtype == np.float32 else "float64"
        return (f"func.func @net(%x: {x}{arguments}) -> ({of}, {states}) attributes {{"
                f"rnn.network = #rnn.network<input_size = {inputs}, hidden_size = {hidden}, "
                f"num_layers = {layers}, bidirectional = {flag[self.directions == 2]}, "
                f"dtype = {name}, external_weights = {flag[external]}>}} {{\n" + "\n".join(lines) +
                f"\n  %h_n = rnn.stack {lasts} : {', '.join([state] * count)} -> {states}\n"
                f"  return {below}, %h_n : {of}, {states}\n}}\n")

    def reference(self, lengths):
        """Layer by layer and row by row, each as long as it is; 0 in the padding."""
        x = self.x
        last = np.zeros((len(self.cells), len(lengths), self.cells[0].hidden), self.dtype)
        for at in range(0, len(self.cells), self.directions):
            own = self.cells[at:at + self.directions]
            with open(prefix + ".mlir", "w") as file:
                for d, cell in enumerate(own):
                    h_0 = cell.h_0
                    for b, length in enumerate(lengths):
                        cell.x, cell.h_0 = x[:length, b:b + 1], h_0[b:b + 1]
                        file.write(cell.of_constants(f"f_{d}_{b}"))
                    cell.h_0 = h_0
            found = evaluate(prefix + ".mlir", self.dtype)
            parts = np.zeros((len(own), STEPS, len(lengths), own[0].hidden), self.dtype)
            for d in range(len(own)):
                for b, length in enumerate(lengths):
                    y, h_n = found[f"f_{d}_{b}"]
                    parts[d, :length, b], last[at + d, b] = y[:, 0], h_n[0]
            x = np.concatenate(parts, axis=2)
        return x, last


def in_turn(context, count, body, body_context):
    """parallel_for on one thread, the last part first."""
    for index in reversed(range(count)):
        body(body_context, index)


def at_once(context, count, body, body_context):
    parts = [threading.Thread(target=body, args=(body_context, index)) for index in range(count)]
    for part in parts:
        part.start()
    for part in parts:
        part.join()


def bfloat16(weights):
    return (weights.view(np.uint32) & 0xffff0000).view(np.float32)


def int8(weights):
    return (np.clip(np.rint(weights * 64), -128, 127) + 0).astype(np.float32) / 64 # no -0


def address(function):
    return ctypes.cast(function, ctypes.c_void_p)


def check(name, cell, layers, directions, inputs, hidden, fields, threads=0, dtype=np.float32,
          external=False, narrow=None):
    network = Network(cell, layers, directions, inputs, hidden, dtype)
    for own in network.cells if narrow else []:
        own.w_ih, own.w_hh = narrow(own.w_ih), narrow(own.w_hh)
    library = compiled(network.text(external), prefix, name, fields, bool(narrow))
    width, memory, weights = directions * hidden, None, None
    if external:
        library.net_pack.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        tensors = [np.ascontiguousarray(t) for own in network.cells for t in own.tensors()[2:]]
        memory, weights = room(1 << 16)
        places = (ctypes.c_void_p * len(tensors))(*(t.ctypes.data for t in tensors))
        assert library.net_pack(places, weights) == 0

    def expect(found, expected, form):
        for ours, theirs in zip(found, expected):
            assert np.array_equal(ours, theirs), (name, form)

    def run(batch, **given):
        return call(library, network.x[:, :batch], network.h_0[:, :batch], (STEPS, batch, width),
                    weights=weights, **given)

    whole, single = network.reference([STEPS] * BATCH), network.reference([STEPS])
    ragged = [2, STEPS, 0, 4, 4] if directions == 1 else [2, STEPS, 1, 4, 4]
    short = network.reference([max(length, 1) for length in ragged])
    for b, length in enumerate(ragged):
        if not length: # nothing was done: h_n is h_0
            short[0][:, b], short[1][:, b] = 0, network.h_0[:, b]
    lengths = np.array(ragged)
    teams = [{}]
    if threads:
        together = threading.Barrier(threads)
        meet, turn, once = BARRIER(lambda context: together.wait()), FOR(in_turn), FOR(at_once)
        teams += [{"threads": threads, "parallel_for": address(turn)},
                  {"threads": threads, "parallel_for": address(once), "barrier": address(meet)}]
    for team in teams:
        expect(run(BATCH, **team), whole, ("whole", team))
        expect(run(1, **team), single, ("one row", team))
        expect(run(BATCH, lengths=lengths.ctypes.data, **team), short, ("lengths", team))
    if directions == 1:
        expect(stepped(library, network.x, network.h_0, weights), whole, "steps")
        one = stepped(library, network.x[:, :1], network.h_0[:, :1], weights)
        expect(one, single, "steps of one row")


for cell in ("rnn", "reset_before"):
    # Units that leave most of a vector empty, of two directions; panels that are shared.
    check(f"{cell}_both", cell, 2, 2, 3, 9, "split=none")
    units = "split=units,split_from=1,split_units=1"
    check(f"{cell}_units", cell, 2, 1, 3, 21, f"lanes=4,panel=2,zigzag=true,{units}", threads=3)
    check(f"{cell}_rows", cell, 1, 2, 3, 7, "split=rows,split_from=1,split_rows=1", threads=4)
    check(f"{cell}_layers", cell, 2, 1, 5, 8, "split=layers,split_from=1,turn_rows=5", threads=2)
    # Chunks of two steps, sums of several blocks, several groups of rows.
    check(f"{cell}_chunks", cell, 1, 1, 4, 130, "k_chunk=64,group_rows=2,chunk_rows=10")
    # Weights that take half the memory, and a quarter: each matrix with a header of its own.
    for narrow in (bfloat16, int8):
        check(f"{cell}_{narrow.__name__}", cell, 1, 1, 9, 67, "split=none", narrow=narrow)
    check(f"{cell}_float64", cell, 1, 1, 3, 13, "split=none", dtype=np.float64, external=True)
