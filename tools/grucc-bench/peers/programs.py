# ===- programs.py - Where the programs of grucc are -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Where the programs of grucc are, and what they say."""

import pathlib
import shutil
import subprocess

BUILD = pathlib.Path(__file__).resolve().parents[3] / "build" / "bin"


def find_program(name):
    """Its path in PATH, or else in this checkout's build folder; None where there is none."""
    return shutil.which(name) or shutil.which(name, path=str(BUILD))


def call_program(name, *arguments):
    """What it prints; RuntimeError with the first line of what is wrong."""
    path = find_program(name)
    if not path:
        raise RuntimeError(f"found no {name} in PATH, expected one there or in {BUILD}")
    done = subprocess.run([path, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise RuntimeError(lines[0] if lines else f"{name}: exit code {done.returncode}")
    return done.stdout
