# ===- check_no_runtime.py - Where the runtime library is looked for -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_no_runtime.py TEXT: loading model.so is this error, or none where TEXT is empty."""

import sys

import grucc

for _ in range(2):
    try:
        grucc.load("model.so")
        text = ""
    except grucc.Error as error:
        assert type(error) is grucc.Error
        text = str(error)
    assert text == sys.argv[1], text
