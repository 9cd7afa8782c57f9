# ===- check_chirps.py - What the example of a sequence model is made of -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_chirps.py EXAMPLE: the signals, the training, and that serve.py notices other answers."""

import contextlib
import io
import sys

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
import serve  # noqa: E402
import signals  # noqa: E402
import train  # noqa: E402
from network import Network, Stream, TorchStream  # noqa: E402

# A chirp's frequency rises or falls as its kind says, and nothing but noise is elsewhere.
x, kinds = signals.draw(5, 20, 2000)
assert abs(x[kinds == 0].std() / signals.NOISE - 1) < 0.05 and set(np.unique(kinds)) == {0, 1, 2}
found = {1: [], 2: []}
for signal, kind in zip(x, kinds):
    edges = np.flatnonzero(np.diff(kind)) + 1
    for begin, end in zip(edges, edges[1:]):
        if kind[begin]:
            early, late = (np.abs(np.fft.rfft(half, 64)).argmax()
                           for half in np.array_split(signal[begin:end], 2))
            found[kind[begin]].append(late > early)
assert np.mean(found[1]) > 0.9 and np.mean(found[2]) < 0.1, found

# The same seed gives the same network, which learns.
with contextlib.redirect_stdout(io.StringIO()) as said:
    first, second, other = train.train(1, 12), train.train(1, 12), train.train(2, 2)
for a, b, c in zip(first.parameters(), second.parameters(), other.parameters()):
    assert torch.equal(a, b) and not torch.equal(a, c)
losses = [float(line.split("loss ")[1].split(",")[0]) for line in said.getvalue().splitlines()]
assert losses[11] < losses[0] - 0.1, losses

# Signals are looked at backwards only, whole or as they come.
x = torch.from_numpy(x[:1, :40])
with torch.inference_mode():
    whole = first(x)
    assert (first(x[:, :25]) - whole[:, :25]).abs().max() < 1e-5
    for stream in (TorchStream(first), Stream(first)):
        assert (serve.answers(stream, x[0].numpy()) - whole).abs().max() < 1e-5
    stream.restart()
    serve.compare("again", serve.answers(stream, x[0].numpy()), first, x)
    for wrong in (whole + 1e-4, whole * float("nan"), first(x.flip(1))):
        try:
            serve.compare("others", wrong, first, x)
        except SystemExit as reason:
            assert "expected as close as torch" in str(reason)
        else:
            raise AssertionError("serve.py takes any answers")
