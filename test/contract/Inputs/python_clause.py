# ===- python_clause.py - What the Python package promises -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------=== #
"""python_clause.py FOLDER. Letters: T steps, B batch, I input_size, H hidden_size, L num_layers."""

import inspect
import json
import subprocess
import sys
import tracemalloc

import grucc
import numpy as np
import torch
from compiled import same_bits
from safetensors.torch import save_file
from torch.nn.utils.rnn import PackedSequence, pack_sequence

folder = sys.argv[1]


def equal(found, expected):
    for a, b in zip(found, expected, strict=True):
        assert same_bits(a, b)


# compile(what, *, target="native", threads=1, device=None, weights="baked", cache=True, **flags)
parameters = inspect.signature(grucc.compile).parameters
assert {name: p.default for name, p in parameters.items() if p.default is not p.empty} == dict(
    target="native", threads=1, device=None, weights="baked", cache=True)

# A module, a dict of arrays or of tensors, a file of either kind: the same bits.
gru = torch.nn.GRU(10, 20, num_layers=2, batch_first=True)
tensors = {name: w.detach() for name, w in gru.named_parameters()}
save_file(tensors, f"{folder}/weights.safetensors")
with open(f"{folder}/network.json", "w") as file:
    json.dump(dict(input_size=10, hidden_size=20, num_layers=2, batch_first=True,
                   weights="weights.safetensors"), file)
first = grucc.compile(gru)
x = np.random.default_rng(0).standard_normal((3, 7, 10)).astype(np.float32)
output, h_n = first(x)
assert output.shape == (3, 7, 20) and h_n.shape == (2, 3, 20)
with torch.no_grad():
    for a, b in zip((output, h_n), gru(torch.from_numpy(x))):
        assert np.abs(a - b.numpy()).max() < 1e-6
for what, flags in ((gru, dict(cache=False)), (gru, dict(weights="external")),
                    (tensors, dict(batch_first=True)),
                    ({n: w.numpy() for n, w in tensors.items()}, dict(batch_first=True)),
                    (f"{folder}/weights.safetensors", dict(batch_first=True)),
                    (f"{folder}/network.json", {})):
    equal(grucc.compile(what, **flags)(x), (output, h_n))
grown = dict(input_size=10, hidden_size=20, num_layers=2, batch_first=True)
drawn = grucc.compile(grucc.GRU(10, 20, num_layers=2, batch_first=True, seed=9))
words = ["--input-size=10", "--hidden-size=20", "--num-layers=2", "--batch-first"]
subprocess.run(["grucc", *words, "--init=uniform", "--seed=9", "-o", f"{folder}/drawn.so"],
               check=True)
equal(drawn(x), grucc.load(f"{folder}/drawn.so")(x))

# output, h_n = model(input, h_0=None, lengths=None), in both kinds of arrays, packed and not.
names = list(inspect.signature(first.__call__).parameters)
assert names[:3] == ["input", "h_0", "lengths"]
h_0 = np.random.default_rng(1).standard_normal((2, 3, 20)).astype(np.float32)
by_lengths = first(x, h_0, [7, 2, 4])
equal((a.numpy() for a in first(torch.from_numpy(x), torch.from_numpy(h_0), torch.tensor([7, 2, 4]))),
      by_lengths)
packed = pack_sequence([torch.from_numpy(x[b, :n]) for b, n in enumerate((7, 2, 4))],
                       enforce_sorted=False)
found, last = first(packed, torch.from_numpy(h_0))
assert isinstance(found, PackedSequence) and same_bits(last.numpy(), by_lengths[1])

# y, state = model.step(x, state), x [B, I] or [I], state.h [L, B, H].
state = None
for t in range(7):
    y, state = first.step(x[:, t], state)
    assert same_bits(y, output[:, t])
assert state.h.shape == (2, 3, 20) and same_bits(state.h, h_n)
y, state = first.step(x[0, 0])
assert y.shape == (20,) and same_bits(y, output[0, 0]) and state.h.shape == (2, 1, 20)

# save, load, report.
first.save(f"{folder}/m.so")
equal(grucc.load(f"{folder}/m.so")(x), (output, h_n))
for key in ("input_size", "hidden_size", "num_layers", "target", "weights_bytes"):
    assert first.report[key], (key, first.report)

# What is contiguous is not copied: a call needs far less memory than its input has.
long = np.zeros((64, 4096, 10), np.float32)
view = long[:, :, ::-1]  # this one must be copied
small = grucc.compile(grucc.GRU(10, 1, batch_first=True))
for tensor in (long, torch.from_numpy(long)):
    small(tensor)
    tracemalloc.start()
    small(tensor)
    assert tracemalloc.get_traced_memory()[1] < long.nbytes / 4
    tracemalloc.stop()
tracemalloc.start()
small(view)
assert tracemalloc.get_traced_memory()[1] >= long.nbytes
tracemalloc.stop()

# Errors are exceptions with the compiler's text.
save_file({"weight_ih_l0": torch.zeros(7, 2)}, f"{folder}/bad.safetensors")
done = subprocess.run(["grucc", f"{folder}/bad.safetensors", "-o", f"{folder}/bad.so"],
                      capture_output=True, text=True)
try:
    grucc.compile(f"{folder}/bad.safetensors")
    raise AssertionError("no error")
except grucc.Error as error:
    assert str(error).strip() == done.stderr.strip() and "error: " in done.stderr

# The compiler is a program of its own: LLVM is not in this process.
with open("/proc/self/maps") as maps:
    assert not any("LLVM" in line or "MLIR" in line for line in maps)
