# ===- open_vino.py - OpenVINO as a peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""OpenVINO's CPU plugin, called from Python, with inputs and outputs set once."""

import numpy as np
import openvino

from peers.engine import Engine
from peers.onnx_model import make_model


class OpenVino(Engine):
    def __init__(self, network, threads, folder, target):
        super().__init__(network, threads, folder, target)
        core = openvino.Core()
        # Without the hint for float32 it would compute in bfloat16 where the CPU can.
        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
                    "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}
        compiled = core.compile_model(core.read_model(model=make_model(network)), "CPU", settings)
        steps, batch, hidden = network.seq_len, network.batch, network.hidden_size
        self.x = np.zeros((steps, batch, network.input_size), np.float32)
        self.y = np.zeros((steps, batch, network.directions * hidden), np.float32)
        shape = (2, network.num_layers, network.directions, batch, hidden)
        self.states = np.zeros(shape, np.float32)
        # Two requests: each call reads the states that the one before wrote.
        self.requests = [self.make_request(compiled, parity) for parity in (0, 1)]
        self.next = 0

    @staticmethod
    def version():
        return openvino.__version__.split("-")[0]

    def make_request(self, compiled, parity):
        def share(array):
            return openvino.Tensor(array, shared_memory=True)

        request = compiled.create_infer_request()
        request.set_tensor("x", share(self.x))
        request.set_tensor("y", share(self.y))
        for layer in range(self.network.num_layers):
            if self.network.is_step:
                request.set_tensor(f"g{layer}", share(self.states[parity, layer]))
            request.set_tensor(f"h{layer}", share(self.states[1 - parity, layer]))
        return request

    def reset(self):
        self.next = 0
        self.states[:] = 0

    def set_input(self, x):
        self.x[:] = x

    def call(self):
        self.requests[self.next].infer()
        self.next ^= 1

    def output(self):
        return self.y

    def last_state(self):
        return self.states[self.next].reshape(-1, self.network.batch, self.network.hidden_size)


ENGINE = OpenVino
