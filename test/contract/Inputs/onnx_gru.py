# ===- onnx_gru.py - A GRU in ONNX Runtime -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------=== #
"""Letters: D directions, H hidden_size, L num_layers."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper


class OnnxRuntime:
    """The network as ONNX's GRU operators, whose weights are inputs: gates in the order z, r, n."""

    def __init__(self, network):
        self.network, nodes, inputs = network, [], [self.value("x", 3)]
        shape = helper.make_tensor("shape", TensorProto.INT64, [3], [0, 0, network.D * network.H])
        below = "x"
        for l in range(network.L):
            weights = [f"{name}{l}" for name in ("W", "R", "B")]
            inputs += [self.value(name, rank) for name, rank in zip(weights, (3, 3, 2))]
            nodes += [helper.make_node(
                "GRU", [below, *weights], [f"y{l}"], hidden_size=network.H, linear_before_reset=1,
                direction="bidirectional" if network.bidirectional else "forward"),
                # [T, D, B, H] ==> [T, B, D*H]
                helper.make_node("Transpose", [f"y{l}"], [f"turned{l}"], perm=[0, 2, 1, 3]),
                helper.make_node("Reshape", [f"turned{l}", "shape"], [f"output{l}"])]
            below = f"output{l}"
        graph = helper.make_graph(nodes, "gru", inputs, [self.value(below, 3)], [shape])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                                    ["CPUExecutionProvider"])

    @staticmethod
    def value(name, rank):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * rank)

    def run(self, gru, x):
        given = {"x": x}
        ends = ("", "_reverse")[:self.network.D]
        for l in range(self.network.L):
            parts = {"W": [], "R": [], "B": []}
            for end in ends:
                w, r, *biases = [getattr(gru, f"{kind}_l{l}{end}").numpy() for kind in
                                 ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
                turned = [a.reshape(3, -1)[[1, 0, 2]].reshape(a.shape)
                          for a in (w, r, *biases)]
                parts["W"].append(turned[0])
                parts["R"].append(turned[1])
                parts["B"].append(np.concatenate(turned[2:]))
            given |= {f"{name}{l}": np.stack(values) for name, values in parts.items()}
        return self.session.run(None, given)[0]
