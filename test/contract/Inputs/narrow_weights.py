# ===- narrow_weights.py - Weights in narrower numbers, the same bits -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------------=== #
"""narrow_weights.py, with the Python package. Letters: T steps, B batch, I input_size,
H hidden_size, D directions, L num_layers. GRUCC_EXHAUSTIVE: every network in every
kind on every target."""

import itertools
import os
from collections import Counter

import calls
import numpy as np
import torch
from clause_kit import compile_model, draw, equal, reference, rng
from compiled import has_fma, levels
from drawn_cases import Arrays, Call, Network

T, B = 5, 13
# Beyond L1, so that narrow weights pay; odd depths, tails of one unit and of all but one.
NETWORKS = [(Network(700, 5), {}), (Network(250, 20, bias=False, bidirectional=True), {}),
            (Network(33, 129, 2, batch_first=True), {"x86-64-v4": "lanes=8"}),
            (Network(130, 129, 2, bidirectional=True), {"x86-64-v3": "panel=1,unroll=3"}),
            (Network(144, 144, 2), {"x86-64-v4": "panel=3,tiles=[5,2,2,3,1,1],unroll=4"}),
            (Network(3, 143, 3, dropout=0.5), {"x86-64-v2": "panel=3,tiles=[3,1,1,2]"}),
            (Network(77, 191), {"x86-64-v4": "lanes=4,panel=5"})]
# Beyond L2, where what saves the most pays: int8, and float16 with its two operations.
LARGE = [(Network(301, 447), "bfloat16"), (Network(301, 447), "float16"), (Network(301, 447), "int8"), (Network(9, 385, 2), "int8")]
KINDS = ("bfloat16", "float16", "int8")


class Narrow(Network):
    """A network whose weights `kind` holds: every one, with zeros of both signs where it has
    them, subnormal, largest and smallest values, and another scale for every matrix."""
    kind = ""

    def module(self, dtype=None):
        gru = super().module(dtype)
        for index, (name, weight) in enumerate(gru.named_parameters()):
            if "weight" in name:
                weight.copy_(torch.from_numpy(self.narrowed(weight.float().numpy(), index)))
        return gru

    def narrowed(self, w, index):
        w = w.copy()
        if self.kind == "int8":
            unit = np.float32(2.0**(-10 + index % 3))
            w = np.clip(np.rint(w / unit), -128, 127) * unit + np.float32(0)  # no -0
            w.flat[:3] = unit * np.float32([-128, 127, 1])
            return w
        w.flat[:2] = 0.0, -0.0
        if self.kind == "float16":
            w.flat[2:6] = 2.0**-24, -1023 * 2.0**-24, 2.0**-14, 0.1
            return w.astype(np.float16).astype(np.float32)
        w.flat[2:6] = 2.0**-126, -2.0**-133, 2.0**-60, 0.1
        return (w.view(np.uint32) & 0xFFFF0000).view(np.float32)


def check(network, kind, target, schedule, kept):
    network = Narrow(**vars(network))
    object.__setattr__(network, "kind", kind)
    options = {"schedule": schedule} if schedule else {}
    if network.dropout:
        options["training"] = True
    narrow = compile_model(network, target, **options)
    exact = compile_model(network, target, narrow_weights=False, **options)
    assert set(exact.report["storage"].values()) == {"float32"}, exact.report["storage"]
    for found in narrow.report["storage"].values():
        kept[target, found.split()[0]] += 1
    if "float32" not in narrow.report["storage"].values():
        assert narrow.report["weights_bytes"] < 0.6 * exact.report["weights_bytes"]

    x, h_0 = draw(network, T, B)
    lengths = rng.integers(0, T + 1, B)
    expected = {}
    if network.dropout:
        for rows in (B, 1):
            given = Arrays(x[:, :rows], h_0[:, :rows])
            results = [calls.run(model, network, Call(T, rows), given, dropout_seed=7)
                       for model in (narrow, exact)]
            equal(*results)
        return
    if has_fma(target):
        expected["dense"] = reference(network, x, h_0, None, "float32")
        expected["lengths"] = expected["packed"] = reference(network, x, h_0, lengths, "float32")
    for form, size in itertools.product(("dense", "lengths", "packed", "steps"), (B, 1, 3)):
        if form == "steps" and network.bidirectional:
            continue
        ragged = form in ("lengths", "packed")
        given = Arrays(x[:, :size], h_0[:, :size], lengths[:size] if ragged else None)
        found, wanted = (calls.run(model, network, Call(T, size, form), given)
                         for model in (narrow, exact))
        equal(found, wanted)
        if has_fma(target):
            equal(found, [a[:, :size] for a in expected.get(form, expected["dense"])])


def main():
    runnable, everywhere = levels(), bool(os.environ.get("GRUCC_EXHAUSTIVE"))
    kept = Counter()
    for (index, (network, schedules)), kind in itertools.product(enumerate(NETWORKS), KINDS):
        # Schedules by hand are for one target.
        chosen = set(schedules) or {runnable[(index + KINDS.index(kind)) % len(runnable)]}
        for target in runnable if everywhere else chosen.intersection(runnable):
            check(network, kind, target, schedules.get(target), kept)
    for network, kind in LARGE:
        for target in runnable:
            check(network, kind, target, None, kept)
    for target in runnable:
        print(target, {kind: count for (t, kind), count in kept.items() if t == target})
        kinds = KINDS if has_fma(target) else ("bfloat16",)
        assert all((target, kind) in kept for kind in kinds), "a kind that no network had"


main()
