# ===- backend_cases.py - ONNX's own test cases of GRU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------=== #
"""backend_cases.py FOLDER: all node cases of the onnx package that have a GRU, compiled. Their
weights are inputs of the graph; here they become what they are in a trained model, constants."""

import sys

import numpy as np
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx_kit import compile_onnx, joined


def with_constants(case, given):
    """The model with W, R and B as initializers, and what is left of its inputs."""
    model = case.model
    node = next(node for node in model.graph.node if node.op_type == "GRU")
    weights = [name for name in node.input[1:4] if name]
    for name in weights:
        model.graph.initializer.append(numpy_helper.from_array(given.pop(name), name))
    kept = [value for value in model.graph.input if value.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(kept)
    return model, node


def check(case, folder):
    inputs, outputs = case.data_sets[0]
    names = [value.name for value in case.model.graph.input]
    model, node = with_constants(case, dict(zip(names, inputs)))
    given = dict(zip(names, inputs))
    operand = lambda index: (given.get(node.input[index]) if index < len(node.input) else None)
    layout = any(a.name == "layout" and a.i == 1 for a in node.attribute)
    h_0 = operand(5)
    if layout and h_0 is not None:
        h_0 = h_0.swapaxes(0, 1)
    y, h_n = compile_onnx(model, folder)(operand(0), h_0, lengths=operand(4))
    expected = dict(zip([value.name for value in model.graph.output], outputs))
    Y, Y_h = (expected.get(name) if name else None for name in [*node.output, ""][:2])
    if Y is not None:
        Y = Y.reshape(*Y.shape[:2], -1) if layout else joined(Y)  # [B, T, D, H] or [T, D, B, H]
        np.testing.assert_allclose(y, Y, rtol=1e-5, atol=1e-6, err_msg=case.name)
    if Y_h is not None:
        Y_h = Y_h.swapaxes(0, 1) if layout else Y_h
        np.testing.assert_allclose(h_n, Y_h, rtol=1e-5, atol=1e-6, err_msg=case.name)
    assert Y is not None or Y_h is not None, case.name


cases = [case for case in collect_testcases(None)
         if any(node.op_type == "GRU" for node in case.model.graph.node)]
assert len(cases) >= 4, [case.name for case in cases]
for one in cases:
    check(one, sys.argv[1])
print(len(cases), "cases:", ", ".join(case.name for case in cases))
