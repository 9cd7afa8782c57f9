# ===- real_graph.py - The GRUs of a trained network's graph -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------=== #
"""real_graph.py MODELS: all GRU nodes of a speech enhancer are listed and compiled; fed with
what ONNX Runtime gives each of them in the graph, they give what it has there."""

import json
import os
import subprocess
import sys

import grucc
import numpy as np
import onnx
from onnx import helper
from onnx_kit import joined, run_onnxruntime

path = os.path.join(sys.argv[1], "gtcrn", "gtcrn_simple.onnx")
listed = json.loads(subprocess.run(["grucc", path, "--list=json"], capture_output=True, text=True,
                                   check=True).stdout)
names = [network["node"] for network in listed["networks"]]
model = onnx.load(path)
nodes = {node.name: node for node in model.graph.node if node.op_type == "GRU"}
assert sorted(names) == sorted(nodes) and len(names) == 14, names

known = {value.name for value in model.graph.output} | {one.name for one in model.graph.initializer}
wanted = []
for node in nodes.values():
    wanted += [name for name in (node.input[0], node.input[5], *node.output) if name]
wanted = [name for name in dict.fromkeys(wanted) if name not in known]
model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in wanted)
constants = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}

rng = np.random.default_rng(3)
given = {value.name: rng.standard_normal([d.dim_value for d in value.type.tensor_type.shape.dim])
         .astype(np.float32) for value in model.graph.input}
outputs = [value.name for value in model.graph.output]
recorded = dict(zip(outputs, run_onnxruntime(model, given, outputs))) | constants
largest = 0.0
for network in listed["networks"]:
    node = nodes[network["node"]]
    compiled = grucc.compile(path, node=network["node"], cache=False)
    assert (compiled.input_size, compiled.hidden_size, compiled.bidirectional) == (
        network["input_size"], network["hidden_size"], network["direction"] == "bidirectional")
    y, h_n = compiled(recorded[node.input[0]], recorded[node.input[5]])
    for found, theirs in ((y, joined(recorded[node.output[0]])), (h_n, recorded[node.output[1]])):
        largest = max(largest, float(np.abs(found - theirs).max()))
assert largest <= 1e-6, largest
print(f"14 nodes, largest difference {largest:.1e}")
