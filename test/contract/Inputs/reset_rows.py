# ===- reset_rows.py - Rows of a batch of states start again alone (C14) -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------------------=== #
"""reset_rows.py FOLDER. Letters as in compiled.py."""

import sys

import numpy as np
from compiled import MISALIGNED, NULL, OK, SHAPE, Model, address, compile_model, levels, same_bits

rng = np.random.default_rng(11)
NETWORKS = [["--input-size=3", "--hidden-size=5"],
            ["--input-size=8", "--hidden-size=33", "--num-layers=3"],
            ["--input-size=4", "--hidden-size=16", "--num-layers=2", "--dtype=float64"]]


def reset_row_is_a_new_stream(model, batch, steps):
    """After any number of steps, a reset row gives what a new stream gives, the others what they
    would have given."""
    x = rng.standard_normal((steps + 4, batch, model.I))
    rows = sorted(rng.choice(batch, max(1, batch // 3), replace=False))
    kept = [row for row in range(batch) if row not in rows]
    undisturbed, disturbed, new = (model.stream(batch) for _ in range(3))
    for t in range(steps):
        undisturbed.step(x[t])
        disturbed.step(x[t])
    before = disturbed.read()
    assert before[:, rows].any(), "expected a state that is not zero"
    # In any order, and twice.
    assert disturbed.reset([*rows[::-1], rows[0]]) == OK
    after = disturbed.read()
    assert not after[:, rows].any() and same_bits(after[:, kept], before[:, kept])
    for t in range(steps, steps + 4):
        y, whole, fresh = (stream.step(x[t]) for stream in (disturbed, undisturbed, new))
        assert same_bits(y[kept], whole[kept]) and same_bits(y[rows], fresh[rows])
    assert same_bits(disturbed.read()[:, kept], undisturbed.read()[:, kept])


def a_reset_ends_nan(model):
    stream, x = model.stream(3), np.ones((3, model.I))
    stream.step(np.where(np.arange(3)[:, None] == 1, np.nan, x))
    y = stream.step(x)
    assert np.isnan(y[1]).all() and not np.isnan(y[[0, 2]]).any(), "NaN stays in its own row"
    assert stream.reset([1]) == OK
    new = model.stream(3)
    assert same_bits(stream.step(x)[1], new.step(x)[1])


def refuses(model):
    """Every bad argument has its status, and nothing is written."""
    stream = model.stream(4)
    stream.step(np.ones((4, model.I)))
    kept = stream.state.copy()
    for rows in ([4], [-1], [0, 1, 2, 3, 4], [2**62], [-(2**63)]):
        assert stream.reset(rows) == SHAPE, rows
    state, rows = address(stream.state), np.zeros(1, np.int64)
    call = model.reset_state
    assert call(state, address(rows), -1, 4) == SHAPE
    assert call(state, address(rows), 1, -1) == SHAPE
    assert call(state, address(rows), 1, 2**62) == SHAPE
    assert call(None, address(rows), 1, 4) == NULL
    assert call(state, None, 1, 4) == NULL
    assert call(state + 8, address(rows), 1, 3) == MISALIGNED
    assert (stream.state == kept).all()
    assert call(state, None, 0, 4) == OK and stream.reset([]) == OK
    assert (stream.state == kept).all()
    nobody = model.stream(0)
    assert nobody.reset([]) == OK and nobody.reset([0]) == SHAPE


folder = sys.argv[1]
for level in levels():
    for i, network in enumerate(NETWORKS):
        options = [*network, "--init=uniform", f"--target={level}"]
        model = Model(compile_model(options, f"{folder}/{i}-{level}.so"))
        for batch in (1, 2, 17):
            for steps in (1, 2):  # either half of the state
                reset_row_is_a_new_stream(model, batch, steps)
        a_reset_ends_nan(model)
        refuses(model)
