# ===- words.py - Three words, or none, in noise -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Makes words of two gliding vowels and the features that a network hears of them.

A word is a voice (harmonics of a pitch) through two formants that move from one vowel to
another, somewhere in a second of noise. `yah` and `aye` are each other's reverse, so that
only a network that remembers tells them apart.
"""

import numpy as np

RATE, FRAME = 8000, 160  # samples a second, samples a frame
FRAMES, BANDS = 50, 12   # of an utterance of one second; of a frame
SCALE = 0.0625           # x is an int8 times this: log2 of a band's energy in steps of 1/16
VOWELS = {"a": (800, 1200), "e": (500, 1900), "i": (300, 2300), "u": (350, 700)}  # Hz
WORDS = {"none": None, "yah": ("i", "a"), "aye": ("a", "i"), "way": ("u", "e")}
CENTRES = np.geomspace(250, 3400, BANDS)  # Hz, of bands that overlap by halves


def voice(generator, word):
    """[RATE] float64: one word, said by a speaker of its own at a time of its own."""
    length = int(generator.uniform(0.35, 0.6) * RATE)
    at = int(generator.uniform(0.02, 0.95 - length / RATE) * RATE)
    speaker = generator.uniform(0.9, 1.12)
    progress = np.linspace(0, 1, length)
    glide = 1 / (1 + np.exp(-generator.uniform(6, 12) * (progress - 0.5)))
    first, last = (np.array(VOWELS[vowel]) * speaker for vowel in WORDS[word])
    formants = first[:, None] + (last - first)[:, None] * glide  # [2, length]
    pitch = generator.uniform(90, 220) * (1 + generator.uniform(-0.15, 0.15) * progress)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros(length)
    for k in range(1, 40):
        gains = np.exp(-((k * pitch - formants) / 160) ** 2) * np.array([[1.0], [0.6]])
        sound += np.where(k * pitch < 3800, gains.sum(0), 0) * np.sin(k * phase)
    whole = np.zeros(RATE)
    whole[at:at + length] = sound * np.sin(np.pi * progress) ** 0.5
    return whole * generator.uniform(0.4, 1.6)


def hear(sound):
    """sound: [RATE] -> [FRAMES, BANDS] int8, the energies of bands of every frame."""
    frames = sound.reshape(FRAMES, FRAME) * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames, 256)) ** 2 / 256  # [FRAMES, 129]
    octaves = np.log2(np.maximum(np.fft.rfftfreq(256, 1 / RATE), 1)[:, None] / CENTRES)
    width = np.log2(CENTRES[1] / CENTRES[0])
    energies = power @ np.maximum(1 - np.abs(octaves) / width, 0)
    return np.clip(np.rint(np.log2(energies + 1e-3) / SCALE), -128, 127).astype(np.int8)


def utterances(seed, count):
    """What is said, [count] int64 in 0 .. 3 in turn, and how, [count, FRAMES, BANDS] int8."""
    generator = np.random.default_rng(seed)
    said = np.arange(count) % len(WORDS)
    heard = []
    for word in np.array(list(WORDS))[said]:
        noise = generator.normal(size=RATE) * 10 ** generator.uniform(-1.3, 0.1)
        heard.append(hear(noise + (voice(generator, word) if WORDS[word] else 0)))
    return said, np.stack(heard)
