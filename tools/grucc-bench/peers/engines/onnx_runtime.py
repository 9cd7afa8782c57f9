# ===- onnx_runtime.py - ONNX Runtime as a peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""ONNX Runtime, called from Python, with inputs and outputs bound once."""

import numpy as np
import onnxruntime

from peers.engine import Engine
from peers.onnx_model import make_model


class OnnxRuntime(Engine):
    def __init__(self, network, threads, folder, target):
        super().__init__(network, threads, folder, target)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(make_model(network), options, providers=["CPUExecutionProvider"])
        steps, batch, hidden = network.seq_len, network.batch, network.hidden_size
        state = (network.directions, batch, hidden)
        self.x = self.make_value((steps, batch, network.input_size))
        self.y = self.make_value((steps, batch, network.directions * hidden))
        # Two sets of states and two bindings: each call reads what the one before wrote.
        self.states = [[self.make_value(state) for _ in range(network.num_layers)] for _ in range(2)]
        self.bindings = [self.bind(self.states[0], self.states[1]), self.bind(self.states[1], self.states[0])]
        self.next = 0

    @staticmethod
    def version():
        return onnxruntime.__version__

    @staticmethod
    def make_value(shape):
        return onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(shape, np.float32))

    def bind(self, read, written):
        binding = self.session.io_binding()
        binding.bind_ortvalue_input("x", self.x)
        binding.bind_ortvalue_output("y", self.y)
        for layer, (old, new) in enumerate(zip(read, written)):
            if self.network.is_step:
                binding.bind_ortvalue_input(f"g{layer}", old)
            binding.bind_ortvalue_output(f"h{layer}", new)
        return binding

    def reset(self):
        self.next = 0
        for value in self.states[0]:
            value.update_inplace(np.zeros(value.shape(), np.float32))

    def set_input(self, x):
        self.x.update_inplace(np.ascontiguousarray(x))

    def call(self):
        self.session.run_with_iobinding(self.bindings[self.next])
        self.next ^= 1

    def output(self):
        return self.y.numpy()

    def last_state(self):
        return np.concatenate([value.numpy() for value in self.states[self.next]])


ENGINE = OnnxRuntime
