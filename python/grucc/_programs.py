# ===- _programs.py - grucc and grucc-run, which the wheel brings along -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What a shell finds as `grucc` and `grucc-run` where pip has installed the wheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "bin"


def _become(name: str) -> None:
    os.execv(FOLDER / name, [name, *sys.argv[1:]])


def grucc() -> None:
    """Becomes the grucc of the wheel, with this process's arguments."""
    _become("grucc")


def grucc_run() -> None:
    """Becomes the grucc-run of the wheel, with this process's arguments."""
    _become("grucc-run")
