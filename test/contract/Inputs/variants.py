# ===- variants.py - Random variants beside Reference -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------=== #
"""variants.py FOLDER COUNT [INDEX]: all networks, or one of them again. GRUCC_EXHAUSTIVE: ten times
as many."""

import json
import os
import subprocess
import sys

import grucc
import numpy as np
from compiled import has_fma, levels, same_bits
from safetensors.numpy import load_file, save_file

ACTIVATIONS = ["sigmoid", "tanh", "relu", "hard_sigmoid", "softsign", "softplus", "affine(0.5, 0.1)",
               "leaky_relu(0.1)", "thresholded_relu(0.3)", "scaled_tanh(1.5, 0.7)", "elu(0.8)"]
SIZES = [1, 3, 4, 5, 8, 13, 16, 20, 33, 48, 70]


class Case:
    def __init__(self, index, folder):
        rng = self.rng = np.random.default_rng([15, index])
        self.index, self.folder = index, folder
        self.direction = str(rng.choice(["forward", "forward", "reverse", "bidirectional"]))
        self.D, self.L = 1 + (self.direction == "bidirectional"), int(rng.choice([1, 1, 2, 3]))
        self.I, self.H = int(rng.choice([1, 2, 7, 16, 40])), int(rng.choice(SIZES))
        self.schedule = None
        if index % 5 == 4:  # enough units for streams of a few rows
            more = np.random.default_rng([16, index])
            self.H, self.schedule = int(more.choice([130, 150, 200])), self.draw_schedule(more)
        self.T, self.B = int(rng.choice([0, 1, 2, 9, 40])), int(rng.choice([1, 2, 3, 5, 17]))
        self.facts = dict(
            input_size=self.I, hidden_size=self.H, num_layers=self.L, direction=self.direction,
            bias=bool(rng.random() < 0.8), batch_first=bool(rng.random() < 0.3),
            dtype=str(rng.choice(["float32", "float32", "float64"])),
            reset="before" if rng.random() < 0.6 else "after")
        if self.schedule:
            self.T, self.B = int(more.choice([2, 9])), int(more.choice([3, 9, 17, 33]))
            self.facts["reset"] = str(more.choice(["before", "before", "before", "after"]))
        # A fair part of each; those of the candidate may be unbounded.
        if rng.random() < 0.6:
            self.facts["gate_activation"] = ACTIVATIONS[index % 11]
        if rng.random() < 0.6:
            self.facts["candidate_activation"] = ACTIVATIONS[index // 11 % 11]
        if rng.random() < 0.3:
            self.facts["clip"] = float(rng.choice([0.5, 1.0, 3.0]))
        self.seed = None  # of dropout
        if self.L > 1 and index % 3 == 0:
            self.facts["dropout"] = 0.3
            self.seed = 1000003 * index
        self.dtype = np.dtype(self.facts["dtype"])
        shapes = grucc.GRU(**self.facts).weight_shapes()
        self.weights = {name: (rng.standard_normal(shape) * 1.2 / np.sqrt(shape[-1])).astype(self.dtype)
                        for name, shape in shapes.items()}
        if index % 4 == 1 and self.dtype == np.float32:  # values that bfloat16 has: kept in it
            for value in self.weights.values():
                value.view(np.uint32)[...] &= np.uint32(0xffff0000)
        save_file(self.weights, f"{folder}/{index}.safetensors")
        self.path = f"{folder}/{index}.json"
        with open(self.path, "w") as file:
            json.dump({**self.facts, "weights": f"{index}.safetensors"}, file)
        rows = (self.B, self.T) if self.facts["batch_first"] else (self.T, self.B)
        self.x = rng.standard_normal((*rows, self.I)).astype(self.dtype)
        self.h_0 = (0.5 * rng.standard_normal((self.D * self.L, self.B, self.H))).astype(self.dtype)
        self.lengths = rng.integers(0, self.T + 1, self.B) if rng.random() < 0.4 else None

    @staticmethod
    def draw_schedule(rng):
        """Walks of rounds, few rows and several panels, and what threads share (N3)."""
        streams, rows = rng.choice([(1, 1), (2, 3), (2, 5), (4, 2), (3, 3)])
        fields = {"streams": streams, "stream_rows": rows, "round_streams": rng.choice([1, 3, 6, 8]), "round_rows": rng.choice([5, 7, 8, 12, 40]),
                  "zigzag": rng.choice(["true", "false"]), "fuse_step": rng.choice(["true", "false"]),
                  "chunk_rows": rng.choice([1, 7, 64]), "group_rows": rng.choice([5, 16, 32]),
                  "split": rng.choice(["auto", "units", "rows", "layers"])}
        return ",".join(f"{name}={value}" for name, value in fields.items())

    def reference(self, lengths):
        place = f"{self.folder}/{self.index}"
        given = {"input": self.x, "h_0": self.h_0}
        if lengths is not None:
            given["lengths"] = lengths
        if self.seed is not None:
            given["dropout_seed"] = np.array([self.seed])
        save_file(given, place + ".in.safetensors")
        command = ["grucc-run", "--reference", self.path, f"--input={place}.in.safetensors",
                   f"--output={place}.out.safetensors"]
        command += ["--batch-first"] * self.facts["batch_first"] + ["--training"] * (self.seed is not None)
        subprocess.run(command, check=True)
        found = load_file(place + ".out.safetensors")
        return found["output"], found["h_n"]

    def mask(self):
        """What the seed drops (N5)."""
        return grucc.draw_mask(self.facts["dropout"], self.seed, self.L - 1, self.T, np.arange(self.B), self.D * self.H)

    def has_wide_tiles(self):
        """Whether rows enough for a tile of a round of fewer gates go through it together."""
        fields = dict(field.split("=") for field in (self.schedule or "").split(",") if field)
        wide = min(int(fields.get("round_rows", 1)), 6)  # of two gates where four rows have three
        return (self.facts["reset"] == "before" and wide > 4 and self.H > 64 and
                min(self.B, int(fields["group_rows"])) >= wide)

    def check(self, level):
        rng = self.rng
        external, threads = bool(rng.random() < 0.25), int(rng.integers(1, 4))
        model = grucc.compile(self.path, target=level, threads=threads, cache=False,
                              weights="external" if external else "baked",
                              narrow_weights=bool(rng.random() < 0.8),
                              training=self.seed is not None,
                              **({"schedule": self.schedule} if self.schedule else {}))
        if external:
            model.set_weights(self.weights)
        y, h_n = model(self.x, self.h_0, lengths=self.lengths, dropout_seed=self.seed)
        what = f"{self.index} for {level}: {self.facts} T={self.T} B={self.B} {self.lengths} {self.schedule}"
        network = model.network
        for name in ("reset", "gate_activation", "candidate_activation", "clip"):
            said = getattr(grucc.GRU(**self.facts), name)
            assert getattr(network, name) == said or name.endswith("activation"), (what, network)
        if has_fma(level):
            for found, expected in zip((y, h_n), self.reference(self.lengths)):
                assert same_bits(np.ascontiguousarray(found), expected), what
        self.check_packed(model, level, what)
        if self.seed is not None:
            by_mask = model(self.x, self.h_0, lengths=self.lengths, dropout_mask=self.mask())
            for found, expected in zip(by_mask, (y, h_n)):
                assert same_bits(np.ascontiguousarray(found), expected), what
            return  # masks are of the whole batch, and steps have none
        self.check_step(model, y, h_n, what)
        # Any rows of the batch, alone (N3).
        b = int(rng.integers(self.B))
        rows = (slice(b, b + 1),) if self.facts["batch_first"] else (slice(None), slice(b, b + 1))
        one = model(np.ascontiguousarray(self.x[rows]), np.ascontiguousarray(self.h_0[:, b:b + 1]),
                    lengths=None if self.lengths is None else self.lengths[b:b + 1])
        assert same_bits(one[0], np.ascontiguousarray(y[rows])), what
        assert same_bits(one[1], np.ascontiguousarray(h_n[:, b:b + 1])), what

    def check_packed(self, model, level, what):
        """Rows of several lengths, packed step by step, where the cell has two rounds."""
        if self.T == 0 or self.facts["reset"] == "after":
            return
        lengths = np.random.default_rng([17, self.index]).integers(1, self.T + 1, self.B)
        order = np.argsort(-lengths)
        inside = np.arange(self.T)[:, None] < lengths[order]  # [T, B]

        def pack(padded):
            rows = padded.swapaxes(0, 1) if self.facts["batch_first"] else padded
            return rows[:, order][inside]
        if has_fma(level):
            y, h_n = self.reference(lengths)
        else:
            y, h_n = model(self.x, self.h_0, lengths=lengths, dropout_seed=self.seed)
        packed = grucc.PackedSequence(pack(self.x), inside.sum(1), order)
        found, last = model(packed, self.h_0, dropout_seed=self.seed)
        assert same_bits(found.data, pack(y)) and same_bits(last, h_n), (what, lengths)

    def check_step(self, model, y, h_n, what):
        if self.direction != "forward" or self.lengths is not None or self.T == 0:
            try:
                model.step(np.zeros((1, self.I), self.dtype), None)
                assert self.direction == "forward", what
            except grucc.Error as reason:
                assert self.direction != "forward" and "expected one that can stream" in str(reason)
            return
        turned = self.x.swapaxes(0, 1) if self.facts["batch_first"] else self.x
        _, state = model.step(np.ascontiguousarray(turned[0]), None)
        state.h, outputs = self.h_0, []
        for x in turned:
            output, state = model.step(np.ascontiguousarray(x), state)
            outputs.append(output)
        outputs = np.stack(outputs, 1 if self.facts["batch_first"] else 0)
        assert same_bits(outputs, np.ascontiguousarray(y)), what
        assert same_bits(np.ascontiguousarray(state.h), h_n), what


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    if os.environ.get("GRUCC_EXHAUSTIVE"):
        count *= 10
    indices = [int(sys.argv[3])] if len(sys.argv) > 3 else range(count)
    run_here, wide = levels(), 0
    for index in indices:  # every third one is in training, at one level and then at the next
        case, level = Case(index, folder), run_here[index // 3 % len(run_here)]
        case.check(level)
        wide += has_fma(level) and case.has_wide_tiles()
    assert wide or len(indices) == 1, "no tile of a round's own beside Reference"
    print(f"{len(indices)} variants, each equal to the bit")


main()
