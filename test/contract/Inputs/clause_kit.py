# ===- clause_kit.py - What the tests of the clauses have in common -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers."""

import json
import subprocess
import tempfile

import calls
import grucc
import numpy as np
from compiled import same_bits
from safetensors.numpy import load_file, save_file
from torch_oracle import evaluate, largest_sum

rng = np.random.default_rng(23)
UNITS = {"float32": 2.0**-24, "float64": 2.0**-53}


def compile_model(network, target=None, **options):
    with tempfile.TemporaryDirectory() as folder:
        return calls.compile_for(network, target or network.targets[0], folder, **options)


def draw(network, T, B, h_0=True):
    x = rng.standard_normal((T, B, network.I)).astype(network.dtype)
    states = rng.standard_normal((network.D * network.L, B, network.H)).astype(network.dtype)
    return x, states if h_0 else None


def equal(found, expected):
    for a, b in zip(found, expected):
        assert same_bits(a, b), "bits differ"


def close(network, found, x, h_0=None, lengths=None):
    """Against torch in float64, within 2 units in the last place of the largest sum."""
    oracle = network.module("float64")
    unit = UNITS[network.dtype] * largest_sum(oracle, x, h_0)
    for a, b in zip(found, evaluate(oracle, x, h_0, lengths)):
        assert a.shape == b.shape and a.dtype == np.dtype(network.dtype), (a.shape, b.shape)
        assert np.abs(a - b).max(initial=0) <= 2 * unit, np.abs(a - b).max() / unit


def refused(text, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except grucc.Error as error:
        assert text in str(error), (str(error), text)
        return str(error)
    raise AssertionError(f"no error, expected: {text}")


def reference(network, x, h_0, lengths, dtype):
    """grucc-run --reference on NETWORK.json: output [T, B, D*H], h_n [D*L, B, H]."""
    with tempfile.TemporaryDirectory() as folder:
        tensors = {name: w.numpy() for name, w in network.module().state_dict().items()}
        save_file(tensors, f"{folder}/weights.safetensors")
        with open(f"{folder}/network.json", "w") as file:
            json.dump(network.sizes() | dict(dtype=network.dtype, weights="weights.safetensors",
                                             batch_first=False), file)
        inputs = {"input": x, "h_0": h_0, "lengths": lengths}
        save_file({name: np.ascontiguousarray(a) for name, a in inputs.items() if a is not None},
                  f"{folder}/in.safetensors")
        done = subprocess.run(["grucc-run", f"--reference={dtype}", f"{folder}/network.json",
                               f"--input={folder}/in.safetensors",
                               f"--output={folder}/out.safetensors"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        results = load_file(f"{folder}/out.safetensors")
        return results["output"], results["h_n"]
