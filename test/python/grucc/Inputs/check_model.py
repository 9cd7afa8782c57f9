# ===- check_model.py - The Python package on real models and a stand-in -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in a folder that holds encoder.so (test/runtime/Inputs/model.c)."""

import os

import numpy as np
import grucc

rng = np.random.default_rng(0)
T, B, I, H, L = 7, 3, 5, 9, 2


def f32(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def fails(text, function, *arguments, **flags):
    try:
        function(*arguments, **flags)
    except grucc.Error as error:
        assert str(error) == text, ("found   ", str(error), "expected", text)
    else:
        raise AssertionError("no error, expected " + text)


def same(a, b):
    assert a.shape == b.shape and a.dtype == b.dtype and (a == b).all(), (a, b)


def torch_rules(model, weights, x, h_0):
    """C2 in float64. x: [T, B, I], h_0: [L, B, H]."""
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    h_n = []
    for layer in range(L):
        w_ih, w_hh, b_ih, b_hh = (weights[f"{kind}_l{layer}"].astype(np.float64) for kind in
                                  ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        h, output = h_0[layer].astype(np.float64), []
        for row in x.astype(np.float64):
            a, b = row @ w_ih.T + b_ih, h @ w_hh.T + b_hh
            r, z = sigmoid(a[:, :H] + b[:, :H]), sigmoid(a[:, H:2 * H] + b[:, H:2 * H])
            h = (1 - z) * np.tanh(a[:, 2 * H:] + r * b[:, 2 * H:]) + z * h
            output.append(h)
        x = np.stack(output) if output else np.zeros((0, *h.shape))
        h_n.append(h)
    return x, np.stack(h_n)


# Compiled from weights: run, step, raw and aliased calls agree to the bit.
shapes = {}
for layer in range(L):
    for kind, shape in (("weight_ih", (3 * H, H if layer else I)), ("weight_hh", (3 * H, H)),
                        ("bias_ih", (3 * H,)), ("bias_hh", (3 * H,))):
        shapes[f"{kind}_l{layer}"] = shape
weights = {name: f32(*shape) / 3 for name, shape in shapes.items()}
from safetensors.numpy import save_file
save_file(weights, "net.safetensors")

model = grucc.compile("net.safetensors", target="x86-64-v2", bias=True, bidirectional=False)
assert (model.input_size, model.hidden_size, model.num_layers) == (I, H, L)
assert model.bias and not model.batch_first and model.num_directions == 1
assert model.dtype == np.float32 and model.target == "x86-64-v2" and "grucc" in model.provenance
assert model.weight_shapes() == shapes
x, h_0 = f32(T, B, I), f32(L, B, H)
output, h_n = model(x, h_0)
for found, wanted in zip((output, h_n), torch_rules(model, weights, x, h_0)):
    assert found.shape == wanted.shape and np.abs(found - wanted).max() < 1e-6

state = model.state(B, h_0)
for t in range(T):
    y, state = model.step(x[t], state)
    same(y, output[t])
same(state.h, h_n)
one, state = model.step(x[0, 0])
assert one.shape == (H,) and state.h.shape == (L, 1, H)
same(one, model(x[:1, 0])[0][0])
state.h = h_n[:, :1]
same(state.h, h_n[:, :1])

raw, raw_h = np.empty_like(output), h_0.copy()
assert model.run_raw(T, B, x, raw, raw_h, h_0=raw_h) == 0
same(raw, output)
same(raw_h, h_n)
raw_state, y = grucc.aligned(model.descriptor.state_bytes(B)), np.empty((B, H), np.float32)
model.descriptor.init_state(grucc.address(raw_state), grucc.address(h_0), B)
assert model.step_raw(x[0].copy(), y, raw_state, B) == 0
same(y, output[0])
assert model.run_raw(-1, B, x, raw, raw_h) != 0 or model.run_raw(T, -1, x, raw, raw_h) != 0

# No steps, no rows; not contiguous; unbatched.
same(model(x[:0], h_0)[1], h_0)
assert model(x[:, :0])[0].shape == (T, 0, H)
same(model(x[:, ::-1], h_0[:, ::-1])[0], output[:, ::-1])
same(model(x[:, 1], h_0[:, 1])[1], h_n[:, 1])

# External weights, and weights drawn.
external = grucc.compile("net.safetensors", target="x86-64-v2", weights="external")
fails("weights: found none, expected grucc_set_weights before the first run", external, x)
external.set_weights(weights)
same(external(x, h_0)[0], output)
drawn = grucc.compile(input_size=3, hidden_size=4, batch_first=True, bias=False, init="uniform",
                      seed=3, output="drawn.so")
assert drawn.batch_first and not drawn.bias and os.path.exists("drawn.so")
same(grucc.load("drawn.so")(f32(2, 6, 3) * 0)[0], np.zeros((2, 6, 4), np.float32))

# What is wrong is said.
fails("input: found shape [7, 3, 9], expected [T, B, 5]", model, f32(T, B, 9))
fails("input: found shape [7], expected [T, B, 5]", model, f32(T))
fails("input: found rank 5, expected [T, B, 5]", model, f32(1, 1, 1, 1, 1))
fails("input: found float64, expected float32", model, x.astype(np.float64))
fails("h_0: found shape [2, 3, 8], expected [2, 3, 9]", model, x, f32(L, B, 8))
fails("x: found shape [3, 4], expected [3, 5]", model.step, f32(B, 4))
fails("h_0: found shape [9], expected [2, 1, 9]", model.state, 1, f32(H))
fails("missing.so: error: file: found No such file or directory, expected a readable shared "
      "library", grucc.load, "missing.so")
fails("missing.json: error: file: found 'No such file or directory', expected a readable file",
      grucc.compile, "missing.json")
fails("weights: found ['a'], expected " + str(list(shapes)), external.set_weights, {"a": x})
os.environ["GRUCC"] = "/no/grucc"
fails("/no/grucc: error: found No such file or directory, expected the grucc executable; GRUCC "
      "names it", grucc.compile, "net.safetensors")

# The stand-in knows lengths.
standin = grucc.load("encoder.so")
output, h_n = standin(np.ones((2, 2, 3), np.float32), lengths=np.array([2, 0]))
same(output[:, 0], np.array([[9, 18], [18, 36]], np.float32))
same(output[:, 1], np.zeros((2, 2), np.float32))
