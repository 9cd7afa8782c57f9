# ===- levels_of_a_model.py - Models with code for several levels of a CPU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------------=== #
"""levels_of_a_model.py SOURCE: run in an empty folder."""

import os
import pickle
import sys

import grucc
import numpy as np

sys.path.insert(0, sys.argv[1] + "/test/contract/Inputs")
from levels import LEVELS, native_level

here = native_level(os.environ["GRUCC"], "")
network = grucc.GRU(5, 33, seed=3)
x = np.random.default_rng(0).standard_normal((6, 2, 5)).astype(np.float32)
alone, many = grucc.compile(network, target=here), grucc.compile(network, target=LEVELS)
assert many.target == here and "levels: x86-64-v2 x86-64-v3 x86-64-v4" in many.provenance, many.provenance


def same(model, expected=alone):
    return all(np.array_equal(*pair) for pair in zip(model(x), expected(x)))


assert same(many)
assert [level["target"] for level in many.report["levels"]] == LEVELS
many.save("m.so")
assert grucc.load("m.so").target == here and same(grucc.load("m.so")) and same(pickle.loads(pickle.dumps(many)))
assert grucc.compile(network, target="x86-64-v3,x86-64-v2").provenance != many.provenance

# Weights that come later are packed for the level that is taken.
rng = np.random.default_rng(1)
weights = {name: rng.uniform(-0.3, 0.3, shape).astype(np.float32) for name, shape in network.weight_shapes().items()}
given = grucc.compile(weights, target=tuple(LEVELS), weights="external", batch_first=False)
assert given.target == here and same(given, grucc.compile(weights, target=here, batch_first=False))
given.set_weights({name: value * np.float32(0.5) for name, value in weights.items()})
assert not same(given, grucc.compile(weights, target=here, batch_first=False))

# What stands for no target is a part of what the cache knows a model by.
os.environ["GRUCC_TARGET"] = "x86-64-v2"
assert grucc.compile(network, target=None).target == "x86-64-v2"
del os.environ["GRUCC_TARGET"]
assert grucc.compile(network, target=None).provenance == many.provenance

for wrong in (["x86-64-v2", "sm_80"], ["x86-64-v2", "native"], []):
    try:
        grucc.compile(network, target=wrong)
        raise SystemExit(f"{wrong}: compiled")
    except grucc.InputError as error:
        assert "target" in str(error), error
