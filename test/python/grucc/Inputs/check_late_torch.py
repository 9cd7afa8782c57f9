# ===- check_late_torch.py - A model that is there before torch is -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import sys
import types

import numpy as np

import grucc

model, x = grucc.compile(grucc.GRU(5, 9)), np.ones((4, 2, 5), np.float32)
assert "torch" not in sys.modules
wanted = model(x)[0]

# While another thread imports it, torch is in sys.modules and lacks most of its names.
half = types.ModuleType("torch")
half.__spec__ = types.SimpleNamespace(_initializing=True)
sys.modules["torch"] = half
assert (model(x)[0] == wanted).all() and (model(x.tolist())[0] == wanted).all()
del sys.modules["torch"]

import torch

from expect import fails

# It has seen no tensor, and still refuses what torch records.
text = ("model: found a call that torch.jit.trace or torch.onnx.export records, expected a call "
        "outside of it: a compiled model is no operator of torch, which would take its output for "
        "a constant; grucc.torch.compile_module makes operators")
fails(text, torch.jit.trace, lambda tensor: torch.from_numpy(model(x)[0]) + tensor, torch.ones(1),
      kind=grucc.Error)
fails(text, torch.jit.trace, lambda tensor: torch.from_numpy(model.step(x[0])[0]) + tensor,
      torch.ones(1), kind=grucc.Error)
assert (model(x)[0] == wanted).all()
