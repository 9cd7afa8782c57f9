# ===- signals.py - What the clipper is trained on and tested with -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Plucked strings, sweeps and noise to train on; a riff in integers to test with."""

import numpy as np

from circuit import RATE


def plucked(rng, length):
    """One to three strings after Karplus and Strong, plucked every half second."""
    out = np.zeros(length)
    for start in range(0, length, RATE // 2):
        for _ in range(rng.integers(1, 4)):
            period = int(RATE / np.exp(rng.uniform(np.log(75.0), np.log(900.0))))
            damping = rng.uniform(0.97, 1.0)
            line = rng.uniform(-1.0, 1.0, period)
            for _ in range(rng.integers(0, 8)):  # a softer pick
                line = (line + np.roll(line, 1)) / 2
            for at in range(start, length, period):
                count = min(period, length - at)
                out[at:at + count] += line[:count]
                line = damping * (line + np.roll(line, -1)) / 2
    return out


def sweep(rng, length):
    """A sine from low to high or back, a constant number of octaves a second."""
    low, high = rng.uniform(20.0, 200.0), rng.uniform(2000.0, 12000.0)
    ends = (low, high) if rng.random() < 0.5 else (high, low)
    frequency = np.geomspace(*ends, length)
    return np.sin(2 * np.pi * np.cumsum(frequency) / RATE)


def noise(rng, length):
    """White noise through a low pass of the first order."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    cutoff = np.exp(rng.uniform(np.log(200.0), np.log(20000.0)))
    return np.fft.irfft(spectrum / (1 + 1j * np.fft.rfftfreq(length, 1 / RATE) / cutoff), length)


def loudness(rng, length):
    """A gain that wanders between 0.01 and 1, and is now and then zero."""
    knots = length // 4800 + 2
    gain = np.exp(rng.uniform(np.log(0.01), 0.0, knots))
    gain[rng.random(knots) < 0.05] = 0.0
    gain[rng.integers(knots)] = 1.0
    return np.interp(np.arange(length) / 4800, np.arange(knots), gain)


def training_signals(seed, rows, length):
    """[rows, length] float32 in -1 .. 1: half of the rows plucked, a quarter each of the rest."""
    rng = np.random.default_rng(seed)
    kinds = (plucked, sweep, plucked, noise)
    out = np.empty((rows, length), np.float32)
    for row in range(rows):
        x = kinds[row % 4](rng, length)
        out[row] = x / np.max(np.abs(x)) * loudness(rng, length)
    return out


# The riff: the recipe of clipper.c, in integers, so that both get the same bits.
SECONDS = 10
PLUCKS = 20
PERIODS = (582, 490, 436, 582, 327, 389, 436, 490, 582, 582)  # samples: E2 G2 A2 ...
GAINS = (8, 2, 4, 1)  # eighths


def riff():
    """[SECONDS * RATE] float32 in -1 .. 1: a root and its fifth, plucked PLUCKS times."""
    out = []
    seed = 1
    for pluck in range(PLUCKS):
        strings = []
        for period in (PERIODS[pluck % 10], PERIODS[pluck % 10] * 2 // 3):
            line, value = [], 0
            for _ in range(period):
                seed = (seed * 1664525 + 1013904223) % 2**32
                value = int((value + (seed >> 16) - 32768) / 2)  # towards zero, as in C
                line.append(value)
            strings.append(line)
        for t in range(SECONDS * RATE // PLUCKS):
            total = 0
            for line in strings:
                at = t % len(line)
                total += line[at]
                line[at] = int((line[at] + line[(at + 1) % len(line)]) * 511 / 1024)
            out.append(int(total * GAINS[pluck % 4] / 16))
    return np.array(out, np.float32) / np.float32(32768)
