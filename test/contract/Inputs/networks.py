# ===- networks.py - Networks drawn at random, and what they compute -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input_size, H hidden_size, L num_layers."""

import subprocess
from dataclasses import dataclass

import numpy as np
from safetensors.numpy import load_file, save_file


@dataclass
class Network:
    I: int
    H: int
    L: int
    bias: bool
    tensors: dict  # torch's names in torch's order, of one dtype

    @property
    def dtype(self):
        return self.tensors["weight_ih_l0"].dtype

    def layer(self, l):
        """weight_ih [3H, I of the layer], weight_hh [3H, H], and biases [3H] or None."""
        return [self.tensors.get(f"{name}_l{l}")
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]

    def save(self, path):
        save_file(self.tensors, path)
        return path


def draw_network(rng, I, H, L=1, bias=True, scale=1.0, dtype="float32"):
    """Weights as torch initialises them, times `scale`: U(-1, 1) scale / sqrt(H)."""
    tensors = {}
    for l in range(L):
        shapes = {"weight_ih": (3 * H, H if l else I), "weight_hh": (3 * H, H)}
        if bias:
            shapes |= {"bias_ih": (3 * H,), "bias_hh": (3 * H,)}
        for name, shape in shapes.items():
            drawn = rng.uniform(-1, 1, shape) * scale / np.sqrt(H)
            tensors[f"{name}_l{l}"] = drawn.astype(dtype)
    return Network(I, H, L, bias, tensors)


def sigmoid(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def evaluate64(network, x, h_0=None):
    """C2 in float64: outputs [T, B, H] and the states before each step and after
    the last [T + 1, L, B, H]."""
    T, B, H = x.shape[0], x.shape[1], network.H
    y = x.astype(np.float64)
    states = np.zeros((T + 1, network.L, B, H))
    for l in range(network.L):
        w_ih, w_hh, b_ih, b_hh = (np.zeros(3 * H) if w is None else w.astype(np.float64)
                                  for w in network.layer(l))
        gx = y.reshape(T * B, y.shape[-1]) @ w_ih.T + b_ih
        gx = gx.reshape(T, B, 3 * H)
        h = np.zeros((B, H)) if h_0 is None else h_0[l].astype(np.float64)
        states[0, l] = h
        for t in range(T):
            gh = h @ w_hh.T + b_hh
            r = sigmoid(gx[t, :, :H] + gh[:, :H])
            z = sigmoid(gx[t, :, H:2 * H] + gh[:, H:2 * H])
            n = np.tanh(gx[t, :, 2 * H:] + r * gh[:, 2 * H:])
            h = (1 - z) * n + z * h
            states[t + 1, l] = h
        y = states[1:, l]
    return y, states


def evaluate_reference(path, x, h_0, scratch):
    """Reference in the dtype of x on the network in `path`: output [T, B, H], h_n [L, B, H]."""
    inputs = {"input": np.ascontiguousarray(x)}
    if h_0 is not None:
        inputs["h_0"] = np.ascontiguousarray(h_0)
    save_file(inputs, f"{scratch}.in")
    done = subprocess.run(["grucc-run", f"--reference={x.dtype}", path, f"--input={scratch}.in",
                           f"--output={scratch}.out"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = load_file(f"{scratch}.out")
    return results["output"], results["h_n"]
