# ===- large_operands.py - Inputs and states that 16 bits do not hold -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------------=== #
"""large_operands.py: what is finite does not become infinite in 16 bits. Gates that a large number
saturates have the same limits as in float32, two large inputs whose products cancel leave no NaN,
and infinities and NaN give what they give in float32. scan and step have the same bits."""

import os
import subprocess

import numpy as np
from safetensors.numpy import load_file, save_file

T, I, L = 3, 5, 2
# The largest float16, the last number that is rounded to it, the first that is not, and more.
FINITE = [s * np.float32(v) for v in (65504, 65519, 65520, 1e6, 1e30, 3.4e38) for s in (1, -1)]
OTHERS = [np.float32(v) for v in ("inf", "-inf", "nan")]


def run(options, environment=None):
    subprocess.run(["grucc", "w.safetensors", "-o", "m.so", *options], check=True)
    subprocess.run(["grucc-run", "m.so", "--input=x.safetensors", "--output=y.safetensors"],
                   check=True, env={**os.environ, **(environment or {})})
    found = load_file("y.safetensors")
    os.remove("y.safetensors")
    return found


rng = np.random.default_rng(1)
networks = [(5, "sm_80", "float16"), (17, "sm_80", "float16"), (17, "sm_75", "float16"),
            (100, "sm_90", "float16"), (17, "sm_80", "bfloat16")]
for H, target, precision in networks:
    # Powers of two, whose products are exact.
    draw = lambda *shape: (rng.choice([-1, 1], shape) / 2**rng.integers(0, 4, shape)).astype(np.float32)
    weights = {}
    for layer in range(L):
        weights[f"weight_ih_l{layer}"] = draw(3 * H, H if layer else I)
        weights[f"weight_hh_l{layer}"] = draw(3 * H, H)
    # The first two inputs cancel each other where they are the same; a bias would be lost in
    # float32 between them.
    weights["weight_ih_l0"][:, 1] = -weights["weight_ih_l0"][:, 0]
    save_file(weights, "w.safetensors")
    values = FINITE + OTHERS
    # Rows: one large input, two that cancel, one large state.
    B = 2 * len(values) + len(FINITE)
    x = rng.integers(-8, 9, (T, B, I)).astype(np.float32) / 8
    h_0 = rng.integers(-8, 9, (L, B, H)).astype(np.float32) / 8
    x[0, :len(values), 0] = values
    x[0, len(values):][:len(FINITE)] = 0
    x[0, len(values):][:len(FINITE), :2] = np.array(FINITE)[:, None]
    h_0[0, -len(values):, 0] = values
    save_file({"input": x, "h_0": h_0}, "x.safetensors")
    exact = run(["--target=x86-64-v3"])
    options = [f"--target={target}", f"--precision={precision}"]
    environment = {"STANDIN_CAPABILITY": target.removeprefix("sm_")}
    scan = run(options, environment)
    step = run([*options, "--schedule=scan_rows=0"], environment)
    for name in ("output", "h_n"):
        assert np.array_equal(scan[name], step[name], equal_nan=True), (H, target, precision, name)
        near = np.isclose(scan[name], exact[name], rtol=2e-2, atol=2e-2, equal_nan=True)
        bad = np.unique(np.argwhere(~near)[:, 1])
        assert near.all(), (H, target, precision, name, "rows", bad, scan[name][:, bad[0]],
                            exact[name][:, bad[0]])
print(len(networks), "networks as the exact ones")
