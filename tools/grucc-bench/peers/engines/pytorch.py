# ===- pytorch.py - torch.nn.GRU as a peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""torch.nn.GRU, called from Python."""

import torch

from peers.engine import Engine

# For the whole process: entering it would be part of every call's time.
MODE = torch.inference_mode()
MODE.__enter__()


class PyTorch(Engine):
    def __init__(self, network, threads, folder, target):
        super().__init__(network, threads, folder, target)
        torch.set_num_threads(threads)
        self.gru = torch.nn.GRU(network.input_size, network.hidden_size, network.num_layers,
                                bidirectional=network.directions == 2)
        self.gru.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in network.tensors.items()})
        self.gru.eval()
        self.reset()

    @staticmethod
    def version():
        return torch.__version__

    def reset(self):
        shape = (self.network.num_layers * self.network.directions, self.network.batch, self.network.hidden_size)
        self.h = torch.zeros(shape) if self.network.is_step else None

    def set_input(self, x):
        self.x = torch.from_numpy(x)

    def call(self):
        self.y, h = self.gru(self.x, self.h)
        if self.network.is_step:
            self.h = h
        else:
            self.h_n = h

    def output(self):
        return self.y.numpy()

    def last_state(self):
        return (self.h if self.network.is_step else self.h_n).numpy()


ENGINE = PyTorch
