# ===- number_clauses.py - The clauses of the numbers, one function each -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------------=== #
"""number_clauses.py CLAUSE FOLDER. Letters: T, B, I, H, L as in networks.py."""

import itertools
import os
import subprocess
import sys

import numpy as np

from compiled import Model, compile_model, has_fma, levels, same_bits
from forced_schedules import NETWORKS, forced_schedules
from networks import Network, draw_network, evaluate_reference

SMALLEST = 2.0**-64  # N7
rng = np.random.default_rng(5)
numbers = itertools.count()


def compiled(folder, network, *options):
    path = network.save(f"{folder}/network.safetensors")
    so = compile_model(path, f"{folder}/{next(numbers)}.so", *options)
    return Model(so, network.tensors.values())


def no_subnormals(y):
    return bool(((y == 0) | (np.abs(y) >= SMALLEST)).all())


def n3_schedules(folder):
    """No schedule changes a bit: 3 for every network and level, 8 with GRUCC_EXHAUSTIVE, in three
    batches and both forms."""
    count = 8 if os.environ.get("GRUCC_EXHAUSTIVE") else 3
    for sizes in NETWORKS:
        network = draw_network(rng, **sizes._asdict())
        x = rng.standard_normal((9, 41, network.I)).astype(network.dtype)
        h_0 = rng.standard_normal((network.L, 41, network.H)).astype(network.dtype)
        expected = {}
        for level in levels():
            # Few rows through panels whose last vectors are a smaller tile.
            by_hand = ["lanes=4,panel=3,tiles=[4,2,2,1,1,3],streams=2,stream_rows=5"] if sizes.H > 128 else []
            for schedule in [""] + by_hand + forced_schedules(sizes, level, count):
                model = compiled(folder, network, f"--target={level}",
                                 *([f"--schedule={schedule}"] if schedule else []))
                # Without steps h_n is h_0 (C13).
                assert same_bits(model.sequence(x[:0], h_0)[1], h_0), (level, schedule)
                for batch in (41, 1, 5):
                    for form in (model.sequence, model.steps):
                        y, h_n = form(x[:, :batch], h_0[:, :batch])
                        # N4: one set of bits for all that have a fused multiply-add.
                        first = expected.setdefault(has_fma(level), (y, h_n))
                        assert same_bits(y, first[0][:, :batch]) and same_bits(
                            h_n, first[1][:, :batch]), (level, schedule, batch, form)
    # The blocks of a sum are no choice.
    done = subprocess.run(["grucc", f"{folder}/network.safetensors", "-o", f"{folder}/no.o",
                           "--schedule=k_block=32"], capture_output=True, text=True)
    assert done.returncode != 0 and "k_block" in done.stderr and not os.path.exists(f"{folder}/no.o")


def n7_small_states(folder):
    """Without weights r = z = 1/2 and n = 0, so that h' = h / 2: every state is known."""
    for H, dtype in ((1, "float32"), (20, "float32"), (1, "float64"), (20, "float64")):
        zeros = draw_network(rng, 3, H, bias=False, dtype=dtype)
        for tensor in zeros.tensors.values():
            tensor[...] = 0
        subnormal = np.finfo(dtype).smallest_subnormal
        start = np.array([2.0**-62, -2.0**-62, 1.5 * 2.0**-63, -1.25 * 2.0**-64, 512 * subnormal,
                          -subnormal, np.nan, 1.0], dtype)
        h_0 = np.repeat(start[None, :, None], H, axis=2)
        x = np.zeros((80, start.size, 3), dtype)
        expected, h = [], start.astype(np.float64)
        for _ in range(len(x)):
            h = h / 2
            h[np.abs(h) < SMALLEST] = 0
            expected.append(h)
        expected = np.repeat(np.array(expected, dtype)[:, :, None], H, axis=2)
        assert (expected[1, :2, 0] == (SMALLEST, -SMALLEST)).all()  # the smallest that is kept
        assert (expected[2, :2] == 0).all()
        for level in levels():
            model = compiled(folder, zeros, f"--target={level}")
            for y, h_n in (model.sequence(x, h_0), model.steps(x, h_0)):
                assert (y[~np.isnan(expected)] == expected[~np.isnan(expected)]).all(), (level, H)
                assert np.isnan(y[:, 6]).all() and same_bits(h_n[0], y[-1]) and no_subnormals(y[:, :6])
                assert not np.signbit(y[y == 0]).any(), "0 has a sign"


def n7_silence(folder):
    """Silence for 10^4 steps: states fade to 0 and are never subnormal."""
    for H, L, dtype in ((1, 1, "float32"), (40, 2, "float32"), (20, 2, "float64")):
        network = draw_network(rng, 9, H, L, bias=False, dtype=dtype)
        x = np.zeros((10_000, 2, 9), dtype)
        h_0 = rng.standard_normal((L, 2, H)).astype(dtype)
        expected = None
        for level in levels():
            model = compiled(folder, network, f"--target={level}")
            y, h_n = model.sequence(x, h_0)
            assert no_subnormals(y), (level, H)
            assert (y[-1] == 0).all() and (h_n == 0).all(), "silence did not fade"
            faint = y[y != 0]
            assert np.abs(faint).min() < 2**-60, "states did not come near the bound"
            if has_fma(level):
                expected = (y, h_n) if expected is None else expected
                assert same_bits(y, expected[0]) and same_bits(h_n, expected[1]), (level, H)
            y_steps, h_steps = model.steps(x[:1000], h_0)
            assert same_bits(y_steps, y[:1000]) and no_subnormals(h_steps)


def n7_saturation(folder):
    """Huge, infinite and NaN inputs and states: as torch's, and as Reference to the bit."""
    import torch
    special = np.array([1e20, -1e20, np.inf, -np.inf, np.nan, 1e-40, -1e-30, 0.0, -0.0, 30.0])
    wide = np.append(special, [1e200, -1e200, 1e-310])
    for I, H, L, bias, dtype in ((1, 1, 1, True, "float32"), (3, 17, 2, True, "float32"),
                                 (70, 20, 2, False, "float32"), (3, 17, 2, True, "float64")):
        network = draw_network(rng, I, H, L, bias, dtype=dtype)
        path = network.save(f"{folder}/saturated.safetensors")
        T, B = 6, 40
        x = rng.standard_normal((T, B, I)).astype(dtype)
        h_0 = rng.standard_normal((L, B, H)).astype(dtype)
        for b in range(B):  # a few special values each, in input or state, later silence or not
            where = (x[:, b] if b % 2 else h_0[:, b]).reshape(-1)
            values = rng.choice(special if dtype == "float32" else wide, where.size)
            chosen = rng.random(where.size) < rng.choice([0.02, 0.2, 1.0])
            chosen[rng.integers(where.size)] = True
            (x[:, b] if b % 2 else h_0[:, b])[...] = np.where(chosen, values, where).reshape(
                x[:, b].shape if b % 2 else h_0[:, b].shape)
        gru = torch.nn.GRU(I, H, L, bias=bias, dtype=getattr(torch, dtype))
        gru.load_state_dict({n: torch.from_numpy(w) for n, w in network.tensors.items()})
        with torch.no_grad():
            judge = [a.numpy() for a in gru(torch.from_numpy(x), torch.from_numpy(h_0))]
        assert np.isnan(judge[0]).any() and np.isfinite(judge[0]).any()
        reference = evaluate_reference(path, x, h_0, f"{folder}/reference")
        for level in levels():
            found = compiled(folder, network, f"--target={level}").sequence(x, h_0)
            for a, expected, own in zip(found, reference, judge):
                assert (np.isnan(a) == np.isnan(own)).all(), (level, I, "NaN is elsewhere")
                finite = np.isfinite(own)
                assert (a[np.isinf(own)] == own[np.isinf(own)]).all(), (level, I, "infinities")
                # States of 1e20 are carried on: relative where they are large.
                off = np.abs(a[finite] - own[finite]) / np.maximum(1, np.abs(own[finite]))
                assert off.max() < (4e-6 if dtype == "float32" else 1e-13), (level, I, off.max())
                assert not has_fma(level) or same_bits(a, expected), (level, I, "Reference")


if __name__ == "__main__":
    os.makedirs(sys.argv[2], exist_ok=True)
    globals()[sys.argv[1]](sys.argv[2])
