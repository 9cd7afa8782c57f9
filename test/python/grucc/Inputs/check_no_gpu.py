# ===- check_no_gpu.py - Models for a GPU where there is none -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_no_gpu.py TEXT: compiling works, calls raise one error that begins with TEXT."""

import sys

import numpy as np

import grucc

model = grucc.compile(grucc.GRU(4, 8), target="sm_80")
model.save("gpu.so")
x = np.zeros((2, 3, 4), np.float32)
for call in (lambda: model(x), lambda: model.step(x[0]), lambda: model.state(),
             lambda: grucc.load("gpu.so")(x)):
    for _ in range(2):
        try:
            call()
        except grucc.Error as error:
            assert type(error) is grucc.Error and str(error).startswith(sys.argv[1]), str(error)
        else:
            raise AssertionError("no error")
