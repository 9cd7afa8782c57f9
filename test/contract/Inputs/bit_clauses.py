# ===- bit_clauses.py - One result, whatever the form of the call -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""bit_clauses.py CLAUSE, with the Python package. Letters: T steps, B batch, I input_size,
H hidden_size, D directions, L num_layers. GRUCC_EXHAUSTIVE: every network on every target."""

import os
import sys

import calls
import numpy as np
from clause_kit import compile_model, draw, equal, reference, rng
from compiled import has_fma, levels, same_bits
from drawn_cases import Arrays, Call, Network

T, B = 21, 17
NETWORKS = [Network(I, H, L, bias=I % 2 == 1, batch_first=L == 2, bidirectional=bidirectional,
                    dtype=dtype, source=source)
            for I, H, L, source in ((1, 1, 1, "module"), (3, 20, 1, "module"),
                                    (33, 65, 2, "external"), (130, 15, 1, "module"),
                                    (16, 96, 3, "module"), (7, 160, 1, "module"),
                                    (9, 50, 1, "external"), (129, 2, 1, "module"),
                                    (70, 30, 2, "module"))
            for bidirectional in (False, True) for dtype in ("float32", "float64")]


def n3_forms():
    """Rows alone, among others, turned around, padded, packed, streamed, cut: the same bits."""
    runnable, everywhere = levels(), bool(os.environ.get("GRUCC_EXHAUSTIVE"))
    for i, network in enumerate(NETWORKS):
        x, h_0 = draw(network, T, B)
        lengths = rng.integers(1, T + 1, B)
        lengths[3] = T
        for target in runnable if everywhere else [runnable[i // 4 % len(runnable)]]:
            model = compile_model(network, target)

            def run(form, rows=slice(None), steps=T, start=0, state=h_0, **of_call):
                given = Arrays(x[start:start + steps, rows], state[:, rows],
                               lengths[rows] if form in ("lengths", "packed") else None)
                call = Call(given.x.shape[0], given.x.shape[1], form, **of_call)
                return calls.run(model, network, call, given)

            dense, ragged = run("dense"), run("lengths")
            for size in (1, 2, 3, 4, 5, 8, 9, 16):
                rows = rng.permutation(B)[:size]
                equal(run("dense", rows), [a[:, rows] for a in dense])
                for form in ("lengths", "packed"):
                    equal(run(form, rows), [a[:, rows] for a in ragged])
            for tensors in (False, True):
                equal(run("packed", tensors=tensors), ragged)
                equal(run("dense", tensors=tensors), dense)
            for b in range(B):  # a row of n steps is a run over n steps
                n = lengths[b]
                equal(run("dense", [b], n), (ragged[0][:n, [b]], ragged[1][:, [b]]))
            if network.bidirectional:
                continue
            for rows in (slice(None), [5], [4, 2, 11, 0, 9]):
                equal(run("steps", rows), [a[:, rows] for a in dense])
            for cut in (1, 2, 8, T - 1):
                y, h = run("dense", steps=cut)
                assert same_bits(y, dense[0][:cut])
                equal(run("dense", start=cut, state=h), (dense[0][cut:], dense[1]))
                equal(run("steps", start=cut, state=h), (dense[0][cut:], dense[1]))


def n4_reference():
    """Targets with fused multiply-add agree with Reference in the same dtype."""
    runnable = list(filter(has_fma, levels()))
    for network in NETWORKS:
        x, h_0 = draw(network, T, B)
        lengths = rng.integers(0, T + 1, B)
        expected = [reference(network, x, h_0, given, network.dtype) for given in (None, lengths)]
        for target in runnable:
            model = compile_model(network, target)
            found = [calls.run(model, network, Call(T, B, form), Arrays(x, h_0, given))
                     for form, given in (("dense", None), ("lengths", lengths))]
            for a, b in zip(found, expected):
                equal(a, b)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
