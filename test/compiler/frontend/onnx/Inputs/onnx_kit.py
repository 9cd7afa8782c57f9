# ===- onnx_kit.py - GRU nodes, what they mean, and who computes them -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input size, H hidden size, D directions."""

import dataclasses
import os

import grucc
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# ONNX's name, how many of alpha and beta it has, their defaults, and f(x, alpha, beta).
ACTIVATIONS = {
    "Sigmoid": (0, (), lambda x: 1 / (1 + np.exp(-x))),
    "Tanh": (0, (), np.tanh),
    "Relu": (0, (), lambda x: np.maximum(x, 0)),
    "HardSigmoid": (2, (0.2, 0.5), lambda x, a, b: np.clip(a * x + b, 0, 1)),
    "Softsign": (0, (), lambda x: x / (1 + np.abs(x))),
    "Softplus": (0, (), lambda x: np.logaddexp(x, 0)),
    "Affine": (2, (1.0, 0.0), lambda x, a, b: a * x + b),
    "LeakyRelu": (1, (0.01,), lambda x, a: np.where(x < 0, a * x, x)),
    "ThresholdedRelu": (1, (1.0,), lambda x, a: np.where(x > a, x, 0)),
    "ScaledTanh": (2, (1.0, 1.0), lambda x, a, b: a * np.tanh(b * x)),
    "Elu": (1, (1.0,), lambda x, a: np.where(x < 0, a * np.expm1(np.minimum(x, 0)), x)),
}


@dataclasses.dataclass
class Gru:
    """One node: weights in ONNX's own layout, and what it says."""
    W: np.ndarray  # [D, 3H, I], z r h
    R: np.ndarray  # [D, 3H, H]
    B: np.ndarray = None  # [D, 6H]
    direction: str = "forward"
    after: int = 0  # linear_before_reset
    activations: list = None  # 2 * D names
    alpha: list = None
    beta: list = None
    clip: float = None
    layout: int = 0

    @property
    def H(self):
        return self.R.shape[2]

    def functions(self):
        """f and g of every direction, with what they take."""
        names = self.activations or ["Sigmoid", "Tanh"] * len(self.W)
        alphas, betas = list(self.alpha or []), list(self.beta or [])
        found = []
        for name in names:
            count, usual, f = ACTIVATIONS[name]
            numbers = list(usual)
            if count >= 1 and alphas:
                numbers[0] = float(np.float32(alphas.pop(0)))
            if count == 2 and betas:
                numbers[1] = float(np.float32(betas.pop(0)))
            found.append((f, numbers))
        return list(zip(found[0::2], found[1::2]))

    def attributes(self):
        said = dict(hidden_size=self.H, direction=self.direction, linear_before_reset=self.after,
                    activations=self.activations, activation_alpha=self.alpha,
                    activation_beta=self.beta, clip=self.clip)
        if self.layout:
            said["layout"] = 1
        return {key: value for key, value in said.items() if value is not None}

    def evaluate(self, x, h_0=None, lengths=None):
        """In float64: Y [T, D, B, H] and Y_h [D, B, H] of X [T, B, I], outputs beyond a row's
        length 0, and h_0 kept by rows of length 0."""
        x = x.astype(np.float64)
        T, B, _ = x.shape
        D, H = len(self.W), self.H
        lengths = [T] * B if lengths is None else lengths
        Y, Y_h = np.zeros((T, D, B, H)), np.zeros((D, B, H))
        for d in range(D):
            w, r = self.W[d].astype(np.float64), self.R[d].astype(np.float64)
            b = (np.zeros(6 * H) if self.B is None else self.B[d].astype(np.float64))
            wb, rb = b[:3 * H], b[3 * H:]
            (f, f_takes), (g, g_takes) = self.functions()[d]
            limit = (lambda v: v) if self.clip is None else (
                lambda v: np.clip(v, -np.float32(self.clip), np.float32(self.clip)))
            for row in range(B):
                h = np.zeros(H) if h_0 is None else h_0[d, row].astype(np.float64)
                steps = range(lengths[row])
                for t in steps if self.direction != "reverse" and d == 0 else reversed(steps):
                    z, reset, new = np.split(w @ x[t, row] + wb, 3)
                    z = f(limit(z + r[:H] @ h + rb[:H]), *f_takes)
                    reset = f(limit(reset + r[H:2 * H] @ h + rb[H:2 * H]), *f_takes)
                    rest = (reset * (r[2 * H:] @ h + rb[2 * H:]) if self.after else
                            r[2 * H:] @ (reset * h) + rb[2 * H:])
                    h = (1 - z) * g(limit(new + rest), *g_takes) + z * h
                    Y[t, d, row] = h
                Y_h[d, row] = h
        return Y, Y_h

    def model(self, h_0=False, lengths=False, name="gru", constants="initializer", opset=14,
              external=None):
        """A model of this node alone: X, initial_h and sequence_lens are inputs."""
        kind = helper.np_dtype_to_tensor_dtype(self.W.dtype)
        inputs = [helper.make_tensor_value_info("X", kind, [None] * 3)]
        names, tensors, nodes = ["X", "W", "R", "B" if self.B is not None else ""], [], []
        for key in "WRB":
            if getattr(self, key) is None:
                continue
            tensor = numpy_helper.from_array(getattr(self, key), key)
            if constants == "initializer":
                tensors.append(tensor)
            elif constants == "node":
                nodes.append(helper.make_node("Constant", [], [key], value=tensor))
            else:
                tensor.name = key + "_kept"
                tensors.append(tensor)
                nodes.append(helper.make_node("Identity", [key + "_kept"], [key]))
        if lengths:
            inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, [None]))
        if h_0:
            inputs.append(helper.make_tensor_value_info("h_0", kind, [None] * 3))
        names += ["lengths" if lengths else "", "h_0" if h_0 else ""]
        while not names[-1]:
            names.pop()
        nodes.append(helper.make_node("GRU", names, ["Y", "Y_h"], name=name, **self.attributes()))
        outputs = [helper.make_tensor_value_info("Y", kind, [None] * 4),
                   helper.make_tensor_value_info("Y_h", kind, [None] * 3)]
        graph = helper.make_graph(nodes, "graph", inputs, outputs, tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def joined(Y):
    """[T, D, B, H] ==> [T, B, D*H]"""
    T, D, B, H = Y.shape
    return Y.transpose(0, 2, 1, 3).reshape(T, B, D * H)


def run_onnxruntime(model, given, outputs=None):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           ["CPUExecutionProvider"])
    names = {one.name for one in session.get_inputs()}
    return session.run(outputs, {name: value for name, value in given.items() if name in names})


def compile_onnx(model, folder, **flags):
    """What grucc makes of a model in a file."""
    path = os.path.join(folder, "model.onnx")
    onnx.save(model, path) if not isinstance(model, bytes) else open(path, "wb").write(model)
    return grucc.compile(path, cache=False, **flags)
