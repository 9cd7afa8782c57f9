# ===- network.py - A sequence model, over whole signals and sample by sample -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: B signals, T samples, C channels of the convolution, K its taps."""

import numpy as np
import torch

import grucc
from signals import KINDS

C, K = 24, 9


class Network(torch.nn.Module):
    """A convolution that looks back only, two GRUs, a linear layer: [B, T] -> [B, T, 3], for each
    sample how much speaks for each of KINDS."""

    def __init__(self):
        super().__init__()
        self.convolution = torch.nn.Conv1d(1, C, K)
        self.first = torch.nn.GRU(C, 48, batch_first=True)
        self.second = torch.nn.GRU(48, 32, batch_first=True)
        self.linear = torch.nn.Linear(32, len(KINDS))

    def forward(self, x):
        padded = torch.nn.functional.pad(x, (K - 1, 0)).unsqueeze(1)         # [B, 1, K-1+T]
        y = torch.relu(self.convolution(padded)).transpose(1, 2).contiguous()  # [B, T, C]
        return self.linear(self.second(self.first(y)[0])[0])


class TorchStream:
    """A signal as it comes, by a Network's own modules: torch's, or those of compile_module."""

    def __init__(self, network):
        self.network, self.states = network, [None, None]
        self.window = torch.zeros(1, 1, K)  # the last K samples

    def step(self, x):
        """[3], from one sample."""
        self.window = torch.cat([self.window[:, :, 1:], torch.full((1, 1, 1), x)], 2)
        y = torch.relu(self.network.convolution(self.window)).transpose(1, 2)  # [1, 1, C]
        for place, gru in enumerate((self.network.first, self.network.second)):
            y, self.states[place] = gru(y, self.states[place])
        return self.network.linear(y)[0, 0]


class Stream:
    """The same by grucc's models and NumPy; a process that opens the models needs no torch."""

    def __init__(self, network):
        def numbers(tensor):
            return tensor.detach().numpy().copy()

        self.taps = numbers(network.convolution.weight[:, 0])         # [C, K]
        self.bias = numbers(network.convolution.bias)                 # [C]
        self.models = [grucc.compile(gru) for gru in (network.first, network.second)]
        self.linear = numbers(network.linear.weight), numbers(network.linear.bias)
        self.restart()

    def restart(self):
        """For a signal that begins."""
        self.window, self.states = np.zeros(K, np.float32), [None, None]

    def step(self, x):
        """[3], from one sample."""
        self.window[:-1] = self.window[1:]
        self.window[-1] = x
        y = np.maximum(self.taps @ self.window + self.bias, 0)
        for place, model in enumerate(self.models):
            y, self.states[place] = model.step(y, self.states[place])
        weight, bias = self.linear
        return weight @ y + bias
