# ===- errors.py - Errors in the form of every grucc program -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Errors in the form of every grucc program."""

import pathlib
import sys


def fail(what, found, expected, code=1):
    print(f"{pathlib.Path(sys.argv[0]).name}: error: {what}: found {found}, expected {expected}", file=sys.stderr)
    raise SystemExit(code)
