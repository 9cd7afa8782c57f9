# ===- torch_net.py - A network with several GRUs inside -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input size."""

import copy

import torch

I = 8


class Net(torch.nn.Module):
    """A convolution, three GRUs of which two are bidirectional, a cell, and linear layers:
    [T, B, I] -> [T, B, 3], [B, 7]."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(I, 12, 3, padding=1)
        self.first = torch.nn.GRU(12, 10, 2, batch_first=True, bidirectional=True)
        self.linear = torch.nn.Linear(20, 16)
        self.others = torch.nn.ModuleList([torch.nn.GRU(16, 9, bidirectional=True, bias=False),
                                           torch.nn.GRU(18, 7)])
        self.cell = torch.nn.GRUCell(7, 7)
        self.out = torch.nn.Linear(7, 3)

    def forward(self, x):
        y = self.conv(x.permute(1, 2, 0)).transpose(1, 2)  # [B, T, 12]
        y = torch.relu(self.linear(self.first(y)[0])).transpose(0, 1)
        y, h_n = self.others[0](y)
        y, h_n = self.others[1](y, h_n[:1, :, :7].contiguous())
        return self.out(y), self.cell(y[-1], h_n[0])


def as_close(found, net, x):
    """No farther from the float64 evaluation of torch's `net` than N1 allows."""
    with torch.no_grad():
        exact = copy.deepcopy(net).double()(x.double())
        theirs = net(x)
    for ours, its, wanted in zip(found, theirs, exact):
        assert ours.dtype == its.dtype and ours.shape == its.shape
        allowed = max(1.5 * (its - wanted).abs().max(), 2**-23)
        assert (ours - wanted).abs().max() <= allowed, ((ours - wanted).abs().max(), allowed)
