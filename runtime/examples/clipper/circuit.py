# ===- circuit.py - The diode clipper, solved from its circuit equation -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A resistor into a capacitor with two antiparallel diodes across it.

    C dv/dt = (v_in - v) / R - 2 I_s sinh(v / (n V_t))

v is the voltage over the capacitor, which is the output. The input is linear
between samples, so the voltage at a sample depends only on the voltage at the
sample before it and on the input at both.
"""

import numpy as np

RATE = 48000            # samples a second
DRIVE = 5.0             # volts into the resistor for a sample of 1.0
R = 2200.0              # ohm
C = 10e-9               # farad
I_S = 2.52e-9           # ampere: saturation current, as for a 1N4148
N_VT = 1.752 * 25.85e-3  # volt: emission coefficient times thermal voltage
OVERSAMPLING = 8        # steps of the integrator between two samples

BLOCK = 960             # samples that are solved side by side ...
SETTLE = 96             # ... each after this many before it: 90 time constants RC


def current(v, v_in):
    """The current into the capacitor, in ampere, and its derivative by v."""
    e = np.exp(v / N_VT)
    inverse = 1.0 / e
    return (v_in - v) / R - I_S * (e - inverse), -1.0 / R - I_S / N_VT * (e + inverse)


def solve(v_in, oversampling=OVERSAMPLING):
    """v_in: [rows, T] volts -> v: [rows, T] volts, from v = 0 at v_in = 0.

    The implicit trapezoidal rule, each step solved by Newton's method; a Newton
    step is held to 0.1 V, because the exponential overshoots without bound.
    """
    half = 0.5 / (C * RATE * oversampling)
    out = np.empty_like(v_in)
    v = np.zeros(len(v_in))
    before = np.zeros(len(v_in))
    i_before, _ = current(v, before)
    for t in range(v_in.shape[1]):
        for k in range(1, oversampling + 1):
            now = before + (v_in[:, t] - before) * (k / oversampling)
            known = v + half * i_before
            for _ in range(100):
                i, slope = current(v, now)
                step = np.clip((known + half * i - v) / (1.0 - half * slope), -0.1, 0.1)
                v = v + step
                if np.max(np.abs(step)) < 1e-9:
                    break
            else:
                raise ArithmeticError(f"Newton's method did not converge at sample {t}")
            i_before, _ = current(v, now)
        before = v_in[:, t]
        out[:, t] = v
    return out


def clip(x, oversampling=OVERSAMPLING):
    """x: [rows, T] samples -> [rows, T] volts out of the clipper.

    The circuit forgets within a sample or two (RC is 22 microseconds), so the
    blocks of a long signal are solved side by side, each after SETTLE samples of
    what comes before it.
    """
    rows, length = x.shape
    blocks = -(-length // BLOCK)
    padded = np.zeros((rows, SETTLE + blocks * BLOCK))
    padded[:, SETTLE:SETTLE + length] = x
    pieces = [padded[:, b * BLOCK:b * BLOCK + SETTLE + BLOCK] for b in range(blocks)]
    out = solve(DRIVE * np.concatenate(pieces), oversampling)[:, SETTLE:]
    return out.reshape(blocks, rows, BLOCK).transpose(1, 0, 2).reshape(rows, -1)[:, :length]
