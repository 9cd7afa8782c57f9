# ===- random_networks.py - Random networks against float64 and Reference -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------------------------=== #
"""random_networks.py FOLDER [INDEX]: all networks, or one of them again.

Reference is evaluated once a network, at T = 33 and B = 17: by N3 every shorter
run of any of those rows must give parts of its results. Without GRUCC_EXHAUSTIVE
there are fewer networks, one for every level and residue of H, and most are compiled for
that level alone."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np

from compiled import Model, compile_model, has_fma, levels, same_bits
from networks import draw_network, evaluate64, evaluate_reference

EVERYWHERE = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
COUNT = 300 if EVERYWHERE else 48
STEPS, BATCHES = (0, 1, 7, 33), (0, 1, 2, 5, 17)
# Of an error, in units of half an ulp of 1 times the largest sum of magnitudes in any gate;
# the largest that has been seen is 1.2.
BOUND = 2
UNITS = {"float32": 2.0**-24, "float64": 2.0**-53}


def with_residue(rng, residue):
    """A size from 1 to 130 that is `residue` mod 16, half of them below 41."""
    sizes = np.arange(residue or 16, (41 if rng.random() < 0.5 else 131), 16)
    return int(rng.choice(sizes))


def largest_sum(network, x, states):
    """The largest sum over k of |w| |x| + |w| |h| (and biases) in any gate, any step, or 1."""
    largest, below = 1.0, np.abs(x)
    for l in range(network.L):
        w_ih, w_hh, b_ih, b_hh = (0 if w is None else np.abs(w) for w in network.layer(l))
        sums = below @ w_ih.T + np.abs(states[:-1, l]) @ w_hh.T + (b_ih + b_hh)
        largest, below = max(largest, sums.max()), np.abs(states[1:, l])
    return largest


class Case:
    """A network, its input, and what must come out."""

    def __init__(self, index, folder):
        self.index, self.rng = index, np.random.default_rng([7, index])
        rng = self.rng
        H, I = with_residue(rng, index % 16), with_residue(rng, (5 * index + index // 16) % 16)
        L = int(rng.choice([1, 1, 1, 1, 2, 3]))
        bias, self.batch_first, given = (bool(rng.integers(2)) for _ in range(3))
        self.dtype = "float64" if index % 7 == 3 else "float32"
        self.network = draw_network(rng, I, H, L, bias, dtype=self.dtype)
        self.path = self.network.save(f"{folder}/{index}.safetensors")
        T, B = max(STEPS), max(BATCHES)
        # Rows of several magnitudes, one silent.
        size = rng.choice([0.1, 1.0, 1.0, 4.0], (1, B, 1))
        self.x = (rng.standard_normal((T, B, I)) * size).astype(self.dtype)
        self.x[:, 3] = 0
        self.h_0 = rng.standard_normal((L, B, H)).astype(self.dtype) if given else None
        self.y64, self.states64 = evaluate64(self.network, self.x, self.h_0)
        self.unit = UNITS[self.dtype] * largest_sum(self.network, self.x, self.states64)

    def __str__(self):
        n = self.network
        return (f"network {self.index}: {self.dtype} I={n.I} H={n.H} L={n.L} bias={n.bias} "
                f"batch_first={self.batch_first} h_0={self.h_0 is not None}")

    def check(self, level, folder, expected):
        """All forms of one compiled model; `expected` [T, B, H], [L, B, H], or None: its own."""
        rng, T, B = self.rng, max(STEPS), max(BATCHES)
        external = bool(rng.integers(2))
        options = [f"--target={level}", f"--weights={'external' if external else 'baked'}"]
        if self.batch_first:
            options.append("--batch-first")
        path = compile_model(self.path, f"{folder}/{self.index}-{level}.so", *options)
        model = Model(path, self.network.tensors.values())
        os.remove(path)
        place = bool(rng.integers(2))
        found = model.sequence(self.x, self.h_0, at_end=place)
        expected_y, expected_h = expected or found
        error = np.abs(found[0] - self.y64).max() / self.unit
        assert error <= BOUND, f"{level}: off by {error} units from float64"

        def expect(what, y, h, first, rows, steps):
            where = f"{' '.join(options)}: {what} T={steps} rows={rows} from step {first}"
            assert same_bits(y, expected_y[first:first + steps, rows]), f"{where}: output"
            if first + steps == T:
                assert same_bits(h, expected_h[:, rows]), f"{where}: h_n"
            off = np.abs(h - self.states64[first + steps][:, rows]).max(initial=0) / self.unit
            assert off <= BOUND, f"{where}: h_n off by {off} units from float64"

        for batch in BATCHES:
            rows = rng.permutation(B)[:batch]
            h_0 = None if self.h_0 is None else self.h_0[:, rows]
            for steps in STEPS:
                y, h = model.sequence(self.x[:steps, rows], h_0, at_end=not place)
                expect("run", y, h, 0, rows, steps)
                if 0 < steps < T:  # h_n continues to the bit, so it is right to the bit
                    y, h = model.sequence(self.x[steps:, rows], h, at_end=place)
                    expect("run", y, h, steps, rows, T - steps)
                elif steps == 0:
                    start = np.zeros_like(h) if h_0 is None else h_0
                    assert same_bits(h, start), f"{options}: T = 0 changed h_0"
            y, h = model.steps(self.x[:, rows], h_0, at_end=place)
            expect("step", y, h, 0, rows, T)
        return f"{level} {self.dtype}", error


def run(index, levels, folder):
    """Errors against float64 by level, or what went wrong."""
    case = Case(index, folder)
    try:
        expected = evaluate_reference(case.path, case.x, case.h_0, f"{folder}/{index}")
        errors = [case.check(level, folder, expected if has_fma(level) else None)
                  for level in levels]
        off = np.abs(expected[0] - case.y64).max() / case.unit
        assert off <= BOUND, f"Reference is off by {off} units from float64"
    except AssertionError as problem:
        return str(case), str(problem), []
    return str(case), None, errors


def main():
    folder, runnable = sys.argv[1], levels()
    if len(sys.argv) > 2:
        print(run(int(sys.argv[2]), runnable, folder))
        return 0
    worst, count, bad = {}, {}, 0
    with ProcessPoolExecutor() as pool:
        jobs = []
        for i in range(COUNT):
            chosen = runnable if EVERYWHERE or i % 30 == 0 else [runnable[i % len(runnable)]]
            jobs.append(pool.submit(run, i, chosen, folder))
        for index, job in enumerate(jobs):
            try:
                case, problem, errors = job.result()
            except BrokenProcessPool:
                print(f"network {index}, or one that ran beside it: the process died")
                return 1
            if problem:
                print(f"{case}: {problem}")
                bad += 1
            for level, error in errors:
                worst[level] = max(worst.get(level, 0), error)
                count[level] = count.get(level, 0) + 1
    for level in worst:
        print(f"{level}: {count[level]} networks, off by at most {worst[level]:.2f} units from float64")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
