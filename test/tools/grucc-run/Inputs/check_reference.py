# ===- check_reference.py - grucc-run --reference against torch.nn.GRU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder."""

import json
import subprocess

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

torch.manual_seed(0)


def run(*arguments):
    done = subprocess.run(["grucc-run", *arguments, "--input=in.safetensors",
                           "--output=out.safetensors"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", (arguments, done.stderr)
    return load_file("out.safetensors")


def fails(line, *arguments):
    done = subprocess.run(["grucc-run", *arguments, "--input=in.safetensors",
                           "--output=new.safetensors"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, line + "\n"), done


def network(dtype=torch.float32, **arguments):
    """A torch.nn.GRU and its description n.json with n.safetensors."""
    gru = torch.nn.GRU(**arguments, dtype=dtype)
    save_file({name: value.detach().numpy() for name, value in gru.named_parameters()},
              "n.safetensors")
    json.dump({**arguments, "weights": "n.safetensors"}, open("n.json", "w"))
    return gru


def numbers(tensor):
    return tensor.detach().contiguous().numpy()


def close(found, expected, bound):
    expected = numbers(expected)
    assert found.shape == expected.shape, (found.shape, expected.shape)
    assert np.abs(found - expected).max(initial=0) <= bound, np.abs(found - expected).max()


FORMS = ({"bias": True}, {"bias": False, "num_layers": 2}, {"batch_first": True},
         {"bidirectional": True, "num_layers": 2}, {"bidirectional": True, "batch_first": True})
for form in FORMS:
    for dtype, bound in ((torch.float32, 3e-7), (torch.float64, 1e-15)):
        arguments = {"input_size": 5, "hidden_size": 7, **form}
        gru = network(dtype, **arguments)
        states = (2 if gru.bidirectional else 1) * gru.num_layers
        x, h_0 = torch.randn(6, 4, 5, dtype=dtype), torch.randn(
            states, 6 if gru.batch_first else 4, 7, dtype=dtype)
        save_file({"input": numbers(x), "h_0": numbers(h_0)}, "in.safetensors")
        output, h_n = gru(x, h_0)
        result = run("--reference", "n.json")
        assert result["output"].dtype == numbers(x).dtype
        close(result["output"], output, 4 * bound)
        close(result["h_n"], h_n, 4 * bound)
        # float32 data in float64 is the oracle, and float64 data may be rounded.
        oracle = gru.double()(x.double(), h_0.double())
        result = run("--reference=float64", "n.json")
        close(result["output"], oracle[0], 1e-14)
        close(run("--reference=float32", "n.json")["output"], oracle[0], 1e-6)

# No h_0; unbatched; lengths in any order; packed; T = 0.
gru = network(input_size=3, hidden_size=4, bidirectional=True)
x = torch.randn(5, 3, 3)
lengths = torch.tensor([2, 5, 3])
save_file({"input": numbers(x)}, "in.safetensors")
close(run("--reference", "n.json")["h_n"], gru(x)[1], 1e-6)
save_file({"input": numbers(x[:, 0])}, "in.safetensors")
result = run("--reference", "n.json")
close(result["output"], gru(x[:, 0])[0], 1e-6)
close(result["h_n"], gru(x[:, 0])[1], 1e-6)
packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
packed_output, h_n = gru(packed)
output, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_output)
save_file({"input": numbers(x), "lengths": numbers(lengths)}, "in.safetensors")
result = run("--reference", "n.json")
close(result["output"], output, 1e-6)
close(result["h_n"], h_n, 1e-6)
save_file({"input": numbers(packed.data), "batch_sizes": numbers(packed.batch_sizes)},
          "in.safetensors")
result = run("--reference", "n.json")
close(result["output"], packed_output.data, 1e-6)
close(result["h_n"][:, packed.unsorted_indices.numpy()], h_n, 1e-6)
h_0 = torch.randn(2, 3, 4)
save_file({"input": np.zeros((0, 3, 3), np.float32), "h_0": numbers(h_0)}, "in.safetensors")
close(run("--reference", "n.json")["h_n"], h_0, 0)

# In training the outputs between layers drop out by a mask [L-1, T, B, D*H], in any layout of the input.
for L, both, first, dtype in ((2, False, False, torch.float32), (3, True, True, torch.float64),
                              (1, False, False, torch.float32)):
    gru = network(dtype, input_size=3, hidden_size=4, num_layers=L, dropout=0.25 if L > 1 else 0.0,
                  bidirectional=both, batch_first=first)
    x, width = torch.randn(5, 2, 3, dtype=dtype), 8 if both else 4
    mask = (torch.rand(L - 1, 5, 2, width) < 0.7).to(torch.uint8)
    expected = x
    for layer in range(L):
        single = torch.nn.GRU(expected.shape[2], 4, bidirectional=both, dtype=dtype)
        single.load_state_dict({name.replace(f"_l{layer}", "_l0"): value
                                for name, value in gru.state_dict().items() if f"_l{layer}" in name})
        expected = single(expected)[0]
        if layer + 1 < L:
            expected = expected * mask[layer] / 0.75
    turned = (lambda a: a.transpose(0, 1)) if first else (lambda a: a)
    save_file({"input": numbers(turned(x)), "dropout_mask": numbers(mask)}, "in.safetensors")
    close(run("--reference", "--training", "n.json")["output"], turned(expected), 1e-6)
    fails("in.safetensors: error: dropout_mask: found it, expected --training, too", "--reference", "n.json")
save_file({"input": numbers(x)}, "in.safetensors")
fails("n.json: error: dropout: found 0, expected more than 0 with --training, or a dropout_mask in in.safetensors",
      "--reference", "n.json", "--training")

gru = network(input_size=3, hidden_size=4, num_layers=2, dropout=0.25)
save_file({"input": numbers(x), "dropout_seed": np.array([7])}, "in.safetensors")
seeded = run("--reference", "--training", "n.json")["output"]
fails("in.safetensors: error: dropout_seed: found it, expected --training, too", "--reference", "n.json")
save_file({"input": numbers(x)}, "in.safetensors")
whole = run("--reference", "n.json")["output"]
close(whole, gru.eval()(x)[0], 1e-6)
assert np.abs(seeded - whole).max() > 1e-3, "nothing dropped out"

# Weights alone, under a prefix, batch first; and an .mlir function of any stage.
gru = torch.nn.GRU(3, 4, batch_first=True)
save_file({"a." + name: numbers(value) for name, value in gru.named_parameters()} |
          {"other": np.zeros(1, np.float32)}, "w.safetensors")
x = torch.randn(2, 5, 3)
save_file({"input": numbers(x)}, "in.safetensors")
close(run("--reference", "w.safetensors", "--prefix=a.", "--batch-first")["output"], gru(x)[0],
      1e-6)

open("n.mlir", "w").write("""
func.func @f(%input: tensor<?x?x1xf32>, %h_0: tensor<1x?x1xf32>)
    -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>) {
  %w = arith.constant dense<[[0.5], [0.25], [1.0]]> : tensor<3x1xf32>
  %output, %h_n = rnn.gru %input h_0(%h_0) weights(%w, %w)
      {input_size = 1, hidden_size = 1, num_layers = 1, bias = false}
      : (tensor<?x?x1xf32>, tensor<1x?x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>)
  return %output, %h_n : tensor<?x?x1xf32>, tensor<1x?x1xf32>
}
""")
gru = torch.nn.GRU(1, 1, bias=False)
with torch.no_grad():
    for weight in gru.parameters():
        weight.copy_(torch.tensor([[0.5], [0.25], [1.0]]))
x, h_0 = torch.randn(4, 2, 1), torch.randn(1, 2, 1)
save_file({"input": numbers(x), "h_0": numbers(h_0)}, "in.safetensors")
result = run("--reference", "n.mlir")
close(result["output"], gru(x, h_0)[0], 1e-6)
close(result["h_n"], gru(x, h_0)[1], 1e-6)

json.dump({"input_size": 2, "hidden_size": 1, "bias": False, "weights": "v.safetensors"},
          open("v.json", "w"))
save_file({"weight_ih_l0": np.zeros((3, 2), np.float32),
           "weight_hh_l0": np.zeros((3, 1), np.float32)}, "v.safetensors")
fails("in.safetensors: error: input: found shape [4, 2, 1], expected [T, B, 2]", "--reference",
      "v.json")
save_file({"input": numbers(x)}, "in.safetensors")
fails("in.safetensors: error: h_0: found none, expected a tensor for argument 1 of the function",
      "--reference", "n.mlir")

# The weights that NETWORK.json names are read, and never written over.
before = open("n.safetensors", "rb").read()
done = subprocess.run(["grucc-run", "--reference", "n.json", "--input=in.safetensors",
                       "--output=./n.safetensors"], capture_output=True, text=True)
assert done.returncode == 2, done
assert done.stderr == ("grucc-run: error: --output: found './n.safetensors', expected another "
                       "file than it reads\n"), done.stderr
assert open("n.safetensors", "rb").read() == before
