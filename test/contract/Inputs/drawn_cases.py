# ===- drawn_cases.py - Networks and calls that a line of text describes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------------------=== #
"""A Network and a Call are plain numbers; every array follows from them alone, so
that a case can be written down, drawn at random, made smaller and replayed.

Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers.
"""

from dataclasses import dataclass

import numpy as np
import torch
from levels import levels

FORMS = ("dense", "lengths", "packed", "unbatched", "steps")
LAYOUTS = ("contiguous", "transposed", "sliced", "reversed", "misaligned", "read-only")
TORCH_LAYOUTS = ("contiguous", "transposed", "sliced")
TARGET = min("x86-64-v3", levels()[-1])
SOURCES = ("module", "dict", "file", "network", "external")


@dataclass(frozen=True)
class Network:
    I: int
    H: int
    L: int = 1
    bias: bool = True
    batch_first: bool = False
    bidirectional: bool = False
    dtype: str = "float32"
    targets: tuple = (TARGET,)
    source: str = "module"  # what grucc.compile is given, one of SOURCES
    scale: float = 1.0      # of the weights, U(-1, 1) scale / sqrt(H); 1: as torch draws them
    dropout: float = 0.0
    seed: int = 0

    @property
    def D(self):
        return 2 if self.bidirectional else 1

    def sizes(self):
        """torch.nn.GRU's arguments."""
        return dict(input_size=self.I, hidden_size=self.H, num_layers=self.L, bias=self.bias,
                    batch_first=self.batch_first, dropout=self.dropout,
                    bidirectional=self.bidirectional)

    def module(self, dtype=None):
        """The torch.nn.GRU; the same weights, which float32 holds, whatever the dtype."""
        gru = torch.nn.GRU(**self.sizes(), dtype=getattr(torch, dtype or self.dtype)).eval()
        rng = np.random.default_rng([self.seed, self.I, self.H])
        bound = self.scale / np.sqrt(self.H)
        with torch.no_grad():
            for weight in gru.parameters():
                drawn = rng.uniform(-bound, bound, tuple(weight.shape))
                if self.dtype == "float32":
                    drawn = drawn.astype(np.float32)
                weight.copy_(torch.from_numpy(drawn))
        return gru.requires_grad_(False)


@dataclass(frozen=True)
class Call:
    T: int
    B: int
    form: str = "dense"
    h_0: bool = True
    layout: str = "contiguous"
    tensors: bool = False   # torch's tensors instead of NumPy's arrays
    lengths: tuple = ()     # taken modulo T + 1, repeated up to B
    in_order: bool = False  # lengths descend, and packed data has no indices
    magnitude: float = 1.0  # of the input
    seed: int = 0

    def rows(self):
        """int64 [B]: the length of each row."""
        lengths = np.resize(np.array(self.lengths or (self.T,), np.int64), self.B) % (self.T + 1)
        return -np.sort(-lengths) if self.in_order else lengths


@dataclass
class Arrays:
    """What a call is given."""
    x: np.ndarray                # [T, B, I]: time first, padding is NaN
    h_0: np.ndarray = None       # [D*L, B, H]
    lengths: np.ndarray = None   # int64 [B]


def draw_arrays(network, call):
    rng = np.random.default_rng([call.seed, call.T, call.B])
    T, B = call.T, 1 if call.form == "unbatched" else call.B
    x = rng.standard_normal((T, B, network.I)) * call.magnitude
    x *= rng.choice([1, 1, 1, 0.01, 0], (1, B, 1))  # some rows are faint, some silent
    arrays = Arrays(x.astype(network.dtype))
    if call.h_0:
        states = rng.uniform(-1, 1, (network.D * network.L, B, network.H))
        arrays.h_0 = states.astype(network.dtype)
    if call.form in ("lengths", "packed"):
        arrays.lengths = call.rows()
        for b, length in enumerate(arrays.lengths):
            arrays.x[length:, b] = np.nan
    return arrays


def lay_out(array, layout):
    """The same values, in memory as `layout` says."""
    if layout == "transposed":
        return np.ascontiguousarray(array.T).T
    if layout == "sliced":
        wide = np.full([2 * n + 1 for n in array.shape], 7, array.dtype)
        view = wide[tuple(slice(1, None, 2) for _ in array.shape)]
        view[...] = array
        return view
    if layout == "reversed":
        every = tuple(slice(None, None, -1) for _ in array.shape)
        return np.ascontiguousarray(array[every])[every]
    if layout == "misaligned":
        memory = np.zeros(array.nbytes + 1, np.uint8)
        view = np.frombuffer(memory, array.dtype, array.size, 1).reshape(array.shape)
        view[...] = array
        return view
    copy = np.array(array, order="C")
    copy.flags.writeable = layout != "read-only"
    return copy


def given(array, call):
    """The array as the call hands it over: in its layout, of its kind."""
    if array is None:
        return None
    array = lay_out(array, call.layout)
    return torch.from_numpy(array) if call.tensors else array
