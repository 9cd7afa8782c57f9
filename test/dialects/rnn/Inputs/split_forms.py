# ===- split_forms.py - A network whole and split into layers, to the bit -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""split_forms.py OUT.mlir: writes networks with dropout, each as one rnn.gru and
as a chain of rnn.layer, rnn.concat and rnn.dropout in a file of its own, and
evaluates both by Reference in both precisions: the bits must be equal (C6, C7, N5).
"""

import itertools
import random
import re
import struct
import subprocess
import sys

T, B, I, H, L = 5, 3, 4, 6, 3
LENGTHS = "dense<[2, 5, 0]>"


def tensor(*shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


def signature(D):
    """(name, type) of every argument; the same for both forms."""
    arguments = [("x", tensor(T, B, I)), ("h", tensor(D * L, B, H))]
    for layer in range(L):
        for d in range(D):
            arguments += [(f"w{layer}{d}", tensor(3 * H, I if layer == 0 else D * H)),
                          (f"u{layer}{d}", tensor(3 * H, H)), (f"p{layer}{d}", tensor(3 * H)),
                          (f"q{layer}{d}", tensor(3 * H))]
    return arguments


class Function:
    def __init__(self, name, D, p, by_mask, lengths):
        self.D, self.p, self.by_mask = D, p, by_mask
        self.types = dict(signature(D))
        results = f"({tensor(T, B, D * H)}, {tensor(D * L, B, H)})"
        arguments = ", ".join(f"%{n}: {t}" for n, t in self.types.items())
        self.lines = [f"func.func @{name}({arguments}) -> {results} {{"]
        self.results = results
        if by_mask:
            kind = tensor(L - 1, T, B, D * H)
            random.seed(1)
            bits = b"".join(struct.pack("<f", random.randrange(2))
                            for _ in range((L - 1) * T * B * D * H))
            self.add("mask", f'arith.constant dense<"0x{bits.hex().upper()}"> : {kind}', kind)
        else:
            self.add("seed", "arith.constant 81985529216486895 : i64", "i64")
        if lengths:
            self.add("lengths", f"arith.constant {LENGTHS} : tensor<{B}xi64>", f"tensor<{B}xi64>")
        self.lengths = " lengths(%lengths)" if lengths else ""

    def add(self, name, text, *types):
        self.lines.append(f"  %{name} = {text}")
        self.types.update(zip(name.split(", %"), types, strict=True))

    def call(self, name, op, operands, attributes, *results):
        types = ", ".join(self.types[value] for value in re.findall(r"%(\w+)", operands))
        self.add(name, f"{op} {operands} {attributes} : ({types}) -> ({', '.join(results)})",
                 *results)

    def end(self):
        self.lines += [f"  return %y, %h_n : {self.results[1:-1]}", "}"]
        return "\n".join(self.lines) + "\n"

    def drop(self):
        return "dropout_mask(%mask)" if self.by_mask else "dropout_seed(%seed)"


def whole(*parts):
    f = Function("whole", *parts)
    weights = ", ".join(f"%{n}" for n in f.types if n[0] in "wupq" and n[1:].isdigit())
    f.call("y, %h_n", "rnn.gru", f"%x h_0(%h){f.lengths} {f.drop()} weights({weights})",
           f"{{input_size = {I}, hidden_size = {H}, num_layers = {L}, dropout = {f.p}, "
           f"bidirectional = {'true' if f.D == 2 else 'false'}, training = true}}",
           tensor(T, B, f.D * H), tensor(f.D * L, B, H))
    return f.end()


def split(*parts):
    f = Function("split", *parts)
    sequence, states = "x", []
    for layer in range(L):
        outputs = []
        for d in range(f.D):
            i = f"{layer}{d}"
            f.add(f"s{i}", f"rnn.state %h[{layer * f.D + d}] : {f.types['h']} -> {tensor(B, H)}",
                  tensor(B, H))
            f.call(f"y{i}, %n{i}", "rnn.layer",
                   f"%{sequence} h_0(%s{i}){f.lengths} weights(%w{i}, %u{i}) biases(%p{i}, %q{i})"
                   + (" reverse" if d else ""), "", tensor(T, B, H), tensor(B, H))
            outputs.append(f"y{i}")
            states.append(f"%n{i}")
        sequence = outputs[0]
        if f.D == 2:
            sequence = f"y{layer}"
            f.call(sequence, "rnn.concat", ", ".join("%" + o for o in outputs), "",
                   tensor(T, B, 2 * H))
        if layer + 1 < L:
            f.call(f"z{layer}", "rnn.dropout",
                   f"%{sequence} " + f.drop().replace("dropout_", ""),
                   f"{{p = {f.p}, layer = {layer}}}", tensor(T, B, f.D * H))
            sequence = f"z{layer}"
    f.add("h_n", f"rnn.stack {', '.join(states)} : {', '.join([tensor(B, H)] * len(states))} -> "
          f"{tensor(len(states), B, H)}", tensor(len(states), B, H))
    return f.end().replace("return %y,", f"return %{sequence},")


seen = {}
for D, p, by_mask, lengths in itertools.product((1, 2), (0.5, 1.0), (False, True), (False, True)):
    with open(sys.argv[1], "w") as file:
        file.write(whole(D, p, by_mask, lengths) + "\n" + split(D, p, by_mask, lengths))
    for arithmetic in ("float32", "float64"):
        done = subprocess.run(["rnn-evaluate", sys.argv[1], arithmetic, "--equal"],
                              capture_output=True, text=True)
        assert done.returncode == 0, (D, p, by_mask, lengths, arithmetic, done.stderr)
        assert done.stdout.count("@whole ") == done.stdout.count("@split ") == 2, done.stdout
        seen[D, p, by_mask, lengths, arithmetic] = done.stdout
# Seed and mask drop different numbers, both something, and p = 1 everything.
for D, lengths, arithmetic in itertools.product((1, 2), (False, True), ("float32", "float64")):
    half = [seen[D, 0.5, by_mask, lengths, arithmetic] for by_mask in (False, True)]
    full = [seen[D, 1.0, by_mask, lengths, arithmetic] for by_mask in (False, True)]
    assert half[0] != half[1] and full[0] == full[1] and full[0] not in half
