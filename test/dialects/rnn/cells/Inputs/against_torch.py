#===- against_torch.py - Cells of tests against torch's ----------------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""against_torch.py FILE.mlir: Reference in float64 beside torch.nn.RNN, LSTM and GRU, of
layers as they are, and the same bits of their projections and scans, in both precisions."""
import sys

import numpy as np
import torch
from layers import Layer, evaluate, hoisted

rng, path = np.random.default_rng(1), sys.argv[1]
MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def by_torch(layer):
    steps, batch, inputs = layer.x.shape
    bias = layer.b_ih is not None
    module = MODULES[layer.cell](inputs, layer.hidden, bias=bias).double()
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    with torch.no_grad():
        for name, value in zip(names, [layer.w_ih, layer.w_hh, layer.b_ih, layer.b_hh]):
            if value is not None:
                getattr(module, name).copy_(torch.tensor(value))
        x = torch.tensor(layer.x[::-1].copy() if layer.reverse else layer.x)
        states = [torch.tensor(h)[None] for h in np.split(layer.h_0, layer.states, axis=1)]
        output, last = module(x, tuple(states) if layer.states > 1 else states[0])
    output = output.numpy()[::-1] if layer.reverse else output.numpy()
    last = last if layer.states > 1 else [last]
    return output, np.concatenate([h[0].numpy() for h in last], axis=1)


layers = {}
for cell in MODULES:
    for index, (bias, reverse) in enumerate([(True, False), (False, False), (True, True)]):
        steps, batch, inputs, hidden = rng.integers([2, 1, 1, 1], [7, 4, 9, 20]).tolist()
        layers[f"{cell}_{index}"] = Layer(rng, cell, steps, batch, inputs, hidden, bias, reverse)
with open(path, "w") as file:
    file.write("".join(layer.of_constants(name) for name, layer in layers.items()))
found = evaluate(path, np.float64)
assert list(found) == list(layers)
worst = 0
for name, layer in layers.items():
    for result, expected in zip(found[name], by_torch(layer)):
        assert result.shape == expected.shape, name
        worst = max(worst, np.abs(result - expected).max())
print(f"{len(layers)} layers, largest error {worst:.2g}")
assert worst < 1e-13, worst

# What hoisting and folding leave computes the same, to the bit.
for dtype in (np.float64, np.float32):
    for name, layer in layers.items():
        layer.convert(dtype)
        with open(path, "w") as file:
            file.write(layer.of_constants(name))
        text = hoisted(path)
        assert "rnn.project" in text and layer.op in text and "rnn.fold_biases" not in text, text
        with open(path, "a") as file:
            file.write(text)
        assert len(evaluate(path, dtype, "--equal")) == 2
