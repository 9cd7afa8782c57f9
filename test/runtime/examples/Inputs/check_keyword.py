# ===- check_keyword.py - The training and the figures of the keyword -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_keyword.py FOLDER: the words, the training and the figure of the README."""

import contextlib
import io
import pathlib
import sys
import tempfile

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder))

import numpy as np  # noqa: E402
import torch  # noqa: E402

import train  # noqa: E402
import words  # noqa: E402


def expect(condition, what):
    if not condition:
        sys.exit(f"check_keyword.py: {what}")


# A tone is heard in the band that it lies in.
for band, centre in enumerate(words.CENTRES):
    tone = words.hear(np.sin(2 * np.pi * centre * np.arange(words.RATE) / words.RATE))
    expect((tone.argmax(1) == band).all(), f"a tone of {centre:.0f} Hz is not heard in band {band}")

with contextlib.redirect_stdout(io.StringIO()):
    first, second, other = (train.train(seed, 1, 64) for seed in (1, 1, 2))
for a, b, c in zip(*([*gru.parameters(), *head.parameters()] for gru, head in (first, second, other))):
    expect(torch.equal(a, b), "the same seed gave another network")
    expect(not torch.equal(a, c), "another seed gave the same network")

# What train.py would write of the network in the folder is what lies there.
gru, head = train.load(folder)
with tempfile.TemporaryDirectory() as written:
    train.write(pathlib.Path(written), 3, gru, head)
    for name in ("keyword.safetensors", "keyword_head.h", "utterances.h"):
        expect((pathlib.Path(written) / name).read_bytes() == (folder / name).read_bytes(), f"{name} is another")
said = f"heard rightly: {100 * train.evaluate(gru, head, 2):.1f} % of 1000"
expect(said in (folder / "README.md").read_text(), f"the README does not say: {said}")
