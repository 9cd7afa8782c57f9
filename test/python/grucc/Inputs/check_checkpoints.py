# ===- check_checkpoints.py - The GRUs of torch's checkpoints -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------=== #
"""check_checkpoints.py FOLDER"""

import os
import sys
import warnings

import numpy as np
import torch
from foreign_kit import command, converted, listed, refused, started
from torch.nn.utils import parametrizations, prune

warnings.filterwarnings("ignore")
torch.manual_seed(3)
os.chdir(sys.argv[1])
x = torch.randn(6, 2, 5)


class Net(torch.nn.Module):
    def __init__(self, **arguments):
        super().__init__()
        self.head = torch.nn.Linear(7, 2)
        self.gru = torch.nn.GRU(5, 7, **arguments)


def same(model, gru, bound=2.0**-21):
    with torch.no_grad():
        for found, expected in zip(model(x.numpy()), gru(x)):
            assert np.abs(found - expected.numpy()).max() <= bound


net = Net(num_layers=2, bidirectional=True)
epoch = {"epoch": 3, "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": []}}
forms = {
    "plain.pt": net.gru.state_dict(),
    "whole.pth": net.state_dict(),
    "nested.ckpt": {**epoch, "state_dict": net.state_dict()},
    "model.tar": {**epoch, "model": net.state_dict()},
    "parallel.pt": {f"module.{name}": value for name, value in net.state_dict().items()},
    "compiled.pt": {f"_orig_mod.{name}": value for name, value in net.state_dict().items()},
    "both.pt": {"net": {f"module._orig_mod.{name}": value for name, value in net.state_dict().items()}},
}
for name, contents in forms.items():
    torch.save(contents, name)
    found = listed(name)
    assert len(found) == 1 and found[0]["num_layers"] == 2 and found[0]["bidirectional"], found
    model, _ = converted(name, "out.safetensors")
    same(model, net.gru)

# Two of them: each by its name.
torch.save({"encoder": Net().state_dict(), "decoder": net.state_dict()}, "two.pt")
assert [one["name"] for one in listed("two.pt")] == ["encoder.gru", "decoder.gru"]
refused(r"--prefix: found none, and 2 networks, expected one of 'encoder.gru', 'decoder.gru'", "two.pt")
refused(r"--prefix: found 'gru', expected one of", "two.pt", "--prefix=gru")
same(converted("two.pt", "out.safetensors", "decoder.gru")[0], net.gru)
words = started("list", "two.pt").stdout
assert "decoder.gru: GRU 5 -> 14, hidden 7, 2 layers, bidirectional, bias" in words, words

# Norms are folded, old and new.
for norm in (torch.nn.utils.weight_norm, parametrizations.weight_norm):
    net = Net()
    norm(net.gru, "weight_hh_l0")
    norm(net.gru, "weight_ih_l0", dim=None)
    torch.save(net.state_dict(), "norm.pt")
    same(converted("norm.pt", "out.safetensors")[0], net.gru)

cell = torch.nn.GRUCell(5, 7)
torch.save({"cell." + name: value for name, value in cell.state_dict().items()}, "cell.pt")
model, notes = converted("cell.pt", "out.safetensors")
with torch.no_grad():
    assert np.abs(model(x[:1].numpy())[0][0] - cell(x[0]).numpy()).max() <= 2.0**-21
half = Net().half()
torch.save(half.state_dict(), "half.pt")
same(converted("half.pt", "out.safetensors")[0], half.float().gru)
wide = Net().double()
torch.save(wide.state_dict(), "wide.pt")
assert converted("wide.pt", "out.safetensors")[0].dtype == np.float64
short = Net().bfloat16()
torch.save(short.state_dict(), "short.pt")
same(converted("short.pt", "out.safetensors")[0], short.float().gru)

count = 0
for name, module, text in (
        ("lstm.pt", torch.nn.LSTM(5, 7), r"weight_hh_l0: found an LSTM's, expected a GRU's"),
        ("projected.pt", torch.nn.LSTM(5, 7, proj_size=2), r"weight_hh_l0: found an LSTM's"),
        ("rnn.pt", torch.nn.RNN(5, 7), r"weight_hh_l0: found a plain RNN's, expected a GRU's"),
        ("linear.pt", torch.nn.Linear(5, 7), r"file: found no tensor named weight_hh_l0, expected")):
    torch.save(module.state_dict(), name)
    count += refused(text, name)
net = Net()
torch.nn.utils.spectral_norm(net.gru, "weight_hh_l0")
torch.save(net.state_dict(), "spectral.pt")
count += refused(r"weight_hh_l0: found it under spectral_norm, expected the tensor itself", "spectral.pt")
net = Net()
parametrizations.spectral_norm(net.gru, "weight_hh_l0")
torch.save(net.state_dict(), "spectral2.pt")
count += refused(r"weight_hh_l0: found it under a parametrization, expected", "spectral2.pt")
net = Net()
prune.l1_unstructured(net.gru, "weight_hh_l0", 0.5)
torch.save(net.state_dict(), "pruned.pt")
count += refused(r"weight_hh_l0: found it under pruning, expected", "pruned.pt")
quantised = torch.ao.quantization.quantize_dynamic(Net(), {torch.nn.GRU}, torch.qint8)
torch.save(quantised.state_dict(), "quantised.pt")
count += refused(r"file: found (a quantised network|more than tensors)", "quantised.pt")
torch.save({"gru": {name: value for name, value in Net().gru.state_dict().items()
                    if name != "weight_ih_l0"}}, "missing.pt")
count += refused(r"weight_ih_l0: found no such tensor, expected every tensor", "missing.pt")
torch.save({"weight_hh_l0": torch.zeros(21, 7, dtype=torch.int32)}, "whole_numbers.pt")
count += refused(r"weight_hh_l0: found int32, expected floating-point weights", "whole_numbers.pt")
torch.save(net, "pickled.pt")
count += refused(r"file: found more than tensors .*, expected a checkpoint of tensors", "pickled.pt")
torch.jit.script(torch.nn.Linear(2, 2)).save("script.pt")
count += refused(r"file: found ", "script.pt")
whole = open("whole.pth", "rb").read()
for length in (0, 3, 100, len(whole) // 2, len(whole) - 10):
    with open("cut.pt", "wb") as file:
        file.write(whole[:length])
    count += refused(r"file: found ", "cut.pt")
os.mkdir("folder.pt")
count += refused(r"file: found ", "folder.pt")
count += refused(r"file: found No such file or directory", "gone.pt")
with open("model.tflite", "wb") as file:
    file.write(b"\x1c\0\0\0TFL3" + bytes(60))
count += refused(r"file: found a TFLite model, expected a checkpoint; convert the Keras model", "model.tflite")
with open("model.onnx", "wb") as file:
    file.write(b"\x08\x08")
count += refused(r"found '\.onnx', expected .*; grucc reads it: grucc MODEL\.onnx --list", "model.onnx")
with open("model", "wb") as file:
    file.write(b"abc")
count += refused(r"found 'no extension', expected", "model")
usage = command("convert", "plain.pt", "-o", "out.pt")
assert usage.returncode == 2 and "expected a name ending in .safetensors" in usage.stderr
blocked = command("convert", "plain.pt", "-o", "nowhere/out.safetensors")
assert blocked.returncode == 1 and "found No such file or directory" in blocked.stderr, blocked
print(len(forms), "forms read,", count, "files refused")
