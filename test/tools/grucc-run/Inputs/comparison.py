# ===- comparison.py - What the tests of grucc-run --compare have in common -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A network, its model, and a comparison, all in the folder that the test runs in."""

import json
import subprocess

import numpy as np
from safetensors.numpy import save_file

rng = np.random.default_rng(0)


def sh(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def uniform(*shape):
    return rng.uniform(-0.6, 0.6, shape).astype(np.float32)


def make(name, I=5, H=7, L=2, D=2, bias=True, options=(), **json_keys):
    """NAME.safetensors, NAME.json and NAME.so; the tensors."""
    tensors = {}
    for l in range(L):
        for d in range(D):
            end = f"l{l}{'_reverse' if d else ''}"
            tensors[f"weight_ih_{end}"] = uniform(3 * H, I if l == 0 else D * H)
            tensors[f"weight_hh_{end}"] = uniform(3 * H, H)
            if bias:
                tensors[f"bias_ih_{end}"] = uniform(3 * H)
                tensors[f"bias_hh_{end}"] = uniform(3 * H)
    save_file(tensors, f"{name}.safetensors")
    keys = dict(input_size=I, hidden_size=H, num_layers=L, bidirectional=D == 2, bias=bias,
                weights=f"{name}.safetensors", **json_keys)
    json.dump(keys, open(f"{name}.json", "w"))
    rc, _, err = sh("grucc", f"{name}.json", "-o", f"{name}.so", "--name=net",
                    "--target=x86-64-v3", *options)
    assert rc == 0, err
    return tensors


def compare(name, *options, network=None):
    """Exit code, the JSON, standard error."""
    rc, out, err = sh("grucc-run", f"{name}.so", f"--compare={network or name + '.json'}",
                      "--input=in.safetensors", "--json", *options)
    return rc, json.loads(out) if out else None, err
