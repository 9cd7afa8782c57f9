# ===- against_torch.py - As accurate as PyTorch's float32 (N1) -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""grucc's errors against torch.nn.GRU in float64, per shape, beside those of PyTorch's float32:

    against_torch.py networks   shapes of networks that people use, over 16 seeds
    against_torch.py grid       one layer with I and H up to 160, over 24 seeds: a sample of the
                                grid, and all of it with GRUCC_EXHAUSTIVE
    against_torch.py --record   measures PyTorch's (and ONNX Runtime's) and writes torch_errors.json

In which order PyTorch sums depends on the processor, and what the test says must not. So
PyTorch's errors are recorded: each shape's on the one of MKL's code paths that is the most
accurate there. One model of a shape, with external weights, serves all seeds.

Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers."""

import json
import multiprocessing
import os
import random
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import calls
import numpy as np
from compiled import has_fma, levels
from drawn_cases import Network
from torch_oracle import evaluate

RECORD = f"{os.path.dirname(os.path.abspath(__file__))}/torch_errors.json"
PATHS = ("AVX512", "AVX2", "AVX", "COMPATIBLE")  # values of MKL_CBWR


@dataclass(frozen=True)
class Shape:
    I: int
    H: int
    L: int = 1
    D: int = 1
    T: int = 20
    B: int = 9
    seeds: int = 24

    def network(self, seed):
        return Network(self.I, self.H, self.L, bidirectional=self.D == 2, source="external",
                       seed=seed)

    def cases(self):
        """For every seed: the network, x [T, B, I], and what float64 makes of it."""
        for seed in range(self.seeds):
            network = self.network(seed)
            x = np.random.default_rng([seed, self.T]).standard_normal((self.T, self.B, self.I))
            x = x.astype(np.float32)
            yield network.module(), x, evaluate(network.module("float64"), x)[0]

    def __str__(self):
        return " ".join(f"{n:4}" for n in (self.I, self.H, self.L, self.D, self.T, self.B))


NETWORKS = tuple(Shape(*sizes, seeds=16) for sizes in (
    (1, 8, 1, 1, 300, 1), (16, 32, 2, 1, 60, 4), (8, 64, 1, 1, 200, 16), (48, 96, 1, 1, 100, 1),
    (40, 128, 2, 1, 100, 1), (40, 128, 2, 2, 100, 2), (130, 65, 3, 1, 40, 2),
    (80, 160, 3, 2, 50, 3), (256, 256, 1, 1, 200, 1), (256, 256, 3, 1, 100, 1),
    (64, 384, 1, 1, 100, 2), (300, 300, 1, 2, 50, 8), (512, 512, 1, 1, 100, 1),
    (768, 768, 1, 1, 50, 1), (1024, 1024, 1, 1, 200, 1)))
# I on both sides of where the order of sums changes (dialects/rnn/SumOrder.h).
GRID = tuple(Shape(I, H)
             for H in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 56, 63, 64, 80, 96,
                       128, 160)
             for I in (1, 2, 4, 8, 12, 16, 17, 24, 32, 40, 48, 49, 56, 64, 65, 72, 80, 96, 100,
                       112, 128, 129, 144, 160))
# Blocks of 64 were not enough for these.
HARDEST = (Shape(129, 2), Shape(64, 2), Shape(100, 1))
SAMPLE = 20


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

    def pair(self):
        return self.rms, self.largest


# ===---------------------------------------------------------------------=== #
# What is recorded
# ===---------------------------------------------------------------------=== #


def measure_torch(shape):
    errors = Errors()
    for gru, x, expected in shape.cases():
        errors.add(evaluate(gru, x)[0], expected)
    return errors.pair()


def measure_onnx_runtime(shape):
    from onnx_gru import OnnxRuntime
    engine, errors = OnnxRuntime(shape.network(0)), Errors()
    for gru, x, expected in shape.cases():
        errors.add(engine.run(gru, x), expected)
    return errors.pair()


def record():
    import torch
    shapes, found = NETWORKS + GRID, {}
    spawn = multiprocessing.get_context("spawn")  # MKL asks once a process
    for path in PATHS:
        os.environ["MKL_CBWR"] = path
        with ProcessPoolExecutor(mp_context=spawn) as pool:
            for shape, pair in zip(shapes, pool.map(measure_torch, shapes)):
                found.setdefault(shape, []).append((*pair, path))
    others = {shape: measure_onnx_runtime(shape) for shape in NETWORKS}
    rows = []
    for shape in shapes:
        rms, largest, path = min(found[shape])
        errors = [float(f"{value:.3e}") for value in (rms, largest, *others.get(shape, ()))]
        rows.append([str(shape), path, *errors])
    write(torch.__version__, rows)


def write(version, rows):
    head = {"made by": "against_torch.py --record", "torch": version,
            "columns": "I H L D T B; the code path of MKL that is the most accurate; RMS and "
                       "largest error of PyTorch on it, and of ONNX Runtime"}
    with open(RECORD, "w") as file:
        print(json.dumps(head)[:-1] + ', "errors": [', file=file)
        print(*map(json.dumps, rows), sep=",\n", end="]}\n", file=file)


def recorded():
    """{shape: [(RMS, largest)]}: PyTorch's, and ONNX Runtime's where it was measured."""
    with open(RECORD) as file:
        rows = {sizes: errors for sizes, _path, *errors in json.load(file)["errors"]}
    return {shape: list(zip(errors[::2], errors[1::2]))
            for shape in NETWORKS + GRID for errors in [rows[str(shape)]]}


# ===---------------------------------------------------------------------=== #
# What is judged
# ===---------------------------------------------------------------------=== #


def measure(shape, targets):
    """{target: (RMS, largest)} of grucc."""
    errors = {level: Errors() for level in targets}
    with tempfile.TemporaryDirectory() as folder:
        models = {level: calls.compile_for(shape.network(0), level, folder) for level in targets}
    for gru, x, expected in shape.cases():
        for level, model in models.items():
            model.set_weights(gru)
            errors[level].add(model(x)[0], expected)
    return {level: found.pair() for level, found in errors.items()}


def judge(shape, level, own, torchs):
    """A line for each bound that is broken."""
    (rms, largest), factor = own, 1.1 if has_fma(level) else 1.5
    if rms > max(factor * torchs[0], 2.0**-25):
        yield f"{shape}  {level}: RMS {rms:.3e}, PyTorch's is {torchs[0]:.3e}"
    if has_fma(level) and largest > max(1.5 * torchs[1], 2.0**-23):
        yield f"{shape}  {level}: largest {largest:.3e}, PyTorch's is {torchs[1]:.3e}"


def selected(what):
    """{shape: targets}."""
    runnable = levels()
    if what == "networks":
        return {shape: runnable for shape in NETWORKS}
    # x86-64-v4 has the bits of v3 (N4).
    targets = [level for level in runnable if level != "x86-64-v4"]
    if os.environ.get("GRUCC_EXHAUSTIVE"):
        return {shape: targets for shape in GRID}
    rest = [shape for shape in GRID if shape not in HARDEST]
    return {shape: targets for shape in (*HARDEST, *random.Random(1).sample(rest, SAMPLE))}


def main():
    if sys.argv[1] == "--record":
        return record()
    torchs, shapes, bad = recorded(), selected(sys.argv[1]), []
    largest_first = sorted(shapes, key=lambda s: -s.H * s.H * s.T * s.B)
    with ProcessPoolExecutor() as pool:
        jobs = {shape: pool.submit(measure, shape, shapes[shape]) for shape in largest_first}
        found = {shape: jobs[shape].result() for shape in shapes}
    print("log2 of RMS and of largest errors against float64\n   I    H    L    D    T    B")
    worst = [0, 0]
    for shape, errors in found.items():
        named = [*errors.items(), *zip(("PyTorch", "ONNX Runtime"), torchs[shape])]
        print(shape, *(f"  {name} {np.log2(rms):.2f} {np.log2(largest):.2f}"
                       for name, (rms, largest) in named))
        for level, own in errors.items():
            bad += judge(shape, level, own, torchs[shape][0])
            if has_fma(level):
                worst = np.maximum(worst, np.divide(own, torchs[shape][0]))
    print(f"{len(found)} shapes: RMS at most {worst[0]:.2f} times PyTorch's, "
          f"largest error {worst[1]:.2f}")
    print(*bad, sep="\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
