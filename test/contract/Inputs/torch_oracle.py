# ===- torch_oracle.py - What torch.nn.GRU says a network computes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers."""

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_num_threads(1)


def evaluate(gru, x, h_0=None, lengths=None):
    """output [T, B, D*H], h_n [D*L, B, H] of x [T, B, I] in the dtype of `gru`, whatever its
    batch_first. What torch refuses, the contract defines (C10, C13): without steps the output
    is zeros and h_n is h_0."""
    dtype = gru.weight_ih_l0.dtype
    T, B, width = x.shape[0], x.shape[1], gru.weight_hh_l0.shape[1]
    D = 2 if gru.bidirectional else 1
    output = torch.zeros(T, B, D * width, dtype=dtype)
    h_n = torch.zeros(D * gru.num_layers, B, width, dtype=dtype)
    if h_0 is not None:
        h_n[...] = torch.from_numpy(h_0)
    lengths = np.full(B, T, np.int64) if lengths is None else lengths
    rows = torch.from_numpy(np.flatnonzero(lengths))
    if len(rows):
        first, gru.batch_first = gru.batch_first, False
        padded = torch.from_numpy(x).to(dtype)[:, rows]
        if (lengths == T).all():
            output[:, rows], h_n[:, rows] = gru(padded, h_n[:, rows])
        else:
            packed = pack_padded_sequence(padded, torch.from_numpy(lengths)[rows],
                                          enforce_sorted=False)
            packed, h_n[:, rows] = gru(packed, h_n[:, rows])
            output[:, rows] = pad_packed_sequence(packed, total_length=T)[0]
        gru.batch_first = first
    return output.numpy(), h_n.numpy()


def largest_sum(gru, x, h_0=None):
    """A bound of the sum over k of |w| |x| + |w| |h| (and biases) in any gate at any step, at
    least 1: states are at most 1, or as large as in h_0. NaN in x is padding."""
    largest = 1.0
    state = 1.0 if h_0 is None else max(1.0, np.abs(h_0).max(initial=0))
    D = 2 if gru.bidirectional else 1
    below = np.abs(np.nan_to_num(x)).reshape(-1, x.shape[-1])
    for weights in zip(*[iter(gru.all_weights)] * D):
        for w_ih, w_hh, *biases in weights:
            sums = np.abs(w_hh.numpy()).sum(1) * state + sum(np.abs(b.numpy()) for b in biases)
            sums = sums + (below @ np.abs(w_ih.numpy()).T).max(axis=0, initial=0)
            largest = max(largest, sums.max())
        below = np.full((1, D * gru.hidden_size), state)
    return largest
