# ===- signals.py - Noise with chirps in it -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A signal of one channel: white noise, and now and then a chirp, a sine whose frequency rises or
falls. Letters: B signals, T samples.
"""

import numpy as np

NOISE = 0.3                # standard deviation; a chirp's amplitude is 1
CHIRP = 60, 121            # samples of a chirp: from, and below
GAP = 20, 121              # samples between two
FREQUENCIES = 0.02, 0.20   # at the ends of a chirp, in cycles a sample
KINDS = "nothing", "rising", "falling"


def draw(seed, rows, length):
    """x [B, T] float32, and kinds [B, T] int64: what of KINDS each sample belongs to."""
    rng = np.random.default_rng(seed)
    x = NOISE * rng.standard_normal((rows, length))
    kinds = np.zeros((rows, length), np.int64)
    for row in range(rows):
        at = rng.integers(*GAP)
        while at + CHIRP[1] <= length:
            kind, samples = rng.integers(1, 3), rng.integers(*CHIRP)
            low, high = FREQUENCIES
            cycles = np.linspace(low, high, samples)[::1 if kind == 1 else -1].cumsum()
            x[row, at:at + samples] += np.sin(2 * np.pi * (cycles + rng.uniform()))
            kinds[row, at:at + samples] = kind
            at += samples + rng.integers(*GAP)
    return x.astype(np.float32), kinds
