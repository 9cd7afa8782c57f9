# ===- narrow_network.py - A network that bfloat16 and int8 hold -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------------=== #
"""narrow_network.py FILE: GRU(128, 160), 2 layers, weight_ih_l0 in bfloat16, weight_ih_l1 in
no narrower number than float32, every weight_hh in int8."""
import sys

import numpy as np
from safetensors.numpy import save_file

rng = np.random.default_rng(1)


def draw(columns):
    return rng.uniform(-0.1, 0.1, (480, columns)).astype(np.float32)


def bfloat16(w):
    return (w.view(np.uint32) & 0xFFFF0000).view(np.float32)


int8 = [np.rint(draw(160) * 1000) * np.float32(2.0**-10) + np.float32(0) for _ in range(2)]
save_file({"weight_ih_l0": bfloat16(draw(128)), "weight_hh_l0": int8[0],
           "weight_ih_l1": draw(160), "weight_hh_l1": int8[1]}, sys.argv[1])
