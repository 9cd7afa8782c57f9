# ===- onnx_model.py - The ONNX model of a network -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The ONNX model of a network."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def onnx_gates(tensor):
    """Rows r, z, n in ONNX's order: z, r, h."""
    r, z, n = np.split(tensor, 3)
    return np.concatenate([z, r, n])


def make_model(network):
    """x [T, B, I] -> y [T, B, D*H] and h0, h1, ... [D, B, H]: the last state of each layer.
    A step workload has inputs g0, g1, ... [D, B, H] as well: the states to begin with."""
    hidden, directions, values, nodes = network.hidden_size, network.directions, [], []
    steps, batch = network.seq_len, network.batch
    state = [directions, batch, hidden]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [steps, batch, network.input_size])]
    outputs, below = [], "x"

    def constant(name, value):
        values.append(numpy_helper.from_array(value, name))
        return name

    for layer in range(network.num_layers):
        parts = [network.layer(layer, direction) for direction in range(directions)]
        names = [below,
                 constant(f"w{layer}", np.stack([onnx_gates(w_ih) for w_ih, _, _, _ in parts])),
                 constant(f"r{layer}", np.stack([onnx_gates(w_hh) for _, w_hh, _, _ in parts])),
                 constant(f"b{layer}", np.stack([np.concatenate([onnx_gates(b_ih), onnx_gates(b_hh)])
                                                 for _, _, b_ih, b_hh in parts]))]
        if network.is_step:
            names += ["", f"g{layer}"]  # no lengths, then the state
            inputs.append(helper.make_tensor_value_info(f"g{layer}", TensorProto.FLOAT, state))
        nodes.append(helper.make_node(
            "GRU", names, [f"all{layer}", f"h{layer}"], hidden_size=hidden,
            linear_before_reset=int(network.reset == "after"),
            direction="bidirectional" if directions == 2 else "forward"))
        outputs.append(helper.make_tensor_value_info(f"h{layer}", TensorProto.FLOAT, state))
        below = f"y{layer}" if layer + 1 < network.num_layers else "y"
        if directions == 1:
            nodes.append(helper.make_node("Squeeze", [f"all{layer}", "axis"], [below]))
        else:  # [T, D, B, H] -> [T, B, D*H]
            nodes += [helper.make_node("Transpose", [f"all{layer}"], [f"turned{layer}"], perm=[0, 2, 1, 3]),
                      helper.make_node("Reshape", [f"turned{layer}", "shape"], [below])]
    constant("axis", np.array([1], np.int64)) if directions == 1 else constant(
        "shape", np.array([steps, batch, directions * hidden], np.int64))
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [steps, batch, directions * hidden])
    model = helper.make_model(helper.make_graph(nodes, "gru", inputs, [y, *outputs], values),
                              opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()
