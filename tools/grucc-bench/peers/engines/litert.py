# ===- litert.py - LiteRT as a peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""LiteRT's interpreter with XNNPACK, called from Python."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from peers.engine import Engine
from peers.litert_model import make_model

# Every step keeps a packed copy of the weights of its own.
MOST_BYTES = 1 << 30
MOST_STEPS = 200


class LiteRt(Engine):
    def __init__(self, network, threads, folder, target):
        super().__init__(network, threads, folder, target)
        bytes_a_step = sum(tensor.nbytes for name, tensor in network.tensors.items() if "_hh_" in name)
        if network.seq_len > MOST_STEPS or network.seq_len * bytes_a_step > MOST_BYTES:
            raise RuntimeError(f"found {network.seq_len} steps, expected fewer: they are all written out")
        self.interpreter = Interpreter(model_content=make_model(network), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.inputs = [detail["index"] for detail in self.interpreter.get_input_details()]
        self.outputs = [detail["index"] for detail in self.interpreter.get_output_details()]
        self.facts = {"form": "steps written out"}
        # invoke() refuses while a view is alive, since allocate_tensors would move what it
        # shows. Nothing is allocated again here, and views made anew in every call would
        # be Python's time, not LiteRT's.
        self.invoke = self.interpreter._interpreter.Invoke
        views = [[self.interpreter.tensor(index)() for index in indices] for indices in (self.inputs, self.outputs)]
        (self.x, *self.read), (self.y, *self.written) = views
        self.fed_back = list(zip(self.read, self.written)) if network.is_step else []

    @staticmethod
    def version():
        import importlib.metadata
        return importlib.metadata.version("ai-edge-litert")

    def reset(self):
        for view in self.read:
            view[:] = 0

    def set_input(self, x):
        self.x[:] = x.reshape(self.x.shape)

    def call(self):
        self.invoke()
        for read, written in self.fed_back:
            np.copyto(read, written)

    def output(self):
        return self.y.reshape(self.network.seq_len, self.network.batch, -1)

    def last_state(self):
        return np.stack(self.written)


ENGINE = LiteRt
