# ===- litert_model.py - The LiteRT model of a network -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The LiteRT model of a network: a flatbuffer with every time step written out.

LiteRT has no GRU operation. Every step is four matrix products and some elementwise
operations, which its XNNPACK delegate all takes; the projection of the input is one
product for all steps.
"""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

OPERATORS = schema.BuiltinOperator
OPTIONS = schema.BuiltinOptions


class Graph:
    """Tensors and operators, added one by one; a tensor is its index."""

    def __init__(self):
        self.graph, self.model = schema.SubGraphT(), schema.ModelT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.version, self.model.description = 3, "gru"
        self.model.buffers, self.model.operatorCodes = [schema.BufferT()], []  # buffer 0: no data
        self.model.subgraphs, self.codes = [self.graph], {}

    def tensor(self, shape, value=None):
        added = schema.TensorT()
        added.shape, added.buffer, added.name = list(shape), 0, f"t{len(self.graph.tensors)}"
        added.type = schema.TensorType.FLOAT32
        if value is not None:
            if value.dtype == np.int32:
                added.type = schema.TensorType.INT32
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(value).tobytes(), np.uint8)
            added.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(added)
        return len(self.graph.tensors) - 1

    def constant(self, value):
        return self.tensor(value.shape, value)

    def shape(self, tensor):
        return self.graph.tensors[tensor].shape

    def operator(self, name, inputs, shapes, options=None):
        """Adds one of OPERATORS; its outputs."""
        code = getattr(OPERATORS, name)
        if code not in self.codes:
            added = schema.OperatorCodeT()
            added.builtinCode, added.deprecatedBuiltinCode, added.version = code, min(code, 127), 1
            self.codes[code] = len(self.model.operatorCodes)
            self.model.operatorCodes.append(added)
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs = self.codes[code], list(inputs)
        operator.outputs = [self.tensor(shape) for shape in shapes]
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(OPTIONS, type(options).__name__[:-1])
        self.graph.operators.append(operator)
        return operator.outputs

    def product(self, x, weights, bias):
        """x [rows, columns] -> [rows, outputs]."""
        shape = [self.shape(x)[0], self.shape(weights)[0]]
        return self.operator("FULLY_CONNECTED", [x, weights, bias], [shape], schema.FullyConnectedOptionsT())[0]

    def elementwise(self, name, *inputs):
        options = {"ADD": schema.AddOptionsT, "MUL": schema.MulOptionsT, "SUB": schema.SubOptionsT}.get(name)
        return self.operator(name, inputs, [self.shape(inputs[0])], options() if options else None)[0]

    def split(self, x, axis, parts):
        if parts == 1:
            return [x]
        shape = list(self.shape(x))
        shape[axis] //= parts
        options = schema.SplitOptionsT()
        options.numSplits = parts
        return self.operator("SPLIT", [self.constant(np.array(axis, np.int32)), x], [shape] * parts, options)

    def concatenate(self, parts, axis):
        if len(parts) == 1:
            return parts[0]
        shape = list(self.shape(parts[0]))
        shape[axis] *= len(parts)
        options = schema.ConcatenationOptionsT()
        options.axis = axis
        return self.operator("CONCATENATION", parts, [shape], options)[0]

    def finish(self, inputs, outputs):
        self.graph.inputs, self.graph.outputs = inputs, outputs
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def add_layer(graph, x, h, steps, tensors, is_reverse):
    """x [T*B, columns], h [B, H] -> [T*B, H] and the last h [B, H]."""
    w_ih, w_hh, b_ih, b_hh = tensors
    both = 2 * w_hh.shape[1]  # rows r and z
    rz_ih, n_ih, rz_hh, n_hh = [(graph.constant(w[part]), graph.constant(b[part]))
                                for w, b in ((w_ih, b_ih), (w_hh, b_hh))
                                for part in (slice(0, both), slice(both, None))]
    rz_x = graph.split(graph.product(x, *rz_ih), 0, steps)
    n_x = graph.split(graph.product(x, *n_ih), 0, steps)
    outputs = [None] * steps
    for t in reversed(range(steps)) if is_reverse else range(steps):
        rz = graph.elementwise("LOGISTIC", graph.elementwise("ADD", rz_x[t], graph.product(h, *rz_hh)))
        r, z = graph.split(rz, 1, 2)
        reset = graph.elementwise("MUL", r, graph.product(h, *n_hh))
        n = graph.elementwise("TANH", graph.elementwise("ADD", n_x[t], reset))
        h = graph.elementwise("ADD", n, graph.elementwise("MUL", z, graph.elementwise("SUB", h, n)))
        outputs[t] = h
    return graph.concatenate(outputs, 0), h


def make_model(network):
    """x [T*B, I], h_0 [B, H] of each layer and direction -> y [T*B, D*H], then the last states."""
    graph, steps, batch = Graph(), network.seq_len, network.batch
    x = below = graph.tensor([steps * batch, network.input_size])
    inputs, lasts = [x], []
    for layer in range(network.num_layers):
        outputs = []
        for direction in range(network.directions):
            h = graph.tensor([batch, network.hidden_size])
            inputs.append(h)
            y, last = add_layer(graph, below, h, steps, network.layer(layer, direction), direction == 1)
            outputs.append(y)
            lasts.append(last)
        below = graph.concatenate(outputs, 1)
    return graph.finish(inputs, [below, *lasts])
