# ===- foreign_kit.py - The commands list and convert, as people call them -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""`python -m grucc`, in this process but the first time, as torch takes long to start; every error
is one line, and leaves nothing behind."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys

import grucc
from grucc.__main__ import main

ERROR = re.compile(r"[^\n]+: error: [^\n]+: found [^\n]+, expected [^\n]+")


def started(*words):
    """In another process."""
    return subprocess.run([sys.executable, "-B", "-m", "grucc", *words], capture_output=True,
                          text=True)


def command(*words):
    saved, sys.argv, code = sys.argv, ["grucc", *map(str, words)], 0
    try:
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(io.StringIO()) as errors:
            try:
                main()
            except SystemExit as end:
                code = end.code or 0
                if isinstance(code, str):
                    print(code, file=sys.stderr)
                    code = 1
        return subprocess.CompletedProcess(words, code, out.getvalue(), errors.getvalue())
    finally:
        sys.argv = saved


def listed(path):
    done = command("list", path, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["networks"]


def converted(path, output, prefix=None, **flags):
    """(the compiled network, the notes that were printed)"""
    done = command("convert", path, "-o", output, *(["--prefix", prefix] if prefix else []))
    assert done.returncode == 0, done.stderr
    return grucc.compile(output, cache=False, **flags), done.stderr


def refused(text, path, *words):
    """By convert, in one line."""
    output = os.path.join(os.path.dirname(os.path.abspath(path)), "never.safetensors")
    done = command("convert", path, "-o", output, *words)
    line = done.stderr.rstrip("\n")
    assert done.returncode == 1 and ERROR.fullmatch(line), (path, done.returncode, line)
    assert re.search(text, line), (text, line)
    assert not os.path.exists(output) and not done.stdout, path
    return 1
