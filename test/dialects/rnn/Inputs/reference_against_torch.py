#===- reference_against_torch.py - Reference against torch.nn.GRU -----------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""Draws networks, writes each as a function of constants, evaluates them all
with rnn-evaluate, and compares with torch in float64 (C1 to C10, N5)."""
import subprocess
import sys

import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

rng = np.random.default_rng(1)


def philox4x32(counter, seed):
    """Philox4x32-10, after its paper."""
    c, k, low = list(counter), [seed & 0xFFFFFFFF, seed >> 32], 0xFFFFFFFF
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & low, (p0 >> 32) ^ c[3] ^ k[1], p0 & low]
        k = [(k[0] + 0x9E3779B9) & low, (k[1] + 0xBB67AE85) & low]
    return c


# Known answers of the paper's own library.
assert philox4x32([0] * 4, 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
assert philox4x32([0xFFFFFFFF] * 4, 2**64 - 1) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
assert philox4x32([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], 0x299F31D0A4093822) == [
    0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


class Function:
    """The text of one function: constants, one rnn.gru, its results."""

    def __init__(self, name):
        self.name, self.lines, self.groups, self.types = name, [], [], []

    def constant(self, array):
        array = np.asarray(array)
        kind = "i64" if array.dtype == np.int64 else "f64"
        if array.ndim == 0:
            kind, text = "i64", str(int(array))
        else:
            values = ", ".join(str(v) if kind == "i64" else format(v, ".17e") for v in array.flat)
            text = f"dense<[{values}]>" if array.ndim == 1 else None
            kind = f"tensor<{'x'.join(map(str, array.shape))}x{kind}>"
            if text is None:
                nested = str(array.tolist()) if kind.endswith("i64>") else nest(array)
                text = f"dense<{nested}>"
            if array.size == 0:
                text = "dense<>"
        value = f"%c{len(self.lines)}"
        self.lines.append(f"  {value} = arith.constant {text} : {kind}")
        return value, kind

    def operand(self, word, arrays):
        if arrays is None:
            return ""
        values = [self.constant(a) for a in (arrays if isinstance(arrays, list) else [arrays])]
        self.types += [t for _, t in values]
        return f" {word}({', '.join(v for v, _ in values)})"

    def text(self, attributes, input, results, **operands):
        value, kind = self.constant(input)
        self.types.append(kind)
        call = f"  %y, %h = rnn.gru {value}"
        call += "".join(self.operand(word, arrays) for word, arrays in operands.items())
        results = ", ".join(f"tensor<{'x'.join(map(str, r))}xf64>" for r in results)
        return (f"func.func @{self.name}() -> ({results}) {{\n" + "\n".join(self.lines) +
                f"\n{call} {{{attributes}}} : ({', '.join(self.types)}) -> ({results})\n"
                f"  return %y, %h : {results}\n}}\n")


def nest(array):
    if array.ndim == 0:
        return format(float(array), ".17e")
    return "[" + ", ".join(nest(a) for a in array) + "]"


def in_training(gru, x, h_0, p, kept):
    """The network layer by layer, time-major, with the outputs of every layer
    but the last multiplied by kept / (1 - p) (C6)."""
    states = []
    D, L = (2 if gru.bidirectional else 1), gru.num_layers
    for layer in range(L):
        one = torch.nn.GRU(x.shape[2], gru.hidden_size, bias=gru.bias,
                           bidirectional=gru.bidirectional, dtype=torch.float64)
        own = {n.replace("_l0", f"_l{layer}"): w for n, w in one.named_parameters()}
        for name, weight in own.items():
            weight.data.copy_(getattr(gru, name))
        x, h = one(x, h_0[layer * D:(layer + 1) * D])
        states.append(h)
        if layer + 1 < L:
            x = x * (kept[layer] / (1 - p) if p < 1 else 0)
    return x, torch.cat(states)


def draw(name):
    """A function's text and torch's results for the same network."""
    I, H, L = int(rng.integers(1, 6)), int(rng.integers(1, 6)), int(rng.integers(1, 4))
    T, B = int(rng.integers(1, 6)), int(rng.integers(1, 5))
    bias, first, both, given = (bool(b) for b in rng.integers(0, 2, 4))
    form = str(rng.choice(["padded", "lengths", "packed", "unbatched", "seed", "mask"]))
    p = float(rng.choice([0.25, 0.5, 1.0])) if form in ("seed", "mask") else 0.0
    D = 2 if both else 1
    gru = torch.nn.GRU(I, H, L, bias=bias, batch_first=first, bidirectional=both,
                       dtype=torch.float64)
    shape = (T, I) if form == "unbatched" else (B, T, I) if first else (T, B, I)
    x = torch.from_numpy(rng.standard_normal(shape))
    state = (D * L, H) if form == "unbatched" else (D * L, B, H)
    h_0 = torch.from_numpy(rng.standard_normal(state)) if given else None
    operands = {"h_0": h_0}
    data = x
    if form in ("padded", "unbatched"):
        y, h_n = gru(x, h_0)
    elif form == "lengths":
        lengths = torch.from_numpy(rng.integers(1, T + 1, B))
        packed = pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
        y, h_n = gru(packed, h_0)
        y, _ = pad_packed_sequence(y, batch_first=first, total_length=T)
        operands["lengths"] = lengths
    elif form == "packed":
        lengths = torch.from_numpy(rng.integers(1, T + 1, B))
        packed = pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
        y, h_n = gru(packed, h_0)
        y, data = y.data, packed.data
        operands["batch_sizes"] = packed.batch_sizes
        which = rng.integers(0, 3)
        if which != 1:
            operands["sorted_indices"] = packed.sorted_indices
        if which != 0:
            operands["unsorted_indices"] = packed.unsorted_indices
    else:
        kept = np.zeros((L - 1, T, B, D * H))
        seed = int(rng.integers(0, 2**63))
        for l, t, b, j in np.ndindex(kept.shape):
            kept[l, t, b, j] = philox4x32([j // 4, b, t, l], seed)[j % 4] >= int(p * 2**32)
        zeros = torch.zeros(state, dtype=torch.float64)
        y, h_n = in_training(gru, x.transpose(0, 1) if first else x,
                             h_0 if given else zeros, p, torch.from_numpy(kept))
        y = y.transpose(0, 1) if first else y
        operands["dropout_" + form] = np.int64(seed) if form == "seed" else kept
        if form == "mask" and L == 1:
            del operands["dropout_mask"]
    operands["weights"] = [w.detach().numpy() for w in gru.parameters()]
    attributes = (f"input_size = {I}, hidden_size = {H}, num_layers = {L}, bias = {str(bias).lower()}, "
                  f"batch_first = {str(first).lower()}, bidirectional = {str(both).lower()}, "
                  f"dropout = {p:.17e}, training = {str(p > 0).lower()}")
    text = Function(name).text(
        attributes, data.numpy(), [y.shape, h_n.shape],
        **{k: v.numpy() if isinstance(v, torch.Tensor) else v for k, v in operands.items()
           if v is not None})
    return text, form, [y.detach().numpy(), h_n.detach().numpy()]


networks = {f"network_{i}": draw(f"network_{i}") for i in range(120)}
with open(sys.argv[1], "w") as file:
    file.write("\n".join(text for text, _, _ in networks.values()))
done = subprocess.run(["rnn-evaluate", sys.argv[1], "float64"], capture_output=True, text=True)
sys.stderr.write(done.stderr)
found = {}
for line in done.stdout.splitlines():
    name, rest = line[1:].split(" ", 1)
    shape, values = rest[1:].split("]", 1)
    array = np.array([float(v) for v in values.split()])
    found.setdefault(name, []).append(array.reshape([int(n) for n in shape.split(",")]))

forms, bad = set(), done.returncode
for name, (_, form, expected) in networks.items():
    forms.add(form)
    results = found.get(name, [])
    worst = max((np.abs(a - b).max(initial=0) if a.shape == b.shape else np.inf
                 for a, b in zip(results, expected)), default=np.inf)
    if len(results) != 2 or not worst < 1e-14:
        print(f"{name} ({form}): differs by {worst}")
        bad = 1
if len(forms) != 6:
    print(f"found only the forms {forms}")
    bad = 1
sys.exit(bad)
