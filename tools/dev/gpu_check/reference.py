# ===- reference.py - What torch says, in float64 -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The expected results of runs, by torch.nn.GRU in float64 on the CPU: tensors [T, B, ...]."""

import torch

from . import weights

# Largest errors of 16-bit weights and operands, as in the tests of the interpreter, which have
# seen 2.3e-3 and 7.2e-3; and of float32.
BOUNDS = {"exact": 1e-5, "float16": 3e-3, "bfloat16": 2e-2}
ROUNDOFF = {"exact": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}  # of one operand


class Reference:
    def __init__(self, network):
        self.network = network
        drawn = weights.draw(network)
        self.tensors = {name: torch.tensor(values, dtype=torch.float64).reshape(shape)
                        for name, (shape, values) in drawn.items()}
        self.gru = torch.nn.GRU(network["I"], network["H"], network["L"], bias=network["bias"],
                                bidirectional=network["D"] == 2).double()
        self.gru.load_state_dict(self.tensors)

    @torch.no_grad()
    def run(self, x, h_0, lengths):
        """x [T, B, I], h_0 [L*D, B, H], lengths a list or None: output and h_n. Rows of one length
        go together; beyond it the output is 0, and torch knows no length 0."""
        T, B, _ = x.shape
        output = torch.zeros(T, B, self.network["D"] * self.network["H"], dtype=torch.float64)
        h_n = h_0.double().clone()
        for length in set([T] if lengths is None else lengths) - {0}:
            rows = [b for b in range(B) if lengths is None or lengths[b] == length]
            y, h = self.gru(x[:length, rows].double(), h_0[:, rows].double())
            output[:length, rows], h_n[:, rows] = y, h
        return output, h_n

    @torch.no_grad()
    def project(self, x, layer):
        """x [rows, K]: the input part of the gates [rows, 3H] of a layer's forward direction, and
        how far off a sum of rounded products may be."""
        H, w = self.network["H"], self.tensors[f"weight_ih_l{layer}"]
        expected, size = x.double() @ w.T, x.double().abs() @ w.abs().T
        if self.network["bias"]:
            bias = self.tensors[f"bias_ih_l{layer}"].clone()
            bias[:2 * H] += self.tensors[f"bias_hh_l{layer}"][:2 * H]
            expected, size = expected + bias, size + bias.abs()
        depth, off = x.shape[1] + 4, ROUNDOFF[self.network["precision"]]
        rounding = 2.01 * off if off > ROUNDOFF["exact"] else 0
        # What is below the normal numbers of float16 is off by up to 2^-25.
        small = 2.0**-25 * x.abs().sum(1, keepdim=True).double() + 1e-7 * depth
        return expected, (rounding + depth * ROUNDOFF["exact"]) * size + small
