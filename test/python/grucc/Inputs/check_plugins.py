# ===- check_plugins.py - The GRUs of audio plug-ins' JSON -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------=== #
"""check_plugins.py FOLDER: models as RTNeural, AIDA-X and GuitarML write them, of a network of
torch's, whose numbers come out."""

import json
import os
import sys

import numpy as np
import torch
from foreign_kit import converted, listed, refused

torch.manual_seed(11)
os.chdir(sys.argv[1])
H = 8
gru, linear = torch.nn.GRU(1, H), torch.nn.Linear(H, 1)
x = torch.randn(9, 1, 1)
with torch.no_grad():
    expected = gru(x)[0].numpy()


def zrh(tensor):
    r, z, n = tensor.detach().chunk(3)
    return torch.cat([z, r, n])


def rtneural(**changes):
    layer = {"type": "gru", "activation": "tanh", "shape": [None, None, H],
             "weights": [zrh(gru.weight_ih_l0).T.tolist(), zrh(gru.weight_hh_l0).T.tolist(),
                         [zrh(gru.bias_ih_l0).tolist(), zrh(gru.bias_hh_l0).tolist()]], **changes}
    dense = {"type": "dense", "activation": "", "shape": [None, None, 1],
             "weights": [linear.weight.detach().T.tolist(), linear.bias.tolist()]}
    return {"in_shape": [None, None, 1], "layers": [layer, dense]}


def write(name, contents):
    with open(name, "w") as file:
        file.write(contents if isinstance(contents, str) else json.dumps(contents))
    return name


write("amp.json", rtneural())
model, notes = converted("amp.json", "out.safetensors")
assert "layers.1: dense of shape [None, None, 1] stands beside it" in notes, notes
assert model.batch_first
y = model(np.ascontiguousarray(x.numpy().swapaxes(0, 1)))[0]
assert np.abs(y[0] - expected[:, 0]).max() <= 2.0**-21
write("amp.aidax", {**rtneural(), "metadata": {"name": "an amplifier"}, "in_skip": 1})
assert listed("amp.aidax")[0]["hidden_size"] == H

state = {f"rec.{name}": value.tolist() for name, value in gru.state_dict().items()}
state |= {f"lin.{name}": value.tolist() for name, value in linear.state_dict().items()}
guitarml = {"model_data": {"model": "SimpleRNN", "unit_type": "GRU", "input_size": 1, "skip": 1,
                           "output_size": 1, "hidden_size": H, "bias_fl": True},
            "state_dict": state}
write("pedal.json", guitarml)
model, notes = converted("pedal.json", "out.safetensors")
assert np.abs(model(x.numpy())[0] - expected).max() <= 2.0**-21
assert "state_dict.lin.weight stands beside it" in notes and "model_data.skip: 1" in notes, notes

rows = rtneural()["layers"][0]["weights"]
count = 0
for contents, text in (
        ("", r"file: found no JSON"), ("{", r"file: found no JSON"), ("[" * 100000, r"file: found no JSON"),
        ("[1]", r"file: found neither layers nor a state_dict"),
        ({"input_size": 1, "hidden_size": 2}, r"file: found NETWORK.json, expected a plug-in's model"),
        ({"layers": []}, r"layers: found none, expected a gru"), ({"layers": [3]}, r"layers.0: found 3"),
        ({"layers": [{"type": "lstm"}, {"type": "dense"}]}, r"layers: found dense, lstm, expected a gru"),
        (rtneural(weights=rows[:2]), r"layers.0.weights: found .*, expected three arrays"),
        (rtneural(weights="none"), r"layers.0.weights: found 'none', expected three arrays"),
        (rtneural(weights=[rows[0], rows[1], rows[2][0]]), r"layers.0.weights.2: found shape \[24\], expected \[2, 24\]"),
        (rtneural(weights=[rows[0], rows[1][:7], rows[2]]), r"layers.0.weights.1: found shape \[7, 24\]"),
        (rtneural(weights=[[[1, 2], [3]], rows[1], rows[2]]), r"layers.0.weights.0: found no array of numbers"),
        (rtneural(weights=[[["a"] * 24], rows[1], rows[2]]), r"layers.0.weights.0: found no array of numbers"),
        (rtneural(shape=[None, None, 9]), r"layers.0.shape: found \[None, None, 9\], expected"),
        (rtneural(activation="relu"), r"layers.0.activation: found 'relu', expected tanh"),
        ({**guitarml, "model_data": {"unit_type": "LSTM"}}, r"model_data.unit_type: found 'LSTM', expected GRU"),
        ({"state_dict": {"rec.weight_ih_l0": rows[0]}}, r"rec.weight_hh_l0: found no array of numbers"),
        ({"state_dict": {"rec.weight_hh_l0": [[0.0] * 8] * 32}}, r"rec.weight_hh_l0: found shape \[32, 8\]")):
    count += refused(text, write("bad.json", contents))
print(count, "files refused")
