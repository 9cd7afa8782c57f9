# ===- _programs.py - grucc and grucc-run, which the wheel brings along -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What a shell finds as `grucc` and `grucc-run` where pip has installed the wheel."""

import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "bin"


def _become(name):
    os.execv(FOLDER / name, [name, *sys.argv[1:]])


def grucc():
    _become("grucc")


def grucc_run():
    _become("grucc-run")
